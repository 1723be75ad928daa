//! The driver of the delivery loop: it reads the clocks, carries out the loop's orders with tasks and threads, and reports their
//! results to the loop.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;

use super::attempt;
use super::deliverer::{Delivery, Stop};
use super::delivery_loop::{DeliveryLoop, Finding, Order};
use super::due_clock::Moment;
use super::reader::{Reader, Request};
use crate::error::{Error, ErrorCode};
use crate::model::shortage::Shortage;
use crate::outbox::ended::EndedAttempt;
use crate::outbox::link::Notice;

/// The longest sleep. Within it the driver notices that the wall clock was set.
const LONGEST_SLEEP: Duration = Duration::from_millis(50);
/// How many notices are taken at once, at most.
const NOTICES_AT_ONCE: usize = 512;

pub(super) struct Driver {
    delivery: Delivery,
    state: DeliveryLoop,
    findings: UnboundedSender<Finding>,
    found: UnboundedReceiver<Finding>,
    begun: Instant,
    /// Started by the first order to read.
    reader: Option<Reader>,
    orders: Vec<Order>,
}

impl Driver {
    pub(super) fn new(delivery: Delivery) -> Self {
        let (findings, found) = unbounded_channel();
        let state = DeliveryLoop::new(
            delivery.config.clone(),
            delivery.link.clone(),
            delivery.events.clone(),
            fastrand::Rng::new(),
        );
        Self { delivery, state, findings, found, begun: Instant::now(), reader: None, orders: Vec::new() }
    }

    fn moment(&self) -> Moment {
        Moment::take(self.begun)
    }

    /// Delivers until stopped. Then waits until the attempts under way have ended and are recorded, at most until the deadline.
    pub(super) async fn run(
        mut self,
        notices: &mut UnboundedReceiver<Notice>,
        stopped: &mut watch::Receiver<Option<Stop>>,
    ) {
        let mut taken = Vec::with_capacity(NOTICES_AT_ONCE);
        let mut stop: Option<Stop> = None;
        loop {
            let mut sleep = LONGEST_SLEEP;
            match stop {
                None => {
                    let moment = self.moment();
                    self.state.act(&moment);
                    self.carry_out();
                    let wake = self.state.next_wake(&self.moment());
                    sleep = wake.unwrap_or(LONGEST_SLEEP).min(LONGEST_SLEEP);
                }
                Some(_) if self.state.is_quiet() => return,
                Some(stop) if Instant::now() >= stop.deadline => {
                    self.delivery.cut_off.store(true, Ordering::Release);
                    return;
                }
                Some(_) => {}
            }
            tokio::select! {
                _ = notices.recv_many(&mut taken, NOTICES_AT_ONCE) => {
                    let moment = self.moment();
                    for notice in taken.drain(..) {
                        self.state.noticed(notice, &moment);
                    }
                    self.carry_out();
                }
                Some(finding) = self.found.recv() => {
                    let mut next = Some(finding);
                    while let Some(finding) = next {
                        let moment = self.moment();
                        while let Ok(notice) = notices.try_recv() {
                            self.state.noticed(notice, &moment);
                        }
                        self.state.happened(finding, &moment);
                        self.carry_out();
                        next = self.found.try_recv().ok();
                    }
                }
                () = tokio::time::sleep(sleep) => {}
                _ = stopped.changed() => {}
            }
            let told = *stopped.borrow_and_update();
            if stop.is_none() && told.is_some() {
                self.delivery.outbox.hand_over();
            }
            stop = told;
        }
    }

    fn carry_out(&mut self) {
        let mut orders = std::mem::take(&mut self.orders);
        self.state.take_orders(&mut orders);
        for order in orders.drain(..) {
            match order {
                Order::Attempt(message) => {
                    if let Some((held, endpoint)) = self.state.under_way(message) {
                        attempt::begin(held, endpoint, &self.delivery.client, &self.findings);
                    }
                }
                Order::Read(request) => self.read(request),
                Order::Record(ended) => self.record(ended),
                Order::RecordLater(ended, pause) => {
                    let findings = self.findings.clone();
                    tokio::spawn(async move {
                        tokio::time::sleep(pause).await;
                        let _ = findings.send(Finding::RecordAgain(ended));
                    });
                }
                Order::NoteClocks(reading) => self.delivery.outbox.note_clocks(reading),
            }
        }
        self.orders = orders;
    }

    fn record(&mut self, ended: Box<EndedAttempt>) {
        if self.delivery.outbox.record(ended).is_err() {
            let moment = self.moment();
            self.state.happened(Finding::RecordRefused, &moment);
        }
    }

    fn read(&mut self, request: Request) {
        if self.reader.is_none() {
            let delivery = &self.delivery;
            match Reader::start(delivery.outbox.clone(), delivery.targets.clone(), self.findings.clone()) {
                Ok(reader) => self.reader = Some(reader),
                Err(error) => return self.cannot_read(request, error, Some(Shortage::Threads)),
            }
        }
        let Some(reader) = &self.reader else { return };
        if let Err(request) = reader.read(request) {
            // The reader panicked, which its last answer has reported. The next read starts another reader.
            self.reader = None;
            let ended = Error::new(ErrorCode::Internal, "the reader has ended");
            self.cannot_read(request, ended, None);
        }
    }

    fn cannot_read(&mut self, request: Request, error: Error, shortage: Option<Shortage>) {
        let moment = self.moment();
        self.state.happened(Finding::CannotRead { request, error, shortage }, &moment);
    }
}
