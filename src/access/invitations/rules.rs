//! How long an invitation's link is valid and when another may be sent. Pure decisions.

use chrono::{DateTime, TimeDelta, Utc};
use entity::invitation;

/// How many days a link to an account is valid if nothing else is given.
pub const ACCOUNT_DAYS: i32 = 14;
/// How many days a link to a membership is valid if nothing else is given.
pub const MEMBERSHIP_DAYS: i32 = 30;
/// The longest validity of a link in days.
pub const MOST_DAYS: i32 = 90;
/// The shortest time between two links of one invitation.
pub const RESEND_INTERVAL: TimeDelta = TimeDelta::minutes(1);
/// The shortest time between an invitation and a reminder, and between two reminders.
pub const REMINDER_INTERVAL: TimeDelta = TimeDelta::days(7);
/// The most links of one invitation that reminders send, the first one included.
pub const MOST_REMINDED: i32 = 4;

/// State of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationState {
    /// The link can be used.
    Open,
    /// The link was used.
    Accepted,
    /// The invitation was revoked before the link was used.
    Revoked,
    /// Its link expired before it was used.
    Expired,
}

/// State of an invitation now.
#[must_use]
pub fn state(
    accepted_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> InvitationState {
    if accepted_at.is_some() {
        InvitationState::Accepted
    } else if revoked_at.is_some() {
        InvitationState::Revoked
    } else if expires_at <= now {
        InvitationState::Expired
    } else {
        InvitationState::Open
    }
}

/// Whether a new link may be made now; why not otherwise. An expired invitation gets a new link as well.
pub fn may_resend(row: &invitation::Model, now: DateTime<Utc>) -> Result<(), String> {
    match state(row.accepted_at, row.revoked_at, row.expires_at, now) {
        InvitationState::Accepted => Err("was accepted".to_owned()),
        InvitationState::Revoked => Err("was revoked; invite anew".to_owned()),
        _ if now - row.sent_at < RESEND_INTERVAL => {
            Err("was sent less than a minute ago".to_owned())
        }
        _ => Ok(()),
    }
}

/// Whether a reminder may be sent now; why not otherwise.
pub fn may_remind(row: &invitation::Model, now: DateTime<Utc>) -> Result<(), String> {
    if row.sent_count >= MOST_REMINDED {
        return Err(format!("was reminded {} times already", MOST_REMINDED - 1));
    }
    if now - row.sent_at < REMINDER_INTERVAL {
        return Err(format!(
            "was sent less than {} days ago",
            REMINDER_INTERVAL.num_days()
        ));
    }
    may_resend(row, now)
}
