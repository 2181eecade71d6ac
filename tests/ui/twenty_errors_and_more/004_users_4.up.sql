CREATE TABEL users_4 ();
