//! The samples of the guide with the id and the key filled in. Their texts are those that the tests run.

use crate::terminal;

/// A sample's language, the name of its file, how it is run, and its text.
struct Sample {
    language: &'static str,
    file: &'static str,
    run: &'static str,
    text: &'static str,
}

macro_rules! sample {
    ($language:literal, $file:literal, $run:literal, $path:literal) => {
        Sample {
            language: $language,
            file: $file,
            run: $run,
            text: include_str!(concat!("../../../tests/samples/", $path)),
        }
    };
}

const SAMPLES: &[Sample] = &[
    sample!("Node, ES modules", "send.mjs", "node send.mjs", "node.mjs"),
    sample!("Node, CommonJS", "send.cjs", "node send.cjs", "node.cjs"),
    sample!("Python", "send.py", "python3 send.py", "python.py"),
    sample!("Go", "main.go", "go run .", "go/main.go"),
    sample!("PHP", "send.php", "php send.php", "php.php"),
    sample!("Ruby", "send.rb", "ruby send.rb", "ruby.rb"),
];

/// Prints every sample, for this endpoint, key and server.
pub fn print(endpoint_id: &str, key: &str, server: &str) {
    for Sample { language, file, run, text } in SAMPLES {
        let text = text.replace("YOUR_API_KEY", key).replace("YOUR_ENDPOINT_ID", endpoint_id);
        let rule = "─".repeat(4);
        let _ = terminal::print(format!(
            "{rule} {language}: {file}, run with HOOKBRIDGE_BASE_URL={server} {run}"
        ));
        for line in text.trim_end().lines() {
            let _ = terminal::print(line);
        }
        let _ = terminal::print("");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_has_the_placeholders_of_the_guide_once_each() {
        for Sample { file, text, .. } in SAMPLES {
            for placeholder in ["YOUR_API_KEY", "YOUR_ENDPOINT_ID"] {
                assert_eq!(text.matches(placeholder).count(), 1, "{file}: {placeholder}");
            }
        }
    }
}
