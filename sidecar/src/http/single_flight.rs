//! A costly value that many requests need: it is made once at a time, and reused for a second.

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

/// How long a value is reused.
pub const FRESH: Duration = Duration::from_secs(1);

type Made<T> = Option<(Instant, T)>;

pub struct SingleFlight<T>(Mutex<Option<watch::Receiver<Made<T>>>>);

impl<T> Default for SingleFlight<T> {
    fn default() -> Self {
        Self(Mutex::new(None))
    }
}

impl<T: Clone + Send + Sync + 'static> SingleFlight<T> {
    /// The value that is being made, or was made within the last second; otherwise starts `make`. `make` runs to its end even
    /// if every caller gives up. `None` if it panicked.
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
            let is_usable = match known.borrow().as_ref() {
                Some((at, _)) => at.elapsed() < FRESH,
                // The sender is gone if `make` panicked.
                None => known.has_changed().is_ok(),
            };
            if is_usable {
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
        let (flight, made) = (Arc::new(SingleFlight::default()), Arc::new(AtomicUsize::new(0)));
        let ask = || {
            let made = made.clone();
            move || async move {
                tokio::time::sleep(Duration::from_millis(20)).await;
                made.fetch_add(1, Ordering::SeqCst) + 1
            }
        };
        // A caller that gives up changes nothing for the others.
        assert!(tokio::time::timeout(Duration::from_millis(1), flight.get(ask())).await.is_err());
        let all: Vec<_> = (0..100)
            .map(|_| {
                let (flight, ask) = (flight.clone(), ask());
                tokio::spawn(async move { flight.get(ask).await })
            })
            .collect();
        for one in all {
            assert_eq!(one.await.unwrap(), Some(1));
        }
        assert_eq!(made.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn one_that_breaks_off_is_made_anew() {
        let flight: SingleFlight<u8> = SingleFlight::default();
        let broken = || async { panic!("broken off on purpose") };
        assert_eq!(flight.get(broken).await, None);
        assert_eq!(flight.get(|| async { 2 }).await, Some(2));
    }
}
