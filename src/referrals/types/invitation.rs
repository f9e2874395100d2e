//! GraphQL type of a candidate invitation, as the referrer sees it, and after the consent the company.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use chrono::{DateTime, Utc};
use entity::{
    CandidateInvitationId, CandidateInvitationState, CompanyId, OpportunityId, PersonId,
    ReferralId, candidate_invitation,
};

use super::{Referral, ReferralWants};
use crate::alumni::Person;
use crate::companies::Company;
use crate::graphql::ahead::Ahead;
use crate::graphql::columns::{Columns, Told};
use crate::graphql::id::Gid;
use crate::graphql::level::{Edge, Level, Link};
use crate::graphql::node::{Listed, Node, Tree};
use crate::graphql::shown::{Held, Kept, Shown};
use crate::graphql::{loader, reference};
use crate::opportunities::{Opportunity, OpportunityWants};
use crate::referrals::filter::{CandidateInvitationFilter, CandidateInvitationOrder};
use crate::row;

row!(
    /// A candidate's invitation.
    CandidateInvitation of candidate_invitation {
        id: CandidateInvitationId = Id,
        company_id: Option<CompanyId> = CompanyId if "company" unless company,
        opportunity_id: Option<OpportunityId> = OpportunityId if "opportunity" unless opportunity,
        referrer_id: Option<PersonId> = ReferrerId if "referrer" unless referrer,
        state: CandidateInvitationState = State,
        candidate_name: Option<String> = CandidateName if "candidateName",
        candidate_email: Option<String> = CandidateEmail if "candidateEmail",
        recommendation: Option<String> = Recommendation if "recommendation",
        expires_at: Told<DateTime<Utc>> = ExpiresAt if "expiresAt",
        consented_at: Option<DateTime<Utc>> = ConsentedAt if "consentedAt",
        notice_version: Option<i32> = NoticeVersion if "noticeVersion",
        language: Option<String> = Language if "noticeLanguage",
        text_hash: Option<String> = TextHash if "noticeTextHash",
        referral_id: Option<ReferralId> = ReferralId if "referral" unless referral,
        closed_at: Option<DateTime<Utc>> = ClosedAt if "closedAt",
        created_at: Told<DateTime<Utc>> = CreatedAt if "createdAt",
        updated_at: Told<DateTime<Utc>> = UpdatedAt if "updatedAt",
        version: Told<i32> = Version if "version",
    } holds {
        company: Option<Arc<Company>>,
        opportunity: Option<Box<Opportunity>>,
        referrer: Option<Box<Person>>,
        referral: Option<Box<Referral>>,
    }
);

/// Which children of an invitation are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CandidateInvitationWants {
    columns: Columns,
    company: Option<Box<<Company as Tree>::Wants>>,
    opportunity: Option<Box<OpportunityWants>>,
    referrer: Option<Box<<Person as Tree>::Wants>>,
    referral: Option<Box<ReferralWants>>,
}

impl Tree for CandidateInvitation {
    type Wants = CandidateInvitationWants;

    fn ahead(look: &Ahead<'_>) -> CandidateInvitationWants {
        CandidateInvitationWants {
            columns: look.columns::<Self>(),
            company: look.wants::<Company>("company").map(Box::new),
            opportunity: look.wants::<Opportunity>("opportunity").map(Box::new),
            referrer: look.wants::<Person>("referrer").map(Box::new),
            referral: look.wants::<Referral>("referral").map(Box::new),
        }
    }

    fn columns(wants: &CandidateInvitationWants) -> Columns {
        wants.columns
    }

    fn edges(wants: &CandidateInvitationWants, at: Level<'_>) -> Vec<Edge> {
        use candidate_invitation::Relation;
        vec![
            at.reference::<Company>(Link::Company, wants.company.as_deref()),
            at.to::<Opportunity>(Relation::Opportunity, wants.opportunity.as_deref()),
            at.to::<Person>(Relation::Referrer, wants.referrer.as_deref()),
            at.to::<Referral>(Relation::Referral, wants.referral.as_deref()),
        ]
    }
}

