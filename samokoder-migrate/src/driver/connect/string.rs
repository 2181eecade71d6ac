//! A connection string, taken apart: the driver knows neither `verify-full` nor `sslrootcert`.

use super::Fault;

/// A connection string without what it says of TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ConnectionString {
    /// What is left, for the driver.
    pub(super) rest: String,
    /// `sslmode`, as it is written.
    pub(super) mode: Option<String>,
    /// `sslrootcert`, as it is written.
    pub(super) root: Option<String>,
}

/// Parameters of libpq that the driver does not know (section "Parameter Key Words" of libpq's
/// chapter). Any other name may be the end of a password that was not escaped, so it is not shown.
const UNSUPPORTED: [&str; 17] = [
    "client_encoding",
    "fallback_application_name",
    "gssdelegation",
    "gssencmode",
    "gsslib",
    "krbsrvname",
    "max_protocol_version",
    "min_protocol_version",
    "passfile",
    "replication",
    "require_auth",
    "requirepeer",
    "requiressl",
    "scram_client_key",
    "scram_server_key",
    "service",
    "servicefile",
];

impl ConnectionString {
    /// Takes a string apart as the driver would: a URL, or words of the form `key=value`.
    pub(super) fn parse(text: &str) -> Result<Self, Fault> {
        ["postgres://", "postgresql://"]
            .iter()
            .find_map(|scheme| text.strip_prefix(scheme))
            .map_or_else(|| Self::of_words(text), |after| Self::of_url(text, after))
    }

    fn of_url(text: &str, after: &str) -> Result<Self, Fault> {
        // A `?` may stand in a password, which ends at the first `@`.
        let host = after.split_once('@').map_or(after, |(_, host)| host);
        let Some((_, mut query)) = host.split_once('?') else {
            return Ok(Self {
                rest: text.to_owned(),
                ..Self::default()
            });
        };
        let base = text
            .strip_suffix(query)
            .and_then(|base| base.strip_suffix('?'));
        let mut found = Self {
            rest: base.ok_or(Fault::Unreadable)?.to_owned(),
            ..Self::default()
        };
        let mut joint = '?';
        while !query.is_empty() {
            let (key, after) = query.split_once('=').ok_or(Fault::Unreadable)?;
            let (value, after) = after.split_once('&').unwrap_or((after, ""));
            query = after;
            if !found.keep(&decoded(key)?, || decoded(value))? {
                continue;
            }
            found.rest.push(joint);
            found.rest.push_str(key);
            found.rest.push('=');
            found.rest.push_str(value);
            joint = '&';
        }
        Ok(found)
    }

    fn of_words(text: &str) -> Result<Self, Fault> {
        let mut found = Self::default();
        let mut left = text.trim_start();
        while !left.is_empty() {
            let (key, after) = left
                .split_once('=')
                .map(|(key, after)| (key.trim_end(), after))
                .filter(|(key, _)| !key.contains(char::is_whitespace))
                .ok_or(Fault::Unreadable)?;
            let (value, length) = word(after.trim_start()).ok_or(Fault::Unreadable)?;
            let (raw, after) = after.trim_start().split_at(length);
            left = after.trim_start();
            if found.keep(key, || Ok(value.clone()))? {
                found.rest.push_str(&format!("{key}={raw} "));
            }
        }
        Ok(found)
    }

    /// Takes a parameter, or returns that it is the driver's.
    fn keep(
        &mut self,
        key: &str,
        value: impl Fn() -> Result<String, Fault>,
    ) -> Result<bool, Fault> {
        match key {
            "sslmode" => self.mode = Some(value()?),
            "sslrootcert" => self.root = Some(value()?),
            "sslnegotiation" => return Ok(true),
            // What is so anyway.
            "sslsni" | "gssencmode" if matches!(&*value()?, "1" | "disable" | "prefer") => {}
            _ if UNSUPPORTED.contains(&key) || is_of_tls(key) => {
                return Err(
                    Fault::refused(format!("the parameter `{key}` is not supported"))
                        .with_help("take it out of the connection string"),
                );
            }
            _ => return Ok(true),
        }
        Ok(false)
    }
}

