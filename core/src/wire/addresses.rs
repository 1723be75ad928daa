//! Connects to a host with several addresses ("happy eyeballs", RFC 8305). IPv6 and IPv4 take turns. Each address is tried
//! a moment after the one before it, or as soon as that one has failed. The first that answers wins.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::failure::{Reason, io_text, shortage_of_io};
use super::patience::Patience;
use super::remembered::Remembered;
use crate::model::shortage::Shortage;

/// How long an address may take before the next one is tried beside it (RFC 8305, section 5).
const NEXT_BEGINS_AFTER: Duration = Duration::from_millis(250);
/// The most addresses that are tried at once.
const AT_ONCE: usize = 8;

/// The address of each host and port that worked last.
#[derive(Clone, Default)]
pub(super) struct LastWorking(Arc<Mutex<Remembered<(String, u16), IpAddr>>>);

impl LastWorking {
    /// Ignores poisoning: every section is one call.
    fn lock(&self) -> MutexGuard<'_, Remembered<(String, u16), IpAddr>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn note(&self, host: &str, address: SocketAddr) {
        self.lock().set((host.to_owned(), address.port()), address.ip());
    }

    /// Forgets an address that took a connection and then failed.
    pub(super) fn forget(&self, host: &str, port: u16) {
        self.lock().forget(&(host.to_owned(), port));
    }

    /// The order in which addresses are tried: the system's (RFC 6724), with the two families in turn. The address that
    /// worked last comes first.
    pub(super) fn order(&self, host: &str, addresses: &[SocketAddr]) -> VecDeque<SocketAddr> {
        let mut order = in_turn(addresses);
        if let Some(port) = order.front().filter(|_| order.len() > 1).map(SocketAddr::port)
            && let Some(worked) = self.lock().get(&(host.to_owned(), port))
            && let Some(at) = order.iter().position(|address| address.ip() == worked)
            && let Some(address) = order.remove(at)
        {
            order.push_front(address);
        }
        order
    }
}

fn in_turn(addresses: &[SocketAddr]) -> VecDeque<SocketAddr> {
    let first_is_v4 = addresses.first().is_some_and(SocketAddr::is_ipv4);
    let (first, second): (Vec<SocketAddr>, Vec<SocketAddr>) =
        addresses.iter().partition(|address| address.is_ipv4() == first_is_v4);
    let mut order = VecDeque::with_capacity(addresses.len());
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    loop {
        let next = [first.next(), second.next()];
        if next == [None, None] {
            return order;
        }
        order.extend(next.into_iter().flatten());
    }
}

/// Connects to one of the addresses, which are tried in order. `tried` is set to the address that was connected to, or to
/// the last that failed.
pub(super) async fn connect(
    mut order: VecDeque<SocketAddr>,
    patience: Patience,
    tried: &mut Option<IpAddr>,
) -> Result<TcpStream, Reason> {
    let deadline = patience.deadline;
    *tried = order.front().map(SocketAddr::ip);
    let several = order.len() > 1;
    let mut failures = Failures { several, ..Failures::default() };
    // Dropping the set ends the tries that are still under way.
    let mut trying: JoinSet<(SocketAddr, io::Result<TcpStream>)> = JoinSet::new();
    let mut under_way = Vec::new();
    let mut next_begins = Instant::now();
    loop {
        if trying.len() < AT_ONCE
            && Instant::now() >= next_begins
            && let Some(address) = order.pop_front()
        {
            under_way.push(address);
            trying.spawn(async move { (address, TcpStream::connect(address).await) });
            next_begins = Instant::now() + NEXT_BEGINS_AFTER;
        }
        let wakes =
            if order.is_empty() || trying.len() >= AT_ONCE { deadline } else { deadline.min(next_begins) };
        match tokio::time::timeout_at(wakes.into(), trying.join_next()).await {
            Ok(Some(Ok((address, Ok(stream))))) => {
                *tried = Some(address.ip());
                return Ok(stream);
            }
            Ok(Some(Ok((address, Err(cause))))) => {
                under_way.retain(|other| *other != address);
                *tried = Some(address.ip());
                failures.add(address, &cause);
                next_begins = Instant::now();
            }
            // The task panicked, which cannot happen.
            Ok(Some(Err(_))) => {}
            Ok(None) if order.is_empty() => return Err(failures.reason()),
            Ok(None) => {}
            Err(_) if Instant::now() >= deadline => {
                if let Some(address) = under_way.first() {
                    *tried = Some(address.ip());
                }
                return Err(failures.late(&under_way, patience));
            }
            Err(_) => {}
        }
    }
}

