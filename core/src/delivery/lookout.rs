//! Waiting for leadership. Whoever delivers has the lock file open for writing, and the kernel tells who watches a file that
//! such a descriptor was closed, also where its process died: so a process that waits sleeps until then.

use std::path::Path;
use std::time::Duration;

/// How often it is tried though nothing was told, for file systems that tell nothing. The runtime's timer wakes twice for it.
const UNTOLD: Duration = Duration::from_secs(4);
/// How often where nothing can be watched.
const UNWATCHED: Duration = Duration::from_millis(10);
/// The kernel tells of the close a moment before it frees the lock: so it is tried at once and after these pauses.
const AFTER_WORD: [Duration; 7] = {
    const fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }
    [millis(1), millis(1), millis(2), millis(4), millis(8), millis(16), millis(32)]
};

/// Says when it is worth trying to take the lock of a file.
pub(super) struct Lookout {
    watch: Option<watch::Watch>,
    /// How many of the tries after the last word were made.
    tried: usize,
}

impl Lookout {
    pub(super) fn new() -> Self {
        Self { watch: watch::Watch::begin(), tried: AFTER_WORD.len() }
    }

    /// Waits until the lock of the file at `path`, which was taken just now, may be free. Where the file has another name or
    /// there is another under the name, that is a word too.
    pub(super) async fn wait(&mut self, path: &Path) {
        let Some(watch) = self.watch.as_mut() else { return tokio::time::sleep(UNWATCHED).await };
        if !watch.is_on(path) {
            // What happened before it was watched was not told: one more try.
            if !watch.set(path) {
                tokio::time::sleep(UNWATCHED).await;
            }
            return;
        }
        if let Some(pause) = AFTER_WORD.get(self.tried) {
            self.tried += 1;
            return tokio::time::sleep(*pause).await;
        }
        tokio::select! {
            () = watch.word() => self.tried = 0,
            () = tokio::time::sleep(UNTOLD) => {}
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

    /// What the kernel tells of a file.
    pub(super) struct Watch {
        told: AsyncFd<Told>,
        /// Device and number of the file that is watched.
        on: Option<(u64, u64)>,
    }

    struct Told(Inotify);

    impl AsRawFd for Told {
        fn as_raw_fd(&self) -> RawFd {
            self.0.as_fd().as_raw_fd()
        }
    }

    impl Watch {
        /// `None` where the system has no more of them (`fs.inotify.max_user_instances`).
        pub(super) fn begin() -> Option<Self> {
            let told = Told(Inotify::init(InitFlags::IN_CLOEXEC | InitFlags::IN_NONBLOCK).ok()?);
            #[expect(
                deprecated,
                reason = "its successor is unsafe for descriptors that may change; this one is owned"
            )]
            let told = AsyncFd::with_interest(told, Interest::READABLE).ok()?;
            Some(Self { told, on: None })
        }

        /// Whether the file at `path` is the one that is watched.
        pub(super) fn is_on(&self, path: &Path) -> bool {
            let named = std::fs::metadata(path).map(|known| (known.dev(), known.ino())).ok();
            named.is_some() && named == self.on
        }

        /// Watches the file at `path`. Whether that succeeded.
        pub(super) fn set(&mut self, path: &Path) -> bool {
            let what = AddWatchFlags::IN_CLOSE_WRITE
                | AddWatchFlags::IN_MODIFY
                | AddWatchFlags::IN_ATTRIB
                | AddWatchFlags::IN_DELETE_SELF
                | AddWatchFlags::IN_MOVE_SELF;
            // The name is asked before: should it change in between, it is set anew.
            self.on = std::fs::metadata(path).map(|known| (known.dev(), known.ino())).ok();
            if self.told.get_ref().0.add_watch(path, what).is_err() {
                self.on = None;
            }
            self.on.is_some()
        }

        /// Waits until something is told, and takes all of it.
        pub(super) async fn word(&mut self) {
            let Ok(mut ready) = self.told.readable().await else { return std::future::pending().await };
            while ready.get_inner().0.read_events().is_ok_and(|events| !events.is_empty()) {}
            ready.clear_ready();
        }
    }
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
mod watch {
    use std::path::Path;

    /// Nothing is told here.
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

        pub(super) async fn word(&mut self) {
            match *self {}
        }
    }
}
