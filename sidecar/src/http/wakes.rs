//! A connection that wakes itself. Where hyper hands a piece of a body to the handler, both are in one task (HTTP/1): it is
//! woken while it runs, though in the same poll everything is done. The scheduler would then run it once more for nothing and,
//! which costs more, wake an idle worker to share the work.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use atomic_waker::AtomicWaker;

/// How often in a row a task that woke itself goes on at once; then others have their turn.
const POLLS_IN_A_ROW: usize = 4;

const RESTING: u8 = 0;
const RUNNING: u8 = 1;
const RUNNING_AND_WOKEN: u8 = 2;

thread_local! {
    /// What is being polled on this thread wants others to go first.
    static GIVES_WAY: Cell<bool> = const { Cell::new(false) };
}

/// Lets the tasks of this thread that are ready run before the caller goes on; whatever else wakes it may end that sooner.
pub async fn others_first() {
    let mut turn = pin!(tokio::task::yield_now());
    poll_fn(|context| {
        let polled = turn.as_mut().poll(context);
        GIVES_WAY.set(polled.is_pending());
        polled
    })
    .await;
}

#[derive(Default)]
struct Wakes {
    state: AtomicU8,
    task: AtomicWaker,
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let noted = self.state.fetch_update(Ordering::AcqRel, Ordering::Acquire, |state| {
            (state != RESTING).then_some(RUNNING_AND_WOKEN)
        });
        if noted.is_err() {
            self.task.wake();
        }
    }
}

/// `connection`, polled again at once where it was woken while it was polled.
pub struct Connected<F> {
    connection: Pin<Box<F>>,
    wakes: Arc<Wakes>,
    waker: Waker,
}

impl<F: Future> Connected<F> {
    pub fn new(connection: F) -> Self {
        let wakes = Arc::new(Wakes::default());
        Self { connection: Box::pin(connection), waker: wakes.clone().into(), wakes }
    }

    /// The connection itself, for what it is to be told between polls.
    pub fn inner(&mut self) -> Pin<&mut F> {
        self.connection.as_mut()
    }
}

impl<F: Future> Future for Connected<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        this.wakes.task.register(context.waker());
        for _ in 0..POLLS_IN_A_ROW {
            // Read as well as written: what a waker did that was noted is seen by this poll.
            this.wakes.state.swap(RUNNING, Ordering::AcqRel);
            GIVES_WAY.set(false);
            if let Poll::Ready(output) = this.connection.as_mut().poll(&mut Context::from_waker(&this.waker))
            {
                return Poll::Ready(output);
            }
            // It will be woken when the others are through, whoever else woke it meanwhile.
            if GIVES_WAY.take() {
                this.wakes.state.swap(RESTING, Ordering::AcqRel);
                return Poll::Pending;
            }
            let rests =
                this.wakes.state.compare_exchange(RUNNING, RESTING, Ordering::AcqRel, Ordering::Acquire);
            if rests.is_ok() {
                return Poll::Pending;
            }
        }
        this.wakes.state.swap(RESTING, Ordering::AcqRel);
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::AtomicUsize;

    use super::*;

    /// Counts how often the scheduler was asked for another poll.
    #[derive(Default)]
    struct Scheduler(AtomicUsize);

    impl Wake for Scheduler {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Wakes itself in each of its first `wakes` polls and ends at `polls`.
    fn busy(wakes: usize, polls: usize) -> impl Future<Output = usize> {
        let mut polled = 0;
        poll_fn(move |context| {
            polled += 1;
            if polled <= wakes {
                context.waker().wake_by_ref();
            }
            if polled == polls { Poll::Ready(polled) } else { Poll::Pending }
        })
    }

    fn poll<F: Future>(task: &mut Connected<F>, scheduler: &Arc<Scheduler>) -> Poll<F::Output> {
        Pin::new(task).poll(&mut Context::from_waker(&scheduler.clone().into()))
    }

    #[test]
    fn what_wakes_itself_goes_on_in_the_same_poll() {
        let scheduler = Arc::new(Scheduler::default());
        assert_eq!(poll(&mut Connected::new(busy(2, 3)), &scheduler), Poll::Ready(3));
        assert_eq!(scheduler.0.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn a_wake_from_elsewhere_reaches_the_scheduler() {
        let scheduler = Arc::new(Scheduler::default());
        let kept: Arc<Mutex<Option<Waker>>> = Arc::default();
        let keeper = kept.clone();
        let mut task = Connected::new(poll_fn(move |context| {
            *keeper.lock().unwrap() = Some(context.waker().clone());
            Poll::<()>::Pending
        }));
        assert!(poll(&mut task, &scheduler).is_pending());
        assert_eq!(scheduler.0.load(Ordering::SeqCst), 0);
        let waker = kept.lock().unwrap().take().unwrap();
        std::thread::spawn(move || waker.wake()).join().unwrap();
        assert_eq!(scheduler.0.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn what_wakes_itself_without_end_lets_others_run() {
        let scheduler = Arc::new(Scheduler::default());
        let mut task = Connected::new(busy(usize::MAX, POLLS_IN_A_ROW + 1));
        assert!(poll(&mut task, &scheduler).is_pending());
        assert_eq!(scheduler.0.load(Ordering::SeqCst), 1);
        assert_eq!(poll(&mut task, &scheduler), Poll::Ready(POLLS_IN_A_ROW + 1));
    }

    #[tokio::test(flavor = "current_thread")]
    async fn all_that_is_ready_runs_before_who_lets_others_go_first() {
        let begun = Arc::new(AtomicUsize::new(0));
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let begun = begun.clone();
                tokio::spawn(Connected::new(async move {
                    begun.fetch_add(1, Ordering::SeqCst);
                    // As a body that arrives does: this alone would have it go on at once.
                    poll_fn(|context| {
                        context.waker().wake_by_ref();
                        Poll::Ready(())
                    })
                    .await;
                    others_first().await;
                    begun.load(Ordering::SeqCst)
                }))
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await.unwrap(), 8);
        }
    }
}
