//! Through pgbouncer, which hands each transaction to whatever connection is free.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};

use hookbridge_core::config::Delivery;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::processes::{Ids, Running, start};
use super::receiver::{self, Receiver, answer, eventually};
use super::server::Server;
use super::{REPEATED, TAKEOVER, database, deliverer, open, others_deliver, settle};

/// A pooler in front of a server, in the folder of the server's socket.
struct Pooler {
    folder: PathBuf,
    running: Child,
}

impl Pooler {
    const PORT: u16 = 6_432;

    fn start(server: &Server) -> Self {
        let folder = server.socket().to_owned();
        let shown = folder.display();
        let settings = format!(
            "[databases]\n* = host={shown} port=5432 user=postgres\n[pgbouncer]\nlisten_addr =\nunix_socket_dir = {shown}\n\
             listen_port = {}\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 5\nlogfile = {shown}/pooler.log\n",
            Self::PORT
        );
        std::fs::write(folder.join("pooler.ini"), settings).unwrap();
        let running = Self::run(&folder);
        let pooler = Self { folder, running };
        pooler.listens();
        pooler
    }

    fn run(folder: &Path) -> Child {
        // It refuses to be root, as the server does.
        let (mut command, program) = (Command::new("setpriv"), "/usr/sbin/pgbouncer");
        let mut command = if std::fs::metadata("/proc/self").unwrap().uid() == 0 {
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", program]);
            command
        } else {
            Command::new(program)
        };
        command.arg("-q").arg(folder.join("pooler.ini")).spawn().expect("Debian's package `pgbouncer`")
    }

    fn listens(&self) {
        let socket = self.folder.join(format!(".s.PGSQL.{}", Self::PORT));
        eventually("the pooler listens", || std::os::unix::net::UnixStream::connect(&socket).is_ok());
    }

    /// Ends it by a signal, and starts it again.
    fn restart(&mut self, signal: Signal) {
        self.end(signal);
        self.running = Self::run(&self.folder);
        self.listens();
    }

    fn end(&mut self, signal: Signal) {
        kill(Pid::from_raw(self.running.id().try_into().unwrap()), signal).unwrap();
        self.running.wait().unwrap();
    }

    fn address(&self) -> PathBuf {
        let folder = self.folder.display().to_string().replace('/', "%2F");
        format!("postgresql://postgres@{folder}:{}/postgres", Self::PORT).into()
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        self.end(Signal::SIGKILL);
    }
}

/// Several processes send and deliver through a pooler. The pooler is killed and stopped under them, and so is the process that
/// delivers.
#[test]
fn through_a_pooler_that_is_restarted_nothing_is_lost_and_another_takes_over() {
    let (server, receiver) = (Server::start(), Receiver::start(|_, _| answer(200)));
    database(&server);
    let mut pooler = Pooler::start(&server);
    let database = pooler.address();
    let engine = open(&database, Delivery::Off);
    let endpoint = receiver::endpoint(&engine, &receiver.url("/"));
    let accepted = Ids::default();
    let mut running: Vec<_> = (0..3).map(|_| start(&database, &endpoint, "both", 2, &accepted)).collect();
    eventually("something is delivered", || receiver.count() > 100);
    for signal in [Signal::SIGKILL, Signal::SIGTERM, Signal::SIGKILL] {
        pooler.restart(signal);
        let before = (accepted.lock().unwrap().len(), receiver.count());
        eventually("more is accepted and delivered", || {
            accepted.lock().unwrap().len() > before.0 + 100 && receiver.count() > before.1 + 100
        });
    }
    let leads = deliverer(&server).expect("one delivers");
    let place = running.iter().position(|process| process.id() == leads).expect("it is one of ours");
    running.swap_remove(place).kill();
    pooler.restart(Signal::SIGTERM);
    others_deliver(&receiver, TAKEOVER);
    assert_ne!(deliverer(&server), Some(leads));
    running.into_iter().for_each(Running::kill);
    settle(&database, &accepted, &receiver, 4 * REPEATED);
}
