DO $$ BEGIN EXECUTE current_setting('app.statement'); END $$;
ALTER TABLE users ADD COLUMN nickname text;