/// Whether it is a parameter of TLS, known to libpq or a slip: `sslcert`, `sslrootcrt`.
fn is_of_tls(key: &str) -> bool {
    key.starts_with("ssl")
        && key
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

/// Reads a value, quoted or not, and how many bytes it takes.
fn word(text: &str) -> Option<(String, usize)> {
    let quoted = text.starts_with('\'');
    let mut value = String::new();
    let mut characters = text.char_indices().skip(usize::from(quoted));
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            '\'' if quoted => return Some((value, at + 1)),
            _ if !quoted && character.is_whitespace() => return Some((value, at)),
            _ => value.push(character),
        }
    }
    (!quoted && !text.is_empty()).then_some((value, text.len()))
}

/// Reads `%40` as `@`; what is no such number stands for itself, as the driver has it.
fn decoded(text: &str) -> Result<String, Fault> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut left = text.as_bytes();
    while let [first, rest @ ..] = left {
        let number = match (first, rest) {
            (b'%', [high, low, ..]) => digit(*high).zip(digit(*low)),
            _ => None,
        };
        bytes.push(number.map_or(*first, |(high, low)| high << 4 | low));
        left = rest
            .get(if number.is_some() { 2 } else { 0 }..)
            .unwrap_or_default();
    }
    String::from_utf8(bytes).map_err(|_| Fault::Unreadable)
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::{ConnectionString, Fault};

    fn parse(text: &str) -> (String, Option<String>, Option<String>) {
        let found = ConnectionString::parse(text).unwrap();
        (found.rest, found.mode, found.root)
    }

    #[test]
    fn takes_what_is_said_of_tls_out_of_both_forms() {
        for (text, rest, mode, root) in [
            ("postgres://h/d", "postgres://h/d", None, None),
            ("postgresql://u:p@h/d?", "postgresql://u:p@h/d", None, None),
            (
                "postgres://h/d?sslmode=verify-full",
                "postgres://h/d",
                Some("verify-full"),
                None,
            ),
            (
                "postgres://u:p@h:5/d?a=b&sslmode=require&c=%20&sslrootcert=%2Ftmp%2Fa%20b.crt&d=",
                "postgres://u:p@h:5/d?a=b&c=%20&d=",
                Some("require"),
                Some("/tmp/a b.crt"),
            ),
            // As libpq, the last one counts; and a name may be written with percents.
            (
                "postgres://h?sslmode=disable&%73slmode=require",
                "postgres://h",
                Some("require"),
                None,
            ),
            // A password is no query.
            (
                "postgres://u:p?sslmode=x@h/d?sslmode=allow",
                "postgres://u:p?sslmode=x@h/d",
                Some("allow"),
                None,
            ),
            (
                r"host=h  sslmode = verify-ca	sslrootcert='/tmp/it\'s here' password='a b\\' user=u\ v",
                r"host=h password='a b\\' user=u\ v ",
                Some("verify-ca"),
                Some("/tmp/it's here"),
            ),
            ("host=h sslsni=1", "host=h ", None, None),
            ("", "", None, None),
        ] {
            let found = parse(text);
            assert_eq!(
                (&*found.0, found.1.as_deref(), found.2.as_deref()),
                (rest, mode, root),
                "{text}"
            );
        }
    }

    #[test]
    fn reads_no_more_than_the_driver() {
        // Doubled quotes are no escape, in libpq neither.
        for text in [
            "host=h x",
            "password='a",
            "postgres://h?sslmode",
            "sslrootcert='a''b'",
            "sslrootcert='a''b' user=u",
        ] {
            assert_eq!(
                ConnectionString::parse(text),
                Err(Fault::Unreadable),
                "{text}"
            );
        }
    }

    #[test]
    fn names_a_parameter_only_where_it_cannot_be_a_part_of_a_password() {
        for (text, named) in [
            ("postgres://h/d?sslcert=/x", "sslcert"),
            ("postgres://h/d?sslrootcrt=/x", "sslrootcrt"),
            ("host=h service=x", "service"),
            ("host=h sslsni=0", "sslsni"),
        ] {
            let Err(Fault::Refused { message, .. }) = ConnectionString::parse(text) else {
                panic!("{text}");
            };
            assert!(message.contains(&format!("`{named}`")), "{message}");
        }
        // What only the driver can judge is left to it.
        for text in ["postgres://u:a@h?ecret=1", "password=my ecret=x"] {
            assert!(parse(text).0.contains("ecret"), "{text}");
        }
    }
}
