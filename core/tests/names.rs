//! By which names an outbox can be opened, and to whom belongs what lies beside it.

use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::receiver::{self, Receiver, answer, eventually};
use hookbridge_core::config::Config;
use hookbridge_core::inspection::inspect;
use hookbridge_core::{Engine, ErrorCode};
use serde_json::json;

/// Nobody's, on this system.
const SOMEBODY: u32 = 65534;

fn run(program: &str, arguments: &[&Path]) {
    assert!(Command::new(program).args(arguments).status().unwrap().success(), "{program} {arguments:?}");
}

#[test]
fn a_file_with_two_names_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let config = receiver::config(folder.path());
    let second = folder.path().join("second.db");
    receiver::engine(folder.path()).close(Duration::from_secs(10)).unwrap();
    run("ln", &[&config.database, &second]);
    for database in [&config.database, &second] {
        let error = Engine::open(Config { database: database.clone(), ..config.clone() }).err().unwrap();
        assert_eq!(error.code(), ErrorCode::StorageUnavailable);
        assert!(error.message().contains("has two names"), "{error}");
        let error = inspect(database).unwrap_err();
        assert!(error.message().contains("has two names"), "{error}");
    }
    run("rm", &[&second]);
    assert_eq!(inspect(&config.database).unwrap().waiting, 0);
    Engine::open(config).unwrap();
}

/// Needs the right to mount; where that is missing the list of mounts is read by a test of its own.
#[test]
fn a_file_that_is_mounted_by_itself_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let program = std::env::current_exe().unwrap();
    let inside = Command::new("unshare")
        .args(["--mount", "sh", "-c"])
        .arg("touch outbox.db source.db && mount --bind source.db outbox.db && MOUNTED_HERE=$PWD exec \"$0\" --exact names::mounted --ignored")
        .arg(program)
        .current_dir(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&inside.stderr).into_owned();
    if said.contains("unshare failed") || said.contains("permission denied") {
        eprintln!("not tried: {said}");
        return;
    }
    assert!(inside.status.success(), "{said}{}", String::from_utf8_lossy(&inside.stdout));
}

#[test]
#[ignore = "runs where `a_file_that_is_mounted_by_itself_is_refused` has mounted one"]
fn mounted() {
    let folder = std::env::var("MOUNTED_HERE").unwrap();
    let error = Engine::open(receiver::config(Path::new(&folder))).err().unwrap();
    assert!(
        error.message().contains("is mounted by itself") && error.message().contains("Mount the folder"),
        "{error}"
    );
}

#[test]
fn symbolic_links_to_a_file_mean_that_file() {
    let receiver = Receiver::start(|_, _| answer(200));
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("links")).unwrap();
    let config = receiver::config(folder.path());
    let engine = receiver::engine(folder.path());
    let link = folder.path().join("links/outbox.db");
    symlink(&config.database, &link).unwrap();
    let linked = Engine::open(Config { database: link.clone(), ..config }).unwrap();
    let endpoint = receiver::endpoint(&linked, &receiver.url("/"));
    receiver::send(&engine, &endpoint, "{}");
    receiver::send(&linked, &endpoint, "{}");
    eventually("both arrive", || receiver.count() == 2);
    let leads =
        |engine: &Engine| receiver::call(engine, "stats", json!({}))["deliverer"]["this_engine"] == true;
    assert!(leads(&engine) != leads(&linked));
    assert!(inspect(&link).unwrap().deliverer.is_some());
    let beside: Vec<_> = std::fs::read_dir(folder.path().join("links")).unwrap().collect();
    assert_eq!(beside.len(), 1, "{beside:?}");
}

#[test]
fn names_that_mean_something_else_to_sqlite_are_refused() {
    for name in ["", ":memory:", "file:outbox.db", "FILE:outbox.db?mode=memory"] {
        let error = Engine::open(Config { database: name.into(), ..Config::default() }).err().unwrap();
        assert_eq!(error.code(), ErrorCode::InvalidConfiguration, "{name}");
        assert!(error.message().contains("`database`"), "{error}");
    }
}

/// Runs as root alone: nobody else can give a file away.
#[test]
fn what_root_makes_beside_a_file_belongs_to_the_files_owner() {
    let folder = tempfile::tempdir().unwrap();
    if std::fs::metadata(folder.path()).unwrap().uid() != 0 {
        eprintln!("not tried: this is not root");
        return;
    }
    let database = folder.path().join("outbox.db");
    let receiver = Receiver::start(|_, _| answer(200));
    receiver::engine(folder.path()).close(Duration::from_secs(10)).unwrap();
    // As a backup has it: the file alone. A lock file that root left there before is mended.
    for name in ["outbox.db-wal", "outbox.db-shm"] {
        let _ = std::fs::remove_file(folder.path().join(name));
    }
    for path in [folder.path(), &database] {
        std::os::unix::fs::chown(path, Some(SOMEBODY), Some(SOMEBODY)).unwrap();
    }
    assert_eq!(std::fs::metadata(folder.path().join("outbox.db-lock")).unwrap().uid(), 0);
    assert_eq!(inspect(&database).unwrap().waiting, 0);
    let engine = receiver::engine(folder.path());
    let endpoint = receiver::endpoint(&engine, &receiver.url("/"));
    receiver::send(&engine, &endpoint, "{}");
    let asked = json!({"start_time": "2020-01-01T00:00:00Z", "end_time": "2999-01-01T00:00:00Z"});
    let id = receiver::call(&engine, "exports.create", asked)["id"].as_str().unwrap().to_owned();
    eventually("the export is written", || {
        receiver::call(&engine, "exports.get", json!({"export_id": id}))["status"] == "completed"
    });
    let mut seen = 0;
    for place in [folder.path().to_owned(), folder.path().join("outbox.db-exports")] {
        for entry in std::fs::read_dir(place).unwrap() {
            let entry = entry.unwrap();
            let known = entry.metadata().unwrap();
            assert_eq!((known.uid(), known.gid()), (SOMEBODY, SOMEBODY), "{:?}", entry.path());
            assert_eq!(known.permissions().mode() & 0o077, 0, "{:?}", entry.path());
            seen += 1;
        }
    }
    assert!(seen >= 6, "{seen}");
}

#[test]
fn a_link_in_the_place_of_a_side_file_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let receiver = Receiver::start(|_, _| answer(200));
    let (kept, others) = (folder.path().join("kept"), folder.path().join("others"));
    std::fs::write(&kept, "kept").unwrap();
    std::fs::create_dir(&others).unwrap();
    symlink(&kept, folder.path().join("outbox.db-lock")).unwrap();
    symlink(&others, folder.path().join("outbox.db-exports")).unwrap();
    let engine = receiver::engine(folder.path());
    let endpoint = receiver::endpoint(&engine, &receiver.url("/"));
    receiver::send(&engine, &endpoint, "{}");
    let asked = json!({"start_time": "2020-01-01T00:00:00Z", "end_time": "2999-01-01T00:00:00Z"});
    receiver::call(&engine, "exports.create", asked);
    // Somebody delivers once the lock file is one; whoever tries writes into it.
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(receiver::call(&engine, "stats", json!({}))["deliverer"], json!(null));
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), "kept");
    assert_eq!(std::fs::read_dir(&others).unwrap().count(), 0);
    run("rm", &[&folder.path().join("outbox.db-lock")]);
    eventually("it arrives", || receiver.count() == 1);
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), "kept");
}
