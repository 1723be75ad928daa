//! Comments as PHP writes them.

use std::collections::BTreeMap;

use super::types::{class, method};
use crate::definition::Definition;
use crate::languages::text::{plain, sentence, wrapped};
use crate::names;

pub const WIDTH: usize = 120;

/// The definition's names in its documentation, and what they are in PHP.
pub struct Wording {
    names: BTreeMap<String, String>,
}

impl Wording {
    pub fn new(definition: &Definition) -> Self {
        let mut words =
            BTreeMap::from([("{}".to_owned(), "[]".to_owned()), ("\"\"".to_owned(), "''".to_owned())]);
        let fields = definition.objects.iter().flat_map(|object| &object.fields).map(|field| &*field.name);
        let settings = definition.settings.iter().map(|setting| setting.name);
        for name in fields.chain(settings) {
            words.insert(name.to_owned(), names::camel(name));
        }
        for one in &definition.methods {
            for argument in &one.arguments {
                words.insert(argument.field.clone(), names::camel(&argument.name));
            }
            // The first method is the operation's own; another is its older name.
            words.entry(one.operation.clone()).or_insert_with(|| method(&one.name));
        }
        for object in &definition.objects {
            words.insert(object.name.clone(), class(&object.name).to_owned());
        }
        Self { names: words }
    }

    /// A sentence with PHP's names in it.
    pub fn of(&self, text: &str) -> String {
        // An argument that is null was not given.
        let text = plain(text).replace("an empty list or null clears it", "an empty array clears it");
        let part = |(at, part): (usize, &str)| match self.names.get(part) {
            Some(name) if at % 2 == 1 => name.clone(),
            _ => part.to_owned(),
        };
        sentence(&text.split('`').enumerate().map(part).collect::<Vec<_>>().join("`"))
    }
}

/// A part of a comment: a paragraph, or what a tag says.
pub enum Part {
    Paragraph(String),
    Tag(String),
}

/// A comment at `indent`, with a line between its paragraphs, and one before its tags.
pub fn block(parts: &[Part], indent: usize) -> String {
    let space = " ".repeat(indent);
    if let [Part::Paragraph(only) | Part::Tag(only)] = parts
        && indent + only.chars().count() + "/**  */".len() <= WIDTH
    {
        return format!("{space}/** {only} */\n");
    }
    let mut text = format!("{space}/**\n");
    for (at, part) in parts.iter().enumerate() {
        let follows_tag = at > 0 && matches!(parts[at - 1], Part::Tag(_));
        let (words, hanging) = match part {
            Part::Paragraph(words) => (words, ""),
            Part::Tag(words) => (words, "    "),
        };
        if at > 0 && !(follows_tag && matches!(part, Part::Tag(_))) {
            text.push_str(&format!("{space} *\n"));
        }
        for (number, line) in wrapped(words, WIDTH - indent - 3 - hanging.len()).iter().enumerate() {
            let before = if number == 0 { "" } else { hanging };
            text.push_str(&format!("{space} * {before}{line}\n"));
        }
    }
    text.push_str(&format!("{space} */\n"));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_one_line_where_it_fits() {
        assert_eq!(block(&[Part::Paragraph("Short.".to_owned())], 4), "    /** Short. */\n");
        let parts = [Part::Paragraph("Short.".to_owned()), Part::Tag("@internal".to_owned())];
        assert_eq!(block(&parts, 0), "/**\n * Short.\n *\n * @internal\n */\n");
    }

    #[test]
    fn names_are_those_of_php() {
        let wording = Wording::new(&Definition::read().unwrap());
        assert_eq!(wording.of("follow `next_cursor`"), "follow `nextCursor`.");
        assert_eq!(wording.of("As `dead_letters.list` says"), "As `getDLQMessages` says.");
        assert_eq!(wording.of("`failed_permanent` stays"), "`failed_permanent` stays.");
        assert_eq!(
            wording.of("Replaces it; an empty list or null clears it."),
            "Replaces it; an empty array clears it."
        );
    }
}
