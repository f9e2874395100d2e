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

/// What the claims of an identity provider mean. Each is the name of a claim, or a JSON pointer that begins with `/`, as `/realm_access/roles`. At most 200 characters each.
#[derive(InputObject)]
pub struct IdentityProviderClaimsInput {
    /// The claim with the e-mail address: `email` if not given; null: none is read.
    email: MaybeUndefined<String>,
    /// The claim that must be true (or the text `true`) for the e-mail address to count: `email_verified` if not given.
    email_verified: MaybeUndefined<String>,
    /// Whether every e-mail address counts. Only for a provider that verifies them all.
    #[graphql(default)]
    email_always_verified: bool,
    /// The claim with the employee number.
    employee_number: Option<String>,
    /// The claim with the groups, a list of texts or one text.
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

/// A role that members of a group have.
#[derive(InputObject)]
pub struct IdentityProviderGroupRoleInput {
    /// The group, as the identity provider writes it in the groups claim. At most 255 characters.
    group: String,
    /// The role: `ADMIN`, `HR`, `RECRUITER` or `SUPPORTER`.
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
    /// The company's name for it. Unique in the company. At most 100 characters.
    name: String,
    /// Who signs in through it.
    purpose: IdentityProviderPurpose,
    /// The `iss` of its tokens, to the letter: a trailing slash counts. At most 500 characters.
    issuer: String,
    /// Accepted values of `aud`. 1 to 20.
    audiences: Vec<String>,
    /// The address of its key set (JWK set): https, and public. Not given: found by OpenID Connect discovery.
    jwks_url: Option<String>,
    /// Accepted signature algorithms.
    #[graphql(default_with = "vec![SigningAlgorithm::Rs256]")]
    algorithms: Vec<SigningAlgorithm>,
    /// Accepted values of `azp`, or of `client_id` if a token has no `azp`. Empty: not checked. At most 20.
    #[graphql(default)]
    authorized_parties: Vec<String>,
    /// What its claims mean. Not given: `email` and `email_verified` are read.
    claims: Option<IdentityProviderClaimsInput>,
    /// Which group gives which role. At most 200. A provider for alumni gives none.
    #[graphql(default)]
    group_roles: Vec<IdentityProviderGroupRoleInput>,
    /// How a first sign-in creates the account of an employee.
    #[graphql(default_with = "IdentityProviderProvisioning::Off")]
    provisioning: IdentityProviderProvisioning,
    /// Whether its tokens are accepted from now on.
    #[graphql(default = true)]
    enabled: bool,
}

/// A change of an identity provider. A field that is not given stays.
#[derive(InputObject)]
pub struct IdentityProviderUpdateInput {
    /// Which provider.
    id: Gid<IdentityProviderId>,
    /// Refuse if the stored version is another one; without it the last write wins.
    expected_version: Option<i32>,
    /// The company's name for it. Unique in the company. At most 100 characters.
    name: Option<String>,
    /// Who signs in through it.
    purpose: Option<IdentityProviderPurpose>,
    /// The `iss` of its tokens, to the letter. Accounts belong to an issuer: those of the old one are not signed in to by the new one.
    issuer: Option<String>,
    /// Accepted values of `aud`. 1 to 20.
    audiences: Option<Vec<String>>,
    /// The address of its key set (JWK set): https, and public. Null: found by OpenID Connect discovery.
    jwks_url: MaybeUndefined<String>,
    /// Accepted signature algorithms.
    algorithms: Option<Vec<SigningAlgorithm>>,
    /// Accepted values of `azp`, or of `client_id` if a token has no `azp`. Empty: not checked. At most 20.
    authorized_parties: Option<Vec<String>>,
    /// What its claims mean; replaces the whole mapping.
    claims: Option<IdentityProviderClaimsInput>,
    /// Which group gives which role; replaces the whole list. At most 200.
    group_roles: Option<Vec<IdentityProviderGroupRoleInput>>,
    /// How a first sign-in creates the account of an employee.
    provisioning: Option<IdentityProviderProvisioning>,
}

/// An identity provider to enable.
#[derive(InputObject)]
pub struct IdentityProviderEnableInput {
    /// Which provider.
    id: Gid<IdentityProviderId>,
    /// Refuse if the stored version is another one.
    expected_version: Option<i32>,
}

/// An identity provider to disable.
#[derive(InputObject)]
pub struct IdentityProviderDisableInput {
    /// Which provider.
    id: Gid<IdentityProviderId>,
    /// Refuse if the stored version is another one.
    expected_version: Option<i32>,
}

/// An identity provider to delete.
#[derive(InputObject)]
pub struct IdentityProviderDeleteInput {
    /// Which provider.
    id: Gid<IdentityProviderId>,
    /// Refuse if the stored version is another one.
    expected_version: Option<i32>,
}

/// A token to test.
#[derive(InputObject)]
pub struct IdentityProviderTestInput {
    /// The token, as a client sends it after `Bearer`. It is neither stored nor logged.
    token: String,
    /// Test this provider. Not given: the one that the issuer and the audience of the token name.
    id: Option<Gid<IdentityProviderId>>,
}

payload!(
    /// Result of `identityProviderCreate`.
    IdentityProviderCreatePayload {
        /// The provider; null if the input was refused.
        identity_provider: IdentityProvider,
    }
);

payload!(
    /// Result of `identityProviderUpdate`.
    IdentityProviderUpdatePayload {
        /// The provider as it is now; null if the input was refused.
        identity_provider: IdentityProvider,
    }
);

payload!(
    /// Result of `identityProviderEnable`.
    IdentityProviderEnablePayload {
        /// The provider as it is now; null if the input was refused.
        identity_provider: IdentityProvider,
    }
);

payload!(
    /// Result of `identityProviderDisable`.
    IdentityProviderDisablePayload {
        /// The provider as it is now; null if the input was refused.
        identity_provider: IdentityProvider,
    }
);

payload!(
    /// Result of `identityProviderDelete`.
    IdentityProviderDeletePayload {
        /// The id of the deleted provider; null if the input was refused.
        id: Gid<IdentityProviderId>,
    }
);

/// Result of `identityProviderTest`.
#[derive(SimpleObject)]
pub struct IdentityProviderTestPayload {
    /// What the token would resolve to; null if the input was refused.
    result: Option<TestResult>,
    /// Why the input was refused, one entry per error. Empty on success.
    user_errors: Vec<Refusal>,
}

/// Root writes of identity providers.
#[derive(Default)]
pub struct IdentityProvidersMutation;

#[Object]
impl IdentityProvidersMutation {
    /// Creates an identity provider of your company. Its tokens sign in to your company alone, also if another company uses the same issuer. Requires `identity-providers:manage`.
    async fn identity_provider_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The provider to create.")] input: IdentityProviderCreateInput,
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

