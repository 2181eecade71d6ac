insert into account (id, name) values (2, 'second')
on conflict (id) do nothing;
