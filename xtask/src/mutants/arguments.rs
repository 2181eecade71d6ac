//! What the command is told.

use std::path::PathBuf;

use crate::Result;

/// What the command is told.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) dir: PathBuf,
    pub(crate) seed: u64,
    pub(crate) count: usize,
    /// The one corpus whose mutants are tried; they are the same as in a run of all.
    pub(crate) only: Option<String>,
    pub(crate) misses: Misses,
}

/// Which of the mutants that the server refuses and the check does not are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misses {
    Examples,
    All,
}

impl Arguments {
    pub(crate) fn parse(args: &[&str]) -> Result<Self> {
        let (dir, mut rest) = args.split_first().ok_or("mutants: which folder?")?;
        let mut arguments = Self {
            dir: PathBuf::from(dir),
            seed: 1,
            count: 2_000,
            only: None,
            misses: Misses::Examples,
        };
        loop {
            rest = match rest {
                [] => return Ok(arguments),
                ["--seed", seed, rest @ ..] => {
                    arguments.seed = seed.parse()?;
                    rest
                }
                ["--count", count, rest @ ..] => {
                    arguments.count = count.parse()?;
                    rest
                }
                ["--only", name, rest @ ..] => {
                    arguments.only = Some((*name).to_owned());
                    rest
                }
                ["--list", rest @ ..] => {
                    arguments.misses = Misses::All;
                    rest
                }
                [other, ..] => return Err(format!("mutants: what is `{other}`?").into()),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Arguments, Misses};

    #[test]
    fn options_stand_in_any_order_after_the_folder() {
        let parsed =
            Arguments::parse(&["d", "--list", "--count", "7", "--only", "x", "--seed", "3"])
                .unwrap();
        assert_eq!(
            parsed,
            Arguments {
                dir: "d".into(),
                seed: 3,
                count: 7,
                only: Some("x".to_owned()),
                misses: Misses::All,
            }
        );
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for wrong in [
            &[][..],
            &["d", "--seed"],
            &["d", "--count", "x"],
            &["d", "e"],
        ] {
            assert!(Arguments::parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
