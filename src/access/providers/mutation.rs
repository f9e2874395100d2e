//! Root writes of identity providers.

use async_graphql::{Context, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use entity::{
    GroupRole, IdentityProviderId, IdentityProviderProvisioning, IdentityProviderPurpose, Role,
    SigningAlgorithm,
};

use super::actions::{self, ProviderEdit};
use super::rules::{ClaimMapping, Definition, KeyPlace};
use super::types::{IdentityProvider, TestResult, access};
use crate::error::{Error, Refusal};
use crate::graphql::id::Gid;
use crate::graphql::scope;
use crate::payload;

/// Mapping of token claims. Each value is a claim name, or a JSON pointer that starts with `/`, for example `/realm_access/roles`. At most 200 characters each.
#[derive(InputObject)]
pub struct IdentityProviderClaimsInput {
    /// Claim with the e-mail address. Default: `email`. Null: not read.
    email: MaybeUndefined<String>,
    /// Claim that must be true (or the text `true`) for the e-mail address to be used. Default: `email_verified`.
    email_verified: MaybeUndefined<String>,
    /// Whether every e-mail address counts as verified. Only for a provider that verifies all addresses.
    #[graphql(default)]
    email_always_verified: bool,
    /// Claim with the employee number.
    employee_number: Option<String>,
    /// Claim with the groups: a list of strings or one string.
    groups: Option<String>,
}

impl From<IdentityProviderClaimsInput> for ClaimMapping {
    fn from(input: IdentityProviderClaimsInput) -> Self {
        let usual = Self::default();
        let or = |given, usual| match given {
            MaybeUndefined::Undefined => usual,
            MaybeUndefined::Null => None,
            MaybeUndefined::Value(name) => Some(name),
        };
        Self {
            email: or(input.email, usual.email),
            email_verified: or(input.email_verified, usual.email_verified),
            email_always_verified: input.email_always_verified,
            employee_number: input.employee_number,
            groups: input.groups,
        }
    }
}

/// A role for the members of a group.
#[derive(InputObject)]
pub struct IdentityProviderGroupRoleInput {
    /// Group, as written in the groups claim. At most 255 characters.
    group: String,
    /// Role: `ADMIN`, `HR`, `RECRUITER` or `SUPPORTER`.
    role: Role,
}

fn group_roles(input: Vec<IdentityProviderGroupRoleInput>) -> Vec<GroupRole> {
    let entry = |entry: IdentityProviderGroupRoleInput| GroupRole {
        group: entry.group,
        role: entry.role,
    };
    input.into_iter().map(entry).collect()
}

/// An identity provider to create.
#[derive(InputObject)]
pub struct IdentityProviderCreateInput {
    /// Name given by the company. Unique in the company. At most 100 characters.
    name: String,
    /// Purpose of the provider: sign-in of employees or of alumni.
    purpose: IdentityProviderPurpose,
    /// `iss` of its tokens. Compared exactly, including a trailing slash. At most 500 characters.
    issuer: String,
    /// Accepted values of `aud`. 1 to 20.
    audiences: Vec<String>,
    /// URL of the JWK set. HTTPS and public. Omitted: found by OpenID Connect discovery.
    jwks_url: Option<String>,
    /// Accepted signature algorithms.
    #[graphql(default_with = "vec![SigningAlgorithm::Rs256]")]
    algorithms: Vec<SigningAlgorithm>,
    /// Accepted values of `azp`, or of `client_id` if a token has no `azp`. Empty: not checked. At most 20.
    #[graphql(default)]
    authorized_parties: Vec<String>,
    /// Mapping of token claims. Omitted: reads `email` and `email_verified`.
    claims: Option<IdentityProviderClaimsInput>,
    /// Roles by group. At most 200. Must be empty for a provider for alumni.
    #[graphql(default)]
    group_roles: Vec<IdentityProviderGroupRoleInput>,
    /// How a first sign-in creates the account of an employee.
    #[graphql(default_with = "IdentityProviderProvisioning::Off")]
    provisioning: IdentityProviderProvisioning,
    /// Whether its tokens are accepted from now on.
    #[graphql(default = true)]
    enabled: bool,
}

/// Changes to an identity provider. Omitted fields keep their value.
#[derive(InputObject)]
pub struct IdentityProviderUpdateInput {
    /// Id of the identity provider.
    id: Gid<IdentityProviderId>,
    /// `STALE_VERSION` if the stored version differs. Without it, the last write wins.
    expected_version: Option<i32>,
    /// Name given by the company. Unique in the company. At most 100 characters.
    name: Option<String>,
    /// Purpose of the provider: sign-in of employees or of alumni.
    purpose: Option<IdentityProviderPurpose>,
    /// `iss` of its tokens. Compared exactly. Accounts belong to an issuer: accounts of the old issuer cannot sign in through the new one.
    issuer: Option<String>,
    /// Accepted values of `aud`. 1 to 20.
    audiences: Option<Vec<String>>,
    /// URL of the JWK set. HTTPS and public. Null: found by OpenID Connect discovery.
    jwks_url: MaybeUndefined<String>,
    /// Accepted signature algorithms.
    algorithms: Option<Vec<SigningAlgorithm>>,
    /// Accepted values of `azp`, or of `client_id` if a token has no `azp`. Empty: not checked. At most 20.
    authorized_parties: Option<Vec<String>>,
    /// Mapping of token claims. Replaces the whole mapping.
    claims: Option<IdentityProviderClaimsInput>,
    /// Roles by group. Replaces the whole list. At most 200.
    group_roles: Option<Vec<IdentityProviderGroupRoleInput>>,
    /// How a first sign-in creates the account of an employee.
    provisioning: Option<IdentityProviderProvisioning>,
}

/// An identity provider to enable.
#[derive(InputObject)]
pub struct IdentityProviderEnableInput {
    /// Id of the identity provider.
    id: Gid<IdentityProviderId>,
    /// `STALE_VERSION` if the stored version differs.
    expected_version: Option<i32>,
}

/// An identity provider to disable.
#[derive(InputObject)]
pub struct IdentityProviderDisableInput {
    /// Id of the identity provider.
    id: Gid<IdentityProviderId>,
    /// `STALE_VERSION` if the stored version differs.
    expected_version: Option<i32>,
}

/// An identity provider to delete.
#[derive(InputObject)]
pub struct IdentityProviderDeleteInput {
    /// Id of the identity provider.
    id: Gid<IdentityProviderId>,
    /// `STALE_VERSION` if the stored version differs.
    expected_version: Option<i32>,
}

/// A token to test.
#[derive(InputObject)]
pub struct IdentityProviderTestInput {
    /// The token that a client sends after `Bearer`. Neither stored nor logged.
    token: String,
    /// Id of the identity provider to test. Omitted: the provider named by the issuer and audience of the token.
    id: Option<Gid<IdentityProviderId>>,
}

payload!(
    /// Result of `identityProviderCreate`.
    IdentityProviderCreatePayload {
        /// The created identity provider. Null if the input was rejected.
        identity_provider: IdentityProvider,
    }
);

payload!(
    /// Result of `identityProviderUpdate`.
    IdentityProviderUpdatePayload {
        /// The identity provider after the change. Null if the input was rejected.
        identity_provider: IdentityProvider,
    }
);

payload!(
    /// Result of `identityProviderEnable`.
    IdentityProviderEnablePayload {
        /// The identity provider after the change. Null if the input was rejected.
        identity_provider: IdentityProvider,
    }
);

payload!(
    /// Result of `identityProviderDisable`.
    IdentityProviderDisablePayload {
        /// The identity provider after the change. Null if the input was rejected.
        identity_provider: IdentityProvider,
    }
);

payload!(
    /// Result of `identityProviderDelete`.
    IdentityProviderDeletePayload {
        /// Id of the deleted identity provider. Null if the input was rejected.
        id: Gid<IdentityProviderId>,
    }
);

/// Result of `identityProviderTest`.
#[derive(SimpleObject)]
pub struct IdentityProviderTestPayload {
    /// What the token would resolve to. Null if the input was rejected.
    result: Option<TestResult>,
    /// Validation errors. Empty on success.
    user_errors: Vec<Refusal>,
}

#[derive(Default)]
pub struct IdentityProvidersMutation;

#[Object]
impl IdentityProvidersMutation {
    /// Creates an identity provider of your company. Its tokens sign in only to your company, even if another company uses the same issuer.
    /// Requires `identity-providers:manage`.
    async fn identity_provider_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The identity provider to create.")] input: IdentityProviderCreateInput,
    ) -> Result<IdentityProviderCreatePayload> {
        let enabled = input.enabled;
        let definition = Definition {
            name: input.name,
            purpose: input.purpose,
            issuer: input.issuer,
            audiences: input.audiences,
            keys: input.jwks_url.map_or(KeyPlace::Discovery, KeyPlace::Url),
            algorithms: input.algorithms,
            authorized_parties: input.authorized_parties,
            claims: input.claims.map(Into::into).unwrap_or_default(),
            group_roles: group_roles(input.group_roles),
            provisioning: input.provisioning,
        };
        let providers = access(ctx)?.providers();
        IdentityProviderCreatePayload::of(
            actions::create(scope(ctx)?, providers, definition, enabled).await,
        )
    }

    /// Updates an identity provider. Effective immediately on this instance and within ten seconds on others. Requires `identity-providers:manage`.
    async fn identity_provider_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Fields to change.")] input: IdentityProviderUpdateInput,
    ) -> Result<IdentityProviderUpdatePayload> {
        let edit = ProviderEdit {
            name: input.name,
            purpose: input.purpose,
            issuer: input.issuer,
            audiences: input.audiences,
            jwks_url: input.jwks_url,
            algorithms: input.algorithms,
            authorized_parties: input.authorized_parties,
            claims: input.claims.map(Into::into),
            group_roles: input.group_roles.map(group_roles),
            provisioning: input.provisioning,
        };
        let providers = access(ctx)?.providers();
        let (id, expected) = (input.id.0, input.expected_version);
        IdentityProviderUpdatePayload::of(
            actions::update(scope(ctx)?, providers, id, expected, edit).await,
        )
    }

    /// Enables an identity provider: its tokens are accepted again. No change if already enabled. Requires `identity-providers:manage`.
    async fn identity_provider_enable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The identity provider to enable.")] input: IdentityProviderEnableInput,
    ) -> Result<IdentityProviderEnablePayload> {
        let providers = access(ctx)?.providers();
        let (id, expected) = (input.id.0, input.expected_version);
        IdentityProviderEnablePayload::of(
            actions::set_enabled(scope(ctx)?, providers, id, expected, true).await,
        )
    }

    /// Disables an identity provider: its tokens are rejected. Effective immediately on this instance and within ten seconds on others. No
    /// change if already disabled. Requires `identity-providers:manage`.
    async fn identity_provider_disable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The identity provider to disable.")] input: IdentityProviderDisableInput,
    ) -> Result<IdentityProviderDisablePayload> {
        let providers = access(ctx)?.providers();
        let (id, expected) = (input.id.0, input.expected_version);
        IdentityProviderDisablePayload::of(
            actions::set_enabled(scope(ctx)?, providers, id, expected, false).await,
        )
    }

    /// Deletes an identity provider. Its accounts stay, but can no longer sign in through it. Requires `identity-providers:manage`.
    async fn identity_provider_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The identity provider to delete.")] input: IdentityProviderDeleteInput,
    ) -> Result<IdentityProviderDeletePayload> {
        let providers = access(ctx)?.providers();
        let (id, expected) = (input.id.0, input.expected_version);
        let deleted = actions::delete(scope(ctx)?, providers, id, expected).await;
        IdentityProviderDeletePayload::of(deleted.map(Gid))
    }

    /// Explains step by step what a token would resolve to in your company. Also tests disabled providers. Changes nothing; reads the
    /// provider's keys if they are not cached. Requires `identity-providers:read`.
    async fn identity_provider_test(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token to test.")] input: IdentityProviderTestInput,
    ) -> Result<IdentityProviderTestPayload> {
        let providers = access(ctx)?.providers();
        let id = input.id.map(|id| id.0);
        match actions::test(scope(ctx)?, providers, &input.token, id).await {
            Ok(explanation) => Ok(IdentityProviderTestPayload {
                result: Some(explanation.into()),
                user_errors: vec![],
            }),
            Err(Error::Refused(user_errors)) => Ok(IdentityProviderTestPayload {
                result: None,
                user_errors,
            }),
            Err(error) => Err(error.into()),
        }
    }
}
