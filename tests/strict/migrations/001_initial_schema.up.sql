-- Accounts and what they own.
--     an indented line, and a fence: ```rust
CREATE TABLE account (
    id bigint PRIMARY KEY,
    name text NOT NULL
);

-- not the first comment
CREATE INDEX account_name ON account (name);
