//! `RAISE`, where it stops a block for certain.

use super::{
    plan::{Plan, When},
    text::{Word, let_literal, words},
};
use crate::{catalog::fault::Fault, lexer::Kind};

/// Returns what a block fails with whatever the data is: the documentation's chapter "PL/pgSQL",
/// "Errors and Messages".
pub(super) fn certain(plan: &Plan) -> Option<Fault> {
    plan.steps
        .iter()
        .filter(|step| step.when == When::Always && step.block.is_none())
        .find_map(|step| raised(&words(&step.text)))
}

/// Reads `RAISE [EXCEPTION] 'format' [, argument …]`.
fn raised(words: &[Word<'_>]) -> Option<Fault> {
    let is =
        |word: &Word<'_>, other: &str| word.0 == Kind::Word && word.1.eq_ignore_ascii_case(other);
    let [raise, rest @ ..] = words else {
        return None;
    };
    if !is(raise, "raise") {
        return None;
    }
    let rest = match rest {
        [level, rest @ ..] if is(level, "exception") => rest,
        rest => rest,
    };
    let [format, rest @ ..] = rest else {
        return None;
    };
    // An error code of its own is another.
    if rest.iter().any(|word| is(word, "using")) {
        return None;
    }
    let message = let_literal(*format)?;
    Some(Fault::new("P0001", message.replace("%%", "%")).at_name("raise"))
}

#[cfg(test)]
mod tests {
    use super::certain;
    use crate::catalog::apply::opaque::plan::plan;

    fn message(body: &str) -> Option<String> {
        certain(&plan(body)).map(|fault| fault.message)
    }

    #[test]
    fn a_block_that_always_raises_fails() {
        for body in [
            "BEGIN RAISE 'no way back'; END",
            "BEGIN RAISE EXCEPTION 'no way back'; END",
            "DECLARE x int; BEGIN x := 1; RAISE NOTICE 'a'; RAISE EXCEPTION 'no way back'; END",
        ] {
            assert_eq!(message(body).as_deref(), Some("no way back"), "{body}");
        }
    }

    #[test]
    fn a_block_that_may_not_raise_is_let_be() {
        for body in [
            "BEGIN RAISE NOTICE 'a'; END",
            "BEGIN RAISE WARNING 'a'; RAISE INFO 'a'; RAISE LOG 'a'; RAISE DEBUG 'a'; END",
            "BEGIN IF x THEN RAISE EXCEPTION 'a'; END IF; END",
            "BEGIN IF x THEN RETURN; END IF; RAISE EXCEPTION 'a'; END",
            "BEGIN FOR r IN SELECT 1 LOOP RAISE 'a'; END LOOP; END",
            "BEGIN CASE x WHEN 1 THEN RAISE 'a'; ELSE NULL; END CASE; END",
            "BEGIN RAISE EXCEPTION 'a'; EXCEPTION WHEN OTHERS THEN NULL; END",
            "BEGIN NULL; EXCEPTION WHEN OTHERS THEN RAISE EXCEPTION 'a'; END",
            "BEGIN RAISE; END",
        ] {
            assert_eq!(message(body), None, "{body}");
        }
    }
}
