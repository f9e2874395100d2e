//! The codes of top-level errors and of user errors.

use super::schema::members;
use super::table::{Table, code};
use crate::error_codes::ALL;

const INTRODUCTION: &str = "\
# Error codes

## Top-level errors

`errors[].extensions.code` is one of these. `extensions.requestId` identifies the request in the log.
The status applies to `Accept: application/graphql-response+json`. 200 means that the error belongs to a field, and that other fields may
have data. With `Accept: application/json` the status of an operation is 200, except for `RATE_LIMITED`.

";

const USER_ERRORS: &str = "
## User errors

A mutation returns errors of its input in `userErrors { code field message }`. Then nothing was changed.

";

pub async fn page() -> String {
    let mut errors = Table::new(&["Code", "HTTP status", "Meaning", "What the client does"]);
    for error in ALL {
        errors.row(&[
            code(error.code),
            error.status.to_owned(),
            error.meaning.to_owned(),
            error.client.to_owned(),
        ]);
    }
    let mut user_errors = Table::new(&["Code", "Meaning"]);
    for (name, description) in members("UserErrorCode").await {
        user_errors.row(&[code(&name), description]);
    }
    format!(
        "{INTRODUCTION}{}{USER_ERRORS}{}",
        errors.finish(),
        user_errors.finish()
    )
}
