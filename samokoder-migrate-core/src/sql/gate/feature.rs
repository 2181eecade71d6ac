//! Syntax that a release of PostgreSQL brought, proved by a statement's tree.

use rupg_sql::nodes::{
    AlterSubscriptionType, AlterTableType, CoercionForm, ConstrType, GrantTargetType,
    MergeMatchKind, ObjectType, OnConflictAction, PublicationObjSpecType,
};

use super::{Parsed, TreeNode, tree};

/// Syntax that servers before a major version refuse.
#[derive(Debug)]
pub(in crate::sql) struct Feature {
    /// The first major version that has it.
    pub(in crate::sql) since: u16,
    /// What it is called.
    pub(in crate::sql) name: &'static str,
    /// Where it begins, in the text that was parsed, if the tree says so.
    pub(in crate::sql) at: Option<usize>,
}

/// How a feature is known.
struct Rule {
    since: u16,
    name: &'static str,
    /// A statement without this text, in lower case, does not use it: spares most trees.
    word: &'static str,
    proof: fn(&TreeNode, &[TreeNode]) -> bool,
}

/// Returns the syntax in a statement, of `text`, that a version below `floor` or equal to it lacks.
pub(in crate::sql) fn features(parsed: &Parsed, text: &str, floor: u16) -> Vec<Feature> {
    let lower = text.to_ascii_lowercase();
    let mut rules = RULES
        .iter()
        .filter(|rule| rule.since > floor && lower.contains(rule.word))
        .peekable();
    if rules.peek().is_none() {
        return Vec::new();
    }
    let nodes = tree(parsed);
    rules
        .filter_map(|rule| {
            let node = nodes.iter().find(|node| (rule.proof)(node, &nodes))?;
            Some(Feature {
                since: rule.since,
                name: rule.name,
                at: node.location(),
            })
        })
        .collect()
}

fn number(node: &TreeNode, field: &str) -> Option<i64> {
    node.text(field)?.parse().ok()
}

fn constraint(node: &TreeNode, kind: ConstrType) -> bool {
    node.name == "CONSTRAINT" && number(node, "contype") == Some(i64::from(kind.0))
}

fn alters(node: &TreeNode, kind: AlterTableType) -> bool {
    node.name == "ALTERTABLECMD" && number(node, "subtype") == Some(i64::from(kind.0))
}

fn is(node: &TreeNode, field: &str, value: i32) -> bool {
    number(node, field) == Some(i64::from(value))
}

fn any(nodes: &[TreeNode], name: &str) -> bool {
    nodes.iter().any(|node| node.name == name)
}

fn grants_role(node: &TreeNode, nodes: &[TreeNode], option: &str) -> bool {
    node.name == "DEFELEM" && node.text("defname") == Some(option) && any(nodes, "GRANTROLESTMT")
}

/// A SQL/JSON function with a clause that no call of a function has.
fn json_clause(node: &TreeNode) -> bool {
    ["output", "on_empty", "on_error", "passing"]
        .iter()
        .any(|clause| node.text(clause).is_some())
        || ["wrapper", "quotes"]
            .iter()
            .any(|clause| number(node, clause).is_some_and(|mode| mode != 0))
}

