//! What a token would resolve to, step by step, for those who administer the identity providers of one company. It looks at that company's
//! providers and accounts alone, by the same functions that verify tokens of requests.

use chrono::{DateTime, Utc};
use entity::{IdentityProviderId, PersonId, Role, identity_provider};

use super::registry::{IdentityProviders, Provider, of_settings, read_claims};
use super::rules::{Mapped, differ_by_slash, printable};
use super::store::{self, EmployeeClaim};
use super::types::TestAccount;
use super::types::TestOutcome::{self, Failed, Passed, Skipped};
use super::types::TestStepName::{
    self, Account, Audience, Claims as ClaimsStep, Issuer, Key, Provider as ProviderStep, Read,
    Signature, Time,
};
use crate::access::accounts;
use crate::access::identity::{Binding, Identity, Provisioning};
use crate::access::jwt::{Claims, Token, TokenRefusal, Unverified, Verifier};
use crate::error::Result;
use crate::scope::Scope;

/// One step of a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The step.
    pub name: TestStepName,
    /// Outcome of the step.
    pub outcome: TestOutcome,
    /// Why, as a sentence.
    pub message: String,
}

/// What a token would resolve to.
#[derive(Clone, Debug, Default)]
pub struct Explanation {
    /// All steps, in order.
    pub steps: Vec<Step>,
    /// Whether a request with the token would be accepted.
    pub accepted: bool,
    /// The provider that was tested.
    pub provider: Option<identity_provider::Model>,
    /// Roles from the groups in the token.
    pub roles: Vec<Role>,
    /// What is known of an account.
    pub account: Option<TestAccount>,
    /// The person of the account, or the employee whose account would be created.
    pub person: Option<PersonId>,
}

const STEPS: [TestStepName; 9] = [
    Read,
    ProviderStep,
    Key,
    Signature,
    Issuer,
    Audience,
    Time,
    ClaimsStep,
    Account,
];

impl Explanation {
    fn step(&mut self, name: TestStepName, outcome: TestOutcome, message: impl Into<String>) {
        self.steps.push(Step {
            name,
            outcome,
            message: message.into(),
        });
    }

    /// A step that is as a verdict says; whether it passed.
    fn verdict(
        &mut self,
        name: TestStepName,
        verdict: Result<(), TokenRefusal>,
        passed: impl Into<String>,
    ) -> bool {
        match verdict {
            Ok(()) => self.step(name, Passed, passed),
            Err(refusal) => self.step(name, Failed, refusal.sentence()),
        }
        verdict.is_ok()
    }

    /// The same, with the steps that were not taken.
    fn ended(mut self) -> Self {
        for name in STEPS.into_iter().skip(self.steps.len()) {
            self.step(name, Skipped, "An earlier step failed.");
        }
        self
    }

    fn all_passed(&self) -> bool {
        self.steps.iter().all(|step| step.outcome == Passed)
    }
}

/// What verifies the token.
enum Tested {
    Settings,
    Provider(Box<Provider>),
}

/// Explains a token. With an id, that provider is tested, whatever the token says.
pub async fn explain(
    scope: &Scope,
    providers: &IdentityProviders,
    text: &str,
    id: Option<IdentityProviderId>,
) -> Result<Explanation> {
    let now = scope.now();
    let mut result = Explanation::default();
    let rows = store::own(scope, &scope.database().reader()).await?;
    let token = Token::read(text).and_then(|token| Ok((token.unverified()?, token)));
    let (unverified, token) = match token {
        Ok(read) => read,
        Err(refusal) => {
            result.step(Read, Failed, refusal.sentence());
            return Ok(result.ended());
        }
    };
    let shown = printable(&unverified.issuer);
    result.step(
        Read,
        Passed,
        format!("The token names the issuer `{shown}`."),
    );
    let Some(tested) = choose(&mut result, providers, &rows, &unverified, id) else {
        return Ok(result.ended());
    };
    let verifier = match &tested {
        Tested::Settings => providers.settings(),
        Tested::Provider(provider) => &provider.verifier,
    };
    let Some(claims) = signature(&mut result, verifier, &token, now).await else {
        return Ok(result.ended());
    };
    let issuer_differs = matches!(&tested, Tested::Provider(provider)
        if provider.definition.issuer != unverified.issuer);
    if issuer_differs {
        let message = match &tested {
            Tested::Provider(provider)
                if differ_by_slash(&provider.definition.issuer, &unverified.issuer) =>
            {
                "The issuer differs from the provider's by a trailing slash.".to_owned()
            }
            _ => TokenRefusal::WrongIssuer.sentence().to_owned(),
        };
        result.step(Issuer, Failed, message);
        return Ok(result.ended());
    }
    result.step(Issuer, Passed, "The issuer is the provider's.");
    let mapped = match &tested {
        Tested::Settings => Ok(None),
        Tested::Provider(provider) => read_claims(provider, &token).map(Some),
    };
    let claims = audience(&mut result, &tested, &claims, &mapped);
    let (Some(claims), Ok(mapped)) = (claims, mapped) else {
        return Ok(result.ended());
    };
    let time = verifier.check_time(&claims, now);
    let ends = claims.exp.to_rfc3339();
    result.verdict(Time, time, format!("The token is valid until {ends}."));
    result.step(ClaimsStep, Passed, claims_message(mapped.as_ref()));
    result.accepted = result.all_passed();
    let identity = match (&tested, mapped) {
        (Tested::Provider(provider), Some(mapped)) => provider.identity(claims, mapped),
        _ => of_settings(claims),
    };
    result.roles.clone_from(&identity.roles);
    account(scope, &mut result, &identity).await?;
    Ok(result)
}

