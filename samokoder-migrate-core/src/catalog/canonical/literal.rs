//! Constants, compared by what they mean in their types.
//!
//! A server reads a constant with its type's input function when it stores it, and prints it with the
//! output function: `'f'` of a boolean is `false`, `'1 day'` of an interval `'1 day'::interval`.

use super::{array, decimal, interval, json, moment};

/// A constant.
#[derive(Clone, Debug)]
pub(super) struct Constant {
    pub(super) content: Content,
    /// The type that it is cast to.
    pub(super) ty: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Null,
    Boolean(bool),
    /// As it is written, with its sign.
    Number(String),
    Text(String),
    Bits(String),
    Other(String),
}

/// Returns whether two constants may be the same. Where this depends on the session that stored
/// one (its time zone, its order of day and month), it may.
pub(super) fn same(a: &Constant, b: &Constant) -> bool {
    use Content::{Bits, Boolean, Number, Text};
    if a.content == b.content {
        return true;
    }
    let ty = match (a.ty.as_deref(), b.ty.as_deref()) {
        (Some(ours), Some(theirs)) if ours != theirs => {
            let ((base, one), (other_base, other)) = (parts(ours), parts(theirs));
            if base != other_base {
                return false;
            }
            // The fields of an interval are not kept.
            if let ("interval", Text(a), Text(b)) = (base, &a.content, &b.content) {
                return interval::read(a, one) == interval::read(b, other);
            }
            Some(base)
        }
        (Some(ty), _) | (None, Some(ty)) => Some(ty),
        (None, None) => None,
    };
    match (&a.content, &b.content) {
        (Boolean(value), Text(text)) | (Text(text), Boolean(value)) => {
            boolean(text) == Some(*value)
        }
        (Number(a), Number(b)) => decimal::same(a, b),
        (Number(number), Text(text)) | (Text(text), Number(number)) => match ty {
            Some(ty) => of_type(number, text, ty).unwrap_or(true),
            None => decimal::same(number, text),
        },
        (Bits(a), Text(b)) | (Text(a), Bits(b)) => a == b,
        (Text(a), Text(b)) => ty.is_some_and(|ty| of_type(a, b, ty).unwrap_or(true)),
        _ => false,
    }
}

/// Compares two texts as constants of a type; `None` if it cannot be told.
pub(super) fn of_type(a: &str, b: &str, ty: &str) -> Option<bool> {
    if a == b {
        return Some(true);
    }
    if let Some(element) = ty.strip_suffix("[]") {
        return array::same(a, b, element);
    }
    let (base, modifier) = parts(ty);
    match base {
        "bool" | "boolean" => Some(boolean(a)? == boolean(b)?),
        "int2" | "int4" | "int8" | "smallint" | "integer" | "int" | "bigint" | "float4"
        | "float8" | "real" => decimal::same_value(a, b),
        "numeric" | "decimal" => Some(decimal::same(a, b)),
        "date" => moment::same_day(a, b),
        "timestamp" => moment::same_local(a, b),
        "timestamptz" => moment::may_be_same_instant(a, b),
        "time" => moment::same_time(a, b),
        "timetz" => moment::may_be_same_time(a, b),
        "interval" => Some(interval::read(a, modifier)? == interval::read(b, modifier)?),
        "jsonb" => Some(json::read(a)? == json::read(b)?),
        "uuid" => Some(hexadecimal(a) == hexadecimal(b)),
        "bytea" => Some(bytes(a)? == bytes(b)?),
        // Their own spelling is not known here.
        "box" | "cidr" | "circle" | "inet" | "jsonpath" | "line" | "lseg" | "macaddr"
        | "macaddr8" | "money" | "path" | "pg_lsn" | "point" | "polygon" | "tsquery"
        | "tsvector" | "int4range" | "int8range" | "numrange" | "tsrange" | "tstzrange"
        | "daterange" | "int4multirange" | "int8multirange" | "nummultirange" | "tsmultirange"
        | "tstzmultirange" | "datemultirange" => None,
        _ => Some(false),
    }
}

/// Splits a type into its name and its modifier.
fn parts(ty: &str) -> (&str, &str) {
    match ty.split_once('(') {
        Some((base, rest)) => (base, rest.trim_end_matches(')')),
        None => (ty, ""),
    }
}

/// Reads a boolean: a beginning of a word that means one value alone.
fn boolean(text: &str) -> Option<bool> {
    let text = text.trim().to_ascii_lowercase();
    let begins = |word: &str, least: usize| text.len() >= least && word.starts_with(&text);
    if begins("true", 1) || begins("yes", 1) || text == "on" || text == "1" {
        Some(true)
    } else if begins("false", 1) || begins("no", 1) || begins("off", 2) || text == "0" {
        Some(false)
    } else {
        None
    }
}

fn hexadecimal(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_hexdigit)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

/// Reads bytes in the hexadecimal form, or in the other one where nothing is escaped.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let Some(digits) = text.strip_prefix("\\x") else {
        return (!text.contains('\\')).then(|| text.as_bytes().to_vec());
    };
    let digits: Vec<u32> = digits
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_digit(16))
        .collect::<Option<_>>()?;
    digits
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(high * 16 + low).ok(),
            _ => None,
        })
        .collect()
}
