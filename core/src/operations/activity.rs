//! What callers with an API key changed (docs/contract.md#activity). It is noted after the change, in a transaction of its own: a
//! process that is killed between the two leaves the change without its note.

use serde_json::{Map, Value};

use super::Page;
use super::authentication::KeyHolder;
use super::context::Context;
use super::definition::request::request;
use super::definition::{self, Kind, Operation};
use super::paging::{checked_limit, read_cursor};
use crate::error::Result;
use crate::model::activity::Activity;
use crate::model::timestamp::Timestamp;
use crate::outbox::page::Listed;

/// The most activities of one page.
pub const ACTIVITY_LIMIT: usize = 500;
const ACTIVITY_DEFAULT: usize = 50;

/// Fields of requests that [`Activity`] has by themselves, or that say nothing about what was changed.
const TOLD_ELSEWHERE: &[&str] =
    &["endpoint_id", "message_id", "message_ids", "dry_run", "cursor", "direction"];
/// Fields of answers that count what was changed.
const COUNTS: &[&str] = &["replayed", "cancelled", "deleted", "deleted_count"];
/// What stands for a value that is not kept.
const LEFT_OUT: &str = "…";

request! {
    /// What `activity.list` takes.
    #[derive(Clone, Debug, Default)]
    pub struct ListActivity {
        /// 1 to 500, 50 where absent.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(range(min = 1, max = ACTIVITY_LIMIT)))]
        pub limit: Option<i64>,
        /// The `next_cursor` of the page before.
        #[serde(default)]
        #[cfg_attr(feature = "schema", schemars(with = "Option<crate::model::schema::Cursor>"))]
        pub cursor: Option<String>,
    }
}

pub(crate) fn list(context: &Context, request: ListActivity) -> Result<Page<Activity>> {
    let limit = checked_limit(request.limit, ACTIVITY_DEFAULT, ACTIVITY_LIMIT)?;
    let after = read_cursor(request.cursor.as_deref(), Listed::Activities)?;
    let (data, next) = context.reading().activities(after, limit)?;
    let next_cursor = next.map(|next| next.encode(Listed::Activities));
    Ok(Page { data, has_more: next_cursor.is_some(), next_cursor })
}

/// Runs an operation for a caller with an API key, and notes what it changed.
pub(crate) fn call(context: &Context, holder: &KeyHolder, name: &str, request: &str) -> Result<String> {
    let noted = definition::named(name).filter(|operation| operation.is_noted());
    let Some(operation) = noted else {
        return match name {
            "exports.download" => super::exports::link(context, request),
            _ => super::call(context, name, request),
        };
    };
    // Before it runs: a caller may delete his own key.
    let (api_key_label, api_key_prefix) = context.keys.label_and_prefix(&holder.key_id).unwrap_or_default();
    let answer = super::call(context, name, request)?;
    let Some(told) = told(operation, request, &answer) else { return Ok(answer) };
    let activity = Activity {
        activity_id: 0,
        occurred_at: Timestamp::now(),
        operation: operation.name.to_owned(),
        api_key_id: holder.key_id,
        api_key_label,
        api_key_prefix,
        endpoint_id: told.text("endpoint_id").or(told.text("id")).and_then(|id| id.parse().ok()),
        message_id: told.text("message_id").and_then(|id| id.parse().ok()),
        affected: told.affected,
        detail: told.detail(operation),
    };
    note(context, activity);
    Ok(answer)
}

/// The operation by which the console shows an endpoint's headers in the clear.
const REVEAL: &str = "endpoints.reveal";

/// Notes that a caller was shown an endpoint's headers in the clear.
pub(crate) fn note_reveal(context: &Context, holder: &KeyHolder, endpoint_id: &str) -> Result<()> {
    let (api_key_label, api_key_prefix) = context.keys.label_and_prefix(&holder.key_id).unwrap_or_default();
    context.outbox.add_activity(Activity {
        activity_id: 0,
        occurred_at: Timestamp::now(),
        operation: REVEAL.to_owned(),
        api_key_id: holder.key_id,
        api_key_label,
        api_key_prefix,
        endpoint_id: endpoint_id.parse().ok(),
        message_id: None,
        affected: 1,
        detail: None,
    })
}

/// Adds an activity. What it tells of has happened already, so a failure is only logged.
fn note(context: &Context, activity: Activity) {
    let operation = activity.operation.clone();
    if let Err(error) = context.outbox.add_activity(activity) {
        tracing::warn!(target: "hookbridge::operations", operation, %error, "an activity was not noted");
    }
}

/// A request that changed something, and what its answer says of that.
struct Told {
    request: Map<String, Value>,
    answer: Value,
    affected: u64,
}

/// None for a call that only asked what would happen.
fn told(operation: &Operation, request: &str, answer: &str) -> Option<Told> {
    let answer: Value = serde_json::from_str(answer).unwrap_or_default();
    if answer["dry_run"] == true {
        return None;
    }
    let request = serde_json::from_str(request).unwrap_or_default();
    let affected = COUNTS.iter().find_map(|name| answer[*name].as_u64());
    debug_assert!(operation.is_noted());
    Some(Told { request, affected: affected.unwrap_or(1), answer })
}

impl Told {
    fn text(&self, name: &str) -> Option<&str> {
        self.request.get(name).or(self.answer.get(name))?.as_str()
    }

    fn detail(&self, operation: &Operation) -> Option<String> {
        let fields = (operation.fields)()
            .into_iter()
            .filter(|field| field.kind != Kind::Caller && !TOLD_ELSEWHERE.contains(&field.name));
        let mut detail = Map::new();
        for field in fields {
            let Some(value) = self.request.get(field.name).filter(|value| !value.is_null()) else { continue };
            // Payloads and headers may hold secrets, and are large.
            let value = if field.kind == Kind::Json { Value::from(LEFT_OUT) } else { value.clone() };
            detail.insert(field.name.to_owned(), value);
        }
        (!detail.is_empty()).then(|| Value::Object(detail).to_string())
    }
}
