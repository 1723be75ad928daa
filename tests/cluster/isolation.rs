//! What two transactions that send from SQL see of each other: the table in docs/postgresql.md, each cell on a real server.

use hookbridge_core::config::Delivery;
use serde_json::json;

use super::receiver;
use super::server::Server;
use super::session::{Answer, Session};
use super::{database, open};

/// What is sent: `n` is the payload.
type Send = dyn Fn(u8, &str) -> String;

/// Two sessions and one that looks on.
struct Two {
    mine: Session,
    other: Session,
    onlooker: Session,
    level: &'static str,
}

impl Two {
    fn begin(&self, who: &Session) {
        who.run(&format!("BEGIN ISOLATION LEVEL {}", self.level)).unwrap();
    }

    /// Begins my transaction, whose snapshot is taken.
    fn begin_mine(&self) {
        self.begin(&self.mine);
        self.mine.run("SELECT 1").unwrap();
    }

    fn is_old(&self) -> bool {
        self.level != "READ COMMITTED"
    }

    fn commit(&self, who: &Session) -> Answer {
        who.run("COMMIT")
    }

    /// Ends my transaction, which was refused.
    fn undo_mine(&self) {
        self.mine.run("ROLLBACK").unwrap();
    }
}

/// One level's column of the table.
fn column(two: &Two, send: &Send) {
    let Two { mine, other, onlooker, level } = two;
    let refused = |state: &str| Err(state.to_owned());
    let key = |name: &str| format!("{name}-{}", level.replace(' ', "-"));
    let same = |name: &str| send(1, &key(name));
    // The same payload, committed before my snapshot.
    let first = other.run(&same("before")).unwrap();
    two.begin_mine();
    assert_eq!(mine.run(&same("before")), Ok(first), "{level}");
    assert_eq!(mine.run(&send(2, &key("before"))), refused("HB409"), "{level}");
    two.undo_mine();
    // Committed after my snapshot.
    for payload in [1, 2] {
        two.begin_mine();
        let name = key(&format!("after-{payload}"));
        let first = other.run(&send(1, &name)).unwrap();
        let wanted = match payload {
            _ if two.is_old() => refused("40001"),
            1 => Ok(first),
            _ => refused("HB409"),
        };
        assert_eq!(mine.run(&send(payload, &name)), wanted, "{level}, payload {payload}");
        two.undo_mine();
    }
    // Another transaction has it, and commits, or rolls back.
    for end in ["COMMIT", "ROLLBACK"] {
        two.begin(other);
        let first = other.run(&same(end)).unwrap();
        two.begin_mine();
        mine.begin(&same(end));
        onlooker.see_waiting(1);
        other.run(end).unwrap();
        let answer = mine.end();
        match end {
            "COMMIT" if two.is_old() => assert_eq!(answer, refused("40001"), "{level}"),
            "COMMIT" => assert_eq!(answer, Ok(first), "{level}"),
            _ => assert!(answer.is_ok_and(|id| id != first), "{level}"),
        }
        two.undo_mine();
    }
    // Mine, earlier in this transaction; and with another payload in a savepoint.
    two.begin_mine();
    let first = mine.run(&same("mine")).unwrap();
    assert_eq!(mine.run(&same("mine")), Ok(first.clone()), "{level}");
    mine.run("SAVEPOINT s").unwrap();
    assert_eq!(mine.run(&send(2, &key("mine"))), refused("HB409"), "{level}");
    assert_eq!(mine.run("SELECT 1"), refused("25P02"), "{level}");
    mine.run("ROLLBACK TO s").unwrap();
    assert_eq!(mine.run(&same("mine")), Ok(first.clone()), "{level}");
    two.commit(mine).unwrap();
    assert_eq!(other.run(&same("mine")), Ok(first), "{level}");
    // Two transactions use two keys crosswise: one is refused, and the other goes on.
    two.begin(mine);
    two.begin(other);
    mine.run(&same("cross-a")).unwrap();
    other.run(&same("cross-b")).unwrap();
    mine.begin(&same("cross-b"));
    onlooker.see_waiting(1);
    other.begin(&same("cross-a"));
    let answers = [mine.end(), other.end()];
    let deadlocked = answers.iter().filter(|answer| **answer == refused("40P01")).count();
    assert!(
        deadlocked == 1 && answers.iter().filter(|answer| answer.is_ok()).count() == 1,
        "{level}: {answers:?}"
    );
    mine.run("ROLLBACK").unwrap();
    other.run("ROLLBACK").unwrap();
    // Sends that have nothing to do with each other.
    two.begin_mine();
    two.begin(other);
    other.run("SELECT 1").unwrap();
    mine.run(&same("apart-a")).unwrap();
    other.run(&same("apart-b")).unwrap();
    assert_eq!([two.commit(mine), two.commit(other)].map(|answer| answer.is_ok()), [true, true], "{level}");
}

