//! An identity provider, and the result of testing a token, as clients see them.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use entity::{
    Audiences, ClientIds, CompanyId, GroupRoles, IdentityProviderId, IdentityProviderKeySource,
    IdentityProviderProvisioning, IdentityProviderPurpose, IdentityProviderSource, Role,
    SigningAlgorithm, SigningAlgorithms, identity_provider,
};
use jsonwebtoken::Algorithm;

use super::configured::key_location;
use super::explain::Explanation;
use super::filter::{IdentityProviderFilter, IdentityProviderOrder};
use super::rules::printable;
use crate::access::Access;
use crate::access::jwks::KeySetStatus;
use crate::alumni::Person;
use crate::companies::Company;
use crate::error::Error;
use crate::graphql::ahead::Ahead;
use crate::graphql::id::Gid;
use crate::graphql::level::{Edge, Level};
use crate::graphql::node::{self, Listed, Node, Tree};
use crate::graphql::reference;
use crate::graphql::shown::{Held, Kept, One, Shown};
use crate::row;

row!(
    IdentityProvider of identity_provider {
        id: IdentityProviderId = Id,
        company_id: Option<CompanyId> = CompanyId,
        name: String = Name,
        purpose: IdentityProviderPurpose = Purpose,
        source: IdentityProviderSource = Source,
        issuer: String = Issuer,
        audiences: Audiences = Audiences,
        key_source: IdentityProviderKeySource = KeySource,
        jwks_url: Option<String> = JwksUrl,
        algorithms: SigningAlgorithms = Algorithms,
        authorized_parties: ClientIds = AuthorizedParties,
        email_claim: Option<String> = EmailClaim,
        email_verified_claim: Option<String> = EmailVerifiedClaim,
        email_always_verified: bool = EmailAlwaysVerified,
        employee_number_claim: Option<String> = EmployeeNumberClaim,
        groups_claim: Option<String> = GroupsClaim,
        group_roles: GroupRoles = GroupRoles,
        provisioning: IdentityProviderProvisioning = Provisioning,
        disabled_at: Option<DateTime<Utc>> = DisabledAt,
        created_at: DateTime<Utc> = CreatedAt,
        updated_at: DateTime<Utc> = UpdatedAt,
        version: i32 = Version,
    }
);

impl Tree for IdentityProvider {
    type Wants = ();

    fn ahead(_: &Ahead<'_>) {}

    fn edges((): &(), _: Level<'_>) -> Vec<Edge> {
        vec![]
    }
}

impl Node for IdentityProvider {
    type Id = IdentityProviderId;
    const ID: identity_provider::Column = identity_provider::Column::Id;

    fn id(&self) -> IdentityProviderId {
        self.id
    }
}

impl Shown for IdentityProvider {}

impl Listed for IdentityProvider {
    type Filter = IdentityProviderFilter;
    type Order = IdentityProviderOrder;

    fn sort_values(&self, _: IdentityProviderOrder) -> Vec<String> {
        vec![self.name.clone()]
    }
}

/// An issuer with its keys and claim mapping, whose tokens a company accepts. A token is accepted if `iss` matches the issuer, `aud`
/// contains an audience, and one of the keys signed it. The sign-in is bound to this company. Requires `identity-providers:read`.
#[Object]
impl IdentityProvider {
    /// Id.
    pub async fn id(&self) -> Gid<IdentityProviderId> {
        Gid(self.id)
    }

    /// Company that its tokens sign in to. Null: the operator of the service.
    async fn company(&self, ctx: &Context<'_>) -> Result<Option<Kept<Company>>> {
        Ok(reference::one(ctx, None, self.company_id).await?)
    }

    /// Name given by the company.
    async fn name(&self) -> &str {
        &self.name
    }

    /// Purpose of the provider: sign-in of employees or of alumni.
    async fn purpose(&self) -> IdentityProviderPurpose {
        self.purpose
    }

    /// Source of its configuration. Mutations reject a provider from the configuration file.
    async fn source(&self) -> IdentityProviderSource {
        self.source
    }

