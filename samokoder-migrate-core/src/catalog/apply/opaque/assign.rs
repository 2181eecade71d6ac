//! Variables of a PL/pgSQL body that are given a value once, so that it is known wherever they stand.

use std::collections::HashSet;

use super::{
    plan::{Place, Plan, Step, When},
    query::Query,
    text::{Names, Word, name, parts, value, words},
};
use crate::{catalog::store::Shape, lexer::Kind};

/// So often a value is looked for in what another is made of.
const DEEP: usize = 4;

/// Something that gives a variable a value.
struct Assignment<'a> {
    name: String,
    given: Given<'a>,
    /// Whether it may not be given where the variable stands.
    perhaps: bool,
    place: Place,
}

/// What a variable is given.
enum Given<'a> {
    /// The value of an expression.
    Value(Vec<Word<'a>>),
    /// The row of a query, or its one field.
    Row(Query<'a>),
    Unknown,
}

impl<'a> Assignment<'a> {
    fn new(name: String, given: Given<'a>) -> Self {
        Self {
            name,
            given,
            perhaps: false,
            place: Place::default(),
        }
    }

    /// Returns the value, where that is the same wherever it is looked at.
    fn value(&self, names: &Names) -> Option<Shape> {
        match &self.given {
            Given::Value(expression) => Some(value(expression, names)),
            Given::Row(query) => match query.fields(names).as_slice() {
                [(_, one)] => Some(one.clone()),
                _ => None,
            },
            Given::Unknown => None,
        }
    }
}

/// The values of a body's variables.
pub(super) struct Values<'a> {
    assignments: Vec<Assignment<'a>>,
    /// What they are wherever they stand.
    everywhere: Names,
}

impl<'a> Values<'a> {
    /// Reads what a body gives its variables.
    pub(super) fn new(plan: &'a Plan, parameters: &Names) -> Self {
        let assignments = assignments(plan);
        let everywhere = names(&assignments, parameters);
        Self {
            assignments,
            everywhere,
        }
    }

    /// Returns what is known of them wherever they stand.
    pub(super) fn everywhere(&self) -> &Names {
        &self.everywhere
    }

    /// Returns what is known of those that a statement mentions, where it stands.
    pub(super) fn at(&self, step: &Step) -> Names {
        self.known_at(&step.place, &words(&step.text), DEEP)
    }

    fn known_at(&self, place: &Place, mentions: &[Word<'_>], depth: usize) -> Names {
        let mut names = self.everywhere.clone();
        let mentioned: HashSet<String> = mentions.iter().filter_map(|word| name(*word)).collect();
        let mut seen = HashSet::new();
        for name in self.assignments.iter().map(|assignment| &assignment.name) {
            if depth == 0 || !mentioned.contains(name) || !seen.insert(name) {
                continue;
            }
            let Some(last) = self.reaching(name, place) else {
                continue;
            };
            match &last.given {
                Given::Value(expression) => {
                    let before = self.known_at(&last.place, expression, depth - 1);
                    if let [one] = before.all_values(expression).as_slice() {
                        names.set_alone(name, one.clone());
                        if before.is_null(expression) {
                            names.may_be_null(name);
                        }
                    }
                }
                Given::Row(query) => {
                    let before = self.known_at(&last.place, &query.mentions(), depth - 1);
                    let fields = query.fields(&before);
                    if let [(_, one)] = fields.as_slice() {
                        names.set_alone(name, one.clone());
                        names.may_be_null(name);
                    }
                    let fields = fields
                        .into_iter()
                        .filter_map(|(name, value)| Some((name?, value)));
                    names.set_row(name, fields.collect());
                }
                Given::Unknown => {}
            }
        }
        names
    }

    /// Finds the one assignment whose value a variable has where a statement stands.
    fn reaching(&self, name: &str, place: &Place) -> Option<&Assignment<'a>> {
        let others = || {
            self.assignments
                .iter()
                .filter(|assignment| assignment.name == name)
        };
        let last = others()
            .filter(|assignment| assignment.place.at < place.at)
            .max_by_key(|assignment| assignment.place.at)?;
        let is_around = place.within.starts_with(&last.place.within);
        // A loop comes back to what stands before.
        let inner = place.within.get(last.place.within.len()..)?;
        let returns = others().any(|other| {
            other.place.at > place.at
                && other.place.within.iter().any(|frame| inner.contains(frame))
        });
        (is_around && !returns).then_some(last)
    }
}

fn assignments(plan: &Plan) -> Vec<Assignment<'_>> {
    let mut assignments = Vec::new();
    for text in &plan.expressions {
        declared(&words(text), &mut assignments);
    }
    for head in &plan.loops {
        let first = assignments.len();
        looped(&words(&head.text), &mut assignments);
        for assignment in assignments.iter_mut().skip(first) {
            assignment.place = head.place.clone();
        }
    }
    for step in &plan.steps {
        let first = assignments.len();
        assigned(&words(&step.text), &mut assignments);
        for assignment in assignments.iter_mut().skip(first) {
            assignment.perhaps = step.when != When::Always;
            assignment.place = step.place.clone();
        }
    }
    assignments
}

