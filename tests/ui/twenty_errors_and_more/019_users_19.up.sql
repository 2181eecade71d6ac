CREATE TABEL users_19 ();
