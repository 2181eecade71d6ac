//! How a connection is to be protected: `sslmode` and `sslrootcert`, with libpq's meaning (section
//! "SSL Support" of libpq's chapter).

use std::{
    env,
    path::{Path, PathBuf},
};

use super::{Fault, string::ConnectionString};

/// How a connection is to be protected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::driver) struct Encryption {
    pub(in crate::driver) mode: Mode,
    pub(in crate::driver) root: Root,
}

/// The values of `sslmode`, from the weakest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::driver) enum Mode {
    /// Never by TLS.
    Disable,
    /// By TLS where the server takes nothing else.
    Allow,
    /// By TLS where the server has it.
    #[default]
    Prefer,
    /// By TLS.
    Require,
    /// By TLS, with a server whose certificate a trusted authority made.
    VerifyCa,
    /// The same, and it was made for the name that was asked for.
    VerifyFull,
}

/// Whose certificates are trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::driver) enum Root {
    /// Nobody's: nothing can be checked.
    Nobody,
    /// Those in a file.
    File(PathBuf),
    /// Those that the operating system trusts.
    System,
}

/// What the environment says where the string does not.
#[derive(Clone, Debug, Default)]
pub(super) struct Surroundings {
    pub(super) mode: Option<String>,
    pub(super) root: Option<String>,
    pub(super) home: Option<PathBuf>,
}

const MODES: [(&str, Mode); 6] = [
    ("disable", Mode::Disable),
    ("allow", Mode::Allow),
    ("prefer", Mode::Prefer),
    ("require", Mode::Require),
    ("verify-ca", Mode::VerifyCa),
    ("verify-full", Mode::VerifyFull),
];

/// Where libpq looks for trusted certificates, in the user's home.
#[cfg(not(windows))]
const USUAL: &str = ".postgresql/root.crt";
#[cfg(windows)]
const USUAL: &str = r"AppData\Roaming\postgresql\root.crt";

impl Surroundings {
    /// Reads the environment.
    pub(super) fn read() -> Self {
        let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            mode: variable("PGSSLMODE"),
            root: variable("PGSSLROOTCERT"),
            home: env::home_dir(),
        }
    }
}

impl Encryption {
    /// No protection: what a Unix-domain socket has, whatever `sslmode` says.
    pub(super) const NONE: Self = Self {
        mode: Mode::Disable,
        root: Root::Nobody,
    };

    /// Says how a connection is to be protected, from its string and what is around.
    pub(super) fn of(string: &ConnectionString, around: &Surroundings) -> Result<Self, Fault> {
        let mode = string.mode.as_ref().or(around.mode.as_ref());
        let mode = mode.map(|mode| Mode::read(mode)).transpose()?;
        let root = string.root.as_ref().or(around.root.as_ref());
        let root = root.filter(|root| !root.is_empty());
        let asks = match mode {
            Some(mode) => mode >= Mode::Require || (root.is_some() && mode > Mode::Disable),
            None => root.is_some(),
        };
        if cfg!(not(feature = "tls")) && asks {
            return Err(Fault::refused("TLS is asked for, and is not built in")
                .with_help("switch on the feature `tls` of samokoder-migrate, or pass a connection of your own to `.on()`"));
        }
        if root.is_some_and(|root| root == "system") {
            return match mode {
                None | Some(Mode::VerifyFull) => Ok(Self {
                    mode: Mode::VerifyFull,
                    root: Root::System,
                }),
                Some(weak) => Err(Fault::refused(format!(
                    "weak sslmode `{weak}` may not be used with sslrootcert=system"
                ))
                .with_help("write `sslmode=verify-full`")),
            };
        }
        let mode = mode.unwrap_or_default();
        let named = root.map(PathBuf::from);
        let usual = around.home.as_ref().map(|home| home.join(USUAL));
        let file = named.clone().or(usual);
        let root = match file.filter(|file| file.exists()) {
            Some(file) => Root::File(file),
            None => Root::Nobody,
        };
        // libpq goes on without a check where a file that was named is not there, even under
        // `require`: who named it meant it.
        let missing = match &named {
            Some(file) if mode >= Mode::Require => Some(format!(
                "the file of trusted certificates `{}` does not exist",
                file.display()
            )),
            None if mode >= Mode::VerifyCa => Some(format!(
                "`{mode}` needs to know whom to trust, and there is no file {}",
                Path::new("~").join(USUAL).display()
            )),
            _ => None,
        };
        match missing {
            Some(message) if root == Root::Nobody => {
                Err(Fault::refused(message).with_help(ROOT_HELP))
            }
            _ => Ok(Self { mode, root }),
        }
    }
}

