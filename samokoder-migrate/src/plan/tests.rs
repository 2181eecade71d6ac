//! From a state and a goal to a plan or a refusal, by table.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{Alignment, Downward, Goal, NewerDatabase, Repair, Seen, Situation, align, plan};
use crate::{
    Digest, Version,
    revision::{Point, Target},
    set::{Downgrade, Migration, Script, Seed, Set, Transaction},
    state::{Outcome, RanSeed, Recorded, Row, Unfinished},
};

fn script(path: &str, checksum: u8) -> Script {
    Script {
        path: path.to_owned().into(),
        text: "SELECT 1; SELECT 2".into(),
        statements: vec![[0, 8], [10, 18]].into(),
        transaction: Transaction::Inside,
        lock_timeout: None,
        statement_timeout: None,
        settings: Vec::new().into(),
        traces: Vec::new().into(),
        checksum: Digest::new([checksum; 32]),
    }
}

/// A set of so many migrations, whose upgrades' checksums are 1, 2, … and downgrades' 101, 102, …
fn set(count: u8) -> Set {
    let migration = |i: u8| {
        let label = format!("{i:03}_{}", char::from(b'a' + i - 1));
        Migration {
            version: Version::new(i64::from(i)),
            name: label.get(4..).unwrap_or_default().to_owned().into(),
            upgrade: script(&format!("migrations/{label}.up.sql"), i),
            downgrade: Downgrade::Script(script(&format!("migrations/{label}.down.sql"), 100 + i)),
            label: label.into(),
            chain: Digest::new([i; 32]),
            downgrade_chain: Digest::new([100 + i; 32]),
        }
    };
    let seed = |path: &str, environment: Option<&str>, checksum| Seed {
        path: path.to_owned().into(),
        environment: environment.map(|name| name.to_owned().into()),
        script: script(&format!("seeds/{path}.sql"), checksum),
        rows: None,
    };
    Set {
        name: "main".into(),
        schema: "samokoder_migrate".into(),
        package: [None; 2],
        seed_folder: None,
        migrations: (1..=count).map(migration).collect(),
        seeds: vec![
            seed("settings", None, 201),
            seed("dev/users", Some("dev"), 202),
        ]
        .into(),
    }
}

fn irreversible(mut set: Set, position: usize) -> Set {
    let mut migrations = set.migrations.into_owned();
    migrations[position - 1].downgrade = Downgrade::irreversible("it drops a column");
    set.migrations = migrations.into();
    set
}

fn recorded(count: u8) -> Recorded {
    Recorded {
        format: "samokoder-migrate format 1".to_owned(),
        line: "history".to_owned(),
        count: count.into(),
        last: count.into(),
        chain: Some(Digest::new([count; 32])),
        downgrade_chain: Some(Digest::new([100 + count; 32])),
        ..Recorded::default()
    }
}

fn rows(checksums: &[(usize, u8, u8)]) -> Vec<Row> {
    checksums
        .iter()
        .map(|&(position, checksum, downgrade)| Row {
            position,
            version: position.to_string(),
            name: "x".to_owned(),
            label: format!("{position:03}_x"),
            checksum: Digest::new([checksum; 32]).to_string(),
            downgrade_checksum: Digest::new([downgrade; 32]).to_string(),
            applied_at: String::new(),
            duration_ms: None,
        })
        .collect()
}

fn unfinished(position: usize, upgrade: bool, statement: usize, outcome: Outcome) -> Unfinished {
    Unfinished {
        position,
        version: position.to_string(),
        label: format!("{position:03}_{}", ["a", "b", "c"][position - 1]),
        upgrade,
        checksum: Digest::new(
            [u8::try_from(position).unwrap() + if upgrade { 0 } else { 100 }; 32],
        )
        .to_string(),
        statement,
        statements: 2,
        outcome,
        run: "run".to_owned(),
    }
}

fn at(point: usize) -> Alignment {
    Alignment::At {
        point: Point(point),
        stale: Vec::new(),
    }
}

fn up(point: usize) -> Goal {
    Goal::RunTo(Target::At(Point(point)), Downward::Refused)
}

const HEAD: Goal = Goal::RunTo(Target::Head, Downward::Refused);

