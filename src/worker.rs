//! What runs beside the requests. One thing so far: hearing of other instances' changes.

use std::time::Duration;

use secrecy::ExposeSecret;
use sqlx::postgres::PgListener;
use tokio_util::sync::CancellationToken;

use crate::database::DatabaseSettings;
use crate::outbox::Feed;

/// Wait before connecting again after a lost connection.
const AGAIN: Duration = Duration::from_secs(5);

/// Passes on what PostgreSQL tells of new changes, whichever instance wrote them, until stopped.
/// Followers also look by themselves now and then, so a lost connection delays them and loses nothing.
pub async fn hear_changes(settings: DatabaseSettings, feed: Feed, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let heard = tokio::select! {
            () = stop.cancelled() => return,
            heard = listen(&settings, &feed) => heard,
        };
        if let Err(error) = heard {
            tracing::warn!(%error, "not hearing changes; trying again");
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(AGAIN) => {}
        }
    }
}

async fn listen(settings: &DatabaseSettings, feed: &Feed) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect(settings.url.expose_secret()).await?;
    listener.listen("change").await?;
    loop {
        // the first word may have come while we were not listening
        feed.tell();
        listener.recv().await?;
    }
}
