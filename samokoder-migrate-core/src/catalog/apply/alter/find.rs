//! The relation and the column that a subcommand means.

use super::ColumnLookup;
use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        missing::{is_system_column, no_column_of},
        object::{Column, ColumnId, Def, Fact, Filled, Object, Relation, RelationKind, Space},
        resolve::SearchPath,
        store::{Lookup, Oid},
        types::Type,
    },
    tree::{
        AlterTableCmd, AlterTableStmt, AlterTableType as Kind, Node, ObjectType, RangeVar, relation,
    },
};

/// What a statement does where its object is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::catalog::apply) enum Guard {
    /// It fails.
    Required,
    /// It does nothing: IF EXISTS.
    IfExists,
}

impl Guard {
    /// Reads a statement's `missing_ok`.
    pub(in crate::catalog::apply) fn of(missing_ok: bool) -> Self {
        if missing_ok {
            Self::IfExists
        } else {
            Self::Required
        }
    }
}

impl Catalog {
    /// Looks for the relation that an ALTER is about; `None` if it is not known, or not there and
    /// need not be.
    ///
    /// # Errors
    ///
    /// 3F000, 42P01, and 42809 if it is another kind than the statement says.
    pub(in crate::catalog::apply) fn altered_relation(
        &mut self,
        var: &RangeVar,
        kind: ObjectType,
        guard: Guard,
    ) -> Result<Option<Oid>, Fault> {
        let path = relation(var);
        if let Some(schema) = path.schema
            && self.schema(schema) == Lookup::Absent
        {
            return match guard {
                Guard::IfExists => Ok(None),
                Guard::Required => self.required_schema(schema).map(|_| None),
            };
        }
        let oid = match (self.relation(var), guard) {
            (Lookup::Found(oid), _) => oid,
            (Lookup::Absent | Lookup::Unknown, Guard::IfExists) => return Ok(None),
            (Lookup::Unknown, Guard::Required) if kind != ObjectType::OBJECT_TABLE => {
                return Ok(None);
            }
            (Lookup::Absent | Lookup::Unknown, Guard::Required) => {
                match self.command_relation(var)? {
                    Some(oid) => oid,
                    None => return Ok(None),
                }
            }
        };
        self.is_kind(oid, kind)
            .map_err(|fault| fault.at(var.location))?;
        Ok(Some(oid))
    }

    /// Refuses a relation that is certain to be of another kind than a statement says.
    fn is_kind(&self, oid: Oid, kind: ObjectType) -> Result<(), Fault> {
        let Some(object) = self.store.get(oid) else {
            return Ok(());
        };
        if object.open || !self.store.is_certain(oid) {
            return Ok(());
        }
        let view = object.relation().map(|relation| relation.kind);
        let fits = match kind {
            ObjectType::OBJECT_VIEW => view == Some(RelationKind::View),
            ObjectType::OBJECT_MATVIEW => view == Some(RelationKind::MaterializedView),
            ObjectType::OBJECT_FOREIGN_TABLE => view == Some(RelationKind::ForeignTable),
            ObjectType::OBJECT_INDEX => matches!(object.def, Def::Index(_)),
            ObjectType::OBJECT_SEQUENCE => matches!(object.def, Def::Sequence(_)),
            ObjectType::OBJECT_TYPE => matches!(object.def, Def::Type(_)),
            _ => !matches!(object.def, Def::Type(_)),
        };
        if fits {
            return Ok(());
        }
        let what = match kind {
            ObjectType::OBJECT_VIEW => "is not a view",
            ObjectType::OBJECT_MATVIEW => "is not a materialized view",
            ObjectType::OBJECT_FOREIGN_TABLE => "is not a foreign table",
            ObjectType::OBJECT_INDEX => "is not an index",
            ObjectType::OBJECT_SEQUENCE => "is not a sequence",
            ObjectType::OBJECT_TYPE => "is not a composite type",
            _ => "is a composite type",
        };
        Err(Fault::new("42809", format!("\"{}\" {what}", object.name)))
    }

