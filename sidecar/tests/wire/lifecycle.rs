//! Signals: a stop that lets what is in flight end, and one that does not wait.

use std::io::Write;

use nix::sys::signal::Signal;

use super::client::{connect, parse, read_all};
use super::receiver::eventually;
use super::server::{KEY, Server};

/// A request whose last byte is still to come, and which the server has begun to read.
fn unfinished(server: &Server) -> std::net::TcpStream {
    let mut stream = connect(server.address);
    let head = format!(
        "POST /v1/endpoints HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nExpect: 100-continue\r\nContent-Length: 31\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    // The server says so when it begins to read the body.
    let mut said = [0; 25];
    std::io::Read::read_exact(&mut stream, &mut said).unwrap();
    assert_eq!(&said, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream
}

#[test]
fn a_stop_lets_what_is_in_flight_end() {
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let mut server = Server::start(&[]);
        let silent = connect(server.address);
        let mut stream = unfinished(&server);
        server.signal(signal);
        eventually("the stop to begin", || server.logged("stopping"));
        eventually("the port to be closed", || std::net::TcpStream::connect(server.address).is_err());
        stream.write_all(br#"{"url":"http://127.0.0.1:9/xy"}"#).unwrap();
        assert_eq!(parse(&read_all(&stream)).remove(0).status, 201);
        assert!(server.wait().success());
        assert!(parse(&read_all(&silent)).is_empty());
        // The lock is free and the file whole: another serves it.
        let next = Server::start_in(server.folder.clone(), &[]);
        assert_eq!(next.request("GET", "/v1/endpoints", "").json()["data"].as_array().unwrap().len(), 1);
    }
}

#[test]
fn what_does_not_end_in_time_is_cut_off() {
    let mut server = Server::start(&["--shutdown-timeout", "1"]);
    let stream = unfinished(&server);
    server.signal(Signal::SIGTERM);
    assert_eq!(server.wait().code(), Some(1));
    assert!(parse(&read_all(&stream)).is_empty());
}

#[test]
fn a_second_signal_ends_at_once() {
    let mut server = Server::start(&["--shutdown-timeout", "3600", "--body-timeout", "3600"]);
    let _stream = unfinished(&server);
    server.signal(Signal::SIGTERM);
    eventually("the stop to begin", || server.logged("stopping"));
    server.signal(Signal::SIGTERM);
    assert_eq!(server.wait().code(), Some(130));
}

#[test]
fn dev_shows_a_delivery_without_any_setting_and_leaves_nothing() {
    use std::io::BufRead;
    use std::process::Stdio;
    let mut child = super::server::command()
        .args(["dev", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = std::io::BufReader::new(child.stdout.take().unwrap()).lines();
    let mut printed = Vec::new();
    // The delivery and the rest of what is printed run side by side.
    let has = |printed: &[String], text: &str| printed.iter().any(|line| line.contains(text));
    while !["verified -> 200", "console "].iter().all(|text| has(&printed, text)) {
        printed.push(lines.next().unwrap_or_else(|| panic!("{printed:?}")).unwrap());
    }
    let find = |begin: &str| {
        printed.iter().find(|line| line.starts_with(begin)).unwrap_or_else(|| panic!("{begin}"))
    };
    let (address, key) = find("server ").split_once(", API key ").unwrap();
    let address: std::net::SocketAddr = address.rsplit('/').next().unwrap().parse().unwrap();
    let endpoint =
        find("endpoint ").split([' ', ',']).find(|word| word.starts_with("ep_")).unwrap().to_owned();
    // Six samples, with the id and the key in them and no placeholder.
    let samples = printed.iter().filter(|line| line.starts_with("────")).count();
    let filled = |text: &str| printed.iter().filter(|line| line.contains(text)).count();
    assert_eq!((samples, filled("YOUR_")), (6, 0));
    assert!(filled(&endpoint) >= 6 && filled(key) >= 6, "{printed:?}");
    // The link signs a browser in, and the message is there.
    let code = find("console ").split(['=', ' ']).find(|part| part.len() == 22).unwrap().to_owned();
    let browser = super::console::Browser::with(address, &serde_json::json!({"code": code})).unwrap();
    eventually("the delivery to be recorded", || {
        browser.get("/console/api/v1/logs")["data"][0]["status"] == "succeeded"
    });
    let database = browser.get("/console/api/v1/whoami")["data"]["database"].as_str().unwrap().to_owned();
    assert!(std::path::Path::new(&database).exists());
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(i32::try_from(child.id()).unwrap()), Signal::SIGINT)
        .unwrap();
    assert!(child.wait().unwrap().success());
    assert!(!std::path::Path::new(&database).parent().unwrap().exists());
}
