DROP TABLE users_9;
