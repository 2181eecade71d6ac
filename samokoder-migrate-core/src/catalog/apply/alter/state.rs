//! What a table is set to: triggers on and off, row security, options; indexes and sequences.

use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::{Def, Enabled, Fact, Object, Persistence, RelationKind, RowSecurity, Space},
        store::{Lookup, Oid},
    },
    tree::{AlterTableCmd, AlterTableType as Kind, DefElem, Node, ObjectType},
};

impl Catalog {
    /// Runs a subcommand of the last pass; those that change nothing that is known do nothing.
    pub(super) fn alter_state(&mut self, oid: Oid, command: &AlterTableCmd) -> Result<(), Fault> {
        let name = command.name.as_deref().unwrap_or_default();
        match command.subtype {
            Kind::AT_EnableTrig => self.set_trigger(oid, name, Enabled::Origin),
            Kind::AT_EnableAlwaysTrig => self.set_trigger(oid, name, Enabled::Always),
            Kind::AT_EnableReplicaTrig => self.set_trigger(oid, name, Enabled::Replica),
            Kind::AT_DisableTrig => self.set_trigger(oid, name, Enabled::Disabled),
            Kind::AT_EnableTrigAll | Kind::AT_EnableTrigUser => {
                self.set_all_triggers(oid, Enabled::Origin);
                Ok(())
            }
            Kind::AT_DisableTrigAll | Kind::AT_DisableTrigUser => {
                self.set_all_triggers(oid, Enabled::Disabled);
                Ok(())
            }
            Kind::AT_EnableRule
            | Kind::AT_EnableAlwaysRule
            | Kind::AT_EnableReplicaRule
            | Kind::AT_DisableRule => self.has_rule(oid, name),
            Kind::AT_EnableRowSecurity => {
                self.set_row_security(oid, |security| security.enabled = true);
                Ok(())
            }
            Kind::AT_DisableRowSecurity => {
                self.set_row_security(oid, |security| security.enabled = false);
                Ok(())
            }
            Kind::AT_ForceRowSecurity => {
                self.set_row_security(oid, |security| security.forced = true);
                Ok(())
            }
            Kind::AT_NoForceRowSecurity => {
                self.set_row_security(oid, |security| security.forced = false);
                Ok(())
            }
            Kind::AT_SetLogged => {
                self.set_persistence(oid, Persistence::Permanent);
                Ok(())
            }
            Kind::AT_SetUnLogged => {
                self.set_persistence(oid, Persistence::Unlogged);
                Ok(())
            }
            Kind::AT_SetRelOptions | Kind::AT_ResetRelOptions | Kind::AT_ReplaceRelOptions => {
                self.set_options(oid, command);
                Ok(())
            }
            Kind::AT_ClusterOn => self.has_index(oid, name),
            Kind::AT_ReplicaIdentity => match &command.def {
                Some(Node::ReplicaIdentityStmt(identity)) => match identity.name.as_deref() {
                    Some(index) => self.has_index(oid, index),
                    None => Ok(()),
                },
                _ => Ok(()),
            },
            Kind::AT_AddOf => match &command.def {
                Some(Node::TypeName(ty)) => self.ty(ty).map(|_| ()),
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }

    fn set_trigger(&mut self, oid: Oid, name: &str, enabled: Enabled) -> Result<(), Fault> {
        match self.store.find(oid, Space::Trigger, name) {
            Lookup::Found(trigger) => {
                self.enable(trigger, enabled);
                // Its copies follow it.
                for child in self.children(oid) {
                    if let Lookup::Found(own) = self.store.find(child, Space::Trigger, name)
                        && matches!(
                            self.store.get(own).map(|object| &object.def),
                            Some(Def::Trigger(copy)) if copy.parent == Some(trigger)
                        )
                    {
                        self.set_trigger(child, name, enabled)?;
                    }
                }
                Ok(())
            }
            // Those that enforce foreign keys have names of the server's.
            Lookup::Absent if !name.starts_with("RI_ConstraintTrigger_") => Err(Fault::new(
                "42704",
                format!(
                    "trigger \"{name}\" for table \"{}\" does not exist",
                    self.bare_name(oid)
                ),
            )
            .at_name(name)),
            Lookup::Absent | Lookup::Unknown => Ok(()),
        }
    }

    fn set_all_triggers(&mut self, oid: Oid, enabled: Enabled) {
        for trigger in self.store.within(oid, Space::Trigger) {
            self.enable(trigger, enabled);
        }
    }

    fn enable(&mut self, trigger: Oid, enabled: Enabled) {
        if let Some(Object {
            def: Def::Trigger(trigger),
            ..
        }) = self.store.get_mut(trigger)
        {
            trigger.enabled = enabled;
        }
    }

    fn has_rule(&self, oid: Oid, name: &str) -> Result<(), Fault> {
        if name != "_RETURN" && self.store.find(oid, Space::Rule, name) == Lookup::Absent {
            return Err(Fault::new(
                "42704",
                format!(
                    "rule \"{name}\" for relation \"{}\" does not exist",
                    self.bare_name(oid)
                ),
            )
            .at_name(name));
        }
        Ok(())
    }

    fn has_index(&self, oid: Oid, name: &str) -> Result<(), Fault> {
        let Some(schema) = self.store.get(oid).map(|object| object.within) else {
            return Ok(());
        };
        if self.store.find(schema, Space::Relation, name) == Lookup::Absent {
            return Err(Fault::new(
                "42704",
                format!(
                    "index \"{name}\" for table \"{}\" does not exist",
                    self.bare_name(oid)
                ),
            )
            .at_name(name));
        }
        Ok(())
    }

    fn set_row_security(&mut self, oid: Oid, set: impl FnOnce(&mut RowSecurity)) {
        if let Some(relation) = self
            .store
            .get_mut(oid)
            .and_then(|object| object.relation_mut())
            && let Fact::Known(security) = &mut relation.row_security
        {
            set(security);
        }
    }

    fn set_persistence(&mut self, oid: Oid, persistence: Persistence) {
        let sequences: Vec<Oid> = self
            .store
            .users(oid)
            .into_iter()
            .map(|(user, _)| user)
            .collect();
        // A table takes the sequences that it owns along since PostgreSQL 15; no picture tells.
        for oid in std::iter::once(oid).chain(sequences) {
            match self.store.get_mut(oid).map(|object| &mut object.def) {
                Some(Def::Relation(relation)) if relation.kind == RelationKind::Table => {
                    relation.persistence = persistence;
                }
                Some(Def::Sequence(sequence)) if sequence.owner.is_some() => {
                    sequence.persistence = persistence;
                }
                _ => {}
            }
        }
    }

    fn set_options(&mut self, oid: Oid, command: &AlterTableCmd) {
        let Some(Node::List(written)) = &command.def else {
            return;
        };
        let names: Vec<(String, Option<String>)> = written
            .iter()
            .flatten()
            .filter_map(|node| match node {
                Node::DefElem(element) => Some(option(element)),
                _ => None,
            })
            .collect();
        let Some(object) = self.store.get_mut(oid) else {
            return;
        };
        let options = match &mut object.def {
            Def::Relation(relation) => &mut relation.options,
            Def::Index(index) => &mut index.options,
            _ => return,
        };
        if command.subtype == Kind::AT_ReplaceRelOptions {
            options.clear();
        }
        options.retain(|option| {
            let name = option.split('=').next().unwrap_or_default();
            !names.iter().any(|(changed, _)| changed == name)
        });
        if command.subtype != Kind::AT_ResetRelOptions {
            options.extend(names.into_iter().map(|(name, value)| {
                let value = value.unwrap_or_else(|| "true".to_owned());
                format!("{name}={value}")
            }));
        }
        options.sort();
    }

    /// `ALTER INDEX` beyond its name: options, and the index of a partition that becomes a part.
    pub(super) fn alter_index(&mut self, oid: Oid, command: &AlterTableCmd) -> Result<(), Fault> {
        match (command.subtype, &command.def) {
            (Kind::AT_AttachPartition, Some(Node::PartitionCmd(attach))) => {
                let Some(var) = attach.name.as_deref() else {
                    return Ok(());
                };
                let part =
                    self.altered_relation(var, ObjectType::OBJECT_INDEX, super::Guard::Required)?;
                let is_part = |part| {
                    matches!(
                        self.store.get(part).map(|object| &object.def),
                        Some(Def::Index(index)) if index.parent == Some(oid)
                    )
                };
                if let Some(part) = part.filter(|part| !is_part(*part)) {
                    self.attach_index(part, oid);
                }
                self.may_be_valid(oid);
                Ok(())
            }
            (Kind::AT_SetRelOptions | Kind::AT_ResetRelOptions | Kind::AT_ReplaceRelOptions, _) => {
                self.set_options(oid, command);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// An index that was made ONLY for a partitioned table is valid once each partition has its part.
    fn may_be_valid(&mut self, oid: Oid) {
        let Some(Def::Index(index)) = self.store.get(oid).map(|object| &object.def) else {
            return;
        };
        if index.valid {
            return;
        }
        let table = index.table;
        let parts: Vec<Oid> = self
            .store
            .all()
            .filter_map(|(_, object)| match &object.def {
                Def::Index(part) if part.parent == Some(oid) => Some(part.table),
                _ => None,
            })
            .collect();
        let complete = self
            .children(table)
            .into_iter()
            .all(|child| parts.contains(&child));
        if let Some(Object {
            def: Def::Index(index),
            ..
        }) = self.store.get_mut(oid)
        {
            index.valid = complete;
        }
    }

    /// `ALTER SEQUENCE` in the forms that it shares with tables: none changes what is known, but LOGGED.
    pub(super) fn alter_sequence_as_table(&mut self, oid: Oid, command: &AlterTableCmd) {
        let persistence = match command.subtype {
            Kind::AT_SetLogged => Persistence::Permanent,
            Kind::AT_SetUnLogged => Persistence::Unlogged,
            _ => return,
        };
        if let Some(Object {
            def: Def::Sequence(sequence),
            ..
        }) = self.store.get_mut(oid)
        {
            sequence.persistence = persistence;
        }
    }
}

/// Reads an option as it is stored.
fn option(element: &DefElem) -> (String, Option<String>) {
    let name = element.defname.as_deref().unwrap_or_default();
    let name = match element.defnamespace.as_deref() {
        Some(space) => format!("{space}.{name}"),
        None => name.to_owned(),
    };
    let value = match &element.arg {
        Some(Node::String(value) | Node::Float(value)) => Some(value.to_string()),
        Some(Node::Integer(value)) => Some(value.to_string()),
        Some(Node::Boolean(value)) => Some(value.to_string()),
        Some(Node::TypeName(ty)) => crate::tree::path(&ty.names).map(|path| path.name.to_owned()),
        _ => None,
    };
    (name, value)
}
