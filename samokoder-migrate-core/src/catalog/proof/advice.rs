//! What may have been meant by a name that is not there.

use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::{Def, Object, Space},
        store::Oid,
    },
    check::Profile,
    lexer::{self, Kind},
    near,
};

/// The schemas that Supabase provides.
const SUPABASE: &[&str] = &[
    "auth",
    "storage",
    "realtime",
    "vault",
    "extensions",
    "graphql",
    "graphql_public",
    "net",
    "cron",
    "pgmq",
    "supabase_functions",
];

/// What kind of name is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Missing {
    Column,
    In(Space),
}

/// Says which name may have been meant, or which argument makes the name known.
pub(super) fn meant(catalog: &Catalog, statement: &str, fault: &Fault) -> Option<String> {
    let (missing, written) = missing(fault)?;
    let (schema, name) = match (missing, written.rsplit_once('.')) {
        (Missing::In(Space::Schema), _) => (written, written),
        (_, Some((schema, name))) => (schema, name),
        (_, None) => ("", written),
    };
    if SUPABASE.contains(&schema) && catalog.options.profile != Some(Profile::Supabase) {
        return Some("Supabase provides it: say `profile = \"supabase\"`".to_owned());
    }
    let names = match missing {
        Missing::Column => columns(catalog, statement),
        Missing::In(space) => objects(catalog, space),
    };
    let near = near::closest(name, names)?;
    Some(format!("did you mean `{near}`?"))
}

/// Reads in a fault what is missing: PostgreSQL says the kind first, and then the name.
fn missing(fault: &Fault) -> Option<(Missing, &str)> {
    let rest = fault.message.strip_suffix(" does not exist")?;
    let (kind, rest) = rest.split_once(' ')?;
    let missing = match kind {
        "column" => Missing::Column,
        "relation" | "table" | "view" | "index" | "sequence" => Missing::In(Space::Relation),
        "type" => Missing::In(Space::Type),
        "schema" => Missing::In(Space::Schema),
        "constraint" => Missing::In(Space::Constraint),
        "trigger" => Missing::In(Space::Trigger),
        "policy" => Missing::In(Space::Policy),
        "function" | "procedure" => Missing::In(Space::Routine),
        _ => return None,
    };
    let name = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => rest.split('(').next()?,
    };
    Some((missing, name))
}

fn objects(catalog: &Catalog, space: Space) -> Vec<&str> {
    let of_space = |(_, object): &(Oid, &Object)| {
        object.extension.is_none() && object.def.spaces().contains(&space)
    };
    let objects = catalog.store.all().filter(of_space);
    objects.map(|(_, object)| &*object.name).collect()
}

/// Lists the columns of the relations that a statement names.
fn columns<'c>(catalog: &'c Catalog, statement: &str) -> Vec<&'c str> {
    let tokens = lexer::tokens(statement);
    let named = |name: &str| {
        tokens.iter().any(|token| {
            let written = statement.get(token.span.range()).unwrap_or_default();
            match token.kind {
                Kind::Word => written.eq_ignore_ascii_case(name),
                Kind::QuotedName => written.trim_matches('"') == name,
                _ => false,
            }
        })
    };
    let objects = catalog.store.all();
    objects
        .filter(|(_, object)| named(&object.name))
        .filter_map(|(_, object)| match &object.def {
            Def::Relation(relation) => Some(&relation.columns),
            _ => None,
        })
        .flatten()
        .map(|column| &*column.name)
        .collect()
}
