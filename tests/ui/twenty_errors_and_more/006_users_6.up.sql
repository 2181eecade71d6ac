CREATE TABEL users_6 ();
