//! What a person becomes to the company by their employments: an employee, a candidate, or what their membership says.
//!
//! Somebody who died never becomes a candidate, and leaves the programme. Who left the programme by their own will, or was erased, stays
//! so, whatever an HR system says.

use chrono::NaiveDate;
use entity::{MembershipId, MembershipState, PersonId, Standing, membership::Column};

use crate::alumni::standing;

use super::known::{Membership, Stint, Write, set};
use super::{Ground, MembershipWrite};

/// What a person's latest stint says.
pub struct Left {
    pub person: PersonId,
    /// The last working day of somebody who has left; none for who works here.
    pub on: Option<NaiveDate>,
    /// Whether it ended with a death, and whether it was thought so before.
    pub died: bool,
    /// As above.
    pub was_dead: bool,
    /// Whether the stint was the latest before.
    pub same_stint: bool,
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
    let died = left.died;
    if left.on.is_none() {
        return employed(membership, left.same_stint, ground);
    }
    let Some(membership) = membership else {
        let state = if died {
            MembershipState::Withdrawn
        } else {
            MembershipState::Candidate
        };
        let kind = if died {
            "membership.withdrawn"
        } else {
            "membership.created"
        };
        return moved(fresh(left.person, state, ground), kind);
    };
    let never_asked = membership.joined_at.is_none() && membership.invited_at.is_none();
    let state = membership.state;
    match state {
        MembershipState::Erased => keep(Standing::Erased),
        MembershipState::Withdrawn if left.was_dead && !died && never_asked => moved(
            to(membership, MembershipState::Candidate, ground),
            "membership.created",
        ),
        MembershipState::Withdrawn => keep(Standing::Withdrawn),
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

fn employed(membership: Option<&Membership>, same_stint: bool, ground: &Ground<'_>) -> Next {
    let Some(membership) = membership else {
        return keep(Standing::Employee);
    };
    match membership.state {
        MembershipState::Candidate | MembershipState::Invited if same_stint => Next {
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
