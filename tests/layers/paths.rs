//! The paths in a file: those that `use` names, and those that stand in the code.

use std::iter::Peekable;
use std::str::Chars;

#[derive(Debug, PartialEq)]
enum Token {
    Name(String),
    Colons,
    Open,
    Close,
    Comma,
    Star,
    Other,
}

/// What begins the tests of a file, which may import what they like.
const TESTS: &str = "#[cfg(test)]\nmod tests {";

/// The paths with two names or more, each with its line. `use a::{b, c::*}` names `a::b` and `a::c::*`.
pub fn paths(text: &str) -> Vec<(usize, Vec<String>)> {
    let code = text.split_once(TESTS).map_or(text, |(code, _)| code);
    let tokens = tokens(code);
    let (mut at, mut found) = (0, Vec::new());
    while at < tokens.len() {
        at = path(&tokens, at, &[], &mut found);
    }
    found.retain(|(_, path)| path.len() > 1);
    found
}

/// Reads what begins at `at`, with `prefix` before it. Where the rest begins.
fn path(
    tokens: &[(usize, Token)],
    mut at: usize,
    prefix: &[String],
    found: &mut Vec<(usize, Vec<String>)>,
) -> usize {
    let line = tokens[at].0;
    let mut path = prefix.to_vec();
    loop {
        match tokens.get(at).map(|(_, token)| token) {
            Some(Token::Name(name)) => path.push(name.clone()),
            Some(Token::Star) if !path.is_empty() => path.push("*".to_owned()),
            Some(Token::Open) if !path.is_empty() => {
                at += 1;
                while let Some((_, token)) = tokens.get(at)
                    && *token != Token::Close
                {
                    let is_comma = *token == Token::Comma;
                    at = if is_comma { at + 1 } else { self::path(tokens, at, &path, found) };
                }
                return at + 1;
            }
            // `::<` of a type's parameter, or nothing of a path.
            _ => {
                found.push((line, path));
                return at + 1;
            }
        }
        at += 1;
        if tokens.get(at).map(|(_, token)| token) != Some(&Token::Colons) {
            found.push((line, path));
            return at;
        }
        at += 1;
    }
}

fn tokens(code: &str) -> Vec<(usize, Token)> {
    let (mut line, mut tokens) = (1, Vec::new());
    let mut rest = code.chars().peekable();
    while let Some(letter) = rest.next() {
        let token = match letter {
            '\n' => {
                line += 1;
                continue;
            }
            letter if letter.is_whitespace() => continue,
            '/' if rest.peek() == Some(&'/') => {
                while rest.next_if(|letter| *letter != '\n').is_some() {}
                continue;
            }
            '/' if rest.peek() == Some(&'*') => {
                skip_to(&mut rest, "*/", &mut line);
                continue;
            }
            '"' => {
                skip_string(&mut rest, &mut line);
                Token::Other
            }
            '\'' => {
                skip_character(&mut rest);
                Token::Other
            }
            letter if letter.is_alphanumeric() || letter == '_' => {
                let mut name = String::from(letter);
                while let Some(letter) = rest.next_if(|letter| letter.is_alphanumeric() || *letter == '_') {
                    name.push(letter);
                }
                if name.ends_with('r') && name.len() <= 2 && is_raw_string(&rest) {
                    let mut end = String::from('"');
                    while rest.next_if_eq(&'#').is_some() {
                        end.push('#');
                    }
                    rest.next();
                    skip_to(&mut rest, &end, &mut line);
                    Token::Other
                } else {
                    Token::Name(name)
                }
            }
            ':' if rest.next_if_eq(&':').is_some() => Token::Colons,
            '{' => Token::Open,
            '}' => Token::Close,
            ',' => Token::Comma,
            '*' => Token::Star,
            _ => Token::Other,
        };
        tokens.push((line, token));
    }
    tokens
}

fn is_raw_string(rest: &Peekable<Chars<'_>>) -> bool {
    rest.clone().find(|letter| *letter != '#') == Some('"')
}

fn skip_to(rest: &mut Peekable<Chars<'_>>, end: &str, line: &mut usize) {
    let mut seen = String::new();
    while !seen.ends_with(end)
        && let Some(letter) = rest.next()
    {
        *line += usize::from(letter == '\n');
        seen.push(letter);
    }
}

fn skip_string(rest: &mut Peekable<Chars<'_>>, line: &mut usize) {
    while let Some(letter) = rest.next()
        && letter != '"'
    {
        *line += usize::from(letter == '\n');
        if letter == '\\' {
            *line += usize::from(rest.next() == Some('\n'));
        }
    }
}

/// A character, or a lifetime, which ends by itself.
fn skip_character(rest: &mut Peekable<Chars<'_>>) {
    let mut ahead = rest.clone();
    let is_escaped = ahead.next() == Some('\\');
    if is_escaped {
        rest.nth(1);
        while rest.next().is_some_and(|letter| letter != '\'') {}
    } else if ahead.next() == Some('\'') {
        rest.nth(1);
    }
}
