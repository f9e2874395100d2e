//! The permission table: which role may do what, and which scope of an API key allows the same.

use entity::Role::{self, Admin, Alumnus, Employee, Hr, Operator, Recruiter, Supporter};

use super::api_key::ServiceScope::{
    self, AlumniRead, AlumniWrite, AuditRead, ChangesRead, CompanyRead, EventsRead, EventsWrite,
    OpportunitiesRead, OpportunitiesWrite, ReferralsRead, ReferralsWrite, WorkersSync,
};

/// Something that only some may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// See one's own company, its departments and skills.
    CompanyRead,
    /// Change the company's own facts.
    CompanyWrite,
    /// See and create companies.
    CompaniesManage,
    /// See the directory of active members.
    DirectoryRead,
    /// See alumni in every state of membership, and how to reach them.
    AlumniRead,
    /// Change what HR keeps of people, and invite them.
    AlumniWrite,
    /// Publish the notices under which consent is asked for.
    NoticesWrite,
    /// See what alumni are open to.
    IntentsRead,
    /// See why people left.
    LeaveReasonRead,
    /// See the directory of employees.
    EmployeesRead,
    /// Edit one's own profile, membership and answers.
    ProfileWrite,
    /// See engagement events.
    EventsRead,
    /// Prepare, publish and call off engagement events; see drafts and every answer; check people in.
    EventsWrite,
    /// Answer an engagement event for oneself.
    EventsRespond,
    /// See opportunities.
    OpportunitiesRead,
    /// Prepare, open and close opportunities; see drafts.
    OpportunitiesWrite,
    /// See every referral of the company; without it one sees the referrals one made or is the candidate of.
    ReferralsRead,
    /// Hand in a referral, take one's own back.
    ReferralsSubmit,
    /// Move referrals along.
    ReferralsWrite,
    /// Push workers from an HR system.
    WorkersSync,
    /// Follow what changes in the company.
    ChangesRead,
    /// Make and revoke API keys.
    ApiKeysManage,
    /// Invite accounts, change their roles, disable and delete them.
    AccountsManage,
    /// Answer what people ask about the data held of them, say how long it is kept, and see what is only kept.
    DataRequestsManage,
    /// See what happened and who read what, and prove it unaltered.
    AuditRead,
    /// See identity providers, and test what a token resolves to.
    IdentityProvidersRead,
    /// Create, change, disable and delete identity providers.
    IdentityProvidersManage,
    /// See the messages sent to people, and why some were not sent.
    DeliveriesRead,
}

impl Permission {
    /// All of them, in the table's order.
    pub const ALL: [Self; 28] = [
        Self::CompanyRead,
        Self::CompanyWrite,
        Self::CompaniesManage,
        Self::DirectoryRead,
        Self::AlumniRead,
        Self::AlumniWrite,
        Self::NoticesWrite,
        Self::IntentsRead,
        Self::LeaveReasonRead,
        Self::EmployeesRead,
        Self::ProfileWrite,
        Self::EventsRead,
        Self::EventsWrite,
        Self::EventsRespond,
        Self::OpportunitiesRead,
        Self::OpportunitiesWrite,
        Self::ReferralsRead,
        Self::ReferralsSubmit,
        Self::ReferralsWrite,
        Self::WorkersSync,
        Self::ChangesRead,
        Self::ApiKeysManage,
        Self::AccountsManage,
        Self::DataRequestsManage,
        Self::AuditRead,
        Self::IdentityProvidersRead,
        Self::IdentityProvidersManage,
        Self::DeliveriesRead,
    ];

    /// As descriptions and errors write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// The roles that hold it.
    #[must_use]
    pub fn roles(self) -> &'static [Role] {
        self.row().1
    }

    /// The scope by which an API key holds it; null: no key does.
    #[must_use]
    pub fn scope(self) -> Option<ServiceScope> {
        self.row().2
    }

    /// The table.
    fn row(self) -> (&'static str, &'static [Role], Option<ServiceScope>) {
        const EVERYONE: &[Role] = &[Operator, Admin, Hr, Recruiter, Supporter, Employee, Alumnus];
        const STAFF: &[Role] = &[Operator, Admin, Hr, Recruiter, Supporter, Employee];
        match self {
            Self::CompanyRead => ("company:read", EVERYONE, Some(CompanyRead)),
            Self::CompanyWrite => ("company:write", &[Operator, Admin], None),
            Self::CompaniesManage => ("companies:manage", &[Operator], None),
            Self::DirectoryRead => ("directory:read", EVERYONE, Some(AlumniRead)),
            Self::AlumniRead => ("alumni:read", &[Operator, Admin, Hr], Some(AlumniRead)),
            Self::AlumniWrite => ("alumni:write", &[Admin, Hr], Some(AlumniWrite)),
            Self::NoticesWrite => ("notices:write", &[Admin, Hr], None),
            Self::IntentsRead => (
                "intents:read",
                &[Operator, Admin, Hr, Recruiter, Supporter],
                Some(AlumniRead),
            ),
            Self::LeaveReasonRead => ("leave-reason:read", &[Hr], None),
            Self::EmployeesRead => ("employees:read", STAFF, Some(AlumniRead)),
            Self::ProfileWrite => ("profile:write", &[Alumnus], None),
            Self::EventsRead => ("events:read", EVERYONE, Some(EventsRead)),
            Self::EventsWrite => ("events:write", &[Admin, Hr, Supporter], Some(EventsWrite)),
            Self::EventsRespond => (
                "events:respond",
                &[Admin, Hr, Recruiter, Supporter, Employee, Alumnus],
                None,
            ),
            Self::OpportunitiesRead => ("opportunities:read", EVERYONE, Some(OpportunitiesRead)),
            Self::OpportunitiesWrite => (
                "opportunities:write",
                &[Admin, Hr, Recruiter],
                Some(OpportunitiesWrite),
            ),
            Self::ReferralsRead => (
                "referrals:read",
                &[Operator, Admin, Hr, Recruiter],
                Some(ReferralsRead),
            ),
            Self::ReferralsSubmit => (
                "referrals:submit",
                &[Admin, Hr, Recruiter, Supporter, Employee, Alumnus],
                None,
            ),
            Self::ReferralsWrite => (
                "referrals:write",
                &[Admin, Hr, Recruiter],
                Some(ReferralsWrite),
            ),
            Self::WorkersSync => ("workers:sync", &[Admin, Hr], Some(WorkersSync)),
            Self::ChangesRead => ("changes:read", &[Operator, Admin, Hr], Some(ChangesRead)),
            Self::ApiKeysManage => ("api-keys:manage", &[Admin], None),
            Self::AccountsManage => ("accounts:manage", &[Operator, Admin], None),
            Self::DataRequestsManage => ("data-requests:manage", &[Admin, Hr], None),
            Self::AuditRead => ("audit:read", &[Admin], Some(AuditRead)),
            Self::IdentityProvidersRead => ("identity-providers:read", &[Operator, Admin], None),
            Self::IdentityProvidersManage => ("identity-providers:manage", &[Admin], None),
            Self::DeliveriesRead => ("deliveries:read", &[Admin, Hr], None),
        }
    }
}
