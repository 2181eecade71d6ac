ALTER TABLE account ADD COLUMN base int;
