//! Names in the casing of each language. The definition has fields, arguments and methods in snake case and types in Pascal
//! case, with abbreviations in capitals.

/// The words of a name, in lower case.
pub fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let letters: Vec<char> = name.chars().collect();
    for (at, letter) in letters.iter().enumerate() {
        let (before, after) = (at.checked_sub(1).map(|at| letters[at]), letters.get(at + 1));
        let begins = match before {
            None | Some('_' | '.' | '-' | ' ') => true,
            // `dQueue` begins a word, and so does the `M` of `DLQMessages`.
            Some(before) => {
                letter.is_uppercase()
                    && (!before.is_uppercase() || after.is_some_and(|after| after.is_lowercase()))
            }
        };
        if begins {
            words.push(String::new());
        }
        if letter.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// A name as Rust takes it, where it may be a word of the language.
pub fn rust_name(name: &str) -> String {
    if ["type", "in"].contains(&name) { format!("r#{name}") } else { name.to_owned() }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// `created_at` as `CreatedAt`, `DLQMessages` as `DlqMessages`.
pub fn pascal(name: &str) -> String {
    words(name).iter().map(|word| capitalised(word)).collect()
}

/// `created_at` as `createdAt`.
pub fn camel(name: &str) -> String {
    let words = words(name);
    words
        .iter()
        .enumerate()
        .map(|(at, word)| if at == 0 { word.clone() } else { capitalised(word) })
        .collect()
}

/// Words that Go writes in capitals.
const INITIALISMS: &[&str] =
    &["api", "ca", "dlq", "dns", "id", "ip", "ms", "pid", "rps", "sha256", "tcp", "tls", "ttfb", "url"];

/// `created_by_api_key_id` as `CreatedByAPIKeyID`.
pub fn go(name: &str) -> String {
    let word = |word: &String| match word.strip_suffix('s') {
        _ if INITIALISMS.contains(&word.as_str()) => word.to_uppercase(),
        Some(one) if INITIALISMS.contains(&one) => format!("{}s", one.to_uppercase()),
        _ => capitalised(word),
    };
    words(name).iter().map(word).collect()
}

/// A parameter's name in Go: `endpoint_id` as `endpointID`, `url` as `url`.
pub fn go_parameter(name: &str) -> String {
    if name == "type" {
        // A word of the language.
        return "eventType".to_owned();
    }
    let words = words(name);
    let (first, rest) = words.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
    format!("{first}{}", go(&rest.join("_")))
}

/// `ListEndpointsResponse` as `list_endpoints_response`.
pub fn snake(name: &str) -> String {
    words(name).join("_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cased_as_each_language_does() {
        for (name, pascal_, camel_, go_, snake_) in [
            ("created_at", "CreatedAt", "createdAt", "CreatedAt", "created_at"),
            ("APIKeyInfo", "ApiKeyInfo", "apiKeyInfo", "APIKeyInfo", "api_key_info"),
            (
                "DLQMessagesResponse",
                "DlqMessagesResponse",
                "dlqMessagesResponse",
                "DLQMessagesResponse",
                "dlq_messages_response",
            ),
            ("get_dlq_messages", "GetDlqMessages", "getDlqMessages", "GetDLQMessages", "get_dlq_messages"),
            ("message_ids", "MessageIds", "messageIds", "MessageIDs", "message_ids"),
            ("payload_sha256", "PayloadSha256", "payloadSha256", "PayloadSHA256", "payload_sha256"),
            (
                "TimeSeriesMetrics",
                "TimeSeriesMetrics",
                "timeSeriesMetrics",
                "TimeSeriesMetrics",
                "time_series_metrics",
            ),
            ("endpoints.create", "EndpointsCreate", "endpointsCreate", "EndpointsCreate", "endpoints_create"),
        ] {
            assert_eq!(pascal(name), pascal_);
            assert_eq!(camel(name), camel_);
            assert_eq!(go(name), go_);
            assert_eq!(snake(name), snake_);
        }
        assert_eq!(go_parameter("endpoint_id"), "endpointID");
        assert_eq!(go_parameter("url"), "url");
    }
}