/// A row of the table.
struct Case {
    title: &'static str,
    set: Set,
    recorded: Option<Recorded>,
    alignment: Alignment,
    goal: Goal,
    environment: Option<&'static str>,
    newer: NewerDatabase,
    seen: Option<Seen>,
}

fn case(title: &'static str, here: u8, goal: Goal) -> Case {
    Case {
        title,
        set: set(3),
        recorded: Some(recorded(here)),
        alignment: at(here.into()),
        goal,
        environment: None,
        newer: NewerDatabase::Accept,
        seen: None,
    }
}

/// Writes what comes of each case, with what only the engine reads of a step in brackets.
fn shown(cases: Vec<Case>) -> String {
    let mut text = String::new();
    for case in cases {
        let situation = Situation {
            set: &case.set,
            recorded: case.recorded.as_ref(),
            alignment: &case.alignment,
            environment: case.environment,
            newer: case.newer,
            files: &BTreeMap::new(),
            stored: &[],
            seen: case.seen.as_ref(),
        };
        writeln!(text, "## {}", case.title).unwrap();
        match plan(situation, &case.goal) {
            Err(error) => text.push_str(&error.rendered()),
            Ok(plan) => {
                for warning in &plan.warnings {
                    writeln!(text, "warning: {warning}").unwrap();
                }
                write!(text, "from {}: {plan}", plan.from).unwrap();
                for step in plan.steps {
                    if step.resume.is_some() || !step.refresh.is_empty() || !step.seen.is_empty() {
                        writeln!(
                            text,
                            "[{} resume {:?} refresh {:?} seen {}]",
                            step.subject,
                            step.resume,
                            step.refresh,
                            step.seen.get(..8).unwrap_or_default()
                        )
                        .unwrap();
                    }
                }
            }
        }
        text.push('\n');
    }
    text
}

#[test]
fn plans_the_way_up_and_the_seeds_that_are_due() {
    let ran = |path: &str, checksum: u8| RanSeed {
        path: path.to_owned(),
        checksum: Digest::new([checksum; 32]).to_string(),
        position: 3,
    };
    let with = |seeds: Vec<RanSeed>| {
        Some(Recorded {
            seeds,
            ..recorded(3)
        })
    };
    insta::assert_snapshot!(shown(vec![
        Case {
            recorded: None,
            ..case("an empty database, to head", 0, HEAD)
        },
        case("to the middle: no seeds", 0, up(2)),
        case("from the middle", 1, HEAD),
        Case {
            environment: Some("dev"),
            ..case("with an environment", 2, HEAD)
        },
        Case {
            recorded: with(vec![ran("settings", 201)]),
            ..case("at head, seeded", 3, HEAD)
        },
        Case {
            recorded: with(vec![ran("settings", 9)]),
            ..case("at head, a seed changed", 3, HEAD)
        },
        Case {
            recorded: with(vec![ran("settings", 201)]),
            ..case("one seed again", 3, Goal::Seed(0))
        },
        case("one seed below head", 2, Goal::Seed(0)),
        case("no such seed", 3, Goal::Seed(2)),
        case("above head", 0, up(4)),
    ]));
}

#[test]
fn plans_the_way_down_and_refuses_what_it_must() {
    insta::assert_snapshot!(shown(vec![
        case("two down", 3, Goal::Downgrade(2)),
        case("too many down", 1, Goal::Downgrade(2)),
        case("down to base", 2, Goal::DowngradeTo(Target::BASE)),
        case(
            "down to where it is",
            2,
            Goal::DowngradeTo(Target::At(Point(2)))
        ),
        case("down to above", 1, Goal::DowngradeTo(Target::Head)),
        case("run_to below", 3, up(1)),
        case(
            "run_to below, allowed",
            3,
            Goal::RunTo(Target::At(Point(1)), Downward::Allowed)
        ),
        Case {
            set: irreversible(set(3), 2),
            ..case(
                "past an irreversible one",
                3,
                Goal::DowngradeTo(Target::BASE)
            )
        },
        Case {
            set: irreversible(irreversible(set(3), 2), 3),
            ..case("past two", 3, Goal::DowngradeTo(Target::BASE))
        },
        Case {
            set: irreversible(set(3), 2),
            ..case("above an irreversible one", 3, Goal::Downgrade(1))
        },
    ]));
}

