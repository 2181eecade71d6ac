use refinery_core::{Migration, SchemaVersion};

use super::{Form, Width, checksum, recognise};

/// What refinery-core 0.10.1 computes when it is built with `int8-versions`.
const OF_64_BITS: [(i64, &str, &str, u64); 4] = [
    (
        1,
        "initial",
        "CREATE TABLE a (id int);\n",
        17_818_665_709_879_286_723,
    ),
    (
        20_250_127_100_000,
        "add_b",
        "CREATE TABLE b (id int);\n-- привет\n",
        10_535_194_843_339_160_932,
    ),
    (
        2,
        "crlf",
        "SELECT 1;\r\nSELECT 2;\r\n",
        6_363_955_558_219_647_595,
    ),
    (0, "x", "", 14_094_600_749_069_213_819),
];

/// Xorshift: enough to vary names, versions and texts, and the same in every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    fn text(&mut self, alphabet: &[char], longest: usize) -> String {
        (0..self.below(longest + 1))
            .map(|_| alphabet[self.below(alphabet.len())])
            .collect()
    }
}

#[test]
fn computes_what_refinery_computes() {
    let width = match size_of::<SchemaVersion>() {
        8 => Width::Bits64,
        _ => Width::Bits32,
    };
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let word: Vec<char> = "abzAZ019_éжβ中".chars().collect();
    let text: Vec<char> = "aZ0 \t\r\n'\"\\;-$\u{feff}éж中🦀\0".chars().collect();
    for _ in 0..20_000 {
        let name = format!("n{}", numbers.text(&word, 40));
        let bits = numbers.below(31);
        let version = SchemaVersion::try_from(numbers.below(1 << bits)).unwrap();
        let sql = numbers.text(&text, 300);
        let theirs = Migration::unapplied(&format!("V{version}__{name}"), &sql).unwrap();
        assert_eq!(theirs.name(), name);
        assert_eq!(
            checksum(&name, i64::from(version), width, &sql),
            Some(theirs.checksum()),
            "V{version}__{name}: {sql:?}"
        );
    }
}

#[test]
fn computes_what_refinery_with_wide_versions_computes() {
    for (version, name, text, theirs) in OF_64_BITS {
        assert_eq!(checksum(name, version, Width::Bits64, text), Some(theirs));
    }
}

#[test]
fn a_wide_version_has_no_narrow_checksum() {
    assert_eq!(checksum("a", 1 << 31, Width::Bits32, ""), None);
    assert!(checksum("a", (1 << 31) - 1, Width::Bits32, "").is_some());
}

#[test]
fn recognises_each_form_and_width() {
    let text = "CREATE TABLE a (id int);\nSELECT 'é'\n";
    for &form in Form::ALL {
        for width in [Width::Bits32, Width::Bits64] {
            let recorded = checksum("a", 7, width, &form.of(text)).unwrap();
            assert_eq!(recognise("a", 7, text, recorded), Some((form, width)));
        }
    }
    let edited = checksum(
        "a",
        7,
        Width::Bits32,
        "CREATE TABLE a (id int);\nSELECT 'é'",
    )
    .unwrap();
    assert_eq!(recognise("a", 7, text, edited), None);
}
