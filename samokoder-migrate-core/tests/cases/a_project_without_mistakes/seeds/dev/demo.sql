DELETE FROM orders;
INSERT INTO orders (id) VALUES (1);
