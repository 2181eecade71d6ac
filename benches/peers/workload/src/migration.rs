//! What the migrations are.

/// One migration.
#[derive(Clone, Debug)]
pub struct Migration {
    /// Its place, from 1.
    pub number: usize,
    /// Its name, in lower-case letters, digits and underscores.
    pub name: String,
    /// The SQL of its upgrade.
    pub up: String,
    /// The SQL of its downgrade.
    pub down: String,
}

/// What tables are called, in turn.
const NOUNS: [&str; 12] = [
    "customers",
    "invoices",
    "shipments",
    "products",
    "suppliers",
    "payments",
    "warehouses",
    "returns",
    "discounts",
    "reviews",
    "messages",
    "contracts",
];

/// Returns the first so many migrations.
pub fn migrations(count: usize) -> Vec<Migration> {
    (0..count).map(migration).collect()
}

fn migration(index: usize) -> Migration {
    let table = Table::of(index / 5);
    let (name, up, down) = match index % 5 {
        0 => table.create(),
        1 => table.secure(),
        2 => table.alter(),
        3 => table.watch(),
        _ => table.view(),
    };
    Migration {
        number: index + 1,
        name,
        up,
        down,
    }
}

/// A table, to which five migrations belong.
struct Table {
    name: String,
    /// The table that it refers to: the one before, or itself where there is none.
    parent: String,
}

impl Table {
    fn of(number: usize) -> Self {
        let name = |number: usize| {
            let noun = NOUNS.get(number % NOUNS.len()).copied().unwrap_or_default();
            format!("{noun}_{:03}", number + 1)
        };
        Self {
            name: name(number),
            parent: name(number.saturating_sub(1)),
        }
    }

    fn create(&self) -> (String, String, String) {
        let Self { name, parent } = self;
        let up = format!(
            "CREATE TABLE public.{name} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_id bigint REFERENCES public.{parent} (id) ON DELETE CASCADE,
    tenant_id uuid NOT NULL DEFAULT gen_random_uuid(),
    email text NOT NULL CHECK (email LIKE '%@%'),
    amount numeric(12, 2) NOT NULL DEFAULT 0 CHECK (amount >= 0),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX {name}_email ON public.{name} (lower(email));
CREATE INDEX {name}_parent ON public.{name} (parent_id);
COMMENT ON TABLE public.{name} IS 'What a tenant has';
"
        );
        (
            format!("create_{name}"),
            up,
            format!("DROP TABLE public.{name};\n"),
        )
    }

    fn secure(&self) -> (String, String, String) {
        let name = &self.name;
        let tenant = "tenant_id = current_setting('app.tenant', true)::uuid";
        let up = format!(
            "-- A tenant sees its own rows, changes those, and adds to them.
ALTER TABLE public.{name} ENABLE ROW LEVEL SECURITY;
CREATE POLICY {name}_read ON public.{name} FOR SELECT
    USING ({tenant});
CREATE POLICY {name}_write ON public.{name} FOR UPDATE
    USING ({tenant}) WITH CHECK (amount >= 0);
CREATE POLICY {name}_add ON public.{name} FOR INSERT
    WITH CHECK ({tenant});
"
        );
        let down = format!(
            "DROP POLICY {name}_add ON public.{name};
DROP POLICY {name}_write ON public.{name};
DROP POLICY {name}_read ON public.{name};
ALTER TABLE public.{name} DISABLE ROW LEVEL SECURITY;
"
        );
        (format!("secure_{name}"), up, down)
    }

    fn alter(&self) -> (String, String, String) {
        let name = &self.name;
        let up = format!(
            "ALTER TABLE public.{name}
    ADD COLUMN status text NOT NULL DEFAULT 'draft',
    ADD COLUMN archived_at timestamptz,
    ADD COLUMN settings jsonb NOT NULL DEFAULT '{{}}',
    ADD CONSTRAINT {name}_status CHECK (status IN ('draft', 'open', 'done'));
CREATE INDEX {name}_open ON public.{name} (tenant_id, created_at)
    WHERE status = 'open' AND archived_at IS NULL;
COMMENT ON COLUMN public.{name}.status IS 'draft until it is sent, done when it is paid';
COMMENT ON COLUMN public.{name}.archived_at IS 'When it was put away';
"
        );
        let down = format!(
            "DROP INDEX public.{name}_open;
ALTER TABLE public.{name}
    DROP CONSTRAINT {name}_status,
    DROP COLUMN settings,
    DROP COLUMN archived_at,
    DROP COLUMN status;
"
        );
        (format!("add_status_to_{name}"), up, down)
    }

    fn watch(&self) -> (String, String, String) {
        let name = &self.name;
        let up = format!(
            "ALTER TABLE public.{name} ADD COLUMN updated_at timestamptz;
CREATE FUNCTION public.{name}_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW IS DISTINCT FROM OLD THEN
        NEW.updated_at := now();
    END IF;
    -- What was put away is not touched any more.
    IF OLD.archived_at IS NOT NULL AND NEW.archived_at IS NOT NULL THEN
        RAISE EXCEPTION 'is archived: %', OLD.id;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER {name}_touched BEFORE UPDATE ON public.{name}
    FOR EACH ROW EXECUTE FUNCTION public.{name}_touch();
"
        );
        let down = format!(
            "DROP TRIGGER {name}_touched ON public.{name};
DROP FUNCTION public.{name}_touch();
ALTER TABLE public.{name} DROP COLUMN updated_at;
"
        );
        (format!("watch_{name}"), up, down)
    }

    fn view(&self) -> (String, String, String) {
        let name = &self.name;
        let up = format!(
            "CREATE VIEW public.{name}_by_month AS
SELECT t.tenant_id, date_trunc('month', t.created_at) AS month, count(*) AS rows, sum(t.amount) AS amount
FROM public.{name} AS t
WHERE t.archived_at IS NULL AND t.status <> 'draft'
GROUP BY t.tenant_id, date_trunc('month', t.created_at);
COMMENT ON VIEW public.{name}_by_month IS 'What the dashboard shows';
INSERT INTO public.{name} (email, amount) VALUES
    ('first@example.org', 10), ('second@example.org', 20), ('third@example.org', 30);
"
        );
        let down = format!(
            "DELETE FROM public.{name} WHERE email LIKE '%@example.org';
DROP VIEW public.{name}_by_month;
"
        );
        (format!("report_{name}"), up, down)
    }
}

#[cfg(test)]
mod tests {
    use super::migrations;

    #[test]
    fn a_migration_is_some_540_bytes() {
        let all = migrations(1_000);
        let bytes: usize = all.iter().map(|one| one.up.len()).sum();
        assert!(
            (500..580).contains(&(bytes / all.len())),
            "{}",
            bytes / all.len()
        );
    }

    #[test]
    fn names_and_texts_are_each_migrations_own() {
        let all = migrations(1_000);
        let mut names: Vec<_> = all.iter().map(|one| &one.name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all.len());
    }
}
