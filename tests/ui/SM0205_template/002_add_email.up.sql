ALTER TABLE {{ schema }}.users ADD COLUMN email text;
