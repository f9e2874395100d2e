//! `GET /readyz`: whether requests should be sent here, and if not, what is missing. `ready` is false where no request can be answered: while the
//! process stops, without its database, and before its migrations. Work that is `late` is told and takes no instance out: it is the same on all of
//! them, and to send nobody anything would help nobody. The sentences are fixed; causes are for the log.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use migration::{Migrator, MigratorTrait};
use serde::Serialize;

use crate::app::App;
use crate::database::Aside;
use crate::error::Result;
use crate::jobs;

/// How long the database may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(2);

const STOPPING: Missing = Missing {
    what: "process",
    message: "The process stops.",
};
const DATABASE: Missing = Missing {
    what: "database",
    message: "The database does not answer.",
};
const MIGRATIONS: Missing = Missing {
    what: "migrations",
    message: "Migrations are pending: run `alumni-api migrate up`.",
};

const NO_MAIL_SERVER: &str = "No mail server is set, so messages wait: set ALUMNI_SMTP_URL.";

#[derive(Serialize)]
struct Readiness {
    ready: bool,
    missing: Vec<Missing>,
    late: Vec<Late>,
    /// Why queries are answered by the primary although there is a replica.
    #[serde(skip_serializing_if = "Option::is_none")]
    replica: Option<&'static str>,
    /// Why messages wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    mail: Option<&'static str>,
}

#[derive(Clone, Copy, Serialize)]
struct Missing {
    what: &'static str,
    message: &'static str,
}

/// Periodic work that nobody has begun although it was due.
#[derive(Serialize)]
struct Late {
    what: String,
    /// Since when, in seconds.
    seconds: i64,
}

/// Ready when the process goes on, the database answers and has every migration.
pub(super) async fn ready(State(app): State<App>) -> Response {
    let found = if app.leaving.is_cancelled() {
        Err(STOPPING)
    } else {
        match tokio::time::timeout(PATIENCE, look(&app)).await {
            Ok(Ok(found)) => found,
            Ok(Err(error)) => {
                tracing::warn!(cause = %error, "not ready");
                Err(DATABASE)
            }
            Err(_) => Err(DATABASE),
        }
    };
    let (status, missing, late) = match found {
        Ok(late) => (StatusCode::OK, Vec::new(), late),
        Err(missing) => (StatusCode::SERVICE_UNAVAILABLE, vec![missing], Vec::new()),
    };
    let readiness = Readiness {
        ready: missing.is_empty(),
        missing,
        late,
        replica: app.database.replica_aside().map(Aside::sentence),
        mail: app.mail.settings().waits().then_some(NO_MAIL_SERVER),
    };
    let mut response = (status, Json(readiness)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn look(app: &App) -> Result<Result<Vec<Late>, Missing>> {
    let pending = Migrator::get_pending_migrations(app.database.writer()).await?;
    if !pending.is_empty() {
        return Ok(Err(MIGRATIONS));
    }
    let late = jobs::late(&app.database, app.clock.now()).await?;
    let late = late.into_iter().map(|(what, since)| Late {
        what,
        seconds: since.num_seconds(),
    });
    Ok(Ok(late.collect()))
}
