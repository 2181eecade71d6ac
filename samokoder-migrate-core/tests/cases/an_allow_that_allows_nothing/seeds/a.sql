-- samokoder: allow(seed-not-repeatable) "once"
SELECT 1;
