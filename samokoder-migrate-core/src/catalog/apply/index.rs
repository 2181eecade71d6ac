//! `CREATE INDEX`.

use super::{
    claim::Claim,
    figure::index_column,
    index_build::{Recursion, Spec},
};
use crate::{
    catalog::{
        Catalog, builtin,
        expression::Scope,
        fault::Fault,
        missing::no_column,
        object::{ColumnId, Def, Key, KeyWhat, RelationKind, Space, TypeKind},
        resolve::quote,
        store::{Oid, Shape, Where},
        types::{Base, Type},
    },
    tree::{IndexElem, IndexStmt, List, Node, SortByDir, SortByNulls, path, relation, strings},
};

/// Which operator class a key names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// The one that its type has anyway.
    Own,
    /// Another, or one that is not known to be its own.
    Named,
}

impl Catalog {
    pub(super) fn create_index(&mut self, create: &IndexStmt) -> Result<(), Fault> {
        let Some(var) = create.relation.as_deref() else {
            return Ok(());
        };
        let Some(table) = self.command_relation(var)? else {
            self.index_in_the_dark(create);
            return Ok(());
        };
        self.can_be_indexed(table, var, create)?;
        let method = create.accessMethod.as_deref().unwrap_or("btree");
        self.has_method(method)?;
        let mut spec = Spec::new(method);
        spec.unique = create.unique;
        for node in create.indexParams.iter().flatten() {
            if let Node::IndexElem(element) = node {
                self.index_element(table, &mut spec, element)?;
            }
        }
        self.include(table, &mut spec, &create.indexIncludingParams)?;
        if let Some(condition) = &create.whereClause {
            self.index_condition(table, &mut spec, condition)?;
        }
        spec.options = super::table::options(&create.options);
        if create.nulls_not_distinct {
            spec.options.push("NULLS NOT DISTINCT".to_owned());
        }
        spec.options.sort();
        let recursion = if var.inh {
            Recursion::All
        } else {
            Recursion::Only
        };
        let name = create.idxname.as_deref();
        let guard = super::table::guard(create.if_not_exists);
        let schema = self.store.get(table).map(|object| object.within);
        let claim = match (name, schema) {
            (Some(name), Some(schema)) => self.claim_relation(schema, name, guard)?,
            _ => Claim::Make,
        };
        match claim {
            Claim::Skip => {}
            Claim::Make => {
                self.build_index(table, &spec, name, None, recursion)?;
            }
            Claim::Perhaps => self.perhaps(|catalog| {
                catalog
                    .build_index(table, &spec, name, None, recursion)
                    .map(|_| ())
            }),
        }
        Ok(())
    }

    /// Records the name of an index on a table that is not known.
    fn index_in_the_dark(&mut self, create: &IndexStmt) {
        let Some(var) = create.relation.as_deref() else {
            return;
        };
        let table = relation(var);
        if let Some(name) = create.idxname.as_deref() {
            for place in self.possible_places(table.schema) {
                self.store.blur_name(place, Space::Relation, name);
            }
        } else {
            let shape = Shape::new(table.name).made_of();
            let place = Where::Outside(self.temporary);
            self.store.haze(Space::Relation, place, shape);
        }
    }

    /// Refuses an index on what is no table and no materialized view.
    fn can_be_indexed(
        &self,
        table: Oid,
        var: &crate::tree::RangeVar,
        create: &IndexStmt,
    ) -> Result<(), Fault> {
        let Some(object) = self
            .store
            .get(table)
            .filter(|_| self.store.is_certain(table))
        else {
            return Ok(());
        };
        let name = &object.name;
        let what = match object.relation().map(|relation| relation.kind) {
            // An assumed relation may be anything.
            Some(RelationKind::Table) if object.open => return Ok(()),
            Some(RelationKind::PartitionedTable) if create.concurrent => {
                return Err(Fault::new(
                    "0A000",
                    format!("cannot create index on partitioned table \"{name}\" concurrently"),
                )
                .at(var.location));
            }
            Some(
                RelationKind::Table
                | RelationKind::PartitionedTable
                | RelationKind::MaterializedView,
            ) => return Ok(()),
            Some(RelationKind::View) => "views",
            Some(RelationKind::ForeignTable) => "foreign tables",
            None => match object.def {
                Def::Sequence(_) => "sequences",
                Def::Index(_) => return Err(is_no_table(name, "an index").at(var.location)),
                _ => return Err(is_no_table(name, "a composite type").at(var.location)),
            },
        };
        Err(Fault::new(
            "42809",
            format!("cannot create index on relation \"{name}\""),
        )
        .at(var.location)
        .note(format!("this operation is not supported for {what}")))
    }

    /// Adds a key to an index.
    pub(super) fn index_element(
        &mut self,
        table: Oid,
        spec: &mut Spec,
        element: &IndexElem,
    ) -> Result<(), Fault> {
        let mut ty = None;
        let what = match (&element.name, &element.expr) {
            (Some(name), _) => {
                let Some(id) = self.needed_column(table, name) else {
                    return Err(no_column(name));
                };
                ty = self
                    .relation_of(table)
                    .and_then(|(_, relation)| relation.column_by_id(id))
                    .map(|column| column.ty.clone());
                spec.attributes.push((&**name).into());
                KeyWhat::Column(id)
            }
            (None, Some(expression)) => {
                let read = self.expression(expression, Scope::Row(table))?;
                spec.attributes.push(index_column(expression).into());
                ty = ty.or(Some(read.ty));
                if let Some(id) = self.column_alone(table, expression) {
                    KeyWhat::Column(id)
                } else {
                    spec.needs.extend(&read.needs);
                    KeyWhat::Expression(read.sql)
                }
            }
            (None, None) => return Ok(()),
        };
        if let Some(schema) = path(&element.collation).and_then(|collation| collation.schema) {
            self.required_schema(schema)?;
        }
        if let Some(ty) = &ty {
            self.can_be_key(&spec.method, ty, element)?;
        }
        let class = match &ty {
            Some(ty) if self.is_default_class(&spec.method, &element.opclass, ty) => Class::Own,
            _ => Class::Named,
        };
        spec.keys.push(Key {
            what,
            options: options(element, class),
        });
        Ok(())
    }

