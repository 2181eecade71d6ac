CREATE TABEL users_9 ();
