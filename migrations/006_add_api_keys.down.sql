-- The keys go with the table: without the ciphertext nobody can bring them back.
drop table public.api_keys;
