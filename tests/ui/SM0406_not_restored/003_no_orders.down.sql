-- the table was not used
SELECT 1;
