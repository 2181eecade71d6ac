//! What the files are called in Rust: FORMATS.md, "Revision names".

use std::collections::HashSet;

use proc_macro2::{Ident, Span};
use samokoder_migrate_core::Version;
use unicode_ident::{is_xid_continue, is_xid_start};

/// Names the migrations, given in order of version.
pub(crate) fn revisions<'n>(migrations: impl Iterator<Item = (Version, &'n str)>) -> Vec<Ident> {
    let mut taken = Taken::new(&["Base", "Head"]);
    migrations
        .map(|(version, name)| {
            let version = version.to_string().replace('-', "_");
            let mut variant = pascal_case(name);
            if variant.is_empty() {
                variant = join("R", &version);
            }
            let mut variant = begin_with_letter('R', variant);
            while taken.contains(&variant) {
                variant = join(&variant, &version);
            }
            taken.take(&variant)
        })
        .collect()
}

/// Names seeds, given in the order in which they run.
pub(crate) fn seeds<'n>(paths: impl Iterator<Item = &'n str>) -> Vec<Ident> {
    numbered('S', paths)
}

/// Names environments, given in order.
pub(crate) fn environments<'n>(names: impl Iterator<Item = &'n str>) -> Vec<Ident> {
    numbered('E', names)
}

/// Returns whether a text is an identifier, or a keyword.
pub(crate) fn is_identifier(text: &str) -> bool {
    let mut characters = text.chars();
    text != "_"
        && characters
            .next()
            .is_some_and(|first| first == '_' || is_xid_start(first))
        && characters.all(is_xid_continue)
}

/// Names what has no version: a name that is taken gets a number from 2.
fn numbered<'n>(prefix: char, names: impl Iterator<Item = &'n str>) -> Vec<Ident> {
    let mut taken = Taken::new(&[]);
    names
        .map(|name| {
            let stem = begin_with_letter(prefix, pascal_case(name));
            let mut variant = stem.clone();
            let mut number = 2_usize;
            while taken.contains(&variant) {
                variant = join(&stem, &number.to_string());
                number += 1;
            }
            taken.take(&variant)
        })
        .collect()
}

/// The variants that a later one cannot have.
struct Taken(HashSet<String>);

impl Taken {
    /// Begins with what no variant can be called: `Self`, and `ALL`, which lists the variants.
    fn new(more: &[&str]) -> Self {
        let names = ["Self", "ALL"].iter().chain(more);
        Self(names.map(|name| (*name).to_owned()).collect())
    }

    fn contains(&self, variant: &str) -> bool {
        // Through an identifier, since the compiler brings those into one Unicode form, in which
        // two file names may be equal.
        self.0.contains(&identifier(variant).to_string())
    }

    fn take(&mut self, variant: &str) -> Ident {
        let identifier = identifier(variant);
        self.0.insert(identifier.to_string());
        identifier
    }
}

fn identifier(variant: &str) -> Ident {
    // `Ident::new` takes keywords, `Self` too, but not what is no identifier at all.
    let variant = if is_identifier(variant) { variant } else { "R" };
    Ident::new(variant, Span::call_site())
}

/// Writes the words of a name one after the other, each with a capital letter; what is no letter,
/// digit or mark of an identifier parts words.
fn pascal_case(name: &str) -> String {
    name.split(|character: char| character == '_' || !is_xid_continue(character))
        .filter(|word| !word.is_empty())
        .fold(String::new(), |variant, word| {
            join(&variant, &capitalized(word))
        })
}

fn capitalized(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map_or_else(String::new, |first| {
        let capital: String = first.to_uppercase().collect();
        // A few characters have a capital that no identifier takes.
        let capital = if capital.chars().all(is_xid_continue) {
            capital
        } else {
            first.to_string()
        };
        capital + characters.as_str()
    })
}

/// Appends a word; two numbers that would become one are kept apart.
fn join(variant: &str, word: &str) -> String {
    let digits = variant.ends_with(char::is_numeric) && word.starts_with(char::is_numeric);
    let between = if digits { "_" } else { "" };
    format!("{variant}{between}{word}")
}

fn begin_with_letter(prefix: char, variant: String) -> String {
    if variant.starts_with(is_xid_start) {
        variant
    } else {
        format!("{prefix}{variant}")
    }
}

