//! What differs between operating systems: owners, modes and process groups.

pub(super) use system::{
    SUPPORTED, chown, create_new_folder, detach, is_private, open_to_all, run_as,
};

#[cfg(unix)]
mod system {
    use std::{
        fs, io,
        os::unix::{
            fs::{DirBuilderExt, MetadataExt, PermissionsExt},
            process::CommandExt,
        },
        path::Path,
        process::Command,
    };

    pub(in super::super) const SUPPORTED: bool = true;

    pub(in super::super) fn run_as(command: &mut Command, uid: u32, gid: u32) {
        command.uid(uid).gid(gid);
    }

    /// Keeps the signals of a terminal, such as that of Ctrl-C, from a command.
    pub(in super::super) fn detach(command: &mut Command) {
        command.process_group(0);
    }

    pub(in super::super) fn chown(path: &Path, uid: u32, gid: u32) -> io::Result<()> {
        std::os::unix::fs::lchown(path, Some(uid), Some(gid))
    }

    /// Creates a folder with exactly this mode, whatever the umask.
    pub(in super::super) fn create_new_folder(path: &Path, mode: u32) -> io::Result<()> {
        fs::DirBuilder::new().mode(mode).create(path)?;
        fs::set_permissions(path, fs::Permissions::from_mode(mode))
    }

    /// Whether `path` is a folder (no link) that only `uid` can write to.
    pub(in super::super) fn is_private(path: &Path, uid: u32) -> io::Result<bool> {
        let metadata = fs::symlink_metadata(path)?;
        Ok(metadata.is_dir() && metadata.uid() == uid && metadata.mode() & 0o022 == 0)
    }

    /// Lets everybody read what is in a folder, and run what its owner can run.
    pub(in super::super) fn open_to_all(path: &Path) -> io::Result<()> {
        let metadata = fs::symlink_metadata(path)?;
        if metadata.is_symlink() {
            return Ok(());
        }
        let mode = metadata.mode();
        let run = if mode & 0o100 == 0 { 0 } else { 0o111 };
        fs::set_permissions(
            path,
            fs::Permissions::from_mode((mode & 0o755) | 0o444 | run),
        )?;
        if metadata.is_dir() {
            for entry in fs::read_dir(path)? {
                open_to_all(&entry?.path())?;
            }
        }
        Ok(())
    }
}

#[cfg(not(unix))]
mod system {
    use std::{io, path::Path, process::Command};

    pub(in super::super) const SUPPORTED: bool = false;

    pub(in super::super) fn run_as(_: &mut Command, _: u32, _: u32) {}

    pub(in super::super) fn detach(_: &mut Command) {}

    pub(in super::super) fn chown(_: &Path, _: u32, _: u32) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(in super::super) fn create_new_folder(_: &Path, _: u32) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(in super::super) fn is_private(_: &Path, _: u32) -> io::Result<bool> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(in super::super) fn open_to_all(_: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
