//! What a client sees of companies and departments.

mod department;

use async_graphql::{Context, Object, Result};
use chrono::{DateTime, Utc};
use entity::{CompanyId, company};

pub use self::department::Department;
use super::filter::{CompanyFilter, CompanyOrder, DepartmentFilter, DepartmentOrder};
use crate::access::Permission;
use crate::access::visibility::Visibility;
use crate::alumni::{
    Alumnus, AlumnusFilter, AlumnusOrder, Employee, EmployeeFilter, EmployeeOrder,
    ProfileFieldAudience, Skill, SkillFilter, SkillOrder,
};
use crate::consents::{ConsentNotice, current_notices};
use crate::engagement::{EngagementEvent, EngagementEventFilter, EngagementEventOrder};
use crate::graphql::ahead::Ahead;
use crate::graphql::connection::{Connection, Page, WantedOf};
use crate::graphql::id::Gid;
use crate::graphql::level::{Edge, Level, Link};
use crate::graphql::node::{Listed, Node, Tree};
use crate::graphql::reference::Reference;
use crate::graphql::shown::Shown;
use crate::graphql::{loader, scope};
use crate::opportunities::{Opportunity, OpportunityFilter, OpportunityOrder};
use crate::page::PageArgs;
use crate::referrals::{Referral, ReferralFilter, ReferralOrder};
use crate::row;
use crate::scope::Scope;

row!(
    Company of company {
        id: CompanyId = Id,
        slug: String = Slug,
        name: String = Name,
        description: Option<String> = Description,
        website: Option<String> = Website,
        locale: String = Locale,
        time_zone: String = TimeZone,
        currency: String = Currency,
        created_at: DateTime<Utc> = CreatedAt,
        updated_at: DateTime<Utc> = UpdatedAt,
        version: i32 = Version,
        seen_by_hr: i32 = SeenByHr,
        seen_by_employees: i32 = SeenByEmployees,
        seen_by_alumni: i32 = SeenByAlumni,
        mail_sender_name: Option<String> = MailSenderName,
        mail_sender_address: Option<String> = MailSenderAddress,
        mail_reply_to: Option<String> = MailReplyTo,
        portal_url: Option<String> = PortalUrl,
        join_by_email: bool = JoinByEmail,
        applications: bool = Applications,
        membership_months: Option<i32> = MembershipMonths,
        membership_notice_days: i32 = MembershipNoticeDays,
    } holds {
        departments: Option<Page<Department>>,
        alumni: Option<Page<Alumnus>>,
        employees: Option<Page<Employee>>,
        skills: Option<Page<Skill>>,
        opportunities: Option<Page<Opportunity>>,
        referrals: Option<Page<Referral>>,
        engagement_events: Option<Page<EngagementEvent>>,
    }
);

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct CompanyWants {
    departments: Option<WantedOf<Department>>,
    alumni: Option<WantedOf<Alumnus>>,
    employees: Option<WantedOf<Employee>>,
    skills: Option<WantedOf<Skill>>,
    opportunities: Option<WantedOf<Opportunity>>,
    referrals: Option<WantedOf<Referral>>,
    engagement_events: Option<WantedOf<EngagementEvent>>,
}

impl Tree for Company {
    type Wants = CompanyWants;

    fn ahead(look: &Ahead<'_>) -> CompanyWants {
        CompanyWants {
            departments: look.connection::<Department>("departments"),
            alumni: look.connection::<Alumnus>("alumni"),
            employees: look.connection::<Employee>("employees"),
            skills: look.connection::<Skill>("skills"),
            opportunities: look.connection::<Opportunity>("opportunities"),
            referrals: look.connection::<Referral>("referrals"),
            engagement_events: look.connection::<EngagementEvent>("engagementEvents"),
        }
    }

    fn edges(wants: &CompanyWants, at: Level<'_>) -> Vec<Edge> {
        vec![
            at.page::<Department>(Link::Company, wants.departments.as_ref()),
            at.page::<Alumnus>(Link::Company, wants.alumni.as_ref()),
            at.page::<Employee>(Link::Company, wants.employees.as_ref()),
            at.page::<Skill>(Link::Company, wants.skills.as_ref()),
            at.page::<Opportunity>(Link::Company, wants.opportunities.as_ref()),
            at.page::<Referral>(Link::Company, wants.referrals.as_ref()),
            at.page::<EngagementEvent>(Link::Company, wants.engagement_events.as_ref()),
        ]
    }
}

