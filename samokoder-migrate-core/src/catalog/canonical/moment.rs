//! Dates and times in the forms that ISO 8601 and PostgreSQL's documentation (chapter "Date/Time
//! Types") give them. What is written otherwise depends on the session, and is not read.

/// How far a time zone may be from UTC: the most that the server takes.
const FARTHEST: i64 = 16 * HOUR;
const HOUR: i64 = 3600 * SECOND;
const MINUTE: i64 = 60 * SECOND;
const SECOND: i64 = 1_000_000;
const DAY: i64 = 24 * HOUR;

/// Returns whether two texts are the same date; `None` if it cannot be told.
pub(super) fn same_day(a: &str, b: &str) -> Option<bool> {
    compare(a, b, |a, b| a.day == b.day)
}

/// Returns whether two texts are the same timestamp, the zone passed over as the server does.
pub(super) fn same_local(a: &str, b: &str) -> Option<bool> {
    compare(a, b, |a, b| a.local() == b.local())
}

/// Returns whether two texts may be the same instant: what says no zone has that of a session.
pub(super) fn may_be_same_instant(a: &str, b: &str) -> Option<bool> {
    compare(a, b, Moment::may_be)
}

/// Returns whether two texts are the same time of day.
pub(super) fn same_time(a: &str, b: &str) -> Option<bool> {
    let (a, b) = (Moment::read_time(a)?, Moment::read_time(b)?);
    Some(a.time == b.time)
}

/// Returns whether two texts may be the same time of day in a zone.
pub(super) fn may_be_same_time(a: &str, b: &str) -> Option<bool> {
    let (a, b) = (Moment::read_time(a)?, Moment::read_time(b)?);
    Some(match (a.zone, b.zone) {
        (Zone::Offset(one), Zone::Offset(other)) => a.time == b.time && one == other,
        _ => a.time == b.time,
    })
}

/// Returns whether a text is a date, with a time or without.
pub(super) fn is_moment(text: &str) -> bool {
    matches!(Read::of(text), Some(Read::At(_)))
}

enum Read {
    Infinity,
    MinusInfinity,
    At(Moment),
}

#[derive(Clone, Copy, Debug)]
struct Moment {
    /// Days since 1970-01-01.
    day: i64,
    /// Microseconds since midnight.
    time: i64,
    zone: Zone,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Zone {
    /// The session's.
    None,
    /// Microseconds east of UTC.
    Offset(i64),
    /// One that is known by a name.
    Named,
}

fn compare(a: &str, b: &str, same: impl Fn(&Moment, &Moment) -> bool) -> Option<bool> {
    Some(match (Read::of(a)?, Read::of(b)?) {
        (Read::At(a), Read::At(b)) => same(&a, &b),
        (Read::Infinity, Read::Infinity) | (Read::MinusInfinity, Read::MinusInfinity) => true,
        _ => false,
    })
}

impl Read {
    fn of(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        Some(match &*text {
            "infinity" | "+infinity" => Self::Infinity,
            "-infinity" => Self::MinusInfinity,
            "epoch" => Self::At(Moment {
                day: 0,
                time: 0,
                zone: Zone::Offset(0),
            }),
            text => Self::At(Moment::read(text)?),
        })
    }
}

impl Moment {
    fn read(text: &str) -> Option<Self> {
        let mut rest = text;
        let year = digits(&mut rest, 4..=6)?;
        rest = rest.strip_prefix('-')?;
        let month = digits(&mut rest, 1..=2)?;
        rest = rest.strip_prefix('-')?;
        let day = digits(&mut rest, 1..=2)?;
        if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return None;
        }
        let day = days(year, month, day);
        let rest = match rest.strip_prefix('t') {
            Some(rest) if !rest.is_empty() => rest,
            _ => rest.trim_start(),
        };
        if rest.is_empty() {
            let (time, zone) = (0, Zone::None);
            return Some(Self { day, time, zone });
        }
        let moment = Self::read_time(rest)?;
        Some(Self { day, ..moment })
    }

    fn read_time(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let mut rest = &*text;
        let mut time = digits(&mut rest, 1..=2)? * HOUR;
        rest = rest.strip_prefix(':')?;
        time += digits(&mut rest, 2..=2)? * MINUTE;
        if let Some(seconds) = rest.strip_prefix(':') {
            rest = seconds;
            time += digits(&mut rest, 2..=2)? * SECOND;
            if let Some(part) = rest.strip_prefix('.') {
                let end = part.find(|c: char| !c.is_ascii_digit());
                let (part, after) = part.split_at_checked(end.unwrap_or(part.len()))?;
                time += micros(part)?;
                rest = after;
            }
        }
        let zone = zone(rest.trim_start())?;
        Some(Self { day: 0, time, zone })
    }

    fn local(&self) -> i64 {
        self.day.saturating_mul(DAY).saturating_add(self.time)
    }

