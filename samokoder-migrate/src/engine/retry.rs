//! How long to wait before a step that lost a lock is tried again.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(5);

/// Returns the pause before a retry, counted from 0: it doubles, and a part of it depends on the
/// run, so that those who lost together do not come back together.
pub(super) fn pause(run: &str, retry: u32) -> Duration {
    let whole = FIRST
        .saturating_mul(1_u32.checked_shl(retry).unwrap_or(u32::MAX))
        .min(LONGEST);
    // FNV-1a: the run's identifier is random already.
    let hash = run
        .bytes()
        .chain(retry.to_be_bytes())
        .fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        });
    let share = f64::from(hash) / f64::from(u32::MAX);
    whole.mul_f64(0.5 + share / 2.0)
}

#[cfg(test)]
mod tests {
    use super::pause;

    #[test]
    fn pauses_double_up_to_five_seconds_and_differ_from_run_to_run() {
        for retry in 0..40 {
            let whole = 100 * 2_u128.pow(retry.min(20));
            let whole = whole.min(5_000);
            let pause = pause("run", retry).as_millis();
            assert!((whole / 2..=whole).contains(&pause), "{retry}: {pause}");
        }
        let runs = ["a", "b", "c", "d", "e", "f", "g", "h"];
        let mut pauses = runs.map(|run| pause(run, 3));
        pauses.sort();
        assert!(pauses.windows(2).all(|two| two[0] != two[1]));
    }
}
