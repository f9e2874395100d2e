//! The result of verifying a token, before an account is looked up: who signs in, through which identity provider, and with which verified claims.

use chrono::{DateTime, Utc};
use entity::{CompanyId, IdentityProviderId, IdentityProviderPurpose, Role};

/// The identity that a verified token proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The token's `iss`.
    pub issuer: String,
    /// The token's `sub`.
    pub subject: String,
    /// Which companies accept the issuer.
    pub binding: Binding,
    /// The e-mail address, only if the identity provider verified it.
    pub email: Option<String>,
    /// The employee number, if the provider maps a claim to it.
    pub employee_number: Option<String>,
    /// Roles that the provider's groups map to. Never `OPERATOR`, `EMPLOYEE` or `ALUMNUS`.
    pub roles: Vec<Role>,
    /// How a first sign-in is matched to an employee.
    pub provisioning: Provisioning,
    /// The identity provider that accepted the token; null: the issuer of the `--jwt-…` settings.
    pub provider: Option<IdentityProviderId>,
    /// Who signs in through that provider; null: the issuer of the `--jwt-…` settings.
    pub purpose: Option<IdentityProviderPurpose>,
    /// When the token expires.
    pub expires_at: DateTime<Utc>,
}

/// Which companies accept an issuer. An account outside of it is never resolved, whatever its issuer and subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// Every company and the operator: the issuer of the `--jwt-…` settings.
    Any,
    /// One company.
    Company(CompanyId),
    /// The operator alone.
    Operator,
}

impl Binding {
    /// The company; null for the operator and for any.
    #[must_use]
    pub fn company(self) -> Option<CompanyId> {
        match self {
            Self::Company(company) => Some(company),
            Self::Any | Self::Operator => None,
        }
    }

    /// Whether an account of this company (null: the operator) may be resolved.
    #[must_use]
    pub fn allows(self, company: Option<CompanyId>) -> bool {
        match self {
            Self::Any => true,
            Self::Company(own) => company == Some(own),
            Self::Operator => company.is_none(),
        }
    }
}

/// How a first sign-in through an identity provider creates the account of an employee.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Provisioning {
    /// No automatic creation: an invitation is required.
    #[default]
    Off,
    /// By the verified e-mail address, if it is the work e-mail of exactly one current employee.
    WorkEmail,
    /// By the employee number, if exactly one current employee has it.
    EmployeeNumber,
}
