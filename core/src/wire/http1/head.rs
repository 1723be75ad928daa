//! Reads the head of an answer. Interim answers are skipped, and every form that a client is obliged to accept is accepted.

use bytes::{Buf, BytesMut};
use httparse::{Header, ParserConfig, Response, Status};

use super::body::Framing;
use crate::wire::answer::{AnswerHeaders, HEADERS_READ, INTERIM_ANSWERS, too_many_headers, too_many_interim};

/// The headers of a usual answer. An answer with more is parsed a second time with room for all.
const USUAL_HEADERS: usize = 64;

/// An answer's head.
pub(in crate::wire) struct Head {
    pub status: u16,
    pub headers: AnswerHeaders,
    pub framing: Framing,
    /// Whether the connection can be used again once the body has ended well.
    pub reusable: bool,
}

/// The reader of a head, which takes bytes as they come.
#[derive(Default)]
pub(super) struct HeadReader {
    /// Bytes of skipped interim answers.
    passed: usize,
    interim: usize,
    /// How many of the unread bytes are known to hold no end of a head.
    searched: usize,
}

impl HeadReader {
    /// Takes the head out of the unread bytes, if it is complete.
    pub(super) fn take(&mut self, unread: &mut BytesMut) -> Result<Option<Head>, String> {
        loop {
            if self.searched == 0 {
                let blank = unread.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
                self.passed += blank;
                unread.advance(blank);
            }
            // Parsed with the first bytes, so that what is no HTTP is refused at once; and again when the head has ended.
            let first = self.searched == 0 && !unread.is_empty();
            let whole = has_end(unread, self.searched);
            self.searched = unread.len();
            let parsed = if first || whole { parse(unread)? } else { None };
            let Some((length, head)) = parsed else {
                return if self.passed + unread.len() > HEADERS_READ {
                    Err(too_many_headers())
                } else {
                    Ok(None)
                };
            };
            unread.advance(length);
            (self.passed, self.searched) = (self.passed + length, 0);
            if self.passed > HEADERS_READ {
                return Err(too_many_headers());
            }
            if !(100..200).contains(&head.status) || head.status == 101 {
                return Ok(Some(head));
            }
            self.interim += 1;
            if self.interim > INTERIM_ANSWERS {
                return Err(too_many_interim());
            }
        }
    }
}

/// Whether the unread bytes hold an empty line. The first `searched` bytes are known to hold none.
fn has_end(unread: &[u8], searched: usize) -> bool {
    let rest = unread.get(searched.saturating_sub(3)..).unwrap_or_default();
    rest.iter().enumerate().any(|(at, byte)| {
        *byte == b'\n' && matches!(rest.get(at + 1..), Some([b'\n', ..] | [b'\r', b'\n', ..]))
    })
}

/// Parses a head (RFC 9112, 2.2, 4 and 5), with the leniency that the RFC asks of a client.
fn parse(unread: &mut BytesMut) -> Result<Option<(usize, Head)>, String> {
    // A later minor version is taken for 1.1 (RFC 9110, 2.5).
    if let Some([b'H', b'T', b'T', b'P', b'/', b'1', b'.', minor]) = unread.get_mut(..8)
        && matches!(minor, b'2'..=b'9')
    {
        *minor = b'1';
    }
    let mut usual = [httparse::EMPTY_HEADER; USUAL_HEADERS];
    match parse_into(unread, &mut usual) {
        Err(httparse::Error::TooManyHeaders) => {
            let lines = unread.iter().filter(|byte| **byte == b'\n').count();
            parse_into(unread, &mut vec![httparse::EMPTY_HEADER; lines])
        }
        parsed => parsed,
    }
    .map_err(|cause| format!("the answer is not valid HTTP: {cause}"))
}

fn parse_into<'a>(
    unread: &'a [u8],
    headers: &mut [Header<'a>],
) -> Result<Option<(usize, Head)>, httparse::Error> {
    let mut config = ParserConfig::default();
    config
        .allow_obsolete_multiline_headers_in_responses(true)
        .allow_spaces_after_header_name_in_responses(true)
        .allow_multiple_spaces_in_response_status_delimiters(true)
        .ignore_invalid_headers_in_responses(true);
    let mut response = Response::new(headers);
    let Status::Complete(length) = config.parse_response(&mut response, unread)? else { return Ok(None) };
    let headers: AnswerHeaders =
        response.headers.iter().map(|header| (header.name, unfolded(header.value))).collect();
    let (status, version) = (response.code.unwrap_or_default(), response.version.unwrap_or_default());
    let (framing, sound) = Framing::of(status, version, &headers);
    let reusable = sound && headers.keeps_alive(version);
    Ok(Some((length, Head { status, headers, framing, reusable })))
}

