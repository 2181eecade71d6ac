//! The statements of a PL/pgSQL body, and what each depends on.
//!
//! Rules are those of the documentation's chapter "PL/pgSQL", "Control Structures". What cannot be
//! followed may happen or not.

use crate::lexer::{self, Kind};

/// A statement of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// Without its `;`.
    pub(super) text: String,
    pub(super) when: When,
    /// The innermost block with an exception handler that it is in, by number.
    pub(super) block: Option<usize>,
    pub(super) place: Place,
    /// The IF whose condition `when` is, by number.
    pub(super) asked: Option<usize>,
}

/// Where a statement stands in a body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// What it comes after, as a count.
    pub(super) at: usize,
    /// The blocks, branches and loops that it is in, by number, from without.
    pub(super) within: Vec<usize>,
}

/// A loop's head: `FOR r IN SELECT …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) text: String,
    /// Where what is in the loop begins.
    pub(super) place: Place,
}

/// When a statement runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// If the body does.
    Always,
    /// If a query of this text finds nothing.
    NotExists(String),
    /// If a query of this text finds something.
    Exists(String),
    /// It cannot be said.
    Maybe,
}

/// A body, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) steps: Vec<Step>,
    /// The texts of conditions, loops and declarations.
    pub(super) expressions: Vec<String>,
    /// What each block with a handler catches: `duplicate_object`, `others`.
    pub(super) caught: Vec<Vec<String>>,
    pub(super) loops: Vec<Head>,
}

/// Gives numbers to what statements are in.
#[derive(Default)]
struct Places {
    count: usize,
    within: Vec<usize>,
}

impl Places {
    fn enter(&mut self) {
        self.count += 1;
        self.within.push(self.count);
    }

    fn leave(&mut self) {
        self.within.pop();
    }

    /// What follows runs without what is before it.
    fn turn(&mut self) {
        self.leave();
        self.enter();
    }

    fn next(&mut self) -> Place {
        self.count += 1;
        Place {
            at: self.count,
            within: self.within.clone(),
        }
    }
}

/// What is open where a statement stands.
enum Frame {
    Block { first: usize },
    Handler,
    If(When, usize),
    Other,
}

struct Words<'a> {
    text: &'a str,
    tokens: Vec<lexer::Token>,
    at: usize,
}

impl<'a> Words<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.text.get(self.tokens.get(self.at)?.span.range())
    }

    fn is(&self, word: &str) -> bool {
        self.peek()
            .is_some_and(|next| next.eq_ignore_ascii_case(word))
    }

    /// Takes everything up to one of some words, which is taken too; not within parentheses or CASE.
    fn until(&mut self, ends: &[&str]) -> &'a str {
        let start = self
            .tokens
            .get(self.at)
            .map_or(self.text.len(), |token| token.span.start);
        let (mut end, mut depth, mut cases) = (start, 0usize, 0usize);
        while let Some(word) = self.peek() {
            let is_end = ends.iter().any(|end| word.eq_ignore_ascii_case(end));
            if is_end && depth == 0 && (cases == 0 || word == ";") {
                self.at += 1;
                break;
            }
            match word {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                word if word.eq_ignore_ascii_case("case") => cases += 1,
                word if word.eq_ignore_ascii_case("end") => cases = cases.saturating_sub(1),
                _ => {}
            }
            end = self.tokens.get(self.at).map_or(end, |token| token.span.end);
            self.at += 1;
        }
        self.text.get(start..end).unwrap_or_default()
    }
}

/// Takes a body apart.
pub(super) fn plan(body: &str) -> Plan {
    let tokens = lexer::tokens(body)
        .into_iter()
        .filter(|token| !token.kind.is_comment())
        .collect();
    let mut words = Words {
        text: body,
        tokens,
        at: 0,
    };
    let mut plan = Plan::default();
    let mut frames: Vec<Frame> = Vec::new();
    // After a RETURN or an EXIT the rest may not run.
    let mut left = false;
    let mut places = Places::default();
    while let Some(first) = words.peek() {
        match first.to_ascii_lowercase().as_str() {
            ";" => words.at += 1,
            "<<" => {
                words.until(&[">>"]);
            }
            "declare" => {
                words.at += 1;
                while words.peek().is_some() && !words.is("begin") {
                    plan.expressions.push(words.until(&[";"]).to_owned());
                }
            }
            "begin" => {
                words.at += 1;
                let first = plan.steps.len();
                frames.push(Frame::Block { first });
                places.enter();
            }
            "exception" => {
                words.at += 1;
                handle(&mut plan, &mut frames);
                places.turn();
            }
            "when" => {
                words.at += 1;
                let condition = words.until(&["then"]).to_ascii_lowercase();
                catch(&mut plan, &frames, condition);
                places.turn();
            }
            "if" => {
                words.at += 1;
                let condition = words.until(&["then"]);
                plan.expressions.push(condition.to_owned());
                places.enter();
                frames.push(Frame::If(when(condition), places.count));
            }
            "elsif" | "elseif" => {
                words.at += 1;
                plan.expressions.push(words.until(&["then"]).to_owned());
                neither(&mut frames);
                places.turn();
            }
            "else" => {
                words.at += 1;
                otherwise(&mut frames);
                places.turn();
            }
            "while" | "for" | "foreach" => {
                begin_loop(&mut words, &mut plan, &mut places);
                frames.push(Frame::Other);
            }
            "loop" => {
                words.at += 1;
                frames.push(Frame::Other);
                places.enter();
            }
            "case" => {
                words.at += 1;
                plan.expressions.push(words.until(&["when"]).to_owned());
                plan.expressions.push(words.until(&["then"]).to_owned());
                frames.push(Frame::Other);
                places.enter();
            }
            "end" => {
                words.at += 1;
                if matches!(frames.pop(), Some(Frame::Handler)) {
                    frames.pop();
                }
                places.leave();
                words.until(&[";"]);
            }
            _ => {
                let leaves = leaves(first);
                let runs = if left {
                    (When::Maybe, None)
                } else {
                    runs(&frames)
                };
                plan.steps
                    .push(step(words.until(&[";"]), runs, places.next()));
                left |= leaves;
            }
        }
    }
    plan
}

