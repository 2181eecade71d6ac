-- samokoder: no-transaction
drop index concurrently public.chat_messages_created_at_idx;
