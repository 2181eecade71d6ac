//! The codes that also have a kebab name, for `allow`.

use crate::Code;

/// The rules that have a name, in order of their codes.
pub const RULES: &[(&str, Code)] = &[
    ("name-missing", Code::NameMissing),
    ("name-taken", Code::NameTaken),
    ("still-needed", Code::StillNeeded),
    ("does-not-fit", Code::DoesNotFit),
    ("left-behind", Code::LeftBehind),
    ("not-restored", Code::NotRestored),
    ("left-changed", Code::LeftChanged),
    ("expression-differs", Code::ExpressionDiffers),
    ("not-repeatable", Code::NotRepeatable),
    ("seed-not-repeatable", Code::SeedNotRepeatable),
];

/// Returns the rule's name of a code, if it has one.
#[must_use]
pub fn name(code: Code) -> Option<&'static str> {
    RULES
        .iter()
        .find(|(_, rule)| *rule == code)
        .map(|(name, _)| *name)
}

/// Returns whether `allow` can silence a code: those of the stages 04 and 05.
#[must_use]
pub fn is_silenceable(code: Code) -> bool {
    matches!(code.stage(), "04" | "05")
}

#[cfg(test)]
mod tests {
    use super::{RULES, is_silenceable, name};
    use crate::Code;

    #[test]
    fn every_code_that_can_be_silenced_has_one_kebab_name() {
        for code in Code::ALL.iter().filter(|code| is_silenceable(**code)) {
            let name = name(*code).unwrap();
            assert!(
                name.chars().all(|c| c.is_ascii_lowercase() || c == '-'),
                "{name}"
            );
        }
        assert!(RULES.iter().all(|(_, code)| is_silenceable(*code)));
        assert!(!is_silenceable(Code::SyntaxError));
    }
}
