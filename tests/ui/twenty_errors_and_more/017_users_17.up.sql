CREATE TABEL users_17 ();
