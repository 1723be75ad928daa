//! What is changed in the Kotlin that uniffi writes: its calls take their status from `CallStatuses`, which says why; an object that is
//! closed takes no more calls; and all of it is `internal`, so that users see what the package says over it.

use std::path::Path;

const FILE: &str = "com/hookbridge/internal/hookbridge.kt";

struct Change {
    /// How often it fits.
    times: usize,
    from: &'static str,
    to: &'static str,
}

/// The first two are in `uniffiRustCallWithError`, which every call goes through. A status that its call has filled in is looked at at
/// once: nothing else is called in between. The third is in each of the two objects: where calls overlap without end, the count of those
/// under way never comes to 0, and a client that was closed would go on. What it throws is of a class of its own, which callers know.
const CHANGES: &[Change] = &[
    Change {
        times: 1,
        from: "    var status = UniffiRustCallStatus()\n    val return_value = callback(status)\n",
        to: "    val status = CallStatuses.take()\n    val return_value = callback(status)\n",
    },
    Change {
        times: 1,
        from: "    uniffiCheckCallStatus(errorHandler, status)\n    return return_value\n",
        to: "    if (!CallStatuses.succeeded(status)) uniffiCheckCallStatus(errorHandler, status)\n    return return_value\n",
    },
    Change {
        times: 2,
        from: "            if (c == 0L) {\n                throw IllegalStateException(",
        to: "            if (c == 0L || this.wasDestroyed.get()) {\n                throw Destroyed(",
    },
];

/// Changes the source in `folder`. Fails where it is not as the changes expect it.
pub(crate) fn finish(folder: &Path) -> Result<(), String> {
    let path = folder.join(FILE);
    let failed = |cause| format!("{}: {cause}", path.display());
    let source = std::fs::read_to_string(&path).map_err(failed)?;
    std::fs::write(&path, hidden(&changed(source)?)).map_err(failed)
}

/// What a declaration at the beginning of a line begins with.
const DECLARATIONS: &[&str] = &[
    "abstract class ",
    "class ",
    "const val ",
    "data class ",
    "enum class ",
    "fun ",
    "inline fun ",
    "interface ",
    "object ",
    "open class ",
    "sealed class ",
    "suspend fun ",
    "typealias ",
    "val ",
    "var ",
];

/// Makes every declaration of the file's own level internal.
fn hidden(source: &str) -> String {
    let line = |line: &str| {
        let declared = line.strip_prefix("public ").unwrap_or(line);
        let is_declaration = DECLARATIONS.iter().any(|start| declared.starts_with(start));
        format!(
            "{}{}\n",
            if is_declaration { "internal " } else { "" },
            if is_declaration { declared } else { line }
        )
    };
    source.lines().map(line).collect()
}

/// Each change fits as often as it says: another version of uniffi may write something else, and then somebody has to look.
fn changed(source: String) -> Result<String, String> {
    CHANGES.iter().try_fold(source, |source, Change { times, from, to }| match source.matches(from).count() {
        found if found == *times => Ok(source.replace(from, to)),
        found => Err(format!(
            "uniffi's Kotlin has this {found} times, not {times}; see bindgen/src/kotlin.rs:\n{from}"
        )),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is changed of uniffi's Kotlin.
    const SOURCE: &str = "\
fun call() {
    var status = UniffiRustCallStatus()
    val return_value = callback(status)
    uniffiCheckCallStatus(errorHandler, status)
    return return_value
}
class One {
            if (c == 0L) {
                throw IllegalStateException(destroyed)
            }
}
class Other {
            if (c == 0L) {
                throw IllegalStateException(destroyed)
            }
}
";

    #[test]
    fn statuses_are_kept_and_closed_objects_take_no_calls() {
        let expected = "\
fun call() {
    val status = CallStatuses.take()
    val return_value = callback(status)
    if (!CallStatuses.succeeded(status)) uniffiCheckCallStatus(errorHandler, status)
    return return_value
}
class One {
            if (c == 0L || this.wasDestroyed.get()) {
                throw Destroyed(destroyed)
            }
}
class Other {
            if (c == 0L || this.wasDestroyed.get()) {
                throw Destroyed(destroyed)
            }
}
";
        assert_eq!(expected, changed(SOURCE.to_owned()).unwrap());
    }

    #[test]
    fn what_fits_more_or_less_often_is_refused() {
        let missing = changed(SOURCE.replace("uniffiCheckCallStatus", "check")).unwrap_err();
        assert!(missing.contains("0 times, not 1") && missing.contains("uniffiCheckCallStatus"), "{missing}");
        let twice = changed(SOURCE.repeat(2)).unwrap_err();
        assert!(twice.contains("2 times, not 1") && twice.contains("UniffiRustCallStatus()"), "{twice}");
        let third = changed(format!(
            "{SOURCE}            if (c == 0L) {{\n                throw IllegalStateException("
        ));
        assert!(third.is_err_and(|reason| reason.contains("3 times, not 2")));
        // A source that was changed before.
        assert!(changed(changed(SOURCE.to_owned()).unwrap()).is_err());
    }

    #[test]
    fn what_a_file_declares_is_internal() {
        let source = "// A comment\npublic object One {\n    fun inner() {}\n}\nopen class Two: One\nprivate class Three\ninternal const val FOUR = 4\n";
        let expected = "// A comment\ninternal object One {\n    fun inner() {}\n}\ninternal open class Two: One\nprivate class Three\ninternal const val FOUR = 4\n";
        assert_eq!(hidden(source), expected);
    }

    #[test]
    fn a_source_that_is_not_there_is_named() {
        let reason = finish(Path::new("/no/such/folder")).unwrap_err();
        assert!(reason.starts_with("/no/such/folder/com/hookbridge/internal/hookbridge.kt: "), "{reason}");
    }
}
