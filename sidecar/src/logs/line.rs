//! One line of the log. A span names what its lines are about, and an event often says that again for collectors: in a line each
//! thing stands once.

use std::fmt::{self, Write};

use hookbridge_core::model::timestamp::Timestamp;
use serde_json::{Map, Value, json};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{FormatEvent, FormatFields, JsonFields, Writer};
use tracing_subscriber::fmt::time::{FormatTime, SystemTime};
use tracing_subscriber::fmt::{FmtContext, FormattedFields};
use tracing_subscriber::registry::LookupSpan;

use crate::serve_flags::LogFormat;

/// The field that has the event's sentence.
const SENTENCE: &str = "message";
/// How long something took: a number for collectors, a duration for people.
const TOOK: &str = "milliseconds";
/// What is only for collectors of spans begins with this.
const FOR_COLLECTORS: &str = "otel.";

/// Writes events in a format.
pub struct Line {
    pub format: LogFormat,
}

/// What an event says, and the spans that it happened in, the outermost first.
struct Said {
    fields: Vec<(&'static str, Value)>,
    spans: Vec<(&'static str, Map<String, Value>)>,
}

impl<S> FormatEvent<S, JsonFields> for Line
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    JsonFields: for<'writer> FormatFields<'writer>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, JsonFields>,
        mut out: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let spans = context.event_scope().into_iter().flat_map(|scope| scope.from_root());
        let spans = spans.map(|span| {
            let extensions = span.extensions();
            let written = extensions.get::<FormattedFields<JsonFields>>();
            let read = written.and_then(|written| serde_json::from_str(&written.fields).ok());
            (span.name(), read.unwrap_or_default())
        });
        let said = Said { fields: fields.0, spans: spans.collect() }.once();
        let metadata = event.metadata();
        match self.format {
            LogFormat::Text => {
                write!(out, "{} {:>5} {}:", Timestamp::now(), metadata.level(), metadata.target())?;
                said.text(&mut out)?;
            }
            LogFormat::Json => {
                let mut time = String::new();
                SystemTime.format_time(&mut Writer::new(&mut time))?;
                write!(out, r#"{{"timestamp":{},"level":"{}""#, json!(time), metadata.level())?;
                said.json(metadata.target(), &mut out)?;
            }
        }
        writeln!(out)
    }
}

impl Said {
    /// Without what a span says and its event, or a span within it, says too.
    fn once(mut self) -> Self {
        let mut seen: Vec<(String, Value)> =
            self.fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        for (_, fields) in self.spans.iter_mut().rev() {
            fields.retain(|name, value| !seen.iter().any(|(known, said)| known == name && said == value));
            seen.extend(fields.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
        self
    }

    /// The sentence, what belongs to it, and what it is about.
    fn text(&self, out: &mut impl Write) -> fmt::Result {
        if let Some((_, Value::String(sentence))) = self.fields.iter().find(|(name, _)| *name == SENTENCE) {
            write!(out, " {sentence}")?;
        }
        for (name, value) in self.fields.iter().filter(|(name, _)| *name != SENTENCE) {
            match value.as_f64() {
                Some(milliseconds) if *name == TOOK => write!(out, " took={}", duration(milliseconds))?,
                _ => write!(out, " {name}={}", word(value))?,
            }
        }
        let mut named: Vec<&str> = self.fields.iter().map(|(name, _)| *name).collect();
        for (span, fields) in self.spans.iter().rev() {
            for (name, value) in fields.iter().filter(|(name, _)| !name.starts_with(FOR_COLLECTORS)) {
                // Another value under the same name, as the id of a call within a request: the span tells them apart.
                if named.contains(&name.as_str()) {
                    write!(out, " {span}.{name}={}", word(value))?;
                } else {
                    write!(out, " {name}={}", word(value))?;
                    named.push(name);
                }
            }
        }
        Ok(())
    }

    /// The rest of the object that the line is.
    fn json(self, target: &str, out: &mut impl Write) -> fmt::Result {
        for (name, value) in &self.fields {
            write!(out, ",{}:{value}", json!(name))?;
        }
        write!(out, r#","target":{}"#, json!(target))?;
        if !self.spans.is_empty() {
            let spans = self.spans.into_iter().map(|(name, mut fields)| {
                fields.insert("name".to_owned(), json!(name));
                Value::Object(fields)
            });
            write!(out, r#","spans":{}"#, Value::Array(spans.collect()))?;
        }
        out.write_char('}')
    }
}

/// A value that cannot be taken for another field.
fn word(value: &Value) -> String {
    match value {
        Value::String(text) => {
            let is_one_word = !text.is_empty()
                && !text.contains(|letter: char| letter.is_whitespace() || "\"=".contains(letter));
            if is_one_word { text.clone() } else { format!("{text:?}") }
        }
        Value::Number(number) if number.is_f64() => {
            format!("{}", (number.as_f64().unwrap_or_default() * 1000.0).round() / 1000.0)
        }
        other => other.to_string(),
    }
}

/// Three digits say enough.
fn duration(milliseconds: f64) -> String {
    let digits = |value: f64| match value {
        ..9.995 => 2,
        ..99.95 => 1,
        _ => 0,
    };
    if milliseconds < 999.5 {
        return format!("{milliseconds:.*}ms", digits(milliseconds));
    }
    let seconds = milliseconds / 1000.0;
    format!("{seconds:.*}s", digits(seconds))
}

/// The fields of an event.
#[derive(Default)]
struct Fields(Vec<(&'static str, Value)>);

impl Fields {
    fn add(&mut self, field: &Field, value: Value) {
        self.0.push((field.name(), value));
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.add(field, format!("{value:?}").into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, value.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said() -> Said {
        let span = |fields: Value| fields.as_object().cloned().unwrap();
        Said {
            fields: vec![
                ("message", json!("answered")),
                ("request_id", json!("r")),
                ("milliseconds", json!(1.475)),
                ("error", json!("two words")),
            ],
            spans: vec![
                ("request", span(json!({"otel.kind": "server", "request_id": "r", "route": "/"}))),
                ("operation", span(json!({"request_id": "other", "route": "/", "operation": "stats"}))),
            ],
        }
        .once()
    }

    #[test]
    fn each_thing_stands_once_and_nothing_is_lost() {
        let mut line = String::new();
        said().text(&mut line).unwrap();
        assert_eq!(
            line,
            " answered request_id=r took=1.48ms error=\"two words\" operation=stats operation.request_id=other route=/"
        );
    }

    #[test]
    fn a_line_of_json_has_every_field_once() {
        let mut line = "{\"a\":1".to_owned();
        said().json("t", &mut line).unwrap();
        let read: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            read,
            json!({"a": 1, "message": "answered", "request_id": "r", "milliseconds": 1.475, "error": "two words", "target": "t",
                "spans": [{"name": "request", "otel.kind": "server"},
                    {"name": "operation", "operation": "stats", "request_id": "other", "route": "/"}]})
        );
    }

    #[test]
    fn a_duration_has_three_digits() {
        for (milliseconds, shown) in [
            (0.0, "0.00ms"),
            (1.475294, "1.48ms"),
            (14.84, "14.8ms"),
            (148.4, "148ms"),
            (999.6, "1.00s"),
            (75_000.0, "75.0s"),
        ] {
            assert_eq!(duration(milliseconds), shown);
        }
    }

    #[test]
    fn a_value_is_not_taken_for_another_field() {
        assert_eq!(word(&json!("a status=200")), "\"a status=200\"");
        assert_eq!(word(&json!("")), "\"\"");
        assert_eq!(
            (word(&json!("/v1")), word(&json!(0.1 + 0.2)), word(&json!(7))),
            ("/v1".into(), "0.3".into(), "7".into())
        );
    }
}
