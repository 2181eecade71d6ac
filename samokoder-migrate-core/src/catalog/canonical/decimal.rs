//! Numbers as they are written.

/// Returns whether two numbers are the same, with the same number of digits after the point.
pub(super) fn same(a: &str, b: &str) -> bool {
    match (Decimal::read(a), Decimal::read(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a.trim().eq_ignore_ascii_case(b.trim()),
    }
}

/// Returns whether two numbers have the same value; `None` if one is no number, or too long a one.
pub(super) fn same_value(a: &str, b: &str) -> Option<bool> {
    let (a, b) = (Decimal::read(a)?, Decimal::read(b)?);
    Some(a.trimmed() == b.trimmed())
}

#[derive(Debug, PartialEq, Eq)]
struct Decimal {
    is_negative: bool,
    /// Without zeros in front.
    digits: String,
    /// How many of the digits are after the point.
    scale: usize,
}

/// More digits than this after the point, or zeros before it, are not written out.
const MOST: i64 = 1000;

impl Decimal {
    fn read(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase().replace('_', "");
        let (is_negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(&text)),
        };
        for (prefix, base) in [("0x", 16), ("0o", 8), ("0b", 2)] {
            if let Some(digits) = rest.strip_prefix(prefix) {
                let value = u128::from_str_radix(digits, base).ok()?;
                return Some(Self::of(is_negative, &value.to_string(), 0));
            }
        }
        let (mantissa, exponent) = match rest.split_once('e') {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (rest, 0),
        };
        let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut digits = format!("{whole}{part}");
        if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        let scale = i64::try_from(part.len()).ok()?.checked_sub(exponent)?;
        if scale.abs() > MOST {
            return None;
        }
        if let Ok(zeros @ 1..) = usize::try_from(-scale) {
            digits.push_str(&"0".repeat(zeros));
        }
        let scale = usize::try_from(scale).unwrap_or(0);
        Some(Self::of(is_negative, &digits, scale))
    }

    fn of(is_negative: bool, digits: &str, scale: usize) -> Self {
        let digits = digits.trim_start_matches('0').to_owned();
        Self {
            is_negative: is_negative && !digits.is_empty(),
            digits,
            scale,
        }
    }

    /// Returns it without zeros at the end of what is after the point.
    fn trimmed(mut self) -> Self {
        while self.scale > 0 && (self.digits.ends_with('0') || self.digits.is_empty()) {
            self.digits.pop();
            self.scale -= 1;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::{same, same_value};

    #[test]
    fn a_number_may_be_written_in_many_ways() {
        // As PostgreSQL 16 prints them.
        for (written, stored) in [
            ("1e3", "1000"),
            (".5", "0.5"),
            ("1.5e1", "15"),
            ("1e-2", "0.01"),
            ("007", "7"),
            ("0x1F", "31"),
            ("1_000", "1000"),
            ("-0", "0"),
        ] {
            assert!(same(written, stored), "{written} / {stored}");
        }
        for (one, other) in [("1.0", "1.00"), ("1", "-1"), ("10", "1"), ("0.5", "0.05")] {
            assert!(!same(one, other), "{one} / {other}");
        }
        assert_eq!(same_value("1.0", "1.00"), Some(true));
        assert_eq!(same_value("0.0", "0"), Some(true));
        assert_eq!(same_value("1.01", "1.1"), Some(false));
        assert_eq!(same_value("infinity", "1"), None);
    }
}
