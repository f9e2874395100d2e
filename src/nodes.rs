//! `node` and `nodes`: anything by its id, through the same scoped reads as everything else.

use std::collections::HashMap;

use async_graphql::{
    Context, ContextSelectionSet, ID, Interface, Object, Result, ServerResult, Value,
};
use entity::{
    AccountId, ApiKeyId, CandidateInvitationId, CompanyId, ConsentId, DataRequestId, DeliveryId,
    DepartmentId, EmploymentId, EngagementEventId, Id, IdentityProviderId, InvitationId,
    MembershipApplicationId, MembershipId, OpportunityId, ParticipationId, PersonId, ReferralId,
    SkillId,
};

use crate::access::accounts::Account;
use crate::access::invitations::Invitation;
use crate::access::{ApiKey, IdentityProvider};
use crate::alumni::{Alumnus, Employee, Employment, Membership, Person, Skill};
use crate::companies::{Company, Department};
use crate::consents::ConsentEntry;
use crate::deliveries::Delivery;
use crate::engagement::{EngagementEvent, Participation};
use crate::error::Error;
use crate::graphql::ahead::Ahead;
use crate::graphql::node::{self, Tree};
use crate::graphql::scope;
use crate::graphql::shown::{Held, One, Shown};
use crate::membership_applications::MembershipApplication;
use crate::opportunities::Opportunity;
use crate::privacy::DataRequest;
use crate::referrals::{CandidateInvitation, Referral};

/// Most ids of one `nodes`.
const MOST_IDS: usize = 100;

/// An object with an id.
#[derive(Clone, Interface)]
#[graphql(field(
    name = "id",
    ty = "ID",
    desc = "Id. It starts with the kind of the object and is otherwise opaque."
))]
pub enum Node {
    /// A company.
    Company(Company),
    /// A department.
    Department(Department),
    /// An alumnus.
    Alumnus(Alumnus),
    /// An employee.
    Employee(Employee),
    /// An employment.
    Employment(Employment),
    /// A membership.
    Membership(Membership),
    /// A skill.
    Skill(Skill),
    /// An API key.
    ApiKey(ApiKey),
    /// An account.
    Account(Account),
    /// An invitation to an account or a membership.
    Invitation(Invitation),
    /// An engagement event.
    EngagementEvent(EngagementEvent),
    /// A response to an engagement event.
    Participation(Participation),
    /// An opportunity.
    Opportunity(Opportunity),
    /// A referral.
    Referral(Referral),
    /// An invitation to an external candidate to consent to a referral.
    CandidateInvitation(CandidateInvitation),
    /// A data request.
    DataRequest(DataRequest),
    /// An entry of the consent ledger.
    ConsentEntry(ConsentEntry),
    /// An identity provider.
    IdentityProvider(IdentityProvider),
    /// A message to one recipient.
    Delivery(Delivery),
    /// An application to join the alumni programme.
    MembershipApplication(MembershipApplication),
}

impl Shown for Node {
    async fn show(&self, ctx: &ContextSelectionSet<'_>) -> ServerResult<Value> {
        match self {
            Self::Company(node) => node.show(ctx).await,
            Self::Department(node) => node.show(ctx).await,
            Self::Alumnus(node) => node.show(ctx).await,
            Self::Employee(node) => node.show(ctx).await,
            Self::Employment(node) => node.show(ctx).await,
            Self::Membership(node) => node.show(ctx).await,
            Self::Skill(node) => node.show(ctx).await,
            Self::ApiKey(node) => node.show(ctx).await,
            Self::Account(node) => node.show(ctx).await,
            Self::Invitation(node) => node.show(ctx).await,
            Self::EngagementEvent(node) => node.show(ctx).await,
            Self::Participation(node) => node.show(ctx).await,
            Self::Opportunity(node) => node.show(ctx).await,
            Self::Referral(node) => node.show(ctx).await,
            Self::CandidateInvitation(node) => node.show(ctx).await,
            Self::DataRequest(node) => node.show(ctx).await,
            Self::ConsentEntry(node) => node.show(ctx).await,
            Self::IdentityProvider(node) => node.show(ctx).await,
            Self::Delivery(node) => node.show(ctx).await,
            Self::MembershipApplication(node) => node.show(ctx).await,
        }
    }
}

impl From<Person> for Node {
    fn from(person: Person) -> Self {
        match person {
            Person::Alumnus(alumnus) => Self::Alumnus(alumnus),
            Person::Employee(employee) => Self::Employee(employee),
        }
    }
}

/// For each kind of id among the texts, one statement for all of its nodes.
macro_rules! by_kind {
    ($scope:expr, $look:expr, $texts:expr, { $($id:ty => $kind:ty),* $(,)? }) => {{
        let mut found: HashMap<String, Node> = HashMap::new();
        $({
            let ids: Vec<$id> = $texts.iter().filter_map(|text| <$id as Id>::parse(text)).collect();
            if !ids.is_empty() {
                let wants = <$kind as Tree>::ahead($look);
                for node in node::by_ids::<$kind>($scope, &ids, &wants).await? {
                    found.insert(node::Node::id(&node).to_string(), node.into());
                }
            }
        })*
        found
    }};
}

async fn find(ctx: &Context<'_>, texts: &[ID]) -> crate::error::Result<HashMap<String, Node>> {
    let (scope, look) = (scope(ctx)?, Ahead::of(ctx));
    Ok(by_kind!(scope, &look, texts, {
        CompanyId => Company,
        DepartmentId => Department,
        PersonId => Person,
        EmploymentId => Employment,
        MembershipId => Membership,
        SkillId => Skill,
        ApiKeyId => ApiKey,
        AccountId => Account,
        InvitationId => Invitation,
        EngagementEventId => EngagementEvent,
        ParticipationId => Participation,
        OpportunityId => Opportunity,
        ReferralId => Referral,
        CandidateInvitationId => CandidateInvitation,
        DataRequestId => DataRequest,
        ConsentId => ConsentEntry,
        IdentityProviderId => IdentityProvider,
        DeliveryId => Delivery,
        MembershipApplicationId => MembershipApplication,
    }))
}

/// Root reads by id.
#[derive(Default)]
pub struct NodesQuery;

#[Object]
impl NodesQuery {
    /// An object by its id. Null if no object with this id is visible to you.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the object.")] id: ID,
    ) -> Result<Option<Held<'static, Node>>> {
        let mut found = find(ctx, std::slice::from_ref(&id)).await?;
        Ok(found.remove(id.as_str()).map(One::owned))
    }

    /// Objects by their ids, in the order of the ids. Null for each id that is not visible to you. At most 100 ids.
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Ids of the objects. At most 100; duplicates are allowed.")] ids: Vec<ID>,
    ) -> Result<Vec<Option<Held<'static, Node>>>> {
        if ids.len() > MOST_IDS {
            return Err(Error::bad_input(
                "ids",
                format!("at most {MOST_IDS} ids, got {}", ids.len()),
            )
            .into());
        }
        let found = find(ctx, &ids).await?;
        Ok(ids
            .iter()
            .map(|id| found.get(id.as_str()).cloned().map(One::owned))
            .collect())
    }
}
