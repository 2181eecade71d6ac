//! Templates of Go in SQL, which a project fills before it runs them.

/// What a project's runner puts in for the names of its options.
const OPTIONS: [(&str, &str); 1] = [("index .Options \"Namespace\"", "auth")];

/// Words that a template's action begins with.
const ACTIONS: [&str; 9] = [
    "index ",
    "if ",
    "else",
    "end",
    "range ",
    "with ",
    "template ",
    "define ",
    "printf ",
];

/// Fills what is known.
///
/// # Errors
///
/// Returns the first action that is not known.
pub(super) fn fill(text: &str) -> Result<String, String> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let Some((inside, next)) = after.split_once("}}") else {
            rest = after;
            filled.push_str("{{");
            continue;
        };
        let action = inside.trim_matches('-').trim();
        let known = OPTIONS.iter().find(|(option, _)| *option == action);
        if let Some((_, value)) = known {
            filled.push_str(value);
            rest = next;
        } else if is_action(action) {
            return Err(format!("{{{{{inside}}}}}"));
        } else {
            // An array's literal, such as '{{1,2},{3,4}}'.
            filled.push_str("{{");
            rest = after;
        }
    }
    filled.push_str(rest);
    Ok(filled)
}

fn is_action(text: &str) -> bool {
    let field = text.strip_prefix(['.', '$']);
    field.is_some_and(|field| field.starts_with(|c: char| c.is_ascii_alphabetic()))
        || ACTIONS
            .iter()
            .any(|action| text.starts_with(action) || text == action.trim())
}
