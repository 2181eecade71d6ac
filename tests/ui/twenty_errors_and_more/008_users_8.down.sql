DROP TABLE users_8;
