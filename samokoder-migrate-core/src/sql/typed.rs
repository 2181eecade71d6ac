//! The typed tree of one statement, where sqlparser can read it.
//!
//! Beside the type in `Statement` this is the only place that knows `sqlparser`.

use std::panic::catch_unwind;

use sqlparser::{ast::Statement, dialect::PostgreSqlDialect, parser::Parser};

/// Rows of data beyond this many bytes have nothing in them that a typed tree would tell.
const BULK: usize = 16 * 1024;

/// Reads one statement; `None` is an opaque statement, never an error.
///
/// A long `INSERT` is opaque too: reading rows would cost more than all else, and what the checks
/// ask of it is in the statement's facts.
pub(super) fn read(statement: &str) -> Option<Box<Statement>> {
    if statement.len() > BULK && starts_with_word(statement, "insert") {
        return None;
    }
    // Text that it cannot read must not end the build, nor must a panic of its own.
    catch_unwind(|| Parser::parse_sql(&PostgreSqlDialect {}, statement))
        .ok()?
        .ok()
        .filter(|statements| statements.len() == 1)?
        .pop()
        .map(Box::new)
}

pub(super) fn starts_with_word(statement: &str, word: &str) -> bool {
    statement
        .get(..word.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn reads_what_sqlparser_knows_and_leaves_the_rest_opaque() {
        assert!(read("CREATE TABLE a (id int)").is_some());
        assert!(read("DO $$ BEGIN END $$").is_none());
        assert!(read(&format!("SELECT {}1{}", "(".repeat(2000), ")".repeat(2000))).is_none());
        let rows = vec!["(1)"; 10_000].join(", ");
        assert!(read(&format!("INSERT INTO a VALUES {rows}")).is_none());
    }
}
