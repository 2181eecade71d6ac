//! What the generated module offers.
#![deny(missing_docs)]

use migrations::{Env, Revision, Seed};
use samokoder_migrate::Version;

samokoder_migrate::embed_migrations!("./module/migrations", seeds = "./module/seeds");

#[test]
fn revisions_are_in_order_of_version() {
    assert_eq!(
        Revision::ALL,
        [
            Revision::InitialSchema,
            Revision::ДобавитьПоле,
            Revision::R2fa,
            Revision::Base4,
            Revision::HeadCount,
        ]
    );
    assert!(Revision::Base < Revision::InitialSchema);
    assert!(Revision::HeadCount < Revision::Head);
}

#[test]
fn a_revision_knows_its_version_and_name() {
    assert_eq!(Revision::R2fa.version(), Some(Version::new(3)));
    assert_eq!(Revision::R2fa.name(), "2fa");
    assert_eq!(Revision::R2fa.to_string(), "0003_2fa");
    assert_eq!(Revision::Base.version(), None);
    assert_eq!(Revision::Base.name(), "base");
    assert_eq!(
        format!("{:>6}|{}", Revision::Base, Revision::Head),
        "  base|head"
    );
}

#[test]
fn head_stands_for_the_last_migration() {
    let last = Revision::HeadCount;
    assert_eq!(Revision::Head.resolve(), last);
    assert_eq!(Revision::Head.version(), last.version());
    assert_eq!(Revision::Head.name(), "head_count");
    assert_eq!(Revision::Head.prev(), Some(Revision::Base4));
    assert_eq!(Revision::Base.resolve(), Revision::Base);
}

#[test]
fn neighbours_end_at_base_and_at_the_last_migration() {
    let up: Vec<_> =
        std::iter::successors(Some(Revision::Base), |revision| revision.next()).collect();
    let mut down: Vec<_> =
        std::iter::successors(Some(Revision::Head.resolve()), |revision| revision.prev()).collect();
    down.reverse();
    assert_eq!(up, down);
    assert_eq!(up[1..], *Revision::ALL);
    assert_eq!(Revision::Head.next(), None);
}

#[test]
fn a_revision_is_read_from_what_a_person_types() {
    for (text, revision) in [
        ("base", Revision::Base),
        ("0004_base", Revision::Base4),
        ("head", Revision::Head),
        ("1", Revision::InitialSchema),
        ("001", Revision::InitialSchema),
        ("2fa", Revision::R2fa),
        ("0003_2fa", Revision::R2fa),
        ("добавить_поле", Revision::ДобавитьПоле),
        ("20250127100000", Revision::HeadCount),
    ] {
        assert_eq!(text.parse(), Ok(revision), "{text}");
    }
    for revision in Revision::ALL {
        assert_eq!(revision.to_string().parse(), Ok(*revision));
    }
    let error = "9".parse::<Revision>().unwrap_err();
    assert!(error.to_string().contains("`9`"), "{error}");
}

#[test]
fn seeds_know_their_environments() {
    assert_eq!(
        Seed::ALL,
        [Seed::Defaults, Seed::DevDemoUsers, Seed::TestDemoUsers]
    );
    assert_eq!(Seed::TestDemoUsers.path(), "test/demo_users");
    assert_eq!(Seed::TestDemoUsers.environment(), Some(Env::Test));
    assert_eq!(Seed::Defaults.environment(), None);
    assert_eq!("dev/demo_users".parse(), Ok(Seed::DevDemoUsers));
    assert_eq!(
        "demo".parse::<Seed>().unwrap_err().to_string(),
        "no seed is called `demo`; there are `defaults`, `dev/demo_users`, `test/demo_users`"
    );
}

#[test]
fn environments_are_the_folders_of_seeds() {
    assert_eq!(Env::ALL, [Env::Dev, Env::Test]);
    assert_eq!(Env::Dev.to_string(), "dev");
    assert_eq!("test".parse(), Ok(Env::Test));
    assert_eq!(
        "prod".parse::<Env>().unwrap_err().to_string(),
        "no environment is called `prod`; there are `dev`, `test`"
    );
}

#[test]
fn the_set_holds_the_text_that_was_checked() {
    let set = &migrations::SET;
    assert_eq!((set.name(), set.schema()), ("main", "samokoder_migrate"));
    let second = &set.migrations()[1];
    assert_eq!(
        second.upgrade().text(),
        include_str!("module/migrations/002_добавить_поле.up.sql")
    );
    assert!(
        second
            .upgrade()
            .path()
            .ends_with("module/migrations/002_добавить_поле.up.sql")
    );
    assert_eq!(
        second.downgrade().script().unwrap().text(),
        "ALTER TABLE account DROP COLUMN note;\n"
    );
    assert_eq!(set.seeds()[1].environment(), Some("dev"));
}

/// Several sets, arguments of every kind, in one crate.
pub mod others {
    samokoder_migrate::embed_migrations!(
        "./module/migrations",
        seeds = "./module/seeds",
        module = "billing_db",
        postgres = 15,
        profile = "supabase",
        set = "бил'линг",
        schema = r#"my "schema""#,
    );
}

#[test]
fn sets_live_side_by_side() {
    let set = &others::billing_db::SET;
    assert_eq!((set.name(), set.schema()), ("бил'линг", "my \"schema\""));
    assert_eq!(others::billing_db::Revision::ALL.len(), 5);
}
