//! The two forms of an address. What they say of a mistake repeats no value, and no text that may be a piece of one.

use std::fmt::Write as _;

use super::Given;

type Parsed<T> = Result<T, String>;

/// What follows `postgresql://` or `postgres://`; none where the text begins otherwise.
pub(super) fn behind_scheme(text: &str) -> Option<&str> {
    let (scheme, rest) = text.split_once("://")?;
    is_scheme(scheme).then_some(rest)
}

pub(super) fn is_scheme(scheme: &str) -> bool {
    ["postgres", "postgresql"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
}

/// Reads `user:password@host:port,host:port/dbname?name=value&name=value`, in which everything may be absent.
pub(super) fn url(rest: &str) -> Parsed<Given> {
    let mut given = Given::new();
    let mut add = |name: &str, value: &str| -> Parsed<()> {
        let value = decoded(value).ok_or_else(|| {
            format!("`{name}` has a `%` that two hexadecimal digits do not follow, or is no text")
        })?;
        if !value.is_empty() {
            given.push((name.to_owned(), value));
        }
        Ok(())
    };
    let (before, query) = rest.split_once('?').map_or((rest, None), |(before, query)| (before, Some(query)));
    let (authority, name) = before.split_once('/').unwrap_or((before, ""));
    if name.contains('@') {
        return Err(
            "an `@` or a `/` in the user's name or the password must be written as %40 or %2F".to_owned()
        );
    }
    let hosts = match authority.rsplit_once('@') {
        Some((who, hosts)) => {
            let (user, password) = who.split_once(':').unwrap_or((who, ""));
            add("user", user)?;
            add("password", password)?;
            hosts
        }
        None => authority,
    };
    let (mut names, mut ports) = (Vec::new(), Vec::new());
    for host in hosts.split(',') {
        let (name, port) = host_and_port(host)?;
        names.push(name);
        ports.push(port);
    }
    add("host", &names.join(","))?;
    if ports.iter().any(|port| !port.is_empty()) {
        add("port", &ports.join(","))?;
    }
    add("dbname", name)?;
    for parameter in query.unwrap_or_default().split('&').filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').ok_or("a parameter behind the `?` has no `=`")?;
        let name = decoded(name).ok_or("the name of a parameter behind the `?` is malformed")?;
        match (name.as_str(), value) {
            // As JDBC has it.
            ("ssl", "true") => add("sslmode", "require")?,
            _ => add(&name, value)?,
        }
    }
    Ok(given)
}

fn host_and_port(text: &str) -> Parsed<(&str, &str)> {
    const WRONG: &str =
        "a host must be a name, an address, or an IPv6 address in brackets; a port follows after `:`";
    let (name, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (name, port) = rest.split_once(']').ok_or(WRONG)?;
            (name, if port.is_empty() { "" } else { port.strip_prefix(':').ok_or(WRONG)? })
        }
        None => text.split_once(':').unwrap_or((text, "")),
    };
    if port.bytes().all(|byte| byte.is_ascii_digit()) { Ok((name, port)) } else { Err(WRONG.to_owned()) }
}

/// Reads `name=value name='va lue'`: a `\` before a character takes it as it is.
pub(super) fn pairs(text: &str) -> Parsed<Given> {
    let mut given = Given::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let after = || given.last().map_or_else(String::new, |(name, _)| format!(" after `{name}`"));
        let (name, value) = rest.split_once('=').ok_or_else(|| format!("there is no `=`{}", after()))?;
        let name = name.trim_end();
        if name.is_empty() || name.contains(char::is_whitespace) {
            return Err(format!(
                "there is a word without `=`{}; a value with spaces is put in '...'",
                after()
            ));
        }
        let (value, behind) =
            value_of(value.trim_start()).ok_or_else(|| format!("`{name}` has no closing `'`"))?;
        given.push((name.to_owned(), value));
        rest = behind.trim_start();
    }
    Ok(given)
}

/// The value that a text begins with, and what follows. None where a quote is not closed.
fn value_of(text: &str) -> Option<(String, &str)> {
    let (quoted, text) = text.strip_prefix('\'').map_or((false, text), |rest| (true, rest));
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        let behind = text.get(at..).unwrap_or_default();
        match character {
            '\\' => value.extend(characters.next().map(|(_, taken)| taken)),
            '\'' if quoted => return Some((value, behind.get(1..).unwrap_or_default())),
            _ if !quoted && character.is_whitespace() => return Some((value, behind)),
            _ => value.push(character),
        }
    }
    (!quoted).then_some((value, ""))
}

/// The text that stands behind `%41` and the like. None where that is malformed, or has a byte that no parameter may have.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let [high, low] = [rest.next()?, rest.next()?].map(|digit| char::from(digit).to_digit(16));
                u8::try_from(high? * 16 + low?).ok()?
            }
            _ => byte,
        });
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

/// A text as it may stand in the address.
pub(super) fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(parsed: Parsed<Given>) -> String {
        let given = parsed.unwrap_or_else(|wrong| vec![("!".to_owned(), wrong)]);
        given.iter().map(|(name, value)| format!("{name}={value};")).collect()
    }

    #[test]
    fn a_url_is_read_as_libpq_reads_it() {
        for (text, expected) in [
            ("", ""),
            ("localhost", "host=localhost;"),
            ("app:p%40ss@db:5433/name", "user=app;password=p@ss;host=db;port=5433;dbname=name;"),
            ("a:1,b,[::1]:3/x", "host=a,b,::1;port=1,,3;dbname=x;"),
            ("%2Frun%2Fpg/x", "host=/run/pg;dbname=x;"),
            (
                "/x?host=%2Frun&sslmode=verify-full&sslrootcert=%2Fca.crt",
                "dbname=x;host=/run;sslmode=verify-full;sslrootcert=/ca.crt;",
            ),
            ("db?ssl=true", "host=db;sslmode=require;"),
            ("db?sslmode", "!=a parameter behind the `?` has no `=`;"),
            ("db/%00", "!=`dbname` has a `%` that two hexadecimal digits do not follow, or is no text;"),
        ] {
            assert_eq!(read(url(text)), expected, "{text}");
        }
    }

    #[test]
    fn pairs_are_read_as_libpq_reads_them() {
        for (text, expected) in [
            ("host=db dbname = app", "host=db;dbname=app;"),
            (r"password='it\'s \\ x' user=a\ b", r"password=it's \ x;user=a b;"),
            ("host='' user=x", "host=;user=x;"),
            ("host=db s3cret", "!=there is no `=` after `host`;"),
            (
                "password=a s3cret user=x",
                "!=there is a word without `=` after `password`; a value with spaces is put in '...';",
            ),
            ("password='s3cret", "!=`password` has no closing `'`;"),
        ] {
            assert_eq!(read(pairs(text)), expected, "{text}");
        }
    }
}
