//! Functions, procedures, aggregates; publications.

use crate::catalog::{
    Catalog,
    object::{ArgumentMode, Object, Publication, Routine, RoutineKind},
    picture::Row,
    resolve::quote,
    types::Type,
};

/// The end of a setting whose value is the session's.
pub(in crate::catalog) const FROM_CURRENT: &str = "=from current";

impl Catalog {
    /// One whose signature is not known has no row: it is told by its schema being open.
    pub(super) fn routine_row(&self, object: &Object, routine: &Routine) -> Option<Row> {
        let identity = format!("{}({})", self.identity(object), self.signature(routine)?);
        let kind = match routine.kind {
            RoutineKind::Procedure => "procedure",
            RoutineKind::Aggregate => "aggregate",
            RoutineKind::Function | RoutineKind::Window => "function",
        };
        let row = Row::new(kind, identity);
        let row = match &routine.returns {
            Some(returns) => row.known("returns", self.result(routine, returns)),
            None => row,
        };
        if routine.kind == RoutineKind::Aggregate {
            return Some(row);
        }
        let attributes = &routine.attributes;
        let row = row
            .text("language", quote(&routine.language))
            .known("body", routine.body.as_deref());
        Some(
            if attributes.iter().any(|known| known.ends_with(FROM_CURRENT)) {
                row.unknown("attributes")
            } else {
                row.maybe(
                    "attributes",
                    (!attributes.is_empty()).then(|| attributes.join(", ")),
                )
            },
        )
    }

    /// Lists the types of the arguments that are given: `integer, text`.
    pub(in crate::catalog) fn signature(&self, routine: &Routine) -> Option<String> {
        let types: Option<Vec<String>> = routine
            .arguments
            .iter()
            .filter(|argument| !matches!(argument.mode, ArgumentMode::Out | ArgumentMode::Table))
            .map(|argument| self.bare_type_text(&argument.ty))
            .collect();
        types.map(|types| types.join(", "))
    }

    /// As `pg_get_function_result` prints it.
    fn result(&self, routine: &Routine, returns: &Type) -> Option<String> {
        let table: Vec<_> = routine
            .arguments
            .iter()
            .filter(|argument| argument.mode == ArgumentMode::Table)
            .collect();
        if !table.is_empty() {
            let columns: Option<Vec<String>> = table
                .into_iter()
                .map(|column| {
                    let ty = self.bare_type_text(&column.ty)?;
                    Some(match &column.name {
                        Some(name) => format!("{} {ty}", quote(name)),
                        None => ty,
                    })
                })
                .collect();
            return columns.map(|columns| format!("TABLE({})", columns.join(", ")));
        }
        let ty = self.bare_type_text(returns)?;
        Some(if routine.returns_set {
            format!("SETOF {ty}")
        } else {
            ty
        })
    }

    /// A function keeps no modifiers: `varchar(5)` is `character varying`.
    fn bare_type_text(&self, ty: &Type) -> Option<String> {
        self.type_text(&Type {
            modifier: "".into(),
            ..ty.clone()
        })
    }

    pub(super) fn publication_row(&self, object: &Object, publication: &Publication) -> Row {
        let row = Row::new("publication", self.identity(object));
        if publication.all_tables {
            return row.text("tables", "all tables");
        }
        let names: Option<Vec<String>> = publication
            .tables
            .known()
            .and_then(|tables| tables.iter().map(|oid| self.identity_of(*oid)).collect());
        match names {
            Some(names) if names.is_empty() => row,
            Some(mut names) => {
                names.sort();
                row.text("tables", names.join(", "))
            }
            None => row.unknown("tables"),
        }
    }
}