    /// Refuses what cannot be done to a view, an index or a sequence: certain alone.
    pub(super) fn fits(&self, oid: Oid, command: &AlterTableCmd) -> Result<(), Fault> {
        let Some(action) = action(command.subtype) else {
            return Ok(());
        };
        let Some(object) = self.store.get(oid).filter(|object| !object.open) else {
            return Ok(());
        };
        let kind = match &object.def {
            Def::Relation(relation) => match relation.kind {
                RelationKind::View if action.views == Views::Refused => "views",
                RelationKind::MaterializedView if action.views != Views::Unsaid => {
                    "materialized views"
                }
                _ => return Ok(()),
            },
            Def::Index(index) => match self.store.get(index.table).map(Object::relation) {
                Some(Some(Relation {
                    kind: RelationKind::PartitionedTable,
                    ..
                })) => "partitioned indexes",
                _ => "indexes",
            },
            Def::Sequence(_) => "sequences",
            _ => return Ok(()),
        };
        if !self.store.is_certain(oid) {
            return Ok(());
        }
        Err(Fault::new(
            "42809",
            format!(
                "ALTER action {} cannot be performed on relation \"{}\"",
                action.words, object.name
            ),
        )
        .note(format!("this operation is not supported for {kind}")))
    }

    /// Looks for a column that a subcommand cannot do without; one that must be there is known of
    /// from here on. `None` if nothing can be recorded of it.
    ///
    /// # Errors
    ///
    /// 42703 if it is known not to be there.
    pub(in crate::catalog::apply) fn altered_column(
        &mut self,
        relation: Oid,
        name: &str,
    ) -> Result<Option<ColumnId>, Fault> {
        match self.column(relation, name) {
            ColumnLookup::Found(id) => Ok(Some(id)),
            ColumnLookup::Absent => Err(self.no_column(relation, name)),
            ColumnLookup::Unknown => Ok(self.assume_column(relation, name)),
        }
    }

    /// Records that a relation has a column, of which nothing else is known.
    pub(in crate::catalog::apply) fn assume_column(
        &mut self,
        relation: Oid,
        name: &str,
    ) -> Option<ColumnId> {
        if is_system_column(name) {
            return None;
        }
        let relation = self.store.get_mut(relation)?.relation_mut()?;
        relation.gone.retain(|gone| &**gone != name);
        let id = ColumnId(relation.next_column);
        relation.next_column = relation.next_column.saturating_add(1);
        relation.columns.push(Column {
            id,
            name: name.into(),
            ty: Type::unknown(),
            not_null: Fact::Unknown,
            filled: Filled::Unknown,
            collation: None,
            inherited: 0,
            local: true,
        });
        Some(id)
    }

    /// 42703 in PostgreSQL's words.
    pub(in crate::catalog::apply) fn no_column(&self, relation: Oid, name: &str) -> Fault {
        no_column_of(self.bare_name(relation), name)
    }

    /// Returns an object's name as most messages show it: alone.
    pub(in crate::catalog::apply) fn bare_name(&self, oid: Oid) -> &str {
        self.store.get(oid).map_or("", |object| &*object.name)
    }

    pub(in crate::catalog::apply) fn column_at(
        &self,
        relation: Oid,
        id: ColumnId,
    ) -> Option<&Column> {
        self.store
            .get(relation)?
            .relation()?
            .columns
            .iter()
            .find(|column| column.id == id)
    }

    pub(in crate::catalog::apply) fn change_column(
        &mut self,
        relation: Oid,
        id: ColumnId,
        change: impl FnOnce(&mut Column),
    ) {
        if let Some(column) = self
            .store
            .get_mut(relation)
            .and_then(|object| object.relation_mut())
            .and_then(|relation| relation.columns.iter_mut().find(|column| column.id == id))
        {
            change(column);
        }
    }

    /// Lists the schemas that an unqualified name of a relation can be in.
    pub(in crate::catalog::apply) fn possible_places(&self, schema: Option<&str>) -> Vec<Oid> {
        let found = |name: &str| match self.schema(name) {
            Lookup::Found(oid) => Some(oid),
            Lookup::Absent | Lookup::Unknown => None,
        };
        match (schema, &self.search_path) {
            (Some(name), _) => found(name).into_iter().collect(),
            (None, SearchPath::Known(names)) => std::iter::once(self.temporary)
                .chain(names.iter().filter_map(|name| found(name)))
                .collect(),
            (None, SearchPath::Unknown) => self.store.within(Oid::DATABASE, Space::Schema),
        }
    }

