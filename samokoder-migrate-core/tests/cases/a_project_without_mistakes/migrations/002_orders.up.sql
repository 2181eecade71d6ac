-- samokoder: lock-timeout 3s
-- samokoder: statement-timeout 10min
CREATE TABLE orders (id bigint PRIMARY KEY);
