//! Histories to be weighed: as many migrations as are wanted, the same in every run.

use std::{fs, path::Path};

use samokoder_migrate_core::folder::Folder;

use crate::{Result, random::Random};

/// What a history is full of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Tables with keys, indexes, policies, types and comments, each altered now and then.
    Everyday,
    /// One table of 200 columns, altered by every migration.
    HotTable,
    /// Functions and views that read each other.
    Routines,
}

/// A migration: its name, its upgrade, its downgrade.
type Migration = (String, String, String);

/// Returns a history of so many migrations.
pub(super) fn history(kind: Kind, count: usize) -> Vec<Migration> {
    let mut random = Random::new(42);
    (0..count)
        .map(|index| {
            let (up, down) = match kind {
                Kind::Everyday => everyday(index, &mut random),
                Kind::HotTable => hot(index),
                Kind::Routines => routines(index, &mut random),
            };
            (format!("{:05}_change_{index}", index + 1), up, down)
        })
        .collect()
}

/// Returns a history as a folder in memory.
pub(super) fn folder(history: &[Migration]) -> Folder {
    let start = Folder::new("migrations");
    history.iter().fold(start, |folder, (name, up, down)| {
        folder
            .file(format!("{name}.up.sql"), up.as_str())
            .file(format!("{name}.down.sql"), down.as_str())
    })
}

/// Writes a history to a folder on the disk.
pub(super) fn write(history: &[Migration], to: &Path) -> Result {
    fs::create_dir_all(to)?;
    for (name, up, down) in history {
        fs::write(to.join(format!("{name}.up.sql")), up)?;
        fs::write(to.join(format!("{name}.down.sql")), down)?;
    }
    Ok(())
}

/// Every fourth migration makes a table; those between change one that is there.
fn everyday(index: usize, random: &mut Random) -> (String, String) {
    let tables = index.div_ceil(4);
    let any = random.below(tables);
    match index % 4 {
        0 => table(index / 4, random.below(tables)),
        1 => (
            format!(
                "ALTER TABLE public.orders_{any}
    ADD COLUMN note_{index} text,
    ADD COLUMN weight_{index} integer NOT NULL DEFAULT 0,
    ADD CONSTRAINT weight_{index}_is_positive CHECK (weight_{index} >= 0 AND weight_{index} < 1000);
CREATE INDEX orders_note_{index}_idx ON public.orders_{any} (lower(note_{index})) WHERE note_{index} IS NOT NULL;
COMMENT ON COLUMN public.orders_{any}.note_{index} IS 'what a customer says of it';
"
            ),
            format!(
                "ALTER TABLE public.orders_{any} DROP COLUMN note_{index}, DROP COLUMN weight_{index};\n"
            ),
        ),
        2 => (
            format!(
                "CREATE POLICY own_{index} ON public.orders_{any} FOR SELECT USING (email = current_user AND amount > 0);
CREATE POLICY write_{index} ON public.orders_{any} FOR INSERT WITH CHECK (status <> 'closed');
ALTER TABLE public.orders_{any} ADD CONSTRAINT email_{index}_key UNIQUE (email, created_at);
ALTER TABLE public.orders_{any} RENAME COLUMN amount TO amount_{index};
ALTER TABLE public.orders_{any} RENAME COLUMN amount_{index} TO amount;
"
            ),
            format!(
                "ALTER TABLE public.orders_{any} DROP CONSTRAINT email_{index}_key;
DROP POLICY write_{index} ON public.orders_{any};
DROP POLICY own_{index} ON public.orders_{any};
"
            ),
        ),
        _ => (
            format!(
                "CREATE TYPE public.stage_{index} AS ENUM ('new', 'paid', 'sent', 'returned');
ALTER TABLE public.orders_{any} ADD COLUMN stage_{index} public.stage_{index} NOT NULL DEFAULT 'new';
ALTER TABLE public.orders_{any} ADD COLUMN parent_{index} bigint REFERENCES public.orders_{other} (id);
CREATE UNIQUE INDEX orders_parent_{index}_idx ON public.orders_{any} (parent_{index}, stage_{index});
COMMENT ON TYPE public.stage_{index} IS 'how far an order is';
",
                other = random.below(tables)
            ),
            format!(
                "ALTER TABLE public.orders_{any} DROP COLUMN stage_{index}, DROP COLUMN parent_{index};
DROP TYPE public.stage_{index};
"
            ),
        ),
    }
}

fn table(number: usize, other: usize) -> (String, String) {
    (
        format!(
            "CREATE TABLE public.orders_{number} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    other_id bigint NOT NULL REFERENCES public.orders_{other} (id) ON DELETE CASCADE,
    email text NOT NULL UNIQUE,
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'closed')),
    amount numeric(12, 2) NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX orders_{number}_created_idx ON public.orders_{number} (other_id, created_at);
COMMENT ON TABLE public.orders_{number} IS 'orders';
ALTER TABLE public.orders_{number} ENABLE ROW LEVEL SECURITY;
"
        ),
        format!("DROP TABLE public.orders_{number};\n"),
    )
}

