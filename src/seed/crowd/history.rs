//! How one alumnus of the crowd came to be one: the stints, and the membership since.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use entity::{EmploymentType, LeaveType, MembershipState, PersonId, employment, membership};

use super::{Crowd, YEAR};
use crate::seed::draw::Draw;
use crate::seed::rows::Rows;
use crate::seed::stories;

const EMPLOYMENT_TYPES: &[(u32, EmploymentType)] = &[
    (76, EmploymentType::Regular),
    (8, EmploymentType::FixedTerm),
    (6, EmploymentType::PartTime),
    (4, EmploymentType::Dispatched),
    (3, EmploymentType::Contractor),
    (2, EmploymentType::Intern),
    (1, EmploymentType::Executive),
];

const LEAVE_TYPES: &[(u32, LeaveType)] = &[
    (80, LeaveType::Voluntary),
    (7, LeaveType::Retirement),
    (5, LeaveType::Mutual),
    (4, LeaveType::Involuntary),
    (3, LeaveType::Transfer),
    (1, LeaveType::Other),
];

const STINTS: &[(u32, usize)] = &[(80, 1), (16, 2), (4, 3)];

impl Crowd {
    /// One to three stints, told backwards from the last day of the last one.
    pub(super) fn employments(
        &self,
        person: PersonId,
        recorded_at: DateTime<Utc>,
        left_on: NaiveDate,
        profession: usize,
        draw: &mut Draw,
        rows: &mut Rows,
    ) {
        let mut last_working_day = left_on;
        for stint in 0..draw.weigh(STINTS) {
            let started_on =
                last_working_day - Days::new(draw.days(60, 15 * YEAR).num_days().unsigned_abs());
            let kind = draw.weigh(EMPLOYMENT_TYPES);
            let leave = match kind {
                EmploymentType::Regular | EmploymentType::Executive => draw.weigh(LEAVE_TYPES),
                _ => draw.weigh(&[(60, LeaveType::ContractEnd), (40, LeaveType::Voluntary)]),
            };
            // nobody retires and comes back
            let leave = if stint > 0 && leave == LeaveType::Retirement {
                LeaveType::Voluntary
            } else {
                leave
            };
            let (position, usual) = stories::POSITIONS[profession];
            let department = if draw.chance(70) {
                usual
            } else {
                draw.below(self.departments.len())
            };
            rows.employments.push(employment::Model {
                id: draw.id(recorded_at),
                company_id: self.company,
                person_id: person,
                department_id: self.departments.get(department).copied(),
                employment_type: kind,
                position: Some(position.to_owned()),
                location: draw.chance(70).then(|| {
                    (*draw.pick(&["東京", "東京", "大阪", "名古屋", "福岡", "札幌"])).to_owned()
                }),
                started_on,
                last_working_day: Some(last_working_day),
                leave_type: Some(leave),
                leave_reason: draw
                    .chance(40)
                    .then(|| (*draw.pick_early(stories::REASONS)).to_owned()),
                external_id: None,
                ended_at: Some(recorded_at),
                created_at: recorded_at,
                updated_at: recorded_at,
                version: 1,
            });
            last_working_day =
                started_on - Days::new(draw.days(90, 4 * YEAR).num_days().unsigned_abs());
        }
    }

    /// A standing that came about in the usual order: asked, joined, and what followed.
    pub(super) fn membership(
        &self,
        person: PersonId,
        created_at: DateTime<Utc>,
        state: MembershipState,
        draw: &mut Draw,
    ) -> membership::Model {
        use MembershipState as State;
        let now = self.calendar.now;
        // who ran out of time was asked early enough to have had some
        let expired = state == State::Expired;
        let asked_by = if expired {
            created_at + (now - created_at) / 2
        } else {
            now
        };
        let invited_at = draw.between(created_at, asked_by);
        let joined_at = draw.between(invited_at, now.min(invited_at + TimeDelta::days(20)));
        let member_until = joined_at + TimeDelta::days(if expired { 2 } else { 0 });
        let since = draw.between(member_until, now);
        let asked = state != State::Candidate;
        let joined = asked && state != State::Invited;
        // the end of a membership strikes at midnight
        let ended_on = self.calendar.day_of(since);
        let ended_at = match state {
            State::Expired => Some(self.calendar.hour(ended_on, 0)),
            State::Withdrawn => Some(since),
            _ => None,
        };
        let paused_at = (state == State::Paused).then_some(since);
        membership::Model {
            id: draw.id(created_at),
            company_id: self.company,
            person_id: person,
            state,
            invited_at: asked.then_some(invited_at),
            joined_at: joined.then_some(joined_at),
            paused_at,
            ended_at,
            expires_on: expired.then(|| ended_on - Days::new(1)),
            created_at,
            updated_at: ended_at
                .or(paused_at)
                .or(joined.then_some(joined_at))
                .or(asked.then_some(invited_at))
                .unwrap_or(created_at),
            version: 1,
        }
    }
}
