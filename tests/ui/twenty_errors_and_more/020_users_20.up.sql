CREATE TABEL users_20 ();
