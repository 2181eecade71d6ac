-- samokoder: allow(left-changed) "set by the block"
ALTER TABLE users DROP COLUMN nickname;
