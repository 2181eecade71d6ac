-- samokoder: allow(left-behind) "none"
ALTER TABLE users DROP COLUMN nickname;
