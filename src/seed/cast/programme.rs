//! What the cast does: engagement events with answers, opportunities, and referrals with the way they went.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    OpportunityId, ParticipationState, PersonId, ReferralId, engagement_event, opportunity,
    participation, referral, referral_step,
};

use super::Cast;
use super::script::{Event, Offer, Recommendation};
use crate::error::{Error, Result};
use crate::referrals::{is_final, key_of_email, key_of_person};
use crate::seed::invitations::{self, Asked};

/// By what a candidate is the same one: the alumnus, or someone outside by e-mail.
pub fn candidate_key(candidate: Option<PersonId>, email: Option<&str>) -> String {
    candidate.map_or_else(|| key_of_email(email.unwrap_or_default()), key_of_person)
}

impl Cast<'_> {
    /// Everything the programme holds and offers.
    pub fn perform(&mut self) -> Result<()> {
        let programme = &self.script.programme;
        for event in &programme.events {
            self.hold(event)?;
        }
        let mut opportunities = BTreeMap::new();
        for offer in &programme.opportunities {
            opportunities.insert(offer.key.as_str(), self.offer(offer)?);
        }
        let mut referrals = BTreeMap::new();
        for recommendation in &programme.referrals {
            let id = self.recommend(recommendation, &opportunities, &referrals)?;
            referrals.insert(recommendation.key.as_str(), id);
        }
        for question in &programme.invitations {
            let at = self.calendar.hour(self.calendar.day(question.day), 20);
            let asked = Asked {
                company: self.company,
                opportunity: Self::known(&opportunities, &question.opportunity)?,
                referrer: Self::known(&self.people, &question.referrer)?,
                name: &question.name,
                email: &question.email,
                words: question.words.as_deref(),
                at,
            };
            let row = invitations::waiting(self.draw.id(at), &asked);
            self.rows.candidate_invitations.push(row);
        }
        Ok(())
    }

    fn hold(&mut self, event: &Event) -> Result<()> {
        let now = self.calendar.now;
        let starts_at = self.calendar.at(self.calendar.day(event.day), event.time);
        let created_at = (starts_at - TimeDelta::days(35)).min(now - TimeDelta::days(8));
        let id = self.draw.id(created_at);
        let going = event
            .going
            .iter()
            .map(|key| (key, ParticipationState::Going));
        let maybe = event
            .maybe
            .iter()
            .map(|key| (key, ParticipationState::Maybe));
        let declined = event
            .declined
            .iter()
            .map(|key| (key, ParticipationState::Declined));
        let waiting = event
            .waiting
            .iter()
            .map(|key| (key, ParticipationState::Waiting));
        let answers: Vec<_> = going.chain(maybe).chain(declined).chain(waiting).collect();
        // answers come evenly from the announcement until the beginning, or until an hour ago
        let announced_at = created_at + TimeDelta::days(1);
        let pace = (starts_at.min(now) - TimeDelta::hours(1) - announced_at)
            / i32::try_from(answers.len() + 1).unwrap_or(i32::MAX);
        let mut answered_at = announced_at;
        for (place, (key, state)) in (0i32..).zip(&answers) {
            answered_at += TimeDelta::seconds(pace.num_seconds());
            let checked_in_at = event
                .checked_in
                .contains(key)
                .then(|| (starts_at + TimeDelta::minutes(i64::from(place))).min(now));
            let promoted_at = event
                .promoted
                .contains(key)
                .then(|| starts_at.min(now) - TimeDelta::minutes(30));
            let row = participation::Model {
                id: self.draw.id(answered_at),
                company_id: self.company,
                event_id: id,
                person_id: Self::known(&self.people, key)?,
                state: *state,
                note: event.notes.get(*key).cloned(),
                responded_at: answered_at,
                waiting_since: (*state == ParticipationState::Waiting).then_some(answered_at),
                promoted_at,
                checked_in_at,
                released_at: None,
                release_reason: None,
                created_at: answered_at,
                updated_at: checked_in_at.or(promoted_at).unwrap_or(answered_at),
                version: 1,
            };
            self.rows.participations.push(row);
        }
        self.rows.events.push(engagement_event::Model {
            id,
            company_id: self.company,
            kind: event.kind,
            state: event.state,
            title: event.title.clone(),
            summary: event.summary.clone(),
            description: event.description.clone(),
            starts_at,
            ends_at: starts_at + TimeDelta::minutes(event.minutes),
            venue: event.venue.clone(),
            online_url: event.online_url.clone(),
            capacity: event.capacity,
            going_count: i32::try_from(event.going.len()).unwrap_or(i32::MAX),
            waiting_count: i32::try_from(event.waiting.len()).unwrap_or(i32::MAX),
            host_id: Some(Self::known(&self.people, &event.host)?),
            cancelled_reason: event.cancelled_reason.clone(),
            created_at,
            updated_at: answered_at,
            version: 1,
        });
        Ok(())
    }

    fn offer(&mut self, offer: &Offer) -> Result<OpportunityId> {
        let nine = |day: i64| self.calendar.hour(self.calendar.day(day), 9);
        let opened_at = offer.opened.map(nine);
        let closed_at = offer.closed.map(nine);
        let created_at = opened_at.unwrap_or(self.calendar.now) - TimeDelta::days(4);
        let id = self.draw.id(created_at);
        self.rows.opportunities.push(opportunity::Model {
            id,
            company_id: self.company,
            kind: offer.kind,
            state: offer.state,
            title: offer.title.clone(),
            summary: offer.summary.clone(),
            description: offer.description.clone(),
            department_id: Some(Self::known(&self.departments, &offer.department)?),
            contact_id: Some(Self::known(&self.people, &offer.contact)?),
            location: offer.location.clone(),
            remote: offer.remote,
            opened_at,
            closes_on: offer.closes.map(|day| self.calendar.day(day)),
            closed_at,
            created_at,
            updated_at: closed_at.or(opened_at).unwrap_or(created_at),
            version: 1,
        });
        Ok(id)
    }

    fn recommend(
        &mut self,
        told: &Recommendation,
        opportunities: &BTreeMap<&str, OpportunityId>,
        earlier: &BTreeMap<&str, ReferralId>,
    ) -> Result<ReferralId> {
        let nothing = || Error::internal(format!("the referral `{}` has no steps", told.key));
        // ten in the morning, and each step of the same day a while later
        let times: Vec<DateTime<Utc>> = (0..)
            .zip(&told.steps)
            .map(|(place, step)| {
                self.calendar.hour(self.calendar.day(step.day), 10) + TimeDelta::minutes(place * 25)
            })
            .collect();
        let (submitted_at, moved_at) = (
            *times.first().ok_or_else(nothing)?,
            *times.last().ok_or_else(nothing)?,
        );
        let stage = told.steps.last().ok_or_else(nothing)?.to;
        let candidate = told
            .candidate
            .as_deref()
            .map(|key| Self::known(&self.people, key))
            .transpose()?;
        let id = self.draw.id(submitted_at);
        let row = referral::Model {
            id,
            company_id: self.company,
            opportunity_id: Self::known(opportunities, &told.opportunity)?,
            referrer_id: Self::known(&self.people, &told.referrer)?,
            candidate_id: candidate,
            candidate_name: told.name.clone(),
            candidate_email: told.email.clone(),
            candidate_key: candidate_key(candidate, told.email.as_deref()),
            stage,
            duplicate_of_id: told
                .duplicate_of
                .as_deref()
                .map(|key| Self::known(earlier, key))
                .transpose()?,
            recommendation: told.words.clone(),
            submitted_at,
            closed_at: is_final(stage).then_some(moved_at),
            created_at: submitted_at,
            updated_at: moved_at,
            version: i32::try_from(times.len()).unwrap_or(i32::MAX),
        };
        if candidate.is_none() {
            let asked_at = submitted_at - TimeDelta::hours(20);
            let locale = &self.script.programme.company.locale;
            let asked = invitations::accepted(self.draw.id(asked_at), &row, asked_at, locale);
            self.rows.candidate_invitations.push(asked);
        }
        self.rows.referrals.push(row);
        let mut from_stage = None;
        for (step, at) in told.steps.iter().zip(times) {
            let row = referral_step::Model {
                id: self.draw.id(at),
                company_id: self.company,
                referral_id: id,
                from_stage,
                to_stage: step.to,
                note: step.note.clone(),
                actor_id: step
                    .by
                    .as_deref()
                    .map(|key| Self::known(&self.people, key))
                    .transpose()?,
                created_at: at,
            };
            self.rows.referral_steps.push(row);
            from_stage = Some(step.to);
        }
        Ok(id)
    }
}
