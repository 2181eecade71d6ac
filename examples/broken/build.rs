//! Has cargo build again when a migration is added or deleted.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rustc-env=SAMOKODER_MIGRATE_WATCH=migrations");
}
