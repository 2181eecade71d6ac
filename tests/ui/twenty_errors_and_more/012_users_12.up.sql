CREATE TABEL users_12 ();
