//! `DROP` of what is not known by a name alone: casts, operators, their classes and families, transforms.

use crate::{
    catalog::{
        Catalog,
        object::{Space, Use},
        store::Oid,
    },
    tree::{List, Node, ObjectType, TypeName, strings},
};

impl Catalog {
    /// Records that one of the objects that a statement may mean is gone; `None` for other kinds.
    pub(super) fn drop_unnamed(&mut self, kind: ObjectType, object: &Node) -> Option<()> {
        let last = |list: &List| strings(list).last().map(str::to_owned);
        let (space, name) = match (kind, object) {
            (ObjectType::OBJECT_CAST, object) => {
                self.drop_cast(object);
                return Some(());
            }
            // None is modelled.
            (ObjectType::OBJECT_TRANSFORM, _) => return Some(()),
            (ObjectType::OBJECT_OPERATOR, Node::ObjectWithArgs(operator)) => {
                (Space::Operator, last(&operator.objname))
            }
            (ObjectType::OBJECT_OPCLASS, Node::List(class)) => (Space::OperatorClass, last(class)),
            (ObjectType::OBJECT_OPFAMILY, Node::List(family)) => {
                (Space::OperatorFamily, last(family))
            }
            _ => return None,
        };
        self.may_be_gone(space, name.as_deref());
        Some(())
    }

    fn drop_cast(&mut self, object: &Node) {
        let types: Vec<_> = match object {
            Node::List(types) => types.iter().flatten().collect(),
            _ => Vec::new(),
        };
        let known = match types.as_slice() {
            [Node::TypeName(source), Node::TypeName(target)] => {
                self.known_cast([&**source, &**target])
            }
            _ => None,
        };
        match known {
            Some(cast) => self.store.remove(cast),
            None => self.may_be_gone(Space::Cast, None),
        }
    }

    /// Looks for a cast between two types, by their names of today.
    fn known_cast(&self, [source, target]: [&TypeName; 2]) -> Option<Oid> {
        let name = self.cast_name(Some(source), Some(target))?;
        let uses: Vec<Use> = [source, target]
            .into_iter()
            .filter_map(|written| self.ty(written).ok()?.own_type().map(Use::of))
            .collect();
        self.cast_of(&name, &uses)
    }

    fn may_be_gone(&mut self, space: Space, name: Option<&str>) {
        let found: Vec<(Oid, Oid, String)> = self
            .store
            .all()
            .filter(|(_, object)| object.def.spaces().contains(&space))
            .filter(|(_, object)| name.is_none_or(|name| &*object.name == name))
            .map(|(oid, object)| (oid, object.within, object.name.to_string()))
            .collect();
        for (oid, within, name) in found {
            self.store.blur(oid);
            self.store.blur_name(within, space, &name);
        }
    }
}
