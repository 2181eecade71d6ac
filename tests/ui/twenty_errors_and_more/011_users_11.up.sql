CREATE TABEL users_11 ();
