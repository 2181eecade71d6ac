//! Migrations that have one version: which is first, or whether both will run, is not known.

use std::{collections::BTreeMap, rc::Rc};

use super::{Prover, Replayed};
use crate::catalog::{
    Catalog,
    object::{Column, Object, Part, Relation},
    store::{Changes, Oid},
};

/// An object as each way of running the rivals leaves it; `None` where it is not there.
type Fates = Vec<Option<Rc<Object>>>;

impl Prover {
    /// Replays the upgrades of one version, and stands after them then: what they change is not known,
    /// all else is as before.
    ///
    /// `None` is a script that cannot be read.
    pub(crate) fn rivals(&mut self, upgrades: &[Option<Replayed<'_>>]) {
        let Some(upgrades) = upgrades.iter().copied().collect::<Option<Vec<_>>>() else {
            return self.lose_all();
        };
        let base = self.catalog.store.mark();
        let ways = ways(&upgrades);
        let mut all = Changes::default();
        let mut fates: Vec<BTreeMap<Oid, Option<Rc<Object>>>> = Vec::new();
        let mut last = None;
        for way in &ways {
            if !way.iter().all(|script| self.run(*script).fault.is_none()) {
                // Nobody can run them so.
                self.catalog.store.undo(base);
                continue;
            }
            let changes = self.catalog.store.changes(base);
            let kept = |oid: &Oid| (*oid, self.catalog.store.keep(*oid));
            fates.push(changes.objects.iter().map(kept).collect());
            all.add(changes);
            let undone = self.catalog.store.undo(base);
            if way.len() == upgrades.len() {
                last = Some(undone);
            }
        }
        let Some(together) = last.filter(|_| !all.opaque) else {
            return self.lose_all();
        };
        let before: BTreeMap<Oid, Option<Rc<Object>>> = all
            .objects
            .iter()
            .map(|oid| (*oid, self.catalog.store.keep(*oid)))
            .collect();
        self.catalog.store.redo(together);
        for (oid, as_it_was) in before {
            let mut ends: Fates = vec![as_it_was.clone()];
            for fate in &fates {
                ends.push(fate.get(&oid).map_or(as_it_was.clone(), Clone::clone));
            }
            self.catalog.doubt_differences(oid, &ends);
        }
        for (within, space, name) in &all.names {
            self.catalog.store.blur_name(*within, *space, name);
        }
        self.catalog.end_script();
        self.catalog.store.note_opaque();
        self.catalog.store.settle();
    }

    fn lose_all(&mut self) {
        self.catalog.store.cover();
        self.catalog.store.settle();
    }
}

/// Lists the orders in which some of the rivals may run: each alone, and all in both directions.
fn ways<'a>(upgrades: &[Replayed<'a>]) -> Vec<Vec<Replayed<'a>>> {
    let mut ways: Vec<Vec<Replayed<'a>>> = upgrades.iter().map(|script| vec![*script]).collect();
    ways.push(upgrades.iter().rev().copied().collect());
    ways.push(upgrades.to_vec());
    ways
}

impl Catalog {
    /// Keeps of an object what all its fates have; if more differs than which columns a relation has,
    /// nothing.
    fn doubt_differences(&mut self, oid: Oid, fates: &[Option<Rc<Object>>]) {
        let Some(common) = common_columns(fates) else {
            self.store.blur(oid);
            return;
        };
        let next = fates
            .iter()
            .flatten()
            .filter_map(|object| Some(object.relation()?.next_column))
            .max();
        let Some(object) = self.store.get_mut(oid) else {
            return;
        };
        object.open = true;
        object.uses.retain(|r#use| match r#use.part {
            Part::Column(id) | Part::Default(id) => common.iter().any(|column| column.id == id),
            Part::Whole => true,
        });
        if let Some(relation) = object.relation_mut() {
            relation.columns = common;
            relation.gone.clear();
            relation.next_column = next.unwrap_or(relation.next_column);
        }
    }
}

/// Returns the columns that a relation has whatever happened, if nothing but its columns differs.
fn common_columns(fates: &[Option<Rc<Object>>]) -> Option<Vec<Column>> {
    let objects: Vec<&Object> = fates.iter().map(Option::as_deref).collect::<Option<_>>()?;
    let (first, others) = objects.split_first()?;
    let relation = first.relation()?;
    let mut common = relation.columns.clone();
    for other in others {
        let columns = &other.relation()?.columns;
        let is_same = first.name == other.name
            && first.within == other.within
            && first.extension == other.extension
            && first.blurred == other.blurred
            && but_for_columns(relation) == but_for_columns(other.relation()?);
        if !is_same {
            return None;
        }
        common.retain(|column| columns.contains(column));
    }
    Some(common)
}

fn but_for_columns(relation: &Relation) -> Relation {
    Relation {
        columns: Vec::new(),
        next_column: 0,
        gone: Vec::new(),
        ..relation.clone()
    }
}
