//! An operation's answer for people: a table for a list, lines for anything else.

use std::io::{self, Write};
use std::process::ExitCode;

use serde_json::Value;

/// The fields that a list shows, in order.
pub type Columns = &'static [&'static str];

/// Prints an answer. A reader that has gone away is no failure.
pub fn print(answer: &str, columns: Columns, as_json: bool) -> ExitCode {
    let mut out = io::stdout().lock();
    let written = match serde_json::from_str(answer) {
        Ok(value) if !as_json => show(&mut out, &value, columns),
        _ => writeln!(out, "{answer}"),
    };
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("hookbridge: {error}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

fn show(out: &mut impl Write, value: &Value, columns: Columns) -> io::Result<()> {
    let items = ["data", "messages", "buckets"].iter().find_map(|name| value.get(name)?.as_array());
    match items {
        Some(items) if !columns.is_empty() => {
            table(out, items, columns)?;
            match value["next_cursor"].as_str() {
                Some(cursor) => writeln!(out, "more: --cursor {cursor}"),
                None => Ok(()),
            }
        }
        _ => lines(out, value),
    }
}

fn table(out: &mut impl Write, items: &[Value], columns: Columns) -> io::Result<()> {
    let header: Vec<String> = columns.iter().map(|name| name.to_uppercase()).collect();
    let rows = items.iter().map(|item| columns.iter().map(|name| text(&item[*name])).collect());
    let rows: Vec<Vec<String>> = std::iter::once(header).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    for row in &rows {
        let cells: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        writeln!(out, "{}", cells.join("  ").trim_end())?;
    }
    Ok(())
}

fn lines(out: &mut impl Write, value: &Value) -> io::Result<()> {
    for (name, value) in value.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null()) {
        writeln!(out, "{name}: {}", text(value))?;
    }
    Ok(())
}

/// A line of a table whose columns have these widths.
pub fn row(item: &Value, columns: &[(&str, usize)]) -> String {
    let cells = columns.iter().map(|(name, width)| format!("{:width$}", text(&item[*name])));
    cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
}

/// Prints a line. False where the reader has gone away.
pub fn line(out: &mut impl Write, line: &str) -> io::Result<bool> {
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error),
    }
}

/// A value on one line. What a stranger wrote must not steer the terminal.
pub fn text(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    text.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(value: Value, columns: Columns) -> String {
        let mut out = Vec::new();
        show(&mut out, &value, columns).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_list_is_a_table_and_says_when_there_is_more() {
        let list = json!({"data": [{"id": "a", "n": 1}, {"id": "bcd", "n": null}], "next_cursor": "x"});
        assert_eq!(shown(list, &["id", "n"]), "ID   N\na    1\nbcd\nmore: --cursor x\n");
    }

    #[test]
    fn what_steers_a_terminal_is_not_printed() {
        assert_eq!(shown(json!({"a": "\u{1b}[2Jx", "b": null}), &[]), "a: \u{fffd}[2Jx\n");
    }
}
