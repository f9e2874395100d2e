//! Concurrency limit of operations, with a bounded waiting queue. Further operations are rejected at once. A query or a mutation has a permit during
//! its execution, on every transport. A subscription has one only while it starts; `socketOperations` and the connection limits bound subscriptions.

use std::{sync::Arc, time::Duration};

use async_graphql::{ServerError, value};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::errors::coded;
use crate::{graphql::limits::Limits, telemetry::names};

/// Concurrency limit of operations.
#[derive(Clone, Debug)]
pub struct Turns {
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    wait: Duration,
    most: u32,
    places: u32,
}

/// Current use of the concurrency limit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Standing {
    /// Operations with a permit.
    pub running: usize,
    /// Operations that wait for a permit.
    pub waiting: usize,
    /// Maximum number of permits.
    pub most: usize,
}

/// A permit, released on drop.
#[derive(Debug)]
pub struct Turn(#[expect(dead_code, reason = "it is held")] OwnedSemaphorePermit);

/// No permit is available; nothing was executed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Overload {
    /// The maximum of operations; null if something else is at its limit.
    most: Option<u32>,
}

impl Turns {
    /// The limit with its configured size.
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

    #[must_use]
    pub fn standing(&self) -> Standing {
        let (most, places) = (self.most as usize, self.places as usize);
        Standing {
            running: most.saturating_sub(self.running.available_permits()),
            waiting: places.saturating_sub(self.waiting.available_permits()),
            most,
        }
    }

    /// Rejects if the waiting queue is full, without taking a permit.
    pub fn look(&self, transport: &'static str) -> Result<(), Overload> {
        if self.running.available_permits() == 0 && self.waiting.available_permits() == 0 {
            return Err(self.shed(transport));
        }
        Ok(())
    }

    /// A permit: at once if one is free, otherwise in order of arrival.
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
