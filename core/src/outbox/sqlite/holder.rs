//! The process that holds the deliverer's lock, as `/proc` shows it: whether it still is that process, and whether it is stopped.

use std::path::Path;

use serde::{Deserialize, Serialize};

/// Distinguishes a process from others that had the same process id before, and from processes of other containers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Identity {
    /// The namespace of process ids that its id belongs to.
    namespace: String,
    /// When the process was started, in the system's ticks since its boot.
    started: u64,
}

/// The state of a process in `/proc`.
struct Status {
    state: char,
    started: u64,
}

fn status(pid: u32) -> Option<Status> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // Behind the program's name in brackets comes field 3. Field 22 is the start time.
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    let state = fields.next()?.chars().next()?;
    let started = fields.nth(18)?.parse().ok()?;
    Some(Status { state, started })
}

fn namespace() -> Option<String> {
    Some(std::fs::read_link("/proc/self/ns/pid").ok()?.to_string_lossy().into_owned())
}

impl Identity {
    /// This process's identity; `None` where the system has no `/proc`.
    pub(super) fn own() -> Option<Self> {
        Some(Self { namespace: namespace()?, started: status(std::process::id())?.started })
    }

    /// Whether the process of this identity and id is stopped, by a signal or with its container. False where this cannot
    /// be seen: the process is gone, hidden, or in another container.
    pub(super) fn is_stopped(&self, pid: u32) -> bool {
        if namespace().as_ref() != Some(&self.namespace) {
            return false;
        }
        let Some(found) = status(pid).filter(|found| found.started == self.started) else { return false };
        // `t` is a process that a debugger has stopped.
        matches!(found.state, 'T' | 't') || is_frozen(pid)
    }
}

/// Whether the control group of a process is frozen, as `docker pause` does it.
fn is_frozen(pid: u32) -> bool {
    let Ok(groups) = std::fs::read_to_string(format!("/proc/{pid}/cgroup")) else { return false };
    groups.lines().any(|line| {
        // Fields: number, controllers, path. A cgroup of version 2 has the number 0 and no controllers.
        let mut parts = line.splitn(3, ':').skip(1);
        let (Some(controllers), Some(path)) = (parts.next(), parts.next()) else { return false };
        let folder = |root: &str| Path::new(root).join(path.trim_start_matches('/'));
        if controllers.split(',').any(|controller| controller == "freezer") {
            let state = std::fs::read_to_string(folder("/sys/fs/cgroup/freezer").join("freezer.state"));
            return state.is_ok_and(|state| state.trim() == "FROZEN");
        }
        controllers.is_empty()
            && ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"].iter().any(|root| {
                let events = std::fs::read_to_string(folder(root).join("cgroup.events"));
                events.is_ok_and(|events| events.lines().any(|line| line == "frozen 1"))
            })
    })
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_runs_or_is_another_one_is_not_stopped() {
        let own = Identity::own().unwrap();
        assert!(!own.is_stopped(std::process::id()));
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let of_child = Identity { started: status(child.id()).unwrap().started, ..own.clone() };
        let pid = nix::unistd::Pid::from_raw(child.id() as i32);
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGSTOP).unwrap();
        while status(child.id()).unwrap().state != 'T' {
            std::thread::yield_now();
        }
        assert!(of_child.is_stopped(child.id()));
        assert!(!Identity { started: of_child.started + 1, ..own.clone() }.is_stopped(child.id()));
        assert!(!Identity { namespace: "pid:[1]".to_owned(), ..of_child.clone() }.is_stopped(child.id()));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!of_child.is_stopped(child.id()));
    }
}
