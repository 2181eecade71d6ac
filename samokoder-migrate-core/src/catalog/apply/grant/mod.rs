//! Comments, privileges, owners, roles.

mod comment;
mod privilege;
mod role;

use crate::{
    catalog::{Catalog, fault::Fault},
    tree::Node,
};

impl Catalog {
    pub(super) fn grant(&mut self, node: &Node) -> Result<(), Fault> {
        match node {
            Node::CommentStmt(comment) => self.comment(comment),
            Node::SecLabelStmt(label) => self.label(label),
            Node::GrantStmt(grant) => self.grant_privileges(grant),
            Node::AlterOwnerStmt(alter) => self.set_owner(alter),
            Node::AlterDefaultPrivilegesStmt(alter) => self.default_privileges(alter),
            Node::CreateRoleStmt(create) => self.create_role(create),
            Node::DropRoleStmt(drop) => {
                self.drop_roles(drop);
                Ok(())
            }
            // Roles are the cluster's: which there are is not known.
            _ => Ok(()),
        }
    }
}
