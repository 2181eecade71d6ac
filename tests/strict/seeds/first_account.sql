insert into account (id, name) values (1, 'first')
on conflict (id) do nothing;
