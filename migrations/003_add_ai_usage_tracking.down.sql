drop table public.ai_usage_daily;
drop table public.ai_usage_events;
drop function public.count_ai_usage();
