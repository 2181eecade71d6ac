drop tabel account;
