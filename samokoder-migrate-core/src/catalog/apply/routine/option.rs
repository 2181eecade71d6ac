//! Attributes: what is not the default, in the words that a picture has.

use crate::tree::{DefElem, Node, VariableSetKind, VariableSetStmt, string};

/// An attribute as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Attribute {
    Volatility(String),
    Strict(Switch),
    Security(Switch),
    /// A setting and its value.
    Set(String, String),
    Reset(String),
    ResetAll,
    Window,
}

/// Whether something is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Switch {
    On,
    Off,
}

/// Reads attributes; those that a picture leaves out are left out.
pub(super) fn attributes<'a>(options: impl Iterator<Item = &'a DefElem>) -> Vec<Attribute> {
    options.filter_map(attribute).collect()
}

fn attribute(option: &DefElem) -> Option<Attribute> {
    let arg = option.arg.as_ref();
    Some(match option.defname.as_deref()? {
        "volatility" => Attribute::Volatility(string(arg?)?.to_owned()),
        "strict" => Attribute::Strict(switch(arg?)),
        "security" => Attribute::Security(switch(arg?)),
        "window" => Attribute::Window,
        "set" => match arg? {
            Node::VariableSetStmt(set) => setting(set)?,
            _ => return None,
        },
        _ => return None,
    })
}

fn setting(set: &VariableSetStmt) -> Option<Attribute> {
    if set.kind == VariableSetKind::VAR_RESET_ALL {
        return Some(Attribute::ResetAll);
    }
    let name = spelling(set.name.as_deref()?.to_lowercase());
    Some(match set.kind {
        VariableSetKind::VAR_SET_VALUE => {
            let values: Option<Vec<String>> = set.args.iter().flatten().map(value).collect();
            Attribute::Set(name, values?.join(", "))
        }
        VariableSetKind::VAR_SET_CURRENT => Attribute::Set(name, "from current".to_owned()),
        _ => Attribute::Reset(name),
    })
}

/// Returns a setting's name as the server writes it: few have capitals.
fn spelling(name: String) -> String {
    match &*name {
        "datestyle" => "DateStyle".to_owned(),
        "intervalstyle" => "IntervalStyle".to_owned(),
        "timezone" => "TimeZone".to_owned(),
        _ => name,
    }
}

/// Returns a value as `pg_proc.proconfig` has it.
fn value(node: &Node) -> Option<String> {
    let Node::A_Const(constant) = node else {
        return None;
    };
    Some(match constant.val.as_ref()? {
        Node::Integer(number) => number.to_string(),
        Node::Float(number) => number.to_string(),
        // Lists of names are kept as names.
        Node::String(text) if text.is_empty() => "\"\"".to_owned(),
        Node::String(text) => text.to_string(),
        _ => return None,
    })
}

fn switch(node: &Node) -> Switch {
    match node {
        Node::Boolean(false) => Switch::Off,
        _ => Switch::On,
    }
}

/// Returns attributes as they are told: volatility, strictness, security, settings.
pub(super) fn told(attributes: &[Attribute]) -> Vec<String> {
    change(Vec::new(), attributes)
}

/// Returns attributes after `ALTER FUNCTION`.
pub(super) fn altered<'a>(
    before: &[String],
    options: impl Iterator<Item = &'a DefElem>,
) -> Vec<String> {
    change(before.to_vec(), &attributes(options))
}

const VOLATILITIES: [&str; 3] = ["immutable", "stable", "volatile"];
const STRICT: &str = "strict";
const SECURITY: &str = "security definer";

fn change(mut told: Vec<String>, attributes: &[Attribute]) -> Vec<String> {
    for attribute in attributes {
        match attribute {
            Attribute::Volatility(volatility) => {
                told.retain(|known| !VOLATILITIES.contains(&known.as_str()));
                if volatility != "volatile" {
                    told.push(volatility.clone());
                }
            }
            Attribute::Strict(switch) => put(&mut told, STRICT, *switch),
            Attribute::Security(switch) => put(&mut told, SECURITY, *switch),
            Attribute::Set(name, value) => {
                let setting = format!("{name}={value}");
                match told.iter_mut().find(|known| is_setting(known, name)) {
                    Some(known) => *known = setting,
                    None => told.push(setting),
                }
            }
            Attribute::Reset(name) => told.retain(|known| !is_setting(known, name)),
            Attribute::ResetAll => told.retain(|known| !known.contains('=')),
            Attribute::Window => {}
        }
    }
    told.sort_by_key(|known| rank(known));
    told
}

fn put(told: &mut Vec<String>, attribute: &str, switch: Switch) {
    told.retain(|known| known != attribute);
    if switch == Switch::On {
        told.push(attribute.to_owned());
    }
}

fn is_setting(told: &str, name: &str) -> bool {
    told.split_once('=').is_some_and(|(known, _)| known == name)
}

fn rank(told: &str) -> usize {
    match told {
        STRICT => 1,
        SECURITY => 2,
        told if VOLATILITIES.contains(&told) => 0,
        _ => 3,
    }
}
