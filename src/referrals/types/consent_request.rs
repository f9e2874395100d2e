//! What someone outside is asked, as they see it by their link.

use async_graphql::Object;
use chrono::{DateTime, Utc};
use entity::{CandidateInvitationState, OpportunityKind};

use crate::alumni::whole_name;
use crate::consents::ConsentNotice;
use crate::graphql::shown::Shown;
use crate::referrals::actions::consent::Request;

/// What someone outside is asked: whether they want to be recommended for an opportunity. It holds all there is of them, and is seen with the link alone; no login is needed.
pub struct CandidateConsentRequest(Request);

impl From<Request> for CandidateConsentRequest {
    fn from(request: Request) -> Self {
        Self(request)
    }
}

impl Shown for CandidateConsentRequest {}

/// What someone outside is asked: whether they want to be recommended for an opportunity. It holds all there is of them, and is seen with the link alone; no login is needed.
#[Object]
impl CandidateConsentRequest {
    /// `WAITING` for the answer, or `ACCEPTED`: then `candidateConsentRefuse` takes the yes back. A link that was answered with no, ran out or was taken back opens nothing.
    async fn state(&self) -> CandidateInvitationState {
        self.0.invitation.state
    }

    /// Who would have your name, e-mail and the recommendation: the company's name.
    async fn company_name(&self) -> &str {
        &self.0.company.name
    }

    /// What the opportunity is.
    async fn opportunity_kind(&self) -> OpportunityKind {
        self.0.opportunity.kind
    }

    /// The opportunity's title.
    async fn opportunity_title(&self) -> &str {
        &self.0.opportunity.title
    }

    /// The opportunity in a few words; null where nothing is said.
    async fn opportunity_summary(&self) -> Option<&str> {
        self.0.opportunity.summary.as_deref()
    }

    /// Who recommends you: their whole name.
    async fn referrer_name(&self) -> String {
        let referrer = &self.0.referrer;
        whole_name(&referrer.family_name, &referrer.given_name)
    }

    /// Your name as the referrer wrote it; `candidateConsentGive` takes another. Null once you said yes: it is the company's then, as you gave it.
    async fn candidate_name(&self) -> Option<&str> {
        self.0.invitation.candidate_name.as_deref()
    }

    /// Your e-mail as the referrer wrote it; `candidateConsentGive` takes another. Null once you said yes.
    async fn candidate_email(&self) -> Option<&str> {
        self.0.invitation.candidate_email.as_deref()
    }

    /// What the referrer says in your favour; null where nothing, and once you said yes.
    async fn recommendation(&self) -> Option<&str> {
        self.0.invitation.recommendation.as_deref()
    }

    /// To what you would say yes: the company's notice for `REFERRAL_AS_CANDIDATE` that holds now.
    async fn notice(&self) -> ConsentNotice {
        self.0.notice.clone().into()
    }

    /// From when on the link takes no yes. Taking a yes back stays possible.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.0.invitation.expires_at
    }

    /// When you said yes; null where you did not.
    async fn consented_at(&self) -> Option<DateTime<Utc>> {
        self.0.invitation.consented_at
    }
}
