//! Several sets in one database.

use samokoder_migrate::{revision::Target, verb};

use crate::support::{Given, worlds};

#[test]
fn two_sets_share_a_schema_and_do_not_see_each_other() {
    let set = |name: &str| {
        Given::new()
            .named(name)
            .migration(
                "a",
                &format!("CREATE TABLE {name}_a (id int)"),
                &format!("DROP TABLE {name}_a"),
            )
            .migration(
                "b",
                &format!("CREATE TABLE {name}_b (id int)"),
                &format!("DROP TABLE {name}_b"),
            )
            .seed(
                "s",
                &format!("INSERT INTO {name}_a VALUES (1) ON CONFLICT DO NOTHING"),
            )
            .set()
    };
    let (billing, mail) = (set("billing"), set("mail"));
    for mut world in worlds() {
        world.up(&billing).unwrap();
        let status = world.client.status(verb::status(&mail)).unwrap();
        assert!(status.applied().is_empty());
        world.up_to(&mail, 1).unwrap();
        assert!(world.up(&billing).unwrap().is_noop());
        world.up(&mail).unwrap();
        for set in [&billing, &mail] {
            let noop = world.up(set).unwrap();
            assert_eq!((noop.steps().len(), noop.round_trips()), (0, 1));
        }
        world.down_to(&billing, 0).unwrap();
        assert_eq!(world.history(), ["001_a", "002_b"]);
        assert!(world.exists("mail_b") && !world.exists("billing_a"));
        assert!(world.up(&mail).unwrap().is_noop());
        world
            .client
            .run(verb::stamp(&billing, Target::Head))
            .unwrap();
        assert_eq!(
            world.admin.column(
                "SELECT set_name || ' ' || label FROM samokoder_migrate.history ORDER BY 1"
            ),
            ["billing 001_a", "billing 002_b", "mail 001_a", "mail 002_b"]
        );
        // An unfinished script of one does not stop the other.
        world.admin.execute(
            "INSERT INTO samokoder_migrate.unfinished (set_name, position, version, label, direction, checksum, statement, statements, outcome, run)
             VALUES ('billing', 3, '3', '003_c', 'upgrade', '', 1, 1, 'begun', '')",
        );
        world.down_to(&mail, 0).unwrap();
        assert_eq!(world.up(&billing).unwrap_err().code().as_str(), "SM0606");
    }
}

#[test]
fn a_schema_of_its_own_may_need_quotes() {
    let set = Given::new()
        .in_schema("Our \"own\" Schema")
        .migration("a", "CREATE TABLE a (id int)", "DROP TABLE a")
        .migration("b", "SELECT 1", "SELECT 1")
        .set();
    for mut world in worlds() {
        world.up_to(&set, 1).unwrap();
        world.up(&set).unwrap();
        assert!(world.up(&set).unwrap().is_noop());
        assert_eq!(
            world
                .admin
                .value("SELECT count(*) FROM \"Our \"\"own\"\" Schema\".history"),
            "2"
        );
        assert!(!world.exists("samokoder_migrate.history"));
        world.down_to(&set, 0).unwrap();
    }
}
