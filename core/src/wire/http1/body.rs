//! The body of an answer: finding its end (RFC 9112, 6.3), and its pieces.

use std::future::poll_fn;
use std::io;

use bytes::{Buf, Bytes};

use super::Http1;
use crate::wire::answer::AnswerHeaders;
use crate::wire::failure::Reason;

/// The most bytes of a chunk's size line or of a trailer line.
const LONGEST_LINE: usize = 8 * 1024;
/// The most bytes of a chunked body's framing, beyond twice its data.
const CHUNKING: usize = 16 * 1024;

/// How a body's end is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::wire) enum Framing {
    /// So many bytes are still to come; 0 where there is no body.
    Length(u64),
    Chunked(Chunks),
    /// The body ends with the connection.
    UntilClose,
    /// The length is given in a way that cannot be read.
    Unknown,
}

/// The position in a chunked body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::wire) struct Chunks {
    at: Chunk,
    /// Bytes of data so far.
    data: usize,
    /// Bytes of everything else.
    framing: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Chunk {
    #[default]
    Size,
    Data(u64),
    /// The line end behind the data.
    AfterData,
    Trailers,
    Over,
}

/// How a body ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BodyEnd {
    /// The whole body was read.
    Whole,
    /// The body broke off; the text says why.
    Broken(String),
}

impl Framing {
    /// The framing that the head gives, and whether the connection can be used again behind the body.
    pub(super) fn of(status: u16, version: u8, headers: &AnswerHeaders) -> (Self, bool) {
        match status {
            101 => return (Self::Length(0), false),
            204 | 304 => return (Self::Length(0), true),
            _ => {}
        }
        if let Some(last) = headers.all("transfer-encoding").last() {
            let last = last.rsplit(',').next().unwrap_or_default().trim();
            if !last.eq_ignore_ascii_case("chunked") {
                return (Self::UntilClose, false);
            }
            // With a Content-Length beside it, or before HTTP/1.1, a proxy in between may have read another length.
            let sound = version > 0 && headers.get("content-length").is_none();
            return (Self::Chunked(Chunks::default()), sound);
        }
        let mut lengths = headers.all("content-length").flat_map(|value| value.split(',')).map(|one| {
            let digits = one.trim();
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<u64>().ok()).flatten()
        });
        match lengths.next() {
            None => (Self::UntilClose, false),
            // A length may be repeated, if all are equal.
            Some(Some(length)) if lengths.all(|other| other == Some(length)) => (Self::Length(length), true),
            Some(_) => (Self::Unknown, false),
        }
    }

    /// Whether no more of the body is to come.
    pub(in crate::wire) fn is_over(&self) -> bool {
        matches!(self, Self::Length(0) | Self::Chunked(Chunks { at: Chunk::Over, .. }))
    }
}

impl Http1 {
    /// The next piece of a body, or how the body ended.
    pub(in crate::wire) async fn next_piece(&mut self, framing: &mut Framing) -> Result<Bytes, BodyEnd> {
        let broken = |text: &str| Err(BodyEnd::Broken(text.to_owned()));
        loop {
            if framing.is_over() {
                return Err(BodyEnd::Whole);
            }
            match framing {
                Framing::Unknown => return broken("its Content-Length cannot be read"),
                Framing::Length(left) if !self.unread.is_empty() => {
                    let piece = self.take_up_to(*left);
                    *left -= piece.len() as u64;
                    return Ok(piece);
                }
                Framing::UntilClose if !self.unread.is_empty() => return Ok(self.unread.split().freeze()),
                Framing::Chunked(chunks) => match self.next_of_chunks(chunks)? {
                    Some(piece) => return Ok(piece),
                    None if chunks.at == Chunk::Over => continue,
                    None => {}
                },
                _ => {}
            }
            match poll_fn(|context| self.poll_fill(context)).await.map_err(BodyEnd::Broken)? {
                Ok(0) if *framing == Framing::UntilClose => return Err(BodyEnd::Whole),
                Ok(0) => return broken("connection closed by the receiver before the end"),
                Ok(_) => {}
                Err(cause) if cause.kind() == io::ErrorKind::UnexpectedEof => {
                    return broken("connection closed by the receiver before the end, without a TLS close");
                }
                Err(cause) => return Err(BodyEnd::Broken(Reason::of_io(&cause).text)),
            }
        }
    }

    /// Whether no bytes have come behind the answer.
    pub(in crate::wire) fn is_at_end(&self) -> bool {
        self.unread.is_empty()
    }

