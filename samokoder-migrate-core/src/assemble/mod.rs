//! Files and what was read in them, put together: migrations, seeds, the history.

mod order;
mod pair;

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    Code, Diagnostic, Diagnostics, SourceFile,
    allow::{self, Applied},
    catalog::{
        Catalog,
        proof::{Proven, Prover, Replayed},
    },
    check::{Checked, Judgement, Names, Options},
    checksum::Chain,
    directive::Role,
    draft::{Draft, Job},
    exception::{self, Exception},
    folder::{Content, Folder},
    layout::{self, Found, FoundDowngrade},
    lock::{self, Locked, Verified},
    migration::{Downgrade, History, Migration, Seed, Transaction},
    seeds::{self, FoundSeed},
    stack,
};
use order::Order;

/// Below this many bytes a second thread costs more than it saves.
const MUCH: usize = 64 * 1024;

/// A migration's files, and what was read in them.
type Pair = (Found, Option<Draft>, Option<Draft>);

/// Reads and checks everything.
pub(crate) fn assemble(migrations: &Folder, seeds: Option<&Folder>, options: &Options) -> Checked {
    let listing = layout::read(migrations);
    let (found_seeds, seed_findings) = seeds.map(seeds::list).unwrap_or_default();
    let mut drafts = read_all(migrations, &listing.found, seeds, &found_seeds, options);
    let mut assembly = Assembly {
        folder: migrations,
        diagnostics: listing.findings.into_iter().chain(seed_findings).collect(),
        broken_downgrades: Vec::new(),
        exceptions: exception::of_options(options).collect(),
        order: Order::Known,
    };
    assembly.order = Order::of(&assembly.diagnostics, &listing.found.iter());
    let mut statements = 0;
    for draft in drafts.values() {
        match draft {
            Ok(draft) => {
                statements += draft.statements.len();
                let said = exception::of_directives(&draft.file, &draft.directives);
                assembly.exceptions.extend(said);
            }
            Err(finding) => assembly.diagnostics.push((**finding).clone()),
        }
    }
    let mut take = |key: Key| drafts.remove(&key).and_then(Result::ok);
    let pairs: Vec<Pair> = listing
        .found
        .into_iter()
        .enumerate()
        .map(|(index, found)| {
            (
                found,
                take(Key::Upgrade(index)),
                take(Key::Downgrade(index)),
            )
        })
        .collect();
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
    let count = pairs.len();
    let (proven, proven_seeds) = prove(&pairs, &seeds, options);
    let opaque = proven
        .iter()
        .chain(&proven_seeds)
        .flat_map(|proven| proven.hidden.clone())
        .collect();
    let migrations = assembly.migrations(pairs, proven);
    let seeds = assembly.seeds(seeds, proven_seeds);
    if options.catalog == Judgement::Warn {
        assembly.diagnostics.soften("04");
    }
    assembly.diagnostics.sort();
    exception::sort(&mut assembly.exceptions);
    let history = migrations
        .zip(seeds)
        .filter(|_| !assembly.diagnostics.has_errors())
        .map(|(migrations, seeds)| History::new(migrations, seeds));
    Checked {
        history,
        diagnostics: assembly.diagnostics,
        migrations: count,
        statements,
        names,
        upgrades,
        exceptions: assembly.exceptions,
        opaque,
        broken_downgrades: assembly.broken_downgrades,
    }
}

/// What is being put together.
struct Assembly<'a> {
    folder: &'a Folder,
    diagnostics: Diagnostics,
    broken_downgrades: Vec<String>,
    exceptions: Vec<Exception>,
    order: Order,
}