const LEVELS: [&str; 3] = ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"];

fn sessions(server: &Server, level: &'static str) -> Two {
    let [mine, other, onlooker] = [0; 3].map(|_| Session::start(server, "postgres"));
    Two { mine, other, onlooker, level }
}

#[test]
fn an_idempotency_key_means_in_each_isolation_level_what_the_documentation_says() {
    let server = Server::start();
    let engine = open(&database(&server), Delivery::Off);
    let endpoint = receiver::endpoint(&engine, "http://127.0.0.1:9/");
    let message = {
        let endpoint = endpoint.clone();
        move |n: u8, key: &str| {
            format!("SELECT hookbridge.send('{endpoint}', '{n}', idempotency_key => '{key}')")
        }
    };
    let event = |n: u8, key: &str| {
        format!("SELECT hookbridge.send_event('order.created', '{n}', idempotency_key => '{key}')")
    };
    for level in LEVELS {
        let two = sessions(&server, level);
        column(&two, &message);
        column(&two, &event);
    }
}

/// The order of a key is the order of commits. A transaction whose snapshot is older than that is refused: it would put its message behind
/// one that has left, or beside one that is in front.
#[test]
fn an_ordering_key_is_kept_in_each_isolation_level() {
    let server = Server::start();
    let engine = open(&database(&server), Delivery::Off);
    let endpoint = receiver::endpoint(&engine, "http://127.0.0.1:9/");
    for level in LEVELS {
        let two = sessions(&server, level);
        for kind in ["message", "event"] {
            let key = format!("{kind} {level}");
            let send = |n: u8| {
                let options = format!("options => '{{\"ordering_key\": \"{key}\"}}'");
                match kind {
                    "message" => format!("SELECT hookbridge.send('{endpoint}', '{n}', {options})"),
                    _ => format!("SELECT hookbridge.send_event('order.created', '{n}', {options})"),
                }
            };
            let wanted = |answer: Answer| match two.is_old() {
                true => assert_eq!(answer, Err("40001".to_owned()), "{key}"),
                false => assert!(answer.is_ok(), "{key}: {answer:?}"),
            };
            let end = if two.is_old() { "ROLLBACK" } else { "COMMIT" };
            // Another comes to be in front after my snapshot.
            two.begin_mine();
            two.other.run(&send(1)).unwrap();
            wanted(two.mine.run(&send(2)));
            two.mine.run(end).unwrap();
            // The one in front leaves after my snapshot, and nobody is behind it.
            two.begin_mine();
            for _ in 0..2 {
                let front = format!("SELECT id FROM hookbridge.ordered WHERE key = '{key}' AND in_front");
                let front = two.other.run(&front).unwrap();
                if !front.is_empty() {
                    receiver::call(&engine, "messages.delete", json!({"message_id": front}));
                }
            }
            wanted(two.mine.run(&send(3)));
            two.mine.run(end).unwrap();
            // Nobody waits behind nobody.
            let alone = format!(
                "SELECT count(*) FROM hookbridge.ordered o WHERE key = '{key}' AND NOT EXISTS (
                    SELECT 1 FROM hookbridge.ordered f WHERE (f.endpoint, f.key) = (o.endpoint, o.key) AND f.in_front)"
            );
            assert_eq!(two.other.run(&alone), Ok("0".to_owned()), "{key}");
            two.other.run(&send(4)).unwrap();
        }
    }
}

/// The engine's own transactions see what was committed before each statement, whatever its role's default is: its locks rest on that.
#[test]
fn the_engine_is_in_read_committed_where_the_default_is_another() {
    let server = Server::start();
    let database = database(&server);
    let note = "ALTER DATABASE postgres SET default_transaction_isolation = 'serializable'; CREATE TABLE seen (level text);
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN INSERT INTO seen VALUES (current_setting('transaction_isolation')); RETURN NULL; END $$;
        CREATE TRIGGER note AFTER INSERT ON hookbridge.waiting FOR EACH ROW EXECUTE FUNCTION note();";
    server.sql("postgres", note).unwrap();
    let engine = open(&database, Delivery::Off);
    let endpoint = receiver::endpoint(&engine, "http://127.0.0.1:9/");
    receiver::send(&engine, &endpoint, "1");
    assert_eq!(
        server.sql("postgres", "SELECT level FROM seen; SHOW default_transaction_isolation;").unwrap(),
        "read committed\nserializable"
    );
}