#[test]
fn says_how_the_databases_history_lies_to_the_builds() {
    let ahead = || Alignment::Ahead {
        rows: rows(&[
            (1, 1, 101),
            (2, 2, 102),
            (3, 3, 103),
            (4, 4, 104),
            (5, 5, 105),
        ]),
    };
    let mut other = rows(&[(1, 1, 101), (2, 9, 102)]);
    let twice = other.clone();
    other[1].name = "b".to_owned();
    let mut overtaken = twice.clone();
    overtaken[1].version = "3".to_owned();
    overtaken[1].label = "003_c".to_owned();
    let mut branch = rows(&[(1, 1, 101), (2, 9, 102)]);
    branch[1].version = "7".to_owned();
    branch[1].label = "007_x".to_owned();
    insta::assert_snapshot!(shown(vec![
        Case {
            alignment: Alignment::At {
                point: Point(2),
                stale: vec![1, 2]
            },
            ..case("stale downgrades", 2, up(3))
        },
        Case {
            alignment: ahead(),
            ..case("ahead", 5, HEAD)
        },
        Case {
            alignment: ahead(),
            newer: NewerDatabase::Refuse,
            ..case("ahead, refused", 5, HEAD)
        },
        Case {
            alignment: ahead(),
            ..case("ahead, and down", 5, Goal::Downgrade(1))
        },
        Case {
            alignment: Alignment::of_rows(&set(3), other),
            ..case("edited", 2, HEAD)
        },
        Case {
            alignment: Alignment::of_rows(&set(3), twice),
            ..case("one version, two migrations", 2, HEAD)
        },
        Case {
            alignment: Alignment::of_rows(&set(3), overtaken),
            ..case("overtaken", 2, HEAD)
        },
        Case {
            alignment: Alignment::of_rows(&set(3), branch),
            ..case("another branch", 2, HEAD)
        },
        Case {
            alignment: Alignment::of_rows(&set(3), rows(&[(1, 1, 101), (3, 3, 103)])),
            ..case("a row removed", 2, HEAD)
        },
        Case {
            alignment: Alignment::of_rows(&set(3), rows(&[(1, 1, 101), (3, 3, 103)])),
            ..case(
                "a row removed, and a stamp",
                2,
                Goal::Stamp(Target::At(Point(3)))
            )
        },
    ]));
}

#[test]
fn goes_on_with_an_unfinished_script_only_where_its_outcome_is_known() {
    let seen = |title, seen, here, goal, unfinished| Case {
        seen: Some(seen),
        ..with(title, here, goal, unfinished)
    };
    let left = || Seen::Not {
        left: Some("public.i".to_owned()),
    };
    let mut edited = unfinished(2, true, 2, Outcome::Refused);
    edited.checksum = "0".repeat(64);
    insta::assert_snapshot!(shown(vec![
        with(
            "refused, the same again",
            1,
            HEAD,
            unfinished(2, true, 2, Outcome::Refused)
        ),
        with(
            "refused on the way down",
            2,
            Goal::Downgrade(1),
            unfinished(2, false, 2, Outcome::Refused)
        ),
        with(
            "refused, another way",
            1,
            Goal::Downgrade(1),
            unfinished(2, true, 2, Outcome::Refused)
        ),
        with("refused, then edited", 1, HEAD, edited),
        with("begun", 1, HEAD, unfinished(2, true, 1, Outcome::Begun)),
        with(
            "begun on the way down",
            2,
            HEAD,
            unfinished(2, false, 1, Outcome::Begun)
        ),
        seen(
            "begun, and it happened",
            Seen::Happened,
            1,
            HEAD,
            unfinished(2, true, 1, Outcome::Begun)
        ),
        seen(
            "begun, and the last one happened",
            Seen::Happened,
            1,
            HEAD,
            unfinished(2, true, 2, Outcome::Begun)
        ),
        seen(
            "begun, and an index is invalid",
            left(),
            1,
            HEAD,
            unfinished(2, true, 1, Outcome::Begun)
        ),
        seen(
            "refused, and an index is invalid",
            left(),
            2,
            Goal::Downgrade(1),
            unfinished(2, false, 2, Outcome::Refused)
        ),
        with(
            "nothing else to do",
            1,
            up(1),
            unfinished(2, true, 2, Outcome::Refused)
        ),
        with(
            "a stamp where it is",
            1,
            Goal::Stamp(Target::At(Point(1))),
            unfinished(2, true, 1, Outcome::Begun)
        ),
    ]));
}

