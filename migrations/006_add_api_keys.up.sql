-- Keys of the users' own with the providers. The service encrypts them (AES-256-GCM) before they
-- come here, with a master key that this database never sees.
create table public.api_keys (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references public.profiles (id) on delete cascade,
    provider_id text not null references public.ai_providers (id) on delete restrict,
    label text not null,
    last_four text not null,
    ciphertext bytea not null,
    nonce bytea not null,
    master_key_version smallint not null,
    created_at timestamptz not null default now(),
    last_used_at timestamptz,
    revoked_at timestamptz,
    constraint api_keys_label_length check (char_length(label) between 1 and 60),
    constraint api_keys_last_four_length check (char_length(last_four) = 4),
    -- The tag alone has 16 bytes.
    constraint api_keys_ciphertext_length check (octet_length(ciphertext) > 16),
    constraint api_keys_nonce_length check (octet_length(nonce) = 12),
    constraint api_keys_master_key_version_positive check (master_key_version > 0)
);
comment on column public.api_keys.last_four is 'The end of the key in the clear, to tell keys apart by';
comment on column public.api_keys.master_key_version is 'Which master key opens it, so that master keys can be changed one row at a time';
create unique index api_keys_user_id_label_key on public.api_keys (user_id, label)
    where revoked_at is null;
create index api_keys_user_id_idx on public.api_keys (user_id);
create index api_keys_provider_id_idx on public.api_keys (provider_id);
-- One nonce used twice under one key gives both texts away.
create unique index api_keys_nonce_key on public.api_keys (master_key_version, nonce);

alter table public.api_keys enable row level security;
revoke all on public.api_keys from anon, authenticated;
grant all on public.api_keys to service_role;
-- Users list and revoke their keys; the secret itself leaves through the service only.
grant select (id, user_id, provider_id, label, last_four, created_at, last_used_at, revoked_at),
    update (label, revoked_at)
    on public.api_keys to authenticated;

create policy "Users see own keys" on public.api_keys
    for select to authenticated
    using (user_id = (select auth.uid()));
-- A revoked key stays revoked.
create policy "Users revoke own keys" on public.api_keys
    for update to authenticated
    using (user_id = (select auth.uid()) and revoked_at is null)
    with check (user_id = (select auth.uid()));
