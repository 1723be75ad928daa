//! How many connections, or requests, there may be at once.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

pub struct Places {
    free: Arc<Semaphore>,
    all: usize,
}

impl Places {
    pub fn new(all: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(all)), all }
    }

    /// A place until it is dropped, once there is one.
    pub async fn wait(&self) -> Option<OwnedSemaphorePermit> {
        self.free.clone().acquire_owned().await.ok()
    }

    /// A place, where there is one now.
    pub fn take(&self) -> Option<SemaphorePermit<'_>> {
        self.free.try_acquire().ok()
    }

    pub fn are_all_taken(&self) -> bool {
        self.free.available_permits() == 0
    }

    pub fn taken(&self) -> usize {
        self.all.saturating_sub(self.free.available_permits())
    }
}
