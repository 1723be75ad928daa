//! Lays an answer out: a list as a table, anything else as lines.

use hookbridge_core::model::timestamp::Timestamp;
use serde_json::Value;

use super::answer::Answer;
use super::fields::{self, HEADLINE};
use super::times::Clock;
use crate::colour::{Piece, Tone};
use crate::terminal;

/// The list within an answer.
pub struct Table {
    /// The answer's field that has the items.
    pub items: &'static str,
    /// The fields of an item that are shown. Their order is decided where they are printed.
    pub columns: &'static [&'static str],
}

/// A line of pieces.
pub type Line = Vec<Piece>;

/// The fields of a page that are not its content.
const OF_PAGES: &[&str] = &["has_more", "next_cursor"];

pub fn answer(answer: &Answer, list: Option<&Table>, clock: Clock) -> Vec<Line> {
    let found = list.and_then(|list| Some((list, answer.field(list.items).items()?)));
    let (Some((list, items)), Answer::Fields(beside)) = (found, answer) else {
        return lines(answer, clock);
    };
    let mut shown = table(items, list.columns, clock);
    let is_beside = |name: &str| name != list.items && !OF_PAGES.contains(&name);
    let beside = beside.iter().filter(|(name, _)| is_beside(name)).cloned().collect();
    shown.extend(lines(&Answer::Fields(beside), clock));
    let cursor = answer.field("next_cursor").text();
    shown.extend(cursor.map(|cursor| vec![Piece::plain(format!("more: --cursor {cursor}"))]));
    shown
}

/// One line of a list that is printed item by item, with a width for each column.
pub fn row(item: &Answer, columns: &[(&str, usize)], clock: Clock) -> Line {
    let width = |name: &str| columns.iter().find(|(known, _)| *known == name).map_or(0, |(_, width)| *width);
    let names = fields::ordered(columns.iter().map(|(name, _)| *name));
    let cells = names.iter().map(|name| (cell(name, item.field(name), clock), width(name)));
    joined(cells.collect())
}

fn table(items: &[Answer], columns: &[&str], clock: Clock) -> Vec<Line> {
    let names = fields::ordered(columns.iter().copied());
    let header: Vec<Piece> =
        names.iter().map(|name| Piece::new(terminal::plain(&name.to_uppercase()), Tone::Name)).collect();
    let rows =
        items.iter().map(|item| names.iter().map(|name| cell(name, item.field(name), clock)).collect());
    let rows: Vec<Vec<Piece>> = std::iter::once(header).chain(rows).collect();
    let widths: Vec<usize> = (0..names.len())
        .map(|column| rows.iter().map(|row| row[column].text.chars().count()).max().unwrap_or(0))
        .collect();
    rows.into_iter().map(|row| joined(row.into_iter().zip(widths.iter().copied()).collect())).collect()
}

/// Cells side by side, each filled up to its width but for what would end the line.
fn joined(cells: Vec<(Piece, usize)>) -> Line {
    let end = cells.iter().rposition(|(cell, _)| !cell.text.is_empty()).map_or(0, |last| last + 1);
    let mut line = Vec::with_capacity(2 * end);
    for (place, (cell, width)) in cells.into_iter().take(end).enumerate() {
        let missing = width.saturating_sub(cell.text.chars().count());
        line.push(cell);
        if place + 1 < end {
            line.push(Piece::plain(" ".repeat(missing + 2)));
        }
    }
    line
}

fn lines(answer: &Answer, clock: Clock) -> Vec<Line> {
    let headline = answer.field(HEADLINE).text();
    let mut shown = Vec::new();
    if let Some(sentence) = headline {
        shown.push(vec![Piece::plain(terminal::plain(sentence))]);
        shown.push(Vec::new());
    }
    shown.extend(of_fields(answer, headline, clock));
    shown
}

