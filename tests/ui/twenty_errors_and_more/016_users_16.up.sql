CREATE TABEL users_16 ();
