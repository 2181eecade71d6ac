-- samokoder: no-transaction
-- The admin pages read the newest messages of all chats. The table is the largest there is, so the
-- index is built beside its writers, which no transaction can do.
create index concurrently chat_messages_created_at_idx on public.chat_messages (created_at);
