-- The function as 001 wrote it, before the table that it writes to goes.
create or replace function public.handle_new_user() returns trigger
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

drop table public.user_preferences;
