//! What a statement names, and what is left of it if the statement may have run.

use crate::{
    catalog::{
        Catalog,
        object::{Name, Space, Tie},
        store::{Lookup, Oid},
    },
    tree::{
        AlterTableStmt, AlterTableType, DropStmt, List, Node, ObjectType, ObjectWithArgs, Path,
        RangeVar, path, relation, string,
    },
};

/// Something that a statement makes, changes or drops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) space: Space,
    pub(super) schema: Option<String>,
    pub(super) name: String,
    pub(super) part: Part,
}

/// How much of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Whether it is there, and all of it.
    Whole,
    /// What it is, but not whether it is there.
    Inside,
    /// That it has a column, and no other thing.
    NewColumn(String),
    /// Something in it of a name.
    Member(Space, String),
}

impl Named {
    fn new(space: Space, path: Path<'_>, part: Part) -> Self {
        Self {
            space,
            schema: path.schema.map(str::to_owned),
            name: path.name.to_owned(),
            part,
        }
    }

    fn of(space: Space, list: &List, part: Part) -> Option<Self> {
        Some(Self::new(space, path(list)?, part))
    }

    fn relation(var: Option<&RangeVar>, part: Part) -> Option<Self> {
        Some(Self::new(Space::Relation, relation(var?), part))
    }

    fn alone(space: Space, name: Option<&str>) -> Option<Self> {
        Some(Self::new(
            space,
            Path {
                schema: None,
                name: name?,
            },
            Part::Whole,
        ))
    }
}

/// Lists what a statement names; `None` if it is not a kind whose effect ends with what it names.
pub(super) fn named(node: &Node) -> Option<Vec<Named>> {
    let member = |var: Option<&RangeVar>, space: Space, name: Option<&str>| {
        Named::relation(var, Part::Member(space, name?.to_owned()))
    };
    let one = match node {
        Node::CreateStmt(create) => Named::relation(create.relation.as_deref(), Part::Whole)?,
        Node::CreateTableAsStmt(create) => {
            Named::relation(create.into.as_ref()?.rel.as_deref(), Part::Whole)?
        }
        Node::ViewStmt(create) => Named::relation(create.view.as_deref(), Part::Whole)?,
        Node::CreateSeqStmt(create) => Named::relation(create.sequence.as_deref(), Part::Whole)?,
        Node::AlterSeqStmt(alter) => Named::relation(alter.sequence.as_deref(), Part::Inside)?,
        Node::IndexStmt(create) => {
            let table = relation(create.relation.as_deref()?);
            let name = create.idxname.as_deref()?;
            Named::new(Space::Relation, Path { name, ..table }, Part::Whole)
        }
        Node::CreateEnumStmt(create) => Named::of(Space::Type, &create.typeName, Part::Whole)?,
        Node::CreateRangeStmt(create) => Named::of(Space::Type, &create.typeName, Part::Whole)?,
        Node::CreateDomainStmt(create) => Named::of(Space::Type, &create.domainname, Part::Whole)?,
        Node::CompositeTypeStmt(create) => {
            let var = create.typevar.as_deref();
            return Some(vec![
                Named::new(Space::Type, relation(var?), Part::Whole),
                Named::relation(var, Part::Whole)?,
            ]);
        }
        Node::AlterEnumStmt(alter) => Named::of(Space::Type, &alter.typeName, Part::Inside)?,
        Node::AlterDomainStmt(alter) => Named::of(Space::Type, &alter.typeName, Part::Inside)?,
        Node::AlterTypeStmt(alter) => Named::of(Space::Type, &alter.typeName, Part::Inside)?,
        Node::CreateFunctionStmt(create) => {
            Named::of(Space::Routine, &create.funcname, Part::Whole)?
        }
        Node::CreateTrigStmt(create) => member(
            create.relation.as_deref(),
            Space::Trigger,
            create.trigname.as_deref(),
        )?,
        Node::CreatePolicyStmt(create) => member(
            create.table.as_deref(),
            Space::Policy,
            create.policy_name.as_deref(),
        )?,
        Node::AlterPolicyStmt(alter) => member(
            alter.table.as_deref(),
            Space::Policy,
            alter.policy_name.as_deref(),
        )?,
        Node::RuleStmt(create) => member(
            create.relation.as_deref(),
            Space::Rule,
            create.rulename.as_deref(),
        )?,
        Node::CreatePublicationStmt(create) => {
            Named::alone(Space::Publication, create.pubname.as_deref())?
        }
        Node::AlterPublicationStmt(alter) => {
            Named::alone(Space::Publication, alter.pubname.as_deref())?
        }
        Node::CreateExtensionStmt(create) => {
            Named::alone(Space::Extension, create.extname.as_deref())?
        }
        Node::CreateSchemaStmt(create) if create.schemaElts.is_empty() => {
            Named::alone(Space::Schema, create.schemaname.as_deref())?
        }
        Node::AlterTableStmt(alter) => return altered(alter),
        Node::DropStmt(drop) => return dropped(drop),
        Node::RenameStmt(rename) => return renamed(rename),
        // Neither makes nor takes away what a name could mean.
        Node::CommentStmt(_)
        | Node::GrantStmt(_)
        | Node::GrantRoleStmt(_)
        | Node::AlterOwnerStmt(_)
        | Node::AlterDefaultPrivilegesStmt(_)
        | Node::SecLabelStmt(_)
        | Node::CreateRoleStmt(_)
        | Node::AlterRoleStmt(_)
        | Node::AlterRoleSetStmt(_)
        | Node::DropRoleStmt(_)
        | Node::RefreshMatViewStmt(_) => return Some(Vec::new()),
        _ => return None,
    };
    Some(vec![one])
}

