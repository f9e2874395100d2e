//! GraphQL type of a consent request, as an external candidate sees it by link.

use async_graphql::Object;
use chrono::{DateTime, Utc};
use entity::{CandidateInvitationState, OpportunityKind};

use crate::alumni::whole_name;
use crate::consents::ConsentNotice;
use crate::graphql::shown::Shown;
use crate::referrals::actions::consent::Request;

pub struct CandidateConsentRequest(Request);

impl From<Request> for CandidateConsentRequest {
    fn from(request: Request) -> Self {
        Self(request)
    }
}

impl Shown for CandidateConsentRequest {}

/// A request to an external candidate to consent to a referral for an opportunity. It contains everything that is stored about the candidate. Accessible
/// only with the link; does not require authentication.
#[Object]
impl CandidateConsentRequest {
    /// `WAITING` for a response, or `ACCEPTED`. After `ACCEPTED`, `candidateConsentRefuse` withdraws the consent. A refused, expired or withdrawn link is
    /// invalid.
    async fn state(&self) -> CandidateInvitationState {
        self.0.invitation.state
    }

    /// Name of the company that would receive your name, your e-mail address and the recommendation.
    async fn company_name(&self) -> &str {
        &self.0.company.name
    }

    /// Kind of the opportunity.
    async fn opportunity_kind(&self) -> OpportunityKind {
        self.0.opportunity.kind
    }

    /// Title of the opportunity.
    async fn opportunity_title(&self) -> &str {
        &self.0.opportunity.title
    }

    /// Short summary of the opportunity. Null if not set.
    async fn opportunity_summary(&self) -> Option<&str> {
        self.0.opportunity.summary.as_deref()
    }

    /// Full name of the person who recommends you.
    async fn referrer_name(&self) -> String {
        let referrer = &self.0.referrer;
        whole_name(&referrer.family_name, &referrer.given_name)
    }

    /// Your name as the referrer entered it. You can correct it with `candidateConsentGive`. Null after the consent: the company's referral then contains
    /// the name.
    async fn candidate_name(&self) -> Option<&str> {
        self.0.invitation.candidate_name.as_deref()
    }

    /// Your e-mail address as the referrer entered it. You can correct it with `candidateConsentGive`. Null after the consent.
    async fn candidate_email(&self) -> Option<&str> {
        self.0.invitation.candidate_email.as_deref()
    }

    /// The referrer's recommendation. Null if not set, and after the consent.
    async fn recommendation(&self) -> Option<&str> {
        self.0.invitation.recommendation.as_deref()
    }

    /// The notice to consent to: the company's current notice for `REFERRAL_AS_CANDIDATE`.
    async fn notice(&self) -> ConsentNotice {
        self.0.notice.clone().into()
    }

    /// End of the time to consent. A consent can still be withdrawn after it.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.0.invitation.expires_at
    }

    /// Time of the consent. Null if you have not consented.
    async fn consented_at(&self) -> Option<DateTime<Utc>> {
        self.0.invitation.consented_at
    }
}
