//! A PostgreSQL server of a test's own, which listens on a socket in a folder that only the test knows, and ends with the test.

use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

pub struct Server {
    folder: TempDir,
    programs: PathBuf,
}

/// The folder of the server's programs: Debian has one for each version.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.pop().unwrap_or_else(|| panic!("no PostgreSQL server: Debian's package `postgresql` has one"))
}

/// A folder in memory where there is one: what is synced there costs no time, so that no server has to do without.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

impl Server {
    /// Starts a server with the settings that a server has.
    pub fn start() -> Self {
        let server = Self { folder: folder(), programs: programs() };
        // Whoever runs the server must be able to write here.
        std::fs::set_permissions(server.folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
        let data = server.data();
        server.run("initdb", &["-D", &data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]);
        server.go("");
        server
    }

    /// Stops the server, and starts it with further options.
    pub fn restart(&self, options: &str) {
        self.run("pg_ctl", &["-D", &self.data(), "-m", "fast", "-w", "stop"]);
        self.go(options);
    }

    /// The folder of the socket.
    pub fn socket(&self) -> &Path {
        self.folder.path()
    }

    pub fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn go(&self, options: &str) {
        let socket = self.folder.path().display().to_string();
        let options = format!("-c listen_addresses= -k {socket} -c max_connections=300 {options}");
        let log = format!("{socket}/log");
        self.run("pg_ctl", &["-D", &self.data(), "-o", &options, "-l", &log, "-w", "start"]);
    }

    /// A program that speaks with the server, with the folder of its socket.
    pub fn client(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.arg("-h").arg(self.folder.path());
        command
    }

    /// Runs statements as `user`, each transaction as they say. What they print, or what refused them.
    pub fn sql(&self, user: &str, statements: &str) -> Result<String, String> {
        let output = self
            .client("psql")
            .args(["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=verbose"])
            .args(["-d", "postgres", "-U", user, "-f", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .and_then(|mut psql| {
                // Dropped then, which ends its input.
                psql.stdin.take().map_or(Ok(()), |mut input| input.write_all(statements.as_bytes()))?;
                psql.wait_with_output()
            })
            .unwrap();
        if output.status.success() {
            return Ok(String::from_utf8(output.stdout).unwrap().trim().to_owned());
        }
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// Runs a program of the server, which refuses to be root.
    fn run(&self, program: &str, arguments: &[&str]) {
        let path = self.programs.join(program);
        let mut command = if std::fs::metadata("/proc/self").unwrap().uid() == 0 {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        let output = command.args(arguments).current_dir(self.folder.path()).output().unwrap();
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "stop"]);
    }
}
