//! A server's process, and the watchdog that outlives the test to kill it.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::talk::Pid;

const START_PATIENCE: Duration = Duration::from_secs(20);
const PROBE_INTERVAL: Duration = Duration::from_millis(10);
const ATTEMPTS: usize = 10;
/// Where a developer's own servers may listen.
const STANDARD_PORTS: [u16; 2] = [6379, 11211];

/// How to start one kind of server.
pub(crate) struct Plan {
    pub(crate) variable: &'static str,
    pub(crate) binary: &'static str,
    pub(crate) arguments: fn(u16, &Path) -> Vec<String>,
    pub(crate) more_arguments: Vec<String>,
    pub(crate) pid: fn(u16) -> Option<Pid>,
}

pub(crate) struct Server {
    plan: Plan,
    directory: PathBuf,
    port: u16,
    running: Mutex<Option<Running>>,
}

/// A process and its watchdog; dropping it kills both.
struct Running {
    server: Child,
    watchdog: Child,
}

impl Server {
    pub(crate) fn start(plan: Plan) -> Self {
        let directory = new_directory();
        for _ in 0..ATTEMPTS {
            let port = free_port();
            if let Some(running) = plan.run(port, &directory) {
                return Self { plan, directory, port, running: Mutex::new(Some(running)) };
            }
        }
        panic!("{} does not start; its output is in {}", plan.binary, directory.display());
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    pub(crate) fn pid(&self) -> u32 {
        self.running().as_ref().expect("the server runs").server.id()
    }

    pub(crate) fn signal(&self, signal: &str) {
        let pid = self.pid().to_string();
        // The shell's own `kill`: there may be no other.
        let sent = Command::new("sh").args(["-c", "kill -\"$1\" \"$2\"", "sh", signal, &pid]).status();
        assert!(sent.is_ok_and(|status| status.success()), "SIG{signal} was not delivered");
        let stopped = signal == "STOP";
        let deadline = Instant::now() + START_PATIENCE;
        // It takes a moment to have its effect.
        while is_stopped(&pid).is_some_and(|now| now != stopped) && Instant::now() < deadline {
            thread::yield_now();
        }
    }

    pub(crate) fn kill(&self) {
        drop(self.running().take());
    }

    pub(crate) fn restart(&self) {
        let mut running = self.running();
        drop(running.take());
        for _ in 0..ATTEMPTS {
            *running = self.plan.run(self.port, &self.directory);
            if running.is_some() {
                return;
            }
            // Somebody's outgoing connection may have got the port for a moment.
            thread::sleep(PROBE_INTERVAL * 10);
        }
        panic!("{} does not start again on its port", self.plan.binary);
    }

    fn running(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        let _ = fs::remove_dir_all(&self.directory);
    }
}

impl Plan {
    /// The server, once it answers; `None` if it ended, as it does when the port is taken.
    fn run(&self, port: u16, directory: &Path) -> Option<Running> {
        let output = fs::File::create(directory.join("output")).expect("the directory is writable");
        let errors = output.try_clone().expect("a file can be opened twice");
        let binary = std::env::var(self.variable).unwrap_or_else(|_| self.binary.to_owned());
        let server = Command::new(&binary)
            .args((self.arguments)(port, directory))
            .args(&self.more_arguments)
            .stdin(Stdio::null())
            .stdout(output)
            .stderr(errors)
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| {
                panic!("{binary} can't be started ({error}): install it, or name it in {}", self.variable)
            });
        let watchdog = watchdog(server.id(), directory).expect("there is a shell");
        let mut running = Running { server, watchdog };
        let deadline = Instant::now() + START_PATIENCE;
        while Instant::now() < deadline {
            if running.server.try_wait().expect("it is our child").is_some() {
                return None;
            }
            match (self.pid)(port) {
                Some(Pid::Known(pid)) if pid == running.server.id() => return Some(running),
                Some(Pid::Hidden) => return Some(running),
                // Another process has the port: ours will end.
                Some(Pid::Known(_)) | None => thread::sleep(PROBE_INTERVAL),
            }
        }
        None
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The watchdog first: it must not kill a process that got the number of ours later.
        for child in [&mut self.watchdog, &mut self.server] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Kills the server when this process ends, however it does: its standard input is closed then.
fn watchdog(server: u32, directory: &Path) -> io::Result<Child> {
    Command::new("sh")
        .args(["-c", "cat > /dev/null; kill -9 \"$1\"; rm -rf \"$2\"", "sh", &server.to_string()])
        .arg(directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // Out of reach of the terminal's Ctrl-C.
        .process_group(0)
        .spawn()
}

/// Whether the process is stopped by a signal, where that can be seen.
fn is_stopped(pid: &str) -> Option<bool> {
    let status = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The state follows the program's name in parentheses.
    status.rsplit_once(") ").map(|(_, rest)| rest.starts_with('T'))
}

fn free_port() -> u16 {
    loop {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there is a free port");
        let port = listener.local_addr().expect("it is bound").port();
        if !STANDARD_PORTS.contains(&port) {
            return port;
        }
    }
}

fn new_directory() -> PathBuf {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let directory = std::env::temp_dir().join(format!("ctu-servers-{}-{number}", std::process::id()));
    // What a process with the same number left behind.
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir_all(&directory).expect("the directory for temporary files is writable");
    directory
}
