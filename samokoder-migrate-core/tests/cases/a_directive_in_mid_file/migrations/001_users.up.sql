CREATE TABLE users (id bigint PRIMARY KEY);
-- samokoder: no-transaction
CREATE TABLE a ();
