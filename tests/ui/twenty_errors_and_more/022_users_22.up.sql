CREATE TABEL users_22 ();
