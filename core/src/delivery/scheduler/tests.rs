//! Single moves of the scheduler. Whole histories are in `tests/simulation`.

use std::time::Duration;

use super::*;

const BASE: i64 = 1_800_000_000_000;

/// A scheduler without lanes, at the beginning of its clocks.
fn fresh(
    max_in_flight: u32,
    max_in_flight_per_endpoint: u32,
    memory_budget_bytes: usize,
) -> (Scheduler, Now) {
    let limits = Limits { max_in_flight, max_in_flight_per_endpoint, memory_budget_bytes };
    (Scheduler::new(limits), Now { wall: Timestamp::from_millis(BASE), mono: Duration::ZERO })
}

#[test]
fn a_hundred_hanging_lanes_leave_slots_to_the_healthy_one() {
    let (mut scheduler, now) = fresh(64, 32, 1 << 20);
    let mut seq = 0;
    let mut fill = |scheduler: &mut Scheduler, lane: i64| {
        for _ in 0..10 {
            seq += 1;
            scheduler.offer(LaneKey(lane), Due { message: MessageKey(seq), bytes: 10, scheduled: false });
        }
    };
    for lane in 0..101 {
        scheduler.set_lane(LaneKey(lane), LaneSettings::default(), now);
        scheduler.refilled(LaneKey(lane), &[], false, None);
        if let Some(lane) = scheduler.lanes.get_mut(&LaneKey(lane)) {
            lane.more_on_disk = false;
        }
        fill(&mut scheduler, lane);
    }
    // The last lane has answered before; the others never do.
    scheduler.lanes.get_mut(&LaneKey(100)).unwrap().breaker.attempt_ended(Health::Answered, Duration::ZERO);
    let mut commands = Vec::new();
    scheduler.poll(now, &mut commands, &mut Vec::new());
    let started: Vec<i64> = commands
        .iter()
        .filter_map(|command| match command {
            Command::Start { lane, .. } => Some(lane.0),
            Command::Refill { .. } => None,
        })
        .collect();
    assert_eq!(started.iter().filter(|lane| **lane == 100).count(), 2, "its limit has grown to two");
    assert_eq!(started.len(), 34, "half of 64 slots for those that never answered");
}

#[test]
fn a_retry_recorded_while_a_refill_reads_is_not_forgotten() {
    let (mut scheduler, now) = fresh(4, 4, 1 << 20);
    let lane = LaneKey(1);
    scheduler.set_lane(lane, LaneSettings::default(), now);
    let mut commands = Vec::new();
    scheduler.poll(now, &mut commands, &mut Vec::new());
    assert!(matches!(commands[..], [Command::Refill { .. }]));
    let later = Timestamp::from_millis(BASE + 60_000);
    scheduler.expect(lane, later);
    // The read began before the retry was written, so it knows nothing of it.
    scheduler.refilled(lane, &[], false, None);
    let soon = Now { wall: later, mono: Duration::from_secs(60) };
    commands.clear();
    scheduler.poll(now, &mut commands, &mut Vec::new());
    assert_eq!((commands.len(), scheduler.next_wake(now)), (0, Some(Duration::from_secs(60))));
    scheduler.poll(soon, &mut commands, &mut Vec::new());
    assert!(matches!(commands[..], [Command::Refill { .. }]), "{commands:?}");
}

#[test]
fn refills_under_way_share_the_memory_budget() {
    let (mut scheduler, now) = fresh(4, 4, 1 << 20);
    for lane in 0..100 {
        scheduler.set_lane(LaneKey(lane), LaneSettings::default(), now);
    }
    let mut commands = Vec::new();
    scheduler.poll(now, &mut commands, &mut Vec::new());
    let asked: usize = commands
        .iter()
        .map(|command| match command {
            Command::Refill { bytes, .. } => *bytes,
            Command::Start { .. } => 0,
        })
        .sum();
    assert_eq!(commands.len(), 100, "every idle lane may read a message");
    assert!(asked <= (1 << 20) + 100, "{asked} bytes were asked for");
}

