//! Who is compared.

/// What a contestant is in the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// What nobody can be faster than who keeps a history.
    Floor,
    /// samokoder-migrate.
    Ours,
    /// A peer, as its documentation uses it.
    Peer,
    /// A peer in a way that must be asked for.
    PeerOtherwise,
}

/// Whether a contestant can take migrations back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WayBack {
    Yes,
    No,
}

/// A contestant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Contestant {
    pub(crate) name: &'static str,
    pub(crate) package: &'static str,
    /// What follows `up`.
    pub(crate) extra: &'static [&'static str],
    pub(crate) part: Part,
    pub(crate) way_back: WayBack,
}

pub(crate) const FLOOR: Contestant = Contestant {
    name: "floor",
    package: "peer-floor",
    extra: &[],
    part: Part::Floor,
    way_back: WayBack::Yes,
};

/// All of them.
pub(crate) const FIELD: [Contestant; 9] = [
    FLOOR,
    Contestant {
        name: "samokoder-postgres",
        package: "peer-samokoder-postgres",
        part: Part::Ours,
        ..FLOOR
    },
    Contestant {
        name: "samokoder-tokio",
        package: "peer-samokoder-tokio",
        part: Part::Ours,
        ..FLOOR
    },
    Contestant {
        name: "refinery-postgres",
        package: "peer-refinery-postgres",
        part: Part::Peer,
        way_back: WayBack::No,
        ..FLOOR
    },
    Contestant {
        name: "refinery-tokio",
        package: "peer-refinery-tokio",
        part: Part::Peer,
        way_back: WayBack::No,
        ..FLOOR
    },
    Contestant {
        name: "refinery-grouped",
        package: "peer-refinery-tokio",
        extra: &["grouped"],
        part: Part::PeerOtherwise,
        way_back: WayBack::No,
    },
    Contestant {
        name: "diesel",
        package: "peer-diesel",
        part: Part::Peer,
        ..FLOOR
    },
    Contestant {
        name: "sqlx",
        package: "peer-sqlx",
        part: Part::Peer,
        ..FLOOR
    },
    Contestant {
        name: "sea-orm",
        package: "peer-sea-orm",
        part: Part::Peer,
        ..FLOOR
    },
];
