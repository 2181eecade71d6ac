//! `DROP`.

use super::{Takes, is_routine, may_be, statement::Statement};
use crate::catalog::{
    Catalog,
    object::{Def, Object, RelationKind},
};

impl Catalog {
    pub(super) fn may_have_dropped(&mut self, statement: &mut Statement<'_>) -> bool {
        let (is_materialized, is_foreign) = (statement.is("materialized"), statement.is("foreign"));
        statement.eat(&["materialized", "foreign"]);
        let kind = statement.word(statement.at).to_lowercase();
        statement.at += 1;
        statement.eat(&["concurrently", "if", "exists"]);
        let is_dropped: fn(&Object) -> bool = match &*kind {
            "table" if is_foreign => |object| may_be(object, &[RelationKind::ForeignTable]),
            "table" => |object| {
                may_be(
                    object,
                    &[RelationKind::Table, RelationKind::PartitionedTable],
                )
            },
            "view" if is_materialized => |object| may_be(object, &[RelationKind::MaterializedView]),
            "view" => |object| may_be(object, &[RelationKind::View]),
            "index" => |object| matches!(object.def, Def::Index(_)),
            "sequence" => |object| matches!(object.def, Def::Sequence(_)),
            "type" | "domain" => |object| matches!(object.def, Def::Type(_)),
            "function" | "procedure" | "routine" | "aggregate" => is_routine,
            "schema" => |object| matches!(object.def, Def::Schema),
            "trigger" | "policy" | "rule" => {
                return self.may_have_changed_member(statement, &kind).is_some();
            }
            "role" | "user" | "group" | "database" | "tablespace" => return true,
            _ => return false,
        };
        let takes = if statement.has("cascade") || !statement.is_whole() {
            Takes::Users
        } else {
            Takes::Parts
        };
        loop {
            let Some(target) = statement.target() else {
                return false;
            };
            let dropped = self.all_like(&target, is_dropped);
            if kind == "schema" && !dropped.is_empty() {
                return false;
            }
            for oid in dropped {
                self.may_have_gone(oid, takes);
            }
            // A routine's arguments.
            if statement.word(statement.at) == "(" && !statement.past(")") {
                while statement.at < statement.words.len() && statement.word(statement.at) != ")" {
                    statement.at += 1;
                }
                statement.at += 1;
            }
            if statement.word(statement.at) != "," {
                return true;
            }
            statement.at += 1;
        }
    }
}
