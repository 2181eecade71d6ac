-- What each answer of a model cost, and what each user has used in a day.
create table public.ai_usage_events (
    id bigint generated always as identity primary key,
    user_id uuid not null references public.profiles (id) on delete cascade,
    project_id uuid references public.projects (id) on delete set null,
    model_id uuid references public.ai_models (id) on delete set null,
    input_tokens integer not null,
    output_tokens integer not null,
    cost_micros bigint not null default 0,
    created_at timestamptz not null default now(),
    constraint ai_usage_events_input_tokens_counted check (input_tokens >= 0),
    constraint ai_usage_events_output_tokens_counted check (output_tokens >= 0),
    constraint ai_usage_events_cost_micros_counted check (cost_micros >= 0)
);
comment on table public.ai_usage_events is 'One answer of a model; written by the service, never changed';
comment on column public.ai_usage_events.cost_micros is 'Millionths of a US dollar';
create index ai_usage_events_user_id_created_at_idx on public.ai_usage_events (user_id, created_at);
create index ai_usage_events_project_id_idx on public.ai_usage_events (project_id);
create index ai_usage_events_model_id_idx on public.ai_usage_events (model_id);

-- A limit is looked up before every answer: one row a day instead of a sum over all events.
create table public.ai_usage_daily (
    user_id uuid not null references public.profiles (id) on delete cascade,
    day date not null,
    requests integer not null,
    input_tokens bigint not null,
    output_tokens bigint not null,
    cost_micros bigint not null,
    primary key (user_id, day)
);
comment on table public.ai_usage_daily is 'ai_usage_events by user and day of UTC; kept by a trigger';

create function public.count_ai_usage() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    insert into public.ai_usage_daily as daily
        (user_id, day, requests, input_tokens, output_tokens, cost_micros)
    values (
        new.user_id, (new.created_at at time zone 'UTC')::date,
        1, new.input_tokens, new.output_tokens, new.cost_micros
    )
    on conflict (user_id, day) do update set
        requests = daily.requests + excluded.requests,
        input_tokens = daily.input_tokens + excluded.input_tokens,
        output_tokens = daily.output_tokens + excluded.output_tokens,
        cost_micros = daily.cost_micros + excluded.cost_micros;
    return null;
end
$$;
comment on function public.count_ai_usage() is 'Adds a new event to the sums of its day';
revoke execute on function public.count_ai_usage() from public, anon, authenticated;

create trigger count_ai_usage after insert on public.ai_usage_events
    for each row execute function public.count_ai_usage();

alter table public.ai_usage_events enable row level security;
alter table public.ai_usage_daily enable row level security;
revoke all on public.ai_usage_events, public.ai_usage_daily from anon, authenticated;
grant select on public.ai_usage_events, public.ai_usage_daily to authenticated;
grant all on public.ai_usage_events, public.ai_usage_daily to service_role;

create policy "Users see own usage" on public.ai_usage_events
    for select to authenticated
    using (user_id = (select auth.uid()));
create policy "Users see own daily usage" on public.ai_usage_daily
    for select to authenticated
    using (user_id = (select auth.uid()));
