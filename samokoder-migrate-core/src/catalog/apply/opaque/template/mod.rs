//! Statements of which only parts are known: `CREATE TABLE events_… (LIKE …)`.
//!
//! What stands in a gap is taken for what it is made of or, where that cannot be said, for what the
//! words around it make of it. What is quoted as a name (`%I`, `quote_ident`), a column of the
//! server's own catalogs that holds names, and what is written of a `regclass` or a number is one
//! name or a part of one. Of any other text, a gap within a name is a part of that, and one where a
//! name, a list of names or a value must be is that: text that would break out of its place is
//! nothing that a script does. Where it could be more, it is taken for more: at the end of a
//! statement, or where a clause begins.

mod altered;
mod dropped;
mod made;
mod statement;

use self::statement::{Statement, Target};
use super::text::words;
use crate::catalog::{
    Catalog,
    object::{Def, Object, RelationKind, Space},
    store::{Oid, Shape, Where},
};

pub(super) use statement::{changed, writes_system};

/// What is dropped with something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    /// Its parts.
    Parts,
    /// Whatever needs it too.
    Users,
}

impl Catalog {
    /// Records what statements may have done of which parts are known; returns whether that could be
    /// said.
    pub(in crate::catalog::apply::opaque) fn may_have_run(&mut self, shape: &Shape) -> bool {
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

    /// Records that something may have been made in a schema.
    fn haze(&mut self, spaces: &[Space], shape: &Shape) {
        for space in spaces {
            self.store
                .haze(*space, Where::OfSchemas(self.temporary), shape.clone());
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
