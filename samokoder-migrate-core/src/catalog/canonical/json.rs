//! Constants of `jsonb`: values, whatever the blanks between them and the order of keys.

use std::{collections::BTreeMap, iter::Peekable, str::Chars};

use super::decimal;

/// How deep arrays and objects are read: the walk has the stack's depth.
const DEEPEST: usize = 200;

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Json {
    Null,
    Boolean(bool),
    Number(String),
    Text(String),
    Array(Vec<Self>),
    /// Of a key that is there twice the last value stays.
    Object(BTreeMap<String, Self>),
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Boolean(a), Self::Boolean(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => decimal::same(a, b),
            (Self::Text(a), Self::Text(b)) => a == b,
            (Self::Array(a), Self::Array(b)) => a == b,
            (Self::Object(a), Self::Object(b)) => a == b,
            _ => false,
        }
    }
}

/// Reads a value; `None` if the text is none.
pub(super) fn read(text: &str) -> Option<Json> {
    let mut reader = Reader {
        rest: text.chars().peekable(),
    };
    let value = reader.value(0)?;
    reader.blank();
    reader.rest.next().is_none().then_some(value)
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
}

impl Reader<'_> {
    fn blank(&mut self) {
        while self.rest.next_if(char::is_ascii_whitespace).is_some() {}
    }

    fn takes(&mut self, wanted: char) -> bool {
        self.blank();
        self.rest.next_if_eq(&wanted).is_some()
    }

    fn value(&mut self, depth: usize) -> Option<Json> {
        if depth > DEEPEST {
            return None;
        }
        self.blank();
        match self.rest.peek()? {
            '"' => self.text().map(Json::Text),
            '[' => self.array(depth),
            '{' => self.object(depth),
            _ => {
                let mut word = String::new();
                while let Some(c) = self
                    .rest
                    .next_if(|c| c.is_ascii_alphanumeric() || "+-.".contains(*c))
                {
                    word.push(c);
                }
                match &*word {
                    "null" => Some(Json::Null),
                    "true" => Some(Json::Boolean(true)),
                    "false" => Some(Json::Boolean(false)),
                    number => number
                        .starts_with(|c: char| c.is_ascii_digit() || c == '-')
                        .then_some(Json::Number(word)),
                }
            }
        }
    }

    fn array(&mut self, depth: usize) -> Option<Json> {
        let mut items = Vec::new();
        self.takes('[');
        if self.takes(']') {
            return Some(Json::Array(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.takes(']') {
                return Some(Json::Array(items));
            }
            self.takes(',').then_some(())?;
        }
    }

    fn object(&mut self, depth: usize) -> Option<Json> {
        let mut members = BTreeMap::new();
        self.takes('{');
        if self.takes('}') {
            return Some(Json::Object(members));
        }
        loop {
            self.blank();
            let key = self.text()?;
            self.takes(':').then_some(())?;
            members.insert(key, self.value(depth + 1)?);
            if self.takes('}') {
                return Some(Json::Object(members));
            }
            self.takes(',').then_some(())?;
        }
    }

    fn text(&mut self) -> Option<String> {
        self.rest.next_if_eq(&'"')?;
        let mut units: Vec<u16> = Vec::new();
        loop {
            match self.rest.next()? {
                '"' => return String::from_utf16(&units).ok(),
                '\\' => match self.rest.next()? {
                    'b' => put(&mut units, '\u{8}'),
                    'f' => put(&mut units, '\u{c}'),
                    'n' => put(&mut units, '\n'),
                    'r' => put(&mut units, '\r'),
                    't' => put(&mut units, '\t'),
                    'u' => {
                        let mut unit = 0;
                        for _ in 0..4 {
                            unit = unit * 16 + self.rest.next()?.to_digit(16)?;
                        }
                        units.push(u16::try_from(unit).ok()?);
                    }
                    c => put(&mut units, c),
                },
                c => put(&mut units, c),
            }
        }
    }
}

fn put(units: &mut Vec<u16>, c: char) {
    units.extend_from_slice(c.encode_utf16(&mut [0; 2]));
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn blanks_and_the_order_of_keys_mean_nothing() {
        for (one, other) in [
            (
                r#"{"b":1,"a":[true,null]}"#,
                r#"{"a": [true, null], "b": 1}"#,
            ),
            (r#"{"a":1,"a":2}"#, r#"{"a": 2}"#),
            (r#""\u00e9\ud83d\ude00\n""#, "\"é😀\\n\""),
            ("1e2", "100"),
            (" [ ] ", "[]"),
        ] {
            assert!(read(one).is_some(), "{one}");
            assert_eq!(read(one), read(other), "{one} / {other}");
        }
        for (one, other) in [
            (r#"{"a":1}"#, r#"{"a":2}"#),
            ("[1,2]", "[2,1]"),
            ("1.0", "1.00"),
            ("\"a\"", "\"A\""),
        ] {
            assert_ne!(read(one), read(other), "{one} / {other}");
        }
        for other in ["{", "[1,]", "{a:1}", "1 2", ""] {
            assert!(read(other).is_none(), "{other}");
        }
    }
}
