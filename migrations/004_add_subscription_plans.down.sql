drop function public.tokens_left_today();
drop table public.subscriptions;
drop table public.plan_limits;
drop type public.subscription_plan;
