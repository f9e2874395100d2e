//! Which step of a data request may follow which, by when it is answered, and what the law keeps of somebody erased.

pub mod holdings;
pub mod tombstone;

use chrono::{DateTime, Months, NaiveDate, Utc};
use entity::{DataRequestKind, DataRequestState, data_request, retention_policy};

/// The law by which the facts of an employment outlive an erasure.
pub const EMPLOYMENT_RECORDS: &str =
    "Record of employees, Labour Standards Act (労働基準法) articles 107 and 109";

/// How long an export's link works, in minutes.
pub const LINK_MINUTES: i64 = 15;

/// A step of a data request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The identity of the requester is verified.
    VerifyIdentity,
    /// Somebody begins to work on it.
    Take,
    /// The last day is put off.
    Extend,
    /// It is done.
    Fulfil,
    /// It is done but for a part.
    RefusePartly,
    /// It is not done.
    Refuse,
    /// The person takes it back.
    Withdraw,
}

impl Step {
    /// As a change names it.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::VerifyIdentity => "data_request.identity_verified",
            Self::Take => "data_request.taken",
            Self::Extend => "data_request.extended",
            Self::Fulfil => "data_request.fulfilled",
            Self::RefusePartly => "data_request.partly_refused",
            Self::Refuse => "data_request.refused",
            Self::Withdraw => "data_request.withdrawn",
        }
    }
}

/// The request after a step, or why the step is not to be taken.
pub fn take(
    found: &data_request::Model,
    step: Step,
    now: DateTime<Utc>,
) -> Result<data_request::Model, String> {
    use DataRequestState::{
        Fulfilled, IdentityVerified, InProgress, PartlyRefused, Received, Refused, Withdrawn,
    };
    let in_force = found.kind == DataRequestKind::Restriction && found.state == Fulfilled;
    let state = match (step, found.state) {
        (Step::VerifyIdentity, Received) => IdentityVerified,
        (Step::Take, IdentityVerified) => InProgress,
        (Step::Extend, Received | IdentityVerified | InProgress) if found.extended_at.is_some() => {
            return Err("the last day was put off already, which is allowed once".to_owned());
        }
        (Step::Extend, open @ (Received | IdentityVerified | InProgress)) => open,
        (Step::Fulfil, IdentityVerified | InProgress) => Fulfilled,
        (Step::RefusePartly, IdentityVerified | InProgress) => PartlyRefused,
        (Step::Refuse, Received | IdentityVerified | InProgress) => Refused,
        (Step::Withdraw, Received | IdentityVerified | InProgress) => Withdrawn,
        (Step::Withdraw, Fulfilled) if in_force => Withdrawn,
        (_, state) => {
            return Err(format!(
                "the request is {}, which allows {}",
                word(state),
                allowed(state, in_force)
            ));
        }
    };
    let ended = !matches!(state, Received | IdentityVerified | InProgress);
    let mut next = data_request::Model {
        state,
        closed_at: ended.then_some(now),
        updated_at: now,
        version: found.version + 1,
        ..found.clone()
    };
    match step {
        Step::VerifyIdentity => next.identity_verified_at = Some(now),
        Step::Extend => {
            next.extended_at = Some(now);
            next.due_on = extended(found.due_on);
        }
        _ => {}
    }
    Ok(next)
}

/// The state as clients write it.
fn word(state: DataRequestState) -> &'static str {
    match state {
        DataRequestState::Received => "RECEIVED",
        DataRequestState::IdentityVerified => "IDENTITY_VERIFIED",
        DataRequestState::InProgress => "IN_PROGRESS",
        DataRequestState::Fulfilled => "FULFILLED",
        DataRequestState::PartlyRefused => "PARTLY_REFUSED",
        DataRequestState::Refused => "REFUSED",
        DataRequestState::Withdrawn => "WITHDRAWN",
    }
}

