//! A crate of a user's, with every warning an error, builds and works.

use std::path::Path;
use std::process::Command;

/// Runs cargo on the user's crate, and checks that there is nothing that it would complain of.
fn cargo(arguments: &[&str]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .args(["--quiet", "--offline", "--manifest-path"])
        .arg(root.join("tests/user-crate/Cargo.toml"))
        .arg("--target-dir")
        .arg(root.join("target/user-crate"))
        .output()
        .expect("cargo runs, as it runs this test");
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stdout));
    assert!(!printed.contains("warning"), "{printed}");
}

#[test]
fn a_strict_crate_that_renames_the_library_builds_without_a_warning_and_works() {
    cargo(&["test"]);
}

#[test]
fn clippy_has_nothing_to_say_about_what_is_generated() {
    cargo(&["clippy", "--all-targets"]);
}
