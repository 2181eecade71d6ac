-- What Supabase has in every database and plain PostgreSQL has not, as far as the Samokoder schema
-- builds on it: the roles of its API, and who is signed in. Never run this on Supabase itself.

-- Roles belong to the whole server, where another database may have them, or be making them now.
do $$
declare
    role text;
begin
    foreach role in array array['anon', 'authenticated', 'service_role bypassrls'] loop
        begin
            execute 'create role ' || role || ' nologin noinherit';
        exception
            when duplicate_object or unique_violation then null;
        end;
    end loop;
end
$$;

create schema auth;
grant usage on schema auth to anon, authenticated, service_role;
grant usage on schema public to anon, authenticated, service_role;

create table auth.users (
    id uuid primary key default gen_random_uuid(),
    email varchar(255) unique,
    raw_user_meta_data jsonb,
    created_at timestamptz default now()
);

-- The user in the token of the request, or null where nobody is signed in.
create function auth.uid() returns uuid
language sql stable
as $$ select (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid $$;

-- Supabase gives its API every new table of `public`, and leaves the rest to row level security.
alter default privileges in schema public
    grant all on tables to anon, authenticated, service_role;
alter default privileges in schema public
    grant all on sequences to anon, authenticated, service_role;
alter default privileges in schema public
    grant all on functions to anon, authenticated, service_role;