/// A line for each field that has a value; what has fields of its own comes last, indented.
fn of_fields(answer: &Answer, said: Option<&str>, clock: Clock) -> Vec<Line> {
    let Answer::Fields(all) = answer else { return Vec::new() };
    let is_one = |value: &Answer| match value {
        Answer::One(_) => true,
        Answer::Several(items) => items.iter().all(|item| matches!(item, Answer::One(_))),
        Answer::Fields(fields) => fields.is_empty(),
    };
    let has_value = |name: &&str| {
        let value = answer.field(name);
        *value != Answer::One(Value::Null) && (value.text().is_none() || value.text() != said)
    };
    let names = fields::ordered(all.iter().map(|(name, _)| name.as_str())).into_iter().filter(has_value);
    let (simple, nested): (Vec<&str>, Vec<&str>) = names.partition(|name| is_one(answer.field(name)));
    let name_of = |name: &str| Piece::new(format!("{}:", terminal::plain(name)), Tone::Name);
    let mut shown = Vec::new();
    for name in simple {
        shown.push(vec![name_of(name), Piece::plain(" "), value(name, answer.field(name), clock)]);
    }
    for name in nested {
        shown.push(vec![name_of(name)]);
        let inner = match answer.field(name) {
            Answer::Several(items) => inner_table(items, said, clock),
            Answer::Fields(given) if fields::is_headers(name) => given
                .iter()
                .map(|(name, value)| vec![name_of(name), Piece::plain(format!(" {}", words(value)))])
                .collect(),
            other => of_fields(other, said, clock),
        };
        shown.extend(inner.into_iter().map(|line| [vec![Piece::plain("  ")], line].concat()));
    }
    shown
}

/// A list within an answer: the columns that some item has something in. What was said already is not said again.
fn inner_table(items: &[Answer], said: Option<&str>, clock: Clock) -> Vec<Line> {
    let mut columns: Vec<&str> = Vec::new();
    let items: Vec<Answer> = items
        .iter()
        .map(|item| match item {
            Answer::Fields(fields) => Answer::Fields(
                fields.iter().filter(|(_, value)| said.is_none() || value.text() != said).cloned().collect(),
            ),
            other => other.clone(),
        })
        .collect();
    for item in &items {
        let Answer::Fields(fields) = item else { continue };
        for (name, value) in fields {
            if *value != Answer::One(Value::Null) && !columns.contains(&name.as_str()) {
                columns.push(name);
            }
        }
    }
    table(&items, &columns, clock)
}

/// A field's value in a table.
fn cell(name: &str, value: &Answer, clock: Clock) -> Piece {
    match moment(name, value) {
        Some(moment) => Piece::plain(clock.short(moment)),
        None => plain(name, value),
    }
}

/// A field's value in a line of its own.
fn value(name: &str, value: &Answer, clock: Clock) -> Piece {
    match (moment(name, value), value) {
        (Some(moment), _) => Piece::plain(clock.long(moment)),
        (None, Answer::Several(items)) if items.is_empty() => Piece::plain("none"),
        (None, Answer::Fields(fields)) if fields.is_empty() => Piece::plain("none"),
        (None, value) => plain(name, value),
    }
}

fn moment(name: &str, value: &Answer) -> Option<Timestamp> {
    value.text().filter(|_| fields::is_moment(name)).and_then(Timestamp::parse)
}

/// A value as it is. Escaped here, before a table measures it.
fn plain(name: &str, value: &Answer) -> Piece {
    let tone = match value {
        Answer::One(value) => fields::tone(name, value),
        _ => Tone::Plain,
    };
    Piece::new(terminal::plain(&words(value)), tone)
}

fn words(value: &Answer) -> String {
    match value {
        Answer::One(Value::Null) => String::new(),
        Answer::One(Value::String(text)) => text.clone(),
        Answer::One(Value::Number(number)) if number.is_f64() => {
            let thousandths = (number.as_f64().unwrap_or_default() * 1000.0).round();
            (thousandths / 1000.0).to_string()
        }
        Answer::One(other) => other.to_string(),
        Answer::Several(items) => items.iter().map(words).collect::<Vec<_>>().join(", "),
        Answer::Fields(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("{name}: {}", words(value)));
            fields.collect::<Vec<_>>().join(", ")
        }
    }
}
