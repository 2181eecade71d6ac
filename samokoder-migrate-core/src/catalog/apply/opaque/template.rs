//! Statements of which only parts are known: `CREATE TABLE events_… (LIKE …)`.
//!
//! What stands in a gap is taken for what the words around it make of it: a part of a name, a name,
//! a list of names, a value. Where it could be more, it is taken for more.

use super::text::{Word, name, words};
use crate::{
    catalog::{
        Catalog,
        object::{Def, Object, RelationKind, Space},
        store::{GAP, Oid, Shape, Where},
    },
    lexer::Kind,
};

/// A name in a statement.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// Any, where none is written.
    schema: Shape,
    pub(super) name: Shape,
}

impl Target {
    /// Returns its schema, if one is written, and its name; `None` if not all of either is known.
    pub(super) fn exact(&self) -> Option<(Option<&str>, &str)> {
        let schema = if self.schema.is_any() {
            None
        } else {
            Some(self.schema.exact()?)
        };
        Some((schema, self.name.exact()?))
    }
}

/// Returns whether a statement writes a system catalog that says what the schema is.
pub(super) fn writes_system(text: &str) -> bool {
    changed(text).iter().any(|target| {
        target
            .exact()
            .is_some_and(|(schema, name)| Catalog::is_of_schema(schema, name))
    })
}

/// What is dropped with something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    /// Its parts.
    Parts,
    /// Whatever needs it too.
    Users,
}

struct Statement<'a> {
    words: Vec<Word<'a>>,
    at: usize,
}

impl<'a> Statement<'a> {
    fn word(&self, at: usize) -> &'a str {
        self.words.get(at).map_or("", |(_, word)| word)
    }

    fn is(&self, word: &str) -> bool {
        self.word(self.at).eq_ignore_ascii_case(word)
    }

    fn eat(&mut self, words: &[&str]) -> bool {
        let mut ate = false;
        while words.iter().any(|word| self.is(word)) {
            self.at += 1;
            ate = true;
        }
        ate
    }

    fn has(&self, word: &str) -> bool {
        let mut rest = self.words.iter().skip(self.at);
        rest.any(|(kind, other)| *kind == Kind::Word && other.eq_ignore_ascii_case(word))
    }

    /// Stands behind the next occurrence of a word.
    fn past(&mut self, word: &str) -> bool {
        let rest = self.words.iter().skip(self.at);
        let found = rest
            .clone()
            .position(|(kind, other)| *kind == Kind::Word && other.eq_ignore_ascii_case(word));
        if let Some(found) = found {
            self.at += found + 1;
        }
        found.is_some()
    }

    /// Takes a name, with its schema.
    fn target(&mut self) -> Option<Target> {
        let first = self.part()?;
        if self.word(self.at) != "." {
            return Some(Target {
                schema: Shape::any(),
                name: first,
            });
        }
        self.at += 1;
        let name = self.part()?;
        Some(Target {
            schema: first,
            name,
        })
    }

    fn part(&mut self) -> Option<Shape> {
        let mut text = name(*self.words.get(self.at)?)?;
        let mut end = self.words.get(self.at)?.1.as_bytes().as_ptr_range().end;
        self.at += 1;
        // A gap that is glued to a quoted name is a part of it.
        while let Some(word) = self.words.get(self.at) {
            if word.1.as_ptr() != end || !word.1.contains(GAP) {
                break;
            }
            text.push(GAP);
            end = word.1.as_bytes().as_ptr_range().end;
            self.at += 1;
        }
        Some(Shape::new(text))
    }

    /// Returns whether a gap follows that may be more than a value or a name in its place.
    fn is_torn(&self) -> bool {
        const BEFORE: [&str; 15] = [
            "like",
            "of",
            "modulus",
            "remainder",
            "=",
            "references",
            "tablespace",
            "by",
            "in",
            "from",
            "to",
            "function",
            "procedure",
            "default",
            "type",
        ];
        const LISTS: [&str; 11] = [
            "in", "from", "to", "inherits", "range", "list", "hash", "with", "key", "unique",
            "check",
        ];
        const NAMED: [&str; 2] = ["column", "constraint"];
        let any_of =
            |list: &[&str], word: &str| list.iter().any(|other| word.eq_ignore_ascii_case(other));
        (self.at..self.words.len()).any(|at| {
            let Some(before) = at.checked_sub(1).filter(|_| is_gap(self.word(at))) else {
                return false;
            };
            let (one, two) = (
                self.word(before),
                before.checked_sub(1).map_or("", |two| self.word(two)),
            );
            let is_followed = !self.word(at + 1).is_empty();
            !(any_of(&BEFORE, one)
                || one == "(" && any_of(&LISTS, two)
                || any_of(&NAMED, one) && is_followed
                || one == ".")
        })
    }

    /// Returns whether nothing but what is written can follow.
    fn is_whole(&self) -> bool {
        !(self.at..self.words.len()).any(|at| is_gap(self.word(at)))
    }
}

