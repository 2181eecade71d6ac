//! `CREATE POLICY`, `ALTER POLICY`.
//!
//! Rules are those of the documentation's page "CREATE POLICY".

use crate::{
    catalog::{
        Catalog,
        expression::{Scope, Sql},
        fault::Fault,
        object::{Def, Name, Object, Policy, RelationKind, Space, Use},
        store::{Lookup, Oid},
    },
    tree::{AlterPolicyStmt, CreatePolicyStmt, List, Node, RoleSpec, RoleSpecType},
};

impl Catalog {
    pub(super) fn create_policy(&mut self, create: &CreatePolicyStmt) -> Result<(), Fault> {
        let (Some(var), Some(name)) = (&create.table, create.policy_name.as_deref()) else {
            return Ok(());
        };
        let command = create.cmd_name.as_deref().unwrap_or("all");
        fits(command, create.qual.as_ref(), create.with_check.as_ref())?;
        let Some(table) = self.command_relation(var)? else {
            return Ok(());
        };
        self.must_be_table(table)?;
        let existing = self.store.find(table, Space::Policy, name);
        let (using, using_needs) = self.policy_expression(create.qual.as_ref(), table)?;
        let (check, check_needs) = self.policy_expression(create.with_check.as_ref(), table)?;
        if let Lookup::Found(_) = existing {
            let on = self.own_name(table);
            return Err(Fault::new(
                "42710",
                format!("policy \"{name}\" for table \"{on}\" already exists"),
            )
            .at_name(name));
        }
        let policy = Policy {
            command: command.into(),
            permissive: create.permissive,
            roles: roles(&create.roles),
            using,
            check,
        };
        self.store.add(
            Object::new(name, table, Def::Policy(policy))
                .using(using_needs)
                .using(check_needs),
        );
        Ok(())
    }

    pub(super) fn alter_policy(&mut self, alter: &AlterPolicyStmt) -> Result<(), Fault> {
        let (Some(var), Some(name)) = (&alter.table, alter.policy_name.as_deref()) else {
            return Ok(());
        };
        let Some(table) = self.command_relation(var)? else {
            return Ok(());
        };
        self.must_be_table(table)?;
        let (using, using_needs) = self.policy_expression(alter.qual.as_ref(), table)?;
        let (check, check_needs) = self.policy_expression(alter.with_check.as_ref(), table)?;
        let policy = match self.store.find(table, Space::Policy, name) {
            Lookup::Found(oid) => oid,
            Lookup::Unknown => {
                self.store.blur_name(table, Space::Policy, name);
                return Ok(());
            }
            Lookup::Absent => {
                let on = self.own_name(table);
                return Err(Fault::new(
                    "42704",
                    format!("policy \"{name}\" for table \"{on}\" does not exist"),
                )
                .at_name(name));
            }
        };
        let mut uses = using_needs;
        uses.extend(check_needs);
        let Some(object) = self.store.get_mut(policy) else {
            return Ok(());
        };
        let Def::Policy(known) = &mut object.def else {
            return Ok(());
        };
        match &*known.command {
            "insert" if alter.qual.is_some() => return Err(only_check()),
            "select" | "delete" if alter.with_check.is_some() => return Err(only_using()),
            _ => {}
        }
        if !alter.roles.is_empty() {
            known.roles = roles(&alter.roles);
        }
        // An expression that is not given stays, with what it needs.
        let replaced = [(&mut known.using, using), (&mut known.check, check)].map(|(old, new)| {
            let given = new.is_some();
            if given {
                *old = new;
            }
            given
        });
        if replaced != [true, true] {
            uses.extend(object.uses.iter().copied());
        }
        self.store.set_uses(policy, uses);
        Ok(())
    }

    fn policy_expression(
        &self,
        node: Option<&Node>,
        table: Oid,
    ) -> Result<(Option<Sql>, Vec<Use>), Fault> {
        let Some(node) = node else {
            return Ok((None, Vec::new()));
        };
        let read = self.truth(node, Scope::Row(table), "POLICY")?;
        Ok((Some(read.sql), uses(&read.needs)))
    }

    /// Refuses what policies cannot be on.
    fn must_be_table(&self, oid: Oid) -> Result<(), Fault> {
        let Some(object) = self.store.get(oid) else {
            return Ok(());
        };
        let is_table = match &object.def {
            Def::Relation(relation) => matches!(
                relation.known_kind(),
                None | Some(RelationKind::Table | RelationKind::PartitionedTable)
            ),
            _ => false,
        };
        if is_table || !self.store.is_certain(oid) {
            return Ok(());
        }
        Err(
            Fault::new("42809", format!("\"{}\" is not a table", object.name))
                .at_name(&object.name),
        )
    }

    /// Returns an object's name alone.
    pub(super) fn own_name(&self, oid: Oid) -> Name {
        self.store
            .get(oid)
            .map(|object| object.name.clone())
            .unwrap_or_default()
    }
}

/// Returns what an expression needs as the needs of the object that it belongs to.
pub(super) fn uses(needs: &[crate::catalog::expression::Need]) -> Vec<Use> {
    let mut uses = Vec::with_capacity(needs.len());
    for need in needs {
        let one = Use {
            column: need.column,
            ..Use::of(need.what)
        };
        if !uses.contains(&one) {
            uses.push(one);
        }
    }
    uses
}

fn fits(command: &str, using: Option<&Node>, check: Option<&Node>) -> Result<(), Fault> {
    match command {
        "select" | "delete" if check.is_some() => Err(Fault::new(
            "42601",
            "WITH CHECK cannot be applied to SELECT or DELETE",
        )),
        "insert" if using.is_some() => Err(only_check()),
        _ => Ok(()),
    }
}

fn only_check() -> Fault {
    Fault::new("42601", "only WITH CHECK expression allowed for INSERT")
}

fn only_using() -> Fault {
    Fault::new("42601", "only USING expression allowed for SELECT, DELETE")
}

fn roles(list: &List) -> Vec<Name> {
    let mut roles: Vec<Name> = list
        .iter()
        .flatten()
        .filter_map(|role| match role {
            Node::RoleSpec(role) => Some(role_name(role)),
            _ => None,
        })
        .collect();
    roles.sort();
    roles.dedup();
    if roles.is_empty() || roles.iter().any(|role| &**role == "public") {
        roles = vec!["public".into()];
    }
    roles
}

/// Returns a role's name; whom `current_user` and its like mean is not known, and they stay as words.
pub(super) fn role_name(role: &RoleSpec) -> Name {
    match role.roletype {
        RoleSpecType::ROLESPEC_PUBLIC => "public".into(),
        RoleSpecType::ROLESPEC_CURRENT_ROLE => "current_role".into(),
        RoleSpecType::ROLESPEC_CURRENT_USER => "current_user".into(),
        RoleSpecType::ROLESPEC_SESSION_USER => "session_user".into(),
        _ => role.rolename.as_deref().unwrap_or_default().into(),
    }
}
