-- Users, their projects and their talks with the assistant, on Supabase.
--
-- Supabase's API serves every table in `public` to whoever asks: what a role may do is granted
-- here word by word, and which rows it may do it to is said by policies.

create function public.set_updated_at() returns trigger
language plpgsql
set search_path = ''
as $$
begin
    new.updated_at := now();
    return new;
end
$$;
comment on function public.set_updated_at() is 'Notes when a row was last changed';

-- Users -------------------------------------------------------------------------------------------

create table public.profiles (
    id uuid primary key references auth.users (id) on delete cascade,
    display_name text not null default '',
    avatar_url text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint profiles_display_name_length check (char_length(display_name) <= 80),
    constraint profiles_avatar_url_https check (avatar_url ~ '^https://')
);
comment on table public.profiles is 'What a user shows of themself; one row for each row of auth.users';

create trigger set_updated_at before update on public.profiles
    for each row execute function public.set_updated_at();

alter table public.profiles enable row level security;
revoke all on public.profiles from anon, authenticated;
grant select, update (display_name, avatar_url) on public.profiles to authenticated;

create policy "Users see own profile" on public.profiles
    for select to authenticated
    using (id = (select auth.uid()));
create policy "Users change own profile" on public.profiles
    for update to authenticated
    using (id = (select auth.uid()))
    with check (id = (select auth.uid()));

-- Runs with its owner's rights: whoever signs up may not write to `profiles`.
create function public.handle_new_user() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    insert into public.profiles (id, display_name)
    values (new.id, left(coalesce(new.raw_user_meta_data ->> 'display_name', ''), 80));
    return new;
end
$$;
comment on function public.handle_new_user() is 'Gives each new user a profile';
revoke execute on function public.handle_new_user() from public, anon, authenticated;

create trigger on_auth_user_created after insert on auth.users
    for each row execute function public.handle_new_user();

-- Users who were there before this schema was.
insert into public.profiles (id, display_name)
select id, left(coalesce(raw_user_meta_data ->> 'display_name', ''), 80)
from auth.users;

-- Models ------------------------------------------------------------------------------------------

create table public.ai_providers (
    id text primary key,
    name text not null,
    base_url text not null,
    is_enabled boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint ai_providers_id_slug check (id ~ '^[a-z][a-z0-9-]*$'),
    constraint ai_providers_base_url_https check (base_url ~ '^https://')
);
comment on table public.ai_providers is 'Who serves language models; filled by the seed ai_providers';

create trigger set_updated_at before update on public.ai_providers
    for each row execute function public.set_updated_at();

create table public.ai_models (
    id uuid primary key default gen_random_uuid(),
    provider_id text not null references public.ai_providers (id) on delete cascade,
    name text not null,
    context_tokens integer not null,
    is_enabled boolean not null default true,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint ai_models_provider_id_name_key unique (provider_id, name),
    constraint ai_models_context_tokens_positive check (context_tokens > 0)
);
comment on column public.ai_models.name is 'What the provider''s API calls it';

create trigger set_updated_at before update on public.ai_models
    for each row execute function public.set_updated_at();

alter table public.ai_providers enable row level security;
alter table public.ai_models enable row level security;
revoke all on public.ai_providers, public.ai_models from anon, authenticated;
grant select on public.ai_providers, public.ai_models to authenticated;

create policy "Users see enabled providers" on public.ai_providers
    for select to authenticated
    using (is_enabled);
create policy "Users see enabled models" on public.ai_models
    for select to authenticated
    using (is_enabled);

-- Projects ----------------------------------------------------------------------------------------

create table public.projects (
    id uuid primary key default gen_random_uuid(),
    owner_id uuid not null references public.profiles (id) on delete cascade,
    name text not null,
    description text not null default '',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint projects_name_length check (char_length(name) between 1 and 120),
    -- For the foreign key of chat_sessions, which must not cross from one owner to another.
    constraint projects_id_owner_id_key unique (id, owner_id)
);
comment on table public.projects is 'A piece of software that a user builds with the assistant';
create index projects_owner_id_idx on public.projects (owner_id);

create trigger set_updated_at before update on public.projects
    for each row execute function public.set_updated_at();

alter table public.projects enable row level security;
revoke all on public.projects from anon, authenticated;
grant select, delete, insert (id, owner_id, name, description), update (name, description)
    on public.projects to authenticated;

create policy "Users manage own projects" on public.projects
    for all to authenticated
    using (owner_id = (select auth.uid()))
    with check (owner_id = (select auth.uid()));

-- Chats -------------------------------------------------------------------------------------------

create table public.chat_sessions (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null,
    project_id uuid not null,
    model_id uuid references public.ai_models (id) on delete set null,
    title text not null default '',
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint chat_sessions_project_fkey foreign key (project_id, user_id)
        references public.projects (id, owner_id) on delete cascade,
    constraint chat_sessions_title_length check (char_length(title) <= 200)
);
create index chat_sessions_user_id_idx on public.chat_sessions (user_id);
create index chat_sessions_project_id_user_id_idx on public.chat_sessions (project_id, user_id);
create index chat_sessions_model_id_idx on public.chat_sessions (model_id);

create trigger set_updated_at before update on public.chat_sessions
    for each row execute function public.set_updated_at();

alter table public.chat_sessions enable row level security;
revoke all on public.chat_sessions from anon, authenticated;
grant select, delete, insert (id, user_id, project_id, model_id, title), update (model_id, title)
    on public.chat_sessions to authenticated;

create policy "Users manage own chats" on public.chat_sessions
    for all to authenticated
    using (user_id = (select auth.uid()))
    with check (user_id = (select auth.uid()));

create table public.chat_messages (
    id bigint generated always as identity primary key,
    session_id uuid not null references public.chat_sessions (id) on delete cascade,
    role text not null,
    content text not null,
    created_at timestamptz not null default now(),
    constraint chat_messages_role_known check (role in ('system', 'user', 'assistant', 'tool'))
);
comment on table public.chat_messages is 'What was said, in the order of id; never changed';
create index chat_messages_session_id_idx on public.chat_messages (session_id);

alter table public.chat_messages enable row level security;
revoke all on public.chat_messages from anon, authenticated;
grant select, insert (session_id, role, content) on public.chat_messages to authenticated;

create policy "Users read own chats" on public.chat_messages
    for select to authenticated
    using (session_id in (select id from public.chat_sessions where user_id = (select auth.uid())));
-- The assistant's own words are written by the service.
create policy "Users write as themselves" on public.chat_messages
    for insert to authenticated
    with check (
        role = 'user'
        and session_id in (select id from public.chat_sessions where user_id = (select auth.uid()))
    );

-- Settings ----------------------------------------------------------------------------------------

create table public.app_settings (
    key text primary key,
    value jsonb not null,
    description text not null,
    updated_at timestamptz not null default now(),
    constraint app_settings_key_dotted check (key ~ '^[a-z_]+(\.[a-z_]+)*$')
);
comment on table public.app_settings is 'Settings of the whole product, for the service alone';

create trigger set_updated_at before update on public.app_settings
    for each row execute function public.set_updated_at();

-- No policy: nobody but the service, which is above policies, sees a row.
alter table public.app_settings enable row level security;
revoke all on public.app_settings from anon, authenticated;

-- Where default privileges do not give new tables to the service.
grant all on public.profiles, public.ai_providers, public.ai_models, public.projects,
    public.chat_sessions, public.chat_messages, public.app_settings
    to service_role;
