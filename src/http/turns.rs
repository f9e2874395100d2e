//! How many operations run at once, and how many wait for that: whoever comes beyond it is told at once to come again, as long as the service
//! still has what it takes to say so. A query or a mutation holds its turn while it runs, by whichever way it came. A subscription takes one to
//! begin and holds none for as long as it lasts; `socketOperations` and the connections bound those.

use std::{sync::Arc, time::Duration};

use async_graphql::{ServerError, value};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::errors::coded;
use crate::{graphql::limits::Limits, telemetry::names};

/// The turns of operations.
#[derive(Clone, Debug)]
pub struct Turns {
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    wait: Duration,
    most: u32,
    places: u32,
}

/// How the turns stand.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Standing {
    /// Operations that hold one.
    pub running: usize,
    /// Operations that wait for one.
    pub waiting: usize,
    /// How many there are.
    pub most: usize,
}

/// An operation's turn, until it is dropped.
#[derive(Debug)]
pub struct Turn(#[expect(dead_code, reason = "it is held")] OwnedSemaphorePermit);

/// There is no turn to be had now; nothing has run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Overload {
    /// The maximum of operations; null if something else is at its limit.
    most: Option<u32>,
}

impl Turns {
    /// As many as the limits say.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        let most = limits.operations.max(1);
        Self {
            running: Arc::new(Semaphore::new(most as usize)),
            waiting: Arc::new(Semaphore::new(limits.waiting_operations as usize)),
            wait: Duration::from_millis(limits.operation_wait_ms.into()),
            most,
            places: limits.waiting_operations,
        }
    }

    /// How they stand now.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let (most, places) = (self.most as usize, self.places as usize);
        Standing {
            running: most.saturating_sub(self.running.available_permits()),
            waiting: places.saturating_sub(self.waiting.available_permits()),
            most,
        }
    }

    /// Refuses where one could not even wait: what is asked here costs nothing, and takes no turn.
    pub fn look(&self, transport: &'static str) -> Result<(), Overload> {
        if self.running.available_permits() == 0 && self.waiting.available_permits() == 0 {
            return Err(self.shed(transport));
        }
        Ok(())
    }

    /// A turn: at once where one is free, else after those who waited before.
    pub async fn take(&self, transport: &'static str) -> Result<Turn, Overload> {
        if let Ok(turn) = Arc::clone(&self.running).try_acquire_owned() {
            return Ok(Turn(turn));
        }
        let Ok(_place) = self.waiting.try_acquire() else {
            return Err(self.shed(transport));
        };
        match timeout(self.wait, Arc::clone(&self.running).acquire_owned()).await {
            Ok(Ok(turn)) => Ok(Turn(turn)),
            // they are never closed
            Ok(Err(_)) | Err(_) => Err(self.shed(transport)),
        }
    }

    fn shed(&self, transport: &'static str) -> Overload {
        names::SHED.count(&[("transport", transport)]);
        Overload {
            most: Some(self.most),
        }
    }

    /// Waits for a condition as for a permit: for the same time, and only while fewer than the maximum wait.
    pub async fn wait(
        &self,
        transport: &'static str,
        condition: impl Future<Output = ()>,
    ) -> Result<(), Overload> {
        let shed = || {
            self.shed(transport);
            Overload { most: None }
        };
        let Ok(_place) = self.waiting.try_acquire() else {
            return Err(shed());
        };
        timeout(self.wait, condition).await.map_err(|_| shed())
    }
}

impl From<Overload> for ServerError {
    fn from(overload: Overload) -> Self {
        let message =
            "The service is busy. Nothing of this operation has run; send it again in a second.";
        let mut error = coded("SERVICE_UNAVAILABLE", message);
        if let (Some(extensions), Some(most)) = (&mut error.extensions, overload.most) {
            let limit = value!({ "name": "operations", "maximum": most });
            extensions.set("limit", limit);
        }
        error
    }
}
