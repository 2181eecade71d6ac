ALTER TABLE account ADD COLUMN heads int;
