-- Новый столбец 🦀
ALTER TABLE users
	ADD COLUMN email text NUL,
    ADD COLUMN phone text
;
SELEC 1;
