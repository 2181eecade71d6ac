INSERT INTO users (id)
VALUES (1);

-- samokoder: allow(seed-not-repeatable) "once"
INSERT INTO users (id) VALUES (2);
INSERT INTO users (id) VALUES (3) ON CONFLICT DO NOTHING;
TRUNCATE users;
INSERT INTO users (id) VALUES (4);
