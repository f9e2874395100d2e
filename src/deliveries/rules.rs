//! Whether a message is still to be sent, and when the next attempt is.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    ConsentPurpose, DeliveryKind, DeliveryOutcome, DeliveryReason, DeliveryState, Standing,
};

use crate::consents;

/// How long a message is of use if nothing else is said.
pub const USEFUL: TimeDelta = TimeDelta::days(3);
/// How many attempts are made.
pub const ATTEMPTS: i32 = 30;
/// How long a sender may hold a message before another one claims it.
pub const LEASE: TimeDelta = TimeDelta::minutes(10);
/// How much of the lease must be left when an attempt begins. The longest attempt, with a reconnect after the reply 421, takes about five
/// minutes.
pub const LEASE_RESERVE: TimeDelta = TimeDelta::minutes(6);
/// How long a token is kept in a final state that `deliveryRetry` can leave.
pub const SECRET_KEPT: TimeDelta = TimeDelta::days(30);
/// How long the address and the values are kept in a final state.
pub const CONTENT_KEPT: TimeDelta = TimeDelta::days(180);
/// Longest stored answer of a mail server, in characters.
const LONGEST_ANSWER: usize = 500;

/// What matters of the person a message goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// The standing.
    pub standing: Standing,
    /// Whether the person's data is restricted.
    pub restricted: bool,
    /// Whether the person has died.
    pub deceased: bool,
    /// The purposes the person consents to, a bit each.
    pub consents: i32,
}

/// What a message is, as far as it decides whether it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// What it is for.
    pub kind: DeliveryKind,
    /// The purpose to which the person must consent.
    pub purpose: Option<ConsentPurpose>,
    /// After this instant it is not sent.
    pub not_after: DateTime<Utc>,
    /// How many attempts were begun.
    pub attempts: i32,
    /// After how many it fails.
    pub attempt_limit: i32,
}

/// The final state of a message that is not sent; null if it is sent.
#[must_use]
pub fn refused(
    due: Due,
    recipient: Option<Recipient>,
    now: DateTime<Utc>,
) -> Option<(DeliveryState, Option<DeliveryReason>)> {
    if let Some(reason) = recipient.and_then(|recipient| suppressed(due, recipient)) {
        return Some((DeliveryState::Suppressed, Some(reason)));
    }
    if now >= due.not_after {
        return Some((DeliveryState::Expired, None));
    }
    (due.attempts >= due.attempt_limit)
        .then_some((DeliveryState::Failed, Some(DeliveryReason::TooManyAttempts)))
}

fn suppressed(due: Due, recipient: Recipient) -> Option<DeliveryReason> {
    use Standing::{Active, Erased, Invited, Paused};
    if recipient.standing == Erased {
        return Some(DeliveryReason::Erased);
    }
    if recipient.deceased {
        return Some(DeliveryReason::Deceased);
    }
    if let Some(purpose) = due.purpose {
        let consents = recipient.consents & consents::bit(purpose) != 0;
        return match recipient {
            Recipient {
                restricted: true, ..
            } => Some(DeliveryReason::Restricted),
            _ if !consents => Some(DeliveryReason::NoConsent),
            Recipient {
                standing: Paused, ..
            } => Some(DeliveryReason::Paused),
            _ => None,
        };
    }
    // without a purpose it is about the programme itself, which a person without a standing for it does not take part in
    let standings: &[Standing] = match due.kind {
        DeliveryKind::AccountInvitation
        | DeliveryKind::MembershipApplicationRejected
        | DeliveryKind::Test => return None,
        DeliveryKind::MembershipInvitation
        | DeliveryKind::MembershipReminder
        | DeliveryKind::MembershipApplicationApproved => &[Invited],
        DeliveryKind::MembershipExpiring => &[Active, Paused],
    };
    if recipient.restricted {
        return Some(DeliveryReason::Restricted);
    }
    (!standings.contains(&recipient.standing)).then_some(DeliveryReason::NotApplicable)
}

/// Whether the token stays stored in a state: as long as the message may be sent, also by `deliveryRetry`.
#[must_use]
pub fn keeps_secret(state: DeliveryState) -> bool {
    !matches!(state, DeliveryState::Sent | DeliveryState::Suppressed)
}

/// Whether `deliveryRetry` takes a state.
#[must_use]
pub fn can_retry(state: DeliveryState) -> bool {
    use DeliveryState::{Expired, Failed, Undeliverable};
    matches!(state, Failed | Expired | Undeliverable)
}

/// How long after an attempt the next one is. `jitter` is from 0 to 1 and spreads it by a fifth both ways.
#[must_use]
pub fn backoff(attempts: i32, jitter: f64) -> TimeDelta {
    let minutes = match attempts {
        ..=1 => 1,
        2 => 5,
        3 => 15,
        4 => 30,
        5 => 60,
        6 => 120,
        _ => 240,
    };
    let spread = 0.8 + 0.4 * jitter.clamp(0.0, 1.0);
    #[expect(clippy::cast_possible_truncation, reason = "at most some hours")]
    let seconds = (f64::from(minutes) * 60.0 * spread) as i64;
    TimeDelta::seconds(seconds)
}

/// The state after an attempt, with its reason and the next attempt.
#[must_use]
pub fn after_attempt(
    outcome: DeliveryOutcome,
    due: Due,
    now: DateTime<Utc>,
    jitter: f64,
) -> (DeliveryState, Option<DeliveryReason>, Option<DateTime<Utc>>) {
    match outcome {
        DeliveryOutcome::Sent => (DeliveryState::Sent, None, None),
        DeliveryOutcome::Rejected => (DeliveryState::Failed, Some(DeliveryReason::Rejected), None),
        DeliveryOutcome::Deferred | DeliveryOutcome::ConnectionLost | DeliveryOutcome::Unknown => {
            if due.attempts >= due.attempt_limit {
                let reason = Some(DeliveryReason::TooManyAttempts);
                return (DeliveryState::Failed, reason, None);
            }
            // when it is due after its time it expires, and not before
            let next = (now + backoff(due.attempts, jitter)).min(due.not_after);
            (DeliveryState::Pending, None, Some(next))
        }
    }
}

