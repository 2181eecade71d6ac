CREATE TABEL users_21 ();
