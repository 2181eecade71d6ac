//! `CREATE PUBLICATION`, `ALTER PUBLICATION`.
//!
//! Rules are those of the documentation's pages "CREATE PUBLICATION" and "ALTER PUBLICATION".

use super::ColumnLookup;
use crate::{
    catalog::{
        Catalog,
        expression::Scope,
        fault::Fault,
        missing::no_column_of,
        object::{Def, Fact, Object, Publication, Relation, RelationKind, Space},
        store::{Lookup, Oid},
    },
    tree::{
        AlterPublicationAction, AlterPublicationStmt, CreatePublicationStmt, List, Node,
        PublicationObjSpecType, PublicationTable, strings,
    },
};

impl Catalog {
    pub(super) fn create_publication(
        &mut self,
        create: &CreatePublicationStmt,
    ) -> Result<(), Fault> {
        let Some(name) = create.pubname.as_deref() else {
            return Ok(());
        };
        if matches!(
            self.store.find(Oid::DATABASE, Space::Publication, name),
            Lookup::Found(_)
        ) {
            return Err(
                Fault::new("42710", format!("publication \"{name}\" already exists")).at_name(name),
            );
        }
        let publication = Publication {
            tables: self.published(&create.pubobjects, Readiness::ToBeAdded)?,
            all_tables: create.for_all_tables,
        };
        self.store.add(Object::new(
            name,
            Oid::DATABASE,
            Def::Publication(publication),
        ));
        Ok(())
    }

    pub(super) fn alter_publication(&mut self, alter: &AlterPublicationStmt) -> Result<(), Fault> {
        let Some(name) = alter.pubname.as_deref() else {
            return Ok(());
        };
        let readiness = match alter.action {
            AlterPublicationAction::AP_DropObjects => Readiness::ToBeDropped,
            _ => Readiness::ToBeAdded,
        };
        let publication = match self.store.find(Oid::DATABASE, Space::Publication, name) {
            Lookup::Found(oid) => oid,
            Lookup::Unknown => {
                self.published(&alter.pubobjects, readiness)?;
                self.assume_publication(name);
                return Ok(());
            }
            Lookup::Absent => {
                return Err(
                    Fault::new("42704", format!("publication \"{name}\" does not exist"))
                        .at_name(name),
                );
            }
        };
        if alter.pubobjects.is_empty() {
            return Ok(());
        }
        let Some(Def::Publication(before)) = self.store.get(publication).map(|object| &object.def)
        else {
            return Ok(());
        };
        let certain = self.store.is_certain(publication);
        if before.all_tables && certain {
            return Err(Fault::new(
                "55000",
                format!("publication \"{name}\" is defined as FOR ALL TABLES"),
            )
            .note("tables cannot be added to or dropped from FOR ALL TABLES publications"));
        }
        let before = before.tables.clone();
        let named = self.published(&alter.pubobjects, readiness)?;
        let tables = match (alter.action, before, named) {
            (AlterPublicationAction::AP_SetObjects, _, named) => named,
            (_, Fact::Unknown, _) | (_, _, Fact::Unknown) => Fact::Unknown,
            (
                AlterPublicationAction::AP_AddObjects,
                Fact::Known(mut tables),
                Fact::Known(named),
            ) => {
                for table in named {
                    if tables.contains(&table) && certain {
                        let table = self.own_name(table);
                        return Err(Fault::new(
                            "42710",
                            format!(
                                "relation \"{table}\" is already member of publication \"{name}\""
                            ),
                        )
                        .at_name(&table));
                    }
                    tables.push(table);
                }
                Fact::Known(tables)
            }
            (_, Fact::Known(mut tables), Fact::Known(named)) => {
                for table in named {
                    if !tables.contains(&table) && certain && self.store.is_certain(table) {
                        let table = self.own_name(table);
                        return Err(Fault::new(
                            "42704",
                            format!("relation \"{table}\" is not part of the publication"),
                        )
                        .at_name(&table));
                    }
                    tables.retain(|known| *known != table);
                }
                Fact::Known(tables)
            }
        };
        if let Some(object) = self.store.get_mut(publication)
            && let Def::Publication(known) = &mut object.def
        {
            known.tables = tables;
        }
        Ok(())
    }

    /// Records that there is a publication, of which nothing else is known.
    fn assume_publication(&mut self, name: &str) {
        let def = Def::Publication(Publication {
            tables: Fact::Unknown,
            all_tables: false,
        });
        let mut publication = Object::new(name, Oid::DATABASE, def);
        publication.assumed = true;
        self.store.add(publication);
    }

    /// Reads the tables that a publication lists; whole schemas are not kept.
    fn published(&mut self, objects: &List, readiness: Readiness) -> Result<Fact<Vec<Oid>>, Fault> {
        let mut tables = Vec::new();
        let mut all_known = true;
        for object in objects.iter().flatten() {
            let Node::PublicationObjSpec(object) = object else {
                continue;
            };
            match object.pubobjtype {
                PublicationObjSpecType::PUBLICATIONOBJ_TABLES_IN_SCHEMA => {
                    if let Some(schema) = object.name.as_deref() {
                        self.required_schema(schema)?;
                    }
                }
                PublicationObjSpecType::PUBLICATIONOBJ_TABLES_IN_CUR_SCHEMA => {}
                _ => {
                    let Some(table) = &object.pubtable else {
                        continue;
                    };
                    match self.published_table(table, readiness)? {
                        Some(oid) => tables.push(oid),
                        None => all_known = false,
                    }
                }
            }
        }
        Ok(if all_known {
            Fact::Known(tables)
        } else {
            Fact::Unknown
        })
    }

    fn published_table(
        &mut self,
        table: &PublicationTable,
        readiness: Readiness,
    ) -> Result<Option<Oid>, Fault> {
        let Some(var) = &table.relation else {
            return Ok(None);
        };
        let Some(oid) = self.command_relation(var)? else {
            return Ok(None);
        };
        if readiness == Readiness::ToBeDropped {
            return Ok(Some(oid));
        }
        self.may_be_published(oid)?;
        for column in strings(&table.columns) {
            if self.column(oid, column) == ColumnLookup::Absent {
                return Err(no_column_of(&self.own_name(oid), column));
            }
        }
        if let Some(condition) = &table.whereClause {
            self.expression(condition, Scope::Row(oid))?;
        }
        Ok(Some(oid))
    }

    fn may_be_published(&self, oid: Oid) -> Result<(), Fault> {
        let Some(object) = self.store.get(oid) else {
            return Ok(());
        };
        if !self.store.is_certain(oid) {
            return Ok(());
        }
        let not_for = if object.within == self.temporary {
            "temporary tables"
        } else {
            match object.relation().and_then(Relation::known_kind) {
                Some(RelationKind::View) => "views",
                Some(RelationKind::MaterializedView) => "materialized views",
                Some(RelationKind::ForeignTable) => "foreign tables",
                _ => return Ok(()),
            }
        };
        Err(Fault::new(
            "22023",
            format!("cannot add relation \"{}\" to publication", object.name),
        )
        .at_name(&object.name)
        .note(format!("this operation is not supported for {not_for}")))
    }
}

/// What a publication's list of tables is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Readiness {
    ToBeAdded,
    ToBeDropped,
}
