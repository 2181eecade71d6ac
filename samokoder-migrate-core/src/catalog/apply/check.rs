//! A check that is added to a table.

use super::{constraint::Moment, naming::Chosen, needs};
use crate::{
    catalog::{
        Catalog,
        expression::{Need, Scope, Sql},
        fault::Fault,
        object::{Constraint as Made, ConstraintKind, Def, Deferrable, Object, Space, Tie, Use},
        store::{Lookup, Oid, Openness},
    },
    tree::Constraint,
};

impl Catalog {
    /// Adds a check, and to the tables that inherit it.
    pub(super) fn add_check(
        &mut self,
        table: Oid,
        constraint: &Constraint,
        moment: Moment,
    ) -> Result<(), Fault> {
        let Some(expression) = &constraint.raw_expr else {
            return Ok(());
        };
        let read = self.truth(expression, Scope::Row(table), "CHECK")?;
        let chosen = if let Some(name) = &constraint.conname {
            self.claim_check(table, name, moment)?;
            Chosen::Certain((&**name).into())
        } else {
            self.check_name(table, &read.needs)
        };
        let check = check(
            read.sql,
            &read.needs,
            table,
            moment == Moment::Create || !constraint.skip_validation,
            constraint.is_no_inherit,
        );
        self.add_check_to(table, &chosen, check, &read.needs);
        if !constraint.is_no_inherit {
            self.inherit_check(table, &chosen)?;
        }
        Ok(())
    }

    /// A named check may be on the table already where it was inherited, and is then merged with it:
    /// whether the two are one expression is left to the server.
    fn claim_check(&self, table: Oid, name: &str, moment: Moment) -> Result<(), Fault> {
        let Lookup::Found(oid) = self.holder(table, Space::Constraint, name) else {
            return Ok(());
        };
        let Some(Def::Constraint(there)) = self.store.get(oid).map(|object| &object.def) else {
            return Ok(());
        };
        match there.kind {
            ConstraintKind::Check(_) if there.inherited > 0 && !there.local => Ok(()),
            ConstraintKind::Check(_) if moment == Moment::Create => Err(Fault::new(
                "42710",
                format!("check constraint \"{name}\" already exists"),
            )
            .at_name(name)),
            _ => self.claim_constraint(table, name),
        }
    }

    /// Chooses a check's name: with the column's in it if it reads one only.
    fn check_name(&self, table: Oid, needs: &[Need]) -> Chosen {
        let columns = needs::columns_read(needs, table);
        let of = self.name_of(table);
        let schema = self
            .store
            .get(table)
            .map_or(Oid::DATABASE, |object| object.within);
        let column = match columns.as_slice() {
            [Some(only)] => self.name_of_column(table, *only),
            _ => None,
        };
        let chosen = self.constraint_name(schema, &of, column.as_deref(), "check");
        // Columns that are not known may be read too, and the name be without one.
        if self.openness(table) == Openness::Closed {
            return chosen;
        }
        match chosen {
            Chosen::Certain(name) => Chosen::OneOf(vec![name]),
            doubt @ Chosen::OneOf(_) => doubt,
        }
    }

    fn openness(&self, oid: Oid) -> Openness {
        if self.store.is_open(oid) {
            Openness::Open
        } else {
            Openness::Closed
        }
    }

    /// Adds a check to one table; one of its name there is the same, inherited.
    fn add_check_to(&mut self, table: Oid, chosen: &Chosen, check: Made, needs: &[Need]) -> Oid {
        let name = chosen.likely();
        if let Lookup::Found(there) = self.store.find(table, Space::Constraint, &name)
            && let Some(Def::Constraint(found)) =
                self.store.get_mut(there).map(|object| &mut object.def)
        {
            found.local |= check.local;
            found.inherited = found.inherited.saturating_add(check.inherited);
            return there;
        }
        let uses = needs::uses(needs, table);
        self.add_chosen(
            Object::new("", table, Def::Constraint(check)).using(uses),
            chosen,
        )
    }

    /// Gives a table's check to the tables that inherit from it.
    fn inherit_check(&mut self, table: Oid, chosen: &Chosen) -> Result<(), Fault> {
        for child in self.children(table) {
            self.copy_check(table, &chosen.likely(), child)?;
            self.inherit_check(child, chosen)?;
        }
        Ok(())
    }

    /// Gives a table's check to another that inherits it.
    ///
    /// # Errors
    ///
    /// 42710 if what has its name there is no check.
    pub(in crate::catalog) fn copy_check(
        &mut self,
        from: Oid,
        name: &str,
        to: Oid,
    ) -> Result<(), Fault> {
        let Lookup::Found(oid) = self.store.find(from, Space::Constraint, name) else {
            return Ok(());
        };
        let Some((mut check, needs)) = self.check_for(oid, from, to) else {
            return Ok(());
        };
        check.inherited = 1;
        check.local = false;
        if let Lookup::Found(there) = self.holder(to, Space::Constraint, name)
            && let Some(Def::Constraint(found)) = self.store.get(there).map(|object| &object.def)
            && !matches!(found.kind, ConstraintKind::Check(_))
        {
            return self.claim_constraint(to, name);
        }
        self.add_check_to(to, &Chosen::Certain(name.into()), check, &needs);
        if !self.store.is_certain(oid) {
            self.store.blur_name(to, Space::Constraint, name);
        }
        Ok(())
    }

    /// Returns a check of one table as another's.
    pub(super) fn check_for(&self, oid: Oid, from: Oid, to: Oid) -> Option<(Made, Vec<Need>)> {
        let object = self.store.get(oid)?;
        let Def::Constraint(check) = &object.def else {
            return None;
        };
        let ConstraintKind::Check(sql) = &check.kind else {
            return None;
        };
        let needs: Vec<Need> = object
            .uses
            .iter()
            .filter(|r#use| r#use.tie != Tie::Internal)
            .map(|r#use| Need {
                what: r#use.what,
                column: r#use.column,
            })
            .collect();
        let needs = self.needs_for(&needs, from, to);
        let columns = check
            .columns
            .iter()
            .filter_map(|id| self.same_column(from, *id, to))
            .collect();
        let made = Made {
            kind: ConstraintKind::Check(self.text_for(sql, from, to)),
            columns,
            ..check.clone()
        };
        Some((made, needs))
    }

    /// Adds a check that is another table's to a table as its own: LIKE.
    pub(super) fn add_like_check(&mut self, from: Oid, oid: Oid, to: Oid) -> Result<(), Fault> {
        let name = self.name_of(oid);
        let Some((mut check, needs)) = self.check_for(oid, from, to) else {
            return Ok(());
        };
        self.claim_constraint(to, &name)?;
        check.inherited = 0;
        check.local = true;
        check.validated = true;
        let uses: Vec<Use> = needs::uses(&needs, to);
        let made = self
            .store
            .add(Object::new(name.clone(), to, Def::Constraint(check)).using(uses));
        if !self.store.is_certain(oid) {
            self.store.blur(made);
            self.store.blur_name(to, Space::Constraint, &name);
        }
        Ok(())
    }
}

fn check(sql: Sql, needs: &[Need], table: Oid, validated: bool, no_inherit: bool) -> Made {
    Made {
        kind: ConstraintKind::Check(sql),
        columns: needs::columns_read(needs, table)
            .into_iter()
            .flatten()
            .collect(),
        index: None,
        deferrable: Deferrable::No,
        validated,
        inherited: 0,
        local: true,
        no_inherit,
    }
}

#[cfg(test)]
mod tests;
