//! Intervals, in the forms of the documentation's section "Interval Input".

use super::moment;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A length of time as the server stores it: neither a month nor a day is so many hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Interval {
    months: i64,
    days: i64,
    micros: i64,
}

/// Reads an interval; `modifier` is the type's own, the fields that it has. `None` if it is written
/// in a way that is not read here.
pub(super) fn read(text: &str, modifier: &str) -> Option<Interval> {
    let text = text.trim().to_ascii_lowercase();
    match text.strip_prefix('p') {
        Some(rest) => standard(rest),
        None => verbose(&text, bare_unit(modifier)?),
    }
}

/// Returns the unit of a number without one: the last of the fields that the type has.
fn bare_unit(modifier: &str) -> Option<&'static str> {
    if modifier.is_empty() {
        return Some("second");
    }
    // The grammar's bits for the fields: `INTERVAL_MASK` in PostgreSQL's utils/timestamp.h.
    let fields: u32 = modifier.split(',').next()?.trim().parse().ok()?;
    let units = [
        (1 << 12, "second"),
        (1 << 11, "minute"),
        (1 << 10, "hour"),
        (1 << 3, "day"),
        (1 << 1, "month"),
        (1 << 2, "year"),
    ];
    units
        .into_iter()
        .find(|(bit, _)| fields & bit != 0)
        .map(|(_, unit)| unit)
}

/// Reads ISO 8601's form after its `P`.
fn standard(text: &str) -> Option<Interval> {
    let (date, time) = text.split_once('t').unwrap_or((text, ""));
    let mut interval = Interval::default();
    for (part, units) in [
        (
            date,
            &[('y', "year"), ('m', "month"), ('w', "week"), ('d', "day")][..],
        ),
        (time, &[('h', "hour"), ('m', "minute"), ('s', "second")][..]),
    ] {
        let mut rest = part;
        while !rest.is_empty() {
            let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
            let (number, after) = rest.split_at_checked(end)?;
            let letter = after.chars().next()?;
            let (_, unit) = units.iter().find(|(known, _)| *known == letter)?;
            interval.add(number, unit)?;
            rest = after.get(1..)?;
        }
    }
    Some(interval)
}

fn verbose(text: &str, bare: &str) -> Option<Interval> {
    let text = text.strip_prefix('@').unwrap_or(text);
    let tokens = tokens(text);
    let (is_ago, tokens) = match tokens.split_last() {
        Some((&"ago", rest)) => (true, rest),
        _ => (false, tokens.as_slice()),
    };
    let mut interval = Interval::default();
    let mut tokens = tokens.iter().copied().peekable();
    tokens.peek()?;
    while let Some(token) = tokens.next() {
        if token.contains(':') {
            interval.add_clock(token)?;
        } else if token.get(1..).is_some_and(|rest| rest.contains('-')) {
            interval.add_years_and_months(token)?;
        } else if let Some(unit) =
            tokens.next_if(|next| next.starts_with(|c: char| c.is_ascii_alphabetic()))
        {
            interval.add(token, unit)?;
        } else {
            // `1 02:03:04` is a day and a time.
            let unit = match tokens.peek() {
                Some(next) if next.contains(':') => "day",
                Some(_) => return None,
                None => bare,
            };
            interval.add(token, unit)?;
        }
    }
    Some(if is_ago { interval.negated() } else { interval })
}

/// Cuts a text where blanks are and where a word begins or ends.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    for word in text.split_whitespace() {
        let mut start = 0;
        let mut was_letter = None;
        for (at, c) in word.char_indices() {
            let is_letter = c.is_ascii_alphabetic();
            if was_letter.is_some_and(|was| was != is_letter) {
                tokens.extend(word.get(start..at));
                start = at;
            }
            was_letter = Some(is_letter);
        }
        tokens.extend(word.get(start..));
    }
    tokens
}