#[cfg(test)]
mod tests {
    use super::{environments, is_identifier, revisions, seeds};
    use samokoder_migrate_core::Version;

    fn revision_names(names: &[&str]) -> Vec<String> {
        let numbered = (1..).map(Version::new).zip(names.iter().copied());
        revisions(numbered)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    fn one(name: &str) -> String {
        revision_names(&[name]).remove(0)
    }

    #[test]
    fn names_become_pascal_case() {
        assert_eq!(one("initial_schema"), "InitialSchema");
        assert_eq!(one("add-user.preferences  now"), "AddUserPreferencesNow");
        assert_eq!(one("addUsers"), "AddUsers");
        assert_eq!(one("add_API_keys"), "AddAPIKeys");
        assert_eq!(one("create_index$$"), "CreateIndex");
    }

    #[test]
    fn letters_of_every_script_stay() {
        assert_eq!(one("начальная_схема"), "НачальнаяСхема");
        assert_eq!(one("ürün_fiyatı"), "ÜrünFiyatı");
        assert_eq!(one("初期_スキーマ"), "初期スキーマ");
        assert_eq!(one("straße_🦀_ßeta"), "StraßeSSeta");
    }

    #[test]
    fn numbers_are_kept_apart() {
        assert_eq!(one("release_2_13"), "Release2_13");
        assert_eq!(one("release_213"), "Release213");
        assert_eq!(one("v2_fix"), "V2Fix");
    }

    #[test]
    fn what_cannot_begin_an_identifier_gets_an_r() {
        assert_eq!(one("2fa_tables"), "R2faTables");
        assert_eq!(one("٣_tables"), "R٣Tables");
        assert_eq!(one("\u{301}accent"), "R\u{301}accent");
    }

    #[test]
    fn what_has_no_name_is_called_by_its_version() {
        assert_eq!(
            revision_names(&["a", "", "--", "🦀"]),
            ["A", "R2", "R3", "R4"]
        );
    }

    #[test]
    fn names_that_the_enum_needs_get_their_version() {
        assert_eq!(
            revision_names(&["base", "head", "self", "ALL", "all", "HEAD"]),
            ["Base1", "Head2", "Self3", "ALL4", "All", "HEAD"]
        );
    }

    #[test]
    fn a_repeated_name_changes_the_later_variant_only() {
        let before = revision_names(&["fix", "other"]);
        let after = revision_names(&["fix", "other", "fix"]);
        assert_eq!(after[..2], before);
        assert_eq!(after[2], "Fix3");
        assert_eq!(revision_names(&["v2", "v2"]), ["V2", "V2_2"]);
    }

    #[test]
    fn a_name_that_looks_like_a_repeated_one_gives_way() {
        assert_eq!(
            revision_names(&["fix_3", "fix", "fix", "fix_4"]),
            ["Fix3", "Fix", "Fix3_3", "Fix4"]
        );
        assert_eq!(
            revision_names(&["fix", "fix", "fix_2"]),
            ["Fix", "Fix2", "Fix2_3"]
        );
    }

    #[test]
    fn a_version_with_a_part_is_one_word() {
        let versions = [
            Version::with_part(20_250_127_100_000, 0),
            Version::with_part(20_250_127_100_000, 1),
        ];
        let named = revisions(versions.into_iter().zip(["x", "x"]));
        assert_eq!(named[1].to_string(), "X20250127100000_0001");
    }

    #[test]
    fn seeds_and_environments_are_numbered() {
        let text = |names: Vec<proc_macro2::Ident>| {
            names
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(
            text(seeds(
                [
                    "ai_providers",
                    "dev_users",
                    "dev/users",
                    "dev/2users",
                    "all",
                    "ALL"
                ]
                .into_iter()
            )),
            "AiProviders DevUsers DevUsers2 Dev2users All ALL2"
        );
        assert_eq!(
            text(environments(
                ["dev", "Dev", "2dev", "self", "-"].into_iter()
            )),
            "Dev Dev2 E2dev Self2 E"
        );
    }

    #[test]
    fn identifiers_are_told_from_other_texts() {
        for text in ["a", "_a", "дом", "r2"] {
            assert!(is_identifier(text), "{text}");
        }
        for text in ["", "_", "2a", "a-b", "a b", "🦀"] {
            assert!(!is_identifier(text), "{text}");
        }
    }
}
