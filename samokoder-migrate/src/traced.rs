//! By what it is seen whether statements happened, as the history holds it of a stored downgrade.

use samokoder_migrate_core::trace::Trace;

/// Writes one line a statement, as FORMATS.md says.
pub(crate) fn write(traces: &[Trace]) -> String {
    let lines: Vec<String> = traces.iter().map(line).collect();
    lines.join("\n")
}

/// Reads what [`write`] wrote; nothing is known of what is not understood.
pub(crate) fn read(text: &str) -> Vec<Trace> {
    if text.is_empty() {
        return Vec::new();
    }
    text.split('\n').map(trace).collect()
}

fn line(trace: &Trace) -> String {
    let line = match trace {
        Trace::Partial => "partial".to_owned(),
        Trace::Repeatable => "repeatable".to_owned(),
        Trace::Setting => "setting".to_owned(),
        Trace::IndexMade { table, index } => format!("index made\t{table}\t{index}"),
        Trace::IndexDropped { index } => format!("index dropped\t{index}"),
        _ => "none".to_owned(),
    };
    let fields = if line.starts_with("index made") { 2 } else { 1 };
    let breaks = line.contains('\n') || line.matches('\t').count() > fields;
    if breaks { "none".to_owned() } else { line }
}

fn trace(line: &str) -> Trace {
    let fields: Vec<&str> = line.split('\t').collect();
    let owned = |field: &str| field.to_owned().into();
    match fields.as_slice() {
        ["partial"] => Trace::Partial,
        ["repeatable"] => Trace::Repeatable,
        ["setting"] => Trace::Setting,
        ["index made", table, index] => Trace::IndexMade {
            table: owned(table),
            index: owned(index),
        },
        ["index dropped", index] => Trace::IndexDropped {
            index: owned(index),
        },
        _ => Trace::None,
    }
}

#[cfg(test)]
mod tests {
    use samokoder_migrate_core::trace::Trace;

    use super::{read, write};

    #[test]
    fn what_is_written_is_read_again_and_a_name_with_a_line_in_it_is_not_kept() {
        let made = |table: &str, index: &str| Trace::IndexMade {
            table: table.to_owned().into(),
            index: index.to_owned().into(),
        };
        let traces = [
            Trace::None,
            Trace::Partial,
            Trace::Repeatable,
            Trace::Setting,
            made("\"app\".\"t\"", "i"),
            Trace::IndexDropped {
                index: "\"app\".\"имя\"".into(),
            },
        ];
        assert_eq!(read(&write(&traces)), traces);
        assert_eq!(read(&write(&[])), []);
        for broken in [made("\"a\nb\"", "i"), made("\"t\"", "a\tb")] {
            assert_eq!(read(&write(&[broken])), [Trace::None]);
        }
    }
}
