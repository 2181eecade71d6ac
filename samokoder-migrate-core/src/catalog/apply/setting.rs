//! `SET`, as far as it changes what names mean.

use crate::{
    catalog::{Bodies, Catalog, fault::Fault, object::Space, resolve::SearchPath},
    tree::{DiscardMode, Node, VariableSetKind, VariableSetStmt},
};

impl Catalog {
    /// `SET`, `SET LOCAL`, `RESET`; a script's settings end with it, so that both are one.
    pub(super) fn set_variable(&mut self, set: &VariableSetStmt) {
        let name = set.name.as_deref().unwrap_or_default().to_lowercase();
        match set.kind {
            VariableSetKind::VAR_RESET_ALL => self.reset_settings(),
            VariableSetKind::VAR_SET_VALUE => {
                let values: Option<Vec<String>> = set.args.iter().flatten().map(text).collect();
                self.set_to(&name, values);
            }
            VariableSetKind::VAR_SET_DEFAULT | VariableSetKind::VAR_RESET => match &*name {
                "search_path" => self.search_path = self.default_path(),
                "check_function_bodies" => self.bodies = Bodies::Checked,
                _ => {}
            },
            _ => {}
        }
    }

    /// `SELECT set_config(name, value, …)`; `None` is what is not known.
    pub(in crate::catalog) fn set_config(&mut self, name: Option<&str>, value: Option<&str>) {
        let Some(name) = name else {
            // It may be any.
            self.search_path = SearchPath::Unknown;
            self.bodies = Bodies::Unchecked;
            return;
        };
        let name = name.to_lowercase();
        let values = match &*name {
            "search_path" => value.map(names),
            _ => value.map(|value| vec![value.to_owned()]),
        };
        self.set_to(&name, values);
    }

    /// Gives a setting its values; `None` if they cannot be read.
    fn set_to(&mut self, name: &str, values: Option<Vec<String>>) {
        match name {
            "search_path" => {
                self.search_path = values.map_or(SearchPath::Unknown, |schemas| {
                    SearchPath::Known(
                        schemas
                            .into_iter()
                            // What has the role's name is not known to be there.
                            .filter(|schema| !schema.is_empty() && schema != "$user")
                            .map(Into::into)
                            .collect(),
                    )
                });
            }
            "check_function_bodies" => {
                let is_on = values.is_some_and(|values| {
                    values.iter().all(|value| {
                        matches!(&*value.to_lowercase(), "on" | "true" | "yes" | "1" | "t")
                    })
                });
                // Of what is not known nothing is refused.
                self.bodies = if is_on {
                    Bodies::Checked
                } else {
                    Bodies::Unchecked
                };
            }
            _ => {}
        }
    }

    fn reset_settings(&mut self) {
        self.search_path = self.default_path();
        self.bodies = Bodies::Checked;
    }

    pub(super) fn discard(&mut self, node: &Node) -> Result<(), Fault> {
        let Node::DiscardStmt(discard) = node else {
            return Ok(());
        };
        if discard.target == DiscardMode::DISCARD_ALL {
            self.reset_settings();
        }
        if matches!(
            discard.target,
            DiscardMode::DISCARD_ALL | DiscardMode::DISCARD_TEMP
        ) {
            for space in [Space::Relation, Space::Type, Space::Routine] {
                for oid in self.store.within(self.temporary, space) {
                    if self.store.get(oid).is_some() {
                        self.drop_object(oid, super::Behavior::Cascade)?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// Returns a value of `SET`; `None` if it is none.
fn text(node: &Node) -> Option<String> {
    match node {
        Node::A_Const(constant) => text(constant.val.as_ref()?),
        Node::String(text) => Some(text.to_string()),
        Node::Integer(number) => Some(number.to_string()),
        Node::Boolean(value) => Some(value.to_string()),
        _ => None,
    }
}

/// Reads a list of names as `SplitIdentifierString` does: unquoted ones in lower case.
fn names(list: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut name = String::new();
    let mut quoted = false;
    for c in list.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => names.push(std::mem::take(&mut name)),
            c if quoted => name.push(c),
            c if c.is_whitespace() => {}
            c => name.extend(c.to_lowercase()),
        }
    }
    names.push(name);
    names
}

#[cfg(test)]
mod tests {
    use crate::catalog::trial::outcome;

    #[test]
    fn a_search_path_says_what_a_name_means() {
        // As PostgreSQL 15 says.
        let types = "CREATE SCHEMA app; CREATE TYPE app.status AS ENUM ('a');";
        for (path, said) in [
            ("SET search_path = app, public", "ok"),
            ("SET search_path TO \"$user\", app", "ok"),
            ("SET search_path TO 'app'", "ok"),
            (
                "SET search_path TO 'app, public'",
                "42704 type \"status\" does not exist",
            ),
            (
                "SET search_path = App; RESET search_path",
                "42704 type \"status\" does not exist",
            ),
            (
                "SET search_path = app; SET search_path TO DEFAULT",
                "42704 type \"status\" does not exist",
            ),
            (
                "SET search_path = app; RESET ALL",
                "42704 type \"status\" does not exist",
            ),
            (
                "SET search_path = ''",
                "42704 type \"status\" does not exist",
            ),
        ] {
            let sql = format!("{types} {path}; ALTER TYPE status ADD VALUE 'b'");
            assert_eq!(outcome(&sql), said, "{path}");
        }
    }

    #[test]
    fn nothing_is_made_without_a_schema_to_make_it_in() {
        assert_eq!(
            outcome("SET search_path = ''; CREATE TYPE t AS ENUM ()"),
            "3F000 no schema has been selected to create in"
        );
    }
}
