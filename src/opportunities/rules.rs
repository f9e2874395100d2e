//! State transitions of an opportunity, and validation of its dates.

use chrono::NaiveDate;
use entity::OpportunityState::{self, Closed, Draft, Open};

use crate::error::{Refusal, Result, UserErrorCode};

/// The next state: a draft is opened, an open opportunity closed, a closed one opened again.
#[must_use]
pub const fn allowed(from: OpportunityState) -> OpportunityState {
    match from {
        Draft | Closed => Open,
        Open => Closed,
    }
}

/// Refuses a way that is not allowed, and says which is.
pub fn moves(from: OpportunityState, to: OpportunityState) -> Result<()> {
    let next = allowed(from);
    if to == next {
        return Ok(());
    }
    Err(Refusal::new(
        UserErrorCode::Refused,
        "id",
        format!(
            "the opportunity is {}; from there it goes to {}",
            word(from),
            word(next)
        ),
    )
    .into())
}

/// The last day for referrals, if it has passed.
#[must_use]
pub fn over(closes_on: Option<NaiveDate>, today: NaiveDate) -> Option<NaiveDate> {
    closes_on.filter(|day| *day < today)
}

/// Why an opportunity does not take referrals whose last day has passed.
#[must_use]
pub fn too_late(day: NaiveDate, today: NaiveDate) -> String {
    format!(
        "referrals would end on {day}, and where the company is it is {today}: set `closesOn` to that day or later, or to null"
    )
}

/// Why an opportunity accepts no referrals today; null if it does.
#[must_use]
pub fn takes_no_referrals(
    state: OpportunityState,
    closes_on: Option<NaiveDate>,
    today: NaiveDate,
) -> Option<String> {
    if state != Open {
        let state = word(state);
        return Some(format!(
            "the opportunity is {state}; referrals are taken while it is OPEN"
        ));
    }
    over(closes_on, today).map(|day| format!("the last day for referrals was {day}"))
}

/// The state as clients write it.
const fn word(state: OpportunityState) -> &'static str {
    match state {
        Draft => "DRAFT",
        Open => "OPEN",
        Closed => "CLOSED",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_opened_an_open_one_closed_and_a_closed_one_opened_again() {
        for from in [Draft, Open, Closed] {
            for to in [Draft, Open, Closed] {
                let fits = matches!((from, to), (Draft | Closed, Open) | (Open, Closed));
                assert_eq!(moves(from, to).is_ok(), fits, "{from:?} to {to:?}");
            }
        }
    }

    #[test]
    fn the_last_day_itself_still_counts() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2026-04-01");
        assert_eq!(over(Some(today), today), None);
        assert_eq!(
            over(Some(day("2026-03-31")), today),
            Some(day("2026-03-31"))
        );
        assert_eq!(over(None, today), None);
        assert_eq!(takes_no_referrals(Open, Some(today), today), None);
        assert!(takes_no_referrals(Open, Some(day("2026-03-31")), today).is_some());
        assert!(takes_no_referrals(Closed, None, today).is_some());
        assert!(takes_no_referrals(Draft, None, today).is_some());
    }
}
