//! Extensions and a version that no server here has, as they are listed by hand.

use super::merge::{Files, Known};
use crate::Result;

/// Methods that have a default operator class for each ordinary type.
const ORDINARY: [&str; 3] = ["brin", "btree", "hash"];

/// Takes a text in which a line that is not indented names an extension, or the server and its
/// version, and each indented line says one thing of it.
pub(super) fn take(text: &str, files: &mut Files) -> Result {
    let mut name = "";
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default();
        let mut words = line.split_whitespace();
        let Some(word) = words.next() else {
            continue;
        };
        if !line.starts_with(' ') {
            if let Some(version) = words.next() {
                name = "";
                files.fact(&["version", version])?;
                continue;
            }
            name = word;
            files.extension(name);
            continue;
        }
        match word {
            "schema" => {
                let schema = words.next().unwrap_or_default();
                schema.clone_into(&mut files.extension(name).fixed_schema);
            }
            "creates" => {
                let schemas = words.map(str::to_owned);
                files.extension(name).schemas.extend(schemas);
            }
            "requires" => {
                let required = words.map(str::to_owned);
                files.extension(name).requires.extend(required);
            }
            "relations" if name.is_empty() => {
                for relation in words {
                    let (schema, relation) = relation.split_once('.').unwrap_or_default();
                    files.fact(&["relation", "", schema, relation, "table", ""])?;
                }
            }
            "types" if name.is_empty() => {
                for made in words {
                    files.fact(&["type", "", made, made, "base", "N"])?;
                    for method in ORDINARY {
                        files.fact(&["default", "", method, made])?;
                    }
                }
            }
            "text_search_configs" => {
                for config in words {
                    files.fact(&["line", word, config])?;
                }
            }
            // Each relation, or none, that it makes in the schema that it is made in.
            "relations" => {
                let extension = files.extension(name);
                extension.known = extension.known.max(Known::Relations);
                for relation in words {
                    files.fact(&["relation", name, "", relation, "table", ""])?;
                }
            }
            "types" => {
                for made in words {
                    files.fact(&["type", name, made, "", "base", ""])?;
                }
            }
            "routines" => {
                for routine in words {
                    match routine.strip_suffix('*') {
                        Some(prefix) => {
                            files.fact(&["prefix", name, prefix])?;
                        }
                        None => files.named_routine(name, routine),
                    }
                }
            }
            "methods" => {
                for method in words {
                    files.fact(&["method", name, method])?;
                }
            }
            _ => return Err(format!("not understood: {line}").into()),
        }
    }
    Ok(())
}