fn altered(alter: &AlterTableStmt) -> Option<Vec<Named>> {
    let var = alter.relation.as_deref()?;
    alter
        .cmds
        .iter()
        .flatten()
        .map(|command| {
            let Node::AlterTableCmd(command) = command else {
                return None;
            };
            let part = match (command.subtype, &command.def) {
                (AlterTableType::AT_AddColumn, Some(Node::ColumnDef(column)))
                    if column.constraints.is_empty() =>
                {
                    Part::NewColumn(column.colname.as_deref()?.to_owned())
                }
                (AlterTableType::AT_AddConstraint, Some(Node::Constraint(constraint)))
                    if constraint.conname.is_some() && constraint.pktable.is_some() =>
                {
                    Part::Member(Space::Constraint, constraint.conname.as_deref()?.to_owned())
                }
                (AlterTableType::AT_DropConstraint | AlterTableType::AT_ValidateConstraint, _)
                    if command.behavior != crate::tree::DropBehavior::DROP_CASCADE =>
                {
                    Part::Member(Space::Constraint, command.name.as_deref()?.to_owned())
                }
                _ => Part::Inside,
            };
            Named::relation(Some(var), part)
        })
        .collect()
}

fn dropped(drop: &DropStmt) -> Option<Vec<Named>> {
    if drop.behavior == crate::tree::DropBehavior::DROP_CASCADE {
        return None;
    }
    let items = drop.objects.iter().flatten();
    let parts = |node: &Node| -> Option<List> {
        match node {
            Node::List(list) => Some(list.clone()),
            Node::TypeName(name) => Some(name.names.clone()),
            Node::ObjectWithArgs(object) => {
                let object: &ObjectWithArgs = object;
                Some(object.objname.clone())
            }
            Node::String(_) => Some(vec![Some(node.clone())]),
            _ => None,
        }
    };
    items
        .map(|item| {
            let list = parts(item)?;
            match drop.removeType {
                ObjectType::OBJECT_TABLE
                | ObjectType::OBJECT_VIEW
                | ObjectType::OBJECT_MATVIEW
                | ObjectType::OBJECT_SEQUENCE
                | ObjectType::OBJECT_INDEX => Named::of(Space::Relation, &list, Part::Whole),
                ObjectType::OBJECT_TYPE | ObjectType::OBJECT_DOMAIN => {
                    Named::of(Space::Type, &list, Part::Whole)
                }
                ObjectType::OBJECT_FUNCTION
                | ObjectType::OBJECT_PROCEDURE
                | ObjectType::OBJECT_ROUTINE
                | ObjectType::OBJECT_AGGREGATE => Named::of(Space::Routine, &list, Part::Whole),
                ObjectType::OBJECT_TRIGGER => in_table(Space::Trigger, &list),
                ObjectType::OBJECT_POLICY => in_table(Space::Policy, &list),
                ObjectType::OBJECT_RULE => in_table(Space::Rule, &list),
                ObjectType::OBJECT_PUBLICATION => Named::of(Space::Publication, &list, Part::Whole),
                _ => None,
            }
        })
        .collect()
}

/// Reads `schema.table.member`.
fn in_table(space: Space, list: &List) -> Option<Named> {
    let (member, table) = list.split_last()?;
    let member = string(member.as_ref()?)?.to_owned();
    let table = table.to_vec();
    Named::of(Space::Relation, &table, Part::Member(space, member))
}

fn renamed(rename: &crate::tree::RenameStmt) -> Option<Vec<Named>> {
    let var = rename.relation.as_deref();
    let new = rename.newname.as_deref()?;
    match rename.renameType {
        ObjectType::OBJECT_COLUMN => Some(vec![Named::relation(var, Part::Inside)?]),
        ObjectType::OBJECT_TABLE
        | ObjectType::OBJECT_INDEX
        | ObjectType::OBJECT_VIEW
        | ObjectType::OBJECT_MATVIEW
        | ObjectType::OBJECT_SEQUENCE => {
            let old = relation(var?);
            Some(vec![
                Named::new(Space::Relation, old, Part::Whole),
                Named::new(Space::Relation, Path { name: new, ..old }, Part::Whole),
            ])
        }
        ObjectType::OBJECT_TABCONSTRAINT => {
            let old = rename.subname.as_deref()?;
            let part = |name: &str| Part::Member(Space::Constraint, name.to_owned());
            Some(vec![
                Named::relation(var, part(old))?,
                Named::relation(var, part(new))?,
            ])
        }
        _ => None,
    }
}

