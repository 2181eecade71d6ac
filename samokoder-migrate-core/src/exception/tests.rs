use crate::{
    check::{Baseline, Checked, Judgement, Options, check},
    folder::Folder,
};

fn told(checked: &Checked) -> Vec<String> {
    checked
        .exceptions
        .iter()
        .map(|exception| {
            let path = exception.path.as_deref().unwrap_or("-");
            let position = exception.position.map(|position| position.to_string());
            format!(
                "{path} {} {}: {}",
                position.as_deref().unwrap_or("-"),
                exception.kind,
                exception.reason.as_deref().unwrap_or("-")
            )
        })
        .collect()
}

fn users() -> Folder {
    Folder::new("migrations")
        .file("001_users.up.sql", "CREATE TABLE users (id bigint);")
        .file("001_users.down.sql", "DROP TABLE users;")
}

#[test]
fn a_set_that_takes_no_way_out_has_no_exception() {
    let checked = check(&users(), None, &Options::default());
    assert!(checked.diagnostics.is_empty());
    assert_eq!(checked.exceptions, []);
}

#[test]
fn every_way_out_is_listed_by_place_with_its_reason() {
    let folder = users()
        .file(
            "002_a.up.sql",
            "-- samokoder: irreversible \"rows are gone\"\nDELETE FROM users;",
        )
        .file(
            "003_b.up.sql",
            "-- samokoder: touches table users, index users_i\nDO 'BEGIN END';",
        )
        .file(
            "003_b.down.sql",
            "-- samokoder: irreversible \"no one knows\"",
        );
    let seeds = Folder::new("seeds").file(
        "s.sql",
        "-- samokoder: allow(seed-not-repeatable) \"by hand\"\nINSERT INTO users VALUES (1);",
    );
    let options = Options {
        catalog: Judgement::Warn,
        baseline: Baseline::Unknown,
        ..Options::default()
    };
    let checked = check(&folder, Some(&seeds), &options);
    assert_eq!(
        told(&checked),
        [
            "migrations/002_a.up.sql 1:4 irreversible: rows are gone",
            "migrations/003_b.down.sql 1:4 irreversible: no one knows",
            "migrations/003_b.up.sql 1:23 touches table users: -",
            "migrations/003_b.up.sql 1:36 touches index users_i: -",
            "seeds/s.sql 1:21 allow(seed-not-repeatable): by hand",
            "- - catalog = \"warn\": -",
            "- - baseline = \"unknown\": -",
        ]
    );
}

#[test]
fn what_the_lock_file_accepts_is_listed_where_it_does() {
    let folder = users()
        .file("001_users.down.sql", "DROP TABEL users;")
        .file("002_a.up.sql", "CREATE TABLE a ();");
    let upgrades = check(&folder, None, &Options::default()).upgrades;
    let lock = crate::lock::Lock::new(upgrades).accept("001_users", "it was never run");
    let locked = folder.file(crate::lock::FILE, lock.to_string());
    let checked = check(&locked, None, &Options::default());
    assert_eq!(
        told(&checked),
        [
            "migrations/migrations.lock 3:5 accept-downgrade 001_users: it was never run",
            "migrations/migrations.lock 4:1 no downgrade of 002_a: it was released without one",
        ]
    );
}
