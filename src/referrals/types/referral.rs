//! GraphQL type of a referral.

use std::sync::Arc;

use async_graphql::{Context, ContextSelectionSet, Object, Result, Value};
use chrono::{DateTime, Utc};
use entity::{CompanyId, OpportunityId, PersonId, ReferralId, ReferralStage, referral};

use super::step::{self, ReferralStep, ReferralStepWants};
use crate::access::Permission;
use crate::access_log;
use crate::alumni::Person;
use crate::companies::Company;
use crate::graphql::ahead::Ahead;
use crate::graphql::columns::{Columns, Told};
use crate::graphql::id::Gid;
use crate::graphql::level::{Edge, Level, Link};
use crate::graphql::node::{Listed, Node, Tree};
use crate::graphql::shown::{Held, Kept, Many, Shown};
use crate::graphql::{loader, reference, scope};
use crate::opportunities::{Opportunity, OpportunityWants};
use crate::referrals::filter::{ReferralFilter, ReferralOrder};
use crate::referrals::{actions, rules};
use crate::row;
use crate::scope::Scope;

row!(
    /// A referral.
    Referral of referral {
        id: ReferralId = Id,
        company_id: Option<CompanyId> = CompanyId if "company" unless company,
        opportunity_id: Option<OpportunityId> = OpportunityId if "opportunity" unless opportunity,
        referrer_id: Option<PersonId> = ReferrerId unless referrer,
        candidate_id: Option<PersonId> = CandidateId,
        candidate_name: Option<String> = CandidateName if "candidateName",
        candidate_email: Option<String> = CandidateEmail if "candidateEmail",
        stage: ReferralStage = Stage,
        duplicate_of_id: Option<ReferralId> = DuplicateOfId if "duplicateOf" unless duplicate_of,
        recommendation: Option<String> = Recommendation if "recommendation",
        submitted_at: Told<DateTime<Utc>> = SubmittedAt if "submittedAt",
        closed_at: Option<DateTime<Utc>> = ClosedAt if "closedAt",
        updated_at: Told<DateTime<Utc>> = UpdatedAt if "updatedAt",
        version: Told<i32> = Version if "version",
    } holds {
        company: Option<Arc<Company>>,
        opportunity: Option<Box<Opportunity>>,
        referrer: Option<Box<Person>>,
        candidate: Option<Box<Person>>,
        duplicate_of: Option<Box<Referral>>,
        steps: Option<Vec<ReferralStep>>,
    }
);

/// Which children of a referral are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ReferralWants {
    columns: Columns,
    company: Option<Box<<Company as Tree>::Wants>>,
    opportunity: Option<Box<OpportunityWants>>,
    referrer: Option<Box<<Person as Tree>::Wants>>,
    candidate: Option<Box<<Person as Tree>::Wants>>,
    duplicate_of: Option<Box<ReferralWants>>,
    steps: Option<ReferralStepWants>,
}

impl Tree for Referral {
    type Wants = ReferralWants;

    fn ahead(look: &Ahead<'_>) -> ReferralWants {
        ReferralWants {
            columns: look.columns::<Self>(),
            company: look.wants::<Company>("company").map(Box::new),
            opportunity: look.wants::<Opportunity>("opportunity").map(Box::new),
            referrer: look.wants::<Person>("referrer").map(Box::new),
            candidate: look.wants::<Person>("candidate").map(Box::new),
            duplicate_of: look.wants::<Self>("duplicateOf").map(Box::new),
            steps: look.wants::<ReferralStep>("steps"),
        }
    }

    fn columns(wants: &ReferralWants) -> Columns {
        wants.columns
    }

    fn edges(wants: &ReferralWants, at: Level<'_>) -> Vec<Edge> {
        use referral::Relation;
        vec![
            at.reference::<Company>(Link::Company, wants.company.as_deref()),
            at.to::<Opportunity>(Relation::Opportunity, wants.opportunity.as_deref()),
            at.to::<Person>(Relation::Referrer, wants.referrer.as_deref()),
            at.to::<Person>(Relation::Candidate, wants.candidate.as_deref()),
            at.to::<Self>(Relation::DuplicateOf, wants.duplicate_of.as_deref()),
            at.list::<ReferralStep>(Relation::Steps, wants.steps.as_ref(), step::in_order),
        ]
    }
}

impl Node for Referral {
    type Id = ReferralId;
    const ID: referral::Column = referral::Column::Id;

    fn id(&self) -> ReferralId {
        self.id
    }
}

