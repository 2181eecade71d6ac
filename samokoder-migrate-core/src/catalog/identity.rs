//! The names of rows, taken apart: `public."my table".id`, `public.f(integer, text)`.

/// Splits a qualified name at its last dot: what something is in, and its own name.
///
/// A function's arguments belong to its name. What is in nothing has an empty holder.
pub(super) fn split(identity: &str) -> (&str, &str) {
    let mut quoted = false;
    let mut last = None;
    for (at, c) in identity.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => break,
            '.' if !quoted => last = Some(at),
            _ => {}
        }
    }
    match last.and_then(|at| identity.split_at_checked(at)) {
        Some((holder, name)) => (holder, name.get(1..).unwrap_or_default()),
        None => ("", identity),
    }
}

/// Returns the outermost part of a name, and the rest.
pub(super) fn first(identity: &str) -> (&str, &str) {
    let (mut holder, mut rest) = split(identity);
    while !holder.is_empty() {
        let outer = split(holder);
        if outer.0.is_empty() {
            let rest = identity.get(holder.len() + 1..);
            return (holder, rest.unwrap_or_default());
        }
        (holder, rest) = outer;
    }
    ("", rest)
}

/// Splits a list of names at its commas.
pub(super) fn list(names: &str) -> Vec<&str> {
    let mut quoted = false;
    names
        .split(|c: char| {
            quoted ^= c == '"';
            c == ',' && !quoted
        })
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect()
}

/// Returns a name without the quotes that SQL would need.
pub(super) fn bare(name: &str) -> String {
    match name
        .strip_prefix('"')
        .and_then(|name| name.strip_suffix('"'))
    {
        Some(inside) => inside.replace("\"\"", "\""),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{bare, first, list, split};

    #[test]
    fn names_are_split_where_sql_would() {
        assert_eq!(split("public.users.email"), ("public.users", "email"));
        assert_eq!(split("a.\"b.c\""), ("a", "\"b.c\""));
        assert_eq!(split("a.f(b.c, numeric(1))"), ("a", "f(b.c, numeric(1))"));
        assert_eq!(split("citext"), ("", "citext"));
        assert_eq!(first("\"a.b\".users.\"x.y\""), ("\"a.b\"", "users.\"x.y\""));
        assert_eq!(first("public.f(a.b)"), ("public", "f(a.b)"));
        assert_eq!(first("public"), ("", "public"));
        assert_eq!(list("a, \"b, c\", d"), ["a", "\"b, c\"", "d"]);
        assert_eq!(list(""), [""; 0]);
        assert_eq!(bare("\"a\"\"b\""), "a\"b");
        assert_eq!(bare("a"), "a");
    }
}
