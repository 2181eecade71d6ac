//! A crate that denies all that a crate can deny.
#![no_implicit_prelude]
#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    missing_copy_implementations,
    unreachable_pub,
    unused,
    unused_qualifications,
    unused_results,
    non_ascii_idents,
    nonstandard_style,
    rust_2018_idioms,
    rust_2024_compatibility,
    future_incompatible,
    let_underscore_drop,
    elided_lifetimes_in_paths,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unsafe_code,
    variant_size_differences,
    clippy::all,
    clippy::pedantic,
    clippy::nursery
)]

// Every name that the generated code may want, taken for something else.
mod samokoder {}
mod __private {}
mod core {}
mod std {}
#[allow(dead_code)]
struct Option;
#[allow(unused_macros)]
macro_rules! include_bytes {
    () => {};
}

::samokoder_migrate::embed_migrations!(
    "./strict/migrations",
    seeds = "./strict/seeds",
    module = "db"
);

#[::core::prelude::v1::test]
fn the_generated_module_is_quiet() {
    ::std::assert_eq!(db::Revision::ALL.len(), 4);
    ::std::assert_eq!(db::Revision::Head.name(), "head_count");
}
