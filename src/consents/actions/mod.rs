//! A consent is given, withdrawn, or written down for somebody; a notice is published. Each in one transaction, which locks the company first (whoever
//! says yes for sharing, whoever publishes alone, so that nobody says yes to a notice that no longer holds) and the person second.

mod membership;
mod notices;

use entity::{
    CompanyId, ConsentChannel, ConsentDecision, ConsentPurpose, ConsentState, PersonId, Standing,
    SubjectKind, consent,
};

use sea_orm::ConnectionTrait;

pub use self::membership::{join, leave};
pub use self::notices::{NewText, publish};
use crate::access::Permission;
use crate::alumni;
use crate::checks::Checks;
use crate::consents::rules::{self, Notice, NoticeText, Said};
use crate::consents::store;
use crate::error::{Error, Refusal, Result, UserErrorCode};
use crate::outbox::{self, Change};
use crate::scope::Scope;

/// Longest proof.
const PROOF: usize = 200;

/// A yes to words that were shown.
#[derive(Clone, Debug)]
pub struct Given {
    /// Purpose.
    pub purpose: ConsentPurpose,
    /// Under which version of its notice.
    pub notice_version: i32,
    /// In which language it was shown.
    pub language: String,
    /// Where the proof is kept.
    pub proof: Option<String>,
}

/// Where a purpose stands with a person.
#[derive(Clone, Debug)]
pub struct Stands {
    /// Whose.
    pub company: CompanyId,
    /// The purpose.
    pub purpose: ConsentPurpose,
    /// Current state.
    pub state: ConsentState,
    /// The latest entry.
    pub latest: consent::Model,
}

/// The viewer says yes. Requires `profile:write`.
pub async fn grant(scope: &Scope, given: Given) -> Result<Stands> {
    scope.require(Permission::ProfileWrite)?;
    let id = scope.person()?;
    say_yes(scope, id, given, ConsentChannel::Portal).await
}

/// The viewer says no, or no longer, whatever they are to the company: also an employee who gave a consent before the rehire. Requires
/// `profile:write` or an earlier entry in the ledger.
pub async fn withdraw(scope: &Scope, purpose: ConsentPurpose) -> Result<Stands> {
    let id = match scope.viewer().person() {
        Some(id) if !scope.may(Permission::ProfileWrite) => {
            let latest = store::latest(scope, &scope.database().reader(), id).await?;
            Some(id).filter(|_| !latest.is_empty())
        }
        person => person,
    };
    if id.is_none() {
        scope.require(Permission::ProfileWrite)?;
    }
    let id = id.map_or_else(|| scope.person(), Ok)?;
    say_no(scope, id, purpose, (ConsentChannel::Portal, None)).await
}

/// A consent decision received outside the service.
#[derive(Clone, Debug)]
pub struct Reported {
    /// The person.
    pub person: PersonId,
    /// Purpose.
    pub purpose: ConsentPurpose,
    /// Granted or withdrawn.
    pub decision: ConsentDecision,
    /// Channel by which the decision reached the company.
    pub channel: ConsentChannel,
    /// For a yes: under which version of the notice.
    pub notice_version: Option<i32>,
    /// For a yes: in which language it was shown.
    pub language: Option<String>,
    /// Where the proof is kept.
    pub proof: Option<String>,
}

/// Writes down what somebody said elsewhere: a yes with proof, a no without. Requires `alumni:write` and `alumni:read`.
pub async fn report(scope: &Scope, reported: Reported) -> Result<Stands> {
    scope.require(Permission::AlumniWrite)?;
    scope.require(Permission::AlumniRead)?;
    let mut checks = Checks::default();
    if reported.channel == ConsentChannel::Portal {
        let why = "is for what people say with their own login; say how it reached you";
        checks.refuse(UserErrorCode::Refused, "channel", why);
    }
    if reported.decision == ConsentDecision::Withdrawn {
        let proof = checks.text("proof", reported.proof.as_deref(), PROOF);
        checks.done()?;
        let how = (reported.channel, proof);
        if reported.purpose == ConsentPurpose::Membership {
            return leaves(scope, reported.person, how).await;
        }
        return say_no(scope, reported.person, reported.purpose, how).await;
    }
    let mut needed = |field: &str, given: bool, why: &str| {
        if !given {
            checks.refuse(UserErrorCode::Required, field, why);
        }
    };
    let proven = reported
        .proof
        .as_deref()
        .is_some_and(|proof| !proof.trim().is_empty());
    needed(
        "proof",
        proven,
        "is needed for a yes on somebody's behalf: say where the proof is kept",
    );
    needed(
        "noticeVersion",
        reported.notice_version.is_some(),
        "is needed for a yes: to which version of the notice",
    );
    needed(
        "language",
        reported.language.is_some(),
        "is needed for a yes: in which language the notice was shown",
    );
    checks.done()?;
    let given = Given {
        purpose: reported.purpose,
        notice_version: reported.notice_version.unwrap_or_default(),
        language: reported.language.unwrap_or_default(),
        proof: reported.proof,
    };
    say_yes(scope, reported.person, given, reported.channel).await
}

/// Somebody said that they leave: it is done for them, as if they had themselves.
async fn leaves(
    scope: &Scope,
    id: PersonId,
    how: (ConsentChannel, Option<String>),
) -> Result<Stands> {
    let membership = alumni::leave_for(scope, id, how).await?;
    let purpose = ConsentPurpose::Membership;
    let latest = store::latest(scope, &scope.database().reader(), id).await?;
    let latest = latest.into_iter().find(|entry| entry.purpose == purpose);
    let latest = latest.ok_or_else(|| Error::internal("left, and nothing written down"))?;
    Ok(Stands {
        company: membership.company_id,
        purpose,
        state: ConsentState::Withdrawn,
        latest,
    })
}

