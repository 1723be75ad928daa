//! The examples in `deploy/` say only what the command knows, and name only what is there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use yaml_rust2::{Yaml, YamlLoader};

fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(deploy().join(path)).unwrap()
}

/// The variables that `serve` documents.
fn known() -> BTreeSet<String> {
    let help = Command::new(env!("CARGO_BIN_EXE_hookbridge")).args(["serve", "--help"]).output().unwrap();
    variables(&String::from_utf8(help.stdout).unwrap())
}

fn variables(text: &str) -> BTreeSet<String> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
        .filter(|word| word.starts_with("HOOKBRIDGE_"))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_variable_is_a_setting() {
    let known = known();
    assert!(known.contains("HOOKBRIDGE_LISTEN"));
    for file in [
        "systemd/hookbridge.service",
        "systemd/hookbridge.env",
        "Dockerfile",
        "kubernetes/php-fpm.yaml",
        "kubernetes/rails.yaml",
    ] {
        let used = variables(&read(file));
        assert!(!used.is_empty(), "{file}");
        assert_eq!(used.difference(&known).collect::<Vec<_>>(), Vec::<&String>::new(), "{file}");
    }
}

#[test]
fn the_image_is_built_from_what_is_there() {
    let dockerfile = read("Dockerfile");
    let copied: Vec<&str> = dockerfile
        .lines()
        .filter_map(|line| line.strip_prefix("COPY "))
        .filter(|line| !line.starts_with("--"))
        .flat_map(|line| line.split_whitespace().rev().skip(1))
        .collect();
    for source in &copied {
        assert!(deploy().join("..").join(source).exists(), "{source}");
    }
    // Cargo reads the manifest of every member, built or not.
    let workspace = std::fs::read_to_string(deploy().join("../Cargo.toml")).unwrap();
    let members = workspace.split("members = [").nth(1).unwrap().split(']').next().unwrap();
    for member in members.split('"').skip(1).step_by(2) {
        let room = member.split('/').next().unwrap();
        assert!(copied.contains(&room), "{room} is not copied");
    }
}

fn numbers(yaml: &Yaml, key: &str, found: &mut Vec<i64>) {
    match yaml {
        Yaml::Hash(fields) => {
            for (name, value) in fields {
                if name.as_str() == Some(key) {
                    found.extend(value.as_i64());
                }
                numbers(value, key, found);
            }
        }
        Yaml::Array(items) => items.iter().for_each(|item| numbers(item, key, found)),
        _ => {}
    }
}

#[test]
fn pods_are_whole_and_stop_later_than_the_sidecar() {
    for file in ["kubernetes/php-fpm.yaml", "kubernetes/rails.yaml"] {
        let documents = YamlLoader::load_from_str(&read(file)).unwrap();
        let pod = &documents[0]["spec"]["template"]["spec"];
        let containers = pod["containers"].as_vec().unwrap();
        let sidecar =
            containers.iter().find(|container| container["name"].as_str() == Some("hookbridge")).unwrap();
        let arguments: Vec<&str> =
            sidecar["args"].as_vec().unwrap().iter().filter_map(Yaml::as_str).collect();
        let patience: i64 = arguments.last().unwrap().parse().unwrap();
        let mut before = Vec::new();
        numbers(&sidecar["lifecycle"], "seconds", &mut before);
        let stops = pod["terminationGracePeriodSeconds"].as_i64().unwrap();
        assert!(stops > patience + before.iter().sum::<i64>(), "{file}");
        assert_eq!(sidecar["livenessProbe"]["httpGet"]["path"].as_str(), Some("/healthz"));
        assert_eq!(sidecar["readinessProbe"]["httpGet"]["path"].as_str(), Some("/readyz"));
        // Producer and sidecar mean the same file.
        let file_of = |container: &Yaml| {
            let variables = container["env"].as_vec().unwrap().clone();
            let named = |variable: &&Yaml| variable["name"].as_str() == Some("HOOKBRIDGE_DATABASE");
            variables.iter().find(named).and_then(|variable| variable["value"].as_str().map(str::to_owned))
        };
        assert!(file_of(sidecar).is_some());
        assert!(containers.iter().all(|container| file_of(container) == file_of(sidecar)), "{file}");
    }
}