    fn may_be(&self, other: &Self) -> bool {
        let between = self.local().abs_diff(other.local());
        let near = |zones: i64| between <= (FARTHEST * zones).unsigned_abs();
        match (self.zone, other.zone) {
            (Zone::Offset(a), Zone::Offset(b)) => self.local() - a == other.local() - b,
            (Zone::None, Zone::None) => between == 0,
            (Zone::Offset(offset), _) => {
                (self.local() - offset).abs_diff(other.local()) <= FARTHEST.unsigned_abs()
            }
            (_, Zone::Offset(offset)) => {
                (other.local() - offset).abs_diff(self.local()) <= FARTHEST.unsigned_abs()
            }
            _ => near(2),
        }
    }
}

/// Reads a number of so many digits.
fn digits(rest: &mut &str, count: std::ops::RangeInclusive<usize>) -> Option<i64> {
    let end = rest.find(|c: char| !c.is_ascii_digit());
    let (number, after) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
    if !count.contains(&number.len()) {
        return None;
    }
    *rest = after;
    number.parse().ok()
}

/// Reads what is after the point of seconds, as the server rounds it.
pub(super) fn micros(part: &str) -> Option<i64> {
    if part.is_empty() {
        return Some(0);
    }
    let padded: String = part.chars().chain("0000000".chars()).take(7).collect();
    let tenths: i64 = padded.parse().ok()?;
    Some((tenths + 5) / 10)
}

fn zone(text: &str) -> Option<Zone> {
    let (sign, rest) = match text.bytes().next() {
        None => return Some(Zone::None),
        Some(b'+') => (1, text.strip_prefix('+')?),
        Some(b'-') => (-1, text.strip_prefix('-')?),
        Some(_) if matches!(text, "z" | "zulu" | "utc" | "gmt" | "ut") => {
            return Some(Zone::Offset(0));
        }
        Some(_) => {
            let is_name = text
                .bytes()
                .all(|c| c.is_ascii_alphanumeric() || b"/_+-".contains(&c));
            // Of an era or a half of the day nothing is known here.
            let is_other = matches!(text, "am" | "pm" | "bc" | "ad");
            return (is_name && !is_other).then_some(Zone::Named);
        }
    };
    let parts: Vec<&str> = rest.split(':').collect();
    let (hours, minutes, seconds) = match parts.as_slice() {
        [together] if together.len() > 2 => {
            let (hours, minutes) = together.split_at_checked(together.len() - 2)?;
            (hours, minutes, "0")
        }
        [hours] => (*hours, "0", "0"),
        [hours, minutes] => (*hours, *minutes, "0"),
        [hours, minutes, seconds] => (*hours, *minutes, *seconds),
        _ => return None,
    };
    let number = |text: &str| text.parse::<u8>().ok().map(i64::from);
    let offset = number(hours)? * HOUR + number(minutes)? * MINUTE + number(seconds)? * SECOND;
    Some(Zone::Offset(sign * offset))
}

/// Returns how many days after 1970-01-01 a date of the Gregorian calendar is.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years begin with March, so that the leap day is the last.
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::{days, may_be_same_instant, same_day, same_local, same_time};

    #[test]
    fn counts_days() {
        assert_eq!(days(1970, 1, 1), 0);
        assert_eq!(days(2000, 3, 1), 11_017);
        assert_eq!(days(1969, 12, 31), -1);
    }

    #[test]
    fn a_date_and_a_time_may_be_written_in_many_ways() {
        assert_eq!(same_day("2020-1-2", "2020-01-02"), Some(true));
        assert_eq!(same_day("epoch", "1970-01-01"), Some(true));
        assert_eq!(same_day("2020-01-03", "2020-01-02"), Some(false));
        assert_eq!(same_day("1/2/2020", "2020-01-02"), None);
        assert_eq!(same_day("today", "2020-01-02"), None);
        assert_eq!(same_local("1970-01-01", "1970-01-01 00:00:00"), Some(true));
        assert_eq!(
            same_local("2020-01-02T03:04:05.50Z", "2020-01-02 03:04:05.5"),
            Some(true)
        );
        assert_eq!(same_local("infinity", "1970-01-01"), Some(false));
        assert_eq!(same_time("10:00", "10:00:00"), Some(true));
        assert_eq!(same_time("10:00", "10:00:01"), Some(false));
        assert_eq!(same_time("10 am", "10:00:00"), None);
    }

    #[test]
    fn what_has_no_zone_may_be_any_instant_that_a_zone_can_make_it() {
        let stored = "1970-01-01 00:00:00+00";
        for may in [
            "epoch",
            "1970-01-01",
            "1970-01-01 00:00:00 UTC",
            "1970-01-01 05:30:00+05:30",
            "1969-12-31 19:00:00",
            "1970-01-01 00:00 Europe/London",
        ] {
            assert_eq!(may_be_same_instant(may, stored), Some(true), "{may}");
        }
        for may_not in [
            "1970-01-03",
            "1970-01-01 00:00:00+01",
            "1970-01-01 00:00:01Z",
            "-infinity",
        ] {
            assert_eq!(
                may_be_same_instant(may_not, stored),
                Some(false),
                "{may_not}"
            );
        }
        assert_eq!(
            may_be_same_instant("2020-01-01", "2020-01-01 01:00"),
            Some(false)
        );
    }
}