    /// Returns whether an operator class is known to be the one that a type has anyway, which the
    /// server does not print.
    fn is_default_class(&self, method: &str, class: &List, ty: &Type) -> bool {
        let names: Vec<&str> = strings(class).collect();
        let ([name] | ["pg_catalog", name]) = names.as_slice() else {
            return false;
        };
        let Some(input) = builtin::operator_class(method, name)
            .filter(|class| class.is_default)
            .and_then(|class| class.input)
        else {
            return false;
        };
        if ty.array {
            return input == "anyarray";
        }
        match &ty.base {
            // These two have the classes of the type that they are stored as.
            Base::Builtin(name) if &**name == "varchar" => input == "text",
            Base::Builtin(name) if &**name == "cidr" => input == "inet",
            Base::Builtin(name) => match input {
                // Every type of `pg_catalog` that is called so is one.
                "anymultirange" => name.ends_with("multirange"),
                "anyrange" => name.ends_with("range") && !name.ends_with("multirange"),
                _ => builtin::type_display(name) == Some(input),
            },
            Base::Own(oid) => match self.store.get(*oid).map(|object| &object.def) {
                Some(Def::Type(def)) => match &def.kind {
                    TypeKind::Enum(_) => input == "anyenum",
                    TypeKind::Range(_) => input == "anyrange",
                    TypeKind::Multirange => input == "anymultirange",
                    TypeKind::Domain(domain) => self.is_default_class(method, class, &domain.base),
                    _ => false,
                },
                _ => false,
            },
            Base::Unknown => false,
        }
    }

    /// Returns the column that an expression's text is.
    pub(super) fn expression_alone(&self, table: Oid, text: &str) -> Option<ColumnId> {
        let tree = crate::sql::tree_of(&format!("SELECT {text}"))?;
        let Node::SelectStmt(select) = &*tree else {
            return None;
        };
        match select.targetList.iter().flatten().next()? {
            Node::ResTarget(target) => self.column_alone(table, target.val.as_ref()?),
            _ => None,
        }
    }

    /// Returns the column that an expression is: in parentheses, or cast to the type that it has.
    fn column_alone(&self, table: Oid, expression: &Node) -> Option<ColumnId> {
        let column = |node: &Node| {
            let Node::ColumnRef(column) = node else {
                return None;
            };
            let name = strings(&column.fields).last()?;
            let (_, relation) = self.relation_of(table)?;
            relation.columns.iter().find(|column| &*column.name == name)
        };
        match expression {
            Node::TypeCast(cast) => {
                let column = column(cast.arg.as_ref()?)?;
                let ty = self.ty(cast.typeName.as_deref()?).ok()?;
                // A type with a length is another than the one without.
                (ty.is_known() && ty == column.ty).then_some(column.id)
            }
            // A function with the name of a type that no function fits is a cast.
            Node::FuncCall(call) if call.args.len() == 1 => {
                let path = path(&call.funcname)?;
                let column = column(call.args.iter().flatten().next()?)?;
                let same = column.ty == Type::builtin(path.name)
                    && matches!(path.schema, None | Some("pg_catalog"))
                    && !self.has_routine(path.name);
                same.then_some(column.id)
            }
            plain => column(plain).map(|column| column.id),
        }
    }

    fn has_routine(&self, name: &str) -> bool {
        self.store
            .all()
            .any(|(_, object)| matches!(object.def, Def::Routine(_)) && &*object.name == name)
    }

    /// Adds an index's WHERE.
    pub(super) fn index_condition(
        &mut self,
        table: Oid,
        spec: &mut Spec,
        condition: &Node,
    ) -> Result<(), Fault> {
        let read = self.truth(condition, Scope::Row(table), "WHERE")?;
        spec.needs.extend(&read.needs);
        spec.predicate = Some(read.sql);
        Ok(())
    }
}

/// Returns a key's options as the server prints them: what is the default is left out.
fn options(element: &IndexElem, class: Class) -> String {
    let mut parts: Vec<String> = Vec::new();
    let qualified = |list: &List| {
        let names: Vec<String> = strings(list)
            .filter(|name| *name != "pg_catalog")
            .map(quote)
            .collect();
        names.join(".")
    };
    if !element.collation.is_empty() {
        parts.push(format!("COLLATE {}", qualified(&element.collation)));
    }
    if !element.opclass.is_empty() {
        let arguments = super::table::options(&element.opclassopts);
        if class == Class::Named || !arguments.is_empty() {
            parts.push(qualified(&element.opclass));
        }
        if !arguments.is_empty() {
            parts.push(format!("({})", arguments.join(", ")));
        }
    }
    let descending = element.ordering == SortByDir::SORTBY_DESC;
    if descending {
        parts.push("DESC".to_owned());
    }
    match element.nulls_ordering {
        SortByNulls::SORTBY_NULLS_FIRST if !descending => parts.push("NULLS FIRST".to_owned()),
        SortByNulls::SORTBY_NULLS_LAST if descending => parts.push("NULLS LAST".to_owned()),
        _ => {}
    }
    parts.join(" ")
}

fn is_no_table(name: &str, what: &str) -> Fault {
    Fault::new("42809", format!("\"{name}\" is {what}"))
}

#[cfg(test)]
mod tests;
