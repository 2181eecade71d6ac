//! In a private module of a binary, without seeds, with most of it unused.

mod store {
    #[deny(warnings)]
    mod schema {
        samokoder_migrate::embed_migrations!("./nested", module = "billing_db");

        pub(super) fn last() -> &'static str {
            billing_db::Revision::Head.name()
        }
    }

    pub(crate) fn last() -> &'static str {
        schema::last()
    }
}

fn main() {
    assert_eq!(store::last(), "create_users");
}
