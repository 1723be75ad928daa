//! All output to stdout, stderr and the log. Text of strangers (a receiver's answer, a message's headers, the answer of a server
//! at `--url`) must not control the reader's terminal: C0 and C1 control characters, DEL and the marks that change the
//! direction of text are escaped. No other file writes to either stream.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::borrow::Cow;
use std::fmt::{Display, Write as _};
use std::io::{self, IsTerminal, Write};

use indicatif::ProgressDrawTarget;

use crate::colour::{self, Piece};

/// Whether a terminal acts on the character instead of showing it.
fn is_control(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn escaped(text: &str, escape: impl Fn(&mut String, char)) -> Cow<'_, str> {
    if !text.chars().any(is_control) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if is_control(letter) { escape(&mut safe, letter) } else { safe.push(letter) }
    }
    Cow::Owned(safe)
}

/// Escapes text for one line.
pub fn plain(text: &str) -> Cow<'_, str> {
    escaped(text, |safe, letter| {
        // Writing into a string does not fail.
        let _ = write!(safe, "\\u{{{:x}}}", u32::from(letter));
    })
}

/// Escapes a JSON document for one line without changing its meaning: between values whitespace becomes a space, and in
/// strings a character becomes its `\u` escape.
pub fn json(text: &str) -> Cow<'_, str> {
    escaped(text, |safe, letter| {
        if matches!(letter, '\n' | '\r' | '\t') {
            safe.push(' ');
        } else {
            let _ = write!(safe, "\\u{:04x}", u32::from(letter));
        }
    })
}

/// Prints a line on stderr. Ignores errors.
pub fn say(text: impl Display) {
    let _ = writeln!(io::stderr(), "{}", plain(&text.to_string()));
}

/// Prints a question on stderr without ending the line.
pub fn ask(question: &str) {
    let mut out = io::stderr();
    let _ = write!(out, "{}", plain(question)).and_then(|()| out.flush());
}

/// The target for counters: stderr if it is a terminal, otherwise nothing.
pub fn progress() -> ProgressDrawTarget {
    if io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() }
}

/// Prints a line on stdout. False if stdout is closed.
///
/// # Errors
/// If stdout cannot be written.
pub fn print(line: impl Display) -> io::Result<bool> {
    write_stdout(&format!("{}\n", plain(&line.to_string())))
}

/// Prints lines in one write, each piece in its colour where stdout is given colours. False if stdout is closed.
///
/// # Errors
/// If stdout cannot be written.
pub fn print_pieces(lines: &[Vec<Piece>]) -> io::Result<bool> {
    let has_colour = colour::wanted(|name| std::env::var_os(name), stdout_is_terminal());
    let mut shown = String::new();
    for line in lines {
        for piece in line {
            let safe = plain(&piece.text);
            shown += &if has_colour { Cow::Owned(piece.tone.paint(&safe)) } else { safe };
        }
        shown.push('\n');
    }
    write_stdout(&shown)
}

/// Whether a person reads stdout, and no file or program.
pub fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Prints a JSON document on one line. False if stdout is closed.
///
/// # Errors
/// If stdout cannot be written.
pub fn print_json(document: &str) -> io::Result<bool> {
    write_stdout(&format!("{}\n", json(document)))
}

fn write_stdout(text: &str) -> io::Result<bool> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error),
    }
}

/// Stdout for the content of a file: unchanged, or escaped line by line if it is a terminal.
pub fn content() -> Box<dyn Write> {
    if stdout_is_terminal() {
        Box::new(Lines { out: io::stdout(), begun: Vec::new(), escape: plain })
    } else {
        Box::new(io::stdout())
    }
}

/// The writer of log lines: one write is one line.
pub fn log(as_json: bool) -> impl Fn() -> Lines<io::Stderr> {
    let escape: Escape = if as_json { json } else { plain };
    move || Lines { out: io::stderr(), begun: Vec::new(), escape }
}

type Escape = fn(&str) -> Cow<'_, str>;

/// Escapes each line before it is written.
pub struct Lines<W: Write> {
    out: W,
    begun: Vec<u8>,
    escape: Escape,
}

impl<W: Write> Lines<W> {
    fn end(&mut self, line: &[u8]) -> io::Result<()> {
        let line = format!("{}\n", (self.escape)(&String::from_utf8_lossy(line)));
        self.out.write_all(line.as_bytes())
    }
}

impl Write for Lines<io::Stdout> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.begun.extend_from_slice(bytes);
        while let Some(end) = self.begun.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.begun.drain(..=end).collect();
            self.end(&line[..end])?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.begun.is_empty() {
            let rest = std::mem::take(&mut self.begun);
            self.end(&rest)?;
        }
        self.out.flush()
    }
}

impl Write for Lines<io::Stderr> {
    /// One event of the log is one line, whatever is in it.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        self.end(event.strip_suffix(b"\n").unwrap_or(event))?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn what_steers_is_escaped_and_all_else_is_as_it_was() {
        for code in
            (0..0x20).chain(0x7f..0xa0).chain([0x61c, 0x200e, 0x200f, 0x2028, 0x2029]).chain(0x202a..0x202f)
        {
            let letter = char::from_u32(code).unwrap();
            if letter == '\u{202f}' {
                continue;
            }
            assert_eq!(plain(&format!("a{letter}b")), format!("a\\u{{{code:x}}}b"));
        }
        assert_eq!(plain("\u{2066}x\u{2069}"), "\\u{2066}x\\u{2069}");
        let harmless = "Grüße, 日本語 🦀 \u{a0}\\ \"שלום\"";
        assert_eq!((plain(harmless), json(harmless)), (harmless.into(), harmless.into()));
    }

    #[test]
    fn a_document_means_what_it_meant() {
        let text = "{\"a\":\t\"\u{7f}\u{9b}31m\u{202e}x\u{2028}\",\r\n\"b\": 1.10}";
        let safe = json(text);
        assert!(!safe.chars().any(is_control), "{safe}");
        assert!(safe.contains("1.10"));
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(read(&safe), read(text));
    }

    #[test]
    fn no_other_file_writes_to_a_stream() {
        fn look(folder: &Path) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    look(&path);
                } else if !path.ends_with("terminal.rs") {
                    let text = std::fs::read_to_string(&path).unwrap();
                    let doors =
                        ["println!", "print!", "io::stdout", "io::stderr", "stdout()", "stderr()", "dbg!"];
                    for door in doors {
                        assert!(!text.contains(door), "{}: {door}", path.display());
                    }
                }
            }
        }
        look(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    }
}
