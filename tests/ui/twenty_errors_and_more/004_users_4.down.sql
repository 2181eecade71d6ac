DROP TABLE users_4;
