//! Partitions turn under the processes that send and deliver, while a snapshot is held: nothing is lost, nothing arrives twice, and the
//! tables stay as small as what they keep.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use hookbridge_core::config::Delivery;
use hookbridge_core::model::timestamp::Timestamp;
use serde_json::json;

use super::processes::{self, Ids, start};
use super::receiver::{self, Receiver, answer, eventually};
use super::server::Server;
use super::{database, everything_arrived, open};

/// How long the run is. `make torture-cluster` has it run for an hour.
fn length() -> Duration {
    let given = std::env::var("HOOKBRIDGE_CLUSTER_SECONDS").ok().map(|text| text.parse().unwrap());
    Duration::from_secs(given.unwrap_or(12))
}

/// Partitions of two seconds, whose rows are kept for three. Three days are what `maintain` waits beyond that for changes that nobody
/// has noted.
const TURN: &str = "SELECT done FROM hookbridge.maintain(payload_retention => interval '3 s', width => interval '2 s', ahead => 5,
    row_retention => interval '3 s' - interval '3 days');";
/// Those that the migration has made lie over the small ones.
const NO_WEEKS: &str = "DO $$ DECLARE part text; BEGIN
    FOR part IN SELECT name FROM hookbridge.partitions WHERE lower IS NOT NULL LOOP
        EXECUTE format('DROP TABLE hookbridge.%I', part);
    END LOOP; END $$;";
/// How many there are of these, and their bytes with their indexes.
const SMALL: &str = "SELECT count(*), sum(pg_total_relation_size(format('hookbridge.%I', name)::regclass)) FROM hookbridge.partitions
    WHERE upper < hookbridge.first_id((extract(epoch FROM now() + interval '1 hour') * 1000)::bigint);";
const WAITING: &str = "SELECT pg_total_relation_size('hookbridge.waiting');";
/// How many are sent a second.
const RATE: u32 = 100;
/// Every so manieth message is due only when the partition that it was written to is long gone.
const SCHEDULED: usize = 10;
/// What a message leaves in `waiting` at most, as long as a snapshot keeps it from being cleared away.
const LEFT: u64 = 1_024;

fn number(server: &Server, sql: &str) -> u64 {
    server.sql("postgres", sql).unwrap().parse().unwrap()
}

/// How many small partitions there are, and their bytes.
fn small(server: &Server) -> (u64, u64) {
    let found = server.sql("postgres", SMALL).unwrap();
    let (count, bytes) = found.split_once('|').unwrap();
    (count.parse().unwrap(), bytes.parse().unwrap_or(0))
}

#[test]
fn partitions_turn_under_load_and_tables_stay_small_while_a_snapshot_is_held() {
    let (server, receiver) = (Server::start(), Receiver::start(|_, _| answer(200)));
    let database = database(&server);
    server.sql("postgres", NO_WEEKS).unwrap();
    server.sql("postgres", &TURN.repeat(3 * 6)).unwrap();
    let engine = open(&database, Delivery::Off);
    let endpoint = receiver::endpoint(&engine, &receiver.url("/"));
    let (accepted, none, over) = (Ids::default(), Ids::default(), AtomicBool::new(false));
    let running: Vec<_> = (0..2).map(|_| start(&database, &endpoint, "deliver", 0, &none)).collect();
    let until = Instant::now() + length();
    let (mut dropped, mut sizes) = (0, Vec::new());
    std::thread::scope(|scope| {
        // The snapshot of somebody who reads nothing of ours. A longer run has one after another.
        scope.spawn(|| {
            let held = length().min(Duration::from_secs(120));
            let sleep = format!("SELECT pg_sleep({})", held.as_secs());
            let hold = format!("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1; {sleep}; COMMIT;");
            while Instant::now() + held / 2 < until {
                server.sql("postgres", &hold).unwrap();
            }
        });
        scope.spawn(|| {
            let mut sent = 0;
            while Instant::now() < until {
                sent += 1;
                let mut request = json!({ "endpoint_id": endpoint, "payload": sent });
                if sent % SCHEDULED == 0 {
                    request["deliver_at"] = json!(Timestamp::now().plus(Duration::from_secs(8)));
                }
                let answer = receiver::call(&engine, "messages.send", request);
                accepted.lock().unwrap().insert(answer["message_id"].as_str().unwrap().to_owned());
                std::thread::sleep(Duration::from_secs(1) / RATE);
            }
            over.store(true, Ordering::Relaxed);
        });
        let mut sample_at = Instant::now() + length() / 2;
        while !over.load(Ordering::Relaxed) {
            let done = server.sql("postgres", &TURN.repeat(3)).unwrap();
            dropped += done.lines().filter(|line| line.starts_with("dropped")).count();
            if Instant::now() > sample_at {
                sizes.push((small(&server), number(&server, WAITING)));
                sample_at += length() / 10;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    eventually("everything arrives", || receiver.count() >= accepted.lock().unwrap().len());
    everything_arrived(&accepted, &receiver, 0);
    eventually("nothing waits", || number(&server, "SELECT count(*) FROM hookbridge.waiting;") == 0);
    running.into_iter().for_each(processes::Running::kill);

    assert!(dropped >= 6, "{dropped} partitions were dropped");
    let ((_, first), (_, last)) = (sizes[0].0, sizes[sizes.len() - 1].0);
    assert!(last <= first * 2, "the partitions have grown: {sizes:?}");
    // Six of each kind ahead, three behind, and as many more where this machine was late.
    assert!(sizes.iter().all(|((count, _), _)| *count <= 3 * 18), "old partitions are left: {sizes:?}");
    let sent = accepted.lock().unwrap().len() as u64;
    // Whatever a snapshot held is cleared away once it has ended: in a longer run there is no more of it than of two minutes.
    let most = sent.min(u64::from(RATE) * 300) * LEFT + (1 << 20);
    assert!(sizes.iter().all(|(_, waiting)| *waiting <= most), "`waiting` has grown: {sizes:?}");
    // What is past its retention has gone, whatever it was.
    let kept =
        "SELECT count(*) FROM hookbridge.messages WHERE tableoid <> 'hookbridge.messages_default'::regclass;";
    eventually("all of it goes", || {
        server.sql("postgres", &TURN.repeat(9)).unwrap();
        number(&server, kept) == 0
    });
}