impl Named {
    /// Returns whether a condition is plainly about it: its name is a literal there.
    pub(super) fn is_asked_for(&self, condition: &str) -> bool {
        let name = match &self.part {
            Part::Whole | Part::Inside => &self.name,
            Part::NewColumn(name) | Part::Member(_, name) => name,
        };
        condition.contains(&format!("'{name}'"))
    }
}

impl Catalog {
    /// Returns whether all that is named is known to be there or not.
    pub(super) fn knows(&self, named: &[Named]) -> bool {
        named.iter().all(|named| match self.place_of_named(named) {
            (Lookup::Unknown, _) => false,
            (Lookup::Found(oid), Part::Member(space, name)) => {
                self.store.find(oid, *space, name) != Lookup::Unknown
            }
            (Lookup::Found(oid), Part::NewColumn(_) | Part::Inside) => !self.store.is_open(oid),
            (Lookup::Found(oid), Part::Whole) => self.store.is_certain(oid),
            (Lookup::Absent, _) => true,
        })
    }

    fn place_of_named<'a>(&self, named: &'a Named) -> (Lookup, &'a Part) {
        let path = Path {
            schema: named.schema.as_deref(),
            name: &named.name,
        };
        let lookup = match named.space {
            Space::Schema => self.schema(&named.name),
            space @ (Space::Publication | Space::Extension) => {
                self.store.find(Oid::DATABASE, space, &named.name)
            }

            Space::Routine => Lookup::Unknown,
            space => self.look(space, path),
        };
        (lookup, &named.part)
    }

    /// Records that what is named may have been made, changed or dropped.
    pub(super) fn may_have_changed(&mut self, named: &[Named]) {
        for named in named {
            if matches!(
                named.space,
                Space::Schema | Space::Publication | Space::Extension
            ) {
                self.store
                    .blur_name(Oid::DATABASE, named.space, &named.name);
                continue;
            }
            let found = match self.place_of_named(named).0 {
                Lookup::Found(oid) => Some(oid),
                _ => None,
            };
            match (&named.part, found) {
                (Part::Whole, _) => self.blur_path(named),
                (Part::Inside, Some(oid)) => self.blur_inside(oid, &mut Vec::new()),
                (Part::NewColumn(_), Some(oid)) => {
                    if let Some(object) = self.store.get_mut(oid) {
                        object.open = true;
                    }
                }
                (Part::Member(space, name), Some(oid)) => self.store.blur_name(oid, *space, name),
                (_, None) => {}
            }
        }
    }

    /// Records that a name may be anything's in the schemas where it could be.
    fn blur_path(&mut self, named: &Named) {
        let schemas = match &named.schema {
            Some(schema) => match self.schema(schema) {
                Lookup::Found(oid) => vec![oid],
                _ => Vec::new(),
            },
            // It is in one of the search path, which one is seldom worth following.
            None => self.store.within(Oid::DATABASE, Space::Schema),
        };
        let name: Name = named.name.as_str().into();
        for schema in schemas {
            let is_public = schema == self.public || named.schema.is_some();
            let is_there = self.store.find(schema, named.space, &name) != Lookup::Absent;
            if !is_public && !is_there && !self.is_searched(schema) {
                continue;
            }
            for oid in self.store.find_all(schema, named.space, &name).0.to_vec() {
                self.blur_inside(oid, &mut Vec::new());
            }
            self.store.blur_name(schema, named.space, &name);
            match named.space {
                Space::Relation => self.store.blur_name(schema, Space::Type, &name),
                Space::Type => self.store.blur_name(schema, Space::Relation, &name),
                _ => {}
            }
        }
    }

    /// Records that an object may have changed or gone, with what would go with it.
    fn blur_inside(&mut self, oid: Oid, seen: &mut Vec<Oid>) {
        if seen.contains(&oid) {
            return;
        }
        seen.push(oid);
        self.store.blur(oid);
        let parts: Vec<Oid> = [
            Space::Constraint,
            Space::Trigger,
            Space::Policy,
            Space::Rule,
        ]
        .into_iter()
        .flat_map(|space| self.store.within(oid, space))
        .collect();
        let users = self.store.users(oid);
        let users = users
            .into_iter()
            .filter(|(_, r#use)| r#use.tie != Tie::Normal)
            .map(|(user, _)| user);
        for with_it in parts.into_iter().chain(users) {
            let Some(object) = self.store.get(with_it) else {
                continue;
            };
            let (within, name, spaces) = (object.within, object.name.clone(), object.def.spaces());
            self.blur_inside(with_it, seen);
            for space in spaces {
                self.store.blur_name(within, *space, &name);
            }
        }
    }

    fn is_searched(&self, schema: Oid) -> bool {
        use crate::catalog::resolve::SearchPath;
        match &self.search_path {
            SearchPath::Unknown => true,
            SearchPath::Known(names) => names
                .iter()
                .any(|name| self.schema(name) == Lookup::Found(schema)),
        }
    }
}
