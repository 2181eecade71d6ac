//! How each tool wants migrations to lie in a folder.

use std::{fs, io, path::Path};

use crate::migration::Migration;

/// A tool's way to lay migrations out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// `0001_name.up.sql` and `0001_name.down.sql`: samokoder-migrate's, and sqlx's.
    Pairs,
    /// `0001_name/up.sql` and `0001_name/down.sql`: diesel's.
    Folders,
    /// `V1__name.sql`: refinery's, which knows no way back.
    Versions,
}

impl Layout {
    /// Writes migrations to a folder that is made anew.
    ///
    /// # Errors
    ///
    /// Where the folder cannot be written.
    pub fn write(self, folder: &Path, migrations: &[Migration]) -> io::Result<()> {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder)?;
        for Migration {
            number,
            name,
            up,
            down,
        } in migrations
        {
            match self {
                Self::Pairs => {
                    fs::write(folder.join(format!("{number:04}_{name}.up.sql")), up)?;
                    fs::write(folder.join(format!("{number:04}_{name}.down.sql")), down)?;
                }
                Self::Folders => {
                    let own = folder.join(format!("{number:04}_{name}"));
                    fs::create_dir(&own)?;
                    fs::write(own.join("up.sql"), up)?;
                    fs::write(own.join("down.sql"), down)?;
                }
                Self::Versions => {
                    fs::write(folder.join(format!("V{number}__{name}.sql")), up)?;
                }
            }
        }
        Ok(())
    }
}
