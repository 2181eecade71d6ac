CREATE TABEL users_13 ();
