//! Roles: they are the cluster's, so only those that the history makes are known.

use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::{Def, Object, Space},
        store::{Lookup, Oid},
    },
    tree::{CreateRoleStmt, DropRoleStmt, Node},
};

impl Catalog {
    pub(super) fn create_role(&mut self, create: &CreateRoleStmt) -> Result<(), Fault> {
        let Some(name) = create.role.as_deref() else {
            return Ok(());
        };
        if name.starts_with("pg_") {
            return Err(
                Fault::new("42939", format!("role name \"{name}\" is reserved"))
                    .at_name(name)
                    .note("role names starting with \"pg_\" are reserved"),
            );
        }
        if let Lookup::Found(oid) = self.store.find(Oid::DATABASE, Space::Role, name)
            && self.store.is_certain(oid)
        {
            return Err(
                Fault::new("42710", format!("role \"{name}\" already exists")).at_name(name),
            );
        }
        self.store
            .add(Object::new(name, Oid::DATABASE, Def::Other(Space::Role)));
        Ok(())
    }

    pub(super) fn drop_roles(&mut self, drop: &DropRoleStmt) {
        for role in drop.roles.iter().flatten() {
            let Node::RoleSpec(role) = role else {
                continue;
            };
            let Some(name) = role.rolename.as_deref() else {
                continue;
            };
            let known = self
                .store
                .find_all(Oid::DATABASE, Space::Role, name)
                .0
                .to_vec();
            for oid in known {
                self.store.remove(oid);
            }
        }
    }
}
