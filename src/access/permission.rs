//! The permission table: which role may do what, and which scope of an API key allows the same.

use entity::Role::{self, Admin, Alumnus, Employee, Hr, Operator, Recruiter, Supporter};

use super::api_key::ServiceScope::{
    self, AlumniRead, AlumniWrite, AuditRead, ChangesRead, CompanyRead, EventsRead, EventsWrite,
    OpportunitiesRead, OpportunitiesWrite, ReferralsRead, ReferralsWrite, WorkersSync,
};

/// What a role or an API key is allowed to do; [`Permission::description`] says what each allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    CompanyRead,
    CompanyWrite,
    CompaniesManage,
    DirectoryRead,
    AlumniRead,
    AlumniWrite,
    NoticesWrite,
    IntentsRead,
    LeaveReasonRead,
    EmployeesRead,
    ProfileWrite,
    EventsRead,
    EventsWrite,
    EventsRespond,
    OpportunitiesRead,
    OpportunitiesWrite,
    ReferralsRead,
    ReferralsSubmit,
    ReferralsWrite,
    WorkersSync,
    ChangesRead,
    ApiKeysManage,
    AccountsManage,
    DataRequestsManage,
    AuditRead,
    IdentityProvidersRead,
    IdentityProvidersManage,
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

    /// What it allows, in one sentence.
    #[must_use]
    pub fn description(self) -> &'static str {
        match self {
            Self::CompanyRead => "Read your own company, its departments and skills.",
            Self::CompanyWrite => "Change your own company.",
            Self::CompaniesManage => "List and create companies.",
            Self::DirectoryRead => "Read the directory of active members.",
            Self::AlumniRead => {
                "Read alumni in every state of membership, and their contact details."
            }
            Self::AlumniWrite => "Change the data that HR maintains about people, and invite them.",
            Self::NoticesWrite => "Publish consent notices.",
            Self::IntentsRead => "Read what alumni are open to.",
            Self::LeaveReasonRead => "Read why people left.",
            Self::EmployeesRead => "Read the directory of employees.",
            Self::ProfileWrite => "Edit your own profile, membership and consents.",
            Self::EventsRead => "Read published engagement events.",
            Self::EventsWrite => {
                "Create, publish and cancel engagement events; read drafts and all answers; check people in."
            }
            Self::EventsRespond => "Answer an engagement event for yourself.",
            Self::OpportunitiesRead => "Read open opportunities.",
            Self::OpportunitiesWrite => "Create, open and close opportunities; read drafts.",
            Self::ReferralsRead => {
                "Read all referrals of the company. Without it you read the referrals that you made or that are about you."
            }
            Self::ReferralsSubmit => "Submit a referral, and withdraw your own.",
            Self::ReferralsWrite => "Move referrals to another stage.",
            Self::WorkersSync => "Send workers from an HR system.",
            Self::ChangesRead => "Subscribe to the changes of the company.",
            Self::ApiKeysManage => "Create and revoke API keys.",
            Self::AccountsManage => "Invite accounts, change their roles, disable and delete them.",
            Self::DataRequestsManage => {
                "Handle data requests, set retention periods, and read data that is retained only by law."
            }
            Self::AuditRead => {
                "Read changes and the access log, and verify that changes were not altered."
            }
            Self::IdentityProvidersRead => {
                "Read identity providers, and test what a token resolves to."
            }
            Self::IdentityProvidersManage => {
                "Create, change, disable and delete identity providers."
            }
            Self::DeliveriesRead => "Read the messages sent to people, and why some were not sent.",
        }
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