const RULES: &[Rule] = &[
    Rule {
        since: 19,
        name: "ON CONFLICT DO SELECT",
        word: "conflict",
        proof: |node, _| {
            node.name == "ONCONFLICTCLAUSE"
                && is(node, "action", OnConflictAction::ONCONFLICT_SELECT.0)
        },
    },
    Rule {
        since: 19,
        name: "REPACK",
        word: "repack",
        proof: |node, _| {
            node.name == "REPACKSTMT"
                && is(
                    node,
                    "command",
                    rupg_sql::nodes::RepackCommand::REPACK_COMMAND_REPACK.0,
                )
        },
    },
    Rule {
        since: 19,
        name: "WAIT FOR LSN",
        word: "wait",
        proof: |node, _| node.name == "WAITSTMT",
    },
    Rule {
        since: 19,
        name: "IGNORE NULLS and RESPECT NULLS",
        word: "nulls",
        proof: |node, _| {
            node.name == "FUNCCALL" && number(node, "ignore_nulls").is_some_and(|nulls| nulls != 0)
        },
    },
    Rule {
        since: 19,
        name: "CHECKPOINT with options",
        word: "checkpoint",
        proof: |node, _| node.name == "CHECKPOINTSTMT" && node.text("options").is_some(),
    },
    Rule {
        since: 19,
        name: "FOR ALL SEQUENCES in a publication",
        word: "sequences",
        proof: |node, _| {
            matches!(
                node.name.as_str(),
                "CREATEPUBLICATIONSTMT" | "ALTERPUBLICATIONSTMT"
            ) && node.is("for_all_sequences")
        },
    },
    Rule {
        since: 19,
        name: "SET ALL TABLES in a publication",
        word: "tables",
        proof: |node, _| node.name == "ALTERPUBLICATIONSTMT" && node.is("for_all_tables"),
    },
    Rule {
        since: 19,
        name: "EXCEPT in a publication",
        word: "except",
        proof: |node, _| node.name == "PUBLICATIONTABLE" && node.is("except"),
    },
    Rule {
        since: 19,
        name: "SERVER in a subscription",
        word: "server",
        proof: |node, _| {
            matches!(
                node.name.as_str(),
                "CREATESUBSCRIPTIONSTMT" | "ALTERSUBSCRIPTIONSTMT"
            ) && node.text("servername").is_some()
        },
    },
    Rule {
        since: 19,
        name: "REFRESH SEQUENCES of a subscription",
        word: "sequences",
        proof: |node, _| {
            node.name == "ALTERSUBSCRIPTIONSTMT"
                && is(
                    node,
                    "kind",
                    AlterSubscriptionType::ALTER_SUBSCRIPTION_REFRESH_SEQUENCES.0,
                )
        },
    },
    Rule {
        since: 18,
        name: "a virtual generated column",
        word: "generated",
        proof: |node, _| {
            constraint(node, ConstrType::CONSTR_GENERATED)
                && node.text("generated_kind") == Some("v")
        },
    },
    Rule {
        since: 18,
        name: "WITHOUT OVERLAPS",
        word: "overlaps",
        proof: |node, _| node.name == "CONSTRAINT" && node.is("without_overlaps"),
    },
    Rule {
        since: 18,
        name: "PERIOD in a foreign key",
        word: "period",
        proof: |node, _| {
            node.name == "CONSTRAINT" && (node.is("fk_with_period") || node.is("pk_with_period"))
        },
    },
    Rule {
        since: 18,
        name: "NOT ENFORCED",
        word: "enforced",
        proof: |node, _| {
            constraint(node, ConstrType::CONSTR_ATTR_NOT_ENFORCED)
                || constraint(node, ConstrType::CONSTR_ATTR_ENFORCED)
                || (constraint(node, ConstrType::CONSTR_CHECK)
                    || constraint(node, ConstrType::CONSTR_FOREIGN))
                    && !node.is("is_enforced")
                || node.name == "ATALTERCONSTRAINT" && node.is("alterEnforceability")
        },
    },
    Rule {
        since: 18,
        name: "INHERIT in ALTER CONSTRAINT",
        word: "inherit",
        proof: |node, _| node.name == "ATALTERCONSTRAINT" && node.is("alterInheritability"),
    },
    Rule {
        since: 18,
        name: "NOT NULL as a constraint of the table",
        word: "not",
        proof: |node, nodes| {
            constraint(node, ConstrType::CONSTR_NOTNULL)
                && node.text("keys").is_some()
                && (any(nodes, "CREATESTMT") || any(nodes, "ALTERTABLESTMT"))
        },
    },
    Rule {
        since: 18,
        name: "RETURNING WITH",
        word: "returning",
        proof: |node, _| node.name == "RETURNINGCLAUSE" && node.text("options").is_some(),
    },
    Rule {
        since: 18,
        name: "ONLY in VACUUM and ANALYZE",
        word: "only",
        proof: |node, nodes| {
            node.name == "RANGEVAR" && node.text("inh") == Some("false") && any(nodes, "VACUUMSTMT")
        },
    },
    Rule {
        since: 18,
        name: "LARGE OBJECTS in ALTER DEFAULT PRIVILEGES",
        word: "large",
        proof: |node, _| {
            node.name == "GRANTSTMT"
                && is(node, "targtype", GrantTargetType::ACL_TARGET_DEFAULTS.0)
                && is(node, "objtype", ObjectType::OBJECT_LARGEOBJECT.0)
        },
    },
    Rule {
        since: 17,
        name: "NOT NULL in ALTER DOMAIN … ADD",
        word: "domain",
        proof: |node, nodes| {
            constraint(node, ConstrType::CONSTR_NOTNULL) && any(nodes, "ALTERDOMAINSTMT")
        },
    },
    Rule {
        since: 17,
        name: "UNIQUE KEYS in JSON",
        word: "json",
        proof: |node, _| node.name == "JSONPARSEEXPR" && node.is("unique_keys"),
    },
    Rule {
        since: 17,
        name: "SET STATISTICS DEFAULT of extended statistics",
        word: "statistics",
        proof: |node, _| node.name == "ALTERSTATSSTMT" && node.text("stxstattarget").is_none(),
    },
    Rule {
        since: 17,
        name: "WHEN NOT MATCHED BY SOURCE",
        word: "matched",
        proof: |node, _| {
            node.name == "MERGEWHENCLAUSE"
                && is(
                    node,
                    "matchKind",
                    MergeMatchKind::MERGE_WHEN_NOT_MATCHED_BY_SOURCE.0,
                )
        },
    },
    Rule {
        since: 17,
        name: "RETURNING in MERGE",
        word: "returning",
        proof: |node, _| node.name == "MERGESTMT" && node.text("returningClause").is_some(),
    },
    Rule {
        since: 17,
        name: "JSON_TABLE",
        word: "json_table",
        proof: |node, _| node.name == "JSONTABLE",
    },
    Rule {
        since: 17,
        name: "a clause of JSON_EXISTS, JSON_QUERY or JSON_VALUE",
        word: "json_",
        proof: |node, _| node.name == "JSONFUNCEXPR" && json_clause(node),
    },
    Rule {
        since: 17,
        name: "SET ACCESS METHOD DEFAULT",
        word: "access",
        proof: |node, _| {
            alters(node, AlterTableType::AT_SetAccessMethod) && node.text("name").is_none()
        },
    },
    Rule {
        since: 17,
        name: "SET EXPRESSION",
        word: "expression",
        proof: |node, _| alters(node, AlterTableType::AT_SetExpression),
    },
    Rule {
        since: 17,
        name: "SET STATISTICS DEFAULT",
        word: "statistics",
        proof: |node, _| {
            alters(node, AlterTableType::AT_SetStatistics) && node.text("def").is_none()
        },
    },
    Rule {
        since: 17,
        name: "AT LOCAL",
        word: "local",
        proof: |node, _| {
            node.name == "FUNCCALL"
                && is(node, "funcformat", CoercionForm::COERCE_SQL_SYNTAX.0)
                && node.text("args").is_some_and(|args| args == "({ ")
                && node
                    .text("funcname")
                    .is_some_and(|name| name.contains("\"timezone\""))
        },
    },
    Rule {
        since: 17,
        name: "GRANT MAINTAIN",
        word: "maintain",
        proof: |node, _| node.name == "ACCESSPRIV" && node.text("priv_name") == Some("maintain"),
    },
    Rule {
        since: 16,
        name: "a clause of JSON_OBJECT",
        word: "json_object",
        proof: |node, _| node.name == "JSONOBJECTCONSTRUCTOR" && node.text("output").is_some(),
    },
    Rule {
        since: 16,
        name: "a clause of JSON_ARRAY",
        word: "json_array",
        proof: |node, _| {
            node.name == "JSONARRAYCONSTRUCTOR"
                && (node.text("output").is_some() || !node.is("absent_on_null"))
        },
    },
    Rule {
        since: 16,
        name: "REINDEX without a name",
        word: "reindex",
        proof: |node, _| {
            node.name == "REINDEXSTMT"
                && node.text("name").is_none()
                && node.text("relation").is_none()
        },
    },
    Rule {
        since: 16,
        name: "INDENT in XMLSERIALIZE",
        word: "xmlserialize",
        proof: |node, _| node.name == "XMLSERIALIZE" && node.is("indent"),
    },
    Rule {
        since: 16,
        name: "a subquery in FROM without an alias",
        word: "from",
        proof: |node, _| node.name == "RANGESUBSELECT" && node.text("alias").is_none(),
    },
    Rule {
        since: 16,
        name: "a key and a value in JSON_OBJECT",
        word: "json_object",
        proof: |node, _| node.name == "JSONKEYVALUE",
    },
    Rule {
        since: 16,
        name: "a query in JSON_ARRAY",
        word: "json_array",
        proof: |node, _| node.name == "JSONARRAYQUERYCONSTRUCTOR",
    },
    Rule {
        since: 16,
        name: "IS JSON",
        word: "json",
        proof: |node, _| node.name == "JSONISPREDICATE",
    },
    Rule {
        since: 16,
        name: "INHERIT in a grant of a role",
        word: "inherit",
        proof: |node, nodes| grants_role(node, nodes, "inherit"),
    },
    Rule {
        since: 16,
        name: "SET in a grant of a role",
        word: "set",
        proof: |node, nodes| grants_role(node, nodes, "set"),
    },
    Rule {
        since: 16,
        name: "CREATE STATISTICS without a name",
        word: "statistics",
        proof: |node, _| node.name == "CREATESTATSSTMT" && node.text("defnames").is_none(),
    },
    Rule {
        since: 16,
        name: "STORAGE of a column in CREATE TABLE",
        word: "storage",
        proof: |node, _| node.name == "COLUMNDEF" && node.text("storage_name").is_some(),
    },
    Rule {
        since: 15,
        name: "REFRESH COLLATION VERSION of a database",
        word: "refresh",
        proof: |node, _| node.name == "ALTERDATABASEREFRESHCOLLSTMT",
    },
    Rule {
        since: 15,
        name: "SKIP in ALTER SUBSCRIPTION",
        word: "skip",
        proof: |node, _| {
            node.name == "ALTERSUBSCRIPTIONSTMT"
                && is(
                    node,
                    "kind",
                    AlterSubscriptionType::ALTER_SUBSCRIPTION_SKIP.0,
                )
        },
    },
    Rule {
        since: 15,
        name: "MERGE",
        word: "merge",
        proof: |node, _| node.name == "MERGESTMT",
    },
    Rule {
        since: 15,
        name: "NULLS NOT DISTINCT",
        word: "distinct",
        proof: |node, _| node.is("nulls_not_distinct"),
    },
    Rule {
        since: 15,
        name: "columns in ON DELETE SET NULL",
        word: "delete",
        proof: |node, _| node.name == "CONSTRAINT" && node.text("fk_del_set_cols").is_some(),
    },
    Rule {
        since: 15,
        name: "SET ACCESS METHOD",
        word: "access",
        proof: |node, _| {
            alters(node, AlterTableType::AT_SetAccessMethod) && node.text("name").is_some()
        },
    },
    Rule {
        since: 15,
        name: "TABLES IN SCHEMA in a publication",
        word: "tables",
        proof: |node, _| {
            node.name == "PUBLICATIONOBJSPEC"
                && (is(
                    node,
                    "pubobjtype",
                    PublicationObjSpecType::PUBLICATIONOBJ_TABLES_IN_SCHEMA.0,
                ) || is(
                    node,
                    "pubobjtype",
                    PublicationObjSpecType::PUBLICATIONOBJ_TABLES_IN_CUR_SCHEMA.0,
                ))
        },
    },
    Rule {
        since: 15,
        name: "columns and WHERE in a publication",
        word: "publication",
        proof: |node, _| {
            node.name == "PUBLICATIONTABLE"
                && (node.text("columns").is_some() || node.text("whereClause").is_some())
        },
    },
    Rule {
        since: 15,
        name: "GRANT ON PARAMETER",
        word: "parameter",
        proof: |node, _| {
            node.name == "GRANTSTMT" && is(node, "objtype", ObjectType::OBJECT_PARAMETER_ACL.0)
        },
    },
    Rule {
        since: 14,
        name: "a function's body in SQL",
        word: "create",
        proof: |node, _| node.name == "CREATEFUNCTIONSTMT" && node.text("sql_body").is_some(),
    },
    Rule {
        since: 14,
        name: "CREATE OR REPLACE TRIGGER",
        word: "trigger",
        proof: |node, _| node.name == "CREATETRIGSTMT" && node.is("replace"),
    },
    Rule {
        since: 14,
        name: "DETACH PARTITION CONCURRENTLY and FINALIZE",
        word: "detach",
        proof: |node, _| {
            node.name == "PARTITIONCMD" && node.is("concurrent")
                || alters(node, AlterTableType::AT_DetachPartitionFinalize)
        },
    },
    Rule {
        since: 14,
        name: "COMPRESSION of a column",
        word: "compression",
        proof: |node, _| {
            node.name == "COLUMNDEF" && node.text("compression").is_some()
                || alters(node, AlterTableType::AT_SetCompression)
        },
    },
    Rule {
        since: 14,
        name: "SEARCH and CYCLE in WITH",
        word: "with",
        proof: |node, _| matches!(node.name.as_str(), "CTESEARCHCLAUSE" | "CTECYCLECLAUSE"),
    },
    Rule {
        since: 14,
        name: "an alias for JOIN … USING",
        word: "using",
        proof: |node, _| node.name == "JOINEXPR" && node.text("join_using_alias").is_some(),
    },
    Rule {
        since: 14,
        name: "GROUP BY DISTINCT",
        word: "distinct",
        proof: |node, _| node.name == "SELECTSTMT" && node.is("groupDistinct"),
    },
];