impl Interval {
    /// Adds a number of a unit. A part of a month or of more is not read: servers differ in it.
    fn add(&mut self, number: &str, unit: &str) -> Option<()> {
        let (is_negative, digits) = match number.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, number.strip_prefix('+').unwrap_or(number)),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let sign = if is_negative { -1 } else { 1 };
        let whole = match whole {
            "" => 0,
            digits => digits.parse::<i64>().ok()?,
        }
        .checked_mul(sign)?;
        let millionths = moment::micros(part)?.checked_mul(sign)?;
        let months = |count: i64| {
            (millionths == 0)
                .then(|| whole.checked_mul(count))
                .flatten()
        };
        // A part of a length in microseconds.
        let part_of = |length: i64| millionths.checked_mul(length / SECOND);
        let small = |length: i64| whole.checked_mul(length)?.checked_add(part_of(length)?);
        match unit {
            "us" | "usec" | "usecs" | "microsecond" | "microseconds" => {
                self.micros = self.micros.checked_add(whole)?;
            }
            "ms" | "msec" | "msecs" | "millisecond" | "milliseconds" => {
                let micros = whole.checked_mul(1000)?.checked_add(millionths / 1000)?;
                self.micros = self.micros.checked_add(micros)?;
            }
            "s" | "sec" | "secs" | "second" | "seconds" => {
                self.micros = self.micros.checked_add(small(SECOND)?)?;
            }
            "m" | "min" | "mins" | "minute" | "minutes" => {
                self.micros = self.micros.checked_add(small(MINUTE)?)?;
            }
            "h" | "hr" | "hrs" | "hour" | "hours" => {
                self.micros = self.micros.checked_add(small(HOUR)?)?;
            }
            "d" | "day" | "days" => {
                self.days = self.days.checked_add(whole)?;
                self.micros = self.micros.checked_add(part_of(DAY)?)?;
            }
            "w" | "week" | "weeks" => {
                let part = part_of(7 * DAY)?;
                let days = whole.checked_mul(7)?.checked_add(part / DAY)?;
                self.days = self.days.checked_add(days)?;
                self.micros = self.micros.checked_add(part % DAY)?;
            }
            "mon" | "mons" | "month" | "months" => {
                self.months = self.months.checked_add(months(1)?)?;
            }
            "y" | "yr" | "yrs" | "year" | "years" => {
                self.months = self.months.checked_add(months(12)?)?;
            }
            "dec" | "decs" | "decade" | "decades" => {
                self.months = self.months.checked_add(months(120)?)?;
            }
            "c" | "cent" | "century" | "centuries" => {
                self.months = self.months.checked_add(months(1200)?)?;
            }
            "mil" | "mils" | "millennium" | "millennia" => {
                self.months = self.months.checked_add(months(12_000)?)?;
            }
            _ => return None,
        }
        Some(())
    }

    /// Adds `hh:mm` or `hh:mm:ss.f`.
    fn add_clock(&mut self, token: &str) -> Option<()> {
        let (sign, digits) = match token.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, token.strip_prefix('+').unwrap_or(token)),
        };
        let parts: Vec<&str> = digits.split(':').collect();
        let mut clock = Self::default();
        match parts.as_slice() {
            // `mm:ss.f` has a point.
            [minutes, seconds] if seconds.contains('.') => {
                clock.add(minutes, "minute")?;
                clock.add(seconds, "second")?;
            }
            [hours, minutes] => {
                clock.add(hours, "hour")?;
                clock.add(minutes, "minute")?;
            }
            [hours, minutes, seconds] => {
                clock.add(hours, "hour")?;
                clock.add(minutes, "minute")?;
                clock.add(seconds, "second")?;
            }
            _ => return None,
        }
        self.micros = self.micros.checked_add(clock.micros.checked_mul(sign)?)?;
        Some(())
    }

    /// Adds `years-months`.
    fn add_years_and_months(&mut self, token: &str) -> Option<()> {
        let (sign, digits) = match token.strip_prefix('-') {
            Some(rest) => ("-", rest),
            None => ("", token.strip_prefix('+').unwrap_or(token)),
        };
        let (years, months) = digits.split_once('-')?;
        self.add(&format!("{sign}{years}"), "year")?;
        self.add(&format!("{sign}{months}"), "month")
    }

    fn negated(self) -> Self {
        Self {
            months: self.months.saturating_neg(),
            days: self.days.saturating_neg(),
            micros: self.micros.saturating_neg(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn an_interval_may_be_written_in_many_ways() {
        // As PostgreSQL 15 prints them.
        for (written, modifier, stored) in [
            ("90 day", "", "90 days"),
            ("1 week", "", "7 days"),
            ("1.5 days", "", "1 day 12:00:00"),
            ("24 hours", "", "24:00:00"),
            ("1h30m", "", "01:30:00"),
            ("5", "", "00:00:05"),
            ("5", "2048", "00:05:00"),
            ("5", "8", "5 days"),
            ("1 02:03:04", "", "1 day 02:03:04"),
            ("1-2", "", "1 year 2 mons"),
            ("P1Y2M3DT4H5M6.5S", "", "1 year 2 mons 3 days 04:05:06.5"),
            ("@ 1 minute ago", "", "-00:01:00"),
            ("-1 day +02:00", "", "-1 days +02:00:00"),
            ("500 ms", "", "00:00:00.5"),
            ("1 year", "", "1 year"),
            ("2 centuries", "", "200 years"),
        ] {
            let (ours, theirs) = (read(written, modifier), read(stored, modifier));
            assert!(ours.is_some(), "{written}");
            assert_eq!(ours, theirs, "{written} / {stored}");
        }
        for (one, other) in [
            ("1 day", "24 hours"),
            ("1 month", "30 days"),
            ("1 day", "2 days"),
        ] {
            assert_ne!(read(one, ""), read(other, ""), "{one} / {other}");
        }
        for other in ["0.5 months", "one day", ""] {
            assert_eq!(read(other, ""), None, "{other}");
        }
    }
}
