//! What belongs to a table: constraints, indexes, triggers, policies, rules.

use crate::catalog::{
    Catalog,
    object::{
        ColumnId, Constraint, ConstraintKind, Deferrable, Enabled, Event, ForeignKey, Index,
        KeyWhat, Object, Policy, Rule, Trigger,
    },
    picture::Row,
    resolve::quote,
    store::Oid,
};

impl Catalog {
    /// A domain's constraints and a constraint trigger's own have no row.
    pub(super) fn constraint_row(&self, object: &Object, constraint: &Constraint) -> Option<Row> {
        let table = object.within;
        self.store.get(table)?.relation()?;
        let kind = match &constraint.kind {
            ConstraintKind::PrimaryKey => Some("primary key"),
            ConstraintKind::Unique => Some("unique"),
            ConstraintKind::Check(_) => Some("check"),
            ConstraintKind::ForeignKey(_) => Some("foreign key"),
            ConstraintKind::Exclude => Some("exclude"),
            ConstraintKind::Unknown => None,
            ConstraintKind::Trigger => return None,
        };
        let row = Row::new("constraint", self.identity(object)).known("kind", kind);
        let row = match &constraint.kind {
            ConstraintKind::PrimaryKey | ConstraintKind::Unique | ConstraintKind::ForeignKey(_) => {
                row.known("columns", self.some_columns(table, &constraint.columns))
            }
            ConstraintKind::Unknown => row
                .unknown("columns")
                .unknown("references")
                .unknown("on update")
                .unknown("on delete")
                .unknown("match")
                .unknown("deferrable")
                .unknown("valid")
                .unknown("expression"),
            _ => row,
        };
        let row = match &constraint.kind {
            ConstraintKind::ForeignKey(key) => self.reference_facts(row, key),
            _ => row,
        };
        let row = match constraint.deferrable {
            Deferrable::No => row,
            Deferrable::Immediate => row.text("deferrable", "deferrable"),
            Deferrable::Deferred => row.text("deferrable", "initially deferred"),
        };
        let row = row.maybe("valid", (!constraint.validated).then_some("no"));
        Some(match &constraint.kind {
            ConstraintKind::Check(sql) => row.expression("expression", self.text(sql)),
            _ => row,
        })
    }

    fn reference_facts(&self, row: Row, key: &ForeignKey) -> Row {
        let references = self
            .identity_of(key.table)
            .zip(self.some_columns(key.table, &key.columns))
            .map(|(table, columns)| format!("{table} ({columns})"));
        row.known("references", references)
            .maybe("on update", key.on_update.as_deref())
            .maybe("on delete", key.on_delete.as_deref())
            .maybe("match", key.full.then_some("full"))
    }

    /// No key is without columns: an empty list is one that is not known.
    fn some_columns(&self, table: Oid, columns: &[ColumnId]) -> Option<String> {
        self.column_list(table, columns)
            .filter(|list| !list.is_empty())
    }

    /// A constraint's own index has no row.
    pub(super) fn index_row(&self, object: &Object, index: &Index) -> Option<Row> {
        if index.constraint.is_some() {
            return None;
        }
        let keys: Option<Vec<String>> = index
            .keys
            .iter()
            .map(|key| {
                let what = match &key.what {
                    KeyWhat::Column(id) => self.quoted_column(index.table, *id)?,
                    KeyWhat::Expression(sql) => format!("({})", self.text(sql)),
                };
                Some(format!("{what} {}", key.options).trim_end().to_owned())
            })
            .collect();
        let row = Row::new("index", self.identity(object))
            .known("table", self.identity_of(index.table))
            .text("method", quote(&index.method))
            .maybe("unique", index.unique.then_some("yes"));
        let row = match keys {
            Some(keys) if !keys.is_empty() => row.expression("keys", keys.join(", ")),
            _ => row.unknown("keys"),
        };
        let row = match index.include.as_slice() {
            [] => row,
            include => row.known("include", self.column_list(index.table, include)),
        };
        Some(
            row.maybe_expression("where", index.predicate.as_ref().map(|sql| self.text(sql)))
                .maybe("valid", (!index.valid).then_some("no")),
        )
    }

    /// What a partition has from its parent is the parent's, and has no row.
    pub(super) fn trigger_row(&self, object: &Object, trigger: &Trigger) -> Option<Row> {
        if trigger.parent.is_some() {
            return None;
        }
        let function = trigger
            .function
            .known()
            .and_then(|oid| self.identity_of(*oid))
            .map(|name| format!("{name}()"));
        let row = Row::new("trigger", self.identity(object))
            .known("function", function)
            .text("timing", trigger.timing)
            .known("events", self.events(object.within, &trigger.events))
            .text(
                "level",
                if trigger.for_each_row {
                    "row"
                } else {
                    "statement"
                },
            )
            .maybe_expression("when", trigger.when.as_ref().map(|sql| self.text(sql)));
        Some(match trigger.enabled {
            Enabled::Origin => row,
            Enabled::Disabled => row.text("enabled", "no"),
            Enabled::Replica => row.text("enabled", "replica"),
            Enabled::Always => row.text("enabled", "always"),
        })
    }

    /// In the order that the server prints them in, whichever they were written in.
    fn events(&self, table: Oid, events: &[Event]) -> Option<String> {
        let mut told: Vec<(u8, String)> = events
            .iter()
            .map(|event| {
                Some(match event {
                    Event::Insert => (0, "insert".to_owned()),
                    Event::Update(columns) if columns.is_empty() => (1, "update".to_owned()),
                    Event::Update(columns) => {
                        let columns = self.column_list(table, columns)?;
                        (1, format!("update of {columns}"))
                    }
                    Event::UpdateOfUnknown => return None,
                    Event::Delete => (2, "delete".to_owned()),
                    Event::Truncate => (3, "truncate".to_owned()),
                })
            })
            .collect::<Option<_>>()?;
        told.sort();
        let told: Vec<String> = told.into_iter().map(|(_, event)| event).collect();
        Some(told.join(", "))
    }

    pub(super) fn policy_row(&self, object: &Object, policy: &Policy) -> Row {
        let roles: Vec<String> = policy.roles.iter().map(|role| quote(role)).collect();
        Row::new("policy", self.identity(object))
            .text("command", &*policy.command)
            .maybe("permissive", (!policy.permissive).then_some("no"))
            .text("roles", roles.join(", "))
            .maybe_expression("using", policy.using.as_ref().map(|sql| self.text(sql)))
            .maybe_expression("check", policy.check.as_ref().map(|sql| self.text(sql)))
    }

    pub(super) fn rule_row(&self, object: &Object, rule: &Rule) -> Row {
        Row::new("rule", self.identity(object))
            .text("event", rule.event)
            .expression("definition", self.text(&rule.definition))
    }
}
