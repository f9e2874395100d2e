//! Actions of an external candidate by link: read the consent request, consent, refuse, or withdraw the consent. The link authenticates; every
//! invalid link gives the same error. A refusal stays possible as long as data is stored (GDPR Article 7(3)).

use entity::{
    CandidateInvitationState, ConsentPurpose, Standing, candidate_invitation, company, opportunity,
    person,
};

use super::forget::{Forgotten, forget_candidate};
use super::invite::{change, ended};
use super::{Candidate, Made, TOO_OFTEN, TRIES, takes_none};
use crate::access::{Link, Links};
use crate::checks::Checks;
use crate::consents::{self, Given, Notice};
use crate::error::{Error, Refusal, Result, UserErrorCode};
use crate::outbox::CANDIDATE_NOT_WON;
use crate::referrals::rules;
use crate::referrals::store::invitations as store;
use crate::referrals::store::{Asked, another_was_first, ground};
use crate::scope::Scope;

/// A consent request, with the data shown with it.
#[derive(Clone, Debug)]
pub struct Request {
    pub invitation: candidate_invitation::Model,
    pub company: company::Model,
    pub opportunity: opportunity::Model,
    /// Who recommends them.
    pub referrer: person::Model,
    /// To what they say yes.
    pub notice: Notice,
}

/// A candidate's consent.
#[derive(Clone, Debug)]
pub struct Yes {
    /// Token of the link.
    pub token: String,
    /// Under which version of the notice.
    pub notice_version: i32,
    /// In which language it was shown.
    pub language: String,
    /// The candidate's name, if it differs from the entered one.
    pub name: Option<String>,
    /// Their e-mail, likewise.
    pub email: Option<String>,
}

/// The consent request of a link; null if the link is invalid, expired, withdrawn or refused.
pub async fn open(scope: &Scope, links: &Links, token: &str) -> Result<Option<Request>> {
    let Some((link, invitation)) = find(scope, links, token).await? else {
        return Ok(None);
    };
    if !answerable(scope, &link, &invitation) {
        return Ok(None);
    }
    let scope = scope.by_link(invitation.company_id);
    Ok(Some(request(&scope, invitation).await?))
}

/// Records the consent and creates the referral, a duplicate if another referral of the candidate exists. No change if already consented.
pub async fn give(scope: &Scope, links: &Links, yes: Yes) -> Result<Request> {
    let (link, found) = find(scope, links, &yes.token).await?.ok_or_else(no_link)?;
    let scope = scope.by_link(found.company_id);
    for _ in 0..TRIES {
        if let Some(given) = say_yes(&scope, &link, yes.clone()).await? {
            return request(&scope, given).await;
        }
    }
    Err(TOO_OFTEN)
}

/// The candidate says no, or takes their yes back: nothing is left of them, and a referral that is under way ends.
pub async fn refuse(scope: &Scope, links: &Links, token: &str) -> Result<CandidateInvitationState> {
    let (link, found) = find(scope, links, token).await?.ok_or_else(no_link)?;
    let scope = scope.by_link(found.company_id);
    let transaction = scope.begin().await?;
    let found = store::linked_for_update(&scope, &*transaction, link.id).await?;
    let found = found.filter(|row| link.is(&row.link_hash) && row.closed_at.is_none());
    let found = found.ok_or_else(no_link)?;
    let mut changes = Vec::new();
    if let Some(referral) = found.referral_id {
        let whom = Forgotten::Referral(referral);
        let forgotten = forget_candidate(&scope, &transaction, found.company_id, whom).await?;
        changes.extend(forgotten.1);
    }
    let ended = ended(&scope, found, CandidateInvitationState::Refused);
    changes.push(change(&ended, CANDIDATE_NOT_WON));
    let mut writes = transaction.writes();
    writes.save(ended.clone())?;
    transaction.write(writes, changes).await?;
    transaction.commit().await?;
    Ok(ended.state)
}

