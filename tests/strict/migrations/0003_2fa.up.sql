ALTER TABLE account ADD COLUMN two int;