/// Reads of candidate data are logged, for alumni and external candidates.
impl Shown for Referral {
    fn answered<'f>(
        &self,
        ctx: &ContextSelectionSet<'_>,
        fields: impl Iterator<Item = (&'f str, &'f Value)>,
    ) {
        access_log::referred(ctx, self.id, self.candidate_id, fields);
    }
}

impl Listed for Referral {
    type Filter = ReferralFilter;
    type Order = ReferralOrder;

    fn sort_values(&self, _: ReferralOrder) -> Vec<String> {
        vec![]
    }
}

impl Referral {
    /// Whether it is the viewer's own. Everyone sees themselves, so that either the key was read or the person.
    fn is_of(&self, scope: &Scope) -> bool {
        let person = self.referrer.as_deref();
        let referrer = self.referrer_id.or(person.map(Node::id));
        referrer.is_some() && referrer == scope.viewer().person()
    }

    /// Whether the viewer is who is recommended.
    fn is_about(&self, scope: &Scope) -> bool {
        self.candidate_id.is_some() && self.candidate_id == scope.viewer().person()
    }

    /// Who someone outside is: the referrer's and the recruiters' matter.
    fn outsider<'a>(&self, scope: &Scope, value: Option<&'a String>) -> Option<&'a str> {
        let told = scope.may(Permission::ReferralsRead) || self.is_of(scope);
        value.map(String::as_str).filter(|_| told)
    }
}

/// A recommendation of a candidate for an opportunity. Visible with `referrals:read`, to the referrer, and to an alumnus who is the candidate.
#[Object]
impl Referral {
    /// Id.
    pub async fn id(&self) -> Gid<ReferralId> {
        Gid(self.id)
    }

    /// The company that receives the referral.
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

    /// The recommended alumnus, who may be an employee again by now. Null for an external candidate (see `candidateName`), and if you may not see the
    /// person. Without a consent to `REFERRAL_AS_CANDIDATE`, visible only to the referrer, to the candidate and with `alumni:read`.
    async fn candidate(&self, ctx: &Context<'_>) -> Result<Option<Held<'_, Person>>> {
        Ok(loader::one(ctx, self.candidate.as_deref(), self.candidate_id).await?)
    }

    /// Name of an external candidate. Null for an alumnus. Visible only to the referrer and with `referrals:read`.
    async fn candidate_name(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        Ok(self.outsider(scope(ctx)?, self.candidate_name.as_ref()))
    }

    /// E-mail address of an external candidate, with half-width characters. Null for an alumnus. Visible only to the referrer and with `referrals:read`.
    async fn candidate_email(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        Ok(self.outsider(scope(ctx)?, self.candidate_email.as_ref()))
    }

    /// Current stage.
    async fn stage(&self) -> ReferralStage {
        self.stage
    }

    /// The referrer's recommendation. Null if not set. Visible only to the referrer, to an alumnus who is the candidate, and with `referrals:read`. Null
    /// if the candidate is hidden from you because of a missing consent (see `candidate`).
    async fn recommendation(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        let scope = scope(ctx)?;
        let told =
            scope.may(Permission::ReferralsRead) || self.is_of(scope) || self.is_about(scope);
        Ok(self.recommendation.as_deref().filter(|_| told))
    }

    /// The earlier referral of the same candidate for the same opportunity. Null unless the stage is `DUPLICATE` and you may see that referral.
    async fn duplicate_of(&self, ctx: &Context<'_>) -> Result<Option<Held<'_, Referral>>> {
        Ok(loader::one(ctx, self.duplicate_of.as_deref(), self.duplicate_of_id).await?)
    }

    /// Time of submission.
    async fn submitted_at(&self) -> DateTime<Utc> {
        *self.submitted_at
    }

    /// When it reached its final stage. Null if it is open.
    async fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.closed_at
    }

    /// History of the stages, oldest first.
    async fn steps(&self, ctx: &Context<'_>) -> Result<Many<'_, ReferralStep>> {
        let again = |wants| ReferralWants {
            steps: Some(wants),
            ..Default::default()
        };
        Ok(loader::list(ctx, self, self.steps.as_ref(), again, |row| row.steps).await?)
    }

    /// Stages that `referralAdvance` accepts from you now, nearest first and `REJECTED` last. Empty if the stage is final, and without `referrals:write`.
    async fn allowed_stages(&self, ctx: &Context<'_>) -> Result<Vec<ReferralStage>> {
        let scope = scope(ctx)?;
        if !scope.may(Permission::ReferralsWrite) {
            return Ok(vec![]);
        }
        Ok(rules::allowed(self.stage, actions::leaps(scope)))
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
