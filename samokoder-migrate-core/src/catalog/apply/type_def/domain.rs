//! Domains and their constraints.

use crate::{
    catalog::{
        Catalog,
        apply::Behavior,
        expression::{Need, Scope, Sql},
        fault::Fault,
        object::{
            Constraint, ConstraintKind, Def, Deferrable, Domain, Name, Object, Persistence, Space,
            Tie, TypeKind, Use,
        },
        store::{Lookup, Oid},
        types::Type,
    },
    tree::{
        self, AlterDomainStmt, AlterDomainType, ConstrType, CreateDomainStmt, DropBehavior, Node,
        path, strings,
    },
};

impl Catalog {
    pub(super) fn create_domain(&mut self, create: &CreateDomainStmt) -> Result<(), Fault> {
        let Some(written) = path(&create.domainname) else {
            return Ok(());
        };
        let schema = self.creation_schema(written, Persistence::Permanent)?;
        self.free_type_name(schema, written.name)?;
        let base = match &create.typeName {
            Some(name) => self.ty(name)?,
            None => Type::unknown(),
        };
        let mut domain = Domain {
            base: base.clone(),
            not_null: false,
            default: None,
            collation: create
                .collClause
                .as_ref()
                .and_then(|clause| self.collation(&clause.collname)),
        };
        let mut uses: Vec<Use> = base.own_type().map(Use::of).into_iter().collect();
        let mut checks = Vec::new();
        let mut nullable = None;
        for constraint in constraints(create) {
            match constraint.contype {
                ConstrType::CONSTR_DEFAULT => {
                    if domain.default.is_some() {
                        return Err(Fault::new("42601", "multiple default expressions"));
                    }
                    let (default, needs) = self.domain_default(constraint.raw_expr.as_ref())?;
                    domain.default = default;
                    uses.extend(needs);
                }
                ConstrType::CONSTR_NOTNULL | ConstrType::CONSTR_NULL => {
                    let wanted = constraint.contype == ConstrType::CONSTR_NULL;
                    if nullable.is_some_and(|nullable| nullable != wanted) {
                        let message = "conflicting NULL/NOT NULL constraints";
                        return Err(Fault::new("42601", message).at(constraint.location));
                    }
                    nullable = Some(wanted);
                    domain.not_null = !wanted;
                }
                ConstrType::CONSTR_CHECK => checks.push(constraint),
                _ => {}
            }
        }
        let oid = self.add_type(schema, written.name, TypeKind::Domain(domain), uses);
        for check in checks {
            self.add_domain_check(oid, &base, check)?;
        }
        Ok(())
    }

    pub(super) fn alter_domain(&mut self, alter: &AlterDomainStmt) -> Result<(), Fault> {
        let ty = self.required_named_type(&alter.typeName)?;
        let Some(oid) = ty.own_type() else {
            return self.is_not(&ty, "a domain").map_or(Ok(()), Err);
        };
        let mut domain = match self.type_kind(oid) {
            Some(TypeKind::Domain(domain)) if !ty.array => domain.clone(),
            _ => return self.is_not(&ty, "a domain").map_or(Ok(()), Err),
        };
        let name = alter.name.as_deref().unwrap_or_default();
        match alter.subtype {
            AlterDomainType::AD_AlterDefault => {
                let (default, needs) = self.domain_default(alter.def.as_ref())?;
                domain.default = default;
                let mut uses: Vec<Use> = domain.base.own_type().map(Use::of).into_iter().collect();
                uses.extend(needs);
                self.store.set_uses(oid, uses);
            }
            AlterDomainType::AD_DropNotNull => domain.not_null = false,
            AlterDomainType::AD_SetNotNull => domain.not_null = true,
            AlterDomainType::AD_AddConstraint => {
                if let Some(Node::Constraint(constraint)) = &alter.def {
                    if constraint.contype == ConstrType::CONSTR_CHECK {
                        let base = domain.base.clone();
                        return self.add_domain_check(oid, &base, constraint);
                    }
                    // NOT NULL, which PostgreSQL 17 keeps as a constraint with a name.
                    domain.not_null = true;
                    self.open_domain(oid);
                }
            }
            AlterDomainType::AD_DropConstraint => {
                return self.drop_domain_constraint(oid, alter, name);
            }
            AlterDomainType::AD_ValidateConstraint => {
                return match self.store.find(oid, Space::Constraint, name) {
                    Lookup::Found(constraint) => {
                        self.set_validated(constraint);
                        Ok(())
                    }
                    Lookup::Absent if !is_not_null_name(name) => Err(no_constraint(alter, name)),
                    _ => Ok(()),
                };
            }
            _ => return Ok(()),
        }
        self.set_kind(oid, TypeKind::Domain(domain));
        Ok(())
    }

