//! How a membership moves: the whole table, and what each step writes down. Alumni first: HR asks, the alumnus decides.
//! Who withdrew is not asked again, but may come back by themselves. A rehired person's membership sleeps until they
//! leave again; that and running out are no steps of anybody's hand.

use chrono::{DateTime, NaiveDate, Utc};
use entity::MembershipState::{self, Active, Candidate, Expired, Invited, Paused, Withdrawn};
use entity::{LeaveType, membership};

/// What somebody does to a membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// HR asks.
    Invite,
    /// HR approves the person's own application to join.
    Admit,
    /// The alumnus says yes, or comes back.
    Accept,
    /// The alumnus asks for quiet.
    Pause,
    /// The alumnus is back from quiet.
    Resume,
    /// The alumnus leaves the programme, or wants not to be asked.
    Withdraw,
}

impl Step {
    /// Every step but [`Self::Admit`], which follows an approved application.
    pub const ALL: [Self; 5] = [
        Self::Invite,
        Self::Accept,
        Self::Pause,
        Self::Resume,
        Self::Withdraw,
    ];

    /// What the outbox calls it once it is done.
    #[must_use]
    pub fn kind(self) -> &'static str {
        match self {
            Self::Invite | Self::Admit => "membership.invited",
            Self::Accept => "membership.accepted",
            Self::Pause => "membership.paused",
            Self::Resume => "membership.resumed",
            Self::Withdraw => "membership.withdrawn",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Invite => "invite (HR)",
            Self::Admit => "approve an application (HR)",
            Self::Accept => "accept",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Withdraw => "withdraw",
        }
    }
}

/// The table. `asked`: was invited or a member before; who said no before being asked comes back as one who may be asked.
fn next(state: MembershipState, asked: bool, step: Step) -> Option<MembershipState> {
    match (step, state) {
        (Step::Invite, Candidate | Expired)
        | (Step::Admit, Candidate | Expired | Invited | Withdrawn) => Some(Invited),
        (Step::Accept, Invited) | (Step::Resume, Paused) => Some(Active),
        (Step::Accept, Withdrawn) => Some(if asked { Active } else { Candidate }),
        (Step::Pause, Active) => Some(Paused),
        (Step::Withdraw, Candidate | Invited | Active | Paused) => Some(Withdrawn),
        _ => None,
    }
}

/// The membership after a step; why not, where its state does not allow it.
pub fn take(
    membership: &membership::Model,
    step: Step,
    now: DateTime<Utc>,
) -> Result<membership::Model, String> {
    let asked = membership.invited_at.is_some() || membership.joined_at.is_some();
    let state = next(membership.state, asked, step).ok_or_else(|| refusal(membership.state))?;
    let mut moved = membership::Model {
        state,
        paused_at: (state == Paused).then_some(now),
        ended_at: (state == Withdrawn).then_some(now),
        updated_at: now,
        version: membership.version + 1,
        ..membership.clone()
    };
    if state == Invited {
        moved.invited_at = Some(now);
    }
    if matches!(membership.state, Expired | Withdrawn) {
        // the end of one term does not bind the next one
        moved.expires_on = None;
    }
    if state == Active {
        moved.joined_at = membership.joined_at.or(Some(now));
    }
    Ok(moved)
}

/// Whether a membership ends by itself: its last day has passed, and it is not over yet.
#[must_use]
pub fn has_expired(
    state: MembershipState,
    expires_on: Option<NaiveDate>,
    today: NaiveDate,
) -> bool {
    let runs = matches!(state, Invited | Active | Paused);
    runs && expires_on.is_some_and(|last| last < today)
}

/// Who died is never asked.
pub fn may_be_asked(last_leave: Option<LeaveType>) -> Result<(), String> {
    match last_leave {
        Some(LeaveType::Death) => {
            Err("is never invited: the last employment ended by death".to_owned())
        }
        _ => Ok(()),
    }
}

fn refusal(state: MembershipState) -> String {
    let allowed: Vec<&str> = Step::ALL
        .into_iter()
        .filter(|step| next(state, true, *step).is_some())
        .map(Step::name)
        .collect();
    let allowed = match allowed.as_slice() {
        [] => "nothing".to_owned(),
        steps => steps.join(", "),
    };
    // each state is one word
    let state = format!("{state:?}").to_uppercase();
    format!("the membership is {state}, which allows: {allowed}")
}

#[cfg(test)]
mod tests {
    use entity::MembershipState::{Erased, Rehired};
    use entity::{CompanyId, MembershipId, PersonId};

    use super::*;

    fn at(hour: u32) -> DateTime<Utc> {
        NaiveDate::from_ymd_opt(2026, 4, 1)
            .and_then(|day| day.and_hms_opt(hour, 0, 0))
            .unwrap()
            .and_utc()
    }

