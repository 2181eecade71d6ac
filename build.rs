//! Has cargo build again when a file is added or deleted, as users of `embed_migrations!` do.
#![allow(
    clippy::print_stdout,
    reason = "a build script speaks to cargo on standard output"
)]

fn main() {
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rerun-if-changed=seeds");
    println!("cargo::rerun-if-changed=tests/explain");
    println!("cargo::rerun-if-changed=tests/module");
    println!("cargo::rerun-if-changed=tests/strict");
    println!(
        "cargo::rustc-env=SAMOKODER_MIGRATE_WATCH=migrations,seeds,tests/explain,tests/module,tests/strict"
    );
}
