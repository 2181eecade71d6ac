CREATE TABEL users_15 ();
