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