    /// Records what a statement about a relation that is not known may have changed: what may have
    /// its name, and the names of constraints and indexes that it gives.
    pub(super) fn alter_in_the_dark(&mut self, alter: &AlterTableStmt) {
        let Some(var) = alter.relation.as_deref() else {
            return;
        };
        // What is absent stays so.
        if self.relation(var) == Lookup::Absent {
            return;
        }
        let path = relation(var);
        let places = self.possible_places(path.schema);
        let mut names: Vec<String> = Vec::new();
        let mut others = Vec::new();
        for command in alter.cmds.iter().flatten() {
            let Node::AlterTableCmd(command) = command else {
                continue;
            };
            match &command.def {
                Some(Node::Constraint(constraint)) => {
                    names.extend(constraint_names(path.name, constraint, None));
                }
                Some(Node::ColumnDef(column)) => {
                    let own = column.colname.as_deref();
                    names.extend(own.map(|own| format!("{}_{own}_seq", path.name)));
                    for node in column.constraints.iter().flatten() {
                        if let Node::Constraint(constraint) = node {
                            names.extend(constraint_names(path.name, constraint, own));
                        }
                    }
                }
                Some(Node::PartitionCmd(command)) => others.extend(command.name.as_deref()),
                Some(Node::RangeVar(parent)) => others.extend(Some(&**parent)),
                _ => {}
            }
            if command.subtype == Kind::AT_DropConstraint {
                names.extend(command.name.as_deref().map(str::to_owned));
            }
        }
        for place in places {
            self.store.blur_name(place, Space::Relation, path.name);
            for name in &names {
                self.store.blur_name(place, Space::Relation, name);
            }
        }
        for other in others {
            if let Lookup::Found(oid) = self.relation(other) {
                self.store.blur(oid);
            }
        }
    }
}

/// What is done to a table alone.
struct Action {
    /// As messages call it.
    words: &'static str,
    views: Views,
}

/// Whether it can be done to views.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Views {
    Refused,
    /// To materialized views alone it cannot.
    Taken,
    /// Not told here.
    Unsaid,
}

/// Returns what cannot be done to an index or a sequence (`ATPrepCmd`).
fn action(kind: Kind) -> Option<Action> {
    let (words, views) = match kind {
        Kind::AT_AddColumn => ("ADD COLUMN", Views::Refused),
        Kind::AT_DropColumn => ("DROP COLUMN", Views::Refused),
        Kind::AT_AddConstraint => ("ADD CONSTRAINT", Views::Refused),
        Kind::AT_DropConstraint => ("DROP CONSTRAINT", Views::Refused),
        Kind::AT_SetNotNull => ("ALTER COLUMN ... SET NOT NULL", Views::Refused),
        Kind::AT_DropNotNull => ("ALTER COLUMN ... DROP NOT NULL", Views::Refused),
        Kind::AT_AlterColumnType => ("ALTER COLUMN ... SET DATA TYPE", Views::Refused),
        Kind::AT_ColumnDefault => ("ALTER COLUMN ... SET DEFAULT", Views::Taken),
        Kind::AT_AddIdentity => ("ALTER COLUMN ... ADD IDENTITY", Views::Unsaid),
        Kind::AT_EnableRowSecurity => ("ENABLE ROW SECURITY", Views::Refused),
        Kind::AT_DisableRowSecurity => ("DISABLE ROW SECURITY", Views::Unsaid),
        Kind::AT_ForceRowSecurity => ("FORCE ROW SECURITY", Views::Unsaid),
        Kind::AT_ValidateConstraint => ("VALIDATE CONSTRAINT", Views::Unsaid),
        Kind::AT_AlterConstraint => ("ALTER CONSTRAINT", Views::Unsaid),
        Kind::AT_AddInherit => ("INHERIT", Views::Refused),
        _ => return None,
    };
    Some(Action { words, views })
}

fn constraint_names(
    table: &str,
    constraint: &crate::tree::Constraint,
    column: Option<&str>,
) -> Vec<String> {
    if let Some(name) = &constraint.conname {
        return vec![name.to_string()];
    }
    let keys: Vec<&str> = match column {
        Some(column) => vec![column],
        None => crate::tree::strings(&constraint.keys).collect(),
    };
    let keys = keys.join("_");
    vec![
        format!("{table}_pkey"),
        format!("{table}_{keys}_key"),
        format!("{table}_{keys}_excl"),
    ]
}
