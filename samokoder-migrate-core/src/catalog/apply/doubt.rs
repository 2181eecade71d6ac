//! What a statement without a schema may have changed where the name may be in several.
//!
//! A name means what the first schema of the search path has that has it (chapter "Data Definition",
//! "The Schema Search Path"): where that may be the first or the next, neither is known afterwards.

#[cfg(test)]
mod tests;

use super::address::{Place, is_of_a_schema, place};
use crate::{
    catalog::{
        Catalog,
        object::Space,
        resolve::SearchPath,
        store::{GAP, Lookup, Oid, Openness, Shape, Where},
    },
    tree::{Node, ObjectType, Path, RangeVar, path, relation},
};

/// Something that a statement changes.
struct Changed<'a> {
    space: Space,
    path: Path<'a>,
    reach: Reach<'a>,
}

/// How much of it.
enum Reach<'a> {
    All,
    /// It may also have another name now.
    Renamed(&'a str),
    /// Only what is in it under these names.
    Members(Space, Vec<&'a str>),
    /// An index more is on it.
    Indexed(Option<&'a str>),
}

impl Catalog {
    /// Records what a statement may change that names something without a schema.
    pub(super) fn doubt_namesakes(&mut self, node: &Node) {
        if !self.has_several_places() {
            return;
        }
        for changed in changed(node) {
            if changed.path.schema.is_none() && self.may_mean_several(changed.space, changed.path) {
                self.doubt_all(&changed);
            }
        }
    }

    /// Returns whether a name without a schema can be in more than one.
    fn has_several_places(&self) -> bool {
        match &self.search_path {
            SearchPath::Known(schemas) => schemas.len() > 1,
            SearchPath::Unknown => true,
        }
    }

    fn may_mean_several(&self, space: Space, path: Path<'_>) -> bool {
        if !space.shares_names() {
            return self.look(space, path) == Lookup::Unknown;
        }
        let SearchPath::Known(schemas) = &self.search_path else {
            return true;
        };
        let mut is_open = false;
        schemas.iter().any(|schema| match self.schema(schema) {
            Lookup::Found(schema) => {
                let (taken, openness) = self.store.find_all(schema, space, path.name);
                is_open |= openness == Openness::Open;
                is_open && !taken.is_empty()
            }
            Lookup::Unknown => {
                is_open = true;
                false
            }
            Lookup::Absent => false,
        })
    }

    fn doubt_all(&mut self, changed: &Changed<'_>) {
        let Changed { space, path, reach } = changed;
        for schema in self.possible_places(None) {
            let taken = self.store.find_all(schema, *space, path.name).0.to_vec();
            match reach {
                Reach::Members(space, names) => {
                    for oid in taken {
                        for name in names {
                            self.store.blur_name(oid, *space, name);
                        }
                    }
                }
                Reach::Indexed(Some(index)) => {
                    self.store.blur_name(schema, Space::Relation, index);
                }
                Reach::Indexed(None) => {
                    let made = Shape::new(path.name).made_of();
                    let shape = Shape::new(format!("{}idx{GAP}", made.text()));
                    self.store
                        .haze(Space::Relation, Where::Within(schema), shape);
                }
                Reach::All | Reach::Renamed(_) => {
                    for oid in taken {
                        self.blur_inside(oid, &mut Vec::new());
                    }
                    self.doubt_name(schema, *space, path.name);
                    if let Reach::Renamed(new) = reach {
                        self.doubt_name(schema, *space, new);
                    }
                }
            }
        }
    }

    /// A relation has a type of its name.
    fn doubt_name(&mut self, schema: Oid, space: Space, name: &str) {
        self.store.blur_name(schema, space, name);
        match space {
            Space::Relation => self.store.blur_name(schema, Space::Type, name),
            Space::Type => self.store.blur_name(schema, Space::Relation, name),
            _ => {}
        }
    }
}

/// Lists what a statement changes of what is there.
fn changed(node: &Node) -> Vec<Changed<'_>> {
    match node {
        Node::AlterTableStmt(alter) => {
            one(Space::Relation, of(alter.relation.as_deref()), Reach::All)
        }
        Node::IndexStmt(create) => one(
            Space::Relation,
            of(create.relation.as_deref()),
            Reach::Indexed(create.idxname.as_deref()),
        ),
        Node::CreateTrigStmt(create) => member(
            create.relation.as_deref(),
            Space::Trigger,
            create.trigname.as_deref(),
        ),
        Node::CreatePolicyStmt(create) => member(
            create.table.as_deref(),
            Space::Policy,
            create.policy_name.as_deref(),
        ),
        Node::AlterPolicyStmt(alter) => member(
            alter.table.as_deref(),
            Space::Policy,
            alter.policy_name.as_deref(),
        ),
        Node::RuleStmt(create) => member(
            create.relation.as_deref(),
            Space::Rule,
            create.rulename.as_deref(),
        ),
        Node::AlterSeqStmt(alter) => {
            one(Space::Relation, of(alter.sequence.as_deref()), Reach::All)
        }
        Node::AlterEnumStmt(alter) => whole(Space::Type, path(&alter.typeName)),
        Node::AlterDomainStmt(alter) => whole(Space::Type, path(&alter.typeName)),
        Node::AlterTypeStmt(alter) => whole(Space::Type, path(&alter.typeName)),
        Node::AlterFunctionStmt(alter) => whole(
            Space::Routine,
            alter.func.as_ref().and_then(|func| path(&func.objname)),
        ),
        Node::DropStmt(drop) => drop
            .objects
            .iter()
            .flatten()
            .flat_map(|object| dropped(drop.removeType, object))
            .collect(),
        Node::RenameStmt(rename) => {
            let new = rename.newname.as_deref().unwrap_or_default();
            let table = rename.relation.as_deref();
            let names = || rename.subname.as_deref().into_iter().chain([new]).collect();
            match rename.renameType {
                ObjectType::OBJECT_COLUMN
                | ObjectType::OBJECT_ATTRIBUTE
                | ObjectType::OBJECT_TABCONSTRAINT => one(Space::Relation, of(table), Reach::All),
                ObjectType::OBJECT_TRIGGER => members(table, Space::Trigger, names()),
                ObjectType::OBJECT_POLICY => members(table, Space::Policy, names()),
                ObjectType::OBJECT_RULE => members(table, Space::Rule, names()),
                ObjectType::OBJECT_DOMCONSTRAINT => {
                    whole(Space::Type, named(rename.object.as_ref()))
                }
                kind => match (table, rename.object.as_ref()) {
                    (Some(table), _) => {
                        one(Space::Relation, Some(relation(table)), Reach::Renamed(new))
                    }
                    (None, Some(object)) => placed(kind, object, Reach::Renamed(new)),
                    (None, None) => Vec::new(),
                },
            }
        }
        Node::AlterObjectSchemaStmt(alter) => match (&alter.relation, &alter.object) {
            (Some(var), _) => one(Space::Relation, Some(relation(var)), Reach::All),
            (None, Some(object)) => placed(alter.objectType, object, Reach::All),
            (None, None) => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn of(var: Option<&RangeVar>) -> Option<Path<'_>> {
    var.map(relation)
}

fn whole(space: Space, path: Option<Path<'_>>) -> Vec<Changed<'_>> {
    one(space, path, Reach::All)
}

fn one<'a>(space: Space, path: Option<Path<'a>>, reach: Reach<'a>) -> Vec<Changed<'a>> {
    let path = path.filter(|path| {
        let is_listed = matches!(space, Space::Relation | Space::Type | Space::Routine);
        !(is_listed && Catalog::is_system_name(space, path.name))
    });
    match path {
        Some(path) => vec![Changed { space, path, reach }],
        None => Vec::new(),
    }
}

fn member<'a>(
    table: Option<&'a RangeVar>,
    space: Space,
    name: Option<&'a str>,
) -> Vec<Changed<'a>> {
    members(table, space, name.into_iter().collect())
}

fn members<'a>(table: Option<&'a RangeVar>, space: Space, names: Vec<&'a str>) -> Vec<Changed<'a>> {
    one(
        Space::Relation,
        table.map(relation),
        Reach::Members(space, names),
    )
}

fn placed<'a>(kind: ObjectType, object: &'a Node, reach: Reach<'a>) -> Vec<Changed<'a>> {
    match place(kind, object) {
        Some(Place { space, path }) if is_of_a_schema(space) => one(space, Some(path), reach),
        _ => Vec::new(),
    }
}

fn dropped(kind: ObjectType, object: &Node) -> Vec<Changed<'_>> {
    let space = match kind {
        ObjectType::OBJECT_TRIGGER => Space::Trigger,
        ObjectType::OBJECT_POLICY => Space::Policy,
        ObjectType::OBJECT_RULE => Space::Rule,
        _ => return placed(kind, object, Reach::All),
    };
    let Node::List(list) = object else {
        return Vec::new();
    };
    let Some((path, name)) = super::address::split_last(list) else {
        return Vec::new();
    };
    one(
        Space::Relation,
        Some(path),
        Reach::Members(space, vec![name]),
    )
}

/// Returns the name of a domain.
fn named(object: Option<&Node>) -> Option<Path<'_>> {
    match object? {
        Node::List(names) => path(names),
        Node::TypeName(name) => path(&name.names),
        _ => None,
    }
}
