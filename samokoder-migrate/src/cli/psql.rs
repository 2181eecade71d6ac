//! Scripts for psql.

/// What psql is told first.
///
/// Without the first line a failed guard would not keep the rest from running. The others make its
/// session what a run's is: UTF-8, and strings as they were checked.
const HEADER: &str =
    "\\set ON_ERROR_STOP on\n\\encoding UTF8\nSET standard_conforming_strings = on;\n\n";

/// Joins messages, as they would be sent, into one script for `psql -X -f`.
pub(super) fn script(messages: &[String]) -> String {
    let mut text = HEADER.to_owned();
    for message in messages {
        text.push_str(message);
        if !message.ends_with('\n') {
            text.push('\n');
        }
        text.push('\n');
    }
    text
}
