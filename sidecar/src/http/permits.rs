//! A bound on how many connections, requests or downloads there are at once.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

pub struct Permits {
    free: Arc<Semaphore>,
    limit: usize,
}

impl Permits {
    pub fn new(limit: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(limit)), limit }
    }

    /// Waits for a permit, which is given back when it is dropped.
    pub async fn acquire(&self) -> Option<OwnedSemaphorePermit> {
        self.free.clone().acquire_owned().await.ok()
    }

    /// A permit, if one is free now.
    pub fn try_acquire(&self) -> Option<SemaphorePermit<'_>> {
        self.free.try_acquire().ok()
    }

    /// A permit for as long as a task goes on, if one is free now.
    pub fn try_acquire_owned(&self) -> Option<OwnedSemaphorePermit> {
        self.free.clone().try_acquire_owned().ok()
    }

    pub fn is_exhausted(&self) -> bool {
        self.free.available_permits() == 0
    }

    pub fn in_use(&self) -> usize {
        self.limit.saturating_sub(self.free.available_permits())
    }
}
