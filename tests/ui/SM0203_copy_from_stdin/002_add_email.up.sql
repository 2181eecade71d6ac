ALTER TABLE users ADD COLUMN email text;
COPY users (id, email) FROM STDIN;
1	a@example.org
\.
