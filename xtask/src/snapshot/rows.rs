//! The catalog of a server, read as the rows that a replay gives.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use postgres::{Client, NoTls, Statement};
use samokoder_migrate_core::{
    catalog::Row,
    lexer::{Token, tokens},
};

use crate::Result;

/// What a row is known by: its kind and its identity.
pub(super) type Key = (&'static str, String);
/// A row that is new or other than it was; `None` if it is gone.
pub(super) type Change = (Key, Option<Row>);

/// The kinds that are read, and so compared.
pub(super) const KINDS: [&str; 17] = [
    "schema",
    "extension",
    "table",
    "column",
    "constraint",
    "index",
    "sequence",
    "type",
    "view",
    "materialized view",
    "function",
    "procedure",
    "aggregate",
    "trigger",
    "policy",
    "rule",
    "publication",
];

const COMMON: &str = include_str!("sql/common.sql");
const QUERIES: [&str; 9] = [
    include_str!("sql/schema.sql"),
    include_str!("sql/table.sql"),
    include_str!("sql/column.sql"),
    include_str!("sql/constraint.sql"),
    include_str!("sql/index.sql"),
    include_str!("sql/sequence.sql"),
    include_str!("sql/type.sql"),
    include_str!("sql/function.sql"),
    include_str!("sql/trigger.sql"),
];

/// The facts, and what their values are.
const FACTS: [(&str, Form); 57] = [
    ("schema", Form::Text),
    ("kind", Form::Text),
    ("persistence", Form::Text),
    ("row security", Form::Text),
    ("partition key", Form::Expression),
    ("partition of", Form::Text),
    ("bound", Form::Expression),
    ("inherits", Form::Text),
    ("type", Form::Text),
    ("not null", Form::Text),
    ("default", Form::Expression),
    ("generated", Form::Expression),
    ("identity", Form::Text),
    ("collation", Form::Text),
    ("columns", Form::Text),
    ("references", Form::Text),
    ("on update", Form::Text),
    ("on delete", Form::Text),
    ("match", Form::Text),
    ("deferrable", Form::Text),
    ("valid", Form::Text),
    ("expression", Form::Expression),
    ("table", Form::Text),
    ("method", Form::Text),
    ("unique", Form::Text),
    ("keys", Form::Inside("USING")),
    ("include", Form::Text),
    ("where", Form::Expression),
    ("owned by", Form::Text),
    ("increment", Form::Text),
    ("start", Form::Text),
    ("min", Form::Text),
    ("max", Form::Text),
    ("cache", Form::Text),
    ("cycle", Form::Text),
    ("labels", Form::Text),
    ("attributes", Form::Text),
    ("base", Form::Text),
    ("subtype", Form::Text),
    ("options", Form::Text),
    ("returns", Form::Text),
    ("language", Form::Text),
    ("body", Form::Text),
    ("function", Form::Text),
    ("timing", Form::Text),
    ("events", Form::Text),
    ("level", Form::Text),
    ("when", Form::Inside("WHEN")),
    ("enabled", Form::Text),
    ("command", Form::Text),
    ("permissive", Form::Text),
    ("roles", Form::Text),
    ("using", Form::Expression),
    ("check", Form::Expression),
    ("event", Form::Text),
    ("tables", Form::Text),
    ("definition", Form::Text),
];

/// From which version on a function may have a body that is kept parsed, and written back otherwise.
const PARSED_BODIES: u32 = 14;

/// What the value of a fact is.
#[derive(Clone, Copy, Debug)]
enum Form {
    Text,
    Expression,
    /// An expression: what is in the parentheses after a word of a whole definition.
    Inside(&'static str),
}

/// A connection that reads, and remembers what it read.
pub(super) struct Reader {
    client: Client,
    queries: Vec<Statement>,
    known: BTreeMap<Key, Facts>,
    /// How long each reading took.
    pub(super) times: Vec<Duration>,
}

type Facts = Vec<Option<String>>;

impl Reader {
    pub(super) fn connect(url: &str, version: u32) -> Result<Self> {
        let mut client = Client::connect(url, NoTls)?;
        // Names are qualified where they are not the system's. Compiling costs more than it saves.
        client.batch_execute("SET search_path = ''; SET jit = off")?;
        let body = if version >= PARSED_BODIES {
            "CASE WHEN p.prosqlbody IS NULL THEN p.prosrc END"
        } else {
            "p.prosrc"
        };
        let queries = QUERIES
            .iter()
            .map(|query| client.prepare(&format!("{COMMON}{}", query.replace("BODY", body))))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            client,
            queries,
            known: BTreeMap::new(),
            times: Vec::new(),
        })
    }

    /// Reads the catalog, and returns what changed since the last time.
    pub(super) fn read(&mut self) -> Result<Vec<Change>> {
        let begun = Instant::now();
        let mut changed = Vec::new();
        let mut seen = BTreeSet::new();
        // One snapshot for all queries.
        let mut transaction = self.client.build_transaction().read_only(true).start()?;
        for query in &self.queries {
            for row in transaction.query(query, &[])? {
                let kind: &str = row.try_get(0)?;
                let key = (kind_of(kind)?, row.try_get::<_, String>(1)?);
                let facts: Facts = row.try_get(2)?;
                if self.known.get(&key) != Some(&facts) {
                    changed.push((key.clone(), Some(row_of(&key, &facts)?)));
                    self.known.insert(key.clone(), facts);
                }
                seen.insert(key);
            }
        }
        transaction.rollback()?;
        let gone: Vec<Key> = self
            .known
            .keys()
            .filter(|key| !seen.contains(*key))
            .cloned()
            .collect();
        for key in gone {
            self.known.remove(&key);
            changed.push((key, None));
        }
        self.times.push(begun.elapsed());
        Ok(changed)
    }

    /// Returns how many rows there were at the last reading.
    pub(super) fn count(&self) -> usize {
        self.known.len()
    }
}

fn kind_of(kind: &str) -> Result<&'static str> {
    let known = KINDS.into_iter().find(|known| *known == kind);
    known.ok_or_else(|| format!("the query gives a kind that is not known: {kind}").into())
}

fn row_of(key: &Key, facts: &[Option<String>]) -> Result<Row> {
    let mut row = Row::new(key.0, &key.1);
    for pair in facts.chunks(2) {
        let [Some(name), value] = pair else {
            return Err(format!("{} {}: facts without a name", key.0, key.1).into());
        };
        let (name, form) = FACTS
            .into_iter()
            .find(|(known, _)| known == name)
            .ok_or_else(|| format!("the query gives a fact that is not known: {name}"))?;
        let Some(value) = value else { continue };
        row = match form {
            Form::Text => row.text(name, value),
            Form::Expression => row.expression(name, value),
            Form::Inside(word) => row.expression(
                name,
                inside(value, word).ok_or_else(|| format!("no {word} (…) in {value}"))?,
            ),
        };
    }
    // A parsed body is written back by the server in its own words.
    let has_body = row.fact("body").is_some() || !matches!(key.0, "function" | "procedure");
    Ok(if has_body { row } else { row.unknown("body") })
}

/// Returns what is in the first parentheses after a word.
fn inside<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let tokens = tokens(text);
    let of = |token: &Token| text.get(token.span.range()).unwrap_or_default();
    let from = tokens.iter().position(|token| of(token) == word)?;
    let mut rest = tokens
        .iter()
        .skip(from)
        .skip_while(|token| of(token) != "(");
    let start = rest.next()?.span.end;
    let mut depth = 1_usize;
    for token in rest {
        match of(token) {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return text.get(start..token.span.start);
        }
    }
    None
}

#[cfg(test)]
mod tests;