#[test]
fn what_is_accepted_while_a_refill_reads_is_kept_in_memory() {
    let (mut scheduler, now) = fresh(4, 4, 1 << 20);
    let lane = LaneKey(1);
    scheduler.set_lane(lane, LaneSettings::default(), now);
    let mut commands = Vec::new();
    scheduler.poll(now, &mut commands, &mut Vec::new());
    assert!(matches!(commands[..], [Command::Refill { .. }]));
    let due = |seq| Due { message: MessageKey(seq), bytes: 10, scheduled: false };
    assert!(scheduler.offer(lane, due(2)));
    // The read found an older one, and the one that was handed over too.
    assert!(scheduler.refilled(lane, &[due(1), due(2)], false, None).is_empty());
    commands.clear();
    let mut started = Vec::new();
    for _ in 0..2 {
        scheduler.poll(now, &mut commands, &mut Vec::new());
        for command in commands.drain(..) {
            let Command::Start { message, .. } = command else { panic!("read again: {command:?}") };
            started.push(message.0);
            scheduler.attempt_ended(message, Health::Answered, now);
            scheduler.recorded(message, None);
        }
    }
    started.sort_unstable();
    assert_eq!(started, [1, 2]);
}

#[test]
fn lanes_that_never_answered_leave_memory_to_those_that_do() {
    let (mut scheduler, now) = fresh(64, 32, 1 << 20);
    for lane in 0..=100 {
        scheduler.set_lane(LaneKey(lane), LaneSettings::default(), now);
        if let Some(lane) = scheduler.lanes.get_mut(&LaneKey(lane)) {
            lane.more_on_disk = false;
        }
    }
    scheduler.lanes.get_mut(&LaneKey(100)).unwrap().breaker.attempt_ended(Health::Answered, Duration::ZERO);
    let due = |seq| Due { message: MessageKey(seq), bytes: 1000, scheduled: false };
    let mut taken = [0; 101];
    for seq in 0..100_000 {
        let lane = seq % 100;
        taken[lane as usize] += usize::from(scheduler.offer(LaneKey(lane), due(seq)));
    }
    let by_others: usize = taken.iter().sum();
    assert!((200..=262).contains(&by_others), "a quarter of the budget, not {by_others} KB");
    for seq in 100_000..101_000 {
        taken[100] += usize::from(scheduler.offer(LaneKey(100), due(seq)));
    }
    assert!(taken[100] > 500, "the one that answers got room for {} messages", taken[100]);
}

#[test]
fn what_refills_may_bring_counts_against_what_is_offered() {
    let (mut scheduler, now) = fresh(4, 4, 1 << 20);
    for lane in 0..1_000 {
        scheduler.set_lane(LaneKey(lane), LaneSettings::default(), now);
    }
    // Refills begin, and reserve the whole budget.
    scheduler.poll(now, &mut Vec::new(), &mut Vec::new());
    assert!(!scheduler.offer(LaneKey(3), Due { message: MessageKey(1), bytes: 1_000, scheduled: false }));
    for lane in 0..1_000 {
        scheduler.refilled(LaneKey(lane), &[], false, None);
    }
    assert!(scheduler.offer(LaneKey(4), Due { message: MessageKey(2), bytes: 1_000, scheduled: false }));
}

/// The lanes' refills in `commands`, and their room.
fn refills(commands: &[Command]) -> Vec<(i64, usize)> {
    let refill = |command: &Command| match command {
        Command::Refill { lane, room, .. } => Some((lane.0, *room)),
        Command::Start { .. } => None,
    };
    commands.iter().filter_map(refill).collect()
}

#[test]
fn a_lane_that_sends_reads_many_at_once_however_few_it_may_have_under_way() {
    let (mut scheduler, mut now) = fresh(64, 1, 1 << 24);
    let lane = LaneKey(1);
    scheduler.set_lane(lane, LaneSettings::default(), now);
    let (mut seq, mut sent, mut read) = (0, 0, 0);
    while sent < 5_000 {
        let mut commands = Vec::new();
        scheduler.poll(now, &mut commands, &mut Vec::new());
        for (_, room) in refills(&commands) {
            read += 1;
            let rows: Vec<Due> = (0..room as i64)
                .map(|n| Due { message: MessageKey(seq + n), bytes: 700, scheduled: false })
                .collect();
            seq += room as i64;
            scheduler.refilled(lane, &rows, true, None);
        }
        for command in commands {
            if let Command::Start { message, .. } = command {
                sent += 1;
                now.mono += Duration::from_millis(1);
                scheduler.attempt_ended(message, Health::Answered, now);
                scheduler.recorded(message, None);
            }
        }
    }
    assert!(read < 80, "{read} reads for {sent} messages");
}

