//! The ways out that were taken, for people.

use samokoder_migrate_core::exception::Exception;

/// Lists what the checks were told to leave alone, in columns: where, what, why.
///
/// Nothing is said where there is none.
pub(crate) fn exceptions(exceptions: &[Exception]) -> String {
    let rows: Vec<[String; 3]> = exceptions.iter().map(cells).collect();
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or_default()
    };
    let (first, second) = (width(0), width(1));
    let lines = rows.iter().map(|[place, what, why]| {
        format!("  {place:first$}  {what:second$}  {why}")
            .trim_end()
            .to_owned()
    });
    let lines: Vec<String> = lines.collect();
    match lines.len() {
        0 => String::new(),
        1 => format!("1 exception:\n{}", lines.join("\n")),
        count => format!("{count} exceptions:\n{}", lines.join("\n")),
    }
}

fn cells(exception: &Exception) -> [String; 3] {
    let place = match (&exception.path, exception.position) {
        (Some(path), Some(position)) => format!("{path}:{position}"),
        (Some(path), None) => path.clone(),
        (None, _) => "the whole set".to_owned(),
    };
    let reason = exception.reason.clone().unwrap_or_default();
    [place, exception.kind.to_string(), reason]
}
