//! `explain`: the page of a code.

use clap::{Arg, ArgMatches, Command};
use samokoder_migrate_core::{Code, diagnostic::explain, rule};

use super::{Subcommand, exit::Exit, stop::Stop, terminal::Terminal};

pub(super) const SUBCOMMAND: Subcommand = Subcommand { define, run };

fn define() -> Command {
    Command::new("explain")
        .about("Explains a code: its cause, a broken example, the mended one")
        .arg(
            Arg::new("code")
                .value_name("CODE")
                .help("A code, or a rule's name; without it all codes are listed"),
        )
        .after_help(
            "Example: samokoder-migrate explain SM0201\n\nExit status: 0 explained, 2 no such code.",
        )
}

fn run(matches: &ArgMatches, terminal: Terminal) -> Result<Exit, Stop> {
    let text = match matches.get_one::<String>("code") {
        Some(text) => explain(read(text).ok_or_else(|| unknown(text))?).to_owned(),
        None => list(),
    };
    terminal.print(&text)?;
    Ok(Exit::Done)
}

/// Reads `SM0201`, `sm0201`, `0201`, `201`, or a rule's name.
fn read(text: &str) -> Option<Code> {
    let rule = rule::RULES.iter().find(|(name, _)| *name == text);
    if let Some((_, code)) = rule {
        return Some(*code);
    }
    text.parse().ok().or_else(|| {
        let number: u16 = text.parse().ok()?;
        format!("SM{number:04}").parse().ok()
    })
}

fn list() -> String {
    let lines: Vec<String> = Code::ALL
        .iter()
        .map(|code| {
            let severity = code.severity().to_string();
            format!("{code}  {severity:7}  {}\n", code.title())
        })
        .collect();
    lines.concat()
}

fn unknown(text: &str) -> Stop {
    let near: Vec<String> = near(text)
        .iter()
        .map(|code| format!("{code} ({})", code.title()))
        .collect();
    let stop = Stop::usage(format!("there is no code `{text}`"));
    let stop = if near.is_empty() {
        stop
    } else {
        stop.help(format!("did you mean {}?", near.join(", or ")))
    };
    stop.help("`samokoder-migrate explain` lists all codes")
}

/// Returns some codes: those that the fewest slips lead to first.
fn near(text: &str) -> Vec<Code> {
    const SHOWN: usize = 4;
    let digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
    if digits.len() != 4 {
        return Vec::new();
    }
    let slips = |code: &Code| {
        let of_code = code.as_str().chars().skip(2);
        digits
            .iter()
            .zip(of_code)
            .filter(|(a, b)| **a != *b)
            .count()
    };
    let mut near: Vec<Code> = Code::ALL
        .iter()
        .copied()
        .filter(|code| slips(code) <= 2)
        .collect();
    near.sort_by_key(slips);
    near.truncate(SHOWN);
    near
}

#[cfg(test)]
mod tests {
    use samokoder_migrate_core::Code;

    use super::{near, read};

    #[test]
    fn a_code_is_read_in_any_form() {
        for text in ["SM0201", "sm0201", "0201", "201"] {
            assert_eq!(read(text), Some(Code::SyntaxError), "{text}");
        }
        assert_eq!(read("seed-not-repeatable"), Some(Code::SeedNotRepeatable));
        assert_eq!(read("SM9999"), None);
        assert_eq!(read("-1"), None);
    }

    #[test]
    fn near_codes_are_a_slip_or_two_away() {
        let codes = near("SM0291");
        assert_eq!(codes.first(), Some(&Code::SyntaxError));
        assert_eq!(codes.len(), 4);
        assert!(near("E0308").contains(&Code::LockedRemoved));
        assert_eq!(near("x"), []);
    }
}