/// The provider of the token among those of the company.
fn choose(
    result: &mut Explanation,
    providers: &IdentityProviders,
    rows: &[identity_provider::Model],
    token: &Unverified,
    id: Option<IdentityProviderId>,
) -> Option<Tested> {
    let of_settings = providers.is_for_settings(token);
    if of_settings && id.is_none() {
        let message = "The issuer and the audience are those of the settings of the service.";
        result.step(ProviderStep, Passed, message);
        return Some(Tested::Settings);
    }
    let of_issuer = || rows.iter().filter(|row| row.issuer == token.issuer);
    let row = if let Some(id) = id {
        rows.iter().find(|row| row.id == id)
    } else {
        let matching = |row: &&identity_provider::Model| token.is_for(&row.audiences.0);
        let enabled = |row: &&identity_provider::Model| row.disabled_at.is_none();
        of_issuer()
            .find(|row| matching(row) && enabled(row))
            .or_else(|| of_issuer().find(matching))
            .or_else(|| of_issuer().next())
    };
    let Some(row) = row else {
        let slash = rows
            .iter()
            .any(|row| differ_by_slash(&row.issuer, &token.issuer));
        let message = match (id, slash) {
            (Some(_), _) => "There is no such identity provider.",
            (None, true) => {
                "No identity provider has this issuer. One differs from it by a trailing slash."
            }
            (None, false) => "No identity provider has this issuer.",
        };
        result.step(ProviderStep, Failed, message);
        return None;
    };
    result.provider = Some(row.clone());
    let Some(provider) = providers.provider(row) else {
        let message = "The provider is of a configuration file that this instance does not have.";
        result.step(ProviderStep, Failed, message);
        return None;
    };
    let name = printable(&row.name);
    if of_settings {
        let message = "The issuer and the audience are those of the settings of the service, which come first.";
        result.step(ProviderStep, Failed, message);
    } else if row.disabled_at.is_some() {
        let message = format!("The provider `{name}` is disabled: its tokens are refused.");
        result.step(ProviderStep, Failed, message);
    } else {
        result.step(ProviderStep, Passed, format!("The provider is `{name}`."));
    }
    Some(Tested::Provider(Box::new(provider)))
}

/// Key and signature; null if one of them is not right.
async fn signature(
    result: &mut Explanation,
    verifier: &Verifier,
    token: &Token<'_>,
    now: DateTime<Utc>,
) -> Option<Result<Claims, TokenRefusal>> {
    let key = match verifier.key(token, now).await {
        Ok(key) => key,
        Err(refusal) => {
            result.step(Key, Failed, refusal.sentence());
            return None;
        }
    };
    let named = key.kid.as_deref().map_or_else(
        || "The key has no name".to_owned(),
        |kid| format!("The key is `{}`", printable(kid)),
    );
    let algorithm = format!("{:?}", key.algorithm).to_ascii_uppercase();
    result.step(Key, Passed, format!("{named}, for {algorithm}."));
    let signed = verifier.accepts(token, &key);
    let holds = result.verdict(Signature, signed, "The signature is valid.");
    holds.then(|| verifier.claims(token))
}

