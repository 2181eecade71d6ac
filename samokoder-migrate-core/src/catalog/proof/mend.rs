//! What a downgrade would say to lead back, as SQL that can be typed.

use crate::catalog::{
    identity::split,
    picture::{Row, Value},
};

/// Drops what was left behind.
pub(super) fn drop(row: &Row) -> Option<String> {
    let (holder, name) = split(&row.identity);
    let identity = &row.identity;
    let kind = text(row, "kind");
    Some(match row.kind {
        "column" | "constraint" => {
            let part = row.kind.to_uppercase();
            format!("ALTER TABLE {holder} DROP {part} {name};")
        }
        "trigger" | "policy" | "rule" => {
            format!("DROP {} {name} ON {holder};", row.kind.to_uppercase())
        }
        "table" if kind == Some("foreign table") => format!("DROP FOREIGN TABLE {identity};"),
        "type" if kind == Some("domain") => format!("DROP DOMAIN {identity};"),
        "aggregate" if identity.ends_with("()") => return None,
        "table" | "view" | "materialized view" | "index" | "sequence" | "type" | "schema"
        | "function" | "procedure" | "aggregate" | "publication" => {
            format!("DROP {} {identity};", row.kind.to_uppercase())
        }
        _ => return None,
    })
}

/// Makes again what was not restored, where its row says all that is needed.
pub(super) fn make(row: &Row) -> Option<String> {
    let (holder, name) = split(&row.identity);
    if row.facts.iter().any(|(_, value)| *value == Value::Unknown) {
        return None;
    }
    match row.kind {
        "column" => {
            let definition = column(row)?;
            Some(format!(
                "ALTER TABLE {holder} ADD COLUMN {name} {definition};"
            ))
        }
        "constraint" => {
            let definition = constraint(row)?;
            Some(format!(
                "ALTER TABLE {holder} ADD CONSTRAINT {name} {definition};"
            ))
        }
        "index" => index(row, name),
        "policy" => Some(policy(row, holder, name)),
        "schema" => Some(format!("CREATE SCHEMA {name};")),
        "extension" => Some(format!("CREATE EXTENSION {name};")),
        _ => None,
    }
}

/// Gives a fact back to what was left changed; `before` is what it was.
pub(super) fn restore(row: &Row, fact: &str, before: Option<&str>) -> Option<String> {
    let (holder, name) = split(&row.identity);
    if (row.kind, fact) == ("table", "row security") {
        return Some(row_security(&row.identity, before.unwrap_or_default()));
    }
    if row.kind != "column" {
        return None;
    }
    let change = match (fact, before) {
        ("not null", Some("yes")) => "SET NOT NULL".to_owned(),
        ("not null", _) => "DROP NOT NULL".to_owned(),
        ("default", Some(default)) => format!("SET DEFAULT {default}"),
        ("default", None) => "DROP DEFAULT".to_owned(),
        ("generated", None) => "DROP EXPRESSION".to_owned(),
        ("identity", None) => "DROP IDENTITY".to_owned(),
        ("type", Some(ty)) => format!("TYPE {ty} USING {name}::{ty}"),
        _ => return None,
    };
    Some(format!(
        "ALTER TABLE {holder} ALTER COLUMN {name} {change};"
    ))
}

fn row_security(table: &str, before: &str) -> String {
    let is = |word: &str| before.split(", ").any(|part| part == word);
    let enable = if is("enabled") { "ENABLE" } else { "DISABLE" };
    let force = if is("forced") { "FORCE" } else { "NO FORCE" };
    match before {
        "enabled" | "" => format!("ALTER TABLE {table} {enable} ROW LEVEL SECURITY;"),
        _ => {
            format!("ALTER TABLE {table} {enable} ROW LEVEL SECURITY, {force} ROW LEVEL SECURITY;")
        }
    }
}

fn text<'r>(row: &'r Row, name: &str) -> Option<&'r str> {
    match row.fact(name)? {
        Value::Text(text) | Value::Expression(text) => Some(text),
        Value::Unknown => None,
    }
}

/// A default that takes from a sequence needs the sequence too, which one line does not make.
fn column(row: &Row) -> Option<String> {
    let mut definition = text(row, "type")?.to_owned();
    if let Some(collation) = text(row, "collation") {
        definition.push_str(&format!(" COLLATE {collation}"));
    }
    if let Some(default) = text(row, "default") {
        if default.contains("nextval") {
            return None;
        }
        definition.push_str(&format!(" DEFAULT {default}"));
    }
    if let Some(generated) = text(row, "generated") {
        definition.push_str(&format!(" GENERATED ALWAYS AS ({generated}) STORED"));
    }
    if let Some(identity) = text(row, "identity") {
        let identity = identity.to_uppercase();
        definition.push_str(&format!(" GENERATED {identity} AS IDENTITY"));
    } else if text(row, "not null") == Some("yes") {
        definition.push_str(" NOT NULL");
    }
    Some(definition)
}

fn constraint(row: &Row) -> Option<String> {
    let mut definition = match text(row, "kind")? {
        "primary key" => format!("PRIMARY KEY ({})", text(row, "columns")?),
        "unique" => format!("UNIQUE ({})", text(row, "columns")?),
        "check" => format!("CHECK ({})", text(row, "expression")?),
        "foreign key" => format!(
            "FOREIGN KEY ({}) REFERENCES {}",
            text(row, "columns")?,
            text(row, "references")?
        ),
        _ => return None,
    };
    for (name, words) in [
        ("match", " MATCH "),
        ("on update", " ON UPDATE "),
        ("on delete", " ON DELETE "),
    ] {
        if let Some(value) = text(row, name) {
            definition.push_str(words);
            definition.push_str(value);
        }
    }
    match text(row, "deferrable") {
        Some("initially deferred") => definition.push_str(" DEFERRABLE INITIALLY DEFERRED"),
        Some(_) => definition.push_str(" DEFERRABLE"),
        None => {}
    }
    if text(row, "valid") == Some("no") {
        definition.push_str(" NOT VALID");
    }
    Some(definition)
}

