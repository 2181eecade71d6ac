//! What a contestant's build script does.

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use crate::{
    layout::Layout,
    migration::{Migration, migrations},
};

/// The environment variable that says how many migrations are built in; 10 where it is not set.
pub const COUNT_VARIABLE: &str = "PEERS_COUNT";

/// Where the migrations are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the build script's own folder.
    Out,
    /// In the folder `migrations` beside `Cargo.toml`, for a tool that records where a script was: nobody's
    /// is as long as the path of a target folder.
    Crate,
}

/// Writes the migrations to a folder, which it returns, and a file `table.rs`, which is Rust, to the
/// build script's own.
///
/// `code` stands at the head of that file, with `{folder}` for the folder as it is written from the
/// crate's root (sqlx's macro refuses an absolute path), and `{absolute}` for the folder.
///
/// # Errors
///
/// Where this is no build script, or the folder cannot be written.
pub fn build(layout: Layout, place: Place, code: &str) -> Result<PathBuf, Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let count = count()?;
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?).canonicalize()?;
    let root =
        PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("CARGO_MANIFEST_DIR is not set")?)
            .canonicalize()?;
    let folder = match place {
        Place::Out => &out,
        Place::Crate => &root,
    }
    .join("migrations");
    // Another build, with another number, may have written there since.
    println!("cargo::rerun-if-changed={}", folder.display());
    let migrations = migrations(count);
    layout.write(&folder, &migrations)?;
    let absolute = folder
        .to_str()
        .ok_or("the target folder's path is not Unicode")?;
    let mut text = code
        .replace("{folder}", &from(&root, absolute))
        .replace("{absolute}", absolute);
    table(&mut text, &migrations)?;
    fs::write(out.join("table.rs"), text)?;
    Ok(folder)
}

/// Returns how many migrations are to be built in.
///
/// # Errors
///
/// Where the variable holds no number.
pub fn count() -> Result<usize, Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed={COUNT_VARIABLE}");
    match env::var(COUNT_VARIABLE) {
        Ok(count) => Ok(count.parse()?),
        Err(_) => Ok(10),
    }
}

/// Writes the migrations as constants: number, name, both texts, and digests as the server computes them.
fn table(text: &mut String, migrations: &[Migration]) -> std::fmt::Result {
    let mut chain = Sha256::new();
    text.push_str(
        "#[allow(dead_code)]\npub const MIGRATIONS: &[(usize, &str, &str, &str, &str)] = &[\n",
    );
    for Migration {
        number,
        name,
        up,
        down,
    } in migrations
    {
        let checksum = Sha256::digest(up);
        chain.update(checksum);
        writeln!(
            text,
            "({number}, {name:?}, {up:?}, {down:?}, \"{}\"),",
            hex(&checksum)
        )?;
    }
    writeln!(
        text,
        "];\n#[allow(dead_code)]\npub const CHAIN: &str = \"{}\";",
        hex(&chain.finalize())
    )
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        text.extend(
            [byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or('0')),
        );
    }
    text
}

/// Returns an absolute path as it is written from a folder.
fn from(root: &Path, path: &str) -> String {
    let up = "../".repeat(root.components().count() - 1);
    format!("{up}{}", path.trim_start_matches('/'))
}
