//! What is changed in the Kotlin that uniffi writes: its calls take their status from `CallStatuses`, which says why.

use std::path::Path;

const SOURCE: &str = "com/hookbridge/hookbridge.kt";

struct Change {
    from: &'static str,
    to: &'static str,
}

/// Both are in `uniffiRustCallWithError`, which every call goes through. A status that its call has filled in is looked at at once:
/// nothing else is called in between.
const CHANGES: &[Change] = &[
    Change {
        from: "    var status = UniffiRustCallStatus()\n    val return_value = callback(status)\n",
        to: "    val status = CallStatuses.take()\n    val return_value = callback(status)\n",
    },
    Change {
        from: "    uniffiCheckCallStatus(errorHandler, status)\n    return return_value\n",
        to: "    if (!CallStatuses.succeeded(status)) uniffiCheckCallStatus(errorHandler, status)\n    return return_value\n",
    },
];

/// Changes the source in `folder`. Fails where it is not as the changes expect it.
pub(crate) fn finish(folder: &Path) -> Result<(), String> {
    let path = folder.join(SOURCE);
    let failed = |cause| format!("{}: {cause}", path.display());
    let source = std::fs::read_to_string(&path).map_err(failed)?;
    std::fs::write(&path, changed(source)?).map_err(failed)
}

/// Each change fits once: another version of uniffi may write something else, and then somebody has to look.
fn changed(source: String) -> Result<String, String> {
    CHANGES.iter().try_fold(source, |source, Change { from, to }| match source.matches(from).count() {
        1 => Ok(source.replacen(from, to, 1)),
        found => Err(format!(
            "uniffi's Kotlin has this {found} times, not once; see bindgen/src/kotlin.rs:\n{from}"
        )),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: &str = "\
fun call() {
    var status = UniffiRustCallStatus()
    val return_value = callback(status)
    uniffiCheckCallStatus(errorHandler, status)
    return return_value
}
";

    #[test]
    fn a_call_takes_its_status_from_those_that_are_kept() {
        let changed = changed(CALL.to_owned()).unwrap();
        let expected = "\
fun call() {
    val status = CallStatuses.take()
    val return_value = callback(status)
    if (!CallStatuses.succeeded(status)) uniffiCheckCallStatus(errorHandler, status)
    return return_value
}
";
        assert_eq!(expected, changed);
    }

    #[test]
    fn what_fits_not_once_is_refused() {
        let missing = changed(CALL.replace("uniffiCheckCallStatus", "check")).unwrap_err();
        assert!(missing.contains("0 times") && missing.contains("uniffiCheckCallStatus"), "{missing}");
        let twice = changed(CALL.repeat(2)).unwrap_err();
        assert!(twice.contains("2 times") && twice.contains("UniffiRustCallStatus()"), "{twice}");
        // A source that was changed before, which a generator that failed would leave.
        assert!(changed(changed(CALL.to_owned()).unwrap()).is_err());
    }

    #[test]
    fn a_source_that_is_not_there_is_named() {
        let reason = finish(Path::new("/no/such/folder")).unwrap_err();
        assert!(reason.starts_with("/no/such/folder/com/hookbridge/hookbridge.kt: "), "{reason}");
    }
}
