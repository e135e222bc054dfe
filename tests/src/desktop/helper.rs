//! Helper processes that end with the test, however the test ends.

use super::{Environment, patiently};
use std::{
    fs::{self, File},
    io::Write,
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// How long a helper may take to end after SIGTERM.
const GRACE: Duration = Duration::from_secs(3);

/// A child process and its descendants: all of them end when this is dropped, and when the test is killed.
#[derive(Debug)]
pub(super) struct Helper {
    name: String,
    child: Child,
    output: PathBuf,
    log: PathBuf,
}

impl Helper {
    /// Starts a program as the leader of a new process group and feeds it `input`.
    ///
    /// `setpriv --pdeathsig` covers a killed test, which runs no destructor. It watches the calling thread, so call
    /// this from the test's own thread.
    pub(super) fn start(environment: &Environment, program: &str, arguments: &[&str], input: &str) -> Self {
        let (output, log) = environment.fresh_logs(program);
        let mut command = environment.command("setpriv");
        command.args(["--pdeathsig", "TERM", program]).args(arguments).process_group(0);
        command.stdin(Stdio::piped()).stdout(File::create(&output).unwrap()).stderr(File::create(&log).unwrap());
        let mut child = command.spawn().expect("setpriv, a part of util-linux, starts");
        // Writing fails if the helper has already ended; its log is shown when a test waits for it.
        let _ = child.stdin.take().expect("stdin is a pipe").write_all(input.as_bytes());
        Self { name: program.to_owned(), child, output, log }
    }

    /// The first line it prints, which signals that it is ready.
    pub(super) fn first_line(&mut self) -> String {
        let output = self.output.clone();
        self.wait_until("its first line", || {
            let text = fs::read_to_string(&output).ok()?;
            text.split_once('\n').map(|(line, _)| line.to_owned())
        })
    }

    /// Waits for a ready signal, and fails with the log if the helper ends or is too slow.
    pub(super) fn wait_until<T>(&mut self, what: &str, mut sign: impl FnMut() -> Option<T>) -> T {
        let found = patiently(|| sign().map(Ok).or_else(|| self.child.try_wait().unwrap().map(Err)));
        match found {
            Some(Ok(value)) => value,
            Some(Err(status)) => panic!("{} ended ({status}) before {what}:\n{}", self.name, self.log()),
            None => panic!("{}: no {what} in time:\n{}", self.name, self.log()),
        }
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The terminal output of the helper and its children.
    pub(super) fn log(&self) -> String {
        let read = |path| String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned();
        format!("{}{}", read(&self.output), read(&self.log))
    }

    fn signal_group(&self, signal: &str) {
        // The standard library cannot signal a group. A group that is already gone is fine.
        let kill = format!("kill -s {signal} -- -{}", self.child.id());
        let _ = Command::new("sh").args(["-c", &kill]).stderr(Stdio::null()).status();
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        self.signal_group("TERM");
        let deadline = Instant::now() + GRACE;
        while Instant::now() < deadline && matches!(self.child.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(5));
        }
        self.signal_group("KILL");
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
