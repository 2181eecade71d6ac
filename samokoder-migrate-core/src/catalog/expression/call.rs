//! Calls of functions (chapter "Value Expressions", "Function Calls"; chapter "Type Conversion",
//! "Functions").

use super::{column::inputs, reader::Reader, rough::Rough, scope::Level, system};
use crate::{
    catalog::{
        Catalog,
        fault::Fault,
        missing::no_schema,
        object::{Argument, ArgumentMode, Def, Routine, Space, TypeKind},
        resolve::SearchPath,
        store::{Lookup, Oid, Openness},
        types::{Base, Type},
    },
    tree::{FuncCall, Node, Path, path, string, strings},
};

/// What a call's name means.
#[derive(Debug)]
pub(super) enum Called<'a> {
    /// The only one that takes such arguments.
    One(&'a Routine),
    /// One of `pg_catalog`.
    System(&'a str),
    /// One of several, or none that is known.
    Unknown,
}

/// One of the routines that share a name.
type Overload<'a> = (Oid, &'a Routine);

/// Whether what a platform's extensions may have made counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extensions {
    Told,
    PassedOver,
}

/// How a call gives its arguments.
struct Given<'a> {
    types: Vec<Rough<'a>>,
    /// The names of the last ones, if they have any.
    names: Vec<&'a str>,
    variadic: bool,
}