fn is_gap(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|character| character == GAP)
}

/// Lists the tables whose rows a statement changes, also those of its WITH; more than those may be
/// listed.
pub(super) fn changed(text: &str) -> Vec<Target> {
    let words = words(text);
    let is = |at: usize, word: &str| {
        words
            .get(at)
            .is_some_and(|(_, other)| other.eq_ignore_ascii_case(word))
    };
    let mut targets = Vec::new();
    for at in 0..words.len() {
        let start = if is(at, "update") || at == 0 && is(at, "copy") {
            at + 1
        } else if (is(at, "insert") || is(at, "merge")) && is(at + 1, "into")
            || is(at, "delete") && is(at + 1, "from")
        {
            at + 2
        } else if at == 0 && is(at, "truncate") {
            at + 1 + usize::from(is(at + 1, "table"))
        } else {
            continue;
        };
        let mut statement = Statement {
            words: words.clone(),
            at: start,
        };
        loop {
            statement.eat(&["only"]);
            targets.extend(statement.target());
            if at > 0 || !is(at, "truncate") || statement.word(statement.at) != "," {
                break;
            }
            statement.at += 1;
        }
    }
    targets
}

impl Catalog {
    /// Records what statements may have done of which parts are known; returns whether that could be
    /// said.
    pub(super) fn may_have_run(&mut self, shape: &Shape) -> bool {
        let words = words(shape.text());
        words
            .split(|(_, word)| *word == ";")
            .filter(|statement| !statement.is_empty())
            .all(|statement| {
                self.may_have_run_one(Statement {
                    words: statement.to_vec(),
                    at: 1,
                })
            })
    }

    fn may_have_run_one(&mut self, mut statement: Statement<'_>) -> bool {
        match &*statement.word(0).to_lowercase() {
            "create" => self.may_have_made(&mut statement),
            "drop" => self.may_have_dropped(&mut statement),
            "alter" => self.may_have_altered(&mut statement),
            "grant" | "revoke" | "comment" | "security" | "reassign" | "refresh" | "cluster"
            | "analyze" | "vacuum" | "notify" | "listen" | "lock" | "reindex" | "reset"
            | "truncate" | "insert" | "update" | "delete" | "merge" | "copy" | "select"
            | "values" | "table" | "with" => true,
            "set" => {
                if statement.has("search_path") || !statement.is_whole() {
                    self.search_path = crate::catalog::resolve::SearchPath::Unknown;
                }
                true
            }
            _ => false,
        }
    }

