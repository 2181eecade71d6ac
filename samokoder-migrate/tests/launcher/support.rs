//! Folders, processes and patience for the launcher's tests.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

/// A folder that is removed at the end of a test.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = env::temp_dir().join(format!("launcher test {}-{number}", std::process::id()));
        fs::create_dir(&path).unwrap();
        // The server's user has to get in, whatever the umask.
        assert!(sh(r#"chmod 755 "$1""#, &[&path.display().to_string()]));
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0));
    }
}

/// Runs a shell command; tells whether it succeeded.
pub(crate) fn sh(script: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new("sh");
    command
        .args(["-c", script, "sh"])
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().unwrap().success()
}

pub(crate) fn is_root() -> bool {
    sh(r#"test "$(id -u)" = 0"#, &[])
}

/// This program again, for one of its tests.
pub(crate) fn again(test: &str) -> Command {
    run_one(&env::current_exe().unwrap(), test)
}

/// This program as the user `nobody`, who gets `folder` for all that it writes.
#[cfg(unix)]
pub(crate) fn as_nobody(test: &str, folder: &Path) -> Command {
    use std::os::unix::process::CommandExt;
    let id = |which: &str| {
        let output = Command::new("id").args([which, "nobody"]).output().unwrap();
        String::from_utf8(output.stdout)
            .unwrap()
            .trim()
            .parse::<u32>()
            .unwrap()
    };
    // Where cargo put the program may be closed to others.
    let program = folder.join("program");
    if !program.exists() {
        fs::copy(env::current_exe().unwrap(), &program).unwrap();
        assert!(sh(
            r#"chmod 755 "$1" && chmod 1777 "$2""#,
            &[
                &program.display().to_string(),
                &folder.display().to_string()
            ]
        ));
    }
    let mut command = run_one(&program, test);
    command.uid(id("-u")).gid(id("-g")).current_dir("/");
    command
        .env("TMPDIR", folder)
        .env("HOME", "/nonexistent")
        .env_remove("XDG_CACHE_HOME");
    command
}

/// Waits for an answer, for at most half a minute.
pub(crate) fn eventually<T>(what: &str, mut question: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        match question() {
            Some(answer) => return answer,
            None if began.elapsed() > Duration::from_secs(30) => panic!("{what} did not come"),
            None => thread::sleep(Duration::from_millis(5)),
        }
    }
}

fn run_one(program: &Path, test: &str) -> Command {
    let mut command = Command::new(program);
    command
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .stdin(Stdio::null());
    command
}
