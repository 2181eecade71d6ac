//! Whether a body sets where names are looked for.

use super::{assign::Values, dynamic::executed, first_word, plan::Plan};
use crate::catalog::store::is_mark;

/// Returns whether a body may set `search_path` for what follows in it. What is told of it in the
/// definition of a function or a role is another's.
pub(super) fn may_be_set(plan: &Plan, values: &Values<'_>) -> bool {
    let steps = plan.steps.iter().map(|step| &step.text);
    let texts: Vec<&String> = plan.expressions.iter().chain(steps).collect();
    if !texts.iter().any(|text| mentions(text)) {
        return false;
    }
    if texts.iter().any(|text| is_set_in(text)) {
        return true;
    }
    let of_heads = plan.expressions.iter().flat_map(|text| {
        let expressions = executed(text);
        expressions
            .into_iter()
            .flat_map(|expression| values.everywhere().all_values(&expression))
    });
    let of_steps = plan.steps.iter().flat_map(|step| {
        let names = values.at(step);
        let expressions = executed(&step.text);
        expressions
            .into_iter()
            .flat_map(move |expression| names.all_values(&expression))
    });
    of_heads.chain(of_steps).any(|shape| {
        let text = shape.text();
        text.starts_with(is_mark) || text.split(';').any(is_set_in)
    })
}

fn mentions(text: &str) -> bool {
    text.to_ascii_lowercase().contains("search_path")
}

fn is_set_in(text: &str) -> bool {
    if !mentions(text) {
        return false;
    }
    let text = text.to_ascii_lowercase();
    text.contains("set_config") || matches!(&*first_word(&text), "set" | "reset" | "do")
}