impl Company {
    /// A setting, visible only with `company:write`.
    fn setting<'a>(ctx: &Context<'_>, value: Option<&'a String>) -> Result<Option<&'a str>> {
        let shown = scope(ctx)?.may(Permission::CompanyWrite);
        Ok(value.map(String::as_str).filter(|_| shown))
    }
}

impl Node for Company {
    type Id = CompanyId;
    const ID: company::Column = company::Column::Id;

    fn id(&self) -> CompanyId {
        self.id
    }
}

impl Shown for Company {}

/// Visible to everyone in the company, and to operators.
impl Reference for Company {
    fn shown_to(_: &Scope) -> bool {
        true
    }
}

impl Listed for Company {
    type Filter = CompanyFilter;
    type Order = CompanyOrder;

    fn sort_values(&self, _: CompanyOrder) -> Vec<String> {
        vec![self.slug.clone()]
    }
}

/// A company that runs an alumni programme. Every other object belongs to exactly one company. Other companies are invisible.
#[Object]
impl Company {
    /// Id.
    pub async fn id(&self) -> Gid<CompanyId> {
        Gid(self.id)
    }

    /// Short unique name for URLs and the command line.
    async fn slug(&self) -> &str {
        &self.slug
    }

    /// Name in the company's own spelling.
    async fn name(&self) -> &str {
        &self.name
    }

    /// The company's description of its programme. Null if not given.
    async fn description(&self) -> Option<&str> {
        self.description.as_deref()
    }

    /// HTTPS URL. Null if not given.
    async fn website(&self) -> Option<&str> {
        self.website.as_deref()
    }

    /// BCP 47 language tag of the programme's first language.
    async fn locale(&self) -> &str {
        &self.locale
    }

    /// IANA time zone. Calendar days, for example a last working day, are days in this zone.
    async fn time_zone(&self) -> &str {
        &self.time_zone
    }

    /// ISO 4217 currency code of the programme.
    async fn currency(&self) -> &str {
        &self.currency
    }

    /// Sender name of the company's messages. Null: the company's name. Requires `company:write`; null without it.
    async fn mail_sender_name(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        Self::setting(ctx, self.mail_sender_name.as_ref())
    }

    /// Sender address of the company's messages. Null: the service's address. If its domain is not one of the company's sender domains
    /// (operator setting), it only receives the replies. Requires `company:write`; null without it.
    async fn mail_sender_address(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        Self::setting(ctx, self.mail_sender_address.as_ref())
    }

    /// Reply address of the company's messages. Null: the sender address. Requires `company:write`; null without it.
    async fn mail_reply_to(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        Self::setting(ctx, self.mail_reply_to.as_ref())
    }

    /// Page that the links in messages open, with `?token=…` appended. Null: the service's page. Requires `company:write`; null without it.
    async fn portal_url(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        Self::setting(ctx, self.portal_url.as_ref())
    }

    /// Whether invited people may join without the link. Their verified e-mail address must be the private address of exactly one person.
    async fn join_by_email(&self) -> bool {
        self.join_by_email
    }

    /// Whether people without an invitation may apply by `membershipApply`.
    async fn applications(&self) -> bool {
        self.applications
    }

    /// Duration of a membership from joining, in months. Null: no end.
    async fn membership_months(&self) -> Option<i32> {
        self.membership_months
    }

    /// Days before the end of a membership from which it can be renewed and the member is notified by e-mail.
    async fn membership_notice_days(&self) -> i32 {
        self.membership_notice_days
    }

    /// Default audience of each profile field, every field once. It applies to people who have not chosen one. Set by `companyAudiencesUpdate`.
    async fn profile_audiences(&self) -> Vec<ProfileFieldAudience> {
        ProfileFieldAudience::all(Visibility {
            hr: self.seen_by_hr,
            employees: self.seen_by_employees,
            alumni: self.seen_by_alumni,
        })
    }

