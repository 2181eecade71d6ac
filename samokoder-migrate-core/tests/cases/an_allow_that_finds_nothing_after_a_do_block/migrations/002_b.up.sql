DO $$ BEGIN END $$;
ALTER TABLE users ADD COLUMN nickname text;
