//! `CREATE RULE`.
//!
//! Rules are those of the documentation's page "CREATE RULE".

use super::policy::uses;
use crate::{
    catalog::{
        Catalog,
        expression::{Scope, Sql},
        fault::Fault,
        object::{Def, Object, RelationKind, Rule, Space},
        store::{Lookup, Oid},
    },
    tree::{CmdType, RuleStmt},
};

impl Catalog {
    pub(super) fn create_rule(&mut self, create: &RuleStmt) -> Result<(), Fault> {
        let (Some(var), Some(name)) = (&create.relation, create.rulename.as_deref()) else {
            return Ok(());
        };
        let Some(table) = self.command_relation(var)? else {
            return Ok(());
        };
        self.may_have_rules(table)?;
        let needs = match &create.whereClause {
            Some(condition) => uses(&self.expression(condition, Scope::NewAndOld(table))?.needs),
            None => Vec::new(),
        };
        let Some(event) = event(create.event) else {
            // A rule for SELECT makes a view of a table.
            self.store.blur(table);
            return Ok(());
        };
        let existing = self.store.find(table, Space::Rule, name);
        if let (Lookup::Found(_), false) = (existing, create.replace) {
            let on = self.own_name(table);
            return Err(Fault::new(
                "42710",
                format!("rule \"{name}\" for relation \"{on}\" already exists"),
            )
            .at_name(name));
        }
        let taken = self.store.find_all(table, Space::Rule, name).0.first();
        if let Some(old) = taken.copied() {
            self.store.remove(old);
        }
        let rule = Rule {
            event,
            definition: Sql::default(),
        };
        let mut object = Object::new(name, table, Def::Rule(rule)).using(needs);
        // What its actions need is not read.
        object.open = !create.actions.is_empty();
        self.store.add(object);
        Ok(())
    }

    /// Refuses what cannot have rules.
    fn may_have_rules(&self, oid: Oid) -> Result<(), Fault> {
        let Some(object) = self.store.get(oid) else {
            return Ok(());
        };
        if !self.store.is_certain(oid) || object.open {
            return Ok(());
        }
        let name = &object.name;
        match &object.def {
            Def::Index(_) => {
                Err(Fault::new("42809", format!("\"{name}\" is an index")).at_name(name))
            }
            Def::Type(_) => {
                Err(Fault::new("42809", format!("\"{name}\" is a composite type")).at_name(name))
            }
            Def::Relation(relation) if relation.kind == RelationKind::MaterializedView => Err(
                Fault::new("0A000", "rules on materialized views are not supported").at_name(name),
            ),
            _ => Ok(()),
        }
    }
}

fn event(event: CmdType) -> Option<&'static str> {
    Some(match event {
        CmdType::CMD_INSERT => "insert",
        CmdType::CMD_UPDATE => "update",
        CmdType::CMD_DELETE => "delete",
        _ => return None,
    })
}
