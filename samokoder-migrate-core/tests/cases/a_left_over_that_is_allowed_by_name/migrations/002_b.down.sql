-- samokoder: allow(left-behind) "old workers still write it"
SELECT 1;
