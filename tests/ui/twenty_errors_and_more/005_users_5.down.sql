DROP TABLE users_5;