/// Audience and client; the claims, if they can be read.
fn audience(
    result: &mut Explanation,
    tested: &Tested,
    claims: &Result<Claims, TokenRefusal>,
    mapped: &Result<Option<Mapped>, TokenRefusal>,
) -> Option<Claims> {
    match (claims, mapped) {
        (Err(TokenRefusal::WrongAudience), _) => {
            let accepted = match tested {
                Tested::Settings => String::new(),
                Tested::Provider(provider) => {
                    let audiences = provider.definition.audiences.iter();
                    let audiences: Vec<_> = audiences.map(|name| printable(name)).collect();
                    format!(" Accepted: {}.", audiences.join(", "))
                }
            };
            let message = format!("{}{accepted}", TokenRefusal::WrongAudience.sentence());
            result.step(Audience, Failed, message);
            None
        }
        (Err(refusal), _) | (Ok(_), Err(refusal)) => {
            result.step(Audience, Failed, refusal.sentence());
            None
        }
        (Ok(claims), Ok(_)) => {
            result.step(
                Audience,
                Passed,
                "The audience and the client are accepted.",
            );
            Some(claims.clone())
        }
    }
}

/// The claims in sentences.
fn claims_message(mapped: Option<&Mapped>) -> String {
    let Some(mapped) = mapped else {
        return "The settings of the service map no claims.".to_owned();
    };
    let email = match (&mapped.email, mapped.email_verified) {
        (Some(email), true) => format!("E-mail address `{}`, verified.", printable(email)),
        (Some(email), false) => format!(
            "E-mail address `{}`, not verified: it does not count.",
            printable(email)
        ),
        (None, _) => "No e-mail address.".to_owned(),
    };
    let number = mapped.employee_number.as_deref().map_or_else(
        || "No employee number.".to_owned(),
        |number| format!("Employee number `{}`.", printable(number)),
    );
    let groups: Vec<String> = mapped.groups.iter().map(|group| printable(group)).collect();
    let roles: Vec<String> = mapped.roles.iter().map(|role| role.word()).collect();
    let groups = match (groups.is_empty(), roles.is_empty()) {
        (true, _) => "No groups.".to_owned(),
        (false, true) => format!("Groups {}: they give no role.", groups.join(", ")),
        (false, false) => format!(
            "Groups {}: they give {}.",
            groups.join(", "),
            roles.join(", ")
        ),
    };
    format!("{email} {number} {groups}")
}

/// The account step: which account of the scope's company an identity has or would get.
async fn account(scope: &Scope, result: &mut Explanation, identity: &Identity) -> Result<()> {
    let found = resolve_account(scope, identity).await?;
    let (outcome, message) = match (found.account, found.several) {
        (TestAccount::Found, _) => (Passed, "There is an account."),
        (TestAccount::Disabled, _) => (Failed, "There is an account, and it is disabled."),
        (TestAccount::Provisioned, _) => (
            Passed,
            "There is no account yet: the first sign-in creates the one of this employee.",
        ),
        (TestAccount::InvitationNeeded, true) => (
            Passed,
            "There is no account, and several employees match the claims: an invitation is needed.",
        ),
        (TestAccount::InvitationNeeded, false) => {
            (Passed, "There is no account: an invitation is needed.")
        }
    };
    result.step(Account, outcome, message);
    result.account = Some(found.account);
    result.person = found.person;
    Ok(())
}

/// What an identity resolves to in the scope's company.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// What there is.
    pub account: TestAccount,
    /// The person of the account, or the employee whose account would be created.
    pub person: Option<PersonId>,
    /// Whether several employees match the claims.
    pub several: bool,
}

/// Which account of the scope's company an identity has or would get. An account of another company is none here.
pub async fn resolve_account(scope: &Scope, identity: &Identity) -> Result<Resolved> {
    let here = scope
        .only_company()
        .map_or(Binding::Operator, Binding::Company);
    let database = scope.database();
    let (issuer, subject) = (&identity.issuer, &identity.subject);
    let found = accounts::store::of_login(database, issuer, subject).await?;
    let allowed = |company| here.allows(company) && identity.binding.allows(company);
    if let Some(account) = found.iter().find(|account| allowed(account.company_id)) {
        let disabled = account.disabled_at.is_some_and(|at| at <= scope.now());
        return Ok(Resolved {
            account: if disabled {
                TestAccount::Disabled
            } else {
                TestAccount::Found
            },
            person: account.person_id,
            several: false,
        });
    }
    let claim = match identity.provisioning {
        Provisioning::Off => None,
        Provisioning::WorkEmail => identity.email.as_deref().map(EmployeeClaim::WorkEmail),
        Provisioning::EmployeeNumber => {
            let number = identity.employee_number.as_deref();
            number.map(EmployeeClaim::Number)
        }
    };
    let employees = match claim {
        Some(claim) => store::employees_by(scope, &claim).await?,
        None => Vec::new(),
    };
    let only = match employees[..] {
        [only] => Some(only),
        _ => None,
    };
    Ok(Resolved {
        account: if only.is_some() {
            TestAccount::Provisioned
        } else {
            TestAccount::InvitationNeeded
        },
        person: only,
        several: employees.len() > 1,
    })
}
