//! Decides which writes to a log are held and written together. A frame is a header of 24 bytes and a page; the header of a commit's last frame
//! has the size of the database in its second number, else there is a 0 (SQLite's "WAL file format", section 4).

const HEADER_BYTES: usize = 24;
const SMALLEST_PAGE: usize = 512;
/// So many bytes are written at once, even if the commit goes on.
const MOST_HELD: usize = 56 * 1024;

/// How a write is to be treated.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The write is held. There is nothing to write yet.
    Held,
    /// The write is held, and everything that is held is to be written now.
    Write,
    /// Everything that is held is to be written first, and then this write by itself.
    Apart,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Header,
    Page { ends_commit: bool },
}

/// Consecutive frames of the log that are not written yet.
pub(crate) struct Frames {
    bytes: Vec<u8>,
    start: i64,
    next: Next,
    /// The commit they belong to.
    number: u64,
    /// Nothing more is held for this commit: its last frame was seen, or a write that is not a frame in SQLite's order.
    is_over: bool,
}

impl Frames {
    pub(crate) const fn new() -> Self {
        Self { bytes: Vec::new(), start: 0, next: Next::Header, number: 0, is_over: false }
    }

    /// Adds a write of `bytes` at `offset` of the log, for the commit `number`.
    pub(crate) fn add(&mut self, bytes: &[u8], offset: i64, number: u64) -> Step {
        if self.number != number {
            *self = Self { bytes: std::mem::take(&mut self.bytes), number, ..Self::new() };
            self.bytes.clear();
        }
        if self.is_over {
            return Step::Apart;
        }
        if self.bytes.is_empty() {
            self.start = offset;
            self.next = Next::Header;
        }
        let follows = offset == self.start + self.bytes.len() as i64;
        match self.next {
            Next::Header if follows && bytes.len() == HEADER_BYTES => {
                self.next = Next::Page { ends_commit: bytes[4..8] != [0; 4] };
                self.bytes.extend_from_slice(bytes);
                Step::Held
            }
            Next::Page { ends_commit }
                if follows && bytes.len() >= SMALLEST_PAGE && bytes.len().is_power_of_two() =>
            {
                self.next = Next::Header;
                self.bytes.extend_from_slice(bytes);
                // After its last frame SQLite may write headers again, with other checksums and without pages.
                self.is_over = ends_commit;
                if ends_commit || self.bytes.len() >= MOST_HELD { Step::Write } else { Step::Held }
            }
            _ => {
                self.is_over = !self.bytes.is_empty();
                Step::Apart
            }
        }
    }

    /// The bytes that are held for the commit `number`, and their offset. Bytes of another commit are left over from one that
    /// failed: they must never be written, since another connection may have written to their place.
    pub(crate) fn held(&self, number: u64) -> Option<(&[u8], i64)> {
        (self.number == number && !self.bytes.is_empty()).then_some((self.bytes.as_slice(), self.start))
    }

    /// Forgets the bytes that are held.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: [u8; 4096] = [7; 4096];
    const FRAME: i64 = 24 + 4096;

    fn header(size: u8) -> [u8; 24] {
        let mut header = [1; 24];
        header[4..8].copy_from_slice(&[0, 0, 0, size]);
        header
    }

    #[test]
    fn a_commit_is_one_write() {
        let mut frames = Frames::new();
        for (number, place) in [(1, 32), (2, 32 + 2 * FRAME)] {
            assert_eq!(frames.add(&header(0), place, number), Step::Held);
            assert_eq!(frames.add(&PAGE, place + 24, number), Step::Held);
            assert_eq!(frames.add(&header(9), place + FRAME, number), Step::Held);
            assert_eq!(frames.add(&PAGE, place + FRAME + 24, number), Step::Write);
            let (bytes, start) = frames.held(number).unwrap();
            assert_eq!((bytes.len() as i64, start), (2 * FRAME, place));
            assert_eq!(bytes[..24], header(0));
            assert_eq!(bytes[FRAME as usize..FRAME as usize + 24], header(9));
            frames.clear();
        }
    }

    #[test]
    fn headers_that_are_written_again_after_the_commit_are_not_held() {
        let mut frames = Frames::new();
        frames.add(&header(9), 32, 1);
        assert_eq!(frames.add(&PAGE, 56, 1), Step::Write);
        frames.clear();
        assert_eq!(frames.add(&header(9), 32, 1), Step::Apart);
        assert_eq!(frames.add(&header(9), 32 + FRAME, 1), Step::Apart);
    }

    #[test]
    fn what_is_no_frame_goes_apart_and_ends_it_where_something_is_held() {
        let mut frames = Frames::new();
        // The log's own header, and a page that is written over.
        assert_eq!(frames.add(&[0; 32], 0, 1), Step::Apart);
        assert_eq!(frames.add(&PAGE, 56, 1), Step::Apart);
        assert_eq!(frames.add(&header(0), 32, 1), Step::Held);
        // A page that is cut in two, for a sync in between.
        assert_eq!(frames.add(&PAGE[..4072], 56, 1), Step::Apart);
        frames.clear();
        assert_eq!(frames.add(&PAGE[..24], 56 + 4072, 1), Step::Apart);
        // A frame elsewhere.
        assert_eq!(frames.add(&header(0), 32, 2), Step::Held);
        assert_eq!(frames.add(&PAGE, 56, 2), Step::Held);
        assert_eq!(frames.add(&header(0), 32, 2), Step::Apart);
    }

    #[test]
    fn what_a_failed_commit_left_is_never_written() {
        let mut frames = Frames::new();
        frames.add(&header(0), 32, 1);
        frames.add(&PAGE, 56, 1);
        assert!(frames.held(1).is_some());
        assert!(frames.held(0).is_none() && frames.held(2).is_none());
        assert_eq!(frames.add(&header(0), 32 + FRAME, 2), Step::Held);
        assert_eq!(frames.held(2).unwrap(), (&header(0)[..], 32 + FRAME));
    }

    #[test]
    fn a_long_commit_is_written_in_pieces() {
        let mut frames = Frames::new();
        let mut pieces = 0;
        for n in 0..200 {
            assert_eq!(frames.add(&header(0), 32 + n * FRAME, 1), Step::Held);
            if frames.add(&PAGE, 56 + n * FRAME, 1) == Step::Write {
                assert!(frames.held(1).unwrap().0.len() >= MOST_HELD);
                frames.clear();
                pieces += 1;
            }
        }
        assert_eq!(pieces, 14);
    }
}
