//! Files and what was read in them, put together: migrations, seeds, the history.

mod pair;

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    Code, Diagnostic, Diagnostics, SourceFile, allow,
    check::{Checked, Names, Options},
    checksum::Chain,
    directive::Role,
    draft::{Draft, Job},
    folder::{Content, Folder},
    layout::{self, Found, FoundDowngrade},
    lock::{self, Locked, Verified},
    migration::{Downgrade, History, Migration, Seed, Transaction},
    seeds::{self, FoundSeed},
    stack,
};

/// Below this many bytes a second thread costs more than it saves.
const MUCH: usize = 64 * 1024;

/// Reads and checks everything.
pub(crate) fn assemble(migrations: &Folder, seeds: Option<&Folder>, options: &Options) -> Checked {
    let listing = layout::read(migrations);
    let (found_seeds, seed_findings) = seeds.map(seeds::list).unwrap_or_default();
    let mut diagnostics: Diagnostics = listing.findings.into_iter().chain(seed_findings).collect();
    let mut drafts = read_all(migrations, &listing.found, seeds, &found_seeds, options);
    let statements = drafts
        .values()
        .flatten()
        .map(|draft| draft.statements.len())
        .sum();
    for draft in drafts.values_mut() {
        if let Err(finding) = draft {
            diagnostics.push((**finding).clone());
        }
    }
    let mut take = |key: Key| drafts.remove(&key).and_then(Result::ok);

    let mut pairs: Vec<(Found, Option<Draft>, Option<Draft>)> = Vec::new();
    for (index, found) in listing.found.into_iter().enumerate() {
        pairs.push((
            found,
            take(Key::Upgrade(index)),
            take(Key::Downgrade(index)),
        ));
    }
    let seeds: Vec<(FoundSeed, Option<Draft>)> = found_seeds
        .into_iter()
        .enumerate()
        .map(|(index, found)| (found, take(Key::Seed(index))))
        .collect();

    let names = Names {
        migrations: pairs
            .iter()
            .map(|(found, ..)| (found.version, found.name.clone()))
            .collect(),
        seeds: seeds.iter().map(|(found, _)| found.path.clone()).collect(),
    };
    let upgrades = pairs
        .iter()
        .filter_map(|(found, up, _)| Some((found.label.clone(), up.as_ref()?.checksum)))
        .collect();
    let mut broken_downgrades = Vec::new();

    let locked = read_lock(migrations, &mut diagnostics);
    let verified = locked.as_ref().map_or_else(Verified::default, |locked| {
        let upgrades: Vec<(&Found, Option<&Draft>)> = pairs
            .iter()
            .map(|(found, up, _)| (found, up.as_ref()))
            .collect();
        lock::verify(locked, migrations, &upgrades)
    });
    diagnostics.extend(verified.findings);

    let mut without_downgrade = Vec::new();
    let mut finished: Vec<Option<Migration>> = Vec::new();
    let mut chain = Chain::new();
    let count = pairs.len();
    for (found, up, down) in pairs {
        let line = verified.lines.get(&found.version).copied();
        let judged = pair::judge(
            migrations,
            &found,
            up.as_ref(),
            down,
            locked.as_ref().zip(line),
        );
        if judged.is_broken {
            broken_downgrades.push(found.label.clone());
        }
        if judged.counts_as_irreversible {
            without_downgrade.push(found.label.clone());
        }
        diagnostics.extend(judged.findings);
        let upgrade = up.map(|mut up| {
            diagnostics.extend(allow::apply(&up, Vec::new()));
            diagnostics.extend(std::mem::take(&mut up.findings));
            up.into_script()
        });
        finished.push(upgrade.zip(judged.downgrade).map(|(upgrade, downgrade)| {
            let downgrade_checksum = match &downgrade {
                Downgrade::Script(script) => Some(script.checksum),
                Downgrade::Irreversible { .. } => None,
            };
            let (chain, downgrade_chain) = chain.push(
                found.version,
                &upgrade.checksum,
                downgrade_checksum.as_ref(),
            );
            Migration {
                version: found.version,
                name: found.name,
                label: found.label,
                upgrade,
                downgrade,
                chain,
                downgrade_chain,
            }
        }));
    }
    if let Some(locked) = &locked {
        diagnostics.extend(pair::without_downgrade(locked, &without_downgrade));
    }

    let mut finished_seeds: Vec<Option<Seed>> = Vec::new();
    for (found, draft) in seeds {
        finished_seeds.push(draft.map(|mut draft| {
            diagnostics.extend(allow::apply(&draft, seeds::repeatable(&draft)));
            diagnostics.extend(std::mem::take(&mut draft.findings));
            Seed {
                path: found.path,
                environment: found.environment,
                script: draft.into_script(),
            }
        }));
    }

    diagnostics.sort();
    let history = if diagnostics.has_errors() {
        None
    } else {
        let migrations: Option<Vec<Migration>> = finished.into_iter().collect();
        let seeds: Option<Vec<Seed>> = finished_seeds.into_iter().collect();
        migrations
            .zip(seeds)
            .map(|(migrations, seeds)| History::new(migrations, seeds))
    };
    Checked {
        history,
        diagnostics,
        migrations: count,
        statements,
        names,
        upgrades,
        broken_downgrades,
    }
}