/// Null if another referral of the same candidate was created concurrently; the caller retries.
async fn say_yes(
    scope: &Scope,
    link: &Link<entity::CandidateInvitationId>,
    yes: Yes,
) -> Result<Option<candidate_invitation::Model>> {
    let transaction = scope.begin().await?;
    consents::hold_still(scope, &*transaction).await?;
    let found = store::linked_for_update(scope, &*transaction, link.id).await?;
    let found = found.filter(|row| answerable(scope, link, row));
    let found = found.ok_or_else(no_link)?;
    if found.state == CandidateInvitationState::Accepted {
        return Ok(Some(found));
    }
    let mut checks = Checks::default();
    let name = match yes.name.as_deref() {
        Some(name) => checks.line("name", name, rules::LONGEST_NAME),
        None => found.candidate_name.clone().unwrap_or_default(),
    };
    let email = match yes.email.as_deref() {
        Some(text) => checks.email("email", text),
        None => found.candidate_email.clone().unwrap_or_default(),
    };
    let given = Given {
        purpose: ConsentPurpose::ReferralAsCandidate,
        notice_version: yes.notice_version,
        language: yes.language,
        proof: None,
    };
    let notices = [consents::notice_of(scope, &*transaction, given.purpose).await?];
    let shown = consents::shown(&mut checks, "", &notices, &given);
    let asked = Asked {
        opportunity: found.opportunity_id,
        referrer: found.referrer_id,
        alumnus: None,
        candidate_key: Some(rules::key_of_email(&email)),
    };
    let ground = ground(scope, &*transaction, asked).await?;
    // of a referrer who was erased, what they asked is taken back with them
    let ground = ground
        .filter(|ground| {
            ground
                .referrer_standing
                .is_some_and(|standing| standing != Standing::Erased)
        })
        .ok_or_else(no_link)?;
    if let Some(why) = takes_none(scope, &ground) {
        checks.refuse(UserErrorCode::Refused, "", why);
    }
    checks.done()?;
    let (notice, text) =
        shown.ok_or_else(|| Error::internal("a yes to no words, and no fault either"))?;
    let made = Made {
        opportunity: found.opportunity_id,
        referrer: found.referrer_id,
        candidate: Candidate::Outsider { name, email },
        recommendation: found.recommendation.clone(),
    };
    let (referral, step, submitted) = made.referral(scope, &ground);
    let given = candidate_invitation::Model {
        consented_at: Some(scope.now()),
        notice_id: notice.id,
        notice_version: Some(notice.version),
        language: Some(text.language.clone()),
        text_hash: Some(text.hash.clone()),
        referral_id: Some(referral.id),
        closed_at: None,
        ..ended(scope, found, CandidateInvitationState::Accepted)
    };
    let accepted = change(&given, "candidate_invitation.accepted");
    let mut writes = transaction.writes();
    writes.insert(vec![referral]);
    writes.insert(vec![step]);
    writes.save(given.clone())?;
    match transaction.write(writes, vec![submitted, accepted]).await {
        Err(error) if another_was_first(&error) => return Ok(None),
        done => done?,
    }
    transaction.commit().await?;
    Ok(Some(given))
}

/// A link and its invitation; null if the link is invalid.
async fn find(
    scope: &Scope,
    links: &Links,
    token: &str,
) -> Result<
    Option<(
        Link<entity::CandidateInvitationId>,
        candidate_invitation::Model,
    )>,
> {
    let Some(link) = links.read(token, scope.now()).await else {
        return Ok(None);
    };
    let found = store::linked_without_scope(scope.database(), link.id).await?;
    let found = found.filter(|row| link.is(&row.link_hash));
    Ok(found.map(|row| (link, row)))
}

/// Whether there is something to say yes to, or a yes to look at.
fn answerable(
    scope: &Scope,
    link: &Link<entity::CandidateInvitationId>,
    row: &candidate_invitation::Model,
) -> bool {
    link.is(&row.link_hash)
        && match row.state {
            CandidateInvitationState::Waiting => {
                row.expires_at > scope.now() && link.expires_at > scope.now()
            }
            state => state == CandidateInvitationState::Accepted,
        }
}

async fn request(scope: &Scope, invitation: candidate_invitation::Model) -> Result<Request> {
    let connection = scope.database().reader();
    let (company, opportunity, referrer) = store::around(scope, &connection, &invitation).await?;
    let purpose = ConsentPurpose::ReferralAsCandidate;
    Ok(Request {
        notice: consents::notice_of(scope, &connection, purpose).await?,
        invitation,
        company,
        opportunity,
        referrer,
    })
}

/// One error for every invalid link: malformed, expired, withdrawn or refused.
fn no_link() -> Error {
    let message = "is no link that works, or no longer: ask whoever gave it to you";
    Refusal::new(UserErrorCode::NotFound, "token", message).into()
}
