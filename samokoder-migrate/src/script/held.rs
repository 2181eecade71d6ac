//! Whether a message came to the backend that holds the run's lock.

use super::{
    opening::LOST_SESSION, read::EQUALS, settings::resets_all, sqlstate::using, tables::Tables,
};
use crate::{quote::dollar, set::Script};

/// Raises where this backend is not the one that took the lock with the script's first message: a
/// pooler gave the message to another.
///
/// `DISCARD ALL` gives the lock up, so it is taken again for a script that says that; where the
/// session is lost, the backend that it was lost from has it.
pub(super) fn held(tables: &Tables, script: &Script) -> String {
    let again = if resets_all(script) {
        format!(" AND NOT pg_catalog.pg_try_advisory_lock({})", tables.lock)
    } else {
        String::new()
    };
    let body = format!(
        "BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_locks AS l WHERE l.pid {EQUALS} pg_catalog.pg_backend_pid() AND {}){again} THEN
        RAISE EXCEPTION 'the session was lost' {};
    END IF;
END",
        is_the_lock(tables),
        using(LOST_SESSION)
    );
    format!("DO {};\n", dollar(&body))
}

/// Returns the condition on a row of `pg_locks`, as `l`, that it is the run's lock, and is held.
pub(super) fn is_the_lock(tables: &Tables) -> String {
    let bits = tables.lock.to_be_bytes();
    let [high, low] = [&bits[..4], &bits[4..]].map(|half| {
        half.iter()
            .fold(0_u32, |sum, &byte| sum << 8 | u32::from(byte))
    });
    format!(
        "l.locktype {EQUALS} 'advisory' AND l.granted AND l.objsubid {EQUALS} 1
    AND l.classid::pg_catalog.int8 {EQUALS} {high} AND l.objid::pg_catalog.int8 {EQUALS} {low}
    AND l.database {EQUALS} (SELECT d.oid FROM pg_catalog.pg_database AS d WHERE d.datname {EQUALS} pg_catalog.current_database())"
    )
}
