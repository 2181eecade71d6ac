//! Sets made from scripts in memory.

use std::{sync::Arc, thread};

use samokoder_migrate::{
    Set, SourceFile, Version,
    set::{DEFAULT_SCHEMA, DEFAULT_SET, Downgrade, Migration, Script, Seed, Transaction},
};
use samokoder_migrate_core::{
    migration::Transaction as Checked,
    sql::{Context, Role, read},
};
use sha2::{Digest as _, Sha256};

/// Scripts, to be made a set.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given {
    name: Option<String>,
    schema: Option<String>,
    migrations: Vec<(String, String, Option<String>)>,
    seeds: Vec<(String, String)>,
}

/// Makes a set of migrations: name, upgrade, downgrade.
pub(crate) fn set(migrations: &[(&str, &str, &str)]) -> Set {
    migrations
        .iter()
        .fold(Given::new(), |given, (name, up, down)| {
            given.migration(name, up, down)
        })
        .set()
}

impl Given {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn named(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }

    pub(crate) fn in_schema(mut self, schema: &str) -> Self {
        self.schema = Some(schema.to_owned());
        self
    }

    pub(crate) fn migration(mut self, name: &str, up: &str, down: &str) -> Self {
        self.migrations
            .push((name.to_owned(), up.to_owned(), Some(down.to_owned())));
        self
    }

    pub(crate) fn irreversible(mut self, name: &str, up: &str) -> Self {
        self.migrations.push((name.to_owned(), up.to_owned(), None));
        self
    }

    /// Adds a seed, whose path is below the seeds folder and without `.sql`.
    pub(crate) fn seed(mut self, path: &str, text: &str) -> Self {
        self.seeds.push((path.to_owned(), text.to_owned()));
        self
    }

    pub(crate) fn set(&self) -> Set {
        let given = self.clone();
        // Deeply nested SQL overflows the usual stack.
        thread::Builder::new()
            .stack_size(64 << 20)
            .spawn(move || given.read())
            .unwrap()
            .join()
            .unwrap()
    }

    fn read(&self) -> Set {
        let (mut chain, mut down_chain) = (Sha256::new(), Sha256::new());
        let migrations: Vec<Migration> = self
            .migrations
            .iter()
            .zip(1..)
            .map(|((name, up, down), version)| {
                let label = format!("{version:03}_{name}");
                let path = |way: &str| format!("migrations/{label}.{way}.sql");
                let upgrade = script(path("up"), up, Role::Upgrade);
                let version = Version::new(version);
                chain.update(format!("{version}\n"));
                chain.update(upgrade.checksum().as_bytes());
                let downgrade = match down {
                    Some(down) => Downgrade::Script(script(path("down"), down, Role::Downgrade)),
                    None => Downgrade::irreversible("it drops what nothing brings back"),
                };
                match &downgrade {
                    Downgrade::Script(script) => down_chain.update(script.checksum().as_bytes()),
                    _ => down_chain.update([0; 32]),
                }
                Migration::embedded(
                    version,
                    leak(name),
                    leak(&label),
                    upgrade,
                    downgrade,
                    chain.clone().finalize().into(),
                    down_chain.clone().finalize().into(),
                )
            })
            .collect();
        let seeds: Vec<Seed> = self
            .seeds
            .iter()
            .map(|(path, text)| {
                let environment = path
                    .split_once('/')
                    .map(|(environment, _)| leak(environment));
                let script = script(format!("seeds/{path}.sql"), text, Role::Seed);
                Seed::embedded(leak(path), environment, script)
            })
            .collect();
        Set::embedded(
            leak(self.name.as_deref().unwrap_or(DEFAULT_SET)),
            leak(self.schema.as_deref().unwrap_or(DEFAULT_SCHEMA)),
            migrations.leak(),
            seeds.leak(),
        )
    }
}

fn script(path: String, text: &str, role: Role) -> Script {
    let outside = text.contains("samokoder: no-transaction");
    let file = Arc::new(SourceFile::new(path.clone(), text));
    let context = Context {
        transaction: if outside {
            Checked::Outside
        } else {
            Checked::Inside
        },
        postgres: None,
        role,
    };
    let reading = read(&file, &context);
    let errors: Vec<_> = reading
        .diagnostics
        .iter()
        .filter(|found| found.severity() == samokoder_migrate::Severity::Error)
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let offset = |offset: usize| u32::try_from(offset).unwrap();
    let statements: Vec<[u32; 2]> = reading
        .statements
        .iter()
        .map(|statement| [offset(statement.span.start), offset(statement.span.end)])
        .collect();
    let timeout = |name: &str| {
        let (_, rest) = text.split_once(&format!("samokoder: {name} "))?;
        rest.split_once("ms")?.0.parse().ok()
    };
    let settings: Vec<_> = reading.settings.into_iter().map(Into::into).collect();
    Script::embedded(
        leak(&path),
        leak(file.text()),
        statements.leak(),
        if outside {
            Transaction::Outside
        } else {
            Transaction::Inside
        },
        timeout("lock-timeout"),
        timeout("statement-timeout"),
        settings.leak(),
        Sha256::digest(file.text().as_bytes()).into(),
    )
}

fn leak(text: &str) -> &'static str {
    text.to_owned().leak()
}
