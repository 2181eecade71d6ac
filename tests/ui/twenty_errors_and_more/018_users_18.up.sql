CREATE TABEL users_18 ();