/// Returns whether a statement of this first word may leave what it is in.
fn leaves(first: &str) -> bool {
    let words = ["return", "exit", "continue"];
    words.iter().any(|word| first.eq_ignore_ascii_case(word))
}

fn begin_loop(words: &mut Words<'_>, plan: &mut Plan, places: &mut Places) {
    let text = words.until(&["loop"]).to_owned();
    plan.expressions.push(text.clone());
    places.enter();
    let place = places.next();
    plan.loops.push(Head { text, place });
}

fn step(text: &str, (when, asked): (When, Option<usize>), place: Place) -> Step {
    Step {
        text: text.to_owned(),
        when,
        block: None,
        place,
        asked,
    }
}

/// Begins the handler of the innermost block.
fn handle(plan: &mut Plan, frames: &mut Vec<Frame>) {
    if let Some(Frame::Block { first }) = frames.last_mut() {
        let number = plan.caught.len();
        plan.caught.push(Vec::new());
        for step in plan.steps.iter_mut().skip(*first) {
            // An inner block's own handler does not keep what an outer one takes back.
            if step.block.is_some() {
                step.when = When::Maybe;
            }
            step.block.get_or_insert(number);
        }
        frames.push(Frame::Handler);
    }
}

/// Reads what follows WHEN: in a handler what it catches.
fn catch(plan: &mut Plan, frames: &[Frame], condition: String) {
    match (frames.last(), plan.caught.last_mut()) {
        (Some(Frame::Handler), Some(caught)) => {
            caught.extend(condition.split(" or ").map(|name| name.trim().to_owned()));
        }
        _ => plan.expressions.push(condition),
    }
}

/// What follows depends on two conditions.
fn neither(frames: &mut [Frame]) {
    if let Some(Frame::If(when, _)) = frames.last_mut() {
        *when = When::Maybe;
    }
}

fn otherwise(frames: &mut [Frame]) {
    if let Some(Frame::If(when, _)) = frames.last_mut() {
        *when = match std::mem::replace(when, When::Maybe) {
            When::NotExists(query) => When::Exists(query),
            When::Exists(query) => When::NotExists(query),
            When::Always | When::Maybe => When::Maybe,
        };
    }
}

/// Says when a statement runs, and which IF it depends on if it is one alone.
fn runs(frames: &[Frame]) -> (When, Option<usize>) {
    let mut runs = (When::Always, None);
    for frame in frames {
        runs = match (runs, frame) {
            (runs, Frame::Block { .. }) => runs,
            ((When::Always, _), Frame::If(when, number)) => (when.clone(), Some(*number)),
            _ => (When::Maybe, None),
        };
    }
    runs
}

/// Reads a condition that is one question about one query.
fn when(condition: &str) -> When {
    let words: Vec<(Kind, &str)> = lexer::tokens(condition)
        .iter()
        .filter(|token| !token.kind.is_comment())
        .filter_map(|token| Some((token.kind, condition.get(token.span.range())?)))
        .collect();
    let is = |at: usize, word: &str| {
        words
            .get(at)
            .is_some_and(|(_, text)| text.eq_ignore_ascii_case(word))
    };
    let not = usize::from(is(0, "not"));
    if !is(not, "exists") || !is(not + 1, "(") {
        return When::Maybe;
    }
    let mut depth = 0usize;
    for (at, (_, text)) in words.iter().enumerate().skip(not + 1) {
        match *text {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            // More than the one question is not followed.
            return match (at + 1 == words.len(), not) {
                (true, 1) => When::NotExists(condition.to_owned()),
                (true, _) => When::Exists(condition.to_owned()),
                _ => When::Maybe,
            };
        }
    }
    When::Maybe
}

#[cfg(test)]
mod tests {
    use super::{When, plan};

    #[test]
    fn tells_what_each_statement_depends_on() {
        let plan = plan(
            "DECLARE x int := f(1); BEGIN \
             IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'a') THEN CREATE TYPE a AS ENUM (); \
             ELSE x := CASE WHEN x = 1 THEN 2 ELSE 3 END; END IF; \
             FOR r IN SELECT 1 LOOP DROP TABLE t; END LOOP; \
             BEGIN CREATE TABLE c (a int); EXCEPTION WHEN duplicate_table OR others THEN NULL; END; \
             CREATE TABLE last (a int); END",
        );
        let told: Vec<(&str, bool, Option<usize>)> = plan
            .steps
            .iter()
            .map(|step| (step.text.as_str(), step.when == When::Always, step.block))
            .collect();
        assert_eq!(
            told,
            [
                ("CREATE TYPE a AS ENUM ()", false, None),
                ("x := CASE WHEN x = 1 THEN 2 ELSE 3 END", false, None),
                ("DROP TABLE t", false, None),
                ("CREATE TABLE c (a int)", true, Some(0)),
                ("NULL", false, None),
                ("CREATE TABLE last (a int)", true, None),
            ]
        );
        assert_eq!(plan.caught, [["duplicate_table", "others"]]);
        assert!(matches!(&plan.steps[0].when, When::NotExists(query) if query.contains("'a'")));
        assert!(matches!(&plan.steps[1].when, When::Exists(_)));
    }
}
