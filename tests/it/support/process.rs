//! The service as a process of its own, over the test's database.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use alumni_api::access::jwt::issue;
use alumni_api::clock::Clock;
use chrono::TimeDelta;

use super::{ISSUER, SECRET, TestApp, tokens};

/// A process that serves.
pub struct Served {
    child: Child,
    /// Where it listens.
    pub address: String,
    /// What it says; it must not find this closed.
    _said: BufReader<ChildStdout>,
}

/// Starts one, whose readings wait in a folder.
pub fn serve(app: &TestApp, spool: &Path) -> Served {
    serve_with(app, spool, &[])
}

/// The same with more of an environment.
pub fn serve_with(app: &TestApp, spool: &Path, environment: &[(&str, &str)]) -> Served {
    let mut child = Command::new(env!("CARGO_BIN_EXE_alumni-api"))
        .env("DATABASE_URL", app.database_url())
        .env("BIND", "127.0.0.1:0")
        .env("ALUMNI_JWT_ISSUER", ISSUER)
        .env("ALUMNI_JWT_SECRET", SECRET)
        .env("ALUMNI_ACCESS_SPOOL", spool)
        .envs(environment.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stdout.take().unwrap());
    let address = said
        .by_ref()
        .lines()
        .map_while(Result::ok)
        .find_map(|line| {
            let (_, rest) = line.split_once("http://")?;
            Some(rest.split('/').next()?.to_owned())
        });
    Served {
        child,
        address: address.unwrap(),
        _said: said,
    }
}

impl Served {
    /// Sends it a signal, by which it ends.
    pub async fn ends(mut self, signal: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status().unwrap();
        assert!(sent.success());
        tokio::task::spawn_blocking(move || self.child.wait().unwrap())
            .await
            .unwrap();
    }
}

/// A token by the machine's own clock, which a process goes by.
pub fn token_now(subject: &str) -> String {
    let now = Clock::default().now();
    issue(&tokens(), subject, None, now, TimeDelta::hours(1)).unwrap()
}
