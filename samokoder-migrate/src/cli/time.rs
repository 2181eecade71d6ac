//! Times: how long, and what the clock says.

use std::time::{Duration, SystemTime};

/// What PostgreSQL can wait at most: milliseconds in 31 bits.
const LONGEST: u64 = i32::MAX as u64;

/// Reads `500ms`, `3s`, `10min`, `1h`.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let form = "write a whole number and a unit, such as 500ms, 3s, 10min or 1h";
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits).unwrap_or_default();
    let unit = match unit {
        "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        _ => return Err(form.to_owned()),
    };
    if number.is_empty() {
        return Err(form.to_owned());
    }
    number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(unit))
        .filter(|millis| *millis <= LONGEST)
        .map(Duration::from_millis)
        .ok_or_else(|| "that is longer than PostgreSQL can wait, which is 596h".to_owned())
}

/// Reads a time that is not nothing, which PostgreSQL would take for one without a bound.
pub(super) fn timeout(text: &str) -> Result<Duration, String> {
    duration(text).and_then(|time| {
        if time.is_zero() {
            Err("a timeout of nothing would wait without a bound; the shortest is 1ms".to_owned())
        } else {
            Ok(time)
        }
    })
}

/// A date and a time of day in UTC, to the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Utc {
    seconds: u64,
}

impl Utc {
    /// Reads the system's clock; one before 1970 counts as 1970.
    pub(super) fn now() -> Self {
        Self {
            seconds: SystemTime::UNIX_EPOCH
                .elapsed()
                .unwrap_or_default()
                .as_secs(),
        }
    }

    /// Names a time, in seconds since 1970.
    #[cfg(test)]
    pub(super) fn at(seconds: u64) -> Self {
        Self { seconds }
    }

    /// Returns 14 digits: year, month, day, hour, minute, second.
    pub(super) fn digits(self) -> String {
        let (year, month, day) = self.date();
        let of_day = self.seconds % DAY;
        format!(
            "{year:04}{month:02}{day:02}{:02}{:02}{:02}",
            of_day / 3_600,
            of_day / 60 % 60,
            of_day % 60
        )
    }

    fn date(self) -> (u64, u64, u64) {
        let mut rest = self.seconds / DAY;
        let mut year = 1970;
        while rest >= days_of_year(year) {
            rest -= days_of_year(year);
            year += 1;
        }
        let february = days_of_year(year) - 337;
        let months = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let mut month = 1;
        for days in months {
            if rest < days {
                break;
            }
            rest -= days;
            month += 1;
        }
        (year, month, rest + 1)
    }
}

const DAY: u64 = 86_400;

fn days_of_year(year: u64) -> u64 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    if leap { 366 } else { 365 }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Utc, duration, timeout};

    #[test]
    fn reads_times_with_a_unit() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("10min"), Ok(Duration::from_secs(600)));
        assert_eq!(duration("0s"), Ok(Duration::ZERO));
        assert!(timeout("0s").is_err());
        for text in [
            "",
            "3",
            "s",
            "3 s",
            "-3s",
            "3м",
            "597h",
            "99999999999999999999s",
        ] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn writes_the_date_in_fourteen_digits() {
        for (seconds, digits) in [
            (0, "19700101000000"),
            (68_169_599, "19720228235959"),
            (68_169_600, "19720229000000"),
            (951_868_800, "20000301000000"),
            (1_735_689_599, "20241231235959"),
            (4_107_542_400, "21000301000000"),
        ] {
            assert_eq!(Utc { seconds }.digits(), digits);
        }
    }
}