#[test]
fn lanes_that_wait_for_a_slot_read_on_and_keep_their_places() {
    let (mut scheduler, now) = fresh(4, 4, 1 << 24);
    for lane in 0..1_000 {
        scheduler.set_lane(LaneKey(lane), LaneSettings::default(), now);
        let due = Due { message: MessageKey(lane), bytes: 10, scheduled: false };
        scheduler.refilled(LaneKey(lane), &[due], false, None);
    }
    let mut commands = Vec::new();
    scheduler.poll(now, &mut commands, &mut Vec::new());
    let started = |commands: &[Command]| -> Vec<i64> {
        let start = |command: &Command| match command {
            Command::Start { message, .. } => Some(message.0),
            Command::Refill { .. } => None,
        };
        commands.iter().filter_map(start).collect()
    };
    assert_eq!(started(&commands), [0, 1], "half of the slots for those that never answered");
    // Each reads on once, and is left alone by the polls that follow.
    for lane in 2..1_000 {
        scheduler.refilled(LaneKey(lane), &[], false, None);
        scheduler.outbox_has_work(LaneKey(lane));
    }
    commands.clear();
    scheduler.poll(now, &mut commands, &mut Vec::new());
    assert_eq!((refills(&commands).len(), started(&commands).len()), (998, 0));
    for _ in 0..10 {
        commands.clear();
        scheduler.poll(now, &mut commands, &mut Vec::new());
        assert!(commands.is_empty(), "{commands:?}");
    }
    // A slot: who came first gets it, and the next keeps its place.
    scheduler.attempt_ended(MessageKey(0), Health::Answered, now);
    scheduler.poll(now, &mut commands, &mut Vec::new());
    assert_eq!(started(&commands), [2]);
}

#[test]
fn nothing_starts_while_too_many_outcomes_wait_for_the_disk() {
    let (mut scheduler, now) = fresh(8, 8, 1 << 24);
    let lane = LaneKey(1);
    scheduler.set_lane(lane, LaneSettings::default(), now);
    scheduler.refilled(lane, &[], false, None);
    if let Some(lane) = scheduler.lanes.get_mut(&lane) {
        lane.more_on_disk = false;
        lane.breaker.attempt_ended(Health::Answered, Duration::ZERO);
    }
    for seq in 0..2_000 {
        assert!(scheduler.offer(lane, Due { message: MessageKey(seq), bytes: 10, scheduled: false }));
    }
    let mut ended = Vec::new();
    loop {
        let mut commands = Vec::new();
        scheduler.poll(now, &mut commands, &mut Vec::new());
        let started = commands.iter().filter_map(|command| match command {
            Command::Start { message, .. } => Some(*message),
            Command::Refill { .. } => None,
        });
        let started: Vec<_> = started.collect();
        if started.is_empty() {
            break;
        }
        for message in started {
            scheduler.attempt_ended(message, Health::Answered, now);
            ended.push(message);
        }
    }
    assert!((MOST_UNRECORDED..MOST_UNRECORDED + 8).contains(&ended.len()), "{}", ended.len());
    scheduler.recorded(ended[0], None);
    scheduler.recorded(ended[1], None);
    let mut commands = Vec::new();
    for message in &ended[2..10] {
        scheduler.recorded(*message, None);
    }
    assert_eq!(scheduler.next_wake(now), Some(Duration::ZERO));
    scheduler.poll(now, &mut commands, &mut Vec::new());
    assert!(!commands.is_empty());
}

