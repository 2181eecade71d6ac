//! What is between the parentheses of a type.

use std::rc::Rc;

use crate::{
    catalog::types::Base,
    tree::{DAY, HOUR, INTERVAL_FULL_RANGE, List, MINUTE, MONTH, Node, SECOND, YEAR, string},
};

/// What times and intervals cut their precision to, with a warning.
const MOST_DIGITS: i32 = 6;

/// Reads modifiers as `format_type` prints them; `None` if they are not known.
pub(super) fn modifier(base: &Base, written: &List) -> Option<Rc<str>> {
    let Base::Builtin(name) = base else {
        return Some(as_written(written)?.into());
    };
    let numbers: Vec<i32> = written
        .iter()
        .flatten()
        .map(number)
        .collect::<Option<_>>()?;
    let text = match (&**name, numbers.as_slice()) {
        ("numeric", [precision]) => format!("({precision},0)"),
        ("numeric", [precision, scale]) => format!("({precision},{scale})"),
        ("time" | "timetz" | "timestamp" | "timestamptz", [digits]) => {
            format!("({})", digits.min(&MOST_DIGITS))
        }
        ("interval", [fields]) => fields_text(*fields)?.to_owned(),
        ("interval", [fields, digits]) => {
            format!("{}({})", fields_text(*fields)?, digits.min(&MOST_DIGITS))
        }
        (_, [length]) => format!("({length})"),
        _ => return None,
    };
    Some(text.into())
}

/// Returns an interval's fields with a space before them.
fn fields_text(fields: i32) -> Option<&'static str> {
    const TABLE: &[(&[i32], &str)] = &[
        (&[YEAR], " year"),
        (&[MONTH], " month"),
        (&[DAY], " day"),
        (&[HOUR], " hour"),
        (&[MINUTE], " minute"),
        (&[SECOND], " second"),
        (&[YEAR, MONTH], " year to month"),
        (&[DAY, HOUR], " day to hour"),
        (&[DAY, HOUR, MINUTE], " day to minute"),
        (&[DAY, HOUR, MINUTE, SECOND], " day to second"),
        (&[HOUR, MINUTE], " hour to minute"),
        (&[HOUR, MINUTE, SECOND], " hour to second"),
        (&[MINUTE, SECOND], " minute to second"),
    ];
    if fields == INTERVAL_FULL_RANGE {
        return Some("");
    }
    TABLE
        .iter()
        .find(|(bits, _)| bits.iter().map(|bit| 1 << bit).sum::<i32>() == fields)
        .map(|(_, text)| *text)
}

/// Another's modifiers, of which only plain numbers are known to be printed as they are written.
fn as_written(written: &List) -> Option<String> {
    let parts: Vec<String> = written
        .iter()
        .flatten()
        .map(|node| number(node).map(|number| number.to_string()))
        .collect::<Option<_>>()?;
    Some(format!("({})", parts.join(",")))
}

fn number(node: &Node) -> Option<i32> {
    match node {
        Node::Integer(number) => Some(*number),
        Node::A_Const(constant) => number(constant.val.as_ref()?),
        // `numeric(3, -2)`
        Node::A_Expr(minus)
            if minus.lexpr.is_none()
                && minus.name.iter().flatten().filter_map(string).eq(["-"]) =>
        {
            number(minus.rexpr.as_ref()?)?.checked_neg()
        }
        _ => None,
    }
}
