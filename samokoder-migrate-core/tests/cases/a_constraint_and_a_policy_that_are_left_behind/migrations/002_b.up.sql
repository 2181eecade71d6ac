ALTER TABLE users ADD CONSTRAINT email_is_long CHECK (length(email) > 3);
CREATE POLICY own ON users USING (true);
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
