//! The queue in every order in which its threads can take turns. There are no timeouts here: a wake that is
//! lost is a deadlock, which loom reports.

use loom::sync::Arc;
use loom::thread::{self, JoinHandle};

use super::*;
use crate::outbox::sqlite::writer::{AfterCommit, WriteContext};

/// A job that is known again by its weight.
struct Weighing(usize);

/// One for which nobody waits.
struct Patient(usize);

impl Job for Patient {
    fn apply(&mut self, _: &mut WriteContext<'_>) -> rusqlite::Result<()> {
        Ok(())
    }

    fn finish(self: Box<Self>, _: std::result::Result<(), &Error>, _: &mut AfterCommit<'_>) {}

    fn weight(&self) -> usize {
        self.0
    }

    fn is_patient(&self) -> bool {
        true
    }
}

impl Job for Weighing {
    fn apply(&mut self, _: &mut WriteContext<'_>) -> rusqlite::Result<()> {
        Ok(())
    }

    fn finish(self: Box<Self>, _: std::result::Result<(), &Error>, _: &mut AfterCommit<'_>) {}

    fn weight(&self) -> usize {
        self.0
    }
}

fn job(weight: usize) -> Box<dyn Job> {
    Box::new(Weighing(weight))
}

fn take(queue: &Queue) -> Option<Vec<usize>> {
    Some(queue.take(Duration::MAX)?.iter().map(|queued| queued.job.weight()).collect())
}

/// Everything until the queue is closed and empty.
fn drain(queue: &Queue) -> Vec<usize> {
    std::iter::from_fn(|| take(queue)).flatten().collect()
}

/// A producer; it tells whether its job was accepted.
fn producer(queue: &Arc<Queue>, weight: usize) -> JoinHandle<bool> {
    let queue = queue.clone();
    thread::spawn(move || queue.put(job(weight)).is_ok())
}

#[test]
fn loom_producers_wait_while_the_queue_is_full_and_nothing_is_lost() {
    loom::model(|| {
        // One job fills it.
        let queue = Arc::new(Queue::new(1));
        let producers = [producer(&queue, 1), producer(&queue, 2)];
        let mut taken = Vec::new();
        while taken.len() < producers.len() {
            let group = take(&queue).expect("the queue is open");
            assert!(group.len() <= 1, "a full queue took more: {group:?}");
            taken.extend(group);
        }
        taken.sort_unstable();
        assert_eq!(taken, [1, 2]);
        assert!(producers.into_iter().all(|producer| producer.join().unwrap()));
        assert!(!queue.is_busy());
    });
}

#[test]
fn loom_close_wakes_who_waits_and_what_was_accepted_is_still_taken() {
    loom::model(|| {
        let queue = Arc::new(Queue::new(1));
        queue.put_now(job(1)).unwrap();
        let waiting = producer(&queue, 2);
        let writer = {
            let queue = queue.clone();
            thread::spawn(move || drain(&queue))
        };
        queue.close();
        let mut expected = vec![1];
        if waiting.join().unwrap() {
            expected.push(2);
        }
        assert_eq!(writer.join().unwrap(), expected);
        assert!(queue.put(job(3)).is_err());
        assert!(queue.put_now(job(4)).is_err());
    });
}

#[test]
fn loom_close_alone_wakes_every_producer() {
    loom::model(|| {
        let queue = Arc::new(Queue::new(1));
        queue.put_now(job(1)).unwrap();
        // Nobody takes: only the close can end their wait, and neither was accepted.
        let producers = [producer(&queue, 2), producer(&queue, 3)];
        queue.close();
        assert!(producers.into_iter().all(|producer| !producer.join().unwrap()));
        assert_eq!(drain(&queue), [1]);
    });
}

#[test]
fn loom_an_idle_writer_is_woken_and_keeps_the_order() {
    loom::model(|| {
        let queue = Arc::new(Queue::new(1));
        let writer = {
            let queue = queue.clone();
            thread::spawn(move || drain(&queue))
        };
        // Those that must not block get in, full or not.
        for weight in [1, 2, 3] {
            queue.put_now(job(weight)).unwrap();
        }
        queue.close();
        assert_eq!(writer.join().unwrap(), [1, 2, 3]);
    });
}

#[test]
fn loom_patient_jobs_ride_along_with_one_that_is_waited_for() {
    loom::model(|| {
        let queue = Arc::new(Queue::new(100));
        let patient = {
            let queue = queue.clone();
            thread::spawn(move || queue.put_now(Box::new(Patient(1))).is_ok())
        };
        let urgent = producer(&queue, 2);
        // Nothing but the one that is waited for wakes the writer.
        let mut taken = take(&queue).expect("the queue is open");
        assert!(taken.contains(&2), "woken for nothing: {taken:?}");
        assert!(patient.join().unwrap() && urgent.join().unwrap());
        queue.close();
        taken.extend(drain(&queue));
        taken.sort_unstable();
        assert_eq!(taken, [1, 2]);
    });
}

/// What has been written, with a check that nobody else writes at the same time.
#[derive(Default)]
struct Written {
    writing: loom::sync::atomic::AtomicBool,
    jobs: loom::sync::Mutex<Vec<usize>>,
}

impl Written {
    fn write(&self, weights: impl IntoIterator<Item = usize>) {
        use loom::sync::atomic::Ordering;
        assert!(!self.writing.swap(true, Ordering::SeqCst), "two write at once");
        self.jobs.lock().unwrap().extend(weights);
        self.writing.store(false, Ordering::SeqCst);
    }
}

#[test]
fn loom_one_writes_at_a_time_and_nobody_is_forgotten() {
    loom::model(|| {
        let (queue, written) = (Arc::new(Queue::new(100)), Arc::new(Written::default()));
        let producers: Vec<_> = [1, 2]
            .into_iter()
            .map(|weight| {
                let (queue, written) = (queue.clone(), written.clone());
                thread::spawn(move || {
                    if let Some((_turn, job)) = queue.put_or_write(job(weight)).unwrap() {
                        written.write([job.weight()]);
                    }
                })
            })
            .collect();
        let writer = {
            let (queue, written) = (queue.clone(), written.clone());
            thread::spawn(move || {
                while let Some(group) = take(&queue) {
                    written.write(group);
                }
            })
        };
        for producer in producers {
            producer.join().unwrap();
        }
        queue.close();
        writer.join().unwrap();
        let mut jobs = written.jobs.lock().unwrap().clone();
        jobs.sort_unstable();
        assert_eq!(jobs, [1, 2]);
    });
}

#[test]
fn loom_a_job_that_is_passed_on_is_written_or_refused() {
    loom::model(|| {
        let queue = Arc::new(Queue::new(100));
        let producer = {
            let queue = queue.clone();
            thread::spawn(move || match queue.put_or_write(job(1)) {
                Ok(Some((turn, job))) => turn.pass_on(job).is_ok(),
                Ok(None) => true,
                Err(_) => false,
            })
        };
        let writer = {
            let queue = queue.clone();
            thread::spawn(move || drain(&queue))
        };
        queue.close();
        let accepted = producer.join().unwrap();
        assert_eq!(writer.join().unwrap().len(), usize::from(accepted));
    });
}
