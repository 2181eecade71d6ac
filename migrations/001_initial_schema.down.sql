-- Takes the whole schema away, with its data. The users in auth.users stay.
drop table public.app_settings;
drop table public.chat_messages;
drop table public.chat_sessions;
drop table public.projects;
drop table public.ai_models;
drop table public.ai_providers;
drop trigger on_auth_user_created on auth.users;
drop function public.handle_new_user();
drop table public.profiles;
drop function public.set_updated_at();