    /// Changes an identity provider: at once on the instance that answers, within ten seconds on others. Requires `identity-providers:manage`.
    async fn identity_provider_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The change.")] input: IdentityProviderUpdateInput,
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

    /// Accepts tokens of a disabled identity provider again. One that is enabled stays as it is. Requires `identity-providers:manage`.
    async fn identity_provider_enable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which provider.")] input: IdentityProviderEnableInput,
    ) -> Result<IdentityProviderEnablePayload> {
        let providers = access(ctx)?.providers();
        let (id, expected) = (input.id.0, input.expected_version);
        IdentityProviderEnablePayload::of(
            actions::set_enabled(scope(ctx)?, providers, id, expected, true).await,
        )
    }

    /// Refuses tokens of an identity provider: at once on the instance that answers, within ten seconds on others. One that is disabled stays as it is. Requires `identity-providers:manage`.
    async fn identity_provider_disable(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which provider.")] input: IdentityProviderDisableInput,
    ) -> Result<IdentityProviderDisablePayload> {
        let providers = access(ctx)?.providers();
        let (id, expected) = (input.id.0, input.expected_version);
        IdentityProviderDisablePayload::of(
            actions::set_enabled(scope(ctx)?, providers, id, expected, false).await,
        )
    }

    /// Deletes an identity provider. Accounts stay, but can no longer sign in through it. Requires `identity-providers:manage`.
    async fn identity_provider_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which provider.")] input: IdentityProviderDeleteInput,
    ) -> Result<IdentityProviderDeletePayload> {
        let providers = access(ctx)?.providers();
        let (id, expected) = (input.id.0, input.expected_version);
        let deleted = actions::delete(scope(ctx)?, providers, id, expected).await;
        IdentityProviderDeletePayload::of(deleted.map(Gid))
    }

    /// Explains step by step what a token would resolve to in your company, disabled providers included. Nothing is changed; the keys of the provider are read if they are not known. Requires `identity-providers:read`.
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
