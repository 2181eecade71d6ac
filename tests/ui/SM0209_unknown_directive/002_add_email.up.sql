-- samokoder: no-transactions
ALTER TABLE users ADD COLUMN email text;
