//! What is coloured, and whether a stream is given colours at all.

use std::ffi::OsString;

/// What a piece of text means to a person; a terminal shows it as a colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Plain,
    /// What names the values: headers of tables, names of fields.
    Name,
    Good,
    /// Nothing is lost, and something is still to happen.
    Waiting,
    Bad,
}

/// A part of a line. Its text is a stranger's until `terminal` has escaped it; the colour comes after that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    pub text: String,
    pub tone: Tone,
}

impl Piece {
    pub fn new(text: impl Into<String>, tone: Tone) -> Self {
        Self { text: text.into(), tone }
    }

    pub fn plain(text: impl Into<String>) -> Self {
        Self::new(text, Tone::Plain)
    }
}

impl Tone {
    /// The text in this tone's colour. Every terminal that has colours knows these codes.
    pub fn paint(self, text: &str) -> String {
        let code = match self {
            Self::Plain => return text.to_owned(),
            Self::Name => 2,
            Self::Good => 32,
            Self::Waiting => 33,
            Self::Bad => 31,
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

/// Whether a stream is given colours, from the variables that people set for all their programs (no-color.org,
/// bixense.com/clicolors): a refusal wins, then a demand, then what the terminal can do.
pub fn wanted(variable: impl Fn(&str) -> Option<OsString>, is_terminal: bool) -> bool {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    if set("NO_COLOR").is_some() {
        return false;
    }
    if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
        return true;
    }
    is_terminal && set("TERM").is_some_and(|name| name != "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_wins_over_a_demand_and_a_demand_over_the_terminal() {
        let given = |variables: &'static [(&str, &str)], is_terminal| {
            let variable = |name: &str| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| OsString::from(value))
            };
            wanted(variable, is_terminal)
        };
        assert!(given(&[("TERM", "xterm")], true));
        assert!(!given(&[("TERM", "xterm")], false), "a pipe or a file");
        assert!(!given(&[("TERM", "dumb")], true) && !given(&[], true));
        assert!(!given(&[("TERM", "xterm"), ("NO_COLOR", "1")], true));
        assert!(given(&[("TERM", "xterm"), ("NO_COLOR", "")], true), "empty is not set");
        assert!(given(&[("CLICOLOR_FORCE", "1")], false) && !given(&[("CLICOLOR_FORCE", "0")], false));
        assert!(!given(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], true));
    }
}
