use std::time::Duration;

use entity::Role;

use super::*;
use crate::access::Asker;

fn read(arguments: &[&str]) -> Result<Cli, ConfigError> {
    Cli::from(
        std::iter::once("alumni-api")
            .chain(arguments.iter().copied())
            .map(Into::into),
    )
}

#[test]
fn turns_follow_the_connections_unless_they_are_set() {
    let turns = |arguments: &[&str]| {
        let limits = read(arguments).unwrap().settings.http().unwrap().limits;
        (limits.operations, limits.waiting_operations)
    };
    assert_eq!(turns(&["--database-max-connections", "3"]), (24, 384));
    let set = ["--limits", "operations=7,waitingOperations=0"];
    assert_eq!(turns(&set), (7, 0));
}

#[test]
fn who_is_held_to_trusted_documents_has_some() {
    let alone = ["--trusted-only", "ALUMNUS,ANONYMOUS"];
    assert!(matches!(read(&alone), Err(ConfigError::NothingTrusted)));
    let documents = ["--trusted-documents", "a.json,b.json"];
    let more = ["--trusted-documents", "c.json"];
    let settings = read(&[alone.as_slice(), &documents, &more].concat())
        .unwrap()
        .settings;
    let files = ["a.json", "b.json", "c.json"].map(PathBuf::from);
    assert_eq!(settings.trusted_documents, files);
    let held = [Asker::Member(Role::Alumnus), Asker::Anonymous];
    assert_eq!(
        settings.http().unwrap().trusted_only,
        held.into_iter().collect()
    );
    assert!(read(&["--trusted-only", "PORTER"]).is_err());
}

#[test]
fn production_refuses_the_secret_everyone_knows() {
    assert!(matches!(
        read(&["--mode", "production"]),
        Err(ConfigError::DevelopmentSecret)
    ));
    let with_keys = [
        "--mode",
        "production",
        "--jwks-url",
        "https://id.example.com/keys",
    ];
    assert!(matches!(
        read(&with_keys),
        Err(ConfigError::DevelopmentLinkSecret)
    ));
    let secret = ["--link-secret", "0123456789abcdef0123456789abcdef"];
    assert!(read(&[with_keys.as_slice(), &secret].concat()).is_ok());
}

#[test]
fn production_on_postgresql_says_where_the_access_log_waits() {
    let given = [
        "--mode",
        "production",
        "--jwt-secret",
        "0123456789abcdef0123456789abcdef",
        "--link-secret",
        "0123456789abcdef0123456789abcdef",
    ];
    let folder = |more: &[&str]| {
        let settings = read(&[given.as_slice(), more].concat()).map(|cli| cli.settings);
        settings
            .and_then(|settings| settings.access_spool())
            .map_err(|error| error.to_string())
    };
    let postgres = ["--database-url", "postgres://me@db.example/alumni"];
    let refused = folder(&postgres).unwrap_err();
    assert!(refused.contains("ALUMNI_ACCESS_SPOOL"), "{refused}");
    let named = [postgres.as_slice(), &["--access-spool", "/var/access"]].concat();
    assert_eq!(folder(&named), Ok("/var/access".into()));
    let lite = folder(&["--database-url", "sqlite:///data/alumni.db"]);
    assert_eq!(lite, Ok("/data/alumni.db-access".into()));
}

#[test]
fn sqlite_refuses_a_replica_and_names_the_setting() {
    let replica = [
        "--database-replica-url",
        "postgres://me@replica.example/alumni",
    ];
    let lite = ["--database-url", "sqlite://alumni.db"];
    let refused = read(&[lite, replica].concat()).unwrap_err().to_string();
    assert!(refused.contains("DATABASE_REPLICA_URL"), "{refused}");
    let primary = ["--database-url", "postgres://me@db.example/alumni"];
    let settings = read(&[primary, replica].concat()).unwrap().settings;
    let replica = settings.served_database().unwrap().replica.unwrap();
    assert_eq!(replica.max_lag, Duration::from_secs(1));
    // what is no serving has nobody to answer
    assert!(settings.database().unwrap().replica.is_none());
}

#[test]
fn a_flag_goes_before_the_file_and_the_file_before_the_default() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(
        file.path(),
        "bind = \"127.0.0.1:9000\"\njwt_leeway_seconds = 5\n",
    )
    .unwrap();
    let path = file.path().to_str().unwrap();
    let settings = read(&["--config", path, "serve", "--bind", "127.0.0.1:9001"])
        .unwrap()
        .settings;
    assert_eq!(
        (settings.bind.port(), settings.jwt_leeway_seconds),
        (9001, 5)
    );
}

#[test]
fn a_key_of_the_file_that_is_no_setting_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "bnid = \"127.0.0.1:9000\"\n").unwrap();
    let Err(ConfigError::UnknownKey(key)) = read(&["--config", file.path().to_str().unwrap()])
    else {
        panic!("accepted")
    };
    assert_eq!(key, "bnid");
}

#[test]
fn secrets_do_not_show() {
    let settings = read(&[
        "--database-url",
        "postgres://me:hush@db.example/alumni",
        "--jwt-secret",
        "0123456789abcdef0123456789abcdef",
    ])
    .unwrap()
    .settings;
    assert!(!format!("{settings:?}").contains("hush"));
    assert!(!format!("{settings:?}").contains("0123456789abcdef"));
    assert_eq!(settings.database_shown(), "postgres://me@db.example/alumni");
}

#[test]
fn development_allows_the_origins_of_this_machine_unless_some_are_listed() {
    let allows = |arguments: &[&str]| {
        let settings = read(arguments).unwrap().settings;
        let http = settings.http().unwrap();
        let loopback = settings.allows_loopback_origins();
        (loopback, http.allowed_origins.len(), http.development)
    };
    assert_eq!(allows(&[]), (true, 0, true));
    let listed = ["--cors-origins", "https://portal.example.com"];
    assert_eq!(allows(&listed), (false, 1, true));
    let production = [
        "--mode",
        "production",
        "--jwt-secret",
        "0123456789abcdef0123456789abcdef",
        "--link-secret",
        "0123456789abcdef0123456789abcdef",
    ];
    assert_eq!(allows(&production), (false, 0, false));
    assert_eq!(
        allows(&[production.as_slice(), &listed].concat()),
        (false, 1, false)
    );
}