/// The failures of the addresses tried so far.
#[derive(Default)]
struct Failures {
    several: bool,
    texts: Vec<String>,
    shortage: Option<Shortage>,
}

impl Failures {
    fn add(&mut self, address: SocketAddr, cause: &io::Error) {
        let shortage = match shortage_of_io(cause) {
            Some(Shortage::LocalPorts) if !is_reachable_from_here(address) => {
                self.say(address, "this machine has no address from which it could be reached");
                return;
            }
            shortage => shortage,
        };
        match shortage {
            Some(lacking) => self.say(address, &format!("{lacking} ({cause})")),
            None => self.say(address, &io_text(cause)),
        }
        // A shortage outweighs the failures of other addresses: the address that could not be tried might have worked.
        self.shortage = self.shortage.or(shortage);
    }

    fn say(&mut self, address: SocketAddr, text: &str) {
        self.texts.push(if self.several { format!("{}: {text}", address.ip()) } else { text.to_owned() });
    }

    fn reason(self) -> Reason {
        Reason { text: self.texts.join("; "), shortage: self.shortage }
    }

    /// The reason where the time limit was reached while some addresses were still being tried.
    fn late(mut self, under_way: &[SocketAddr], patience: Patience) -> Reason {
        for address in under_way {
            self.texts.push(format!("{} did not accept a connection", address.ip()));
        }
        Reason { text: patience.over(&self.texts.join("; ")), shortage: self.shortage }
    }
}

