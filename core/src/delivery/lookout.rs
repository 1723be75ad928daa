//! Waiting for leadership. The process that delivers holds the lock file open for writing. When that descriptor is closed,
//! also by the process's death, the kernel notifies every process that watches the file. Until then a process that waits
//! sleeps.

use std::path::Path;
use std::time::Duration;

/// How often the lock is tried without a notification, for file systems that send none. The runtime's timer wakes twice for it.
const WITHOUT_NOTIFICATION: Duration = Duration::from_secs(4);
/// How often the lock is tried where the file cannot be watched.
const WITHOUT_WATCH: Duration = Duration::from_millis(10);
/// The kernel notifies a moment before it frees the lock: so the lock is tried at once, and again after these pauses.
const TRIES_AFTER_NOTIFICATION: [Duration; 7] = {
    const fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }
    [millis(1), millis(1), millis(2), millis(4), millis(8), millis(16), millis(32)]
};

/// Says when it is worth trying to take the lock of a file.
pub(super) struct Lookout {
    watch: Option<watch::Watch>,
    /// How many of the tries after the last notification were made.
    tried: usize,
}

impl Lookout {
    pub(super) fn new() -> Self {
        Self { watch: watch::Watch::begin(), tried: TRIES_AFTER_NOTIFICATION.len() }
    }

    /// Waits until the lock of the file at `path`, which is taken, may be free. A file that was renamed or replaced counts as one
    /// whose lock may be free.
    pub(super) async fn wait(&mut self, path: &Path) {
        let Some(watch) = self.watch.as_mut() else { return tokio::time::sleep(WITHOUT_WATCH).await };
        if !watch.is_on(path) {
            // There is no notification of a close before the watch began: one more try.
            if !watch.set(path) {
                tokio::time::sleep(WITHOUT_WATCH).await;
            }
            return;
        }
        if let Some(pause) = TRIES_AFTER_NOTIFICATION.get(self.tried) {
            self.tried += 1;
            return tokio::time::sleep(*pause).await;
        }
        tokio::select! {
            () = watch.notification() => self.tried = 0,
            () = tokio::time::sleep(WITHOUT_NOTIFICATION) => {}
        }
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
mod watch {
    use std::os::fd::{AsFd, AsRawFd, RawFd};
    use std::os::unix::fs::MetadataExt;
    use std::path::Path;

    use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify};
    use tokio::io::Interest;
    use tokio::io::unix::AsyncFd;

    /// A watch on one file.
    pub(super) struct Watch {
        inotify: AsyncFd<OwnedInotify>,
        /// Device and number of the file that is watched.
        on: Option<(u64, u64)>,
    }

    struct OwnedInotify(Inotify);

    impl AsRawFd for OwnedInotify {
        fn as_raw_fd(&self) -> RawFd {
            self.0.as_fd().as_raw_fd()
        }
    }

    impl Watch {
        /// `None` where the system has no more of them (`fs.inotify.max_user_instances`).
        pub(super) fn begin() -> Option<Self> {
            let inotify = OwnedInotify(Inotify::init(InitFlags::IN_CLOEXEC | InitFlags::IN_NONBLOCK).ok()?);
            #[expect(
                deprecated,
                reason = "its successor is unsafe for descriptors that may change; this one is owned"
            )]
            let inotify = AsyncFd::with_interest(inotify, Interest::READABLE).ok()?;
            Some(Self { inotify, on: None })
        }

        /// Whether the file at `path` is the one that is watched.
        pub(super) fn is_on(&self, path: &Path) -> bool {
            let found = std::fs::metadata(path).map(|status| (status.dev(), status.ino())).ok();
            found.is_some() && found == self.on
        }

        /// Watches the file at `path`. Whether that succeeded.
        pub(super) fn set(&mut self, path: &Path) -> bool {
            let what = AddWatchFlags::IN_CLOSE_WRITE
                | AddWatchFlags::IN_MODIFY
                | AddWatchFlags::IN_ATTRIB
                | AddWatchFlags::IN_DELETE_SELF
                | AddWatchFlags::IN_MOVE_SELF;
            // Read before the watch begins: if the path leads to another file by then, `is_on` notices.
            self.on = std::fs::metadata(path).map(|status| (status.dev(), status.ino())).ok();
            if self.inotify.get_ref().0.add_watch(path, what).is_err() {
                self.on = None;
            }
            self.on.is_some()
        }

        /// Waits for a notification, and takes all that have come.
        pub(super) async fn notification(&mut self) {
            let Ok(mut ready) = self.inotify.readable().await else { return std::future::pending().await };
            while ready.get_inner().0.read_events().is_ok_and(|events| !events.is_empty()) {}
            ready.clear_ready();
        }
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod watch {
    use std::path::Path;

    /// Files cannot be watched here.
    pub(super) enum Watch {}

    impl Watch {
        pub(super) fn begin() -> Option<Self> {
            None
        }

        pub(super) fn is_on(&self, _path: &Path) -> bool {
            match *self {}
        }

        pub(super) fn set(&mut self, _path: &Path) -> bool {
            match *self {}
        }

        pub(super) async fn notification(&mut self) {
            match *self {}
        }
    }
}
