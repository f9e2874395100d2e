//! What a person becomes to the company by their employments: an employee, a candidate, or what their membership says.
//!
//! Somebody who died, or whose hire never started, never becomes a candidate; who died leaves the programme. Who left the programme by their own will, or was erased, stays
//! so, whatever an HR system says.

use chrono::NaiveDate;
use entity::{LeaveType, MembershipId, MembershipState, PersonId, Standing, membership::Column};

use crate::alumni::standing;

use super::known::{Membership, Stint, Write, set};
use super::{Ground, MembershipWrite};

/// What a person's latest stint says.
pub struct Left {
    pub person: PersonId,
    /// The last working day of somebody who has left; none for who works here.
    pub on: Option<NaiveDate>,
    /// How it ended.
    pub end: End,
    /// How the latest of before ended, if there was one.
    pub before: Option<End>,
    /// Whether the stint was the latest before.
    pub same_stint: bool,
}

/// How an employment ended, as far as a membership depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Death,
    /// On its first day: a hire that did not happen makes no alumnus.
    NeverStarted,
    /// In another way, or not at all.
    Other,
}

impl End {
    /// That of an employment.
    pub fn of(stint: &Stint) -> Self {
        match stint.leave_type {
            Some(LeaveType::Death) => Self::Death,
            _ if stint.never_started() => Self::NeverStarted,
            _ => Self::Other,
        }
    }
}

/// Where a person stands next.
pub struct Next {
    pub standing: Standing,
    pub membership: MembershipWrite,
    /// What happened to the membership, as a change names it.
    pub happened: Option<(&'static str, MembershipId)>,
}

/// The last working day of somebody who has left; none for who works here.
pub fn left_on(
    latest: &Stint,
    says_left: bool,
    was_leaver: bool,
    today: NaiveDate,
) -> Option<NaiveDate> {
    latest
        .last_working_day
        .filter(|day| *day < today || (*day == today && (says_left || was_leaver)))
}

/// The standing and the membership that follow from the latest stint.
pub fn next(membership: Option<&Membership>, left: &Left, ground: &Ground<'_>) -> Next {
    let died = left.end == End::Death;
    let makes_alumnus = left.end == End::Other;
    if left.on.is_none() {
        return employed(membership, left, ground);
    }
    let Some(membership) = membership else {
        let (state, kind) = if makes_alumnus {
            (MembershipState::Candidate, "membership.created")
        } else {
            (MembershipState::Withdrawn, "membership.withdrawn")
        };
        return moved(fresh(left.person, state, ground), kind);
    };
    let never_asked = membership.joined_at.is_none() && membership.invited_at.is_none();
    let made_none = left.before.is_some_and(|end| end != End::Other);
    let state = membership.state;
    match state {
        MembershipState::Erased => keep(Standing::Erased),
        MembershipState::Withdrawn if made_none && makes_alumnus && never_asked => moved(
            to(membership, MembershipState::Candidate, ground),
            "membership.created",
        ),
        MembershipState::Withdrawn => keep(Standing::Withdrawn),
        MembershipState::Candidate if !makes_alumnus && never_asked => moved(
            to(membership, MembershipState::Withdrawn, ground),
            "membership.withdrawn",
        ),
        _ if died => moved(
            to(membership, MembershipState::Withdrawn, ground),
            "membership.withdrawn",
        ),
        MembershipState::Rehired => {
            let holds = membership.joined_at.is_some()
                && membership.expires_on.is_none_or(|day| day >= ground.today);
            let state = if holds {
                MembershipState::Active
            } else {
                MembershipState::Candidate
            };
            moved(to(membership, state, ground), "membership.reactivated")
        }
        MembershipState::Candidate
        | MembershipState::Invited
        | MembershipState::Active
        | MembershipState::Paused
        | MembershipState::Expired => keep(standing(state)),
    }
}

fn employed(membership: Option<&Membership>, left: &Left, ground: &Ground<'_>) -> Next {
    let Some(membership) = membership else {
        return keep(Standing::Employee);
    };
    let never_started = left.before == Some(End::NeverStarted) && membership.invited_at.is_none();
    let ends = match membership.state {
        MembershipState::Candidate | MembershipState::Invited => left.same_stint,
        MembershipState::Withdrawn => never_started && membership.joined_at.is_none(),
        _ => false,
    };
    match membership.state {
        _ if ends => Next {
            standing: Standing::Employee,
            membership: MembershipWrite::Remove(membership.id),
            happened: Some(("membership.ended", membership.id)),
        },
        MembershipState::Candidate
        | MembershipState::Invited
        | MembershipState::Active
        | MembershipState::Paused
        | MembershipState::Expired => moved(
            to(membership, MembershipState::Rehired, ground),
            "membership.rehired",
        ),
        MembershipState::Rehired | MembershipState::Withdrawn | MembershipState::Erased => {
            keep(Standing::Employee)
        }
    }
}

fn keep(standing: Standing) -> Next {
    Next {
        standing,
        membership: MembershipWrite::Leave,
        happened: None,
    }
}

fn moved(write: Write<Membership, Column>, kind: &'static str) -> Next {
    let (Write::Make(membership) | Write::Edit(membership, _)) = &write;
    Next {
        standing: standing(membership.state),
        happened: Some((kind, membership.id)),
        membership: MembershipWrite::Put(write),
    }
}

fn to(
    membership: &Membership,
    state: MembershipState,
    ground: &Ground<'_>,
) -> Write<Membership, Column> {
    let (mut row, mut edited) = (membership.clone(), Vec::new());
    set(&mut row.state, state, Column::State, &mut edited);
    set(&mut row.paused_at, None, Column::PausedAt, &mut edited);
    let ended_at = (state == MembershipState::Withdrawn).then_some(ground.now);
    set(&mut row.ended_at, ended_at, Column::EndedAt, &mut edited);
    Write::Edit(row, edited)
}

fn fresh(
    person: PersonId,
    state: MembershipState,
    ground: &Ground<'_>,
) -> Write<Membership, Column> {
    Write::Make(Membership {
        id: ground.fresh(),
        person_id: person,
        state,
        invited_at: None,
        joined_at: None,
        paused_at: None,
        ended_at: (state == MembershipState::Withdrawn).then_some(ground.now),
        expires_on: None,
    })
}