/// Whether this machine has an address from which `address` can be reached. EADDRNOTAVAIL means two things: every local
/// port is taken, or the machine has no address of that family. This tells them apart. Nothing is sent.
fn is_reachable_from_here(address: SocketAddr) -> bool {
    let any: IpAddr =
        if address.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    match UdpSocket::bind((any, 0)).and_then(|socket| socket.connect(address)) {
        Ok(()) => true,
        Err(cause) => !matches!(
            cause.kind(),
            io::ErrorKind::AddrNotAvailable
                | io::ErrorKind::NetworkUnreachable
                | io::ErrorKind::HostUnreachable
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn parsed(addresses: &[&str]) -> Vec<SocketAddr> {
        addresses.iter().map(|address| address.parse().unwrap()).collect()
    }

    #[test]
    fn the_families_take_turns_and_what_worked_comes_first() {
        let addresses =
            parsed(&["[2001:db8::1]:1", "[2001:db8::2]:1", "[2001:db8::3]:1", "192.0.2.1:1", "192.0.2.2:1"]);
        let worked = LastWorking::default();
        let wanted =
            parsed(&["[2001:db8::1]:1", "192.0.2.1:1", "[2001:db8::2]:1", "192.0.2.2:1", "[2001:db8::3]:1"]);
        assert_eq!(worked.order("a.test", &addresses), wanted);
        worked.note("a.test", addresses[4]);
        let order = worked.order("a.test", &addresses);
        assert_eq!((order[0], order[1], order.len()), (addresses[4], addresses[0], 5));
        assert_eq!(worked.order("b.test", &addresses), wanted);
        assert_eq!(worked.order("a.test", &addresses[..2]), &addresses[..2]);
        worked.forget("a.test", 1);
        assert_eq!(worked.order("a.test", &addresses), wanted);
    }

    #[test]
    fn an_address_of_a_family_that_is_there_is_reachable() {
        assert!(is_reachable_from_here(parsed(&["127.0.0.1:9"])[0]));
    }

    /// A listener that takes no more connections, with what fills it.
    fn full(address: &str) -> (socket2::Socket, Vec<socket2::Socket>) {
        let listener = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        listener.bind(&address.parse::<SocketAddr>().unwrap().into()).unwrap();
        listener.listen(0).unwrap();
        let to = listener.local_addr().unwrap();
        let fill = || {
            let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
            socket.set_nonblocking(true).unwrap();
            let _ = socket.connect(&to);
            socket
        };
        let filling = (0..4).map(|_| fill()).collect();
        (listener, filling)
    }

    fn patience(millis: u64) -> Patience {
        let length = Duration::from_millis(millis);
        Patience::new(length, Instant::now() + length * 2)
    }

    fn run<T>(trial: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(trial)
    }

    #[test]
    fn a_second_address_is_tried_beside_a_first_that_says_nothing() {
        let good = TcpListener::bind("127.0.0.3:0").unwrap();
        let port = good.local_addr().unwrap().port();
        let (_dead, _filling) = full(&format!("127.0.0.2:{port}"));
        let order = parsed(&[&format!("127.0.0.2:{port}"), &format!("127.0.0.3:{port}")]);
        let (begun, mut tried) = (Instant::now(), None);
        let stream = run(connect(order.into(), patience(30_000), &mut tried)).unwrap();
        assert_eq!(stream.peer_addr().unwrap(), good.local_addr().unwrap());
        assert_eq!(tried, Some(good.local_addr().unwrap().ip()));
        let took = begun.elapsed();
        assert!(took >= NEXT_BEGINS_AFTER && took < Duration::from_secs(10), "{took:?}");
    }

    #[test]
    fn an_address_that_fails_lets_the_next_begin_at_once_and_the_text_names_each() {
        let (dead, _filling) = full("127.0.0.2:0");
        let port = dead.local_addr().unwrap().as_socket().unwrap().port();
        let order = parsed(&[&format!("127.0.0.4:{port}"), &format!("127.0.0.2:{port}")]);
        let mut tried = None;
        let reason = run(connect(order.into(), patience(600), &mut tried)).unwrap_err();
        assert_eq!(
            reason.text,
            "no connection within 600ms: 127.0.0.4: connection refused; 127.0.0.2 did not accept a connection"
        );
        assert_eq!((reason.shortage, tried), (None, Some("127.0.0.2".parse().unwrap())));
    }

    #[test]
    fn one_address_alone_is_said_in_plain_words() {
        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let reason = run(connect(VecDeque::from([closed]), patience(30_000), &mut None));
        assert_eq!(reason.unwrap_err().text, "connection refused");
    }

    #[test]
    fn what_the_system_lacks_is_no_failure_of_the_address() {
        let address = "127.0.0.1:9".parse().unwrap();
        for (errno, shortage) in [
            (nix::errno::Errno::EMFILE, Shortage::Descriptors),
            (nix::errno::Errno::ENFILE, Shortage::Descriptors),
            (nix::errno::Errno::ENOMEM, Shortage::Memory),
            (nix::errno::Errno::ENOBUFS, Shortage::Memory),
            (nix::errno::Errno::EADDRNOTAVAIL, Shortage::LocalPorts),
        ] {
            let mut failures = Failures { several: true, ..Failures::default() };
            failures.add(address, &io::Error::from(io::ErrorKind::ConnectionRefused));
            failures.add(address, &io::Error::from_raw_os_error(errno as i32));
            let reason = failures.reason();
            assert_eq!(reason.shortage, Some(shortage), "{errno}: {}", reason.text);
            assert!(reason.text.contains(&shortage.to_string()), "{}", reason.text);
        }
    }
}
