//! Power cuts. A run's writes are traced; then, at every boundary of the trace, disks are made on which what was
//! not yet synced is missing, partly there or torn, and each is opened: with `full` durability every id that had been
//! returned by then is in the file, and with `normal` the file is sound.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use hookbridge_core::{Config, Engine};
use rusqlite::Connection;

use crate::faults::stored_ids;
use crate::receiver::{self, Receiver, answer};
use crate::shim::Producer;

/// The most boundaries at which the power is cut in every way; in a longer trace the others get one way in turn.
const BOUNDARIES: usize = 1_500;

const SECTOR: usize = 512;

const DATABASE: u8 = 1;
const LOG: u8 = 2;
const OUTPUT: u8 = 3;

#[derive(Clone, Debug)]
struct Record {
    operation: u8,
    file: u8,
    offset: usize,
    bytes: Vec<u8>,
}

fn read_trace(path: &Path) -> Vec<Record> {
    let trace = std::fs::read(path).unwrap();
    let mut rest = trace.as_slice();
    let mut records = Vec::new();
    while rest.len() >= 14 {
        let (head, tail) = rest.split_at(14);
        let length = u32::from_le_bytes(head[10..14].try_into().unwrap()) as usize;
        records.push(Record {
            operation: head[0],
            file: head[1],
            offset: u64::from_le_bytes(head[2..10].try_into().unwrap()) as usize,
            bytes: tail[..length].to_vec(),
        });
        rest = &tail[length..];
    }
    records
}

/// A file's bytes; none where it does not exist.
type Content = Option<Vec<u8>>;

fn apply(content: &mut Content, record: &Record, length: usize) {
    match record.operation {
        b'W' => {
            let bytes = content.get_or_insert_default();
            let end = record.offset + length;
            bytes.resize(bytes.len().max(end), 0);
            bytes[record.offset..end].copy_from_slice(&record.bytes[..length]);
        }
        b'T' => content.get_or_insert_default().resize(record.offset, 0),
        b'U' => *content = None,
        other => panic!("{other} changes nothing"),
    }
}

#[derive(Default)]
struct Disk {
    durable: BTreeMap<u8, Content>,
    pending: Vec<Record>,
}

impl Disk {
    fn take(&mut self, record: &Record, rng: &mut fastrand::Rng) {
        match record.operation {
            b'S' => {
                let (synced, rest) = std::mem::take(&mut self.pending)
                    .into_iter()
                    .partition(|pending| pending.file == record.file);
                self.pending = rest;
                for write in synced {
                    apply(self.durable.entry(write.file).or_default(), &write, write.bytes.len());
                }
            }
            // The kernel forgets that the pages are dirty: they may never reach the disk.
            b'F' if rng.bool() => self.pending.retain(|pending| pending.file != record.file),
            b'F' => {}
            _ => self.pending.push(record.clone()),
        }
    }

    /// What the disk may hold when the power fails now.
    fn after_cut(&self, kind: Cut, rng: &mut fastrand::Rng) -> BTreeMap<u8, Content> {
        let mut files = self.durable.clone();
        for (index, write) in self.pending.iter().enumerate() {
            let last = index + 1 == self.pending.len();
            let length = match kind {
                Cut::NothingPending => continue,
                Cut::AllPending => write.bytes.len(),
                Cut::SomePending if rng.bool() => write.bytes.len(),
                Cut::SomePending => continue,
                Cut::Torn if last => rng.usize(0..=write.bytes.len()),
                Cut::Torn => write.bytes.len(),
                // A disk promises no order among what is not synced, and no more than a sector at once.
                Cut::Shredded => {
                    let content = files.entry(write.file).or_default();
                    for part in sectors(write).filter(|_| rng.bool()) {
                        apply(content, &part, part.bytes.len());
                    }
                    continue;
                }
            };
            apply(files.entry(write.file).or_default(), write, length);
        }
        files
    }
}

/// The sectors of a write, each a write of its own; what is no write is whole.
fn sectors(record: &Record) -> impl Iterator<Item = Record> {
    let step = if record.operation == b'W' { SECTOR } else { usize::MAX };
    let starts = (0..record.bytes.len().max(1)).step_by(step);
    starts.map(move |start| Record {
        operation: record.operation,
        file: record.file,
        offset: record.offset + start,
        bytes: record.bytes[start..record.bytes.len().min(start.saturating_add(step))].to_vec(),
    })
}

#[derive(Clone, Copy, Debug)]
enum Cut {
    NothingPending,
    AllPending,
    SomePending,
    /// The last write is there in part.
    Torn,
    /// Of every write some sectors are there.
    Shredded,
}

const CUTS: [Cut; 5] = [Cut::NothingPending, Cut::AllPending, Cut::SomePending, Cut::Torn, Cut::Shredded];

struct Run {
    begun: Vec<u8>,
    trace: Vec<Record>,
}

/// How often programs send from how many threads, one program after the other.
const SHORT_RUNS: &[(u32, u32)] = &[(1, 12), (4, 10), (8, 6)];
/// Enough of what is large for a log that is folded while messages come.
const LONG_RUN: &[(u32, u32)] = &[(4, 40)];