    /// `iss` of its tokens, compared as text.
    async fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Accepted values of `aud`. A token must have at least one of them.
    async fn audiences(&self) -> &[String] {
        &self.audiences.0
    }

    /// How its keys are found.
    async fn key_source(&self) -> IdentityProviderKeySource {
        self.key_source
    }

    /// URL of the JWK set. Null unless `keySource` is `JWKS_URL`.
    async fn jwks_url(&self) -> Option<&str> {
        self.jwks_url.as_deref()
    }

    /// Accepted signature algorithms.
    async fn algorithms(&self) -> &[SigningAlgorithm] {
        &self.algorithms.0
    }

    /// Accepted values of `azp`, or of `client_id` if a token has no `azp`. Empty: not checked.
    async fn authorized_parties(&self) -> &[String] {
        &self.authorized_parties.0
    }

    /// Mapping of token claims.
    async fn claims(&self) -> IdentityProviderClaims {
        IdentityProviderClaims {
            email: self.email_claim.clone(),
            email_verified: self.email_verified_claim.clone(),
            email_always_verified: self.email_always_verified,
            employee_number: self.employee_number_claim.clone(),
            groups: self.groups_claim.clone(),
        }
    }

    /// Roles by group.
    async fn group_roles(&self) -> Vec<IdentityProviderGroupRole> {
        let entries = self.group_roles.0.iter();
        entries
            .map(|entry| IdentityProviderGroupRole {
                group: entry.group.clone(),
                role: entry.role,
            })
            .collect()
    }

    /// How a first sign-in creates the account of an employee.
    async fn provisioning(&self) -> IdentityProviderProvisioning {
        self.provisioning
    }

    /// Whether its tokens are accepted.
    async fn enabled(&self) -> bool {
        self.disabled_at.is_none()
    }

    /// When the provider was disabled. Null if it is enabled.
    async fn disabled_at(&self) -> Option<DateTime<Utc>> {
        self.disabled_at
    }

    /// Cached keys on this instance. Keys are read when the first token arrives, and by `identityProviderTest`.
    async fn key_status(&self, ctx: &Context<'_>) -> Result<IdentityProviderKeyStatus> {
        let location = key_location(&self.issuer, self.jwks_url.as_deref());
        let providers = access(ctx)?.providers();
        let status = providers.key_status(self.id, self.source, location.as_ref());
        Ok(status.into())
    }

    /// Time of creation.
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

/// The request's token verifier.
pub fn access<'c>(ctx: &Context<'c>) -> Result<&'c Arc<Access>, Error> {
    ctx.data::<Arc<Access>>()
        .map_err(|_| Error::internal("a request without what verifies tokens"))
}

/// Mapping of token claims. Each value is a claim name, or a JSON pointer that starts with `/`, for example `/realm_access/roles`.
#[derive(SimpleObject)]
pub struct IdentityProviderClaims {
    /// Claim with the e-mail address. Null: not read.
    email: Option<String>,
    /// Claim that must be true for the e-mail address to be used. Null: none.
    email_verified: Option<String>,
    /// Whether every e-mail address counts as verified, because the provider verifies all addresses.
    email_always_verified: bool,
    /// Claim with the employee number. Null: not read.
    employee_number: Option<String>,
    /// Claim with the groups: a list of strings or one string. Null: not read.
    groups: Option<String>,
}

/// A role for the members of a group.
#[derive(SimpleObject)]
pub struct IdentityProviderGroupRole {
    /// Group, as written in the groups claim.
    group: String,
    /// Role.
    role: Role,
}

/// A public key of an identity provider.
#[derive(SimpleObject)]
pub struct IdentityProviderKey {
    /// Key id, as in the `kid` of tokens. Null if the key has none.
    kid: Option<String>,
    /// Signature algorithm of the key.
    algorithm: SigningAlgorithm,
}

/// Cached keys of an identity provider on one instance.
#[derive(SimpleObject)]
pub struct IdentityProviderKeyStatus {
    /// Usable keys. Empty before the first token arrives.
    keys: Vec<IdentityProviderKey>,
    /// When the keys were last read. Null if never read.
    read_at: Option<DateTime<Utc>>,
    /// When the server was last contacted. Null if never contacted.
    attempted_at: Option<DateTime<Utc>>,
    /// Reason for the failure of the last attempt, as a fixed English sentence. Null if it succeeded.
    error: Option<&'static str>,
}

