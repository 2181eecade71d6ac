CREATE TABEL users_5 ();
