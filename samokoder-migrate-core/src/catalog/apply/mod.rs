//! What each statement does to the catalog.

mod address;
mod alter;
mod check;
mod claim;
mod column;
mod constraint;
mod data;
mod define;
mod doubt;
mod drop;
mod extension;
mod figure;
mod foreign;
mod foreign_key;
mod grant;
mod index;
mod index_build;
mod index_class;
mod index_copy;
mod inherit;
mod key;
mod like;
mod member;
mod naming;
mod needs;
mod of_type;
mod opaque;
mod partition;
mod policy;
mod publication;
mod rename;
mod routine;
mod rule;
mod schema;
mod sequence;
mod serial;
mod setting;
mod table;
mod table_as;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod told;
mod trigger;
mod type_def;
mod view;
mod written;

pub(super) use claim::Guard;
pub(super) use column::ColumnLookup;
pub(super) use drop::Behavior;

use super::{Catalog, fault::Fault};
use crate::tree::{Node, TransactionStmtKind};

impl Catalog {
    /// Makes the change that a statement makes; after a fault nothing has changed.
    ///
    /// # Errors
    ///
    /// What PostgreSQL would say, if it is certain to refuse the statement.
    pub(super) fn apply(&mut self, node: &Node) -> Result<(), Fault> {
        let mark = self.store.mark();
        self.doubt_namesakes(node);
        self.doubt(node);
        let done = self.dispatch(node);
        if done.is_err() {
            self.store.undo(mark);
        }
        done
    }

    fn dispatch(&mut self, node: &Node) -> Result<(), Fault> {
        match node {
            Node::CreateStmt(create) => self.create_table(create),
            Node::CreateForeignTableStmt(create) => self.create_foreign_table(create),
            Node::CreateTableAsStmt(create) => self.create_table_as(create),
            Node::IndexStmt(create) => self.create_index(create),
            Node::CreateSeqStmt(create) => self.create_sequence(create),
            Node::AlterSeqStmt(alter) => self.alter_sequence(alter),

            Node::AlterTableStmt(alter) => self.alter_table(alter),
            Node::RenameStmt(rename) => self.rename(rename),
            Node::AlterObjectSchemaStmt(alter) => self.set_schema(alter),

            Node::DropStmt(drop) => self.drop_objects(drop),
            Node::DropOwnedStmt(_) | Node::ReassignOwnedStmt(_) => {
                self.drop_owned(node);
                Ok(())
            }
            Node::CreateSchemaStmt(create) => self.create_schema(create),
            Node::CreateExtensionStmt(create) => self.create_extension(create),
            Node::AlterExtensionStmt(_) | Node::AlterExtensionContentsStmt(_) => {
                self.alter_extension(node)
            }
            Node::ViewStmt(create) => self.create_view(create),
            Node::RefreshMatViewStmt(refresh) => self.refresh(refresh),
            Node::CreateTrigStmt(create) => self.create_trigger(create),
            Node::CreatePolicyStmt(create) => self.create_policy(create),
            Node::AlterPolicyStmt(alter) => self.alter_policy(alter),
            Node::RuleStmt(create) => self.create_rule(create),
            Node::CreatePublicationStmt(create) => self.create_publication(create),
            Node::AlterPublicationStmt(alter) => self.alter_publication(alter),
            Node::CommentStmt(_)
            | Node::SecLabelStmt(_)
            | Node::GrantStmt(_)
            | Node::AlterOwnerStmt(_)
            | Node::AlterDefaultPrivilegesStmt(_)
            | Node::GrantRoleStmt(_)
            | Node::CreateRoleStmt(_)
            | Node::AlterRoleStmt(_)
            | Node::DropRoleStmt(_) => self.grant(node),

            Node::CreateEnumStmt(_)
            | Node::AlterEnumStmt(_)
            | Node::CompositeTypeStmt(_)
            | Node::CreateDomainStmt(_)
            | Node::AlterDomainStmt(_)
            | Node::CreateRangeStmt(_)
            | Node::AlterTypeStmt(_) => self.define_type(node),
            Node::CreateFunctionStmt(create) => self.create_routine(create),
            Node::AlterFunctionStmt(alter) => self.alter_routine(alter),
            _ => self.dispatch_rare(node),
        }
    }

    /// What few scripts hold, and what changes rows or settings.
    fn dispatch_rare(&mut self, node: &Node) -> Result<(), Fault> {
        match node {
            Node::DefineStmt(define) => self.define(define),
            Node::CreateCastStmt(_)
            | Node::CreateConversionStmt(_)
            | Node::CreateOpClassStmt(_)
            | Node::CreateOpFamilyStmt(_)
            | Node::AlterOpFamilyStmt(_)
            | Node::AlterOperatorStmt(_)
            | Node::CreateTransformStmt(_)
            | Node::CreatePLangStmt(_)
            | Node::CreateAmStmt(_)
            | Node::AlterTSDictionaryStmt(_)
            | Node::AlterTSConfigurationStmt(_)
            | Node::AlterCollationStmt(_)
            | Node::CreateStatsStmt(_)
            | Node::AlterStatsStmt(_)
            | Node::CreateEventTrigStmt(_)
            | Node::AlterEventTrigStmt(_) => self.define_other(node),
            Node::CreateFdwStmt(_)
            | Node::AlterFdwStmt(_)
            | Node::CreateForeignServerStmt(_)
            | Node::AlterForeignServerStmt(_)
            | Node::CreateUserMappingStmt(_)
            | Node::AlterUserMappingStmt(_)
            | Node::DropUserMappingStmt(_)
            | Node::ImportForeignSchemaStmt(_)
            | Node::CreateSubscriptionStmt(_)
            | Node::AlterSubscriptionStmt(_)
            | Node::DropSubscriptionStmt(_) => self.foreign(node),
            Node::DoStmt(block) => self.run_block(block),
            Node::CallStmt(call) => {
                self.call(call);
                Ok(())
            }
            Node::VariableSetStmt(set) => {
                self.set_variable(set);
                Ok(())
            }
            Node::DiscardStmt(_) => self.discard(node),
            Node::TransactionStmt(control) => {
                if control.kind == TransactionStmtKind::TRANS_STMT_ROLLBACK
                    || control.kind == TransactionStmtKind::TRANS_STMT_ROLLBACK_TO
                {
                    // What it takes back is not kept apart.
                    self.store.cover();
                }
                Ok(())
            }

            Node::SelectStmt(select) => self.select(node, select),
            Node::InsertStmt(_)
            | Node::UpdateStmt(_)
            | Node::DeleteStmt(_)
            | Node::MergeStmt(_)
            | Node::TruncateStmt(_)
            | Node::CopyStmt(_)
            | Node::LockStmt(_)
            | Node::ExplainStmt(_)
            | Node::DeclareCursorStmt(_)
            | Node::PrepareStmt(_)
            | Node::VacuumStmt(_)
            | Node::ReindexStmt(_)
            | Node::RepackStmt(_) => self.data(node),
            _ => Ok(()),
        }
    }
}
