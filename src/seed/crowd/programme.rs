//! What a group of the crowd shares: an engagement event with answers, an opportunity, and referrals to it.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    EngagementEventId, EngagementEventKind, EngagementEventState, MembershipState, OpportunityId,
    OpportunityKind, OpportunityState, ParticipationState, PersonId, ReferralId, ReferralStage,
    engagement_event, opportunity, participation, referral, referral_step,
};
use sea_orm::Iterable;

use super::Crowd;
use super::people::name;
use crate::referrals::is_final;
use crate::seed::cast::candidate_key;
use crate::seed::draw::Draw;
use crate::seed::invitations;
use crate::seed::rows::Rows;
use crate::seed::stories;

/// People for each referral.
const PEOPLE_A_REFERRAL: usize = 500;

const EVENT_STATES: &[(u32, EngagementEventState)] = &[
    (90, EngagementEventState::Published),
    (6, EngagementEventState::Cancelled),
    (4, EngagementEventState::Draft),
];

/// Ways referrals went; the last stage is where they stand.
const WAYS: &[(u32, &[ReferralStage])] = {
    use ReferralStage::{Hired, Interviewing, Offered, Rejected, Screening, Submitted, Withdrawn};
    &[
        (18, &[Submitted]),
        (16, &[Submitted, Screening]),
        (14, &[Submitted, Screening, Interviewing]),
        (6, &[Submitted, Screening, Interviewing, Offered]),
        (22, &[Submitted, Screening, Interviewing, Offered, Hired]),
        (10, &[Submitted, Screening, Rejected]),
        (8, &[Submitted, Screening, Interviewing, Rejected]),
        (6, &[Submitted, Withdrawn]),
    ]
};

impl Crowd {
    /// Members who had joined before, in the order of the group.
    fn members(rows: &Rows, before: DateTime<Utc>) -> Vec<PersonId> {
        let members = rows.memberships.iter().filter(|membership| {
            membership.state == MembershipState::Active
                && membership
                    .joined_at
                    .is_some_and(|joined_at| joined_at < before)
        });
        members.map(|membership| membership.person_id).collect()
    }

    /// The group's event: mostly held already, some still ahead.
    pub(super) fn event(&self, draw: &mut Draw, rows: &mut Rows) {
        let now = self.calendar.now;
        let (title, kind) = draw.pick(stories::EVENTS);
        let day = self
            .calendar
            .day_of(now + TimeDelta::days(60) - draw.days(0, 960));
        let starts_at = self.calendar.hour(day, 19);
        let created_at = starts_at.min(now) - TimeDelta::days(40);
        let event_state = draw.weigh(EVENT_STATES);
        let capacity = draw.chance(60).then(|| 10 + draw.below(60));
        let id: EngagementEventId = draw.id(created_at);
        let members = Self::members(rows, created_at);
        let mut answers = Vec::new();
        if event_state != EngagementEventState::Draft && !members.is_empty() {
            // neighbours of the group, so that nobody answers twice
            let first = draw.below(members.len());
            let count = (10 + draw.below(90)).min(members.len());
            answers = members
                .iter()
                .cycle()
                .skip(first)
                .take(count)
                .copied()
                .collect();
        }
        let mut taken = [0i32; 2];
        let mut answered_at = created_at;
        let until = starts_at.min(now) - TimeDelta::hours(2);
        for person in answers {
            answered_at = draw.between(answered_at, answered_at + (until - answered_at) / 20);
            let wish = draw.weigh(&[
                (75, ParticipationState::Going),
                (10, ParticipationState::Maybe),
                (15, ParticipationState::Declined),
            ]);
            let full = capacity
                .is_some_and(|capacity| usize::try_from(taken[0]).unwrap_or_default() >= capacity);
            let state = if wish == ParticipationState::Going && full {
                ParticipationState::Waiting
            } else {
                wish
            };
            taken[0] += i32::from(state == ParticipationState::Going);
            taken[1] += i32::from(state == ParticipationState::Waiting);
            let held = event_state == EngagementEventState::Published && starts_at < now;
            let came = held && state == ParticipationState::Going && draw.chance(80);
            let checked_in_at = came.then(|| (starts_at + TimeDelta::minutes(5)).min(now));
            rows.participations.push(participation::Model {
                id: draw.id(answered_at),
                company_id: self.company,
                event_id: id,
                person_id: person,
                state,
                note: None,
                responded_at: answered_at,
                waiting_since: (state == ParticipationState::Waiting).then_some(answered_at),
                promoted_at: None,
                checked_in_at,
                released_at: None,
                release_reason: None,
                created_at: answered_at,
                updated_at: checked_in_at.unwrap_or(answered_at),
                version: 1,
            });
        }
        let online = draw.chance(50);
        rows.events.push(engagement_event::Model {
            id,
            company_id: self.company,
            kind: EngagementEventKind::iter()
                .nth(*kind)
                .unwrap_or(EngagementEventKind::Meetup),
            state: event_state,
            title: format!("{title} {}", day.format("%Y年%-m月")),
            summary: Some("卒業した仲間と現役社員が集まります。".to_owned()),
            description: None,
            starts_at,
            ends_at: starts_at + TimeDelta::minutes(90),
            venue: (!online).then(|| (*draw.pick_early(stories::PLACES)).to_owned()),
            online_url: online.then(|| "https://meet.example.jp/alumni".to_owned()),
            capacity: capacity.and_then(|capacity| i32::try_from(capacity).ok()),
            going_count: taken[0],
            waiting_count: taken[1],
            host_id: Some(*draw.pick(&self.staff)),
            cancelled_reason: (event_state == EngagementEventState::Cancelled)
                .then(|| "会場の都合により中止しました。".to_owned()),
            created_at,
            updated_at: answered_at,
            version: 1,
        });
    }