/// A mail server's answer as it is stored: one line, cut, without the recipient's address.
#[must_use]
pub fn stored_answer(text: &str, recipient: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = line.chars().filter(|letter| !letter.is_control()).collect();
    let mut without = String::new();
    let mut rest = line.as_str();
    // ASCII lower case keeps every place
    let lower = line.to_ascii_lowercase();
    let sought = recipient.to_ascii_lowercase();
    while !sought.is_empty() {
        let at = line.len() - rest.len();
        let Some(found) = lower[at..].find(&sought) else {
            break;
        };
        without.push_str(&rest[..found]);
        without.push_str("(recipient)");
        rest = &rest[found + sought.len()..];
    }
    without.push_str(rest);
    without.chars().take(LONGEST_ANSWER).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: DateTime<Utc> = DateTime::<Utc>::UNIX_EPOCH;

    fn due(kind: DeliveryKind) -> Due {
        Due {
            kind,
            purpose: None,
            not_after: NOW + USEFUL,
            attempts: 0,
            attempt_limit: ATTEMPTS,
        }
    }

    fn recipient(standing: Standing) -> Recipient {
        Recipient {
            standing,
            restricted: false,
            deceased: false,
            consents: 0,
        }
    }

    fn reason(due: Due, recipient: Recipient) -> Option<DeliveryReason> {
        refused(due, Some(recipient), NOW).and_then(|(_, reason)| reason)
    }

    #[test]
    fn nothing_goes_to_the_dead_and_the_erased() {
        for kind in [
            DeliveryKind::AccountInvitation,
            DeliveryKind::MembershipInvitation,
        ] {
            let erased = recipient(Standing::Erased);
            assert_eq!(reason(due(kind), erased), Some(DeliveryReason::Erased));
            let dead = Recipient {
                deceased: true,
                ..recipient(Standing::Invited)
            };
            assert_eq!(reason(due(kind), dead), Some(DeliveryReason::Deceased));
        }
    }

    #[test]
    fn an_account_invitation_always_goes_and_a_reminder_to_the_invited_only() {
        let restricted = Recipient {
            restricted: true,
            ..recipient(Standing::Invited)
        };
        let account = due(DeliveryKind::AccountInvitation);
        assert_eq!(reason(account, restricted), None);
        let reminder = due(DeliveryKind::MembershipReminder);
        assert_eq!(reason(reminder, recipient(Standing::Invited)), None);
        assert_eq!(
            reason(reminder, restricted),
            Some(DeliveryReason::Restricted)
        );
        let joined = recipient(Standing::Active);
        assert_eq!(
            reason(reminder, joined),
            Some(DeliveryReason::NotApplicable)
        );
        assert_eq!(reason(due(DeliveryKind::MembershipExpiring), joined), None);
    }

    #[test]
    fn a_purpose_needs_its_consent_and_quiet_is_kept() {
        let news = Due {
            purpose: Some(ConsentPurpose::EmailNews),
            ..due(DeliveryKind::Test)
        };
        let active = recipient(Standing::Active);
        assert_eq!(reason(news, active), Some(DeliveryReason::NoConsent));
        let consents = Recipient {
            consents: consents::bit(ConsentPurpose::EmailNews),
            ..active
        };
        assert_eq!(reason(news, consents), None);
        let paused = Recipient {
            standing: Standing::Paused,
            ..consents
        };
        assert_eq!(reason(news, paused), Some(DeliveryReason::Paused));
    }

    #[test]
    fn a_message_expires_at_its_time_and_fails_after_its_attempts() {
        let test = due(DeliveryKind::Test);
        assert_eq!(refused(test, None, NOW), None);
        let late = NOW + USEFUL;
        assert_eq!(
            refused(test, None, late),
            Some((DeliveryState::Expired, None))
        );
        let used = Due {
            attempts: ATTEMPTS,
            ..test
        };
        let failed = (DeliveryState::Failed, Some(DeliveryReason::TooManyAttempts));
        assert_eq!(refused(used, None, NOW), Some(failed));
    }

    #[test]
    fn attempts_are_spread_further_and_further() {
        let minutes: Vec<i64> = (1..9)
            .map(|attempt| backoff(attempt, 0.5).num_minutes())
            .collect();
        assert_eq!(minutes, [1, 5, 15, 30, 60, 120, 240, 240]);
        assert_eq!(backoff(1, 0.0), TimeDelta::seconds(48));
        assert_eq!(backoff(1, 1.0), TimeDelta::seconds(72));
    }

    #[test]
    fn the_last_attempt_is_not_after_the_time_of_use() {
        let soon = Due {
            attempts: 3,
            not_after: NOW + TimeDelta::minutes(2),
            ..due(DeliveryKind::Test)
        };
        let (state, _, next) = after_attempt(DeliveryOutcome::Deferred, soon, NOW, 0.5);
        assert_eq!(
            (state, next),
            (DeliveryState::Pending, Some(soon.not_after))
        );
    }

    #[test]
    fn a_stored_answer_does_not_name_the_recipient() {
        let answer = "5.1.1 <Taro@Example.com>: user unknown\r\nsee taro@example.com";
        assert_eq!(
            stored_answer(answer, "taro@example.com"),
            "5.1.1 <(recipient)>: user unknown see (recipient)"
        );
        assert_eq!(stored_answer(&"x".repeat(900), "a@b.example").len(), 500);
    }
}
