//! Types and extensions.

use crate::catalog::{
    Catalog,
    object::{Column, Extension, Object, TypeDef, TypeKind},
    picture::Row,
    resolve::quote,
};

impl Catalog {
    /// A multirange comes with its range, and has no row.
    pub(super) fn type_row(&self, object: &Object, def: &TypeDef) -> Option<Row> {
        let row = Row::new("type", self.identity(object));
        Some(match &def.kind {
            TypeKind::Enum(labels) => {
                let row = row.text("kind", "enum");
                row.maybe("labels", (!labels.is_empty()).then(|| labels.join(", ")))
            }
            TypeKind::Composite(attributes) => {
                let row = row.text("kind", "composite");
                if attributes.is_empty() && !object.open {
                    row
                } else {
                    let list = self.attribute_list(attributes).filter(|_| !object.open);
                    row.known("attributes", list)
                }
            }
            TypeKind::Domain(domain) => row
                .text("kind", "domain")
                .known("base", self.type_text(&domain.base))
                .maybe("not null", domain.not_null.then_some("yes"))
                .maybe_expression("default", domain.default.as_ref().map(|sql| self.text(sql))),
            TypeKind::Range(subtype) => row
                .text("kind", "range")
                .known("subtype", self.type_text(subtype)),
            TypeKind::Multirange => return None,
            TypeKind::Shell => row.text("kind", "shell"),
            TypeKind::Base => row.text("kind", "base"),
        })
    }

    fn attribute_list(&self, attributes: &[Column]) -> Option<String> {
        let list: Option<Vec<String>> = attributes
            .iter()
            .map(|attribute| {
                let ty = self.type_text(&attribute.ty)?;
                Some(format!("{} {ty}", quote(&attribute.name)))
            })
            .collect();
        list.map(|list| list.join(", "))
    }

    pub(super) fn extension_row(&self, object: &Object, extension: &Extension) -> Row {
        let schema = extension.schema.known().and_then(|oid| {
            let named = *oid != self.elsewhere;
            self.identity_of(*oid).filter(|_| named)
        });
        Row::new("extension", self.identity(object)).known("schema", schema)
    }
}
