//! Identity providers: issuers whose tokens a company accepts.

use sea_orm::entity::prelude::*;

use crate::{
    Audiences, ClientIds, CompanyId, GroupRoles, IdentityProviderId, IdentityProviderKeySource,
    IdentityProviderProvisioning, IdentityProviderPurpose, IdentityProviderSource,
    SigningAlgorithms,
};

/// An issuer whose tokens a company accepts, with its keys and claim mapping.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "identity_provider")]
pub struct Model {
    /// The primary key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: IdentityProviderId,
    /// The company that accepts the tokens; null: the operator of the service.
    pub company_id: Option<CompanyId>,
    /// The company's name for it; unique per company and source.
    pub name: String,
    /// Who signs in through it.
    pub purpose: IdentityProviderPurpose,
    /// Where the row is edited.
    pub source: IdentityProviderSource,
    /// The `iss` of its tokens.
    pub issuer: String,
    /// Accepted values of `aud`.
    #[sea_orm(column_type = "JsonBinary")]
    pub audiences: Audiences,
    /// How its keys are found.
    pub key_source: IdentityProviderKeySource,
    /// The address of the JWK set; null unless `key_source` is `JWKS_URL`.
    pub jwks_url: Option<String>,
    /// Accepted signature algorithms.
    #[sea_orm(column_type = "JsonBinary")]
    pub algorithms: SigningAlgorithms,
    /// Accepted values of `azp`, or of `client_id` if a token has no `azp`; empty: not checked.
    #[sea_orm(column_type = "JsonBinary")]
    pub authorized_parties: ClientIds,
    /// The claim with the e-mail address; null: none is read.
    pub email_claim: Option<String>,
    /// The claim that says whether the address is verified; null: there is none.
    pub email_verified_claim: Option<String>,
    /// Whether the provider verifies every address.
    pub email_always_verified: bool,
    /// The claim with the employee number; null: none is read.
    pub employee_number_claim: Option<String>,
    /// The claim with the groups; null: none is read.
    pub groups_claim: Option<String>,
    /// Which group gives which role.
    #[sea_orm(column_type = "JsonBinary")]
    pub group_roles: GroupRoles,
    /// How a first sign-in is matched to an employee.
    pub provisioning: IdentityProviderProvisioning,
    /// When it was disabled; null: its tokens are accepted.
    pub disabled_at: Option<DateTimeUtc>,
    /// When the row was created.
    pub created_at: DateTimeUtc,
    /// When the row was last changed.
    pub updated_at: DateTimeUtc,
    pub version: i32,
}

/// Relations to other tables.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::Tenant for Entity {
    const COMPANY: Column = Column::CompanyId;
}
