-- How each user likes the workshop: one row a user, made with the profile.
create table public.user_preferences (
    user_id uuid primary key references public.profiles (id) on delete cascade,
    theme text not null default 'system',
    locale text not null default 'en',
    default_model_id uuid references public.ai_models (id) on delete set null,
    editor jsonb not null default '{}',
    wants_product_news boolean not null default false,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint user_preferences_theme_known check (theme in ('system', 'light', 'dark')),
    constraint user_preferences_locale_tag check (locale ~ '^[a-z]{2,3}(-[A-Z]{2})?$'),
    constraint user_preferences_editor_object check (jsonb_typeof(editor) = 'object')
);
comment on column public.user_preferences.editor is 'Key bindings, font size and the like, as the editor reads them';
create index user_preferences_default_model_id_idx on public.user_preferences (default_model_id);

create trigger set_updated_at before update on public.user_preferences
    for each row execute function public.set_updated_at();

alter table public.user_preferences enable row level security;
revoke all on public.user_preferences from anon, authenticated;
grant all on public.user_preferences to service_role;
grant select, update (theme, locale, default_model_id, editor, wants_product_news)
    on public.user_preferences to authenticated;

create policy "Users see own preferences" on public.user_preferences
    for select to authenticated
    using (user_id = (select auth.uid()));
create policy "Users change own preferences" on public.user_preferences
    for update to authenticated
    using (user_id = (select auth.uid()))
    with check (user_id = (select auth.uid()));

create or replace function public.handle_new_user() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    insert into public.profiles (id, display_name)
    values (new.id, left(coalesce(new.raw_user_meta_data ->> 'display_name', ''), 80));
    insert into public.user_preferences (user_id)
    values (new.id);
    return new;
end
$$;
comment on function public.handle_new_user() is 'Gives each new user a profile and preferences';

insert into public.user_preferences (user_id)
select id from public.profiles;
