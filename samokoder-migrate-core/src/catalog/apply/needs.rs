//! From what an expression needs to what its object uses.

use crate::catalog::{
    Catalog,
    expression::{Need, Sql},
    object::{ColumnId, Def, Name, Object, Part, Relation, Tie, Use},
    store::Oid,
    types::{Base, Type},
};

/// Turns needs into uses: those of the table itself are tied to its columns, others stop a drop.
pub(super) fn uses(needs: &[Need], table: Oid) -> Vec<Use> {
    needs
        .iter()
        .map(|need| {
            let mut r#use = Use::of(need.what);
            r#use.column = need.column;
            if need.what == table {
                r#use.tied(Tie::Auto)
            } else {
                r#use
            }
        })
        .collect()
}

/// Turns needs into uses of a column's default.
pub(super) fn uses_by(needs: &[Need], part: Part) -> impl Iterator<Item = Use> {
    needs.iter().map(move |need| {
        let mut r#use = Use::of(need.what);
        r#use.column = need.column;
        r#use.by(part)
    })
}

/// Returns a column's use of its type.
pub(super) fn type_use(ty: &Type, column: ColumnId) -> Option<Use> {
    match ty.base {
        Base::Own(oid) => Some(Use::of(oid).by(Part::Column(column))),
        Base::Builtin(_) | Base::Unknown => None,
    }
}

/// Lists the columns of a table that an expression reads, each once, in order of number; the whole
/// row is `None`.
pub(super) fn columns_read(needs: &[Need], table: Oid) -> Vec<Option<ColumnId>> {
    let mut columns: Vec<Option<ColumnId>> = needs
        .iter()
        .filter(|need| need.what == table)
        .map(|need| need.column)
        .collect();
    columns.sort();
    columns.dedup();
    columns
}

impl Relation {
    /// Returns the column that has a name.
    pub(in crate::catalog) fn column(&self, name: &str) -> Option<&crate::catalog::object::Column> {
        self.columns.iter().find(|column| &*column.name == name)
    }

    /// Returns the column that has a number.
    pub(in crate::catalog) fn column_by_id(
        &self,
        id: ColumnId,
    ) -> Option<&crate::catalog::object::Column> {
        self.columns.iter().find(|column| column.id == id)
    }
}

impl Catalog {
    /// Returns a relation's definition, and its object.
    pub(super) fn relation_of(&self, oid: Oid) -> Option<(&Object, &Relation)> {
        let object = self.store.get(oid)?;
        Some((object, object.relation()?))
    }

    /// Returns an object's name.
    pub(super) fn name_of(&self, oid: Oid) -> Name {
        self.store
            .get(oid)
            .map_or_else(|| "".into(), |object| object.name.clone())
    }

    /// Returns a column's name.
    pub(in crate::catalog) fn name_of_column(
        &self,
        relation: Oid,
        column: ColumnId,
    ) -> Option<Name> {
        let (_, relation) = self.relation_of(relation)?;
        Some(relation.column_by_id(column)?.name.clone())
    }

    /// Returns the column of one relation that has the name of another's.
    pub(super) fn same_column(&self, from: Oid, column: ColumnId, to: Oid) -> Option<ColumnId> {
        let name = self.name_of_column(from, column)?;
        Some(self.relation_of(to)?.1.column(&name)?.id)
    }

    /// Returns a text about one relation as it is about another with columns of the same names.
    pub(super) fn text_for(&self, sql: &Sql, from: Oid, to: Oid) -> Sql {
        let mentions = sql
            .mentions
            .iter()
            .filter_map(|mention| {
                if mention.what != from {
                    return Some(*mention);
                }
                let mut mention = *mention;
                mention.what = to;
                if let Some(column) = mention.column {
                    mention.column = Some(self.same_column(from, column, to)?);
                }
                Some(mention)
            })
            .collect();
        Sql {
            text: sql.text.clone(),
            mentions,
        }
    }

    /// Returns needs of one relation's columns as needs of another's.
    pub(super) fn needs_for(&self, needs: &[Need], from: Oid, to: Oid) -> Vec<Need> {
        needs
            .iter()
            .filter_map(|need| {
                if need.what != from {
                    return Some(*need);
                }
                let column = match need.column {
                    Some(column) => Some(self.same_column(from, column, to)?),
                    None => None,
                };
                Some(Need { what: to, column })
            })
            .collect()
    }

    /// Lists the tables that inherit from a table, its partitions among them.
    pub(in crate::catalog) fn children(&self, table: Oid) -> Vec<Oid> {
        let mut children: Vec<Oid> = self
            .store
            .users_that(table, |user| user.relation().is_some())
            .into_iter()
            .filter(|(user, _)| {
                self.relation_of(*user).is_some_and(|(_, relation)| {
                    relation.inherits.contains(&table)
                        || relation
                            .partition_of
                            .as_ref()
                            .is_some_and(|(parent, _)| *parent == table)
                })
            })
            .map(|(user, _)| user)
            .collect();
        children.dedup();
        children
    }

    /// Lists the indexes of a table, those of its constraints too.
    pub(in crate::catalog) fn indexes(&self, table: Oid) -> Vec<Oid> {
        let mut indexes: Vec<Oid> = self
            .store
            .users_that(
                table,
                |user| matches!(&user.def, Def::Index(index) if index.table == table),
            )
            .into_iter()
            .map(|(user, _)| user)
            .collect();
        indexes.extend(
            self.constraints_of(table)
                .into_iter()
                .filter_map(|(_, constraint)| constraint.index),
        );
        indexes.sort();
        indexes.dedup();
        indexes
    }

    /// Lists the constraints of a table, in order of number.
    pub(in crate::catalog) fn constraints_of(
        &self,
        table: Oid,
    ) -> Vec<(Oid, &crate::catalog::object::Constraint)> {
        let mut constraints: Vec<_> = self
            .store
            .within(table, crate::catalog::object::Space::Constraint)
            .into_iter()
            .filter_map(|oid| match &self.store.get(oid)?.def {
                Def::Constraint(constraint) => Some((oid, constraint)),
                _ => None,
            })
            .collect();
        constraints.sort_by_key(|(oid, _)| *oid);
        constraints
    }
}