    fn take_up_to(&mut self, left: u64) -> Bytes {
        let length = usize::try_from(left).unwrap_or(usize::MAX).min(self.unread.len());
        self.unread.split_to(length).freeze()
    }

    /// The next data of a chunked body among the bytes already read. `None` where more must be read, or at the body's end.
    fn next_of_chunks(&mut self, chunks: &mut Chunks) -> Result<Option<Bytes>, BodyEnd> {
        let broken = |text: &str| Err(BodyEnd::Broken(text.to_owned()));
        loop {
            match chunks.at {
                Chunk::Data(left) => {
                    if self.unread.is_empty() {
                        return Ok(None);
                    }
                    let piece = self.take_up_to(left);
                    chunks.data += piece.len();
                    let left = left - piece.len() as u64;
                    chunks.at = if left == 0 { Chunk::AfterData } else { Chunk::Data(left) };
                    return Ok(Some(piece));
                }
                Chunk::Over => return Ok(None),
                Chunk::Size | Chunk::AfterData | Chunk::Trailers => {
                    let Some(end) = self.unread.iter().position(|byte| *byte == b'\n') else {
                        let endless = self.unread.len() > LONGEST_LINE;
                        return if endless { broken("its chunks cannot be read") } else { Ok(None) };
                    };
                    let line = self.unread.get(..end).unwrap_or_default();
                    let line = line.strip_suffix(b"\r").unwrap_or(line);
                    let next = match chunks.at {
                        Chunk::Size => chunk_size(line).map(|size| match size {
                            0 => Chunk::Trailers,
                            size => Chunk::Data(size),
                        }),
                        Chunk::AfterData => line.is_empty().then_some(Chunk::Size),
                        _ => Some(if line.is_empty() { Chunk::Over } else { Chunk::Trailers }),
                    };
                    let Some(next) = next else { return broken("its chunks cannot be read") };
                    chunks.at = next;
                    chunks.framing += end + 1;
                    self.unread.advance(end + 1);
                    if chunks.framing > CHUNKING + 2 * chunks.data {
                        return broken("its chunks are too small or their trailers too long");
                    }
                }
            }
        }
    }
}

/// The size in a chunk's first line. Extensions behind it are ignored.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let (size, rest) = line.split_at(digits);
    let rest = rest.trim_ascii_start();
    if !rest.is_empty() && !rest.starts_with(b";") {
        return None;
    }
    u64::from_str_radix(std::str::from_utf8(size).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framing(status: u16, version: u8, headers: &[(&str, &str)]) -> (Framing, bool) {
        Framing::of(status, version, &headers.iter().map(|(name, value)| (*name, (*value).into())).collect())
    }

    #[test]
    fn the_end_of_a_body_is_found_as_the_rfc_has_it() {
        let chunked = Framing::Chunked(Chunks::default());
        let (te, cl) = ("transfer-encoding", "content-length");
        for (status, version, headers, expected) in [
            (200, 1, &[(cl, "12")][..], (Framing::Length(12), true)),
            (200, 1, &[(cl, "12, 12"), (cl, "12")], (Framing::Length(12), true)),
            (200, 1, &[(cl, "12"), (cl, "13")], (Framing::Unknown, false)),
            (200, 1, &[(cl, "+12")], (Framing::Unknown, false)),
            (200, 1, &[(cl, "")], (Framing::Unknown, false)),
            (200, 1, &[(cl, "99999999999999999999999")], (Framing::Unknown, false)),
            (200, 1, &[], (Framing::UntilClose, false)),
            (204, 1, &[(cl, "12")], (Framing::Length(0), true)),
            (200, 1, &[(te, "gzip, Chunked")], (chunked.clone(), true)),
            (200, 1, &[(te, "chunked"), (cl, "3")], (chunked.clone(), false)),
            (200, 0, &[(te, "chunked")], (chunked, false)),
            (200, 1, &[(te, "chunked, gzip")], (Framing::UntilClose, false)),
        ] {
            assert_eq!(framing(status, version, headers), expected, "{status} {version} {headers:?}");
        }
    }

    #[test]
    fn chunk_sizes_are_hexadecimal_with_extensions() {
        for (line, size) in [
            ("1a", Some(26)),
            ("0", Some(0)),
            ("5;a=b", Some(5)),
            ("5 ; a", Some(5)),
            ("", None),
            ("x", None),
            ("5 5", None),
            ("11111111111111111", None),
        ] {
            assert_eq!(chunk_size(line.as_bytes()), size, "{line}");
        }
    }
}