    /// Current consent notices, one per purpose. Published by `consentNoticePublish`; until then, the service's own notice.
    async fn consent_notices(&self, ctx: &Context<'_>) -> Result<Vec<ConsentNotice>> {
        current_notices(ctx, self.id).await
    }

    /// Departments of the company.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn departments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<DepartmentFilter>,
        #[graphql(desc = "Sort order. Default: by name.")] order_by: Option<DepartmentOrder>,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'_, Department>> {
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
        let again = |wanted| CompanyWants {
            departments: Some(wanted),
            ..Default::default()
        };
        Ok(loader::page(
            ctx,
            self,
            self.departments.as_ref(),
            arguments,
            again,
            |company| company.departments,
        )
        .await?)
    }

    /// Directory of alumni: active members, and with `alumni:read` alumni in every membership state.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn alumni(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<AlumnusFilter>,
        #[graphql(desc = "Sort order. Default: by name.")] order_by: Option<AlumnusOrder>,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'_, Alumnus>> {
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
        let again = |wanted| CompanyWants {
            alumni: Some(wanted),
            ..Default::default()
        };
        Ok(loader::page(
            ctx,
            self,
            self.alumni.as_ref(),
            arguments,
            again,
            |company| company.alumni,
        )
        .await?)
    }

    /// Directory of employees. Without `employees:read`, contains only yourself.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn employees(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<EmployeeFilter>,
        #[graphql(desc = "Sort order. Default: by name.")] order_by: Option<EmployeeOrder>,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'_, Employee>> {
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
        let again = |wanted| CompanyWants {
            employees: Some(wanted),
            ..Default::default()
        };
        Ok(loader::page(
            ctx,
            self,
            self.employees.as_ref(),
            arguments,
            again,
            |company| company.employees,
        )
        .await?)
    }

    /// Skills named by the company's people.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn skills(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<SkillFilter>,
        #[graphql(desc = "Sort order. Default: by name.")] order_by: Option<SkillOrder>,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'_, Skill>> {
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
        let again = |wanted| CompanyWants {
            skills: Some(wanted),
            ..Default::default()
        };
        Ok(loader::page(
            ctx,
            self,
            self.skills.as_ref(),
            arguments,
            again,
            |company| company.skills,
        )
        .await?)
    }

    /// Opportunities of the company, open and closed. Includes drafts with `opportunities:write`, or for an API key with
    /// `opportunities:read`. Empty without `opportunities:read`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn opportunities(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<OpportunityFilter>,
        #[graphql(desc = "Sort order. Default: newest first.")] order_by: Option<OpportunityOrder>,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'_, Opportunity>> {
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
        let again = |wanted| CompanyWants {
            opportunities: Some(wanted),
            ..Default::default()
        };
        Ok(loader::page(
            ctx,
            self,
            self.opportunities.as_ref(),
            arguments,
            again,
            |company| company.opportunities,
        )
        .await?)
    }

    /// Referrals. With `referrals:read` all of them; otherwise those you made and those with you as the candidate.
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
        let again = |wanted| CompanyWants {
            referrals: Some(wanted),
            ..Default::default()
        };
        Ok(loader::page(
            ctx,
            self,
            self.referrals.as_ref(),
            arguments,
            again,
            |company| company.referrals,
        )
        .await?)
    }

    /// Engagement events. Includes drafts with `events:write`. Empty without `events:read`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn engagement_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<EngagementEventFilter>,
        #[graphql(desc = "Sort order. Default: by start, earliest first.")] order_by: Option<
            EngagementEventOrder,
        >,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'_, EngagementEvent>> {
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
        let again = |wanted| CompanyWants {
            engagement_events: Some(wanted),
            ..Default::default()
        };
        Ok(loader::page(
            ctx,
            self,
            self.engagement_events.as_ref(),
            arguments,
            again,
            |company| company.engagement_events,
        )
        .await?)
    }

    /// Time of creation of the record.
    async fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    /// Time of the last change.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }

    /// Increases by one with each change. Pass it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.version
    }
}
