-- Two users to develop with; nobody can sign in as them, since neither has a password.
insert into auth.users (id, email, raw_user_meta_data)
values
    ('00000000-0000-4000-8000-000000000001', 'ada@example.com', '{"display_name": "Ada"}'),
    ('00000000-0000-4000-8000-000000000002', 'grace@example.com', '{"display_name": "Grace"}')
on conflict (id) do nothing;

insert into public.projects (id, owner_id, name, description)
values (
    '00000000-0000-4000-8000-000000000011', '00000000-0000-4000-8000-000000000001',
    'Analytical engine', 'A calculator that writes its own programs'
)
on conflict (id) do nothing;

insert into public.chat_sessions (id, user_id, project_id, model_id, title)
select
    '00000000-0000-4000-8000-000000000021', '00000000-0000-4000-8000-000000000001',
    '00000000-0000-4000-8000-000000000011', id, 'The first program'
from public.ai_models
where provider_id = 'openai' and name = 'gpt-4o-mini'
on conflict (id) do nothing;

insert into public.subscriptions (user_id, plan, renews_at)
values ('00000000-0000-4000-8000-000000000002', 'pro', now() + interval '1 month')
on conflict (user_id) do nothing;
