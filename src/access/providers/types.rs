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
    /// One provider.
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

/// An issuer whose tokens a company accepts, with its keys and claim mapping. A token is accepted if its `iss` is the issuer, its `aud` has one of the
/// audiences, and one of the keys signed it; the sign-in is then bound to this company. Requires `identity-providers:read`.
#[Object]
impl IdentityProvider {
    /// The id.
    pub async fn id(&self) -> Gid<IdentityProviderId> {
        Gid(self.id)
    }

    /// The company that its tokens sign in to; null: the operator of the service.
    async fn company(&self, ctx: &Context<'_>) -> Result<Option<Kept<Company>>> {
        Ok(reference::one(ctx, None, self.company_id).await?)
    }

    /// The company's name for it.
    async fn name(&self) -> &str {
        &self.name
    }

    /// Who signs in through it.
    async fn purpose(&self) -> IdentityProviderPurpose {
        self.purpose
    }

    /// Where it is edited. Mutations refuse one of the configuration file.
    async fn source(&self) -> IdentityProviderSource {
        self.source
    }

    /// The `iss` of its tokens, compared as text.
    async fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Accepted values of `aud`: a token must have at least one of them.
    async fn audiences(&self) -> &[String] {
        &self.audiences.0
    }

    /// How its keys are found.
    async fn key_source(&self) -> IdentityProviderKeySource {
        self.key_source
    }

    /// The address of its key set (JWK set); null unless `keySource` is `JWKS_URL`.
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

    /// What the claims of its tokens mean.
    async fn claims(&self) -> IdentityProviderClaims {
        IdentityProviderClaims {
            email: self.email_claim.clone(),
            email_verified: self.email_verified_claim.clone(),
            email_always_verified: self.email_always_verified,
            employee_number: self.employee_number_claim.clone(),
            groups: self.groups_claim.clone(),
        }
    }

    /// Which group gives which role.
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

    /// When it was disabled; null if it is enabled.
    async fn disabled_at(&self) -> Option<DateTime<Utc>> {
        self.disabled_at
    }

    /// What the instance that answers knows of its keys. Keys are read when the first token comes, and by `identityProviderTest`.
    async fn key_status(&self, ctx: &Context<'_>) -> Result<IdentityProviderKeyStatus> {
        let location = key_location(&self.issuer, self.jwks_url.as_deref());
        let providers = access(ctx)?.providers();
        let status = providers.key_status(self.id, self.source, location.as_ref());
        Ok(status.into())
    }

    /// When it was created.
    async fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }

    /// Grows by one with each change; for `expectedVersion`.
    async fn version(&self) -> i32 {
        self.version
    }
}

/// Who verifies tokens, of the request.
pub fn access<'c>(ctx: &Context<'c>) -> Result<&'c Arc<Access>, Error> {
    ctx.data::<Arc<Access>>()
        .map_err(|_| Error::internal("a request without what verifies tokens"))
}

/// What the claims of an identity provider mean. Each is the name of a claim, or a JSON pointer that begins with `/`, as `/realm_access/roles`.
#[derive(SimpleObject)]
pub struct IdentityProviderClaims {
    /// The claim with the e-mail address; null: none is read.
    email: Option<String>,
    /// The claim that must be true for the e-mail address to count; null: there is none.
    email_verified: Option<String>,
    /// Whether every e-mail address counts: the provider verifies them all.
    email_always_verified: bool,
    /// The claim with the employee number; null: none is read.
    employee_number: Option<String>,
    /// The claim with the groups, a list of texts or one text; null: none is read.
    groups: Option<String>,
}

/// A role that members of a group have.
#[derive(SimpleObject)]
pub struct IdentityProviderGroupRole {
    /// The group, as the identity provider writes it.
    group: String,
    /// The role.
    role: Role,
}

/// A public key of an identity provider.
#[derive(SimpleObject)]
pub struct IdentityProviderKey {
    /// Its name, which tokens give as `kid`; null if it has none.
    kid: Option<String>,
    /// The algorithm that it is used with.
    algorithm: SigningAlgorithm,
}

/// What an instance knows of the keys of an identity provider.
#[derive(SimpleObject)]
pub struct IdentityProviderKeyStatus {
    /// The usable keys; empty before the first token came.
    keys: Vec<IdentityProviderKey>,
    /// When the keys were last read; null if they never were.
    read_at: Option<DateTime<Utc>>,
    /// When the server was last asked; null if it never was.
    attempted_at: Option<DateTime<Utc>>,
    /// Why the last attempt failed, as a fixed sentence in English; null if it did not.
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

/// A step of the test of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "IdentityProviderTestStepName")]
pub enum TestStepName {
    /// The token has the form of an access token.
    Read,
    /// An identity provider of the company has the issuer of the token.
    Provider,
    /// The provider has the key that the token names, for an accepted algorithm.
    Key,
    /// The key signed the token.
    Signature,
    /// The issuer of the token is the provider's.
    Issuer,
    /// The token is meant for an accepted audience, and was issued to an accepted client.
    Audience,
    /// The token is valid now.
    Time,
    /// What the claims say: e-mail address, employee number, groups and roles.
    Claims,
    /// Which account the token resolves to.
    Account,
}

/// How a step of the test of a token ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "IdentityProviderTestOutcome")]
pub enum TestOutcome {
    /// Nothing is wrong.
    Passed,
    /// The message says what is wrong.
    Failed,
    /// Not looked at, because an earlier step failed.
    Skipped,
}

/// What account a tested token resolves to, in your company alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(name = "IdentityProviderTestAccount")]
pub enum TestAccount {
    /// There is an account.
    Found,
    /// There is an account, and it is disabled.
    Disabled,
    /// There is none: the first sign-in creates the account of the employee in `person`.
    Provisioned,
    /// There is none, and an invitation is needed.
    InvitationNeeded,
}

/// One step of the test of a token.
#[derive(SimpleObject)]
pub struct IdentityProviderTestStep {
    /// Which step.
    step: TestStepName,
    /// How it ended.
    outcome: TestOutcome,
    /// Why, as a sentence in English.
    message: String,
}

/// What a token would resolve to.
pub struct TestResult(Explanation);

impl From<Explanation> for TestResult {
    fn from(explanation: Explanation) -> Self {
        Self(explanation)
    }
}

/// What a token would resolve to, by the identity providers and accounts of your company alone.
#[Object(name = "IdentityProviderTestResult")]
impl TestResult {
    /// Whether a request with the token would be accepted. Whether it has an account is another question; see `account`.
    async fn accepted(&self) -> bool {
        self.0.accepted
    }

    /// Every step, in order.
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

    /// The provider that was tested; null if none was found, or the token is one of the service's own settings.
    async fn provider(&self) -> Option<One<Box<IdentityProvider>>> {
        let provider = self.0.provider.clone()?;
        Some(One(Box::new(provider.into())))
    }

    /// The roles that the groups of the token give.
    async fn roles(&self) -> &[Role] {
        &self.0.roles
    }

    /// What is known of an account; null if the token's signature, issuer or audience is wrong.
    async fn account(&self) -> Option<TestAccount> {
        self.0.account
    }

    /// The person of the account, or the employee whose account the first sign-in creates; null if there is none.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Held<'static, Person>>> {
        match self.0.person {
            Some(id) => Ok(node::find(ctx, id).await?.map(One::owned)),
            None => Ok(None),
        }
    }
}
