//! The headers of an answer, and the limits on them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

use crate::model::header_map::HeaderMap;

/// The most bytes that an answer's headers may have together.
pub(super) const HEADERS_READ: usize = 64 * 1024;
/// How many bytes of an answer's headers an attempt's record keeps.
const HEADERS_KEPT: usize = 16 * 1024;
/// How many interim answers (1xx) may come before the final one.
pub(super) const INTERIM_ANSWERS: usize = 16;

pub(super) fn too_many_headers() -> String {
    format!("the answer is not valid HTTP: it has more than {} KiB of headers", HEADERS_READ >> 10)
}

pub(super) fn too_many_interim() -> String {
    format!("the receiver sent more than {INTERIM_ANSWERS} interim answers")
}

/// The headers of an answer in the order in which they came. Names are in lower case.
#[derive(Clone, Debug, Default)]
pub(crate) struct AnswerHeaders(Vec<(String, String)>);

impl<'a> FromIterator<(&'a str, Cow<'a, str>)> for AnswerHeaders {
    fn from_iter<T: IntoIterator<Item = (&'a str, Cow<'a, str>)>>(headers: T) -> Self {
        let owned =
            |(name, value): (&str, Cow<'_, str>)| (name.to_ascii_lowercase(), value.trim().to_owned());
        Self(headers.into_iter().map(owned).collect())
    }
}

impl AnswerHeaders {
    /// The headers of an HTTP/2 answer.
    pub(super) fn of(headers: &http::HeaderMap) -> Self {
        headers
            .iter()
            .map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes())))
            .collect()
    }

    /// The first value of a name in lower case.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Every value of a name in lower case.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl DoubleEndedIterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn words<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.all(name).flat_map(|value| value.split(',')).map(str::trim)
    }

    /// Whether the connection stays open: by the minor version of HTTP/1 and the `Connection` header.
    pub(super) fn keeps_alive(&self, version: u8) -> bool {
        let said = |word: &str| self.words("connection").any(|one| one.eq_ignore_ascii_case(word));
        !said("close") && (version > 0 || said("keep-alive"))
    }

    /// How long the receiver keeps an idle connection (`Keep-Alive`); `None` where it does not say.
    pub(super) fn kept_for(&self) -> Option<Duration> {
        let parameter = |name: &str| {
            self.words("keep-alive").find_map(|word| {
                let (known, value) = word.split_once('=')?;
                let value = value.trim().trim_matches('"');
                known.trim().eq_ignore_ascii_case(name).then(|| value.parse::<u32>().ok()).flatten()
            })
        };
        if parameter("max") == Some(0) {
            return Some(Duration::ZERO);
        }
        parameter("timeout").map(|seconds| Duration::from_secs(seconds.into()))
    }

    /// The headers for an attempt's record. The values of a repeated name are joined by a comma.
    pub(super) fn to_record(&self) -> HeaderMap {
        let mut kept = 0;
        let within = self.0.iter().take_while(|(name, value)| {
            kept += name.len() + value.len();
            kept <= HEADERS_KEPT
        });
        let mut headers: Vec<(String, String)> = Vec::with_capacity(self.0.len().min(64));
        let mut places: HashMap<&str, usize, foldhash::fast::RandomState> = HashMap::default();
        for (name, value) in within {
            let place = *places.entry(name).or_insert(headers.len());
            match headers.get_mut(place) {
                Some((_, joined)) => {
                    joined.push_str(", ");
                    joined.push_str(value);
                }
                None => headers.push((name.clone(), value.clone())),
            }
        }
        headers.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&str, &str)]) -> AnswerHeaders {
        lines.iter().map(|(name, value)| (*name, (*value).into())).collect()
    }

    #[test]
    fn a_connection_is_kept_as_long_as_both_sides_agree() {
        for (version, said, kept) in [
            (1, &[][..], true),
            (0, &[][..], false),
            (0, &[("Connection", "Keep-Alive")][..], true),
            (1, &[("Connection", "upgrade, CLOSE")][..], false),
            (1, &[("Connection", "keep-alive"), ("connection", "close")][..], false),
        ] {
            assert_eq!(headers(said).keeps_alive(version), kept, "{version} {said:?}");
        }
        let seconds = |value: &str| headers(&[("Keep-Alive", value)]).kept_for().map(|kept| kept.as_secs());
        for (value, kept) in [
            ("timeout=5", Some(5)),
            ("timeout=5, max=100", Some(5)),
            ("max=100, Timeout = \"7\"", Some(7)),
            ("timeout=5, max=0", Some(0)),
            ("timeout=soon", None),
            ("300", None),
        ] {
            assert_eq!(seconds(value), kept, "{value}");
        }
    }

    #[test]
    fn the_record_joins_what_is_repeated_and_has_a_bound() {
        let kept = headers(&[("B", "1"), ("a", "2"), ("b", "3")]).to_record();
        assert_eq!(kept.iter().collect::<Vec<_>>(), [("b", "1, 3"), ("a", "2")]);
        let many: Vec<(String, String)> = (0..4000).map(|n| (format!("x-{n}"), "value".to_owned())).collect();
        let many: AnswerHeaders =
            many.iter().map(|(name, value)| (name.as_str(), value.as_str().into())).collect();
        let bytes: usize = many.to_record().iter().map(|(name, value)| name.len() + value.len()).sum();
        assert!((HEADERS_KEPT - 16..=HEADERS_KEPT).contains(&bytes), "{bytes}");
    }
}
