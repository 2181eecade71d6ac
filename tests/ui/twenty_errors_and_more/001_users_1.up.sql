CREATE TABEL users_1 ();
