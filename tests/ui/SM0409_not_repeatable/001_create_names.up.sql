CREATE EXTENSION citext;
CREATE TABLE names (name citext);
