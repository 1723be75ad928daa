//! An answer that many may ask for and that costs something: made once at a time, and everybody's for a second. Who asks for
//! it costs no more than the waiting.

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

/// How long an answer is everybody's.
pub const FRESH: Duration = Duration::from_secs(1);

type Made<T> = Option<(Instant, T)>;

pub struct Shared<T>(Mutex<Option<watch::Receiver<Made<T>>>>);

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T: Clone + Send + Sync + 'static> Shared<T> {
    /// The answer that is being made, or was made within the last second, else that of `make`, which goes on though nobody waits
    /// any more. `None` where it broke off.
    pub async fn get<F>(&self, make: impl FnOnce() -> F) -> Option<T>
    where
        F: Future<Output = T> + Send + 'static,
    {
        let mut answer = self.join(make);
        let made = answer.wait_for(Option::is_some).await.ok()?;
        made.as_ref().map(|(_, answer)| answer.clone())
    }

    fn join<F>(&self, make: impl FnOnce() -> F) -> watch::Receiver<Made<T>>
    where
        F: Future<Output = T> + Send + 'static,
    {
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = current.as_ref() {
            let is_good = match known.borrow().as_ref() {
                Some((at, _)) => at.elapsed() < FRESH,
                // Its maker is gone where it broke off.
                None => known.has_changed().is_ok(),
            };
            if is_good {
                return known.clone();
            }
        }
        let (sender, answer) = watch::channel(None);
        let made = make();
        tokio::spawn(async move {
            let made = made.await;
            sender.send_replace(Some((Instant::now(), made)));
        });
        *current = Some(answer.clone());
        answer
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_hundred_that_ask_at_once_are_answered_by_one() {
        let (shared, made) = (Arc::new(Shared::default()), Arc::new(AtomicUsize::new(0)));
        let ask = || {
            let made = made.clone();
            move || async move {
                tokio::time::sleep(Duration::from_millis(20)).await;
                made.fetch_add(1, Ordering::SeqCst) + 1
            }
        };
        // Who goes away changes nothing for the others.
        assert!(tokio::time::timeout(Duration::from_millis(1), shared.get(ask())).await.is_err());
        let all: Vec<_> = (0..100)
            .map(|_| {
                let (shared, ask) = (shared.clone(), ask());
                tokio::spawn(async move { shared.get(ask).await })
            })
            .collect();
        for one in all {
            assert_eq!(one.await.unwrap(), Some(1));
        }
        assert_eq!(made.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn one_that_breaks_off_is_made_anew() {
        let shared: Shared<u8> = Shared::default();
        let broken = || async { panic!("broken off on purpose") };
        assert_eq!(shared.get(broken).await, None);
        assert_eq!(shared.get(|| async { 2 }).await, Some(2));
    }
}
