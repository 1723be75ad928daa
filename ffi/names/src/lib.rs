//! `getaddrinfo` for safe code, with its own words for why a name has no address.
//!
//! The standard library asks the same resolver, but says why it failed only in a text that the host's locale translates. Whether
//! a name does not exist, is not answered for now, or could not be asked for lies in the code and in `errno`, and on it
//! hangs whose failure it is. It stands here so that the engine itself can forbid `unsafe`.

use std::net::SocketAddr;

/// Why a name has no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// There is no such name.
    NoSuchName,
    /// The name exists, without an address.
    NoAddress,
    /// No answer for now: the resolver was not reached, or says that it does not know yet.
    Temporary,
    /// The name server refuses to answer.
    Refused,
    /// There is no memory for the answer.
    Memory,
    /// A call to the system failed: [`Failure::errno`] says how.
    System,
    /// Another code.
    Other(i32),
}

/// A look-up without an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What the resolver said.
    pub kind: Kind,
    /// The last error of a call to the system while it looked, else 0. Where a file could not be opened, it stands
    /// beside any code: with no descriptor free glibc says that there is no such name.
    pub errno: i32,
}

/// The addresses of a name, with port 0 and in the system's order. Blocks for as long as the system's resolver does.
///
/// # Errors
/// [`Failure`] says why there is none.
#[cfg(unix)]
pub fn look_up(name: &str) -> Result<Vec<SocketAddr>, Failure> {
    unix::look_up(name)
}

/// The addresses of a name, with port 0 and in the system's order. Blocks for as long as the system's resolver does.
///
/// # Errors
/// [`Failure`] says why there is none.
#[cfg(not(unix))]
pub fn look_up(name: &str) -> Result<Vec<SocketAddr>, Failure> {
    use std::net::ToSocketAddrs;
    match (name, 0).to_socket_addrs() {
        Ok(addresses) => Ok(addresses.collect()),
        Err(cause) => Err(Failure { kind: Kind::NoSuchName, errno: cause.raw_os_error().unwrap_or(0) }),
    }
}

#[cfg(unix)]
mod unix {
    use std::ffi::CString;
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
    use std::{mem, ptr};

    use super::{Failure, Kind};

    /// What `getaddrinfo` has made, freed whatever happens.
    struct Found(*mut libc::addrinfo);

    impl Drop for Found {
        fn drop(&mut self) {
            if !self.0.is_null() {
                // SAFETY: `getaddrinfo` made it, and it is freed once.
                unsafe { libc::freeaddrinfo(self.0) };
            }
        }
    }

    pub(super) fn look_up(name: &str) -> Result<Vec<SocketAddr>, Failure> {
        let Ok(name) = CString::new(name) else {
            return Err(Failure { kind: Kind::NoSuchName, errno: 0 });
        };
        // SAFETY: all zeros is what the manual calls no hints.
        let mut hints: libc::addrinfo = unsafe { mem::zeroed() };
        // Else every address comes once for each kind of socket.
        hints.ai_socktype = libc::SOCK_STREAM;
        let mut found = Found(ptr::null_mut());
        forget_errno();
        // SAFETY: the name is a C string, the hints are as the manual wants them, and the place for the answer is ours.
        let code = unsafe { libc::getaddrinfo(name.as_ptr(), ptr::null(), &hints, &mut found.0) };
        if code != 0 {
            let errno = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
            return Err(Failure { kind: kind(code), errno });
        }
        let mut addresses = Vec::new();
        let mut next = found.0;
        while !next.is_null() {
            // SAFETY: the list is the resolver's, whole, and lives until `found` is dropped.
            let entry = unsafe { &*next };
            addresses.extend(address(entry));
            next = entry.ai_next;
        }
        Ok(addresses)
    }

    fn address(entry: &libc::addrinfo) -> Option<SocketAddr> {
        if entry.ai_addr.is_null() {
            return None;
        }
        match entry.ai_family {
            libc::AF_INET => {
                // SAFETY: an entry of this family carries such an address, perhaps at an odd place.
                let known = unsafe { ptr::read_unaligned(entry.ai_addr.cast::<libc::sockaddr_in>()) };
                let ip = Ipv4Addr::from(known.sin_addr.s_addr.to_ne_bytes());
                Some(SocketAddr::new(IpAddr::V4(ip), 0))
            }
            libc::AF_INET6 => {
                // SAFETY: as above.
                let known = unsafe { ptr::read_unaligned(entry.ai_addr.cast::<libc::sockaddr_in6>()) };
                let ip = Ipv6Addr::from(known.sin6_addr.s6_addr);
                Some(SocketAddrV6::new(ip, 0, 0, known.sin6_scope_id).into())
            }
            _ => None,
        }
    }

    fn kind(code: i32) -> Kind {
        match code {
            libc::EAI_NONAME => Kind::NoSuchName,
            #[cfg(target_os = "linux")]
            libc::EAI_NODATA => Kind::NoAddress,
            libc::EAI_AGAIN => Kind::Temporary,
            libc::EAI_FAIL => Kind::Refused,
            libc::EAI_MEMORY => Kind::Memory,
            libc::EAI_SYSTEM => Kind::System,
            other => Kind::Other(other),
        }
    }

    fn forget_errno() {
        #[cfg(any(target_os = "linux", target_os = "android"))]
        // SAFETY: the place is this thread's own.
        unsafe {
            #[cfg(target_os = "linux")]
            libc::__errno_location().write(0);
            #[cfg(target_os = "android")]
            libc::__errno().write(0);
        }
        #[cfg(any(target_vendor = "apple", target_os = "freebsd"))]
        // SAFETY: the place is this thread's own.
        unsafe {
            libc::__error().write(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_its_own_name_and_comes_once() {
        assert_eq!(look_up("127.0.0.1"), Ok(vec![SocketAddr::from(([127, 0, 0, 1], 0))]));
        let loopback = look_up("::1").unwrap();
        assert_eq!(loopback, vec!["[::1]:0".parse().unwrap()]);
    }

    #[test]
    fn what_no_name_can_be_has_no_address() {
        assert_eq!(look_up("a\0b").unwrap_err().kind, Kind::NoSuchName);
        assert!(look_up("").is_err() || cfg!(not(unix)));
    }
}
