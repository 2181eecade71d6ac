CREATE TABEL users_7 ();
