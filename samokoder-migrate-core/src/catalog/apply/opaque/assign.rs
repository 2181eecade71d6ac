//! Variables of a PL/pgSQL body that are given a value once, so that it is known wherever they stand.

use super::{
    plan::{Plan, When},
    text::{Names, Word, name, parts, value, words},
};
use crate::{catalog::store::Shape, lexer::Kind};

/// Something that gives a variable a value.
struct Assignment<'a> {
    name: String,
    /// `None` if the value is not the text of an expression.
    expression: Option<Vec<Word<'a>>>,
    /// Whether it may not be given where the variable stands.
    perhaps: bool,
}

/// Adds to the parameters' values those of the body's variables.
pub(super) fn names(plan: &Plan, parameters: &Names) -> Names {
    let mut assignments = Vec::new();
    for text in &plan.expressions {
        declared(&words(text), &mut assignments);
    }
    for step in &plan.steps {
        let first = assignments.len();
        assigned(&words(&step.text), &mut assignments);
        for assignment in assignments.iter_mut().skip(first) {
            assignment.perhaps = step.when != When::Always;
        }
    }
    let mut names = parameters.clone();
    let mut known = Vec::new();
    for assignment in &assignments {
        let is_only = assignments
            .iter()
            .filter(|other| other.name == assignment.name)
            .count()
            == 1;
        let is_parameter = parameters.get(&assignment.name).is_some();
        names.set(assignment.name.clone(), Shape::any());
        if let (true, false, Some(expression)) = (is_only, is_parameter, &assignment.expression) {
            known.push((&assignment.name, expression, assignment.perhaps));
        }
    }
    // What another variable is made of was given its value before, most often: in the order of the
    // text. One whose value is not there yet is any.
    for (name, expression, perhaps) in known {
        let value = value(expression, &names);
        if perhaps || names.is_null(expression) {
            names.may_be_null(name.clone());
        }
        names.set(name.clone(), value);
    }
    for assignment in &assignments {
        let given = assignments
            .iter()
            .filter(|other| other.name == assignment.name);
        let values: Option<Vec<Shape>> = given
            .map(|other| Some(value(other.expression.as_ref()?, &names)))
            .collect();
        if let Some(values) =
            values.filter(|values| values.len() > 1 && parameters.get(&assignment.name).is_none())
        {
            names.set_one_of(assignment.name.clone(), values);
        }
    }
    names
}

/// Reads `a CONSTANT text NOT NULL := …`, and a loop's `FOR a IN …`.
fn declared<'a>(words: &[Word<'a>], assignments: &mut Vec<Assignment<'a>>) {
    let Some(first) = words.first().copied().and_then(name) else {
        return;
    };
    if first == "for" || first == "foreach" {
        let targets = words
            .iter()
            .skip(1)
            .take_while(|(_, word)| !is(word, "in") && !is(word, "slice"));
        for target in targets.filter_map(|word| name(*word)) {
            assignments.push(Assignment {
                name: target,
                expression: None,
                perhaps: false,
            });
        }
        return;
    }
    let value = words
        .iter()
        .position(|(kind, word)| is_assignment(word) || *kind == Kind::Word && is(word, "default"))
        // Between is the type; `a = 1` is a condition.
        .filter(|at| *at > 1 && words.get(1).copied().and_then(name).is_some());
    assignments.push(Assignment {
        name: first,
        expression: value.and_then(|at| Some(words.get(at + 1..)?.to_vec())),
        perhaps: false,
    });
    if value.is_none() {
        // Declared without a value: the one that it is given later is the only one.
        assignments.pop();
    }
}