#[test]
fn a_slow_refill_does_not_bring_back_what_was_attempted_meanwhile() {
    let (mut scheduler, now) = fresh(4, 4, 1 << 20);
    let lane = LaneKey(1);
    scheduler.set_lane(lane, LaneSettings::default(), now);
    let mut commands = Vec::new();
    scheduler.poll(now, &mut commands, &mut Vec::new());
    let due = Due { message: MessageKey(7), bytes: 10, scheduled: false };
    assert!(scheduler.offer(lane, due));
    commands.clear();
    scheduler.poll(now, &mut commands, &mut Vec::new());
    assert_eq!(commands, [Command::Start { lane, message: MessageKey(7) }]);
    scheduler.attempt_ended(due.message, Health::Troubled, now);
    scheduler.recorded(due.message, Some(Timestamp::from_millis(BASE + 60_000)));
    // The read began before the attempt and found the message due.
    assert_eq!(scheduler.refilled(lane, &[due], false, None), [due.message]);
    commands.clear();
    scheduler.poll(now, &mut commands, &mut Vec::new());
    assert!(commands.is_empty(), "{commands:?}");
}

#[test]
fn a_refused_start_waits_before_the_message_is_read_again() {
    let (mut scheduler, now) = fresh(4, 4, 1 << 20);
    let lane = LaneKey(1);
    scheduler.set_lane(lane, LaneSettings::default(), now);
    let mut commands = Vec::new();
    scheduler.poll(now, &mut commands, &mut Vec::new());
    let due = Due { message: MessageKey(7), bytes: 10, scheduled: true };
    scheduler.refilled(lane, &[due], false, None);
    commands.clear();
    scheduler.poll(now, &mut commands, &mut Vec::new());
    assert_eq!(commands, [Command::Start { lane, message: due.message }]);
    scheduler.refused(due.message, now);
    commands.clear();
    scheduler.poll(now, &mut commands, &mut Vec::new());
    assert!(commands.is_empty(), "{commands:?}");
    let wait = scheduler.next_wake(now).unwrap();
    assert!((Duration::from_millis(50)..Duration::from_secs(1)).contains(&wait), "{wait:?}");
    let later = Now { wall: now.wall, mono: now.mono + wait };
    scheduler.poll(later, &mut commands, &mut Vec::new());
    assert!(matches!(commands[..], [Command::Refill { .. }]), "{commands:?}");
}

/// A lane that was read to its end, with `fresh` messages in its window.
fn lane_with(scheduler: &mut Scheduler, lane: LaneKey, fresh: i64, now: Now) {
    scheduler.set_lane(lane, LaneSettings::default(), now);
    scheduler.lanes.get_mut(&lane).unwrap().more_on_disk = false;
    let rows: Vec<Due> = (1..=fresh)
        .map(|seq| Due { message: MessageKey(lane.0 * 1000 + seq), bytes: 10, scheduled: false })
        .collect();
    assert!(scheduler.refilled(lane, &rows, false, None).is_empty());
}

fn starts(scheduler: &mut Scheduler, now: Now) -> Vec<MessageKey> {
    let mut commands = Vec::new();
    scheduler.poll(now, &mut commands, &mut Vec::new());
    let started = |command: &Command| match command {
        Command::Start { message, .. } => Some(*message),
        Command::Refill { .. } => None,
    };
    commands.iter().filter_map(started).collect()
}

#[test]
fn nothing_starts_while_an_edited_endpoint_is_being_read() {
    let (mut scheduler, now) = fresh(4, 4, 1 << 20);
    let lane = LaneKey(1);
    lane_with(&mut scheduler, lane, 1, now);
    scheduler.await_settings(lane);
    assert!(starts(&mut scheduler, now).is_empty());
    // It was deleted from the file: what was known holds on.
    scheduler.go_on(lane);
    assert_eq!(starts(&mut scheduler, now), [MessageKey(1001)]);
    let other = LaneKey(2);
    lane_with(&mut scheduler, other, 1, now);
    scheduler.await_settings(other);
    let paused = LaneSettings { paused: true, rate_limit: None };
    assert_eq!(scheduler.set_lane(other, paused, now), [MessageKey(2001)]);
    assert!(starts(&mut scheduler, now).is_empty());
}

