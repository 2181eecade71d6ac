DROP TABLE users_1;
