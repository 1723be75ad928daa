//! Polls a connection again at once when it woke itself. Over HTTP/1 the connection and the request's handler are one task:
//! when hyper hands a piece of the body to the handler, it wakes the task that is running. The scheduler would run the task
//! once more later and, which costs more, wake an idle worker to share the work.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use atomic_waker::AtomicWaker;

/// After so many polls in a row a task that wakes itself goes back to the scheduler, so that other tasks run.
const POLLS_IN_A_ROW: usize = 4;

const IDLE: u8 = 0;
const RUNNING: u8 = 1;
const RUNNING_AND_WOKEN: u8 = 2;

thread_local! {
    /// The task that this thread polls has called [`yield_to_ready_tasks`] and waits.
    static YIELDS: Cell<bool> = const { Cell::new(false) };
}

/// Lets this thread's tasks that are ready run before the caller goes on. Another wake of the caller's task may end it sooner.
pub async fn yield_to_ready_tasks() {
    let mut turn = pin!(tokio::task::yield_now());
    poll_fn(|context| {
        let polled = turn.as_mut().poll(context);
        YIELDS.set(polled.is_pending());
        polled
    })
    .await;
}

#[derive(Default)]
struct WakeState {
    state: AtomicU8,
    task: AtomicWaker,
}

impl Wake for WakeState {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let noted = self.state.fetch_update(Ordering::AcqRel, Ordering::Acquire, |state| {
            (state != IDLE).then_some(RUNNING_AND_WOKEN)
        });
        if noted.is_err() {
            self.task.wake();
        }
    }
}

/// A future that is polled again at once if it was woken while it was polled.
pub struct Repolling<F> {
    connection: Pin<Box<F>>,
    wakes: Arc<WakeState>,
    waker: Waker,
}

impl<F: Future> Repolling<F> {
    pub fn new(connection: F) -> Self {
        let wakes = Arc::new(WakeState::default());
        Self { connection: Box::pin(connection), waker: wakes.clone().into(), wakes }
    }

    /// The future itself, to call its methods between polls.
    pub fn inner(&mut self) -> Pin<&mut F> {
        self.connection.as_mut()
    }
}

impl<F: Future> Future for Repolling<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        this.wakes.task.register(context.waker());
        for _ in 0..POLLS_IN_A_ROW {
            // `swap`, not `store`: acquires what the waker did before it set RUNNING_AND_WOKEN.
            this.wakes.state.swap(RUNNING, Ordering::AcqRel);
            YIELDS.set(false);
            if let Poll::Ready(output) = this.connection.as_mut().poll(&mut Context::from_waker(&this.waker))
            {
                return Poll::Ready(output);
            }
            // The scheduler polls this task when the others have run.
            if YIELDS.take() {
                this.wakes.state.swap(IDLE, Ordering::AcqRel);
                return Poll::Pending;
            }
            let is_idle =
                this.wakes.state.compare_exchange(RUNNING, IDLE, Ordering::AcqRel, Ordering::Acquire);
            if is_idle.is_ok() {
                return Poll::Pending;
            }
        }
        this.wakes.state.swap(IDLE, Ordering::AcqRel);
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

    /// WakeState itself in each of its first `wakes` polls and ends at `polls`.
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

    fn poll<F: Future>(task: &mut Repolling<F>, scheduler: &Arc<Scheduler>) -> Poll<F::Output> {
        Pin::new(task).poll(&mut Context::from_waker(&scheduler.clone().into()))
    }

    #[test]
    fn what_wakes_itself_goes_on_in_the_same_poll() {
        let scheduler = Arc::new(Scheduler::default());
        assert_eq!(poll(&mut Repolling::new(busy(2, 3)), &scheduler), Poll::Ready(3));
        assert_eq!(scheduler.0.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn a_wake_from_elsewhere_reaches_the_scheduler() {
        let scheduler = Arc::new(Scheduler::default());
        let kept: Arc<Mutex<Option<Waker>>> = Arc::default();
        let keeper = kept.clone();
        let mut task = Repolling::new(poll_fn(move |context| {
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
        let mut task = Repolling::new(busy(usize::MAX, POLLS_IN_A_ROW + 1));
        assert!(poll(&mut task, &scheduler).is_pending());
        assert_eq!(scheduler.0.load(Ordering::SeqCst), 1);
        assert_eq!(poll(&mut task, &scheduler), Poll::Ready(POLLS_IN_A_ROW + 1));
    }

    #[tokio::test(flavor = "current_thread")]
    async fn ready_tasks_run_before_one_that_yields() {
        let begun = Arc::new(AtomicUsize::new(0));
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let begun = begun.clone();
                tokio::spawn(Repolling::new(async move {
                    begun.fetch_add(1, Ordering::SeqCst);
                    // A body that arrives wakes the task like this, and alone would have it polled again at once.
                    poll_fn(|context| {
                        context.waker().wake_by_ref();
                        Poll::Ready(())
                    })
                    .await;
                    yield_to_ready_tasks().await;
                    begun.load(Ordering::SeqCst)
                }))
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await.unwrap(), 8);
        }
    }
}
