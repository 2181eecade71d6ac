-- samokoder: allow(seed-not-repeatable) "run once"
DELETE FROM users;