impl Node for CandidateInvitation {
    type Id = CandidateInvitationId;
    const ID: candidate_invitation::Column = candidate_invitation::Column::Id;

    fn id(&self) -> CandidateInvitationId {
        self.id
    }
}

impl Shown for CandidateInvitation {}

impl Listed for CandidateInvitation {
    type Filter = CandidateInvitationFilter;
    type Order = CandidateInvitationOrder;

    fn sort_values(&self, _: CandidateInvitationOrder) -> Vec<String> {
        vec![]
    }
}

/// An invitation to an external candidate, by a link, to consent to a referral. Before the consent it is visible only to the referrer. Any response
/// except a consent erases the candidate's data. After the consent it is also visible with `referrals:read`, as evidence of the consent (GDPR Article
/// 7(1)).
#[Object]
impl CandidateInvitation {
    /// Id.
    pub async fn id(&self) -> Gid<CandidateInvitationId> {
        Gid(self.id)
    }

    /// The company that would receive the referral.
    async fn company(&self, ctx: &Context<'_>) -> Result<Kept<Company>> {
        Ok(reference::company(ctx, self.company.as_ref(), self.company_id).await?)
    }

    /// The opportunity. Null if you may not see it (`opportunities:read`).
    async fn opportunity(&self, ctx: &Context<'_>) -> Result<Option<Held<'_, Opportunity>>> {
        Ok(loader::one(ctx, self.opportunity.as_deref(), self.opportunity_id).await?)
    }

    /// The person who recommends. Null if you may not see the person.
    async fn referrer(&self, ctx: &Context<'_>) -> Result<Option<Held<'_, Person>>> {
        Ok(loader::one(ctx, self.referrer.as_deref(), self.referrer_id).await?)
    }

    /// Current state.
    async fn state(&self) -> CandidateInvitationState {
        self.state
    }

    /// Name of the candidate as you entered it. Null after the response: `referral` then contains the name, or it is erased.
    async fn candidate_name(&self) -> Option<&str> {
        self.candidate_name.as_deref()
    }

    /// E-mail address of the candidate, with half-width characters. Null after the response: `referral` then contains the address, or it is erased.
    async fn candidate_email(&self) -> Option<&str> {
        self.candidate_email.as_deref()
    }

    /// Your recommendation. Null if not set. Null after the response: `referral` then contains it, or it is erased.
    async fn recommendation(&self) -> Option<&str> {
        self.recommendation.as_deref()
    }

    /// End of the time in which the candidate can consent.
    async fn expires_at(&self) -> DateTime<Utc> {
        *self.expires_at
    }

    /// Time of the candidate's consent. Kept after a withdrawal of the consent. Null if the candidate has not consented.
    async fn consented_at(&self) -> Option<DateTime<Utc>> {
        self.consented_at
    }

    /// Version of the `REFERRAL_AS_CANDIDATE` notice that the candidate consented to. Null if the candidate has not consented.
    async fn notice_version(&self) -> Option<i32> {
        self.notice_version
    }

    /// BCP 47 language tag of that notice's text, for example `ja`. Null if the candidate has not consented.
    async fn notice_language(&self) -> Option<&str> {
        self.language.as_deref()
    }

    /// SHA-256 hash of that notice's text, equal to `ConsentNoticeText.hash`. Null if the candidate has not consented.
    async fn notice_text_hash(&self) -> Option<&str> {
        self.text_hash.as_deref()
    }

    /// The referral that resulted from the consent. Null if there is none, or if you may not see it.
    async fn referral(&self, ctx: &Context<'_>) -> Result<Option<Held<'_, Referral>>> {
        Ok(loader::one(ctx, self.referral.as_deref(), self.referral_id).await?)
    }

    /// When it ended without a consent, or when the consent was withdrawn. Null otherwise.
    async fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.closed_at
    }

    /// Time of creation.
    async fn created_at(&self) -> DateTime<Utc> {
        *self.created_at
    }

    /// Time of the last change.
    async fn updated_at(&self) -> DateTime<Utc> {
        *self.updated_at
    }

    /// Increases by one with each change. Pass it as `expectedVersion`.
    async fn version(&self) -> i32 {
        *self.version
    }
}
