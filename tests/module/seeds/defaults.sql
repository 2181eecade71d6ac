-- What every environment has.
INSERT INTO account (id, name) VALUES (1, 'secret-value') ON CONFLICT DO NOTHING;
