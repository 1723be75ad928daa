//! Files that are written: whole, or the part of a document between two marks.

use std::path::{Path, PathBuf};

/// A file as it should be.
pub struct File {
    /// From the root of the repository.
    pub path: PathBuf,
    /// Its whole text.
    pub text: String,
}

impl File {
    /// A file that is generated whole.
    pub fn new(path: impl Into<PathBuf>, text: String) -> Self {
        Self { path: path.into(), text }
    }
}

/// Writes a file, and the folder that it is in.
pub fn write(path: &Path, text: &str) -> Result<(), String> {
    let wrong = |cause: std::io::Error| format!("{}: {cause}", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(wrong)?;
    }
    std::fs::write(path, text).map_err(wrong)
}

/// The document with `text` between the lines that begin and end the part called `name`.
pub fn with_part(document: &str, name: &str, text: &str) -> Result<String, String> {
    let (begin, end) = (format!("<!-- generated: {name} -->\n"), format!("<!-- end: {name} -->"));
    let (before, rest) =
        document.split_once(&begin).ok_or_else(|| format!("there is no `{}`", begin.trim()))?;
    let (_, after) = rest.split_once(&end).ok_or_else(|| format!("there is no `{end}`"))?;
    Ok(format!("{before}{begin}{text}{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::with_part;

    #[test]
    fn a_part_is_replaced_and_the_rest_stays() {
        let document = "a\n<!-- generated: x -->\nold\n<!-- end: x -->\nb\n";
        let replaced = with_part(document, "x", "new\n").unwrap();
        assert_eq!(replaced, "a\n<!-- generated: x -->\nnew\n<!-- end: x -->\nb\n");
        assert_eq!(with_part(&replaced, "x", "new\n").unwrap(), replaced);
        assert!(with_part(document, "y", "").is_err());
    }
}
