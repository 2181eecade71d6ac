use super::{compare, refusal};
use crate::{
    Digest, Version,
    compat::refinery::{Form, Outcome, Width, checksum::checksum, table::Recorded},
    set::{Downgrade, Migration, Script, Set, Transaction},
};

fn set(migrations: &[(i64, &'static str)]) -> Set {
    let migrations = migrations.iter().map(|&(version, name)| {
        let upgrade = Script {
            path: format!("migrations/V{version}__{name}.sql").into(),
            text: text(version).into(),
            statements: vec![[0, 8]].into(),
            transaction: Transaction::Inside,
            lock_timeout: None,
            statement_timeout: None,
            traces: Vec::new().into(),
            settings: vec![].into(),
            checksum: Digest::new([0; 32]),
        };
        Migration {
            version: Version::new(version),
            name: name.into(),
            label: format!("V{version}__{name}").into(),
            upgrade,
            downgrade: Downgrade::irreversible("none"),
            chain: Digest::new([0; 32]),
            downgrade_chain: Digest::new([0; 32]),
        }
    });
    Set {
        name: "main".into(),
        schema: "samokoder_migrate".into(),
        package: [None; 2],
        migrations: migrations.collect(),
        seeds: vec![].into(),
    }
}

fn text(version: i64) -> String {
    format!("SELECT {version}\n")
}

fn row(version: i64, name: &str) -> Recorded {
    Recorded {
        version,
        name: Some(name.to_owned()),
        checksum: checksum(name, version, Width::Bits32, &text(version)).map(|sum| sum.to_string()),
        applied_at: Some(version * 1000),
    }
}

fn outcomes(set: &Set, recorded: &[Recorded]) -> Vec<Outcome> {
    compare(set, recorded)
        .into_iter()
        .map(|row| row.outcome)
        .collect()
}

const MATCHED: Outcome = Outcome::Matched {
    form: Form::Lf,
    width: Width::Bits32,
};

#[test]
fn matches_a_beginning() {
    let set = set(&[(1, "a"), (2, "b"), (3, "c")]);
    let recorded = [row(1, "a"), row(2, "b")];
    assert_eq!(
        outcomes(&set, &recorded),
        [MATCHED, MATCHED, Outcome::Pending]
    );
    assert_eq!(refusal(&set, "t", &compare(&set, &recorded)), None);
}

#[test]
fn sees_each_way_not_to_fit() {
    let set = set(&[(1, "a"), (2, "b"), (3, "c"), (4, "d"), (6, "f")]);
    let mut edited = row(1, "a");
    edited.checksum = Some("12345".to_owned());
    let mut late = row(2, "b");
    late.applied_at = Some(5500);
    let recorded = [edited, late, row(4, "other"), row(5, "gone")];
    let rows = compare(&set, &recorded);
    assert_eq!(
        rows.iter()
            .map(|row| row.outcome.clone())
            .collect::<Vec<_>>(),
        [
            Outcome::ChecksumDiffers,
            Outcome::OutOfOrder,
            Outcome::PassedOver,
            Outcome::NameDiffers {
                file: "d".to_owned()
            },
            Outcome::NoFile,
            Outcome::Pending
        ]
    );
    let refusal = refusal(&set, "public.t", &rows).unwrap();
    assert_eq!(
        refusal.message(),
        "refinery's table public.t does not fit: 5 migrations differ"
    );
    assert_eq!(refusal.path(), Some("migrations/V1__a.sql"));
    assert_eq!(
        refusal.notes(),
        [
            "V1__a is not the text that refinery applied: the checksum differs",
            "V2__b was applied after a later one",
            "V3__c was not applied by refinery, and later ones were",
            "V4__other is what refinery applied, and the file's name is `d`",
            "V5__gone was applied by refinery, and has no file here",
            "nothing was written, here or in refinery's table",
        ]
    );
    assert_eq!(refusal.help_lines().len(), 6);
}

#[test]
fn a_name_is_read_as_far_as_refinery_reads_it() {
    let set = set(&[(1, "add-users"), (2, "-")]);
    let recorded = [row(1, "add")];
    assert_eq!(outcomes(&set, &recorded), [MATCHED, Outcome::Pending]);
    let whole = [row(1, "add-users")];
    assert_eq!(
        outcomes(&set, &whole)[0],
        Outcome::NameDiffers {
            file: "add".to_owned()
        }
    );
}

#[test]
fn a_row_without_name_or_checksum_does_not_match() {
    let set = set(&[(1, "a")]);
    let mut nameless = row(1, "a");
    nameless.name = None;
    assert!(matches!(
        outcomes(&set, &[nameless])[0],
        Outcome::NameDiffers { .. }
    ));
    for checksum in [None, Some(String::new()), Some("-1".to_owned())] {
        let row = Recorded {
            checksum,
            ..row(1, "a")
        };
        assert_eq!(outcomes(&set, &[row]), [Outcome::ChecksumDiffers]);
    }
}

#[test]
fn times_that_are_not_understood_do_not_count() {
    let set = set(&[(1, "a"), (2, "b"), (3, "c")]);
    let mut timeless = row(2, "b");
    timeless.applied_at = None;
    let recorded = [row(1, "a"), timeless, row(3, "c")];
    assert_eq!(outcomes(&set, &recorded), [MATCHED, MATCHED, MATCHED]);
}

#[test]
fn names_no_more_rows_than_one_reads() {
    let set = set(&[]);
    let recorded: Vec<Recorded> = (1..=30).map(|version| row(version, "x")).collect();
    let refusal = refusal(&set, "t", &compare(&set, &recorded)).unwrap();
    assert_eq!(refusal.notes().len(), 22);
    assert_eq!(refusal.notes()[20], "and 10 more");
}