impl<'a> Reader<'a> {
    /// Reads a call; returns the type of its value.
    pub(super) fn call(
        &mut self,
        call: &'a FuncCall,
        at: &Level<'_, 'a>,
    ) -> Result<Rough<'a>, Fault> {
        Ok(match self.called(call, at)? {
            Called::One(routine) => match &routine.returns {
                Some(ty) => Rough::Known(ty),
                None => Rough::Unknown,
            },
            Called::System(name) => system::returns(name),
            Called::Unknown => Rough::Unknown,
        })
    }

    /// Reads a call; returns what it calls.
    pub(super) fn called(
        &mut self,
        call: &'a FuncCall,
        at: &Level<'_, 'a>,
    ) -> Result<Called<'a>, Fault> {
        let mut given = Given {
            types: Vec::with_capacity(call.args.len()),
            names: Vec::new(),
            variadic: call.func_variadic,
        };
        for arg in call.args.iter().flatten() {
            if let Node::NamedArgExpr(named) = arg {
                given.names.extend(named.name.as_deref());
            }
            let ty = self.value(arg, at)?;
            given.types.push(ty);
        }
        self.sorted_values(&call.agg_order, at)?;
        if call.agg_within_group {
            given
                .types
                .extend(call.agg_order.iter().map(|_| Rough::Unknown));
        }
        self.condition(call.agg_filter.as_ref(), at, "FILTER")?;
        if let Some(window) = &call.over {
            self.window(window, at)?;
        }
        let Some(path) = path(&call.funcname) else {
            return Ok(Called::Unknown);
        };
        self.effect(path, call);
        self.sequence_argument(path, call)?;
        self.routine(path, call, &given)
    }

    /// Keeps what a call may do.
    fn effect(&mut self, path: Path<'a>, call: &'a FuncCall) {
        self.effects.calls.push((path, &call.args));
        if path.name != "set_config" {
            return;
        }
        let constant = |index: usize| match call.args.get(index) {
            Some(Some(Node::A_Const(constant))) => string(constant.val.as_ref()?),
            _ => None,
        };
        self.effects.settings.push((constant(0), constant(1)));
    }

    fn routine(
        &mut self,
        path: Path<'a>,
        call: &'a FuncCall,
        given: &Given<'a>,
    ) -> Result<Called<'a>, Fault> {
        if path.schema == Some("pg_catalog") {
            return Ok(Called::System(path.name));
        }
        let (all, openness) = self.overloads(path, call.location)?;
        let mut fitting: Vec<Overload<'a>> = all
            .into_iter()
            .filter(|(_, routine)| fits(routine, given))
            .collect();
        // Arguments that are not given by place, or are spread, count otherwise.
        let plain = given.names.is_empty() && !given.variadic;
        let system = if path.schema.is_some() {
            Lookup::Absent
        } else if plain {
            system::routine(path.name, given.types.len())
        } else if system::has_routine(path.name) {
            Lookup::Unknown
        } else {
            Lookup::Absent
        };
        let certain = openness == Openness::Closed && system == Lookup::Absent;
        if fitting.len() > 1 {
            prefer_exact(&mut fitting, given);
        }
        match fitting.as_slice() {
            [] if system == Lookup::Unknown => {
                let proven = plain && !call.agg_within_group && !call.agg_star;
                if proven
                    && self.no_system_function(path, &given.types)
                    && !self.may_be_other(path, given)
                {
                    return Err(self.no_function(path, call, given));
                }
                Ok(Called::System(path.name))
            }
            [] if certain && !self.may_be_other(path, given) => {
                Err(self.no_function(path, call, given))
            }
            [(oid, routine)] if certain && self.catalog.store.is_certain(*oid) => {
                self.note_object(*oid, call.location);
                Ok(Called::One(routine))
            }
            _ => Ok(Called::Unknown),
        }
    }

    /// Lists the routines that a name may mean, and says whether there may be more.
    ///
    /// # Errors
    ///
    /// 3F000 if the schema is known not to be there.
    fn overloads(
        &self,
        path: Path<'a>,
        location: i32,
    ) -> Result<(Vec<Overload<'a>>, Openness), Fault> {
        if let Some(name) = path.schema
            && self.catalog.schema(name) == Lookup::Absent
        {
            return Err(no_schema(name).at(location));
        }
        let (oids, openness) = self.sharing(Space::Routine, path);
        let store = &self.catalog.store;
        let routines = oids
            .into_iter()
            .filter_map(|oid| match &store.get(oid)?.def {
                Def::Routine(routine) => Some((oid, routine)),
                _ => None,
            });
        Ok((routines.collect(), openness))
    }

    /// Lists the objects that share a name, and says whether there may be more; `pg_catalog` aside.
    pub(super) fn sharing(&self, space: Space, path: Path<'_>) -> (Vec<Oid>, Openness) {
        self.shared(space, path, Extensions::Told)
    }

    /// As [`Self::sharing`], of what may be about a table of the migrations: what only a platform's
    /// extensions may have made is not.
    pub(super) fn made_here(&self, space: Space, path: Path<'_>) -> (Vec<Oid>, Openness) {
        self.shared(space, path, Extensions::PassedOver)
    }

    fn shared(&self, space: Space, path: Path<'_>, extensions: Extensions) -> (Vec<Oid>, Openness) {
        let catalog = self.catalog;
        let mut all = Vec::new();
        let mut openness = Openness::Closed;
        if let Some(name) = path.schema {
            let Lookup::Found(schema) = catalog.schema(name) else {
                return (all, Openness::Open);
            };
            let (oids, open) = catalog.store.find_all(schema, space, path.name);
            all.extend_from_slice(oids);
            // See `look_in`: what was made without a schema may be in this one.
            let elsewhere = all.is_empty() && catalog.look(space, path) == Lookup::Unknown;
            // Or an extension that was made outside the migrations.
            let elsewhere = elsewhere || all.is_empty() && Catalog::is_extensions_name(space, path);
            return (all, if elsewhere { Openness::Open } else { open });
        }
        let SearchPath::Known(schemas) = &catalog.search_path else {
            return (all, Openness::Open);
        };
        for name in schemas {
            match catalog.schema(name) {
                Lookup::Found(schema) => {
                    let (oids, open) = catalog.store.find_all(schema, space, path.name);
                    all.extend_from_slice(oids);
                    let is_theirs = extensions == Extensions::PassedOver
                        && catalog.is_platform_schema_of_extensions(name)
                        && catalog.store.find_of_known(schema, space, path.name) == Lookup::Absent;
                    if open == Openness::Open && !is_theirs {
                        openness = Openness::Open;
                    }
                }
                Lookup::Unknown => openness = Openness::Open,
                Lookup::Absent => {}
            }
        }
        // An extension that was made outside the migrations may have it.
        if all.is_empty() && Catalog::is_extensions_name(space, path) {
            openness = Openness::Open;
        }
        (all, openness)
    }

    /// Returns whether a call of one argument may be a cast, or a field of a row.
    fn may_be_other(&self, path: Path<'a>, given: &Given<'a>) -> bool {
        let [only] = given.types.as_slice() else {
            return false;
        };
        let ty = self.catalog.look(Space::Type, path);
        ty != Lookup::Absent
            || crate::catalog::builtin::is_type(path.name)
            || !self.has_no_field(only, path.name)
    }

    /// Returns whether a value is no row, or one that has no such column.
    fn has_no_field(&self, ty: &Rough<'a>, name: &str) -> bool {
        let Some(oid) = ty.own() else {
            return ty.is_no_row();
        };
        let store = &self.catalog.store;
        if store.is_open(oid) {
            return false;
        }
        let columns = match store.get(oid).map(|object| &object.def) {
            Some(Def::Relation(relation)) => &relation.columns,
            Some(Def::Type(def)) => match &def.kind {
                TypeKind::Composite(columns) => columns,
                TypeKind::Enum(_) => return true,
                _ => return false,
            },
            _ => return false,
        };
        columns.iter().all(|column| &*column.name != name)
    }

    fn no_function(&self, path: Path<'a>, call: &'a FuncCall, given: &Given<'a>) -> Fault {
        let name = strings(&call.funcname).collect::<Vec<_>>().join(".");
        let unnamed = given.types.len().saturating_sub(given.names.len());
        let shown: Option<Vec<String>> = given
            .types
            .iter()
            .enumerate()
            .map(|(index, ty)| {
                let ty = self.shown(ty)?;
                Some(
                    match index
                        .checked_sub(unnamed)
                        .and_then(|index| given.names.get(index))
                    {
                        Some(name) => format!("{name} => {ty}"),
                        None => ty,
                    },
                )
            })
            .collect();
        let message = match shown {
            Some(types) if !call.agg_star => {
                format!("function {name}({}) does not exist", types.join(", "))
            }
            _ => format!("function \"{}\" does not exist", path.name),
        };
        Fault::new("42883", message).at(call.location)
    }

    /// Returns a type as a message shows it.
    pub(super) fn shown(&self, ty: &Rough<'_>) -> Option<String> {
        if let Rough::Literal = ty {
            return Some("unknown".to_owned());
        }
        let known = ty.known()?;
        match known.base {
            Base::Own(oid) => {
                let name = self.shown_name(oid);
                Some(if known.array {
                    format!("{name}[]")
                } else {
                    name
                })
            }
            _ => self.catalog.type_text(&Type {
                modifier: "".into(),
                ..known.into_owned()
            }),
        }
    }

    /// Returns the name of a type, qualified where the search path does not lead to it.
    pub(super) fn shown_name(&self, oid: Oid) -> String {
        use crate::catalog::resolve::quote;
        let Some(object) = self.catalog.store.get(oid) else {
            return String::new();
        };
        let path = Path {
            schema: None,
            name: &object.name,
        };
        if self.catalog.look(Space::Type, path) == Lookup::Found(oid) {
            quote(&object.name)
        } else {
            self.catalog.display(oid)
        }
    }
}