/// A header's value with its line folds replaced by spaces (RFC 9112, 5.2).
fn unfolded(value: &[u8]) -> std::borrow::Cow<'_, str> {
    let text = String::from_utf8_lossy(value);
    if text.contains(['\r', '\n']) { text.replace(['\r', '\n'], " ").into() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a head from bytes that come in pieces of `step`.
    fn read(bytes: &[u8], step: usize) -> Result<Option<Head>, String> {
        let (mut reading, mut unread) = (HeadReader::default(), BytesMut::new());
        for piece in bytes.chunks(step) {
            unread.extend_from_slice(piece);
            if let Some(head) = reading.take(&mut unread)? {
                return Ok(Some(head));
            }
        }
        Ok(None)
    }

    fn head(text: &str) -> Head {
        for step in [1, 7] {
            assert!(read(text.as_bytes(), step).unwrap().is_some(), "in pieces of {step}: {text:?}");
        }
        read(text.as_bytes(), text.len()).unwrap().unwrap()
    }

    #[test]
    fn what_a_client_is_obliged_to_take_is_taken() {
        let folded = head("HTTP/1.1 200 OK\r\nX-Trace: one\r\n  two\r\n\tthree\r\nContent-Length: 2\r\n\r\n");
        let words: Vec<_> = folded.headers.get("x-trace").unwrap().split_whitespace().collect();
        assert_eq!(words, ["one", "two", "three"]);
        assert!(!folded.headers.get("x-trace").unwrap().contains(['\r', '\n']));
        assert_eq!(folded.framing, Framing::Length(2));
        for line in [
            "HTTP/1.1 204\r\n",
            "HTTP/1.1 204 \r\n",
            "HTTP/1.1  204  No\r\n",
            "HTTP/1.7 204 x\r\n",
            "HTTP/1.0 204 \u{fc}ber\r\n",
            "\r\n\r\nHTTP/1.1 204 No\n",
        ] {
            assert_eq!(head(&format!("{line}\r\n")).status, 204, "{line:?}");
        }
        let odd = head(
            "HTTP/1.1 200 OK\r\nX-A : 1\r\nno colon at all\r\nX B: 2\r\n: none\r\nX-C:\r\nx-d:\t4 \t\r\nX-C: 3\r\n\r\n",
        );
        let value = |name: &str| odd.headers.get(name);
        assert_eq!((value("x-a"), value("x-d"), value("x b")), (Some("1"), Some("4"), None));
        let both: Vec<_> = odd.headers.all("x-c").collect();
        assert_eq!(both, ["", "3"]);
        let (mut reading, mut raw) =
            (HeadReader::default(), BytesMut::from(&b"HTTP/1.1 200 OK\nX-Name: M\xfcller\nX-B: 1\n\n"[..]));
        let foreign = reading.take(&mut raw).unwrap().unwrap();
        assert_eq!(
            (foreign.headers.get("x-name"), foreign.headers.get("x-b")),
            (Some("M\u{fffd}ller"), Some("1"))
        );
    }

    #[test]
    fn any_number_of_headers_is_taken_up_to_their_size() {
        for count in [65, 101, 1_000, 10_000] {
            let lines: String = (0..count).map(|_| "a:\r\n").collect();
            let text = format!("HTTP/1.1 429 Slow\r\n{lines}Retry-After: 7\r\n\r\n");
            let read = read(text.as_bytes(), 4096).unwrap().unwrap();
            assert_eq!(read.headers.get("retry-after"), Some("7"));
        }
        let endless = format!("HTTP/1.1 200 OK\r\n{}", "x: y\r\n".repeat(20_000));
        assert!(read(endless.as_bytes(), 4096).err().unwrap().contains("more than 64 KiB of headers"));
    }

    #[test]
    fn interim_answers_are_passed_over_and_bounded() {
        let early = "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n";
        assert_eq!(head(&format!("{}HTTP/1.1 200 OK\r\n\r\n", early.repeat(16))).status, 200);
        let text = format!("{}HTTP/1.1 200 OK\r\n\r\n", early.repeat(17));
        assert!(read(text.as_bytes(), 10).err().unwrap().contains("interim"));
        assert_eq!(head("HTTP/1.1 101 Switching Protocols\r\n\r\n").status, 101);
    }

    #[test]
    fn what_is_no_http_is_said_to_be_none() {
        for text in [
            "SSH-2.0-OpenSSH_9.2\r\n\r\n",
            "220 mail ESMTP\r\n",
            "HTTP/2.0 200 OK\r\n\r\n",
            "HTTP/1.1 2x0 OK\r\n\r\n",
        ] {
            let failure = read(text.as_bytes(), text.len()).err().unwrap_or_else(|| panic!("{text:?}"));
            assert!(failure.contains("not valid HTTP"), "{text:?}: {failure}");
        }
    }
}
