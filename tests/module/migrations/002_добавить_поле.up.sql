ALTER TABLE account ADD COLUMN note text DEFAULT 'a "quoted" \ value';
