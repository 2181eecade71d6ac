//! What servers and their extensions provide, as the data files that the catalog looks names up in.

mod ask;
mod extensions;
mod further;
mod merge;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use postgres::{Client, NoTls};
use samokoder_migrate::testing::Server;

use crate::Result;
use merge::Files;

/// Where the data files are, in the workspace.
const FOLDER: &str = "../samokoder-migrate-core/src/catalog/builtin/data";
/// What is written by hand, beside them.
const FURTHER: &str = "../samokoder-migrate-core/src/catalog/builtin/further.txt";

/// Asks the servers in folders of binaries, and writes the data files.
pub(crate) fn write(folders: &[&str]) -> Result {
    let folder = workspace(FOLDER);
    for (name, text) in made(folders)? {
        println!("{:7}  {name}", text.len());
        fs::write(folder.join(name), text)?;
    }
    Ok(())
}

/// Asks the servers in folders of binaries, and fails unless the data files say the same.
pub(crate) fn check(folders: &[&str]) -> Result {
    let folder = workspace(FOLDER);
    let mut stale = Vec::new();
    for (name, text) in made(folders)? {
        if fs::read_to_string(folder.join(&name)).ok().as_deref() != Some(&*text) {
            stale.push(name);
        }
    }
    if stale.is_empty() {
        println!("the files are current");
        return Ok(());
    }
    Err(format!(
        "not what the servers say: {}; run `cargo xtask builtins` with the same folders",
        stale.join(", ")
    )
    .into())
}

/// Prints what one server says, for the process that asks several.
pub(crate) fn child() -> Result {
    let server = Server::start()?;
    let database = server.database()?;
    let mut client = Client::connect(&database.url(), NoTls)?;
    println!("version\t{}", server.version());
    ask::server(&mut client)?;
    extensions::all(&mut client)
}

/// Returns the name and text of every file. A process finds one server, so each has its own.
fn made(folders: &[&str]) -> Result<Vec<(String, String)>> {
    let mut files = Files::default();
    for folder in folders {
        let output = Command::new(std::env::current_exe()?)
            .arg("builtins-child")
            .env("SAMOKODER_PG_BIN", folder)
            .stderr(Stdio::inherit())
            .output()?;
        let said = String::from_utf8(output.stdout)?;
        if !output.status.success() {
            let last = said.lines().last().unwrap_or_default();
            return Err(format!("{folder}: {last}").into());
        }
        files.take(&said)?;
    }
    further::take(&fs::read_to_string(workspace(FURTHER))?, &mut files)?;
    Ok(files.texts())
}

fn workspace(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
