//! The API key of a setting: the value itself, or the content of a file.

use std::path::Path;

/// The given key, or the one in `file`. No error shows the file's content.
///
/// # Errors
/// A sentence that names the setting or the file.
pub fn resolve(given: Option<&str>, file: Option<&Path>) -> Result<Option<String>, String> {
    let Some(file) = file else { return Ok(given.map(str::to_owned)) };
    if given.is_some() {
        return Err("`api_key` and `api_key_file` exclude each other: give one of them".to_owned());
    }
    let text = std::fs::read_to_string(file)
        .map_err(|cause| format!("`api_key_file`: {} cannot be read: {cause}", file.display()))?;
    let key = text.trim();
    if key.is_empty() || key.contains(char::is_whitespace) {
        return Err(format!("`api_key_file`: {} must have one API key and nothing else", file.display()));
    }
    Ok(Some(key.to_owned()))
}