fn index(row: &Row, name: &str) -> Option<String> {
    let unique = if text(row, "unique").is_some() {
        "UNIQUE "
    } else {
        ""
    };
    let method = match text(row, "method")? {
        "btree" => String::new(),
        method => format!(" USING {method}"),
    };
    let (table, keys) = (text(row, "table")?, text(row, "keys")?);
    let mut definition = format!("CREATE {unique}INDEX {name} ON {table}{method} ({keys})");
    if let Some(include) = text(row, "include") {
        definition.push_str(&format!(" INCLUDE ({include})"));
    }
    if let Some(predicate) = text(row, "where") {
        definition.push_str(&format!(" WHERE {predicate}"));
    }
    Some(definition + ";")
}

fn policy(row: &Row, table: &str, name: &str) -> String {
    let mut definition = format!("CREATE POLICY {name} ON {table}");
    if text(row, "permissive") == Some("no") {
        definition.push_str(" AS RESTRICTIVE");
    }
    for (name, before, after) in [
        ("command", " FOR ", ""),
        ("roles", " TO ", ""),
        ("using", " USING (", ")"),
        ("check", " WITH CHECK (", ")"),
    ] {
        if let Some(value) = text(row, name) {
            definition.push_str(&format!("{before}{value}{after}"));
        }
    }
    definition + ";"
}

#[cfg(test)]
mod tests {
    use super::{drop, make, restore};
    use crate::catalog::picture::Row;

    #[test]
    fn what_is_left_behind_is_dropped_by_its_own_statement() {
        for (kind, identity, sql) in [
            (
                "column",
                "public.users.\"Full\"",
                "ALTER TABLE public.users DROP COLUMN \"Full\";",
            ),
            ("constraint", "a.b.c", "ALTER TABLE a.b DROP CONSTRAINT c;"),
            ("policy", "a.b.c", "DROP POLICY c ON a.b;"),
            ("index", "a.b", "DROP INDEX a.b;"),
            (
                "function",
                "a.f(integer, text)",
                "DROP FUNCTION a.f(integer, text);",
            ),
            ("materialized view", "a.v", "DROP MATERIALIZED VIEW a.v;"),
        ] {
            assert_eq!(drop(&Row::new(kind, identity)).as_deref(), Some(sql));
        }
        let domain = Row::new("type", "a.d").text("kind", "domain");
        assert_eq!(drop(&domain).as_deref(), Some("DROP DOMAIN a.d;"));
        assert_eq!(drop(&Row::new("aggregate", "a.f()")), None);
        assert_eq!(drop(&Row::new("role", "r")), None);
    }

    #[test]
    fn what_is_not_restored_is_made_as_it_was() {
        let column = Row::new("column", "public.users.a")
            .text("type", "text")
            .text("not null", "yes")
            .expression("default", "''");
        assert_eq!(
            make(&column).as_deref(),
            Some("ALTER TABLE public.users ADD COLUMN a text DEFAULT '' NOT NULL;")
        );
        let key = Row::new("constraint", "public.users.f")
            .text("kind", "foreign key")
            .text("columns", "org")
            .text("references", "public.orgs (id)")
            .text("on delete", "cascade");
        assert_eq!(
            make(&key).as_deref(),
            Some(
                "ALTER TABLE public.users ADD CONSTRAINT f FOREIGN KEY (org) REFERENCES \
                 public.orgs (id) ON DELETE cascade;"
            )
        );
        let index = Row::new("index", "public.i")
            .text("table", "public.users")
            .text("method", "gin")
            .text("unique", "yes")
            .expression("keys", "a, (lower(b))")
            .expression("where", "a > 1");
        assert_eq!(
            make(&index).as_deref(),
            Some("CREATE UNIQUE INDEX i ON public.users USING gin (a, (lower(b))) WHERE a > 1;")
        );
        let unknown = Row::new("column", "public.users.a").unknown("type");
        assert_eq!(make(&unknown), None);
    }

    #[test]
    fn what_is_left_changed_gets_its_fact_back() {
        let column = Row::new("column", "public.users.a");
        let sql = |fact, before| restore(&column, fact, before).unwrap();
        let alter = |change: &str| format!("ALTER TABLE public.users ALTER COLUMN a {change};");
        assert_eq!(sql("not null", Some("yes")), alter("SET NOT NULL"));
        assert_eq!(sql("not null", Some("no")), alter("DROP NOT NULL"));
        assert_eq!(sql("default", Some("now()")), alter("SET DEFAULT now()"));
        assert_eq!(sql("default", None), alter("DROP DEFAULT"));
        assert_eq!(sql("type", Some("text")), alter("TYPE text USING a::text"));
        let table = Row::new("table", "public.users");
        let sql = |before| restore(&table, "row security", before).unwrap();
        assert_eq!(
            sql(None),
            "ALTER TABLE public.users DISABLE ROW LEVEL SECURITY;"
        );
        assert_eq!(
            sql(Some("enabled")),
            "ALTER TABLE public.users ENABLE ROW LEVEL SECURITY;"
        );
    }
}
