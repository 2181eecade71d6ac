//! What a statement names.

use crate::{
    catalog::object::Space,
    tree::{
        AlterTableStmt, AlterTableType, DropBehavior, DropStmt, List, Node, ObjectType,
        ObjectWithArgs, Path, RangeVar, RenameStmt, path, relation, string,
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

/// Lists what a statement looks for, to change it, whether or not its effect ends with that.
pub(super) fn looked_for(node: &Node) -> Vec<Named> {
    match node {
        Node::AlterObjectSchemaStmt(alter) => {
            let var = alter.relation.as_deref();
            Named::relation(var, Part::Whole).into_iter().collect()
        }
        _ => named(node).unwrap_or_default(),
    }
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
                    if command.behavior != DropBehavior::DROP_CASCADE =>
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
    if drop.behavior == DropBehavior::DROP_CASCADE {
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

fn renamed(rename: &RenameStmt) -> Option<Vec<Named>> {
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
