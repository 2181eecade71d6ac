DROP TABLE users_7;
