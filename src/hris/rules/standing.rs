//! What a person becomes to the company by their employments: an employee, a candidate, or what their membership says.
//!
//! Somebody who died never becomes a candidate, and leaves the programme. Who left the programme by their own will, or was erased, stays
//! so, whatever an HR system says.

use chrono::NaiveDate;
use entity::{LeaveType, MembershipId, MembershipState, Standing, employment, membership};

use crate::alumni::standing;

use super::{Ground, Known, MembershipWrite};

/// Where a person stands next.
pub struct Next {
    pub standing: Standing,
    pub membership: MembershipWrite,
    /// What happened to the membership, as a change names it.
    pub happened: Option<(&'static str, MembershipId)>,
}

/// The last working day of somebody who has left; none for who works here.
pub fn left_on(
    latest: &employment::Model,
    says_left: bool,
    was_leaver: bool,
    today: NaiveDate,
) -> Option<NaiveDate> {
    latest
        .last_working_day
        .filter(|day| *day < today || (*day == today && (says_left || was_leaver)))
}

/// The standing and the membership that follow from the latest stint.
pub fn next(
    known: Option<&Known>,
    latest: &employment::Model,
    same_stint: bool,
    left_on: Option<NaiveDate>,
    ground: &Ground<'_>,
) -> Next {
    let membership = known.and_then(|known| known.membership.as_ref());
    if left_on.is_none() {
        return employed(membership, same_stint, ground);
    }
    let died = latest.leave_type == Some(LeaveType::Death);
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
        return moved(fresh(known, state, ground), kind);
    };
    let never_asked = membership.joined_at.is_none() && membership.invited_at.is_none();
    let was_dead = known
        .and_then(Known::latest)
        .is_some_and(|stint| stint.leave_type == Some(LeaveType::Death));
    let state = membership.state;
    match state {
        MembershipState::Erased => keep(Standing::Erased),
        MembershipState::Withdrawn if was_dead && !died && never_asked => moved(
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

fn employed(membership: Option<&membership::Model>, same_stint: bool, ground: &Ground<'_>) -> Next {
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

fn moved(membership: membership::Model, kind: &'static str) -> Next {
    Next {
        standing: standing(membership.state),
        happened: Some((kind, membership.id)),
        membership: MembershipWrite::Put(membership),
    }
}

fn to(
    membership: &membership::Model,
    state: MembershipState,
    ground: &Ground<'_>,
) -> membership::Model {
    membership::Model {
        state,
        paused_at: None,
        ended_at: (state == MembershipState::Withdrawn).then_some(ground.now),
        updated_at: ground.now,
        version: membership.version + 1,
        ..membership.clone()
    }
}

fn fresh(known: Option<&Known>, state: MembershipState, ground: &Ground<'_>) -> membership::Model {
    membership::Model {
        id: ground.fresh.membership,
        company_id: ground.company,
        person_id: known.map_or(ground.fresh.person, |known| known.person.id),
        state,
        invited_at: None,
        joined_at: None,
        paused_at: None,
        ended_at: (state == MembershipState::Withdrawn).then_some(ground.now),
        expires_on: None,
        created_at: ground.now,
        updated_at: ground.now,
        version: 1,
    }
}