    fn may_have_made(&mut self, statement: &mut Statement<'_>) -> bool {
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
        let is_torn = !is_part && (statement.has("constraint") || statement.is_torn());
        let chosen = if is_torn {
            Shape::any()
        } else {
            table.made_of()
        };
        self.haze(&[Space::Relation, Space::Constraint], &chosen);
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

    fn may_have_dropped(&mut self, statement: &mut Statement<'_>) -> bool {
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
                let Some((space, _)) = member(&kind) else {
                    return false;
                };
                let Some(member) = statement.target().filter(|_| statement.past("on")) else {
                    return false;
                };
                let Some(table) = statement.target() else {
                    return false;
                };
                self.blur_members(&table, space, &member.name);
                return true;
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

    fn may_have_altered(&mut self, statement: &mut Statement<'_>) -> bool {
        statement.eat(&["materialized", "foreign"]);
        let kind = statement.word(statement.at).to_lowercase();
        statement.at += 1;
        statement.eat(&["if", "exists", "only"]);
        match &*kind {
            "default" | "role" | "user" | "group" | "database" | "system" | "tablespace" => true,
            "trigger" | "policy" | "rule" => {
                let Some((space, _)) = member(&kind) else {
                    return false;
                };
                let Some(member) = statement.target().filter(|_| statement.past("on")) else {
                    return false;
                };
                let Some(table) = statement.target() else {
                    return false;
                };
                self.blur_members(&table, space, &member.name);
                self.store.haze(space, Where::Anywhere, Shape::any());
                true
            }
            "table" | "view" | "sequence" | "index" => {
                let Some(target) = statement.target() else {
                    return false;
                };
                statement.eat(&["*"]);
                self.may_have_altered_relation(statement, &target);
                true
            }
            "type" | "domain" => {
                let Some(target) = statement.target() else {
                    return false;
                };
                let moved = Self::new_name(statement);
                let altered = self.all_like(&target, |object| matches!(object.def, Def::Type(_)));
                self.may_have_moved(altered, &[Space::Type, Space::Relation], moved);
                true
            }
            "function" | "procedure" | "routine" | "aggregate" => {
                let Some(target) = statement.target() else {
                    return false;
                };
                let moved = Self::new_name(statement);
                let altered = self.all_like(&target, is_routine);
                self.may_have_moved(altered, &[Space::Routine], moved);
                true
            }
            _ => false,
        }
    }

    fn may_have_altered_relation(&mut self, statement: &mut Statement<'_>, target: &Target) {
        let is_relation = |object: &Object| {
            matches!(
                object.def,
                Def::Relation(_) | Def::Sequence(_) | Def::Index(_)
            )
        };
        let altered = self.all_like(target, is_relation);
        if statement.is("owner") || statement.is("cluster") {
            return;
        }
        let is_security = statement.has("security")
            && ["enable", "disable", "force", "no"]
                .iter()
                .any(|word| statement.is(word));
        if is_security {
            for oid in altered {
                if let Some(relation) = self.store.get_mut(oid).and_then(Object::relation_mut) {
                    relation.row_security = crate::catalog::object::Fact::Unknown;
                }
            }
            return;
        }
        if statement.is("attach") || statement.is("detach") {
            // The table stays as it is: what is attached gets indexes and constraints.
            statement.at += 1;
            let attaches = statement.eat(&["partition"]);
            if let Some(part) = statement.target().filter(|_| attaches) {
                for oid in self.all_like(&part, is_relation) {
                    self.blur_inside(oid, &mut Vec::new());
                }
                self.haze(&[Space::Relation, Space::Constraint], &part.name.made_of());
                return;
            }
        }
        let follows_gap = is_gap(statement.word(statement.at));
        let takes = if statement.has("cascade") || follows_gap || statement.is_torn() {
            Takes::Users
        } else {
            Takes::Parts
        };
        let names = [
            "unique",
            "primary",
            "exclude",
            "serial",
            "bigserial",
            "smallserial",
            "identity",
            "constraint",
            "references",
            "check",
        ];
        if follows_gap || statement.is_torn() || names.iter().any(|word| statement.has(word)) {
            let chosen = if follows_gap || statement.has("constraint") || statement.is_torn() {
                Shape::any()
            } else {
                target.name.made_of()
            };
            self.haze(&[Space::Relation, Space::Constraint], &chosen);
        }
        let moved = Self::new_name(statement);
        if takes == Takes::Users {
            for oid in &altered {
                self.may_have_gone(*oid, takes);
            }
        }
        self.may_have_moved(altered, &[Space::Relation, Space::Type], moved);
    }

    /// Reads what something may be called afterwards, or that it stays.
    fn new_name(statement: &Statement<'_>) -> Option<Shape> {
        let mut rest = Statement {
            words: statement.words.clone(),
            at: statement.at,
        };
        if is_gap(statement.word(statement.at)) {
            return Some(Shape::any());
        }
        if rest.is("rename") {
            rest.at += 1;
            if rest.eat(&["to"]) {
                return rest.target().map(|target| target.name);
            }
            return None;
        }
        let mut at = Statement {
            words: statement.words.clone(),
            at: statement.at,
        };
        // The name stays, but in another schema.
        (at.past("set") && at.is("schema")).then(Shape::any)
    }

    fn may_have_moved(&mut self, altered: Vec<Oid>, spaces: &[Space], moved: Option<Shape>) {
        for oid in altered {
            let Some(object) = self.store.get(oid) else {
                continue;
            };
            let (within, name, of) = (object.within, object.name.clone(), object.def.spaces());
            self.blur_inside(oid, &mut Vec::new());
            if moved.is_some() {
                for space in of {
                    self.store.blur_name(within, *space, &name);
                }
            }
        }
        if let Some(shape) = moved {
            self.haze(spaces, &shape);
        }
    }

    fn may_have_changed_all(&mut self, target: &Target, is_kind: impl Fn(&Object) -> bool) {
        for oid in self.all_like(target, is_kind) {
            self.blur_inside(oid, &mut Vec::new());
        }
    }

    /// Records that an object may have been dropped.
    fn may_have_gone(&mut self, oid: Oid, takes: Takes) {
        let mut all = vec![oid];
        let mut at = 0;
        while let Some(gone) = all.get(at).copied() {
            at += 1;
            if takes == Takes::Users {
                for (user, r#use) in self.store.users(gone) {
                    if r#use.part != crate::catalog::object::Part::Whole {
                        // A column goes, with what is made of it.
                        self.blur_inside(user, &mut Vec::new());
                    } else if !all.contains(&user) {
                        all.push(user);
                    }
                }
            }
        }
        for gone in all {
            let Some(object) = self.store.get(gone) else {
                continue;
            };
            let (within, name, spaces) = (object.within, object.name.clone(), object.def.spaces());
            self.blur_inside(gone, &mut Vec::new());
            for space in spaces {
                self.store.blur_name(within, *space, &name);
            }
        }
    }

    /// Lists what may be meant.
    fn all_like(&self, target: &Target, is_kind: impl Fn(&Object) -> bool) -> Vec<Oid> {
        let is_there = |object: &Object| match object.def {
            Def::Schema => true,
            _ => self
                .store
                .get(object.within)
                .is_some_and(|schema| target.schema.matches(&schema.name)),
        };
        self.store
            .all()
            .filter(|(_, object)| {
                is_kind(object) && target.name.matches(&object.name) && is_there(object)
            })
            .map(|(oid, _)| oid)
            .collect()
    }

    fn haze(&mut self, spaces: &[Space], shape: &Shape) {
        for space in spaces {
            self.store
                .haze(*space, Where::Outside(self.temporary), shape.clone());
        }
    }
}

/// Returns whether an object is a relation of one of some kinds, as far as its kind is known.
fn may_be(object: &Object, kinds: &[RelationKind]) -> bool {
    object.relation().is_some_and(|relation| {
        relation
            .known_kind()
            .is_none_or(|kind| kinds.contains(&kind))
    })
}

fn is_routine(object: &Object) -> bool {
    matches!(object.def, Def::Routine(_))
}

/// Returns the space of what a table has, and the word before the table.
fn member(kind: &str) -> Option<(Space, &'static str)> {
    Some(match kind {
        "trigger" => (Space::Trigger, "on"),
        "policy" => (Space::Policy, "on"),
        "rule" => (Space::Rule, "on"),
        _ => return None,
    })
}
