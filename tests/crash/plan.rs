//! What a seed decides: who is started, how long they run, who is killed and how.

use std::time::Duration;

/// How many processes run.
pub const PROCESSES: usize = 3;

#[derive(Clone, Debug, PartialEq)]
pub struct Victim {
    /// Which of those that run, modulo their number.
    pub index: usize,
    /// Where set, the others are halted, this long before the kill, until the outbox was looked at: what the victim left
    /// is seen as it left it. Otherwise they go on, and take over at once.
    pub alone: Option<Duration>,
}

/// First everybody runs for a while, then some are killed, one after another.
#[derive(Clone, Debug, PartialEq)]
pub struct Round {
    /// What those are that are started in the places of the dead: a role, and with how many threads they send.
    pub starts: Vec<(&'static str, u32)>,
    pub runs: Duration,
    pub victims: Vec<Victim>,
}

/// Takes nothing into account but the seed.
pub fn rounds(seed: u64) -> impl Iterator<Item = Round> {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut missing = PROCESSES;
    std::iter::from_fn(move || {
        let starts = (0..missing)
            .map(|_| (*rng.choice(&["send", "both", "both", "deliver"]).unwrap(), rng.u32(1..4)))
            .collect();
        let runs = Duration::from_millis(rng.u64(5..250));
        missing = rng.usize(1..=PROCESSES);
        let victims = (0..missing)
            .map(|_| Victim {
                index: rng.usize(..),
                alone: rng.bool().then(|| Duration::from_micros(rng.u64(0..3_000))),
            })
            .collect();
        Some(Round { starts, runs, victims })
    })
}

#[test]
fn a_seed_repeats_a_runs_choices() {
    let of = |seed| rounds(seed).take(200).collect::<Vec<_>>();
    assert_eq!(of(7), of(7));
    assert_ne!(of(7), of(8));
}
