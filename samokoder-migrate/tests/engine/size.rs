//! A thousand migrations, and a large seed.

use crate::support::{Given, worlds};

#[test]
fn a_thousand_migrations_and_three_megabytes_go_in_messages_of_about_one() {
    const COUNT: usize = 1000;
    let mut seed = String::from("INSERT INTO big (id, t) VALUES\n");
    for i in 0..60_000 {
        seed.push_str(&format!(
            "({i}, 'forty characters of text, more or less'),\n"
        ));
    }
    seed.push_str("(-1, 'last') ON CONFLICT DO NOTHING");
    assert!(seed.len() > 3_000_000);
    let set = (1..=COUNT)
        .fold(
            Given::new().migration(
                "big",
                "CREATE TABLE big (id int PRIMARY KEY, t text)",
                "DROP TABLE big",
            ),
            |given, i| {
                given.migration(
                    &format!("m{i}"),
                    &format!("COMMENT ON TABLE big IS '{i}'"),
                    "COMMENT ON TABLE big IS NULL",
                )
            },
        )
        .seed("big", &seed)
        .seed(
            "small",
            "INSERT INTO big VALUES (-2, '') ON CONFLICT DO NOTHING",
        )
        .set();
    for mut world in worlds() {
        let report = world.up(&set).unwrap();
        assert_eq!(report.steps().len(), COUNT + 3);
        assert!(report.steps().iter().all(|step| step.duration.is_some()));
        let up = report.round_trips();
        assert!((4..=8).contains(&up), "{up} messages");
        assert_eq!(world.admin.value("SELECT count(*) FROM big"), "60002");
        assert_eq!(
            world
                .admin
                .value("SELECT count(*) FROM samokoder_migrate.history"),
            "1001"
        );
        let noop = world.up(&set).unwrap();
        assert_eq!((noop.steps().len(), noop.round_trips()), (0, 1));
        let report = world.down_to(&set, 0).unwrap();
        assert_eq!(report.steps().len(), COUNT + 1);
        let down = report.round_trips();
        assert!((2..=5).contains(&down), "{down} messages");
        assert!(!world.exists("big"));
    }
}