/// Which file a draft is of: by the index of its migration or seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Upgrade(usize),
    Downgrade(usize),
    Seed(usize),
}

type Drafts = BTreeMap<Key, Result<Draft, Box<Diagnostic>>>;

fn read_all(
    migrations: &Folder,
    found: &[Found],
    seeds: Option<&Folder>,
    found_seeds: &[FoundSeed],
    options: &Options,
) -> Drafts {
    let mut jobs = Vec::new();
    for (index, found) in found.iter().enumerate() {
        let job = Job {
            folder: migrations,
            path: &found.upgrade,
            role: Role::Upgrade,
            transaction: found.transaction,
        };
        jobs.push((Key::Upgrade(index), job));
        if found.downgrade == FoundDowngrade::There {
            let down = Job {
                path: &found.downgrade_path,
                role: Role::Downgrade,
                ..job
            };
            jobs.push((Key::Downgrade(index), down));
        }
    }
    for (folder, (index, found)) in seeds.iter().flat_map(|folder| {
        found_seeds
            .iter()
            .enumerate()
            .map(move |seed| (*folder, seed))
    }) {
        let job = Job {
            folder,
            path: &found.file,
            role: Role::Seed,
            transaction: Transaction::Inside,
        };
        jobs.push((Key::Seed(index), job));
    }
    let size: usize = jobs.iter().map(|(_, job)| job.size()).sum();
    let read = |(key, job): &(Key, Job<'_>)| (*key, job.read(options));
    if size < MUCH {
        jobs.iter().map(read).collect()
    } else {
        stack::on_two_threads(&jobs, read).into_iter().collect()
    }
}

fn read_lock(folder: &Folder, diagnostics: &mut Diagnostics) -> Option<Locked> {
    let shown = folder.shown(lock::FILE);
    let refused = |code, why: String| Diagnostic::new(code, why).in_path(shown.clone());
    let text = match &folder.get(lock::FILE)?.content {
        Content::File(bytes) => str::from_utf8(bytes).map_err(|_| {
            refused(
                Code::LockSyntax,
                format!("`{}` is not UTF-8 text", lock::FILE),
            )
        }),
        Content::Unreadable(why) => Err(refused(
            Code::Unreadable,
            format!("`{}` cannot be read: {why}", lock::FILE),
        )),
        _ => Err(refused(
            Code::Unreadable,
            format!("`{}` is not a file", lock::FILE),
        )),
    };
    let text = text.map_err(|finding| diagnostics.push(finding)).ok()?;
    let file = Arc::new(SourceFile::new(shown.clone(), text));
    match lock::parse(&file) {
        Ok(lock) => Some(Locked { file, lock }),
        Err(findings) => {
            diagnostics.extend(findings);
            None
        }
    }
}
