//! For tests: SQL in, picture or fault out.

use std::sync::Arc;

use super::{Catalog, fault::Fault};
use crate::{
    SourceFile,
    check::Options,
    migration::Transaction,
    sql::{self, Context, Role},
    stack,
};

/// Replays statements on an empty database, and prints the picture, or the first fault as
/// `SQLSTATE message`.
pub(super) fn picture(sql: &str) -> String {
    run(sql, &Options::default(), |catalog, fault| match fault {
        Some(fault) => told(&fault),
        None => catalog.picture().to_string(),
    })
}

/// Replays statements, and returns the first fault as `SQLSTATE message`, or `ok`.
pub(super) fn outcome(sql: &str) -> String {
    run(sql, &Options::default(), |_, fault| {
        fault.map_or_else(|| "ok".to_owned(), |fault| told(&fault))
    })
}

/// Replays statements up to the first fault, and shows what came of it.
pub(super) fn run<T: Send>(
    sql: &str,
    options: &Options,
    show: impl FnOnce(&Catalog, Option<Fault>) -> T + Send,
) -> T {
    stack::on_large_stack(|| {
        let file = Arc::new(SourceFile::new("trial.sql", sql));
        let context = Context {
            transaction: Transaction::Outside,
            postgres: None,
            role: Role::Upgrade,
        };
        let reading = sql::read(&file, &context);
        assert!(reading.diagnostics.is_empty(), "{:?}", reading.diagnostics);
        let mut catalog = Catalog::new(options);
        let fault = reading
            .statements
            .iter()
            .filter_map(|statement| statement.tree.as_ref())
            .find_map(|tree| catalog.apply(&tree.node).err());
        show(&catalog, fault)
    })
}

fn told(fault: &Fault) -> String {
    let mut told = format!("{} {}", fault.sqlstate, fault.message);
    for note in &fault.notes {
        told = format!("{told}; {note}");
    }
    told
}