    fn drop_domain_constraint(
        &mut self,
        domain: Oid,
        alter: &AlterDomainStmt,
        name: &str,
    ) -> Result<(), Fault> {
        match self.store.find(domain, Space::Constraint, name) {
            Lookup::Found(constraint) => {
                let behavior = if alter.behavior == DropBehavior::DROP_CASCADE {
                    Behavior::Cascade
                } else {
                    Behavior::Restrict
                };
                self.drop_object(constraint, behavior)
            }
            Lookup::Absent if !alter.missing_ok && !is_not_null_name(name) => {
                Err(no_constraint(alter, name))
            }
            Lookup::Absent => Ok(()),
            Lookup::Unknown => {
                self.store.clear_name(domain, Space::Constraint, name);
                Ok(())
            }
        }
    }

    fn add_domain_check(
        &mut self,
        domain: Oid,
        base: &Type,
        check: &tree::Constraint,
    ) -> Result<(), Fault> {
        let Some(object) = self.store.get(domain) else {
            return Ok(());
        };
        let (schema, domain_name) = (object.within, object.name.clone());
        let read = match &check.raw_expr {
            Some(node) => Some(self.expression(node, Scope::Value(base))?),
            None => None,
        };
        let name: Name = match check.conname.as_deref() {
            Some(name) if self.is_taken(domain, Space::Constraint, name) => {
                let message =
                    format!("constraint \"{name}\" for domain \"{domain_name}\" already exists");
                return Err(Fault::new("42710", message).at(check.location));
            }
            Some(name) => name.into(),
            None => self.choose_domain_constraint(schema, &domain_name),
        };
        let (sql, needs) = read.map_or_else(Default::default, |read| (read.sql, read.needs));
        let def = Def::Constraint(Constraint {
            kind: ConstraintKind::Check(sql),
            columns: Vec::new(),
            index: None,
            deferrable: Deferrable::No,
            validated: !check.skip_validation,
            inherited: 0,
            local: true,
            no_inherit: false,
        });
        // What the server chose may be another name where not all constraints are known.
        let is_certain = check.conname.is_some() || !self.store.is_open(schema);
        let constraint = Object::new(name.clone(), domain, def).using(uses(&needs));
        self.store.add(constraint);
        if !is_certain {
            self.store.blur_name(domain, Space::Constraint, &name);
            self.open_domain(domain);
        }
        Ok(())
    }

    /// Records that a domain may have constraints that are not known.
    fn open_domain(&mut self, domain: Oid) {
        if let Some(object) = self.store.get_mut(domain) {
            object.open = true;
        }
    }

    /// Chooses a name that no constraint in the schema has, as `ChooseConstraintName` does.
    fn choose_domain_constraint(&self, schema: Oid, domain: &str) -> Name {
        const LONGEST: usize = 63;
        let owners: Vec<Oid> = [Space::Relation, Space::Type]
            .into_iter()
            .flat_map(|space| self.store.within(schema, space))
            .collect();
        let mut label = "check".to_owned();
        let mut pass = 0;
        loop {
            let before = clip(domain, LONGEST - 1 - label.len());
            let name = format!("{before}_{label}");
            let is_free = owners.iter().all(|owner| {
                !matches!(
                    self.store.find(*owner, Space::Constraint, &name),
                    Lookup::Found(_)
                )
            });
            if is_free {
                return name.into();
            }
            pass += 1;
            label = format!("check{pass}");
        }
    }

    fn domain_default(&self, node: Option<&Node>) -> Result<(Option<Sql>, Vec<Use>), Fault> {
        let Some(node) = node else {
            return Ok((None, Vec::new()));
        };
        let read = self.expression(node, Scope::Nothing)?;
        let is_null = matches!(node, Node::A_Const(constant) if constant.isnull);
        let uses = uses(&read.needs).collect();
        Ok(((!is_null).then_some(read.sql), uses))
    }

    fn set_validated(&mut self, oid: Oid) {
        if let Some(Object {
            def: Def::Constraint(constraint),
            ..
        }) = self.store.get_mut(oid)
        {
            constraint.validated = true;
        }
    }
}

fn constraints(create: &CreateDomainStmt) -> impl Iterator<Item = &tree::Constraint> {
    create
        .constraints
        .iter()
        .flatten()
        .filter_map(|node| match node {
            Node::Constraint(constraint) => Some(&**constraint),
            _ => None,
        })
}

fn uses(needs: &[Need]) -> impl Iterator<Item = Use> + '_ {
    needs.iter().map(|need| Use {
        column: need.column,
        ..Use::of(need.what).tied(Tie::Normal)
    })
}

/// Returns whether a name may be that of a NOT NULL: a constraint since PostgreSQL 17.
fn is_not_null_name(name: &str) -> bool {
    name.contains("_not_null")
}

fn no_constraint(alter: &AlterDomainStmt, name: &str) -> Fault {
    let domain = strings(&alter.typeName).collect::<Vec<_>>().join(".");
    let message = format!("constraint \"{name}\" of domain \"{domain}\" does not exist");
    Fault::new("42704", message).at_name(name)
}

/// Cuts a name to a number of bytes, between characters.
pub(in crate::catalog) fn clip(name: &str, bytes: usize) -> &str {
    let mut end = bytes.min(name.len());
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    name.get(..end).unwrap_or_default()
}
