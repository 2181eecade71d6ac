-- samokoder: allow(SM0501) "not a seed"
CREATE TABLE users (id bigint PRIMARY KEY);
