CREATE TABEL users_8 ();
