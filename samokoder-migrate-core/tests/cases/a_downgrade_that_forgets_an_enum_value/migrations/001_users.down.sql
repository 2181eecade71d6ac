DROP TABLE users;
DROP TYPE status;