#[test]
fn an_edit_of_messages_empties_the_window_of_their_lane_alone() {
    let (mut scheduler, now) = fresh(4, 4, 1 << 20);
    let (edited, other) = (LaneKey(1), LaneKey(2));
    lane_with(&mut scheduler, edited, 3, now);
    lane_with(&mut scheduler, other, 3, now);
    assert_eq!(starts(&mut scheduler, now).len(), 2);
    let mut dropped = scheduler.reread(edited);
    dropped.sort_unstable();
    assert_eq!(dropped, [MessageKey(1002), MessageKey(1003)]);
    let mut commands = Vec::new();
    scheduler.poll(now, &mut commands, &mut Vec::new());
    assert!(matches!(commands[..], [Command::Refill { lane: LaneKey(1), .. }]), "{commands:?}");
    // What was under way does not come back to the window: it may have been edited.
    assert!(!scheduler.put_back(MessageKey(1001), now));
    assert!(scheduler.put_back(MessageKey(2001), now));
}

#[test]
fn a_lane_that_holds_nothing_and_waits_for_nothing_leaves_memory() {
    let (mut scheduler, now) = fresh(4, 4, 1 << 20);
    let (idle, busy, waiting) = (LaneKey(1), LaneKey(2), LaneKey(3));
    lane_with(&mut scheduler, idle, 0, now);
    lane_with(&mut scheduler, busy, 1, now);
    lane_with(&mut scheduler, waiting, 0, now);
    scheduler.expect(waiting, Timestamp::from_millis(BASE + 3_600_000));
    assert_eq!(starts(&mut scheduler, now), [MessageKey(2001)]);
    assert!(scheduler.forget_idle_lanes().is_empty(), "each was just touched");
    assert_eq!(scheduler.forget_idle_lanes(), [idle]);
    assert!(!scheduler.has_lane(idle) && scheduler.has_lane(busy) && scheduler.has_lane(waiting));
    // It is made anew when it is needed.
    lane_with(&mut scheduler, idle, 1, now);
    assert_eq!(starts(&mut scheduler, now), [MessageKey(1001)]);
}

#[test]
fn a_lane_that_is_left_starts_nothing_is_forgotten_and_may_come_back() {
    let (mut scheduler, now) = fresh(4, 1, 1 << 20);
    let lane = LaneKey(1);
    let due = |seq| Due { message: MessageKey(seq), bytes: 10, scheduled: false };
    scheduler.set_lane(lane, LaneSettings::default(), now);
    let mut commands = Vec::new();
    scheduler.poll(now, &mut commands, &mut Vec::new());
    scheduler.refilled(lane, &[due(1), due(2), due(3)], false, None);
    commands.clear();
    scheduler.poll(now, &mut commands, &mut Vec::new());
    assert_eq!(commands, [Command::Start { lane, message: MessageKey(1) }]);
    assert_eq!(scheduler.leave_lane(lane).len(), 2);
    assert!(!scheduler.has_lane(lane) && scheduler.is_known(MessageKey(1)), "an attempt is under way");
    commands.clear();
    scheduler.attempt_ended(MessageKey(1), Health::Answered, now);
    scheduler.forget_idle_lanes();
    assert!(scheduler.forget_idle_lanes().is_empty(), "its outcome is not on disk");
    scheduler.recorded(MessageKey(1), Some(Timestamp::from_millis(BASE + 1)));
    scheduler.outbox_has_work(lane);
    scheduler.poll(now, &mut commands, &mut Vec::new());
    assert_eq!(commands, [], "nothing is read or started");
    scheduler.set_lane(lane, LaneSettings::default(), now);
    assert!(scheduler.has_lane(lane));
    scheduler.poll(now, &mut commands, &mut Vec::new());
    assert!(matches!(commands[..], [Command::Refill { .. }]), "{commands:?}");
    scheduler.refilled(lane, &[], false, None);
    scheduler.leave_lane(lane);
    scheduler.poll(now, &mut commands, &mut Vec::new());
    scheduler.forget_idle_lanes();
    assert_eq!(scheduler.forget_idle_lanes(), [lane]);
}
