//! `COMMENT ON`, `SECURITY LABEL`.

use crate::{
    catalog::{
        Catalog,
        apply::{address::Address, drop::Target},
        fault::Fault,
    },
    tree::{CommentStmt, ObjectType, SecLabelStmt},
};

impl Catalog {
    pub(super) fn comment(&mut self, comment: &CommentStmt) -> Result<(), Fault> {
        let Some(object) = &comment.object else {
            return Ok(());
        };
        let target = match self.address(comment.objtype, object)? {
            Address::Found(target) => target,
            // A comment on a database that is not there is a warning.
            Address::Absent(fault) if comment.objtype != ObjectType::OBJECT_DATABASE => {
                return Err(fault);
            }
            Address::Absent(_) | Address::Unknown => return Ok(()),
        };
        let column = match target {
            Target::Column(_, column) => Some(column),
            Target::Object(_) | Target::Default(..) => None,
        };
        if let Some(object) = self.store.get_mut(target.oid()) {
            object.comments.retain(|(of, _)| *of != column);
            // An empty comment takes the comment away, as NULL does.
            if let Some(text) = comment.comment.as_deref().filter(|text| !text.is_empty()) {
                object.comments.push((column, text.into()));
                object.comments.sort_by_key(|(of, _)| *of);
            }
        }
        Ok(())
    }

    /// A label changes nothing that is compared, but what it is put on must be there. Its provider
    /// is looked for first, and which there are is not known.
    pub(super) fn label(&mut self, label: &SecLabelStmt) -> Result<(), Fault> {
        let Some(object) = &label.object else {
            return Ok(());
        };
        match self.address(label.objtype, object)? {
            Address::Absent(fault) => Err(fault),
            Address::Found(_) | Address::Unknown => Ok(()),
        }
    }
}