/// Adds to the parameters' values those of the body's variables.
fn names(assignments: &[Assignment<'_>], parameters: &Names) -> Names {
    let mut names = parameters.clone();
    let mut known = Vec::new();
    for assignment in assignments {
        let is_only = assignments
            .iter()
            .filter(|other| other.name == assignment.name)
            .count()
            == 1;
        let is_parameter = parameters.get(&assignment.name).is_some();
        names.set(assignment.name.clone(), Shape::any());
        if is_only && !is_parameter {
            known.push(assignment);
        }
    }
    // What another variable is made of was given its value before, most often: in the order of the
    // text. One whose value is not there yet is any.
    for assignment in known {
        let Some(value) = assignment.value(&names) else {
            continue;
        };
        let is_null = match &assignment.given {
            Given::Value(expression) => names.is_null(expression),
            // There may be no row.
            _ => true,
        };
        if assignment.perhaps || is_null {
            names.may_be_null(assignment.name.clone());
        }
        names.set(assignment.name.clone(), value);
    }
    for assignment in assignments {
        let given = assignments
            .iter()
            .filter(|other| other.name == assignment.name);
        let values: Option<Vec<Shape>> = given.map(|other| other.value(&names)).collect();
        if let Some(values) =
            values.filter(|values| values.len() > 1 && parameters.get(&assignment.name).is_none())
        {
            names.set_one_of(assignment.name.clone(), values);
        }
    }
    names
}

/// Reads a loop's `FOR a IN …`.
fn looped<'a>(words: &[Word<'a>], assignments: &mut Vec<Assignment<'a>>) {
    let is_over_rows = words.first().is_some_and(|(_, word)| is(word, "for"));
    let end = words
        .iter()
        .position(|(_, word)| is(word, "in") || is(word, "slice"));
    let targets = words.get(1..end.unwrap_or(1)).unwrap_or_default();
    if let ([one], Some(end), true) = (targets, end, is_over_rows)
        && let Some(query) = words.get(end + 1..).and_then(Query::read)
        && let Some(name) = name(*one)
    {
        assignments.push(Assignment::new(name, Given::Row(query)));
        return;
    }
    unknown(targets, assignments);
}

/// Reads `a CONSTANT text NOT NULL := …`.
fn declared<'a>(words: &[Word<'a>], assignments: &mut Vec<Assignment<'a>>) {
    let Some(first) = words.first().copied().and_then(name) else {
        return;
    };
    if matches!(&*first, "for" | "foreach" | "while") {
        return;
    }
    let value = words
        .iter()
        .position(|(kind, word)| is_assignment(word) || *kind == Kind::Word && is(word, "default"))
        // Between is the type; `a = 1` is a condition.
        .filter(|at| *at > 1 && words.get(1).copied().and_then(name).is_some());
    // Declared without a value, the one that it is given later is the only one.
    if let Some(value) = value.and_then(|at| words.get(at + 1..)) {
        assignments.push(Assignment::new(first, Given::Value(value.to_vec())));
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
            let given = words.get(2..).unwrap_or_default();
            let given = match Query::read(given) {
                Some(query) => Given::Row(query),
                None => Given::Value(given.to_vec()),
            };
            assignments.push(Assignment::new(name, given));
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
                let given = Given::Value(expression.to_vec());
                assignments.push(Assignment::new(name, given));
            }
        }
        ([one, from, ..], Some(items)) if is(first.1, "select") && is(from.1, "from") => {
            let query: Vec<Word<'_>> = [first]
                .into_iter()
                .chain(items.iter().copied())
                .chain(target.iter().skip(1).copied())
                .collect();
            let given = Query::read(&query).map_or(Given::Unknown, Given::Row);
            assignments.extend(name(*one).map(|name| Assignment::new(name, given)));
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
        assignments.push(Assignment::new(name, Given::Unknown));
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
    use super::{super::plan::plan, Values};
    use crate::catalog::{
        apply::opaque::text::Names,
        store::{Shape, is_mark},
    };

    #[test]
    fn a_variable_that_is_given_one_value_has_it() {
        let body = "DECLARE a text := 'x'; b text; c text DEFAULT 'y'; d text; e text; BEGIN \
             SELECT format('%s_%s', p, today) INTO b; c := 'z'; \
             EXECUTE 'SELECT 1' INTO d; FOR e IN SELECT 1 LOOP NULL; END LOOP; END";
        let mut parameters = Names::default();
        parameters.set("p", Shape::new("t"));
        let plan = plan(body);
        let values = Values::new(&plan, &parameters);
        let told = |name| {
            values
                .everywhere()
                .get(name)
                .map(|shape| shape.text().replace(is_mark, "*"))
        };
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
            let plan = plan(body);
            let values = Values::new(&plan, &parameters);
            assert_eq!(values.everywhere().get("p"), Some(&Shape::any()), "{body}");
        }
    }
}
