//! One process at a time.

use std::{
    fs,
    io::{self, Write},
    path::PathBuf,
    time::Duration,
};

use super::{place, tool};

/// Keeps processes of one user from doing the same work at once.
///
/// It saves work and no more: where the file cannot be written, or the wait is over, the process
/// goes on without. What is made under it is put in its place by a rename.
#[derive(Debug)]
pub(super) struct Lock {
    held: Option<PathBuf>,
}

impl Lock {
    /// Waits until no living process has the lock at `path`.
    pub(super) fn wait(path: PathBuf, limit: Duration) -> Self {
        let taken = tool::poll(limit, || {
            match fs::File::create_new(&path) {
                Ok(mut file) => return write!(file, "{}", std::process::id()).map(Some),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
            // Absent again, or not written yet: the next look tells.
            let holder = fs::read_to_string(&path)
                .ok()
                .and_then(|text| text.parse().ok());
            if holder.is_some_and(|pid| !place::is_alive(pid)) {
                drop(fs::remove_file(&path));
            }
            Ok(None)
        });
        Self {
            held: matches!(taken, Ok(Some(()))).then_some(path),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some(path) = &self.held {
            drop(fs::remove_file(path));
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::{fs, process::Command, time::Duration};

    use super::Lock;
    use crate::testing::{account::Account, place::Scratch};

    #[test]
    fn is_held_by_one_and_taken_from_the_dead() {
        let scratch = Scratch::new(&std::env::temp_dir(), Account::current().unwrap()).unwrap();
        let path = scratch.path().join("lock");
        let first = Lock::wait(path.clone(), Duration::ZERO);
        assert_eq!(Lock::wait(path.clone(), Duration::ZERO).held, None);
        assert!(path.exists(), "who did not get it does not remove it");
        drop(first);
        assert!(!path.exists());

        let mut dead = Command::new("true").spawn().unwrap();
        dead.wait().unwrap();
        fs::write(&path, dead.id().to_string()).unwrap();
        assert_eq!(
            Lock::wait(path.clone(), Duration::from_secs(10)).held,
            Some(path)
        );
    }
}
