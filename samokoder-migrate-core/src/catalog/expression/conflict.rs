//! What INSERT does with a row that is there already.

use super::{
    reader::Reader,
    scope::{Aliased, Hit, Item, Level, Seen},
};
use crate::{
    catalog::{fault::Fault, missing::no_column},
    tree::{Node, OnConflictClause},
};

impl<'a> Reader<'a> {
    /// Reads ON CONFLICT (chapter "INSERT", "ON CONFLICT Clause").
    pub(super) fn on_conflict(
        &mut self,
        conflict: &'a OnConflictClause,
        items: &[Item<'a>; 1],
        table: &str,
        base: &Level<'_, 'a>,
    ) -> Result<(), Fault> {
        let [target] = items;
        if let Some(infer) = &conflict.infer {
            let level = Level::within(Some(base)).items(items);
            for node in infer.indexElems.iter().flatten() {
                let Node::IndexElem(element) = node else {
                    continue;
                };
                match &element.name {
                    Some(name) => {
                        self.inferred_column(name, target)?;
                    }
                    None => {
                        self.maybe(element.expr.as_ref(), &level)?;
                    }
                }
            }
            self.maybe(infer.whereClause.as_ref(), &level)?;
        }
        if conflict.targetList.is_empty() && conflict.whereClause.is_none() {
            return Ok(());
        }
        let excluded = Item {
            name: Some("excluded"),
            alias: Aliased::Yes,
            seen: Seen::Name,
            ..target.clone()
        };
        let both = [target.clone(), excluded];
        let level = Level::within(Some(base)).items(&both);
        self.assignments(&conflict.targetList, target, table, &level)?;
        self.maybe(conflict.whereClause.as_ref(), &level)?;
        Ok(())
    }

    fn inferred_column(&mut self, name: &str, target: &Item<'a>) -> Result<(), Fault> {
        match target.find(name) {
            Hit::Found(_, Some(need)) => {
                self.need(need);
                Ok(())
            }
            Hit::Absent => Err(no_column(name)),
            _ => Ok(()),
        }
    }
}
