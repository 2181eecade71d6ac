//! The path through another macro's literal, and the module inside a function.

macro_rules! schema {
    ($folder:literal, $version:literal) => {
        samokoder_migrate::embed_migrations!($folder, postgres = $version);
    };
}

fn main() {
    schema!("./nested", 15);
    assert_eq!(migrations::Revision::ALL.len(), 1);
}