async fn say_yes(
    scope: &Scope,
    id: PersonId,
    given: Given,
    channel: ConsentChannel,
) -> Result<Stands> {
    let transaction = scope.begin().await?;
    store::hold_still(scope, &*transaction).await?;
    let person = store::person_for_update(scope, &*transaction, id).await?;
    if let Some(why) = rules::unable(person.standing, given.purpose) {
        return Err(Refusal::new(UserErrorCode::Refused, "purpose", why).into());
    }
    let notices = store::current_here(scope, &*transaction).await?;
    let mut checks = Checks::default();
    let shown = shown(&mut checks, "", &notices, &given);
    let proof = checks.text("proof", given.proof.as_deref(), PROOF);
    checks.done()?;
    let latest = store::latest(scope, &*transaction, id).await?;
    let purpose = given.purpose;
    let stands = |bits, latest: consent::Model| Stands {
        company: person.company_id,
        purpose,
        state: rules::state(bits, purpose, Some(latest.decision)),
        latest,
    };
    let known = latest.iter().find(|entry| entry.purpose == purpose);
    let said_so = known.filter(|entry| {
        rules::holds(person.consents, purpose) && entry.notice_version == Some(given.notice_version)
    });
    if let Some(entry) = said_so {
        return Ok(stands(person.consents, entry.clone()));
    }
    let said = Said {
        purpose,
        shown,
        channel,
        proof,
        hand: outbox::hand(scope),
    };
    let key = (scope.new_id(), 1 + last_number(&latest));
    let entry = rules::entry(&person, key, said, scope.now());
    let bits = rules::after(person.consents, purpose, entry.decision);
    let changes = vec![change(&entry)];
    store::write(&transaction, &person, vec![entry.clone()], changes).await?;
    transaction.commit().await?;
    Ok(stands(bits, entry))
}

async fn say_no(
    scope: &Scope,
    id: PersonId,
    purpose: ConsentPurpose,
    (channel, proof): (ConsentChannel, Option<String>),
) -> Result<Stands> {
    if purpose == ConsentPurpose::Membership {
        let why = "is withdrawn by leaving: `membershipWithdraw`, in one call";
        return Err(Refusal::new(UserErrorCode::Refused, "purpose", why).into());
    }
    let transaction = scope.begin().await?;
    let person = store::person_for_update(scope, &*transaction, id).await?;
    if person.standing == Standing::Erased {
        let why = "the person's data was erased";
        return Err(Refusal::new(UserErrorCode::Refused, "", why).into());
    }
    let latest = store::latest(scope, &*transaction, id).await?;
    let stands = |latest: consent::Model| Stands {
        company: person.company_id,
        purpose,
        state: ConsentState::Withdrawn,
        latest,
    };
    let known = latest.iter().find(|entry| entry.purpose == purpose);
    if let Some(entry) = known.filter(|entry| entry.decision == ConsentDecision::Withdrawn) {
        return Ok(stands(entry.clone()));
    }
    let said = Said {
        purpose,
        shown: None,
        channel,
        proof,
        hand: outbox::hand(scope),
    };
    let key = (scope.new_id(), 1 + last_number(&latest));
    let entry = rules::entry(&person, key, said, scope.now());
    let changes = vec![change(&entry)];
    store::write(&transaction, &person, vec![entry.clone()], changes).await?;
    transaction.commit().await?;
    Ok(stands(entry))
}

/// The notice of a purpose that holds now in the scope's company.
pub async fn notice_of(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    purpose: ConsentPurpose,
) -> Result<Notice> {
    let notices = store::current_here(scope, connection).await?;
    let found = notices.into_iter().find(|notice| notice.purpose == purpose);
    found.ok_or_else(|| Error::internal("a purpose without a notice"))
}

/// The words a yes is said to; null where they do not hold, which is noted. `at` is the path of the input, with a dot behind it.
pub fn shown<'n>(
    checks: &mut Checks,
    at: &str,
    notices: &'n [Notice],
    given: &Given,
) -> Option<(&'n Notice, &'n NoticeText)> {
    let notice = notices
        .iter()
        .find(|notice| notice.purpose == given.purpose)?;
    if notice.version != given.notice_version {
        checks.refuse(
            UserErrorCode::StaleVersion,
            &format!("{at}noticeVersion"),
            format!(
                "the notice that holds now is version {}: show that one and ask again",
                notice.version
            ),
        );
        return None;
    }
    let text = notice.in_language(&given.language);
    if text.is_none() {
        checks.refuse(
            UserErrorCode::Invalid,
            &format!("{at}language"),
            format!(
                "must be one of the languages of the notice: {}",
                notice.languages()
            ),
        );
    }
    Some((notice, text?))
}

fn last_number(latest: &[consent::Model]) -> i32 {
    let numbers = latest.iter().map(|entry| entry.number);
    numbers.max().unwrap_or_default()
}

fn change(entry: &consent::Model) -> Change {
    Change {
        company: entry.company_id,
        kind: match entry.decision {
            ConsentDecision::Granted => "consent.granted",
            ConsentDecision::Withdrawn => "consent.withdrawn",
        },
        subject: SubjectKind::Consent,
        id: entry.id.0,
        person: Some(entry.person_id),
        fields: vec![],
    }
}
