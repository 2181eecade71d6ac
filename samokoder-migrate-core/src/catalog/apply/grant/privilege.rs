//! `GRANT`, `REVOKE`, `ALTER … OWNER TO`, `ALTER DEFAULT PRIVILEGES`: what they name must be there.
//!
//! Privileges themselves are not kept: they depend on who owns what, and on default privileges.

use crate::{
    catalog::{
        Catalog,
        apply::{ColumnLookup, address::Address, drop::Target},
        fault::Fault,
        missing::no_column_of,
        object::{Def, TypeKind},
        store::Oid,
    },
    tree::{
        AlterDefaultPrivilegesStmt, AlterOwnerStmt, GrantStmt, GrantTargetType, Node, ObjectType,
        RangeVar, relation, string, strings,
    },
};

impl Catalog {
    pub(super) fn grant_privileges(&mut self, grant: &GrantStmt) -> Result<(), Fault> {
        for object in grant.objects.iter().flatten() {
            match (grant.targtype, object) {
                (GrantTargetType::ACL_TARGET_ALL_IN_SCHEMA, _) => {
                    if let Some(schema) = string(object) {
                        self.required_schema(schema)?;
                    }
                }
                (_, Node::RangeVar(var)) => self.grant_on_relation(grant, var)?,
                (_, object) => {
                    if let Address::Absent(fault) = self.address(grant.objtype, object)? {
                        return Err(fault);
                    }
                }
            }
        }
        Ok(())
    }

    fn grant_on_relation(&mut self, grant: &GrantStmt, var: &RangeVar) -> Result<(), Fault> {
        let oid = match self.any_relation(relation(var)) {
            Address::Found(target) => target.oid(),
            Address::Absent(fault) => return Err(fault.at(var.location)),
            Address::Unknown => {
                self.command_relation(var)?;
                return Ok(());
            }
        };
        self.may_be_granted(grant, oid)?;
        for privilege in grant.privileges.iter().flatten() {
            let Node::AccessPriv(privilege) = privilege else {
                continue;
            };
            for column in strings(&privilege.cols) {
                if self.column(oid, column) == ColumnLookup::Absent {
                    return Err(no_column_of(&self.own_name(oid), column));
                }
            }
        }
        Ok(())
    }

    fn may_be_granted(&self, grant: &GrantStmt, oid: Oid) -> Result<(), Fault> {
        let Some(object) = self.store.get(oid) else {
            return Ok(());
        };
        if !self.store.is_certain(oid) {
            return Ok(());
        }
        let what = match &object.def {
            Def::Index(_) => "an index",
            Def::Type(def) if matches!(def.kind, TypeKind::Composite(_)) => "a composite type",
            Def::Relation(relation)
                if grant.objtype == ObjectType::OBJECT_SEQUENCE
                    && relation.known_kind().is_some() =>
            {
                "not a sequence"
            }
            _ => return Ok(()),
        };
        Err(Fault::new("42809", format!("\"{}\" is {what}", object.name)).at_name(&object.name))
    }

    pub(super) fn set_owner(&mut self, alter: &AlterOwnerStmt) -> Result<(), Fault> {
        let Some(object) = &alter.object else {
            return Ok(());
        };
        let oid = match self.owned(alter.objectType, object)? {
            Address::Found(Target::Object(oid)) => oid,
            Address::Absent(fault) => return Err(fault),
            Address::Found(_) | Address::Unknown => return Ok(()),
        };
        let is_row_type = alter.objectType == ObjectType::OBJECT_TYPE
            && self
                .store
                .get(oid)
                .is_some_and(|object| object.relation().is_some());
        if is_row_type && self.store.is_certain(oid) {
            let name = self.visible_name(oid);
            return Err(Fault::new("42809", format!("{name} is a table's row type"))
                .at_name(&self.own_name(oid))
                .note("use ALTER TABLE instead"));
        }
        Ok(())
    }

    /// Looks for what gets another owner: a domain that is none is not quoted here.
    fn owned(&self, kind: ObjectType, object: &Node) -> Result<Address, Fault> {
        if kind != ObjectType::OBJECT_DOMAIN {
            return self.address(kind, object);
        }
        let address = self.address(ObjectType::OBJECT_TYPE, object)?;
        if let Address::Found(Target::Object(oid)) = address
            && let Some(Def::Type(def)) = self.store.get(oid).map(|object| &object.def)
            && !matches!(def.kind, TypeKind::Domain(_) | TypeKind::Unknown)
            && self.store.is_certain(oid)
        {
            let name = self.visible_name(oid);
            return Err(
                Fault::new("42809", format!("{name} is not a domain")).at_name(&self.own_name(oid))
            );
        }
        Ok(address)
    }

    /// Privileges of what is made later: the schemas it is made in must be there.
    pub(super) fn default_privileges(
        &self,
        alter: &AlterDefaultPrivilegesStmt,
    ) -> Result<(), Fault> {
        for option in alter.options.iter().flatten() {
            let Node::DefElem(option) = option else {
                continue;
            };
            let (Some("schemas"), Some(Node::List(schemas))) =
                (option.defname.as_deref(), &option.arg)
            else {
                continue;
            };
            for schema in strings(schemas) {
                self.required_schema(schema)?;
            }
        }
        Ok(())
    }
}
