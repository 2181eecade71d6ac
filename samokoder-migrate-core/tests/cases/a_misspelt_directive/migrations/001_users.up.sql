-- samokoder no-transaction
CREATE TABLE users (id bigint PRIMARY KEY);