#[test]
fn a_decision_is_what_a_script_goes_on_by() {
    insta::assert_snapshot!(shown(vec![
        with(
            "decided: all of it happened",
            1,
            HEAD,
            unfinished(2, true, 3, Outcome::Decided)
        ),
        with(
            "decided, another way",
            1,
            Goal::Downgrade(1),
            unfinished(2, true, 2, Outcome::Decided)
        ),
        with(
            "to decide: done",
            1,
            Goal::Repair(Repair::Done),
            unfinished(2, true, 2, Outcome::Begun)
        ),
        with(
            "to decide: again",
            1,
            Goal::Repair(Repair::Again),
            unfinished(2, true, 2, Outcome::Begun)
        ),
        with(
            "nothing to decide: refused",
            1,
            Goal::Repair(Repair::Again),
            unfinished(2, true, 2, Outcome::Refused)
        ),
        case("nothing to decide", 1, Goal::Repair(Repair::Done)),
    ]));
}

/// A case in which a script was begun and not ended.
fn with(title: &'static str, here: u8, goal: Goal, unfinished: Unfinished) -> Case {
    Case {
        recorded: Some(Recorded {
            unfinished: Some(unfinished),
            ..recorded(here)
        }),
        ..case(title, here, goal)
    }
}

#[test]
fn stamps_only_where_something_changes() {
    insta::assert_snapshot!(shown(vec![
        case("where it is", 2, Goal::Stamp(Target::At(Point(2)))),
        case("above", 1, Goal::Stamp(Target::Head)),
        case("to base", 1, Goal::Stamp(Target::BASE)),
        case("nowhere", 1, Goal::Stamp(Target::At(Point(9)))),
    ]));
}

#[test]
fn digests_settle_what_is_equal_and_nothing_else() {
    let set = set(3);
    assert_eq!(align(&set, None), Some(at(0)));
    assert_eq!(align(&set, Some(&recorded(0))), Some(at(0)));
    assert_eq!(align(&set, Some(&recorded(2))), Some(at(2)));
    // More than the build has, a gap, another upgrade, another downgrade, no digest.
    assert_eq!(align(&set, Some(&recorded(4))), None);
    let other = [
        Recorded {
            last: 3,
            ..recorded(2)
        },
        Recorded {
            count: 0,
            last: 3,
            ..recorded(0)
        },
        Recorded {
            chain: Some(Digest::new([9; 32])),
            ..recorded(2)
        },
        Recorded {
            downgrade_chain: Some(Digest::new([9; 32])),
            ..recorded(2)
        },
        Recorded {
            chain: None,
            ..recorded(2)
        },
    ];
    for recorded in other {
        assert_eq!(align(&set, Some(&recorded)), None, "{recorded:?}");
    }
}

#[test]
fn rows_tell_stale_downgrades_from_edits() {
    let set = irreversible(set(3), 3);
    let of = |list: &[(usize, u8, u8)]| Alignment::of_rows(&set, rows(list));
    assert_eq!(of(&[]), at(0));
    assert_eq!(of(&[(1, 1, 101), (2, 2, 102), (3, 3, 0)]), at(3));
    assert_eq!(
        of(&[(1, 1, 9), (2, 2, 102), (3, 3, 9)]),
        Alignment::At {
            point: Point(3),
            stale: vec![1, 3]
        }
    );
    assert!(matches!(
        of(&[(1, 1, 9), (2, 9, 102)]),
        Alignment::Diverged { position: 2, .. }
    ));
    assert!(matches!(of(&[(2, 2, 102)]), Alignment::Altered { .. }));
    assert!(matches!(
        of(&[(1, 1, 101), (2, 2, 102), (3, 3, 0), (4, 4, 104)]),
        Alignment::Ahead { .. }
    ));
}
