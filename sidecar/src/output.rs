//! Prints an operation's answer: a list as a table, anything else as lines.

use std::process::ExitCode;

use serde_json::Value;

use crate::terminal;

/// The fields that a list shows, in order.
pub type Columns = &'static [&'static str];

/// Prints an answer. A closed stdout is no failure.
pub fn print(answer: &str, columns: Columns, as_json: bool) -> ExitCode {
    let printed = match serde_json::from_str(answer) {
        Ok(value) if !as_json => {
            show(&value, columns).into_iter().try_for_each(|line| terminal::print(line).map(drop))
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

fn show(value: &Value, columns: Columns) -> Vec<String> {
    let items = ["data", "messages", "buckets"].iter().find_map(|name| value.get(name)?.as_array());
    match items {
        Some(items) if !columns.is_empty() => {
            let mut shown = table(items, columns);
            shown.extend(value["next_cursor"].as_str().map(|cursor| format!("more: --cursor {cursor}")));
            shown
        }
        _ => lines(value),
    }
}

fn table(items: &[Value], columns: Columns) -> Vec<String> {
    let header: Vec<String> = columns.iter().map(|name| name.to_uppercase()).collect();
    let rows = items.iter().map(|item| columns.iter().map(|name| text(&item[*name])).collect());
    let rows: Vec<Vec<String>> = std::iter::once(header).chain(rows).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let shown = rows.iter().map(|row| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    });
    shown.collect()
}

fn lines(value: &Value) -> Vec<String> {
    let fields = value.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    fields.map(|(name, value)| format!("{name}: {}", text(value))).collect()
}

/// One line of a table, with a width for each column.
pub fn row(item: &Value, columns: &[(&str, usize)]) -> String {
    let cells = columns.iter().map(|(name, width)| format!("{:width$}", text(&item[*name])));
    cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
}

/// A value as it is printed. Escaped here, before a table measures it.
fn text(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    terminal::plain(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shown(value: Value, columns: Columns) -> String {
        show(&value, columns).into_iter().map(|line| line + "\n").collect()
    }

    #[test]
    fn a_list_is_a_table_and_says_when_there_is_more() {
        let list = json!({"data": [{"id": "a", "n": 1}, {"id": "bcd", "n": null}], "next_cursor": "x"});
        assert_eq!(shown(list, &["id", "n"]), "ID   N\na    1\nbcd\nmore: --cursor x\n");
    }

    #[test]
    fn what_steers_a_terminal_is_not_printed() {
        assert_eq!(shown(json!({"a": "\u{1b}[2Jx", "b": null}), &[]), "a: \\u{1b}[2Jx\n");
    }
}
