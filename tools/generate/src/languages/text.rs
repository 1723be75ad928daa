//! Laying text out: wrapping, indenting, and lists that stand on one line where they fit.

/// The words of `text` in lines of at most `width` characters.
pub fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A sentence: its first letter a capital, and a full stop at its end.
pub fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() {
        return String::new();
    }
    let ends = text.ends_with(['.', '!', '?']);
    format!("{text}{}", if ends { "" } else { "." })
}

/// What is written for people, without what only the sources of the engine understand: links to its items.
pub fn plain(text: &str) -> String {
    text.replace("[`", "`").replace("`]", "`")
}

/// The text without what leads to the documents of the repository, such as `(docs/contract.md#message-states)`.
pub fn without_references(text: &str) -> String {
    let mut left = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(" (docs/") {
        left.push_str(before);
        rest = after.split_once(')').map_or("", |(_, behind)| behind);
    }
    left + rest
}

/// `items` between `open` and `close`: on one line where that is at most `width` characters, else one a line.
pub fn listed(open: &str, items: &[String], close: &str, width: usize) -> String {
    let one = format!("{open}{}{close}", items.join(", "));
    if items.is_empty() || one.lines().all(|line| line.chars().count() <= width) {
        return one;
    }
    let indent: String = open.lines().last().unwrap_or_default().chars().take_while(|c| *c == ' ').collect();
    let lines: String = items.iter().map(|item| format!("{indent}    {item},\n")).collect();
    format!("{open}\n{lines}{indent}{close}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_broken_only_where_it_must_be() {
        let items = ["self".to_owned(), "url: str".to_owned()];
        assert_eq!(listed("    def f(", &items, ") -> X:", 40), "    def f(self, url: str) -> X:");
        assert_eq!(
            listed("    def f(", &items, ") -> X:", 20),
            "    def f(\n        self,\n        url: str,\n    ) -> X:"
        );
    }

    #[test]
    fn words_are_wrapped_and_sentences_end() {
        assert_eq!(wrapped("aa bb  cc", 5), ["aa bb", "cc"]);
        assert_eq!(sentence("Lists endpoints"), "Lists endpoints.");
        assert_eq!(plain("[`Metrics`] says so"), "`Metrics` says so");
    }
}
