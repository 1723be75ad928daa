//! Prints an operation's answer: a list as a table, anything else as lines.

mod answer;
mod fields;
mod layout;
mod times;

use std::process::ExitCode;

use clap::Args;
use serde_json::Value;

use crate::terminal;
use answer::Answer;
use layout::Line;
pub use layout::Table;
pub use times::Clock;
use times::Times;

/// How answers are printed.
#[derive(Clone, Copy, Debug, Args)]
pub struct Form {
    /// Print JSON instead of a table.
    #[arg(long, global = true, help_heading = "Outbox")]
    pub json: bool,
    /// How times are shown in tables and lines.
    #[arg(
        long,
        env = "HOOKBRIDGE_TIMES",
        value_name = "FORM",
        default_value = "auto",
        global = true,
        help_heading = "Outbox"
    )]
    times: Times,
}

impl Form {
    /// The clock for what is printed now.
    pub fn clock(self) -> Clock {
        Clock::new(self.times)
    }
}

/// Prints an answer. A closed stdout is no failure.
pub fn print(answer: &str, list: Option<&Table>, form: Form) -> ExitCode {
    let printed = match serde_json::from_str::<Answer>(answer) {
        Ok(read) if !form.json => {
            terminal::print_pieces(&layout::answer(&read, list, form.clock())).map(drop)
        }
        Ok(_) => terminal::print_json(answer).map(drop),
        // Not JSON: the answer is not from a HookBridge server.
        Err(_) => terminal::print(answer).map(drop),
    };
    match printed {
        Err(error) => {
            terminal::say(format_args!("hookbridge: {error}"));
            ExitCode::FAILURE
        }
        Ok(()) => ExitCode::SUCCESS,
    }
}

/// One line of a list that is printed item by item, with a width for each column. Its times are absolute: the line stays on
/// the screen while time passes.
pub fn row(item: &Value, columns: &[(&str, usize)]) -> Line {
    layout::row(&Answer::from(item), columns, Clock::absolute())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(value: Value, list: Option<&Table>) -> String {
        let lines = layout::answer(&Answer::from(&value), list, Clock::absolute());
        let text = |line: Line| line.into_iter().map(|piece| piece.text).collect::<String>() + "\n";
        lines.into_iter().map(text).collect()
    }

    const DATA: Table = Table { items: "data", columns: &["n", "created_at", "id"] };

    #[test]
    fn a_list_is_a_table_and_says_when_there_is_more() {
        let list = json!({"data": [{"id": "a", "n": 1}, {"id": "bcd", "n": null}], "has_more": true, "next_cursor": "x"});
        assert_eq!(
            shown(list, Some(&DATA)),
            "ID   CREATED_AT  N\na                1\nbcd\nmore: --cursor x\n"
        );
    }

    #[test]
    fn what_stands_beside_a_list_is_said_too() {
        let list = json!({"data": [], "read": 3, "has_more": false});
        assert_eq!(shown(list, Some(&DATA)), "ID  CREATED_AT  N\nread: 3\n");
    }

    #[test]
    fn an_answer_without_its_list_is_shown_as_lines() {
        assert_eq!(shown(json!({"data": "soon"}), Some(&DATA)), "data: soon\n");
    }

    #[test]
    fn lines_have_the_order_of_a_person_and_what_is_nested_comes_last() {
        let answer = json!({
            "attempt": {"note": null, "id": "x", "headers": {"A": "1"}},
            "cursor": [], "refused": {}, "delivered": true, "message_id": "m", "words": ["a", "b"],
        });
        assert_eq!(
            shown(answer, None),
            "message_id: m\ndelivered: true\nrefused: none\ncursor: none\nwords: a, b\n\
             attempt:\n  id: x\n  headers:\n    A: 1\n"
        );
    }

    #[test]
    fn a_sentence_comes_first_and_is_said_once() {
        let reasons = json!([{"cause": "due", "sentence": "It is due.", "until": null},
            {"cause": "behind", "sentence": "Two are before it.", "until": "2026-01-02T03:04:05.678Z"}]);
        let answer = json!({"message_id": "m", "sentence": "It is due.", "reasons": reasons});
        assert_eq!(
            shown(answer, None),
            "It is due.\n\nmessage_id: m\nreasons:\n  CAUSE   SENTENCE            UNTIL\n  due\n  \
             behind  Two are before it.  2026-01-02T03:04:05.678Z\n"
        );
    }

    #[test]
    fn what_steers_a_terminal_is_not_printed() {
        let steering = json!({"a\u{1b}": "\u{1b}[2Jx", "b": null, "c": [{"d\u{9b}": "\u{202e}"}]});
        assert_eq!(shown(steering, None), "a\\u{1b}: \\u{1b}[2Jx\nc:\n  D\\u{9b}\n  \\u{202e}\n");
    }
}
