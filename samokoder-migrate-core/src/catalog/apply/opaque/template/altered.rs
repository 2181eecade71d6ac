//! `ALTER`.

use super::{
    Takes, is_routine,
    statement::{Statement, Target, is_gap},
};
use crate::catalog::{
    Catalog,
    describe::FROM_CURRENT,
    object::{Def, Fact, Object, Relation, RelationKind, Space},
    resolve::SearchPath,
    store::{Edited, Lookup, Oid, Shape, Where},
};

impl Catalog {
    pub(super) fn may_have_altered(&mut self, statement: &mut Statement<'_>) -> bool {
        statement.eat(&["materialized", "foreign"]);
        let kind = statement.word(statement.at).to_lowercase();
        statement.at += 1;
        statement.eat(&["if", "exists", "only"]);
        match &*kind {
            "default" | "role" | "user" | "group" | "database" | "system" | "tablespace" => true,
            "trigger" | "policy" | "rule" => {
                let Some(space) = self.may_have_changed_member(statement, &kind) else {
                    return false;
                };
                if let Some(moved) = Self::new_name(statement) {
                    self.store.haze(space, Where::Anywhere, moved);
                }
                true
            }
            "publication" => statement.target().is_some_and(|target| {
                let moved = Self::new_name(statement);
                let altered =
                    self.all_like(&target, |object| matches!(object.def, Def::Publication(_)));
                self.may_have_moved(altered, &[Space::Publication], moved);
                true
            }),
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
                if moved.is_some() {
                    self.may_have_moved(altered, &[Space::Routine], moved);
                } else if !statement.has("owner") {
                    self.may_have_attributes(&altered);
                }
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
        let is_replica = statement.is("replica") && statement.has("identity");
        if statement.is("owner") || statement.is("cluster") || is_replica {
            return;
        }
        if statement.is("set") && statement.word(statement.at + 1) == "(" {
            // Storage parameters, of which only a view's say what it is.
            for oid in altered {
                let is_view = |relation: &Relation| {
                    !matches!(
                        relation.known_kind(),
                        Some(RelationKind::Table | RelationKind::PartitionedTable)
                    )
                };
                let object = self.store.get(oid);
                if object.and_then(Object::relation).is_some_and(is_view) {
                    self.blur_inside(oid, &mut Vec::new());
                }
            }
            return;
        }
        let is_security = statement.has("security")
            && ["enable", "disable", "force", "no"]
                .iter()
                .any(|word| statement.is(word));
        if is_security {
            for oid in altered {
                if let Some(relation) = self.store.get_mut(oid).and_then(Object::relation_mut) {
                    relation.row_security = Fact::Unknown;
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
        if takes == Takes::Parts && self.may_have_altered_constraint(statement, &altered) {
            return;
        }
        let made = if follows_gap || statement.is_torn() {
            vec![Shape::any()]
        } else {
            statement.made_with(&target.name)
        };
        for shape in made {
            self.haze(&[Space::Relation, Space::Constraint], &shape);
        }
        let moved = Self::new_name(statement);
        if takes == Takes::Users {
            for oid in &altered {
                self.may_have_gone(*oid, takes);
            }
        }
        let spaces = [Space::Relation, Space::Type];
        match moved {
            Some(shape) => {
                self.may_have_moved(altered, &[], Some(Shape::any()));
                for shape in self.new_names(target, shape) {
                    self.haze(&spaces, &shape);
                }
            }
            None => self.may_have_moved(altered, &spaces, None),
        }
    }

    /// Records what became of one constraint; returns whether that is all that a statement does.
    fn may_have_altered_constraint(&mut self, statement: &Statement<'_>, altered: &[Oid]) -> bool {
        let mut statement = statement.clone();
        let adds = statement.is("add");
        let removes = statement.is("drop") || statement.is("validate");
        statement.at += 1;
        if !(adds || removes) || !statement.eat(&["constraint"]) || statement.has_comma() {
            return false;
        }
        // What inherits a constraint may call its own otherwise.
        let has_children = altered.iter().any(|oid| {
            let users = self
                .store
                .users_that(*oid, |user| user.relation().is_some());
            users.iter().any(|(_, r#use)| r#use.what == *oid)
        });
        if has_children {
            return false;
        }
        statement.eat(&["if", "exists"]);
        let Some(constraint) = statement.target() else {
            return false;
        };
        if removes {
            for oid in altered {
                for part in self.store.within(*oid, Space::Constraint) {
                    let is_meant = self
                        .store
                        .get(part)
                        .is_some_and(|object| constraint.name.matches(&object.name));
                    if is_meant {
                        self.may_have_gone(part, Takes::Parts);
                    }
                }
            }
            return true;
        }
        // A key makes its columns not null, and an index.
        if !statement.is("check") && !statement.is("foreign") || statement.is_torn() {
            return false;
        }
        for oid in altered {
            if let Some(name) = constraint.name.exact() {
                self.store.blur_name(*oid, Space::Constraint, name);
            } else {
                self.blur_constraints(*oid, &constraint.name);
                let place = Where::Within(*oid);
                self.store
                    .haze(Space::Constraint, place, constraint.name.clone());
            }
        }
        self.haze(&[Space::Constraint], &constraint.name);
        true
    }

    fn blur_constraints(&mut self, table: Oid, shape: &Shape) {
        for part in self.store.within(table, Space::Constraint) {
            let name = self.store.get(part).map(|object| object.name.clone());
            if let Some(name) = name.filter(|name| shape.matches(name)) {
                self.store.blur_name(table, Space::Constraint, &name);
            }
        }
    }

    /// Records that routines may be declared otherwise; what they run stays.
    fn may_have_attributes(&mut self, altered: &[Oid]) {
        for oid in altered {
            if let Some(Def::Routine(routine)) =
                self.store.get_mut(*oid).map(|object| &mut object.def)
            {
                // What is set may be this, and to what.
                routine
                    .attributes
                    .push(format!("search_path{FROM_CURRENT}"));
            }
        }
    }

    /// Lists what relations may be called that got a name: one that is made of the name of a relation
    /// that was there is made of one that is known, or of the shape of one that may be there.
    fn new_names(&self, old: &Target, new: Shape) -> Vec<Shape> {
        let is_known = old.name.is_there()
            && !self.store.is_covered()
            && !self.store.is_open(self.public)
            && self.search_path != SearchPath::Unknown;
        let Some(edit) = new.edit().filter(|_| is_known) else {
            return vec![new];
        };
        let schemas = || self.store.within(Oid::DATABASE, Space::Schema).into_iter();
        let mut names: Vec<Shape> = schemas()
            .flat_map(|schema| self.store.names_within(schema, Space::Relation))
            .flat_map(|name| edit.of(name))
            .map(Shape::new)
            .collect();
        let mut may_be_old = false;
        for (space, _, shape) in self.store.hazes() {
            if space != Space::Relation {
                continue;
            }
            match edit.of_shape(shape) {
                Edited::Shape(made) if !names.contains(&made) => names.push(made),
                Edited::Shape(_) | Edited::Nothing => {}
                Edited::WasThere => may_be_old = true,
            }
        }
        if may_be_old {
            // One that was there then may not be now: its name is taken again.
            let free = schemas().flat_map(|schema| {
                let all = self.store.names_within(schema, Space::Relation);
                all.filter(move |name| {
                    !matches!(
                        self.store.find(schema, Space::Relation, name),
                        Lookup::Found(_)
                    )
                })
            });
            names.extend(free.map(|name| Shape::new(&**name)));
        }
        names
    }

    /// Reads what something may be called afterwards, or that it stays.
    pub(super) fn new_name(statement: &Statement<'_>) -> Option<Shape> {
        let mut rest = statement.clone();
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
        let mut at = statement.clone();
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
}
