-- The providers that the assistant can talk to, and their models.
--
-- Whether one is enabled is the operators' to say: a second run leaves that as it is.
insert into public.ai_providers (id, name, base_url)
values
    ('anthropic', 'Anthropic', 'https://api.anthropic.com/v1'),
    ('groq', 'Groq', 'https://api.groq.com/openai/v1'),
    ('openai', 'OpenAI', 'https://api.openai.com/v1'),
    ('openrouter', 'OpenRouter', 'https://openrouter.ai/api/v1')
on conflict (id) do update set
    name = excluded.name,
    base_url = excluded.base_url;

insert into public.ai_models (provider_id, name, context_tokens)
values
    ('anthropic', 'claude-3-5-haiku-20241022', 200000),
    ('anthropic', 'claude-3-5-sonnet-20241022', 200000),
    ('groq', 'llama-3.3-70b-versatile', 131072),
    ('openai', 'gpt-4o', 128000),
    ('openai', 'gpt-4o-mini', 128000)
on conflict (provider_id, name) do update set
    context_tokens = excluded.context_tokens;
