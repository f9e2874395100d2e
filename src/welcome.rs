//! What a developer reads after `cargo run`: where GraphiQL is, and a ready token for each role.

use std::fmt::Write;
use std::net::SocketAddr;

use alumni_api::config::Settings;
use alumni_api::seed::{API_KEYS, COMPANIES};
use entity::Role;
use sea_orm::ActiveEnum;

use crate::Outcome;

/// Who each role's demo account is for.
const ROLES: [(Role, &str); 7] = [
    (Role::Hr, "an HR manager"),
    (Role::Alumnus, "an alumnus"),
    (Role::Employee, "an employee"),
    (Role::Recruiter, "a recruiter"),
    (Role::Supporter, "a community animator"),
    (Role::Admin, "an administrator"),
    (Role::Operator, "the operator of the service"),
];

/// The text; `token` makes a token for a role in a company.
pub fn text(
    settings: &Settings,
    address: SocketAddr,
    token: impl Fn(Role, Option<&str>) -> Outcome<String>,
) -> Outcome<String> {
    let mut text = String::new();
    writeln!(
        text,
        "\nGraphiQL: http://{address}/graphiql     API: http://{address}/graphql     Database: {}",
        settings.database_shown()
    )?;
    writeln!(text, "\nOpen GraphiQL at {} as …", COMPANIES[0])?;
    for (role, who) in ROLES {
        let name = role.to_value();
        writeln!(
            text,
            "\n  … {who} ({name}):\n  http://{address}/graphiql#token={}",
            token(role, Some(COMPANIES[0]))?
        )?;
    }
    writeln!(
        text,
        "\nAn HR system of {} sends `Authorization: Bearer {}`",
        API_KEYS[0].0, API_KEYS[0].1
    )?;
    writeln!(
        text,
        "The other company is {}: alumni-api token --as HR --company {}",
        COMPANIES[1], COMPANIES[1]
    )?;
    let origins = if settings.allows_loopback_origins() {
        "Pages of http://localhost, http://127.0.0.1 and http://[::1] may call from any port (CORS); ALUMNI_CORS_ORIGINS lists others instead.".to_owned()
    } else {
        let listed = settings.cors_origins.iter().map(ToString::to_string);
        format!(
            "Pages of {} may call (CORS, ALUMNI_CORS_ORIGINS).",
            listed.collect::<Vec<_>>().join(", ")
        )
    };
    writeln!(text, "{origins}")?;
    Ok(text)
}
