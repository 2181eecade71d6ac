//! The parts of a query that are not expressions.

use super::Printer;
use crate::tree::{
    Alias, FRAMEOPTION_NONDEFAULT, JoinExpr, JoinType, List, Node, RangeVar, ResTarget, SortBy,
    SortByDir, SortByNulls, WindowDef, WithClause, strings,
};

impl Printer<'_> {
    pub(super) fn with(&mut self, with: Option<&WithClause>) {
        let Some(with) = with else { return };
        self.push(if with.recursive {
            "WITH RECURSIVE "
        } else {
            "WITH "
        });
        for (index, cte) in with.ctes.iter().flatten().enumerate() {
            let Node::CommonTableExpr(cte) = cte else {
                continue;
            };
            if index > 0 {
                self.push(", ");
            }
            self.name(cte.ctename.as_deref().unwrap_or_default());
            self.names(&cte.aliascolnames);
            self.push(" AS (");
            self.optional(cte.ctequery.as_ref());
            self.push(")");
        }
        self.push(" ");
    }

    /// Prints `(a, b)`, if there is a name.
    pub(super) fn names(&mut self, list: &List) {
        if !list.is_empty() {
            self.push("(");
            self.comma_list(list);
            self.push(")");
        }
    }

    pub(super) fn range(&mut self, range: &RangeVar) {
        if !range.inh {
            self.push("ONLY ");
        }
        self.marked(range.location, |printer| {
            if let Some(schema) = &range.schemaname {
                printer.name(schema);
                printer.push(".");
            }
            printer.name(range.relname.as_deref().unwrap_or_default());
        });
        self.alias(range.alias.as_deref());
    }

    pub(super) fn alias(&mut self, alias: Option<&Alias>) {
        let Some(alias) = alias else { return };
        self.push(" ");
        self.name(alias.aliasname.as_deref().unwrap_or_default());
        self.names(&alias.colnames);
    }

    pub(super) fn join(&mut self, join: &JoinExpr) {
        let closed = join.alias.is_some();
        if closed {
            self.push("(");
        }
        self.optional(join.larg.as_ref());
        if join.isNatural {
            self.push(" NATURAL");
        }
        self.push(match join.jointype {
            JoinType::JOIN_LEFT => " LEFT JOIN ",
            JoinType::JOIN_RIGHT => " RIGHT JOIN ",
            JoinType::JOIN_FULL => " FULL JOIN ",
            _ if join.quals.is_none() && join.usingClause.is_empty() && !join.isNatural => {
                " CROSS JOIN "
            }
            _ => " JOIN ",
        });
        let nested = matches!(join.rarg, Some(Node::JoinExpr(_)));
        if nested {
            self.push("(");
        }
        self.optional(join.rarg.as_ref());
        if nested {
            self.push(")");
        }
        if !join.usingClause.is_empty() {
            self.push(" USING ");
            self.names(&join.usingClause);
        }
        if let Some(condition) = &join.quals {
            self.push(" ON ");
            self.node(condition);
        }
        if closed {
            self.push(")");
        }
        self.alias(join.alias.as_deref());
    }

    pub(super) fn target(&mut self, target: &ResTarget) {
        self.optional(target.val.as_ref());
        if let Some(name) = &target.name {
            self.push(" AS ");
            self.name(name);
        }
    }

    /// Prints the targets of `UPDATE … SET`.
    pub(super) fn assignments(&mut self, targets: &List) {
        for (index, target) in targets.iter().flatten().enumerate() {
            if let Node::ResTarget(target) = target {
                if index > 0 {
                    self.push(", ");
                }
                self.marked(target.location, |printer| {
                    printer.name(target.name.as_deref().unwrap_or_default());
                });
                self.push(" = ");
                self.optional(target.val.as_ref());
            }
        }
    }

    pub(super) fn sort(&mut self, sort: &SortBy) {
        self.optional(sort.node.as_ref());
        match sort.sortby_dir {
            SortByDir::SORTBY_DESC => self.push(" DESC"),
            SortByDir::SORTBY_USING => {
                self.push(" USING ");
                let operator = strings(&sort.useOp).last().unwrap_or_default().to_owned();
                self.push(&operator);
            }
            _ => {}
        }
        match (sort.sortby_nulls, sort.sortby_dir) {
            (SortByNulls::SORTBY_NULLS_FIRST, SortByDir::SORTBY_DESC)
            | (SortByNulls::SORTBY_NULLS_DEFAULT, _) => {}
            (SortByNulls::SORTBY_NULLS_FIRST, _) => self.push(" NULLS FIRST"),
            (_, SortByDir::SORTBY_DESC) => self.push(" NULLS LAST"),
            _ => {}
        }
    }

    pub(super) fn window(&mut self, window: &WindowDef) {
        let is_name_alone = window.name.is_some()
            && window.partitionClause.is_empty()
            && window.orderClause.is_empty();
        if let Some(name) = window.name.as_deref().filter(|_| is_name_alone) {
            self.name(name);
            return;
        }
        self.push("(");
        if let Some(name) = &window.refname {
            self.name(name);
            self.push(" ");
        }
        self.clause("PARTITION BY ", &window.partitionClause);
        self.clause(" ORDER BY ", &window.orderClause);
        if window.frameOptions & FRAMEOPTION_NONDEFAULT != 0 {
            // Enough to tell one frame from another.
            let frame = format!(" FRAME {}", window.frameOptions);
            self.push(&frame);
            for offset in [&window.startOffset, &window.endOffset]
                .into_iter()
                .flatten()
            {
                self.push(" ");
                self.node(offset);
            }
        }
        self.push(")");
    }
}
