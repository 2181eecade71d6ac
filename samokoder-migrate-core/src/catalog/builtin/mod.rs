//! What is there without a migration having made it: the server's own, extensions, platforms.
//!
//! The lists are unions over the supported versions of PostgreSQL, with their contrib extensions, made
//! by `cargo xtask builtins`. They are searched as the text they are: no table is built at run time.

mod class;
mod extension;
mod lookup;
mod name;
mod relation;
mod routine;
mod signature;
pub(crate) mod supabase;
#[cfg(test)]
mod tests;
mod types;

pub(crate) use class::{access_method, has_default_class, is_access_method, operator_class};
pub(crate) use extension::{
    Extension, extension, extension_has_class, extension_has_default_class,
    extension_with_access_method, extension_with_operator, extension_with_relation,
    extension_with_routine, extension_with_type,
};
pub(crate) use name::{is_language, is_operator, is_text_search_config};
pub(crate) use relation::relation;
pub(crate) use routine::{Arities, Kind as RoutineKind, Routine, routine};
pub(crate) use signature::{Context, Operator, Signature, cast, operators, signatures};
pub(crate) use types::{Kind as TypeKind, is_type, type_category, type_display, type_kind};
