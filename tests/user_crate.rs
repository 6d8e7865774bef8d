//! A crate of a user's, with every warning an error, builds and works.

use std::path::Path;
use std::process::Command;

#[test]
fn a_strict_crate_that_renames_the_library_builds_without_a_warning_and_works() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = Command::new(env!("CARGO"))
        .args(["test", "--quiet", "--offline", "--manifest-path"])
        .arg(root.join("tests/user-crate/Cargo.toml"))
        .arg("--target-dir")
        .arg(root.join("target/user-crate"))
        .output()
        .expect("cargo runs, as it runs this test");
    let printed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{printed}");
    assert!(!printed.contains("warning"), "{printed}");
}