const COLUMNS: usize = 200;

fn hot(index: usize) -> (String, String) {
    if index == 0 {
        let columns: Vec<String> = (0..COLUMNS)
            .map(|column| {
                format!("    column_{column} varchar(20) NOT NULL DEFAULT ('a' || {column})")
            })
            .collect();
        return (
            format!("CREATE TABLE hot (\n{}\n);\n", columns.join(",\n")),
            "DROP TABLE hot;\n".to_owned(),
        );
    }
    // The turn of each column comes once in a round.
    let index = index - 1;
    let column = index % COLUMNS;
    let (round, before) = (index / COLUMNS, (index / COLUMNS).saturating_sub(1));
    match index % 4 {
        0 => (
            format!("ALTER TABLE hot ALTER COLUMN column_{column} SET DEFAULT ('b' || {round});\n"),
            match round {
                0 => format!(
                    "ALTER TABLE hot ALTER COLUMN column_{column} SET DEFAULT ('a' || {column});\n"
                ),
                _ => format!(
                    "ALTER TABLE hot ALTER COLUMN column_{column} SET DEFAULT ('b' || {before});\n"
                ),
            },
        ),
        1 => (
            format!(
                "ALTER TABLE hot ALTER COLUMN column_{column} TYPE varchar({});\n",
                21 + round
            ),
            format!(
                "ALTER TABLE hot ALTER COLUMN column_{column} TYPE varchar({});\n",
                20 + round
            ),
        ),
        2 => (
            format!("ALTER TABLE hot ADD CONSTRAINT hot_{index} CHECK (column_{column} <> '');\n"),
            format!("ALTER TABLE hot DROP CONSTRAINT hot_{index};\n"),
        ),
        _ => (
            format!("CREATE INDEX hot_{index}_idx ON hot (column_{column}, column_0);\n"),
            format!("DROP INDEX hot_{index}_idx;\n"),
        ),
    }
}

fn routines(index: usize, random: &mut Random) -> (String, String) {
    if index == 0 {
        return (
            "CREATE TABLE entry (id bigint PRIMARY KEY, title text NOT NULL, amount integer NOT NULL DEFAULT 1);\n"
                .to_owned(),
            "DROP TABLE entry;\n".to_owned(),
        );
    }
    let earlier = random.below(index);
    match index % 3 {
        1 => (
            format!(
                "CREATE FUNCTION title_{index}(wanted bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT upper(title) || count(*) OVER () FROM entry WHERE id = wanted AND amount > {earlier}
$$;
CREATE FUNCTION touch_{index}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.title := coalesce(NEW.title, 'none');
    RETURN NEW;
END
$$;
CREATE TRIGGER touch_{index} BEFORE UPDATE ON entry FOR EACH ROW EXECUTE FUNCTION touch_{index}();
"
            ),
            format!(
                "DROP TRIGGER touch_{index} ON entry;
DROP FUNCTION touch_{index}();
DROP FUNCTION title_{index}(bigint);
"
            ),
        ),
        2 => (
            format!(
                "CREATE VIEW listing_{index} AS
    SELECT e.id, title_{function}(e.id) AS title, sum(e.amount) AS total
    FROM entry AS e LEFT JOIN entry AS other ON other.id = e.id + 1
    WHERE e.amount BETWEEN 1 AND {index}
    GROUP BY e.id HAVING count(*) > 1;
COMMENT ON VIEW listing_{index} IS 'what is shown';
",
                function = index - 1
            ),
            format!("DROP VIEW listing_{index};\n"),
        ),
        _ => (
            format!(
                "CREATE OR REPLACE VIEW listing_{view} AS
    SELECT e.id, title_{function}(e.id) AS title, sum(e.amount) AS total
    FROM entry AS e
    GROUP BY e.id;
CREATE VIEW count_{index} AS SELECT count(*) AS rows, max(total) AS most FROM listing_{view} WHERE title IS NOT NULL;
",
                view = index - 1,
                function = index - 2
            ),
            format!(
                "DROP VIEW count_{index};
CREATE OR REPLACE VIEW listing_{view} AS
    SELECT e.id, title_{function}(e.id) AS title, sum(e.amount) AS total
    FROM entry AS e LEFT JOIN entry AS other ON other.id = e.id + 1
    WHERE e.amount BETWEEN 1 AND {view}
    GROUP BY e.id HAVING count(*) > 1;
",
                view = index - 1,
                function = index - 2
            ),
        ),
    }
}
