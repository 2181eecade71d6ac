//! Tables, their columns, views, sequences.

use crate::catalog::{
    Catalog,
    object::{
        Column, Fact, Filled, Identity, Object, Persistence, Relation, RelationKind, Sequence,
    },
    picture::Row,
    resolve::quote,
    store::Oid,
};

impl Catalog {
    pub(super) fn relation_rows(
        &self,
        oid: Oid,
        object: &Object,
        relation: &Relation,
        rows: &mut Vec<Row>,
    ) {
        match relation.kind {
            RelationKind::View => rows.push(self.view_row("view", oid, object, relation)),
            RelationKind::MaterializedView => {
                rows.push(self.view_row("materialized view", oid, object, relation));
            }
            RelationKind::Table | RelationKind::PartitionedTable | RelationKind::ForeignTable => {
                // What must be there but was never seen may be a view as well as a table.
                if relation.row_security != Fact::Unknown || !object.open {
                    rows.push(self.table_row(object, relation));
                }
                let table = self.identity(object);
                rows.extend(
                    relation
                        .columns
                        .iter()
                        .map(|column| self.column_row(&table, column)),
                );
            }
        }
    }

    fn table_row(&self, object: &Object, relation: &Relation) -> Row {
        let kind = match relation.kind {
            RelationKind::PartitionedTable => "partitioned table",
            RelationKind::ForeignTable => "foreign table",
            _ => "table",
        };
        let persistence = match relation.persistence {
            Persistence::Unlogged => "unlogged",
            Persistence::Permanent | Persistence::Temporary => "permanent",
        };
        let row = Row::new("table", self.identity(object))
            .text("kind", kind)
            .text("persistence", persistence);
        let row = match &relation.row_security {
            Fact::Unknown => row.unknown("row security"),
            Fact::Known(security) => match (security.enabled, security.forced) {
                (false, false) => row,
                (true, false) => row.text("row security", "enabled"),
                (false, true) => row.text("row security", "forced"),
                (true, true) => row.text("row security", "enabled, forced"),
            },
        };
        let row = row.maybe_expression(
            "partition key",
            relation.partition_key.as_ref().map(|key| self.text(key)),
        );
        let row = match &relation.partition_of {
            Some((parent, bound)) => row
                .known("partition of", self.identity_of(*parent))
                .expression("bound", self.text(bound)),
            None => row,
        };
        let parents: Option<Vec<String>> = relation
            .inherits
            .iter()
            .map(|parent| self.identity_of(*parent))
            .collect();
        match parents {
            Some(parents) if parents.is_empty() => row,
            Some(parents) => row.text("inherits", parents.join(", ")),
            None => row.unknown("inherits"),
        }
    }

    fn column_row(&self, table: &str, column: &Column) -> Row {
        let row = Row::new("column", format!("{table}.{}", quote(&column.name)))
            .known("type", self.type_text(&column.ty));
        let row = match column.not_null {
            Fact::Known(true) => row.text("not null", "yes"),
            Fact::Known(false) => row.text("not null", "no"),
            Fact::Unknown => row.unknown("not null"),
        };
        let row = match &column.filled {
            Filled::Nothing => row,
            Filled::Default(sql) => row.expression("default", self.text(sql)),
            Filled::Generated(sql) => row.expression("generated", self.text(sql)),
            Filled::Identity(Identity::Always) => row.text("identity", "always"),
            Filled::Identity(Identity::ByDefault) => row.text("identity", "by default"),
            Filled::Unknown => row
                .unknown("default")
                .unknown("generated")
                .unknown("identity"),
        };
        match (&column.collation, self.type_text(&column.ty)) {
            // Of a column that was never seen made nothing is known.
            (None, None) => row.unknown("collation"),
            (collation, _) => row.maybe("collation", collation.as_deref()),
        }
    }

    fn view_row(&self, kind: &'static str, oid: Oid, object: &Object, relation: &Relation) -> Row {
        let row = Row::new(kind, self.identity(object));
        let row = if self.store.is_open(oid) {
            row.unknown("columns")
        } else {
            let names: Vec<String> = relation
                .columns
                .iter()
                .map(|column| quote(&column.name))
                .collect();
            row.maybe("columns", (!names.is_empty()).then(|| names.join(", ")))
        };
        let row = match &relation.query {
            Some(query) => row.expression("definition", self.text(query)),
            None => row.unknown("definition"),
        };
        let options = &relation.options;
        row.maybe("options", (!options.is_empty()).then(|| options.join(", ")))
    }

    pub(super) fn sequence_row(&self, object: &Object, sequence: &Sequence) -> Row {
        let row =
            Row::new("sequence", self.identity(object)).known("type", sequence.ty.known().copied());
        let row = match sequence.owner {
            Some((table, column)) => row.known(
                "owned by",
                self.identity_of(table)
                    .zip(self.quoted_column(table, column))
                    .map(|(table, column)| format!("{table}.{column}")),
            ),
            None => row,
        };
        ["increment", "start", "min", "max", "cache", "cycle"]
            .into_iter()
            .filter_map(|name| sequence.settings.iter().find(|(known, _)| *known == name))
            .fold(row, |row, (name, value)| row.text(name, value))
    }
}
