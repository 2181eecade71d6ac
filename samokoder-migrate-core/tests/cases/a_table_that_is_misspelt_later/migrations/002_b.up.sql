ALTER TABLE usres ADD COLUMN nickname text;
