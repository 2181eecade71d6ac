-- samokoder: no-transaction
VACUUM;