/// Sends, delivers, closes and opens again, with the disk's calls written down.
fn traced(role: &'static str, runs: &[(u32, u32)], faults: bool) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let (database, trace, fault) =
        (folder.path().join("outbox.db"), folder.path().join("trace"), folder.path().join("fault"));
    std::fs::write(&fault, "").unwrap();
    let receiver = Receiver::start(|_, earlier| answer(if earlier % 7 == 3 { 503 } else { 200 }));
    let engine = receiver::engine(folder.path());
    let endpoint = receiver::endpoint(&engine, &receiver.url("/"));
    engine.close(Duration::from_secs(10)).unwrap();
    drop(engine);
    assert!(!folder.path().join("outbox.db-wal").exists(), "a clean close leaves one file");
    let begun = std::fs::read(&database).unwrap();
    for &(threads, count) in runs {
        // Under a fault it sends until it is told to end.
        let count = if faults { u32::MAX } else { count };
        let producer =
            Producer::start(&database, &endpoint, role, (threads, count), Some(&fault), Some(&trace));
        if !faults {
            producer.wait();
            continue;
        }
        producer.until("some ids", |said| said.ids.len() >= 4);
        std::fs::write(&fault, "sync").unwrap();
        producer.until("a refusal", |said| said.refused() >= 1);
        std::fs::write(&fault, "").unwrap();
        let before = producer.said().ids.len();
        producer.until("ids after the fault", |said| said.ids.len() >= before + 20);
        producer.finish();
    }
    Run { begun, trace: read_trace(&trace) }
}

fn open_after_cut(files: &BTreeMap<u8, Content>) -> (BTreeSet<String>, String) {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("outbox.db");
    for (file, name) in [(DATABASE, "outbox.db"), (LOG, "outbox.db-wal")] {
        if let Some(Some(bytes)) = files.get(&file) {
            std::fs::write(folder.path().join(name), bytes).unwrap();
        }
    }
    // As a program that starts again would: the engine first, which recovers the log.
    let config =
        Config { delivery: hookbridge_core::config::Delivery::Off, ..receiver::config(folder.path()) };
    let engine = Engine::open(Config { database: database.clone(), ..config }).unwrap();
    drop(engine);
    let connection = Connection::open(&database).unwrap();
    let sound = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    (stored_ids(&connection), sound)
}

fn cut_everywhere(run: &Run, durable: bool, seed: u64) {
    cut(run, durable, seed, 1);
}

/// Cuts the power at every `step`th boundary.
fn cut(run: &Run, durable: bool, seed: u64, step: usize) {
    let stride = run.trace.len().div_ceil(BOUNDARIES);
    println!("seed {seed}, {} records, every {stride}. in every way", run.trace.len());
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut disk = Disk::default();
    disk.durable.insert(DATABASE, Some(run.begun.clone()));
    let mut returned = BTreeSet::new();
    let (mut opened, mut proven) = (0, 0);
    for (index, record) in run.trace.iter().enumerate() {
        if record.file == OUTPUT {
            let line = String::from_utf8_lossy(&record.bytes);
            returned.extend(line.lines().filter(|line| line.len() == 36).map(str::to_owned));
        } else {
            disk.take(record, &mut rng);
        }
        if index % step != 0 {
            continue;
        }
        let cuts = if step == 1 && index % stride == 0 || index + 1 == run.trace.len() {
            &CUTS[..]
        } else {
            &CUTS[index / step % CUTS.len()..][..1]
        };
        for cut in cuts.iter().copied() {
            let (stored, sound) = open_after_cut(&disk.after_cut(cut, &mut rng));
            assert_eq!(sound, "ok", "record {index}, {cut:?}, seed {seed}");
            opened += 1;
            if durable {
                let lost = returned.difference(&stored).count();
                assert_eq!(
                    lost,
                    0,
                    "record {index}, {cut:?}, seed {seed}: {lost} of {} lost",
                    returned.len()
                );
                proven += returned.len();
            }
        }
    }
    println!("{opened} disks opened, {proven} returned ids looked for, {} in the end", returned.len());
    assert!(!returned.is_empty() && opened > 100);
}

#[test]
fn full_durability_keeps_every_returned_id() {
    cut_everywhere(&traced("both", SHORT_RUNS, false), true, fastrand::u64(..));
}

#[test]
fn full_durability_survives_failed_syncs_before_the_cut() {
    cut_everywhere(&traced("both", SHORT_RUNS, true), true, fastrand::u64(..));
}

#[test]
fn normal_durability_keeps_the_file_sound() {
    cut_everywhere(&traced("both-normal", SHORT_RUNS, false), false, fastrand::u64(..));
}

/// The thread that folds the log, and the commits that end what it began, do so between one send and the next.
fn cut_while_the_log_is_folded(role: &'static str, durable: bool) {
    let is_folded_before_the_close = |run: &Run| {
        let is_write = |record: &Record, file| record.operation == b'W' && record.file == file;
        let first_folded = run.trace.iter().position(|record| is_write(record, DATABASE));
        let last_sent = run.trace.iter().rposition(|record| is_write(record, LOG));
        first_folded < last_sent
    };
    // On a busy machine a thread may come late.
    let mut runs = (0..5).map(|_| traced(role, LONG_RUN, false));
    let run = runs.find(is_folded_before_the_close).expect("the log was folded by the close alone");
    cut(&run, durable, fastrand::u64(..), run.trace.len().div_ceil(250));
}

#[test]
fn full_durability_keeps_every_returned_id_while_the_log_is_folded() {
    cut_while_the_log_is_folded("large", true);
}

#[test]
fn normal_durability_keeps_the_file_sound_while_the_log_is_folded() {
    cut_while_the_log_is_folded("large-normal", false);
}
