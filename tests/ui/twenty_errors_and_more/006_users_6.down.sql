DROP TABLE users_6;
