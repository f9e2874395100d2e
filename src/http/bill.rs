//! Rate limiting of one operation: its cost is taken before execution and settled afterwards. It is returned in `extensions.cost` and in the headers
//! `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers). See `crate::budget`.

use std::time::Duration;

use async_graphql::{Response, ServerError, value};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use super::errors::{code, coded};
use crate::{
    budget::{Balance, Budgets, Exhausted, Payer},
    graphql::limits::Price,
};

/// Header with the remaining rate limit.
pub(super) const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
/// Header with the size of the rate limit.
pub(super) const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The rate-limit bucket of a caller.
#[derive(Clone, Debug)]
pub(super) struct Purse {
    budgets: Budgets,
    payer: Payer,
}

/// The cost of one operation for its caller.
#[derive(Debug)]
pub(super) struct Bill {
    purse: Purse,
    price: Price,
    paid: bool,
}

impl Purse {
    pub fn new(budgets: &Budgets, payer: Payer) -> Self {
        let budgets = budgets.clone();
        Self { budgets, payer }
    }

    /// Rejects if the bucket does not cover even the cheapest operation; the request is then not inspected.
    pub fn look(&self) -> Result<(), Exhausted> {
        self.budgets.look(self.payer, 1)
    }

    /// Takes the cost of inspecting a rejected request.
    pub fn charge_look(&self) {
        self.budgets.charge(self.payer, 1);
    }

    /// The cost of an operation, not yet taken.
    pub fn bill(&self, price: Price) -> Bill {
        Bill {
            purse: self.clone(),
            price,
            paid: false,
        }
    }
}

impl Bill {
    /// Takes the cost, if the bucket covers it.
    pub async fn pay(&mut self) -> Result<(), Exhausted> {
        let Purse { budgets, payer } = &self.purse;
        budgets.pay(*payer, self.price.complexity).await?;
        self.paid = true;
        Ok(())
    }

    /// Charges a replayed response with the minimum cost.
    pub fn tell_again(&self, response: &mut Response) {
        self.told(response, 1);
    }

    /// Refunds the cost above the actual cost. Returns the new state; null if no rate limit applies.
    pub fn settle(&self, actual: u64) -> Option<Balance> {
        let Purse { budgets, payer } = &self.purse;
        if !self.paid {
            budgets.charge(*payer, actual);
        }
        let requested = if self.paid {
            self.price.complexity
        } else {
            actual
        };
        budgets.give_back(*payer, requested.saturating_sub(actual))
    }

    /// Settles with the cost of the returned data and of the input, and adds `extensions.cost` if a rate limit applies. After a timeout nothing is
    /// refunded: the work exceeds the returned data.
    pub fn tell(&self, response: &mut Response, answered: u64) {
        let late = response
            .errors
            .iter()
            .any(|error| code(error) == Some("TIMEOUT"));
        let requested = self.price.complexity;
        let actual = if late {
            requested
        } else {
            answered.saturating_add(self.price.given)
        };
        self.told(response, actual);
    }

    fn told(&self, response: &mut Response, actual: u64) {
        let Some(balance) = self.settle(actual) else {
            return;
        };
        let cost = value!({
            "requested": self.price.complexity,
            "actual": actual,
            "available": balance.available,
            "restoreRate": balance.budget.restore_rate,
        });
        response.extensions.insert("cost".to_owned(), cost);
        response.http_headers.extend(headers(&balance));
    }
}

fn headers(balance: &Balance) -> HeaderMap {
    let (held, rate) = (balance.budget.capacity, balance.budget.restore_rate);
    let window = held.div_ceil(rate);
    let reset = seconds(balance.whole_in);
    let mut headers = HeaderMap::with_capacity(3);
    for (name, text) in [
        (RATE_LIMIT_POLICY, format!("\"cost\";q={held};w={window}")),
        (
            RATE_LIMIT,
            format!("\"cost\";r={};t={reset}", balance.available),
        ),
    ] {
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(name, value);
        }
    }
    headers
}

/// Headers of a response that rejects by the rate limit.
pub(super) fn headers_when(exhausted: &Exhausted) -> HeaderMap {
    let mut headers = headers(&exhausted.balance);
    headers.insert(header::RETRY_AFTER, seconds(exhausted.wait).into());
    headers
}

fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

impl From<Exhausted> for ServerError {
    fn from(exhausted: Exhausted) -> Self {
        let Exhausted {
            requested,
            balance,
            wait,
        } = exhausted;
        let (available, wait) = (balance.available, wait.as_millis());
        let message = format!(
            "This costs {requested} and {available} of your budget is left. Nothing of it has run; send it again in {wait} ms."
        );
        let mut error = coded("RATE_LIMITED", message);
        if let Some(extensions) = &mut error.extensions {
            let wait = u64::try_from(wait).unwrap_or(u64::MAX);
            extensions.set("retryAfterMs", wait);
            let cost = value!({
                "requested": requested,
                "available": available,
                "capacity": balance.budget.capacity,
                "restoreRate": balance.budget.restore_rate,
            });
            extensions.set("cost", cost);
        }
        error
    }
}
