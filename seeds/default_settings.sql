-- What the product starts with. Operators change values later, so a second run adds what is missing
-- and leaves the rest.
insert into public.plan_limits (plan, projects, tokens_per_day)
values
    ('free', 2, 50000),
    ('pro', 20, 2000000),
    ('team', 200, 20000000)
on conflict (plan) do nothing;

insert into public.app_settings (key, value, description)
values
    ('chat.default_model', '"gpt-4o-mini"', 'The model of a chat whose user chose none'),
    ('chat.max_message_chars', '32000', 'The longest message that is taken'),
    ('signup.is_open', 'true', 'Whether new users may sign up')
on conflict (key) do nothing;
