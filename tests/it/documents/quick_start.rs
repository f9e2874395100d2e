//! The commands of the quick start, as they are printed, against the process that `cargo run` starts.

use std::process::Command;

use alumni_api::access::jwt::DEVELOPMENT_SECRET;
use serde_json::Value;

use super::example::{commands, shortened};
use super::{read, root};
use crate::support::TestApp;
use crate::support::process::serve_with;

/// Runs a printed command in a shell in which `cargo run -q --` is the binary, and the address is that of the process.
fn run(command: &str, address: &str) -> Value {
    let binary = env!("CARGO_BIN_EXE_alumni-api");
    let command = command.replace("127.0.0.1:8080", address);
    let script = format!(
        "set -euo pipefail\ncargo() {{ [ \"$1 $2 $3\" = 'run -q --' ]; shift 3; '{binary}' \"$@\"; }}\n{command}"
    );
    let output = Command::new("bash")
        .args(["-c", &script])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn the_commands_of_the_quick_start_return_what_is_printed() {
    let app = TestApp::start_empty().await;
    let spool = tempfile::tempdir().unwrap();
    // the settings that `cargo run` has: tokens of the development secret
    let environment = [
        ("ALUMNI_JWT_ISSUER", "alumni-api"),
        ("ALUMNI_JWT_SECRET", DEVELOPMENT_SECRET),
    ];
    let served = serve_with(&app, spool.path(), &environment);
    let mut first = None;
    for path in ["README.md", "README.ja.md"] {
        let commands = commands(&read(path));
        let [(command, printed)] = &commands[..] else {
            panic!("{path} has {} commands with a response", commands.len());
        };
        let response = run(command, &served.address);
        let mut printed = printed.clone();
        let cost = printed["extensions"]["cost"].as_object_mut().unwrap();
        // it refills by the time of the clock
        let available = cost.remove("available").and_then(|value| value.as_u64());
        assert!(available.is_some_and(|available| available < 20_000));
        let mut response = shortened(&printed, response);
        let cost = response["extensions"]["cost"].as_object_mut().unwrap();
        assert!(cost.remove("available").is_some());
        assert_eq!(response, printed, "{path}");
        assert_eq!(first.get_or_insert(command.clone()), command, "{path}");
    }
    served.ends("-TERM").await;
}
