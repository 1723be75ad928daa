//! Answers held to the server's own OpenAPI document.

use serde_json::Value;

/// Whether `value` is what `schema` says, with no field that it does not know. Knows what our document uses.
pub fn check(document: &Value, schema: &Value, value: &Value, at: &str) {
    if let Some(reference) = schema["$ref"].as_str() {
        let pointer = reference.strip_prefix('#').unwrap();
        return check(document, document.pointer(pointer).unwrap(), value, at);
    }
    // A shape that may be null.
    if let Some([shape, null]) = schema["anyOf"].as_array().map(Vec::as_slice)
        && null["type"] == "null"
    {
        if !value.is_null() {
            check(document, shape, value, at);
        }
        return;
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let allowed = match &schema["type"] {
        Value::Null => return,
        Value::Array(kinds) => {
            kinds.iter().any(|known| known == kind || (known == "number" && kind == "integer"))
        }
        known => known == kind || (known == "number" && kind == "integer"),
    };
    assert!(allowed, "{at} is {value}, not {schema}");
    if let Some(codes) = schema["enum"].as_array() {
        assert!(codes.contains(value), "{at} is {value}");
    }
    if let (Some("date-time"), Some(time)) = (schema["format"].as_str(), value.as_str()) {
        assert!(is_time(time), "{at} is {time}");
    }
    if let Value::Array(items) = value {
        for (index, item) in items.iter().enumerate() {
            check(document, &schema["items"], item, &format!("{at}[{index}]"));
        }
    }
    let Value::Object(fields) = value else { return };
    for name in schema["required"].as_array().into_iter().flatten() {
        assert!(fields.contains_key(name.as_str().unwrap()), "{at} lacks {name}");
    }
    for (name, field) in fields {
        let known = schema["properties"].get(name).or_else(|| schema.get("additionalProperties"));
        let known = known.unwrap_or_else(|| panic!("{at}.{name} is not documented"));
        check(document, known, field, &format!("{at}.{name}"));
    }
}

/// As times are written (docs/contract.md#times): UTC with `Z`, and exactly three fractional digits.
fn is_time(text: &str) -> bool {
    let form = "dddd-dd-ddTdd:dd:dd.dddZ";
    text.len() == form.len()
        && text.chars().zip(form.chars()).all(|(given, wanted)| match wanted {
            'd' => given.is_ascii_digit(),
            _ => given == wanted,
        })
}
