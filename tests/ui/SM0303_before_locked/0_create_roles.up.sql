CREATE TABLE roles (id bigint);
