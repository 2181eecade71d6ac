-- samokoder: no-transaction
DROP INDEX CONCURRENTLY orders_id_idx;
