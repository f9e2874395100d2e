//! How candidates from outside were asked before they were referred, and whom the cast waits for.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    CandidateInvitationId, CandidateInvitationState, CompanyId, ConsentPurpose, OpportunityId,
    PersonId, candidate_invitation, referral,
};

use crate::consents::built_in_notice;
use crate::referrals::key_of_email;

/// Who is asked, by whom, for what.
pub struct Asked<'a> {
    pub company: CompanyId,
    pub opportunity: OpportunityId,
    pub referrer: PersonId,
    pub name: &'a str,
    pub email: &'a str,
    pub words: Option<&'a str>,
    pub at: DateTime<Utc>,
}

/// A question that waits for its answer. Nobody has its link: `candidateInvite` makes one that somebody has.
pub fn waiting(id: CandidateInvitationId, asked: &Asked<'_>) -> candidate_invitation::Model {
    candidate_invitation::Model {
        id,
        company_id: asked.company,
        opportunity_id: asked.opportunity,
        referrer_id: asked.referrer,
        state: CandidateInvitationState::Waiting,
        candidate_name: Some(asked.name.to_owned()),
        candidate_email: Some(asked.email.to_owned()),
        candidate_key: Some(key_of_email(asked.email)),
        recommendation: asked.words.map(str::to_owned),
        link_hash: vec![0; 32],
        expires_at: asked.at + TimeDelta::days(14),
        consented_at: None,
        notice_id: None,
        notice_version: None,
        language: None,
        text_hash: None,
        referral_id: None,
        closed_at: None,
        created_at: asked.at,
        updated_at: asked.at,
        version: 1,
    }
}

/// The question whose yes made a referral of someone outside; they read the service's own notice in the company's language.
pub fn accepted(
    id: CandidateInvitationId,
    referral: &referral::Model,
    asked_at: DateTime<Utc>,
    locale: &str,
) -> candidate_invitation::Model {
    let notice = built_in_notice(ConsentPurpose::ReferralAsCandidate);
    let text = notice.best_for(locale);
    candidate_invitation::Model {
        id,
        company_id: referral.company_id,
        opportunity_id: referral.opportunity_id,
        referrer_id: referral.referrer_id,
        state: CandidateInvitationState::Accepted,
        candidate_name: None,
        candidate_email: None,
        candidate_key: None,
        recommendation: None,
        link_hash: vec![0; 32],
        expires_at: asked_at + TimeDelta::days(14),
        consented_at: Some(referral.submitted_at),
        notice_id: None,
        notice_version: Some(notice.version),
        language: text.map(|text| text.language.clone()),
        text_hash: text.map(|text| text.hash.clone()),
        referral_id: Some(referral.id),
        closed_at: None,
        created_at: asked_at,
        updated_at: referral.submitted_at,
        version: 2,
    }
}
