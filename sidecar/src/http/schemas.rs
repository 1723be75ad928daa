//! The shapes of what operations take and answer, for the OpenAPI document. A test holds their fields to
//! those that the operations' own types read and write.

use serde_json::{Map, Value, json};

/// Each shape by name: its fields with their types. `?` behind a name means that it may be absent, behind a type
/// that it may be null; `[x]` is an array of `x`, and a capital letter begins another shape.
#[rustfmt::skip]
const SHAPES: &[(&str, &str)] = &[
    ("Meta", "request_id:string"),
    ("PageMeta", "request_id:string has_more:boolean next_cursor:string?"),

    ("SendRequest", "endpoint_id:string payload:any headers?:map? idempotency_key?:string? retention_hours?:integer?"),
    ("SendReceipt", "message_id:string status:string"),

    ("CreateEndpoint", "url:string description?:string? rate_limit_rps?:integer? burst?:integer? headers?:map? retry_schedule?:any max_attempts?:integer?"),
    ("CreatedEndpoint", "id:string url:string description:string? signing_key_id:string signing_secret:string key_hint:string created_at:time"),
    ("EndpointSummary", "id:string url:string description:string? paused:boolean created_at:time"),
    ("Endpoint", "id:string url:string description:string? rate_limit_rps:integer? burst:integer? headers:map? retry_schedule:any max_attempts:integer? paused:boolean created_at:time updated_at:time"),
    ("UpdateEndpoint", "url?:string? description?:string? rate_limit_rps?:integer? burst?:integer? headers?:map? retry_schedule?:any max_attempts?:integer?"),
    ("UpdatedEndpoint", "id:string url:string description:string? rate_limit_rps:integer? burst:integer? headers:map? retry_schedule:any max_attempts:integer? paused:boolean created_at:time updated_at:time updated:boolean"),
    ("PausedEndpoint", "id:string paused:boolean messages_requeued?:integer"),
    ("SigningKey", "id:string key_hint:string created_at:time"),
    ("NewSigningKey", "id:string signing_secret:string key_hint:string created_at:time"),

    ("Message", "id:string project_id:string endpoint_id:string status:string attempt_count:integer replay_count:integer content_type:string size_bytes:integer payload_sha256:string created_at:time updated_at:time idempotency_key:string? next_attempt_at:time? last_error:string? response_status:integer? response_latency_ms:integer? first_attempt_at:time? delivered_at:time? failed_at:time? queue_wait_ms:integer? total_delivery_ms:integer? payload_expires_at:time? deleted_at:time? deleted_by_api_key_id:string?"),
    ("ChangedMessage", "message_id:string id:string project_id:string endpoint_id:string status:string attempt_count:integer replay_count:integer content_type:string size_bytes:integer payload_sha256:string created_at:time updated_at:time idempotency_key:string? next_attempt_at:time? last_error:string? response_status:integer? response_latency_ms:integer? first_attempt_at:time? delivered_at:time? failed_at:time? queue_wait_ms:integer? total_delivery_ms:integer? payload_expires_at:time? deleted_at:time? deleted_by_api_key_id:string?"),
    ("Attempt", "id:string attempt_no:integer created_at:time response_status:integer? response_latency_ms:integer? processing_ms:integer? error_text:string? response_headers:map? retry_type:string? retry_after_seconds:integer? resolved_ip:string? request_headers:map? dns_ms:integer? tcp_connect_ms:integer? tls_handshake_ms:integer? ttfb_ms:integer? transfer_ms:integer? conn_reused:boolean? response_body:string? response_body_truncated:boolean?"),
    ("MessageIds", "message_ids:[string]"),
    ("ReplayedAll", "replayed:integer failed:integer stuck:integer replayed_message_ids:[string] stuck_message_ids:[string]"),
    ("ReplayResult", "message_id:string status:string error?:string"),
    ("ReplayedBatch", "replayed:integer failed:integer stuck:integer results:[ReplayResult]"),
    ("DeletedMessage", "message_id:string deleted_at:time already_deleted:boolean"),
    ("DeleteResult", "message_id:string outcome:string deleted_at?:time"),
    ("DeletedBatch", "results:[DeleteResult] deleted_count:integer already_deleted_count:integer not_found_count:integer"),
    ("DeletedAll", "deleted:integer deleted_message_ids:[string]"),
    ("MessageSummary", "message_id:string endpoint:string status:string attempt_count:integer created_at:time delivered_at:time? failed_at:time? next_attempt_at:time? response_status:integer? response_latency_ms:integer? last_error:string? deleted_at:time?"),
    ("DeadLetters", "messages:[MessageSummary] has_more:boolean next_cursor:string?"),

    ("Metrics", "window:string total_messages:integer succeeded:integer failed:integer retries:integer success_rate:number avg_latency_ms:integer"),
    ("Bucket", "timestamp:time succeeded:integer failed:integer retrying:integer total:integer avg_latency_ms:integer"),
    ("Timeseries", "window:string buckets:[Bucket]"),

    ("ApiKey", "key_id:string label:string prefix:string created_at:time last_used_at:time?"),
    ("NewApiKey", "key_id:string key:string prefix:string label:string created_at:time"),
    ("CreateApiKey", "label?:string? mode?:string?"),

    ("CreateExport", "start_time:time end_time:time status?:string? endpoint_id?:string? direction?:string?"),
    ("Export", "id:string project_id:string status:string filter_start_time:time filter_end_time:time created_at:time filter_status?:string? filter_endpoint_id?:string? direction?:string row_count?:integer? file_size_bytes?:integer? error_message?:string? started_at?:time? completed_at?:time? expires_at?:time?"),

    ("Deliverer", "pid:integer this_engine:boolean since:time"),
    ("Stats", "queued:integer in_flight:integer waiting_for_retry:integer dead:integer oldest_due_age_seconds:number? deliverer:any bytes_on_disk:integer"),

    ("Actors", "users?:any api_keys?:any"),
];

/// A reference to a shape.
pub fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// Every shape that `document` refers to, and those that they refer to, as JSON schemas.
pub fn referred(document: &Value) -> Map<String, Value> {
    let mut found = Map::new();
    let mut text = document.to_string();
    loop {
        let is_new = |name: &str| !found.contains_key(name) && text.contains(&reference(name).to_string());
        let Some((name, fields)) = SHAPES.iter().find(|(name, _)| is_new(name)) else { return found };
        let schema = object(fields);
        text.push_str(&schema.to_string());
        found.insert((*name).to_owned(), schema);
    }
}

fn object(fields: &str) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for field in fields.split_ascii_whitespace() {
        let (name, kind) = field.split_once(':').unwrap_or((field, "any"));
        let present = name.trim_end_matches('?');
        if present == name {
            required.push(Value::from(name));
        }
        properties.insert(present.to_owned(), typed(kind));
    }
    json!({"type": "object", "required": required, "properties": properties})
}

fn typed(kind: &str) -> Value {
    if let Some(kind) = kind.strip_suffix('?') {
        let mut schema = typed(kind);
        schema["type"] = json!([schema["type"], "null"]);
        return schema;
    }
    if let Some(items) = kind.strip_prefix('[').and_then(|kind| kind.strip_suffix(']')) {
        return json!({"type": "array", "items": typed(items)});
    }
    match kind {
        "any" => json!({}),
        "time" => json!({"type": "string", "format": "date-time"}),
        "map" => json!({"type": "object", "additionalProperties": {"type": "string"}}),
        shape if shape.starts_with(|letter: char| letter.is_ascii_uppercase()) => reference(shape),
        plain => json!({"type": plain}),
    }
}

#[cfg(test)]
mod tests;
