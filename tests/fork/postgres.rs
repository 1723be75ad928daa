//! An engine on a PostgreSQL database, and the process that it is copied with.

use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hookbridge_core::config::Config;
use hookbridge_core::{Engine, ErrorCode};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork};

use crate::server::Server;
use crate::{config, receiver, send, until};

/// How many children there are, each with one of its own, and how many messages each of them sends.
const CHILDREN: usize = 12;
const SENT_BY_EACH: usize = 3;
/// The threads of the parent that send all the while.
const SENDERS: usize = 4;

const SESSIONS: &str = "SELECT pid FROM pg_stat_activity WHERE application_name = 'hookbridge' ORDER BY pid;";

fn database(server: &Server) -> PathBuf {
    let socket = server.socket().display().to_string().replace('/', "%2F");
    let address = PathBuf::from(format!("postgresql://postgres@{socket}/postgres"));
    hookbridge_core::engine::migrate(&address).unwrap();
    address
}

fn open(database: &Path) -> Engine {
    Engine::open(Config { database: database.to_owned(), ..config(Path::new("/")) }).unwrap()
}

fn sessions(server: &Server) -> Vec<String> {
    let found = server.sql("postgres", SESSIONS).unwrap();
    found.lines().map(str::to_owned).collect()
}

/// How many sockets to the server this process has.
fn sockets_to(server: &Server) -> usize {
    let numbers: Vec<i32> = std::fs::read_dir("/proc/self/fd")
        .unwrap()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    let leads_there = |number: &i32| {
        // SAFETY: one that was closed meanwhile, as the folder's own, only gives an error.
        let descriptor = unsafe { BorrowedFd::borrow_raw(*number) };
        let peer = socket2::SockRef::from(&descriptor).peer_addr().ok();
        peer.is_some_and(|peer| peer.as_pathname().is_some_and(|path| path.starts_with(server.socket())))
    };
    numbers.iter().filter(|number| leads_there(number)).count()
}

/// Forks; the child ends with what `run` says.
fn child(run: impl FnOnce() -> i32) -> Pid {
    // SAFETY: the child calls the engine, whose forks are what is tried, and ends without destructors.
    match unsafe { fork() }.unwrap() {
        ForkResult::Parent { child } => child,
        ForkResult::Child => {
            let answer = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).unwrap_or(100);
            // SAFETY: it ends the process.
            unsafe { nix::libc::_exit(answer) }
        }
    }
}

fn answer(child: Pid) -> i32 {
    match waitpid(child, None).unwrap() {
        WaitStatus::Exited(_, answer) => answer,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_engine_on_a_database_goes_on_in_parent_and_children_and_no_session_of_the_parent_ends() {
    let server = Server::start();
    let engine = open(&database(&server));
    let endpoint = receiver::endpoint(&engine, "http://127.0.0.1:9/");
    let (ends, sent) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|threads| {
        for _ in 0..SENDERS {
            threads.spawn(|| {
                while !ends.load(Ordering::Relaxed) {
                    assert_eq!(send(&engine, &endpoint), None, "also of a send that a fork comes upon");
                    sent.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        until("the senders to send", || sent.load(Ordering::Relaxed) > 20 * SENDERS);
        let before = sessions(&server);
        let children: Vec<Pid> = (0..CHILDREN)
            .map(|number| {
                child(|| {
                    if sockets_to(&server) > 0 {
                        return 1;
                    }
                    let sends = |count: usize| (0..count).all(|_| send(&engine, &endpoint).is_none());
                    if !sends(SENT_BY_EACH) || sockets_to(&server) == 0 {
                        return 2;
                    }
                    let grandchild = child(|| if sends(SENT_BY_EACH) { 0 } else { 3 });
                    // One ends with a goodbye to the server, and the next without.
                    if number % 2 == 0 {
                        engine.close(Duration::from_secs(20)).unwrap();
                    }
                    answer(grandchild)
                })
            })
            .collect();
        let answers: Vec<i32> = children.into_iter().map(answer).collect();
        assert_eq!(answers, [0; CHILDREN]);
        let after = sessions(&server);
        let lost: Vec<_> = before.iter().filter(|session| !after.contains(session)).collect();
        assert!(!before.is_empty() && lost.is_empty(), "{lost:?} of {before:?}");
        ends.store(true, Ordering::Relaxed);
    });
    let all = sent.load(Ordering::Relaxed) + 2 * CHILDREN * SENT_BY_EACH;
    assert_eq!(receiver::call(&engine, "stats", serde_json::json!({}))["queued"], all);
    assert!(engine.close(Duration::from_secs(10)).unwrap());
}

/// A server that does not answer holds up who uses it, and no fork.
#[test]
fn a_fork_while_a_database_is_silent_finds_rest() {
    let server = Server::start();
    let engine = open(&database(&server));
    let endpoint = receiver::endpoint(&engine, "http://127.0.0.1:9/");
    engine.close(Duration::from_secs(10)).unwrap();
    let engine = open(&database(&server));
    let noted = std::fs::read_to_string(server.socket().join("data/postmaster.pid")).unwrap();
    let server_process = Pid::from_raw(noted.lines().next().unwrap().parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    kill(server_process, Signal::SIGSTOP).unwrap();
    std::thread::scope(|threads| {
        let held_up = threads.spawn(|| send(&engine, &endpoint));
        until("a socket to the server", || sockets_to(&server) > 0);
        let begun = Instant::now();
        let answer =
            answer(child(|| match Engine::open(config(folder.path())).err().map(|error| error.code()) {
                None => 0,
                Some(ErrorCode::Forked) => 1,
                Some(_) => 2,
            }));
        let took = begun.elapsed();
        kill(server_process, Signal::SIGCONT).unwrap();
        assert_eq!(answer, 0);
        assert!(took < Duration::from_secs(2), "{took:?}");
        assert_eq!(held_up.join().unwrap(), None);
    });
    engine.close(Duration::from_secs(10)).unwrap();
}
