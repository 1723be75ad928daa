//! The password file: a line for each server, database and role, `host:port:dbname:user:password`.

use std::io::ErrorKind;
use std::path::Path;

/// What a look into the file came to.
pub(super) enum Looked {
    /// There was no need to look, or no file is named.
    Unasked,
    Password(String),
    /// It has no line for this server, database and role, or cannot be used: why.
    Nothing(String),
}

/// Looks for a password. The file is read each time, so that a new password needs no restart.
pub(super) fn look(file: Option<&Path>, host: &str, port: u16, config: &tokio_postgres::Config) -> Looked {
    let Some(file) = file else { return Looked::Unasked };
    let shown = file.display();
    if let Err(why) = may_be_used(file) {
        return Looked::Nothing(format!("the password file {shown} {why}"));
    }
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(cause) => return Looked::Nothing(format!("the password file {shown} cannot be read: {cause}")),
    };
    let port = port.to_string();
    let wanted =
        [host, &port, config.get_dbname().unwrap_or_default(), config.get_user().unwrap_or_default()];
    let found = text.lines().find_map(|line| password(line, wanted));
    found.map_or_else(
        || {
            Looked::Nothing(format!(
                "the password file {shown} has no line for this server, database and role"
            ))
        },
        Looked::Password,
    )
}

/// A file that others may read is not used, as libpq has it.
fn may_be_used(file: &Path) -> Result<(), String> {
    let metadata = match std::fs::metadata(file) {
        Ok(metadata) => metadata,
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Err("does not exist".to_owned()),
        Err(cause) => return Err(format!("cannot be read: {cause}")),
    };
    if !metadata.is_file() {
        return Err("is not used: it is no plain file".to_owned());
    }
    #[cfg(unix)]
    if std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o077 != 0 {
        return Err("is not used: others may read or write it (chmod 600)".to_owned());
    }
    Ok(())
}

/// The password of a line that is for `wanted`.
fn password(line: &str, wanted: [&str; 4]) -> Option<String> {
    if line.starts_with('#') {
        return None;
    }
    let mut rest = line;
    for wanted in wanted {
        let (field, is_plain_star, behind) = field(rest);
        if !is_plain_star && field != wanted {
            return None;
        }
        rest = behind?;
    }
    Some(unescaped(rest))
}

/// A text without the `\\` that takes the next character as it is.
fn unescaped(text: &str) -> String {
    let mut value = String::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        value.extend(if character == '\\' { characters.next() } else { Some(character) });
    }
    value
}

/// The field that a line begins with, whether it is a `*` that stands for anything, and what follows its `:`.
fn field(line: &str) -> (String, bool, Option<&str>) {
    let mut is_taken = false;
    let end = line.find(|character| {
        let ends = character == ':' && !is_taken;
        is_taken = character == '\\' && !is_taken;
        ends
    });
    let (field, behind) =
        end.map_or((line, None), |end| (line.get(..end).unwrap_or_default(), line.get(end + 1..)));
    (unescaped(field), field == "*", behind)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn looked(file: &Path, host: &str) -> String {
        let mut config = tokio_postgres::Config::new();
        config.user("me").dbname("a:b");
        match look(Some(file), host, 5432, &config) {
            Looked::Unasked => String::new(),
            Looked::Password(password) => password,
            Looked::Nothing(why) => format!("!{why}"),
        }
    }

    #[test]
    fn the_first_line_for_a_server_has_its_password() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pgpass");
        let lines = "#db:5432:a\\:b:me:comment\ndb:5433:*:*:other port\ndb:5432:*:you:other role\ndb:*:a\\:b:me:it\\:i:s\\\\this\n*:*:*:me:all\nshort:1\n";
        std::fs::write(&file, lines).unwrap();
        let mode = |mode| std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        mode(0o600);
        assert_eq!(
            (looked(&file, "db"), looked(&file, "elsewhere")),
            ("it:i:s\\this".to_owned(), "all".to_owned())
        );
        mode(0o640);
        assert!(looked(&file, "db").ends_with("is not used: others may read or write it (chmod 600)"));
        assert!(looked(folder.path(), "db").ends_with("it is no plain file"));
        assert!(looked(&folder.path().join("none"), "db").ends_with("does not exist"));
        mode(0o600);
        std::fs::write(&file, "db:1:x:y:z\n").unwrap();
        assert!(looked(&file, "db").ends_with("has no line for this server, database and role"));
    }
}
