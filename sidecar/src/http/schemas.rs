//! The shapes of what operations take and answer, for the OpenAPI document. A test holds their fields to
//! those that the operations' own types read and write.

pub mod kinds;

use serde_json::{Map, Value, json};

/// Each shape by name: its fields with their types. `?` behind a name means that it may be absent, behind a type
/// that it may be null; `[x]` is an array of `x`, and a capital letter begins another shape. All else is a kind.
#[rustfmt::skip]
const SHAPES: &[(&str, &str)] = &[
    ("Meta", "request_id:string"),
    ("PageMeta", "request_id:string has_more:boolean next_cursor:string?"),

    ("SendRequest", "endpoint_id:endpoint_id payload:any headers?:message_headers? idempotency_key?:idempotency_key? retention_hours?:hours?"),
    ("SendReceipt", "message_id:uuid status:status"),

    ("CreateEndpoint", "url:url description?:description? rate_limit_rps?:rps? burst?:burst? headers?:endpoint_headers? retry_schedule?:schedule max_attempts?:attempts?"),
    ("CreatedEndpoint", "id:endpoint_id url:url description:description? signing_key_id:signing_key_id signing_secret:secret key_hint:hint created_at:time"),
    ("EndpointSummary", "id:endpoint_id url:url description:description? paused:boolean created_at:time"),
    ("Endpoint", "id:endpoint_id url:url description:description? rate_limit_rps:rps? burst:burst? headers:endpoint_headers? retry_schedule:schedule max_attempts:attempts? paused:boolean created_at:time updated_at:time"),
    ("UpdateEndpoint", "url?:url? description?:description? rate_limit_rps?:rps? burst?:burst? headers?:endpoint_headers? retry_schedule?:schedule max_attempts?:attempts?"),
    ("UpdatedEndpoint", "id:endpoint_id url:url description:description? rate_limit_rps:rps? burst:burst? headers:endpoint_headers? retry_schedule:schedule max_attempts:attempts? paused:boolean created_at:time updated_at:time updated:boolean"),
    ("PausedEndpoint", "id:endpoint_id paused:boolean messages_requeued?:count"),
    ("SigningKey", "id:signing_key_id key_hint:hint created_at:time"),
    ("NewSigningKey", "id:signing_key_id signing_secret:secret key_hint:hint created_at:time"),

    ("Message", "id:uuid project_id:string endpoint_id:endpoint_id status:status attempt_count:count replay_count:count content_type:string size_bytes:count payload_sha256:sha256 created_at:time updated_at:time idempotency_key:idempotency_key? next_attempt_at:time? last_error:string? response_status:count? response_latency_ms:count? first_attempt_at:time? delivered_at:time? failed_at:time? queue_wait_ms:count? total_delivery_ms:count? payload_expires_at:time? deleted_at:time? deleted_by_api_key_id:api_key_id?"),
    ("ChangedMessage", "message_id:uuid id:uuid project_id:string endpoint_id:endpoint_id status:status attempt_count:count replay_count:count content_type:string size_bytes:count payload_sha256:sha256 created_at:time updated_at:time idempotency_key:idempotency_key? next_attempt_at:time? last_error:string? response_status:count? response_latency_ms:count? first_attempt_at:time? delivered_at:time? failed_at:time? queue_wait_ms:count? total_delivery_ms:count? payload_expires_at:time? deleted_at:time? deleted_by_api_key_id:api_key_id?"),
    ("Attempt", "id:uuid attempt_no:count created_at:time response_status:count? response_latency_ms:count? processing_ms:count? error_text:string? response_headers:map? retry_type:retry_type? retry_after_seconds:count? resolved_ip:string? request_headers:map? dns_ms:count? tcp_connect_ms:count? tls_handshake_ms:count? ttfb_ms:count? transfer_ms:count? conn_reused:boolean? response_body:string? response_body_truncated:boolean?"),
    ("MessageIds", "message_ids:named_ids"),
    ("ReplayedAll", "replayed:count failed:count stuck:count replayed_message_ids:[uuid] stuck_message_ids:[uuid]"),
    ("ReplayResult", "message_id:string status:replay_outcome error?:string"),
    ("ReplayedBatch", "replayed:count failed:count stuck:count results:[ReplayResult]"),
    ("DeletedMessage", "message_id:uuid deleted_at:time already_deleted:boolean"),
    ("DeleteResult", "message_id:string outcome:delete_outcome deleted_at?:time"),
    ("DeletedBatch", "results:[DeleteResult] deleted_count:count already_deleted_count:count not_found_count:count"),
    ("DeletedAll", "deleted:count deleted_message_ids:[uuid]"),
    ("MessageSummary", "message_id:uuid endpoint:string status:status attempt_count:count created_at:time delivered_at:time? failed_at:time? next_attempt_at:time? response_status:count? response_latency_ms:count? last_error:string? deleted_at:time?"),
    ("DeadLetters", "messages:[MessageSummary] has_more:boolean next_cursor:string?"),

    ("Metrics", "window:window total_messages:count succeeded:count failed:count retries:count success_rate:rate avg_latency_ms:count"),
    ("Bucket", "timestamp:time succeeded:count failed:count retrying:count total:count avg_latency_ms:count"),
    ("Timeseries", "window:window buckets:[Bucket]"),

    ("ApiKey", "key_id:api_key_id label:label prefix:string created_at:time last_used_at:time?"),
    ("NewApiKey", "key_id:api_key_id key:api_key prefix:string label:label created_at:time"),
    ("CreateApiKey", "label?:label? mode?:mode?"),

    ("CreateExport", "start_time:time end_time:time status?:status? endpoint_id?:string? direction?:direction?"),
    ("Export", "id:uuid project_id:string status:export_status filter_start_time:time filter_end_time:time created_at:time filter_status?:status? filter_endpoint_id?:uuid? direction?:direction row_count?:count? file_size_bytes?:count? error_message?:string? started_at?:time? completed_at?:time? expires_at?:time?"),

    ("Deliverer", "pid:count this_engine:boolean since:time"),
    ("Stats", "queued:count in_flight:count waiting_for_retry:count dead:count oldest_due_age_seconds:number? deliverer:any bytes_on_disk:count"),

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

/// Whether a body of this shape has anything that must be said.
pub fn must_be_given(name: &str) -> bool {
    let shape = SHAPES.iter().find(|(known, _)| *known == name);
    shape.is_some_and(|(_, fields)| fields.split_ascii_whitespace().any(|field| !field.contains("?:")))
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
        if let Some(Value::Array(words)) = schema.get_mut("enum") {
            words.push(Value::Null);
        }
        return schema;
    }
    if let Some(items) = kind.strip_prefix('[').and_then(|kind| kind.strip_suffix(']')) {
        return json!({"type": "array", "items": typed(items)});
    }
    if kind.starts_with(|letter: char| letter.is_ascii_uppercase()) {
        reference(kind)
    } else {
        kinds::schema(kind)
    }
}

#[cfg(test)]
mod tests;