const ROOT_HELP: &str = "write `sslrootcert=FILE` (your provider has the file), or `sslrootcert=system` to trust whom the operating system trusts";

impl Mode {
    fn read(text: &str) -> Result<Self, Fault> {
        MODES
            .iter()
            .find(|(name, _)| *name == text)
            .map(|(_, mode)| *mode)
            .ok_or_else(|| {
                // Anything else may be the end of a password that was not quoted.
                let word = text.len() <= 20
                    && text
                        .bytes()
                        .all(|byte| byte.is_ascii_alphabetic() || b"-_".contains(&byte));
                Fault::refused(if word {
                    format!("`{text}` is no sslmode")
                } else {
                    "the value of `sslmode` is none".to_owned()
                })
                .with_help(
                    "it is one of disable, allow, prefer, require, verify-ca and verify-full",
                )
            })
    }
}

impl std::fmt::Display for Mode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = MODES.iter().find(|(_, mode)| mode == self);
        f.write_str(name.map_or("", |(name, _)| name))
    }
}

#[cfg(test)]
mod tests {
    use std::{env, fs, process};

    use super::{ConnectionString, Encryption, Fault, Mode, Root, Surroundings};

    fn of(
        mode: Option<&str>,
        root: Option<&str>,
        around: &Surroundings,
    ) -> Result<Encryption, Fault> {
        let string = ConnectionString {
            rest: String::new(),
            mode: mode.map(str::to_owned),
            root: root.map(str::to_owned),
        };
        Encryption::of(&string, around)
    }

    #[test]
    fn says_what_libpq_says() {
        let home = env::temp_dir().join(format!("samokoder-home-{}", process::id()));
        fs::create_dir_all(home.join(".postgresql")).unwrap();
        let usual = home.join(super::USUAL);
        fs::write(&usual, "").unwrap();
        let bare = Surroundings::default();
        let with_home = Surroundings {
            home: Some(home.clone()),
            ..Surroundings::default()
        };
        let of_env = Surroundings {
            mode: Some("require".to_owned()),
            root: Some("system".to_owned()),
            ..Surroundings::default()
        };
        let file = usual.to_str().unwrap();
        let yes = |mode, root| Ok(Encryption { mode, root });
        let there = || Root::File(usual.clone());
        for (mode, root, around, wanted) in [
            (None, None, &bare, yes(Mode::Prefer, Root::Nobody)),
            (None, None, &with_home, yes(Mode::Prefer, there())),
            (
                Some("require"),
                None,
                &bare,
                yes(Mode::Require, Root::Nobody),
            ),
            (
                Some("require"),
                None,
                &with_home,
                yes(Mode::Require, there()),
            ),
            (Some("allow"), Some(file), &bare, yes(Mode::Allow, there())),
            (
                Some("verify-ca"),
                Some(""),
                &with_home,
                yes(Mode::VerifyCa, there()),
            ),
            (
                Some("prefer"),
                Some("/no/such"),
                &with_home,
                yes(Mode::Prefer, Root::Nobody),
            ),
            (
                None,
                Some("system"),
                &with_home,
                yes(Mode::VerifyFull, Root::System),
            ),
            // The string comes before the environment, each by itself.
            (
                Some("verify-full"),
                None,
                &of_env,
                yes(Mode::VerifyFull, Root::System),
            ),
            (None, Some(file), &of_env, yes(Mode::Require, there())),
        ] {
            assert_eq!(of(mode, root, around), wanted, "{mode:?} {root:?}");
        }
        fs::remove_dir_all(&home).unwrap();
    }

    #[test]
    fn refuses_what_would_check_less_than_it_says() {
        let bare = Surroundings::default();
        let of_env = Surroundings {
            mode: Some("require".to_owned()),
            root: Some("system".to_owned()),
            ..Surroundings::default()
        };
        for (mode, root, around, part) in [
            (
                Some("verify-full"),
                None,
                &bare,
                "`verify-full` needs to know whom to trust",
            ),
            (
                Some("require"),
                Some("/no/such"),
                &bare,
                "`/no/such` does not exist",
            ),
            (
                Some("require"),
                Some("system"),
                &bare,
                "weak sslmode `require`",
            ),
            (None, None, &of_env, "weak sslmode `require`"),
            (
                Some("verify_full"),
                None,
                &bare,
                "`verify_full` is no sslmode",
            ),
            (
                Some("hunter2"),
                None,
                &bare,
                "the value of `sslmode` is none",
            ),
            (Some("required"), None, &bare, "`required` is no sslmode"),
        ] {
            let Err(Fault::Refused { message, .. }) = of(mode, root, around) else {
                panic!("{mode:?} {root:?}");
            };
            assert!(message.contains(part), "{message}");
        }
    }
}
