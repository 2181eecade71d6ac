ALTER TYPE status ADD VALUE 'gone';