    fn standing(state: MembershipState) -> membership::Model {
        membership::Model {
            id: MembershipId(uuid::Uuid::nil()),
            company_id: CompanyId(uuid::Uuid::nil()),
            person_id: PersonId(uuid::Uuid::nil()),
            state,
            invited_at: Some(at(1)),
            joined_at: None,
            paused_at: None,
            ended_at: None,
            expires_on: None,
            created_at: at(0),
            updated_at: at(0),
            version: 3,
        }
    }

    #[test]
    fn every_state_allows_exactly_these_steps() {
        use Step::{Accept, Invite, Pause, Resume, Withdraw};
        let table: [(MembershipState, &[(Step, MembershipState)]); 8] = [
            (Candidate, &[(Invite, Invited), (Withdraw, Withdrawn)]),
            (Invited, &[(Accept, Active), (Withdraw, Withdrawn)]),
            (Active, &[(Pause, Paused), (Withdraw, Withdrawn)]),
            (Paused, &[(Resume, Active), (Withdraw, Withdrawn)]),
            (Expired, &[(Invite, Invited)]),
            (Withdrawn, &[(Accept, Active)]),
            (Erased, &[]),
            (Rehired, &[]),
        ];
        for (state, allowed) in table {
            for step in Step::ALL {
                let came_to = take(&standing(state), step, at(9))
                    .ok()
                    .map(|row| row.state);
                let expected = allowed
                    .iter()
                    .find(|(known, _)| *known == step)
                    .map(|(_, to)| *to);
                assert_eq!(came_to, expected, "{step:?} from {state:?}");
            }
        }
    }

    #[test]
    fn a_refusal_names_the_state_and_what_it_allows() {
        let refused = |state, step| take(&standing(state), step, at(9)).unwrap_err();
        assert_eq!(
            refused(Withdrawn, Step::Invite),
            "the membership is WITHDRAWN, which allows: accept"
        );
        assert_eq!(
            refused(Candidate, Step::Accept),
            "the membership is CANDIDATE, which allows: invite (HR), withdraw"
        );
        assert_eq!(
            refused(Rehired, Step::Withdraw),
            "the membership is REHIRED, which allows: nothing"
        );
    }

    #[test]
    fn who_said_no_before_being_asked_may_be_asked_again_but_does_not_join() {
        let never_asked = membership::Model {
            invited_at: None,
            ..standing(Withdrawn)
        };
        let back = take(&never_asked, Step::Accept, at(9)).unwrap();
        assert_eq!((back.state, back.joined_at), (Candidate, None));
    }

    #[test]
    fn each_step_writes_down_when_it_was_taken() {
        let joined = take(&standing(Invited), Step::Accept, at(2)).unwrap();
        assert_eq!((joined.joined_at, joined.version), (Some(at(2)), 4));
        let quiet = take(&joined, Step::Pause, at(3)).unwrap();
        assert_eq!((quiet.paused_at, quiet.ended_at), (Some(at(3)), None));
        let left = take(&quiet, Step::Withdraw, at(4)).unwrap();
        assert_eq!((left.paused_at, left.ended_at), (None, Some(at(4))));
        let back = take(&left, Step::Accept, at(5)).unwrap();
        assert_eq!((back.joined_at, back.ended_at), (Some(at(2)), None));
        assert_eq!((back.updated_at, back.version), (at(5), 7));
    }

    #[test]
    fn whose_term_ran_out_is_asked_for_a_new_one() {
        let over = membership::Model {
            expires_on: NaiveDate::from_ymd_opt(2026, 3, 31),
            ended_at: Some(at(0)),
            ..standing(Expired)
        };
        let asked = take(&over, Step::Invite, at(9)).unwrap();
        assert_eq!(
            (asked.invited_at, asked.expires_on, asked.ended_at),
            (Some(at(9)), None, None)
        );
        let left = membership::Model {
            state: Withdrawn,
            ..over
        };
        let back = take(&left, Step::Accept, at(9)).unwrap();
        assert_eq!((back.state, back.expires_on), (Active, None));
    }

    #[test]
    fn a_membership_runs_until_the_end_of_its_last_day() {
        let day = |day| NaiveDate::from_ymd_opt(2026, 3, day);
        let today = day(31).unwrap();
        for (state, expires_on, expired) in [
            (Active, day(30), true),
            (Paused, day(30), true),
            (Invited, day(1), true),
            (Active, day(31), false),
            (Active, None, false),
            (Candidate, day(30), false),
            (Expired, day(30), false),
            (Withdrawn, day(30), false),
            (Rehired, day(30), false),
            (Erased, day(30), false),
        ] {
            assert_eq!(
                has_expired(state, expires_on, today),
                expired,
                "{state:?} {expires_on:?}"
            );
        }
    }

    #[test]
    fn who_died_is_never_asked() {
        assert!(may_be_asked(Some(LeaveType::Death)).is_err());
        assert!(may_be_asked(Some(LeaveType::Involuntary)).is_ok());
        assert!(may_be_asked(None).is_ok());
    }
}