fn assigned<'a>(words: &[Word<'a>], assignments: &mut Vec<Assignment<'a>>) {
    let Some(first) = words.first().copied() else {
        return;
    };
    let into = words
        .iter()
        .position(|(kind, word)| *kind == Kind::Word && is(word, "into"));
    if words.get(1).is_some_and(|(_, word)| is_assignment(word)) {
        if let Some(name) = name(first) {
            assignments.push(Assignment {
                name,
                expression: words.get(2..).map(<[Word<'_>]>::to_vec),
                perhaps: false,
            });
        }
        return;
    }
    if is(first.1, "get") || is(first.1, "call") || is(first.1, "move") {
        unknown(words, assignments);
        return;
    }
    // `record.field := …`, `array[1] := …`.
    if words.iter().take(8).any(|(_, word)| *word == ":=") {
        unknown(words.get(..1).unwrap_or_default(), assignments);
    }
    let Some(into) = into.filter(|_| !is(first.1, "insert") && !is(first.1, "merge")) else {
        // `INSERT … RETURNING a INTO b`.
        let second = words
            .iter()
            .enumerate()
            .filter(|(_, (_, word))| is(word, "into"));
        for (at, _) in second.skip(1) {
            targets(words.get(at + 1..).unwrap_or_default(), assignments);
        }
        return;
    };
    let (before, after) = (words.get(1..into), words.get(into + 1..));
    let strict = usize::from(
        after
            .and_then(|after| after.first())
            .is_some_and(|(_, word)| is(word, "strict")),
    );
    let target = after
        .and_then(|after| after.get(strict..))
        .unwrap_or_default();
    match (target, before) {
        ([one], Some(expression)) if is(first.1, "select") && is_plain(expression) => {
            if let Some(name) = name(*one) {
                assignments.push(Assignment {
                    name,
                    expression: Some(expression.to_vec()),
                    perhaps: false,
                });
            }
        }
        _ => targets(target, assignments),
    }
}

/// One expression, and no FROM that could find nothing.
fn is_plain(expression: &[Word<'_>]) -> bool {
    parts(expression, ",").len() == 1
        && !expression
            .iter()
            .any(|(kind, word)| *kind == Kind::Word && (is(word, "from") || is(word, "where")))
}

/// What follows INTO may be any of its names.
fn targets<'a>(words: &[Word<'a>], assignments: &mut Vec<Assignment<'a>>) {
    let end = words
        .iter()
        .position(|(kind, word)| {
            *kind == Kind::Word && ["from", "using", "where"].iter().any(|end| is(word, end))
        })
        .unwrap_or(words.len());
    unknown(words.get(..end).unwrap_or_default(), assignments);
}

fn unknown<'a>(words: &[Word<'a>], assignments: &mut Vec<Assignment<'a>>) {
    for name in words.iter().filter_map(|word| name(*word)) {
        assignments.push(Assignment {
            name,
            expression: None,
            perhaps: false,
        });
    }
}

fn is(word: &str, other: &str) -> bool {
    word.eq_ignore_ascii_case(other)
}

fn is_assignment(word: &str) -> bool {
    matches!(word, ":=" | "=")
}

#[cfg(test)]
mod tests {
    use super::{super::plan::plan, names};
    use crate::catalog::{
        apply::opaque::text::Names,
        store::{GAP, Shape},
    };

    #[test]
    fn a_variable_that_is_given_one_value_has_it() {
        let body = "DECLARE a text := 'x'; b text; c text DEFAULT 'y'; d text; e text; BEGIN \
             SELECT format('%s_%s', p, today) INTO b; c := 'z'; \
             EXECUTE 'SELECT 1' INTO d; FOR e IN SELECT 1 LOOP NULL; END LOOP; END";
        let mut parameters = Names::default();
        parameters.set("p", Shape::new("t"));
        let names = names(&plan(body), &parameters);
        let told = |name| names.get(name).map(|shape| shape.text().replace(GAP, "*"));
        assert_eq!(told("a").as_deref(), Some("x"));
        assert_eq!(told("b").as_deref(), Some("t_*"));
        assert_eq!(told("c").as_deref(), Some("*"));
        assert_eq!(told("d").as_deref(), Some("*"));
        assert_eq!(told("e").as_deref(), Some("*"));
        assert_eq!(told("p").as_deref(), Some("t"));
    }

    #[test]
    fn a_parameter_that_is_given_another_value_is_not_known() {
        let mut parameters = Names::default();
        parameters.set("p", Shape::new("t"));
        for body in ["BEGIN p := 'u'; END", "BEGIN SELECT 'u' INTO p; END"] {
            let names = names(&plan(body), &parameters);
            assert_eq!(names.get("p"), Some(&Shape::any()), "{body}");
        }
    }
}
