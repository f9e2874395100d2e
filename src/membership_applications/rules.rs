//! When somebody may apply, and when an application can be reviewed. Pure decisions.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{MembershipApplicationState as State, membership_application};

/// Longest message to the reviewers, in characters.
pub const LONGEST_MESSAGE: usize = 2_000;
/// Longest note to the applicant, in characters.
pub const LONGEST_NOTE: usize = 1_000;
/// How long a rejected or withdrawn application is kept.
pub const KEPT: TimeDelta = TimeDelta::days(90);
/// The shortest time between a rejection and the next application, and in which [`MOST`] applications are counted.
const INTERVAL: TimeDelta = TimeDelta::hours(24);
/// Most applications of one login to one company within [`INTERVAL`].
const MOST: usize = 3;

/// Whether a login with these earlier applications to the company may apply now; why not otherwise.
pub fn may_apply(
    earlier: &[membership_application::Model],
    now: DateTime<Utc>,
) -> Result<(), String> {
    if earlier.iter().any(|row| row.state == State::Pending) {
        return Err(ALREADY.to_owned());
    }
    let hours = INTERVAL.num_hours();
    let rejected = |row: &membership_application::Model| {
        row.state == State::Rejected && row.reviewed_at.is_some_and(|at| now - at < INTERVAL)
    };
    if earlier.iter().any(rejected) {
        return Err(format!(
            "your application was rejected less than {hours} hours ago"
        ));
    }
    let recent = earlier.iter().filter(|row| now - row.created_at < INTERVAL);
    if recent.count() >= MOST {
        return Err(format!("you applied {MOST} times within {hours} hours"));
    }
    Ok(())
}

/// Why a second application is refused while one is open.
pub const ALREADY: &str =
    "your application waits for a review; `membershipApplicationWithdraw` withdraws it";

/// Whether an application can be reviewed or withdrawn; why not otherwise.
pub fn is_pending(row: &membership_application::Model) -> Result<(), String> {
    match row.state {
        State::Pending => Ok(()),
        state => Err(format!("is {} already", state.word())),
    }
}
