//! What `CREATE OR REPLACE` may not change.

use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        object::{Argument, ArgumentMode, Routine, RoutineKind},
        types::{Base, Type},
    },
    tree::{CreateFunctionStmt, path},
};

/// Holds a new definition against the one that has its name and arguments.
///
/// # Errors
///
/// 42723 without OR REPLACE, 42809 for another kind, 42P13 for another result, other names of
/// arguments, fewer defaults.
pub(super) fn allowed(
    before: &Routine,
    after: &Routine,
    create: &CreateFunctionStmt,
    catalog: &Catalog,
) -> Result<(), Fault> {
    let name = path(&create.funcname).map_or("", |path| path.name);
    let is_unknown = |argument: &Argument| !argument.ty.is_known();
    if before.arguments.iter().any(is_unknown) || after.arguments.iter().any(is_unknown) {
        return Ok(());
    }
    if !create.replace {
        let message = format!("function \"{name}\" already exists with same argument types");
        return Err(Fault::new("42723", message).at_name(name));
    }
    if before.kind != after.kind {
        let what = match before.kind {
            RoutineKind::Function => "a function",
            RoutineKind::Procedure => "a procedure",
            RoutineKind::Aggregate => "an aggregate function",
            RoutineKind::Window => "a window function",
        };
        return Err(Fault::new("42809", "cannot change routine kind")
            .at_name(name)
            .note(format!("\"{name}\" is {what}.")));
    }
    let drop = format!("Use DROP {} first.", signature(name, before, catalog));
    let refused = |message: String| {
        Err(Fault::new("42P13", message)
            .at_name(name)
            .note(drop.clone()))
    };
    let result = match before.kind {
        RoutineKind::Procedure => "cannot change whether a procedure has output parameters",
        _ => "cannot change return type of existing function",
    };
    if before.returns_set != after.returns_set
        || differ(before.returns.as_ref(), after.returns.as_ref())
    {
        return refused(result.to_owned());
    }
    if differ_in_rows(before, after) {
        return Err(Fault::new("42P13", result)
            .at_name(name)
            .note("Row type defined by OUT parameters is different.")
            .note(drop));
    }
    for (old, new) in inputs(before).zip(inputs(after)) {
        if let Some(old) = &old.name
            && new.name.as_ref() != Some(old)
        {
            return refused(format!("cannot change name of input parameter \"{old}\""));
        }
    }
    let defaults = |routine| {
        inputs(routine)
            .filter(|argument| argument.has_default)
            .count()
    };
    if defaults(before) > defaults(after) {
        return refused("cannot remove parameter defaults from existing function".to_owned());
    }
    Ok(())
}

fn inputs(routine: &Routine) -> impl Iterator<Item = &Argument> {
    routine
        .arguments
        .iter()
        .filter(|argument| argument.is_input())
}

fn outputs(routine: &Routine) -> Vec<&Argument> {
    routine
        .arguments
        .iter()
        .filter(|argument| {
            matches!(
                argument.mode,
                ArgumentMode::Out | ArgumentMode::InOut | ArgumentMode::Table
            )
        })
        .collect()
}

/// Returns whether two results are known to differ.
fn differ(before: Option<&Type>, after: Option<&Type>) -> bool {
    match (before, after) {
        (Some(before), Some(after)) => before.is_known() && after.is_known() && before != after,
        (None, None) => false,
        _ => true,
    }
}

/// Returns whether two results that are rows are known to have other columns.
fn differ_in_rows(before: &Routine, after: &Routine) -> bool {
    let is_row = |routine: &Routine| matches!(&routine.returns, Some(ty) if matches!(&ty.base, Base::Builtin(name) if &**name == "record"));
    if !is_row(before) || !is_row(after) {
        return false;
    }
    let (before, after) = (outputs(before), outputs(after));
    // Before it had no columns of its own, and now too: `RETURNS record`.
    before.len() != after.len()
        || before.iter().zip(&after).any(|(old, new)| {
            old.name != new.name || old.ty.is_known() && new.ty.is_known() && old.ty != new.ty
        })
}

/// Returns a routine as `format_procedure` does: `FUNCTION f(integer,text)`.
fn signature(name: &str, routine: &Routine, catalog: &Catalog) -> String {
    let kind = match routine.kind {
        RoutineKind::Procedure => "PROCEDURE",
        _ => "FUNCTION",
    };
    let arguments: Vec<String> = inputs(routine)
        .map(|argument| catalog.shown_type(&argument.ty))
        .collect();
    format!("{kind} {name}({})", arguments.join(","))
}