fn allowed(state: DataRequestState, in_force: bool) -> &'static str {
    match state {
        DataRequestState::Received => {
            "verifying the identity, extending, refusing and withdrawing it"
        }
        DataRequestState::IdentityVerified => {
            "taking, extending, fulfilling, refusing and withdrawing it"
        }
        DataRequestState::InProgress => "extending, fulfilling, refusing and withdrawing it",
        DataRequestState::Fulfilled if in_force => "withdrawing it",
        _ => "no further step",
    }
}

/// The last day to answer a request that came on a day: one month later (GDPR article 12(3)); the last of a month that has no such day.
#[must_use]
pub fn due(received: NaiveDate) -> NaiveDate {
    received
        .checked_add_months(Months::new(1))
        .unwrap_or(received)
}

/// The last day after it was put off: two months later.
#[must_use]
pub fn extended(due: NaiveDate) -> NaiveDate {
    due.checked_add_months(Months::new(2)).unwrap_or(due)
}

/// The last day on which the law keeps the facts of employments whose latest ended on a day; none where it keeps none any more.
#[must_use]
pub fn kept_until(
    left_on: Option<NaiveDate>,
    policy: &Policy,
    today: NaiveDate,
) -> Option<NaiveDate> {
    let years = Months::new(policy.employment_record_years.unsigned_abs() * 12);
    left_on?
        .checked_add_months(years)
        .filter(|until| *until >= today && policy.employment_record_years > 0)
}

/// How long a company keeps what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Years from leaving for which the facts of an employment are kept, whoever asks for erasure; 0: not here.
    pub employment_record_years: i32,
    /// Months from leaving after which who never joined is erased; none: never.
    pub never_joined_months: Option<i32>,
    /// Months from its end after which the person of an ended membership is erased; none: never.
    pub ended_months: Option<i32>,
    /// Months from its end after which a referral no longer says who the outside candidate was; none: never.
    pub outside_candidate_months: Option<i32>,
    /// Months for which ended data requests are kept.
    pub data_request_months: i32,
    /// Months for which entries of the access log are kept; none: all are.
    pub access_log_months: Option<i32>,
    /// Grows with each change; 0 where the company has said nothing yet.
    pub version: i32,
}

/// The usual: what the law keeps, and nobody erased whom nobody asked about.
impl Default for Policy {
    fn default() -> Self {
        Self {
            employment_record_years: 5,
            never_joined_months: None,
            ended_months: None,
            outside_candidate_months: None,
            data_request_months: 36,
            access_log_months: None,
            version: 0,
        }
    }
}

impl From<&retention_policy::Model> for Policy {
    fn from(row: &retention_policy::Model) -> Self {
        Self {
            employment_record_years: row.employment_record_years,
            never_joined_months: row.never_joined_months,
            ended_months: row.ended_months,
            outside_candidate_months: row.outside_candidate_months,
            data_request_months: row.data_request_months,
            access_log_months: row.access_log_months,
            version: row.version,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_month_ends_on_the_same_day_or_on_the_last_there_is() {
        assert_eq!(due(on("2026-04-01")), on("2026-05-01"));
        assert_eq!(due(on("2026-01-31")), on("2026-02-28"));
        assert_eq!(extended(due(on("2026-01-31"))), on("2026-04-28"));
        assert_eq!(due(on("2027-12-31")), on("2028-01-31"));
    }

    #[test]
    fn the_law_keeps_an_employment_to_the_last_day_of_its_years_and_no_longer() {
        let policy = Policy::default();
        let left = Some(on("2021-03-31"));
        assert_eq!(
            kept_until(left, &policy, on("2026-03-31")),
            Some(on("2026-03-31"))
        );
        assert_eq!(kept_until(left, &policy, on("2026-04-01")), None);
        assert_eq!(kept_until(None, &policy, on("2026-04-01")), None);
        let elsewhere = Policy {
            employment_record_years: 0,
            ..policy
        };
        assert_eq!(kept_until(left, &elsewhere, on("2021-03-31")), None);
    }
}
