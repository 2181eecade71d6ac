CREATE VIEW addresses AS SELECT email FROM users;
ALTER TABLE users DROP COLUMN email;
