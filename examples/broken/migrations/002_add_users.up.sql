create table users (
    id bigint generated always as identity primary key,
    account_id bigint not null references account (id),
    email text not nul,
    created_at timestamptz not null default now()
);

create table sessions (
    token bytea primary key
    user_id bigint not null references users (id)
);
