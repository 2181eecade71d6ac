CREATE TABEL users_14 ();
