CREATE TYPE status AS ENUM ('new', 'active');
CREATE TABLE users (
    id bigint PRIMARY KEY,
    email text NOT NULL
);
