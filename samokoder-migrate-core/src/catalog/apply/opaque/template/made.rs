//! `CREATE`.

use super::{
    is_routine, member,
    statement::{Statement, Target},
};
use crate::catalog::{
    Catalog,
    object::{Object, RelationKind, Space},
    store::{Shape, Where},
};

impl Catalog {
    pub(super) fn may_have_made(&mut self, statement: &mut Statement<'_>) -> bool {
        let replaces = statement.is("or");
        let is_temporary = ["temp", "temporary"].iter().any(|word| statement.is(word));
        statement.eat(&[
            "or",
            "replace",
            "temp",
            "temporary",
            "local",
            "global",
            "unlogged",
            "unique",
            "recursive",
            "constraint",
            "trusted",
            "materialized",
            "foreign",
        ]);
        let kind = statement.word(statement.at).to_lowercase();
        statement.at += 1;
        let guards = ["if", "not", "exists", "concurrently"];
        statement.eat(&guards);
        match &*kind {
            "role" | "user" | "group" | "database" | "tablespace" => true,
            "schema" => {
                statement.eat(&["authorization"]);
                let Some(target) = statement.target() else {
                    return false;
                };
                if statement.has("create") || statement.has("grant") {
                    return false;
                }
                self.store.haze(Space::Schema, Where::Anywhere, target.name);
                true
            }
            "table" | "view" | "sequence" => {
                let Some(target) = statement.target() else {
                    return false;
                };
                if replaces {
                    self.may_have_changed_all(&target, |object| object.relation().is_some());
                }
                self.haze(&[Space::Relation, Space::Type], &target.name);
                if is_temporary || replaces && kind == "view" {
                    let place = Where::Within(self.temporary);
                    self.store.haze(Space::Relation, place, target.name.clone());
                    self.store.haze(Space::Type, place, target.name.clone());
                }
                if kind == "table" {
                    self.may_have_indexes(statement, &target.name);
                }
                true
            }
            "index" => {
                let index = if statement.is("on") {
                    None
                } else {
                    statement.target()
                };
                if !statement.past("on") {
                    return false;
                }
                statement.eat(&["only"]);
                let Some(table) = statement.target() else {
                    return false;
                };
                let shape = index.map_or_else(|| table.name.made_of(), |index| index.name);
                self.haze(&[Space::Relation], &shape);
                self.may_have_index(&table);
                true
            }
            "type" | "domain" => {
                let Some(target) = statement.target() else {
                    return false;
                };
                let is_range = statement.has("range") || !statement.is_whole();
                let shape = if is_range { Shape::any() } else { target.name };
                self.haze(&[Space::Type, Space::Relation], &shape);
                true
            }
            "function" | "procedure" | "aggregate" => {
                let Some(target) = statement.target() else {
                    return false;
                };
                if replaces {
                    self.may_have_changed_all(&target, is_routine);
                }
                self.haze(&[Space::Routine], &target.name);
                true
            }
            "trigger" | "policy" | "rule" => self.may_have_member(statement, &kind),
            "publication" => {
                let Some(target) = statement.target() else {
                    return false;
                };
                self.haze(&[Space::Publication], &target.name);
                true
            }
            _ => false,
        }
    }

    /// Records what a table may have that is made with it.
    fn may_have_indexes(&mut self, statement: &Statement<'_>, table: &Shape) {
        // What follows the parent is the bound.
        let is_part = statement.is("partition");
        let made = match (is_part, statement.is_torn()) {
            (true, _) => vec![table.made_of()],
            (false, true) => vec![Shape::any()],
            (false, false) => statement.made_with(table),
        };
        for shape in made {
            self.haze(&[Space::Relation, Space::Constraint], &shape);
        }
    }

    /// Records that tables may have an index more.
    fn may_have_index(&mut self, table: &Target) {
        for oid in self.all_like(table, |object| object.relation().is_some()) {
            let is_partitioned = self
                .store
                .get(oid)
                .and_then(Object::relation)
                .is_some_and(|relation| relation.kind == RelationKind::PartitionedTable);
            if is_partitioned {
                self.haze(&[Space::Relation], &Shape::any());
            }
            if let Some(object) = self.store.get_mut(oid) {
                object.open = true;
            }
        }
    }

    /// A trigger, a policy, a rule.
    fn may_have_member(&mut self, statement: &mut Statement<'_>, kind: &str) -> bool {
        let Some((space, between)) = member(kind) else {
            return false;
        };
        let Some(member) = statement.target() else {
            return false;
        };
        let found = statement.past(between) && (kind != "rule" || statement.past("to"));
        let Some(table) = statement.target().filter(|_| found) else {
            return false;
        };
        if table.name.is_any() {
            self.blur_members(&table, space, &member.name);
            self.store.haze(space, Where::Anywhere, member.name);
            return true;
        }
        for oid in self.all_like(&table, |object| object.relation().is_some()) {
            self.store
                .haze(space, Where::Within(oid), member.name.clone());
        }
        self.blur_members(&table, space, &member.name);
        true
    }

    /// Reads a member and its table, and records that it may have changed or gone; returns what kind of
    /// name it has, or `None` where that cannot be read.
    pub(super) fn may_have_changed_member(
        &mut self,
        statement: &mut Statement<'_>,
        kind: &str,
    ) -> Option<Space> {
        let (space, _) = member(kind)?;
        let member = statement.target().filter(|_| statement.past("on"))?;
        let table = statement.target()?;
        self.blur_members(&table, space, &member.name);
        Some(space)
    }

    /// Records that members of tables may have changed or gone.
    fn blur_members(&mut self, table: &Target, space: Space, member: &Shape) {
        for oid in self.all_like(table, |object| object.relation().is_some()) {
            for part in self.store.within(oid, space) {
                let Some(object) = self.store.get(part) else {
                    continue;
                };
                let name = object.name.clone();
                if member.matches(&name) {
                    self.store.blur_name(oid, space, &name);
                }
            }
        }
    }
}
