CREATE TABEL users_2 ();
