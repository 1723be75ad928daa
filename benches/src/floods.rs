//! Receivers that do harm: answers without end, and answers that end their connection.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, TcpListener, TcpStream};
use std::time::Duration;

use tokio_rustls::rustls::{ServerConnection, Stream};

use crate::cheap_receiver::Certificates;

const INTERIM: &[u8] = b"HTTP/1.1 103 Early Hints\r\n\r\n";
const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
/// The type of a frame that carries a request's headers.
const HEADERS: u8 = 1;
const FRAME_HEAD: usize = 9;
/// A WINDOW_UPDATE of one byte for the connection, a PING, and a frame of no known type.
const NOISE: &[u8] = &[
    0, 0, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0, 1, //
    0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, //
    0, 0, 0, 99, 0, 0, 0, 0, 0,
];

/// Serves every connection on a thread of its own, and returns the port.
fn serve(each: impl Fn(TcpStream) -> std::io::Result<()> + Send + Sync + Clone + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let each = each.clone();
            std::thread::spawn(move || each(stream));
        }
    });
    port
}

/// Waits for the beginning of a request, which is small and comes in one piece.
fn first_bytes(stream: &mut impl Read) -> std::io::Result<()> {
    let read = stream.read(&mut [0; 4096])?;
    if read == 0 { Err(std::io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
}

/// Answers 200 after `delay` and closes the connection.
pub(crate) fn closing_receiver(delay: Duration) -> u16 {
    serve(move |mut stream| {
        first_bytes(&mut stream)?;
        std::thread::sleep(delay);
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
    })
}

/// Sends 103 after 103.
pub(crate) fn informs_without_end() -> u16 {
    serve(|mut stream| {
        first_bytes(&mut stream)?;
        let many = INTERIM.repeat(512);
        loop {
            stream.write_all(&many)?;
        }
    })
}

/// Answers 200 over HTTP/2, and sends frames that mean nothing from then on.
pub(crate) fn frames_without_end(certificates: &Certificates) -> u16 {
    let mut config = (*certificates.of(IpAddr::V4(Ipv4Addr::LOCALHOST))).clone();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let config = std::sync::Arc::new(config);
    serve(move |mut stream| {
        let mut connection = ServerConnection::new(config.clone()).map_err(std::io::Error::other)?;
        let mut tls = Stream::new(&mut connection, &mut stream);
        tls.write_all(SETTINGS)?;
        tls.read_exact(&mut [0; b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".len()])?;
        let stream_id = loop {
            let mut head = [0; FRAME_HEAD];
            tls.read_exact(&mut head)?;
            let [a, b, c, kind, _, id @ ..] = head;
            let length = u32::from_be_bytes([0, a, b, c]) as usize;
            tls.read_exact(&mut vec![0; length])?;
            if kind == HEADERS {
                break id;
            }
        };
        // `:status: 200` is entry 8 of the static table; END_HEADERS and END_STREAM.
        let mut answer = vec![0, 0, 1, HEADERS, 5];
        answer.extend_from_slice(&stream_id);
        answer.push(0x88);
        tls.write_all(&answer)?;
        let many = NOISE.repeat(256);
        loop {
            tls.write_all(&many)?;
        }
    })
}
