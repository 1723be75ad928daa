//! One version for all: what each package says of itself is the version of the workspace.

use std::path::Path;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Files that name the version, and what stands before it there.
const NAMED: &[(&str, &str)] = &[
    ("bindings/python/pyproject.toml", "\nversion = \""),
    ("bindings/node/package.json", "\n  \"version\": \""),
    ("bindings/node/package.json", "\"@hookbridge/sdk-linux-x64-gnu\": \""),
    ("bindings/node/npm/linux-x64-gnu/package.json", "\n  \"version\": \""),
    ("bindings/ruby/lib/hookbridge/version.rb", "VERSION = \""),
    ("bindings/ruby/README.md", "pkg/hookbridge-"),
    ("bindings/kotlin/pom.xml", "\n  <version>"),
    ("bindings/kotlin/examples/orders/pom.xml", "      <version>"),
    ("bindings/kotlin/README.md", "\n  <version>"),
    ("bindings/go/README.md", "bindings/go/v3@v"),
    ("CHANGELOG.md", "\n## "),
    ("README.md", "pkg/hookbridge-"),
    ("deploy/helm/hookbridge/Chart.yaml", "\nversion: "),
    ("deploy/helm/hookbridge/Chart.yaml", "\nappVersion: \""),
    ("deploy/kubernetes/php-fpm.yaml", "example.com/hookbridge:"),
    ("deploy/kubernetes/rails.yaml", "example.com/hookbridge:"),
    ("docs/contract.md", "User-Agent: HookBridge/"),
];

#[test]
fn every_package_has_the_version_of_the_workspace() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for (path, before) in NAMED {
        let text = std::fs::read_to_string(root.join(path)).unwrap_or_else(|cause| panic!("{path}: {cause}"));
        let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("{path} has no {before:?}"));
        assert!(rest.starts_with(VERSION), "{path}: {}", rest.lines().next().unwrap_or_default());
    }
}

/// The path of a Go module ends in its major version from 2 on.
#[test]
fn the_module_of_go_is_that_of_its_major_version() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let module = std::fs::read_to_string(root.join("bindings/go/go.mod")).expect("go.mod");
    let major = VERSION.split('.').next().expect("a major version");
    assert!(module.lines().next().is_some_and(|line| line.ends_with(&format!("/v{major}"))), "{module}");
}
