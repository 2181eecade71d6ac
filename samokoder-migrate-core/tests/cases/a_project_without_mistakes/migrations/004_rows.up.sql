-- samokoder: irreversible "deleted rows stay deleted"
DELETE FROM orders;