/// Leaves the one that takes just these types, if there is one.
fn prefer_exact<'a>(fitting: &mut Vec<Overload<'a>>, given: &Given<'a>) {
    if !given.names.is_empty() || given.variadic {
        return;
    }
    let exact = |routine: &Routine| {
        let mut types = inputs(&routine.arguments).map(|argument| &argument.ty);
        let same = given.types.iter().all(|given| {
            types.next().zip(given.known()).is_some_and(|(ty, given)| {
                ty.base == given.base && ty.array == given.array && ty.is_known()
            })
        });
        same && types.next().is_none()
    };
    if let Some(only) = fitting.iter().position(|(_, routine)| exact(routine)) {
        let only = fitting.swap_remove(only);
        *fitting = vec![only];
    }
}

/// Returns whether a routine takes arguments as they are given, by their number and names.
fn fits(routine: &Routine, given: &Given<'_>) -> bool {
    let mut arguments: Vec<&Argument> = inputs(&routine.arguments).collect();
    let variadic = match arguments.last() {
        Some(last) if last.mode == ArgumentMode::Variadic && !given.variadic => arguments.pop(),
        _ => None,
    };
    let placed = given.types.len().saturating_sub(given.names.len());
    if placed > arguments.len() {
        return variadic.is_some() && given.names.is_empty();
    }
    let (by_place, rest) = arguments.split_at_checked(placed).unwrap_or_default();
    debug_assert_eq!(by_place.len(), placed);
    let named = |argument: &&Argument| {
        argument
            .name
            .as_deref()
            .is_some_and(|name| given.names.contains(&name))
    };
    let all_named = given.names.iter().all(|name| {
        rest.iter()
            .any(|argument| argument.name.as_deref() == Some(*name))
    });
    // A variadic argument needs one value at least, unless it has a default.
    let variadic_filled = variadic.is_none_or(|last| last.has_default);
    all_named
        && variadic_filled
        && rest
            .iter()
            .all(|argument| argument.has_default || named(argument))
}