    /// The group's opportunity, with a referral for every five hundred people.
    pub(super) fn opportunity(&self, draw: &mut Draw, rows: &mut Rows) {
        let now = self.calendar.now;
        let (title, kind) = draw.pick(stories::OPPORTUNITIES);
        let opened_at = now - draw.days(60, 700) - TimeDelta::minutes(17);
        let created_at = opened_at - TimeDelta::days(4);
        let closed_at = draw
            .chance(40)
            .then(|| draw.between(opened_at + TimeDelta::days(30), now));
        let id: OpportunityId = draw.id(created_at);
        rows.opportunities.push(opportunity::Model {
            id,
            company_id: self.company,
            kind: OpportunityKind::iter()
                .nth(*kind)
                .unwrap_or(OpportunityKind::Rehire),
            state: if closed_at.is_some() {
                OpportunityState::Closed
            } else {
                OpportunityState::Open
            },
            title: (*title).to_owned(),
            summary: Some("詳しくは担当者までお気軽にお尋ねください。".to_owned()),
            description: None,
            department_id: Some(*draw.pick(&self.departments)),
            contact_id: Some(*draw.pick(&self.staff)),
            location: Some((*draw.pick_early(stories::PLACES)).to_owned()),
            remote: draw.chance(50),
            opened_at: Some(opened_at),
            closes_on: None,
            closed_at,
            created_at,
            updated_at: closed_at.unwrap_or(opened_at),
            version: 1,
        });
        let members = Self::members(rows, opened_at);
        let first = draw.below(members.len());
        let mut neighbours = members
            .iter()
            .cycle()
            .skip(first)
            .take(members.len())
            .copied();
        for _ in 0..rows.people.len().div_ceil(PEOPLE_A_REFERRAL) {
            let referrer = neighbours
                .next()
                .filter(|_| draw.chance(40))
                .unwrap_or(*draw.pick(&self.staff));
            let candidate = neighbours.next().filter(|_| draw.chance(70));
            let submitted_at = draw.between(
                opened_at,
                closed_at
                    .unwrap_or(now)
                    .min(opened_at + TimeDelta::days(60)),
            );
            self.referral(id, referrer, candidate, submitted_at, draw, rows);
        }
    }

    fn referral(
        &self,
        opportunity: OpportunityId,
        referrer: PersonId,
        candidate: Option<PersonId>,
        submitted_at: DateTime<Utc>,
        draw: &mut Draw,
        rows: &mut Rows,
    ) {
        let id: ReferralId = draw.id(submitted_at);
        let way = draw.weigh(WAYS);
        let (mut at, mut from_stage) = (submitted_at, None);
        for stage in way {
            if from_stage.is_some() {
                at = draw.between(at, self.calendar.now.min(at + TimeDelta::days(14)));
            }
            let actor = if matches!(stage, ReferralStage::Submitted | ReferralStage::Withdrawn) {
                referrer
            } else {
                *draw.pick(&self.staff)
            };
            rows.referral_steps.push(referral_step::Model {
                id: draw.id(at),
                company_id: self.company,
                referral_id: id,
                from_stage,
                to_stage: *stage,
                note: (from_stage.is_some() && draw.chance(40))
                    .then(|| (*draw.pick(stories::NOTES)).to_owned()),
                actor_id: Some(actor),
                created_at: at,
            });
            from_stage = Some(*stage);
        }
        let outsider = name(draw);
        let outside = candidate.is_none();
        let email = outside.then(|| format!("candidate{}@example.org", draw.digits(9)));
        let stage = from_stage.unwrap_or(ReferralStage::Submitted);
        let row = referral::Model {
            id,
            company_id: self.company,
            opportunity_id: opportunity,
            referrer_id: referrer,
            candidate_id: candidate,
            candidate_name: outside.then(|| format!("{} {}", outsider.family, outsider.given)),
            candidate_key: candidate_key(candidate, email.as_deref()),
            candidate_email: email,
            stage,
            duplicate_of_id: None,
            recommendation: Some((*draw.pick(stories::RECOMMENDATIONS)).to_owned()),
            submitted_at,
            closed_at: is_final(stage).then_some(at),
            created_at: submitted_at,
            updated_at: at,
            version: i32::try_from(way.len()).unwrap_or(i32::MAX),
        };
        if outside {
            let asked_at = submitted_at - TimeDelta::hours(20);
            let asked = invitations::accepted(draw.id(asked_at), &row, asked_at, "ja");
            rows.candidate_invitations.push(asked);
        }
        rows.referrals.push(row);
    }
}
