//! What goes when something goes: the walk over what depends on it.

use super::{Behavior, Target, owner::OwnerKind};
use crate::catalog::{
    Catalog,
    fault::Fault,
    object::{Def, Filled, Part, RelationKind, Space, Tie, Use},
    store::Oid,
};

/// Something that goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) target: Target,
    pub(super) doubt: Doubt,
    reason: Reason,
    /// What it is said to depend on.
    on: Option<Target>,
}

/// Whether it goes for certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Doubt {
    /// It goes.
    None,
    /// It goes if it is still there.
    Presence,
    /// It may stay.
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reason {
    /// The statement names it.
    Asked,
    /// It is tied to something that goes.
    Tied,
    /// It needs something that goes: RESTRICT refuses.
    Needy,
}

/// A walk over what depends on what is dropped, in PostgreSQL's order: what needs comes before what
/// is needed, the newest first.
pub(super) struct Walk<'a> {
    catalog: &'a Catalog,
    asked: &'a [Target],
    behavior: Behavior,
    /// What is being looked at, the outermost first.
    stack: Vec<Step>,
    steps: Vec<Step>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(catalog: &'a Catalog, asked: &'a [Target], behavior: Behavior) -> Self {
        Self {
            catalog,
            asked,
            behavior,
            stack: Vec::new(),
            steps: Vec::new(),
        }
    }

    /// Adds what a statement names.
    ///
    /// # Errors
    ///
    /// 2BP01 if it is part of something that the statement does not name.
    pub(super) fn ask(&mut self, target: Target) -> Result<(), Fault> {
        if self.catalog.store.is_certain(target.oid())
            && let Some(owner) = self.catalog.owners(target).into_iter().find(|owner| {
                self.catalog.store.is_certain(owner.what.oid()) && !self.is_asked(owner.what)
            })
        {
            let what = self.catalog.wording(target);
            let owner = self.catalog.wording(owner.what);
            return Err(Fault::new(
                "2BP01",
                format!("cannot drop {what} because {owner} requires it"),
            )
            .note(format!("you can drop {owner} instead")));
        }
        self.visit(Step {
            target,
            doubt: Doubt::None,
            reason: Reason::Asked,
            on: None,
        });
        Ok(())
    }

    /// Adds the views and rules that may depend on what is dropped: their queries are not known.
    pub(super) fn doubt_open_views(&mut self) {
        let store = &self.catalog.store;
        let may_be_read = self.asked.iter().any(|target| {
            store.get(target.oid()).is_none_or(|object| {
                !matches!(
                    object.def,
                    Def::Trigger(_) | Def::Policy(_) | Def::Rule(_) | Def::Publication(_)
                )
            })
        });
        if !may_be_read {
            return;
        }
        let views: Vec<Oid> = store
            .all()
            .filter(|(_, object)| object.open && has_query(&object.def))
            .map(|(oid, _)| oid)
            .collect();
        for view in views {
            self.visit(Step {
                target: Target::Object(view),
                doubt: Doubt::All,
                reason: Reason::Needy,
                on: None,
            });
        }
    }

    /// Says what stops the drop.
    ///
    /// # Errors
    ///
    /// 2BP01 if something certain needs what is dropped, under RESTRICT.
    pub(super) fn refusal(&self) -> Result<(), Fault> {
        if self.behavior == Behavior::Cascade {
            return Ok(());
        }
        let needy: Vec<&Step> =
            self.steps
                .iter()
                .rev()
                .filter(|step| step.reason == Reason::Needy && step.doubt == Doubt::None)
                .filter(|step| {
                    !self.steps.iter().any(|other| {
                        other.target != step.target && step.target.is_within(other.target)
                    })
                })
                .collect();
        if needy.is_empty() {
            return Ok(());
        }
        let message = match self.asked {
            [one] => format!(
                "cannot drop {} because other objects depend on it",
                self.catalog.wording(*one)
            ),
            _ => "cannot drop desired object(s) because other objects depend on them".to_owned(),
        };
        Err(needy
            .into_iter()
            .filter_map(|step| Some((step, step.on?)))
            .fold(Fault::new("2BP01", message), |fault, (step, on)| {
                fault.note(format!(
                    "{} depends on {}",
                    self.catalog.wording(step.target),
                    self.catalog.wording_for(on, step.target)
                ))
            }))
    }

    /// Returns what goes, what needs before what is needed.
    pub(super) fn into_steps(self) -> Vec<Step> {
        self.steps
    }

    fn is_asked(&self, target: Target) -> bool {
        self.asked.iter().any(|asked| target.is_within(*asked))
    }

    /// Merges a step into one that is there already.
    fn merged(&mut self, step: &Step) -> bool {
        let mut found = false;
        for known in self.stack.iter_mut().chain(&mut self.steps) {
            if step.target == known.target {
                known.reason = known.reason.min(step.reason);
                known.doubt = known.doubt.min(step.doubt);
                found = true;
            } else if step.target.is_within(known.target) && step.doubt >= known.doubt {
                found = true;
            }
        }
        found
    }

    fn visit(&mut self, step: Step) {
        if self.merged(&step) {
            return;
        }
        if step.reason != Reason::Asked {
            let owner = self.catalog.owners(step.target).into_iter().find(|owner| {
                owner.kind == OwnerKind::Whole
                    && !self.is_asked(owner.what)
                    && !self.is_known(owner.what)
            });
            if let Some(owner) = owner {
                self.visit(Step {
                    target: owner.what,
                    doubt: self.doubt_of(owner.what, step.doubt, step.reason),
                    reason: Reason::Needy,
                    on: step.on,
                });
                if self.merged(&step) {
                    return;
                }
            }
        }
        self.stack.push(step);
        let mut users = self.users(step.target);
        users.sort_by(|(a, _), (b, _)| b.cmp(a));
        for (user, reason) in users {
            let doubt = self.doubt_of(user, step.doubt, reason);
            // What may need it, but did not stop the drop, does not need it.
            if self.behavior == Behavior::Restrict
                && reason == Reason::Needy
                && doubt != Doubt::None
            {
                continue;
            }
            self.visit(Step {
                target: user,
                doubt,
                reason,
                on: Some(step.target),
            });
        }
        if let Some(step) = self.stack.pop() {
            self.steps.push(step);
        }
    }

    fn doubt_of(&self, user: Target, of_used: Doubt, reason: Reason) -> Doubt {
        if self.catalog.store.is_certain(user.oid()) {
            return match of_used {
                Doubt::Presence => Doubt::All,
                other => other,
            };
        }
        match (of_used, reason) {
            (Doubt::None, Reason::Tied) => Doubt::Presence,
            _ => Doubt::All,
        }
    }

    fn is_known(&self, target: Target) -> bool {
        self.stack
            .iter()
            .chain(&self.steps)
            .any(|step| target.is_within(step.target))
    }

    /// Lists what goes when a target goes, and why.
    fn users(&self, target: Target) -> Vec<(Target, Reason)> {
        let store = &self.catalog.store;
        let mut users = Vec::new();
        let oid = target.oid();
        match target {
            Target::Object(_) => {
                for (user, r#use) in store.users(oid) {
                    if user != oid {
                        users.push((self.user(user, r#use), Reason::of(r#use.tie)));
                    }
                }
                self.contents(oid, &mut users);
            }
            Target::Column(_, column) => {
                for (user, r#use) in store.users(oid) {
                    let user_target = self.user(user, r#use);
                    if r#use.column == Some(column) && !user_target.is_within(target) {
                        users.push((user_target, Reason::of(r#use.tie)));
                    }
                }
            }
            Target::Default(..) => {}
        }
        users
    }

    fn contents(&self, oid: Oid, users: &mut Vec<(Target, Reason)>) {
        let store = &self.catalog.store;
        let Some(object) = store.get(oid) else {
            return;
        };
        let mut within = |spaces: &[Space], reason: Reason| {
            for space in spaces {
                for part in store.within(oid, *space) {
                    if !users.contains(&(Target::Object(part), reason)) {
                        users.push((Target::Object(part), reason));
                    }
                }
            }
        };
        match &object.def {
            Def::Schema => within(IN_A_SCHEMA, Reason::Needy),
            Def::Relation(_) | Def::Type(_) => within(IN_A_TABLE, Reason::Tied),
            Def::Extension(_) => users.extend(
                store
                    .all()
                    .filter(|(_, member)| member.extension == Some(oid))
                    .map(|(member, _)| (Target::Object(member), Reason::Tied)),
            ),
            _ => {}
        }
    }

    fn user(&self, user: Oid, r#use: Use) -> Target {
        match r#use.part {
            Part::Whole => Target::Object(user),
            Part::Column(column) => Target::Column(user, column),
            Part::Default(column) => {
                let generated = self
                    .catalog
                    .store
                    .get(user)
                    .and_then(|object| object.relation())
                    .and_then(|relation| relation.columns.iter().find(|known| known.id == column))
                    .is_some_and(|column| matches!(column.filled, Filled::Generated(_)));
                if generated {
                    Target::Column(user, column)
                } else {
                    Target::Default(user, column)
                }
            }
        }
    }
}

impl Reason {
    fn of(tie: Tie) -> Self {
        match tie {
            Tie::Normal => Self::Needy,
            Tie::Auto | Tie::Internal => Self::Tied,
        }
    }
}

fn has_query(def: &Def) -> bool {
    match def {
        Def::Relation(relation) => matches!(
            relation.kind,
            RelationKind::View | RelationKind::MaterializedView
        ),
        Def::Rule(_) => true,
        _ => false,
    }
}

pub(super) const IN_A_TABLE: &[Space] = &[
    Space::Constraint,
    Space::Trigger,
    Space::Policy,
    Space::Rule,
];

const IN_A_SCHEMA: &[Space] = &[
    Space::Relation,
    Space::Type,
    Space::Routine,
    Space::Operator,
    Space::OperatorClass,
    Space::OperatorFamily,
    Space::Collation,
    Space::Conversion,
    Space::Statistics,
    Space::TextSearchConfiguration,
    Space::TextSearchDictionary,
    Space::TextSearchParser,
    Space::TextSearchTemplate,
];
