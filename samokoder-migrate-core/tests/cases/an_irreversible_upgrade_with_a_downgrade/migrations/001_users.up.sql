-- samokoder: irreversible "the rows are gone"
CREATE TABLE users (id bigint PRIMARY KEY);
