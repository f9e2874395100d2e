//! GraphQL type of an opportunity.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    CompanyId, DepartmentId, OpportunityId, OpportunityKind, OpportunityState, PersonId,
    opportunity,
};

use super::filter::{OpportunityFilter, OpportunityOrder};
use crate::alumni::Person;
use crate::companies::{Company, Department};
use crate::graphql::ahead::Ahead;
use crate::graphql::columns::{Columns, Told};
use crate::graphql::connection::{Connection, Page, WantedOf};
use crate::graphql::id::Gid;
use crate::graphql::level::{Edge, Level, Link};
use crate::graphql::node::{Listed, Node, Tree};
use crate::graphql::shown::{Held, Kept, Shown};
use crate::graphql::{loader, reference};
use crate::page::PageArgs;
use crate::referrals::{Referral, ReferralFilter, ReferralOrder};
use crate::row;

row!(
    /// An opportunity.
    Opportunity of opportunity {
        id: OpportunityId = Id,
        company_id: Option<CompanyId> = CompanyId if "company" unless company,
        kind: OpportunityKind = Kind,
        state: OpportunityState = State,
        title: String = Title,
        summary: Option<String> = Summary if "summary",
        description: Option<String> = Description if "description",
        department_id: Option<DepartmentId> = DepartmentId if "department" unless department,
        contact_id: Option<PersonId> = ContactId if "contact" unless contact,
        location: Option<String> = Location if "location",
        remote: bool = Remote,
        opened_at: Option<DateTime<Utc>> = OpenedAt if "openedAt",
        closes_on: Option<NaiveDate> = ClosesOn if "closesOn",
        closed_at: Option<DateTime<Utc>> = ClosedAt if "closedAt",
        created_at: Told<DateTime<Utc>> = CreatedAt if "createdAt",
        updated_at: Told<DateTime<Utc>> = UpdatedAt if "updatedAt",
        version: Told<i32> = Version if "version",
    } holds {
        company: Option<Arc<Company>>,
        department: Option<Arc<Department>>,
        contact: Option<Box<Person>>,
        referrals: Option<Page<Referral>>,
    }
);

/// Which children of an opportunity are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct OpportunityWants {
    columns: Columns,
    company: Option<Box<<Company as Tree>::Wants>>,
    department: Option<Box<<Department as Tree>::Wants>>,
    contact: Option<Box<<Person as Tree>::Wants>>,
    referrals: Option<WantedOf<Referral>>,
}

impl Tree for Opportunity {
    type Wants = OpportunityWants;

    fn ahead(look: &Ahead<'_>) -> OpportunityWants {
        OpportunityWants {
            columns: look.columns::<Self>(),
            company: look.wants::<Company>("company").map(Box::new),
            department: look.wants::<Department>("department").map(Box::new),
            contact: look.wants::<Person>("contact").map(Box::new),
            referrals: look.connection::<Referral>("referrals"),
        }
    }

    fn columns(wants: &OpportunityWants) -> Columns {
        wants.columns
    }

    fn edges(wants: &OpportunityWants, at: Level<'_>) -> Vec<Edge> {
        use opportunity::Relation;
        vec![
            at.reference::<Company>(Link::Company, wants.company.as_deref()),
            at.reference::<Department>(Relation::Department, wants.department.as_deref()),
            at.to::<Person>(Relation::Contact, wants.contact.as_deref()),
            at.page::<Referral>(Relation::Referrals, wants.referrals.as_ref()),
        ]
    }
}

impl Node for Opportunity {
    type Id = OpportunityId;
    const ID: opportunity::Column = opportunity::Column::Id;

    fn id(&self) -> OpportunityId {
        self.id
    }
}

impl Shown for Opportunity {}

impl Listed for Opportunity {
    type Filter = OpportunityFilter;
    type Order = OpportunityOrder;

    fn sort_values(&self, _: OpportunityOrder) -> Vec<String> {
        vec![]
    }
}

/// An offer of a company to alumni and the people they know. An open opportunity accepts referrals. Requires `opportunities:read`. A draft requires
/// `opportunities:write`, or an API key with `opportunities:read`.
#[Object]
impl Opportunity {
    /// Id.
    pub async fn id(&self) -> Gid<OpportunityId> {
        Gid(self.id)
    }

    /// The company that offers it.
    async fn company(&self, ctx: &Context<'_>) -> Result<Kept<Company>> {
        Ok(reference::company(ctx, self.company.as_ref(), self.company_id).await?)
    }

    /// Kind.
    async fn kind(&self) -> OpportunityKind {
        self.kind
    }

    /// Current state.
    async fn state(&self) -> OpportunityState {
        self.state
    }

    /// Title. One line.
    async fn title(&self) -> &str {
        &self.title
    }

    /// Short summary. Null if not set.
    async fn summary(&self) -> Option<&str> {
        self.summary.as_deref()
    }

    /// Full description. Null if not set.
    async fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// The department. Null if not set.
    async fn department(&self, ctx: &Context<'_>) -> Result<Option<Kept<Department>>> {
        Ok(reference::one(ctx, self.department.as_ref(), self.department_id).await?)
    }

    /// Contact person. Null if not set, or if you may not see the person.
    async fn contact(&self, ctx: &Context<'_>) -> Result<Option<Held<'_, Person>>> {
        Ok(loader::one(ctx, self.contact.as_deref(), self.contact_id).await?)
    }

    /// Place of work. Null if not set.
    async fn location(&self) -> Option<&str> {
        self.location.as_deref()
    }

    /// Whether the work can be done remotely.
    async fn remote(&self) -> bool {
        self.remote
    }

    /// When it was first opened. Null for a draft.
    async fn opened_at(&self) -> Option<DateTime<Utc>> {
        self.opened_at
    }

    /// Last day for referrals, in the company's time zone. Null for no end.
    async fn closes_on(&self) -> Option<NaiveDate> {
        self.closes_on
    }

    /// When it was closed. Null unless the state is `CLOSED`.
    async fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.closed_at
    }

    /// Referrals for the opportunity. With `referrals:read`: all. Otherwise: those you made or are the candidate of.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn referrals(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<ReferralFilter>,
        #[graphql(desc = "Sort order. Default: newest first.")] order_by: Option<ReferralOrder>,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'_, Referral>> {
        let arguments = (
            filter,
            order_by,
            PageArgs {
                first,
                after,
                last,
                before,
            },
        );
        let again = |wanted| OpportunityWants {
            referrals: Some(wanted),
            ..Default::default()
        };
        Ok(loader::page(
            ctx,
            self,
            self.referrals.as_ref(),
            arguments,
            again,
            |opportunity| opportunity.referrals,
        )
        .await?)
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
