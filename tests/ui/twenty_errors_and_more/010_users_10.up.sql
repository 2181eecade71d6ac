CREATE TABEL users_10 ();
