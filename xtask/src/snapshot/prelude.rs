//! What a platform has in a database before a project's first migration.

use postgres::{Client, NoTls};
use samokoder_migrate::testing::Database;
use samokoder_migrate_core::folder::{Content, Folder};

use crate::{Result, corpora, folder::Project};

/// Roles of the platform, which are the cluster's.
const ROLES: &str = "
CREATE ROLE anon NOLOGIN NOINHERIT;
CREATE ROLE authenticated NOLOGIN NOINHERIT;
CREATE ROLE service_role NOLOGIN NOINHERIT BYPASSRLS;
CREATE ROLE authenticator NOINHERIT LOGIN;
CREATE ROLE dashboard_user NOLOGIN CREATEDB CREATEROLE;
CREATE ROLE supabase_admin LOGIN SUPERUSER;
CREATE ROLE supabase_auth_admin NOINHERIT CREATEROLE LOGIN;
CREATE ROLE supabase_storage_admin NOINHERIT CREATEROLE LOGIN;
CREATE ROLE supabase_realtime_admin NOLOGIN NOINHERIT;
CREATE SCHEMA auth;
CREATE SCHEMA extensions;
";

/// What a session begins with.
const SETTINGS: &str = r#"
DO $$ BEGIN
    EXECUTE format('ALTER DATABASE %I SET search_path = "$user", public, extensions', current_database());
END $$;
"#;

/// Objects of the platform, each left out where the project makes the one that its line begins with.
const PARTS: [(&str, &str); 3] = [
    (
        "auth.users",
        "
CREATE TABLE auth.users (
    instance_id uuid, id uuid PRIMARY KEY, aud varchar(255), role varchar(255), email varchar(255),
    encrypted_password varchar(255), email_confirmed_at timestamptz, invited_at timestamptz,
    confirmation_token varchar(255), confirmation_sent_at timestamptz, recovery_token varchar(255),
    recovery_sent_at timestamptz, last_sign_in_at timestamptz, raw_app_meta_data jsonb,
    raw_user_meta_data jsonb, is_super_admin bool, created_at timestamptz, updated_at timestamptz,
    phone text UNIQUE, phone_confirmed_at timestamptz, confirmed_at timestamptz,
    banned_until timestamptz, deleted_at timestamptz, is_sso_user bool NOT NULL DEFAULT false,
    is_anonymous bool NOT NULL DEFAULT false);
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS
    $$ SELECT nullif(current_setting('request.jwt.claim.sub', true), '')::uuid $$;
CREATE FUNCTION auth.role() RETURNS text LANGUAGE sql STABLE AS
    $$ SELECT nullif(current_setting('request.jwt.claim.role', true), '')::text $$;
CREATE FUNCTION auth.email() RETURNS text LANGUAGE sql STABLE AS
    $$ SELECT nullif(current_setting('request.jwt.claim.email', true), '')::text $$;
CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS
    $$ SELECT nullif(current_setting('request.jwt.claims', true), '')::jsonb $$;
",
    ),
    (
        "storage.objects",
        "
CREATE SCHEMA storage;
CREATE TABLE storage.buckets (
    id text PRIMARY KEY, name text NOT NULL UNIQUE, owner uuid, created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now(), public bool DEFAULT false, avif_autodetection bool DEFAULT false,
    file_size_limit bigint, allowed_mime_types text[], owner_id text);
CREATE TABLE storage.objects (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), bucket_id text REFERENCES storage.buckets, name text,
    owner uuid, created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now(),
    last_accessed_at timestamptz DEFAULT now(), metadata jsonb,
    path_tokens text[] GENERATED ALWAYS AS (string_to_array(name, '/')) STORED, version text, owner_id text);
ALTER TABLE storage.buckets ENABLE ROW LEVEL SECURITY;
ALTER TABLE storage.objects ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION storage.foldername(name text) RETURNS text[] LANGUAGE sql IMMUTABLE AS
    $$ SELECT (string_to_array(name, '/'))[1:array_length(string_to_array(name, '/'), 1) - 1] $$;
CREATE FUNCTION storage.filename(name text) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$ SELECT (string_to_array(name, '/'))[array_length(string_to_array(name, '/'), 1)] $$;
",
    ),
    (
        "supabase_realtime",
        "
CREATE PUBLICATION supabase_realtime;
",
    ),
];

/// Connects to a database for a project's migrations, after making what its platform has.
pub(crate) fn connect(database: &Database, project: &Project) -> Result<Client> {
    let mut client = Client::connect(&database.url(), NoTls)?;
    if let Some(script) = script(project) {
        client.batch_execute(&script)?;
        // The database's settings are those of new sessions.
        client = Client::connect(&database.url(), NoTls)?;
    }
    Ok(client)
}

/// Returns what makes a project's platform in an empty database; `None` where it has none.
pub(crate) fn script(project: &Project) -> Option<String> {
    corpora::is_supabase(&project.name).then(|| platform(&project.folder) + SETTINGS)
}

/// Returns what makes a project's platform where the project is a part of the platform: it makes
/// tables that every other project finds there, so it knows what is there before.
pub(crate) fn base(project: &Project) -> Option<String> {
    let is_on_platform = corpora::is_supabase(&project.name);
    let platform = is_on_platform.then(|| platform(&project.folder))?;
    let is_whole = PARTS.iter().all(|(_, part)| platform.contains(part));
    (!is_whole).then_some(platform)
}

fn platform(folder: &Folder) -> String {
    let scripts: String = folder
        .entries()
        .iter()
        .filter(|entry| entry.name().ends_with("up.sql"))
        .filter_map(|entry| match &entry.content {
            Content::File(bytes) => Some(String::from_utf8_lossy(bytes).to_lowercase()),
            _ => None,
        })
        .collect();
    let words = scripts.split_whitespace().map(|word| {
        word.trim_end_matches(|c: char| "(;".contains(c))
            .replace('"', "")
    });
    let words: Vec<String> = words.collect();
    let makes = |object: &str| {
        words.iter().enumerate().any(|(at, word)| {
            let before = |back: usize| at.checked_sub(back).and_then(|at| words.get(at));
            let is_exists = before(1).is_some_and(|word| word == "exists");
            let (what, verb) = if is_exists {
                (before(4), before(5))
            } else {
                (before(1), before(2))
            };
            word.split('(').next() == Some(object)
                && what.is_some_and(|what| what == "table" || what == "publication")
                && verb.is_some_and(|verb| verb == "create")
        })
    };
    let parts = PARTS.iter().filter(|(object, _)| !makes(object));
    parts.fold(ROLES.to_owned(), |all, (_, part)| all + part)
}
