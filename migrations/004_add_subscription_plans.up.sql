-- What a user pays for, and what each plan allows. The limits themselves are a seed's.
create type public.subscription_plan as enum ('free', 'pro', 'team');
comment on type public.subscription_plan is 'From the least to the most, so that plans can be compared';

create table public.plan_limits (
    plan public.subscription_plan primary key,
    projects integer not null,
    tokens_per_day bigint not null,
    updated_at timestamptz not null default now(),
    constraint plan_limits_projects_positive check (projects > 0),
    constraint plan_limits_tokens_per_day_positive check (tokens_per_day > 0)
);

create trigger set_updated_at before update on public.plan_limits
    for each row execute function public.set_updated_at();

create table public.subscriptions (
    user_id uuid primary key references public.profiles (id) on delete cascade,
    plan public.subscription_plan not null,
    renews_at timestamptz,
    cancelled_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    -- What nobody pays for neither renews nor needs a row.
    constraint subscriptions_plan_paid check (plan > 'free'),
    constraint subscriptions_cancelled_not_renewed check (cancelled_at is null or renews_at is null)
);
comment on table public.subscriptions is 'Who pays for what; a user without a row is on the free plan';
create index subscriptions_renews_at_idx on public.subscriptions (renews_at)
    where renews_at is not null;

create trigger set_updated_at before update on public.subscriptions
    for each row execute function public.set_updated_at();

alter table public.plan_limits enable row level security;
alter table public.subscriptions enable row level security;
revoke all on public.plan_limits, public.subscriptions from anon, authenticated;
-- Prices and limits are on the front page, before anybody signs in.
grant select on public.plan_limits to anon, authenticated;
grant select on public.subscriptions to authenticated;
grant all on public.plan_limits, public.subscriptions to service_role;

create policy "Everybody sees the limits" on public.plan_limits
    for select to anon, authenticated
    using (true);
create policy "Users see own subscription" on public.subscriptions
    for select to authenticated
    using (user_id = (select auth.uid()));

-- Runs with the caller's rights, so a user learns their own rest and nobody else's.
create function public.tokens_left_today() returns bigint
language sql
stable
set search_path = ''
as $$
    select limits.tokens_per_day - coalesce(used.tokens, 0)
    from public.plan_limits as limits
    left join (
        select sum(input_tokens + output_tokens)::bigint as tokens
        from public.ai_usage_daily
        where user_id = (select auth.uid()) and day = (now() at time zone 'UTC')::date
    ) as used on true
    where limits.plan = coalesce(
        (select plan from public.subscriptions where user_id = (select auth.uid())), 'free'
    )
$$;
comment on function public.tokens_left_today() is 'What the signed-in user may still use today; below 0 where a limit was lowered';
revoke execute on function public.tokens_left_today() from public, anon;
grant execute on function public.tokens_left_today() to authenticated;