impl From<KeySetStatus> for IdentityProviderKeyStatus {
    fn from(status: KeySetStatus) -> Self {
        let key = |(kid, algorithm): (Option<String>, Algorithm)| IdentityProviderKey {
            kid: kid.as_deref().map(printable),
            algorithm: match algorithm {
                Algorithm::ES256 => SigningAlgorithm::Es256,
                Algorithm::EdDSA => SigningAlgorithm::Eddsa,
                _ => SigningAlgorithm::Rs256,
            },
        };
        Self {
            keys: status.keys.into_iter().map(key).collect(),
            read_at: status.read_at,
            attempted_at: status.attempted_at,
            error: status.failure,
        }
    }
}

/// A step of a token test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "IdentityProviderTestStepName")]
pub enum TestStepName {
    /// The text is a well-formed access token.
    Read,
    /// An identity provider of the company has the token's issuer.
    Provider,
    /// The provider has the key named by the token, for an accepted algorithm.
    Key,
    /// The key signed the token.
    Signature,
    /// The token's issuer is the provider's issuer.
    Issuer,
    /// The token has an accepted audience and an accepted authorized party.
    Audience,
    /// The token is valid at the current time.
    Time,
    /// E-mail address, employee number, groups and roles from the claims.
    Claims,
    /// The account that the token resolves to.
    Account,
}

/// Outcome of a step of a token test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "IdentityProviderTestOutcome")]
pub enum TestOutcome {
    /// The step passed.
    Passed,
    /// The step failed; `message` explains it.
    Failed,
    /// Not tested, because an earlier step failed.
    Skipped,
}

/// The account that a tested token resolves to, in your company only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "IdentityProviderTestAccount")]
pub enum TestAccount {
    /// An account exists.
    Found,
    /// An account exists, but is disabled.
    Disabled,
    /// No account exists; the first sign-in creates one for the employee in `person`.
    Provisioned,
    /// No account exists; an invitation is required.
    InvitationNeeded,
}

/// One step of a token test.
#[derive(SimpleObject)]
pub struct IdentityProviderTestStep {
    /// The step.
    step: TestStepName,
    /// Outcome of the step.
    outcome: TestOutcome,
    /// Explanation, as an English sentence.
    message: String,
}

pub struct TestResult(Explanation);

impl From<Explanation> for TestResult {
    fn from(explanation: Explanation) -> Self {
        Self(explanation)
    }
}

/// What a token would resolve to, using only identity providers and accounts of your company.
#[Object(name = "IdentityProviderTestResult")]
impl TestResult {
    /// Whether a request with the token would be accepted. Independent of `account`.
    async fn accepted(&self) -> bool {
        self.0.accepted
    }

    /// All steps, in order.
    async fn steps(&self) -> Vec<IdentityProviderTestStep> {
        let steps = self.0.steps.iter();
        steps
            .map(|step| IdentityProviderTestStep {
                step: step.name,
                outcome: step.outcome,
                message: step.message.clone(),
            })
            .collect()
    }

    /// Tested provider. Null if none was found, or the service's own settings define the token's issuer.
    async fn provider(&self) -> Option<One<Box<IdentityProvider>>> {
        let provider = self.0.provider.clone()?;
        Some(One(Box::new(provider.into())))
    }

    /// Roles from the groups in the token.
    async fn roles(&self) -> &[Role] {
        &self.0.roles
    }

    /// The account that the token resolves to. Null if signature, issuer or audience is wrong.
    async fn account(&self) -> Option<TestAccount> {
        self.0.account
    }

    /// Person of the account, or the employee whose account the first sign-in creates. Null if there is none.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Held<'static, Person>>> {
        match self.0.person {
            Some(id) => Ok(node::find(ctx, id).await?.map(One::owned)),
            None => Ok(None),
        }
    }
}