impl Assembly<'_> {
    /// Makes the migrations; `None` if one cannot be made.
    fn migrations(&mut self, pairs: Vec<Pair>, proven: Vec<Proven>) -> Option<Vec<Migration>> {
        let locked = read_lock(self.folder, &mut self.diagnostics);
        let upgrades: Vec<(&Found, Option<&Draft>)> = pairs
            .iter()
            .map(|(found, up, _)| (found, up.as_ref()))
            .collect();
        let verified = locked.as_ref().map_or_else(Verified::default, |locked| {
            lock::verify(locked, self.folder, &upgrades)
        });
        self.diagnostics.extend(verified.findings);
        self.order = Order::of(&self.diagnostics, &pairs.iter().map(|(found, ..)| found));
        let order = self.order;

        let mut without_downgrade = Vec::new();
        let mut chain = Chain::new();
        let migrations: Vec<Option<Migration>> = pairs
            .into_iter()
            .zip(proven)
            .map(|((found, up, down), proven)| {
                let mut proven = order.judge(proven, Some(found.version));
                let line = verified.lines.get(&found.version).copied();
                let locked = locked.as_ref().zip(line);
                let absence = proven.absence();
                let accepted = locked.and_then(|(locked, line)| locked.acceptance(line));
                self.exceptions.extend(accepted);
                if locked.is_some() {
                    // It has run: whatever it needed was there.
                    proven.soften_upgrade();
                }
                let judged = pair::judge(
                    self.folder,
                    &found,
                    up.as_ref(),
                    down.map(|down| (down, proven.downgrade)),
                    absence,
                    locked,
                );
                if judged.is_broken {
                    self.broken_downgrades.push(found.label.clone());
                }
                if judged.counts_as_irreversible {
                    without_downgrade.push(found.label.clone());
                    let counted = locked.map(|(locked, line)| locked.without_downgrade(line));
                    self.exceptions.extend(counted);
                }
                self.diagnostics.extend(judged.findings);
                self.exceptions.extend(judged.exceptions);
                let mut up = up?;
                self.take(allow::apply(&up, proven.upgrade, absence));
                self.diagnostics.extend(std::mem::take(&mut up.findings));
                Some(migration(&mut chain, found, up, judged.downgrade?))
            })
            .collect();
        if let Some(locked) = &locked {
            let warning = pair::without_downgrade(locked, &without_downgrade);
            self.diagnostics.extend(warning);
        }
        migrations.into_iter().collect()
    }

    fn take(&mut self, applied: Applied) {
        self.diagnostics.extend(applied.findings);
        self.exceptions.extend(applied.exceptions);
    }

    /// Makes the seeds; `None` if one cannot be made.
    fn seeds(
        &mut self,
        seeds: Vec<(FoundSeed, Option<Draft>)>,
        proven: Vec<Proven>,
    ) -> Option<Vec<Seed>> {
        let order = self.order;
        let seeds: Vec<Option<Seed>> = seeds
            .into_iter()
            .zip(proven)
            .map(|((found, draft), proven)| {
                let mut draft = draft?;
                let proven = order.judge(proven, None);
                let absence = proven.absence();
                let mut findings = proven.upgrade;
                if let Some(loading) = &draft.loading {
                    let placed = findings.into_iter().map(|finding| loading.place(finding));
                    findings = placed.collect();
                }
                findings.extend(seeds::repeatable(&draft));
                self.take(allow::apply(&draft, findings, absence));
                self.diagnostics.extend(std::mem::take(&mut draft.findings));
                let rows = draft.loading.take().map(|loading| loading.rows);
                Some(Seed {
                    path: found.path,
                    environment: found.environment,
                    rows,
                    script: draft.into_script(),
                })
            })
            .collect();
        seeds.into_iter().collect()
    }
}

fn migration(chain: &mut Chain, found: Found, up: Draft, downgrade: Downgrade) -> Migration {
    let upgrade = up.into_script();
    let back = match &downgrade {
        Downgrade::Script(script) => Some(&script.checksum),
        Downgrade::Irreversible { .. } => None,
    };
    let (chain, downgrade_chain) = chain.push(found.version, &upgrade.checksum, back);
    Migration {
        version: found.version,
        name: found.name,
        label: found.label,
        upgrade,
        downgrade,
        chain,
        downgrade_chain,
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

/// Replays the upgrades, in order of version.
pub(crate) fn replay(
    migrations: &Folder,
    options: &Options,
    mut visit: impl FnMut(&str, &Catalog),
) {
    let listing = layout::read(migrations);
    let drafts = read_all(migrations, &listing.found, None, &[], options);
    let mut prover = Prover::new(options);
    for (index, found) in listing.found.iter().enumerate() {
        let draft = drafts
            .get(&Key::Upgrade(index))
            .and_then(|draft| draft.as_ref().ok());
        prover.migration(draft.map(replayed), None);
        visit(&found.label, prover.catalog());
    }
}

fn replayed(draft: &Draft) -> Replayed<'_> {
    let (file, statements) = match &draft.loading {
        Some(loading) => (&loading.file, &loading.statements),
        None => (&draft.file, &draft.statements),
    };
    Replayed {
        file,
        statements,
        touches: &draft.directives.touches,
    }
}

/// Replays all migrations up and down, and the seeds at head.
fn prove(
    pairs: &[Pair],
    seeds: &[(FoundSeed, Option<Draft>)],
    options: &Options,
) -> (Vec<Proven>, Vec<Proven>) {
    let mut prover = Prover::new(options);
    let mut migrations = Vec::with_capacity(pairs.len());
    for group in pairs.chunk_by(|(a, ..), (b, ..)| a.version == b.version) {
        let [(_, up, down)] = group else {
            let upgrades: Vec<_> = group
                .iter()
                .map(|(_, up, _)| up.as_ref().map(replayed))
                .collect();
            prover.rivals(&upgrades);
            migrations.extend(group.iter().map(|_| Proven::unplaced()));
            continue;
        };
        // A downgrade that never runs need not lead back.
        let runs = |down: &&Draft| {
            let said = up
                .as_ref()
                .and_then(|up| up.directives.irreversible.as_ref());
            down.does_something && down.directives.irreversible.is_none() && said.is_none()
        };
        migrations.push(prover.migration(
            up.as_ref().map(replayed),
            down.as_ref().filter(runs).map(replayed),
        ));
    }
    let mut environment = None;
    let mut mark = prover.mark();
    let seeds = seeds
        .iter()
        .map(|(found, draft)| {
            // An environment's seeds run after those of all, and never with another's.
            if environment != found.environment {
                match environment {
                    None => mark = prover.mark(),
                    Some(_) => prover.back_to(mark),
                }
                environment.clone_from(&found.environment);
            }
            draft
                .as_ref()
                .map(|draft| prover.seed(replayed(draft)))
                .unwrap_or_default()
        })
        .collect();
    (migrations, seeds)
}
