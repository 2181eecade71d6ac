CREATE TABEL users_3 ();
