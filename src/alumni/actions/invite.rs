//! Inviting alumni to join: by their ids or by a filter, each for themselves, with a link of their own that is sent by e-mail if an address is
//! known. One transaction, with a fixed number of statements for any number of people, apart from the limit on bound values per statement.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use entity::{
    CompanyId, InvitationKind, LeaveType, MembershipState, PersonId, SubjectKind, invitation,
    membership, person,
};

use super::only_kept;
use crate::access::invitations::actions::{self as invitations, Invited, Row};
use crate::access::invitations::{rules as invitation_rules, store as invitation_store};
use crate::access::{Links, Permission};
use crate::alumni::filter::AlumnusFilter;
use crate::alumni::rules::membership::{Step, may_be_asked, take};
use crate::alumni::store;
use crate::checks::Checks;
use crate::deliveries;
use crate::error::{Error, Refusal, Result, UserErrorCode};
use crate::outbox::Change;
use crate::scope::{Scope, Transaction};
use crate::writes::Writes;

/// Most people of one call by ids.
pub const MOST: usize = 1_000;
/// Most people of one call by filter.
/// A statement binds each id; SQLite takes 32,766 values.
const MOST_FILTERED: usize = 30_000;

/// Whom to invite or to remind.
#[derive(Clone, Debug)]
pub enum Whom {
    /// These people.
    Ids(Vec<PersonId>),
    /// Everyone a filter matches, if they are still as many as the caller counted.
    Filter(Box<AlumnusFilter>, i32),
}

/// Result for one person.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The person.
    pub person: PersonId,
    /// The membership and the link's token, or why the person was not invited.
    pub done: Result<(membership::Model, String), Refusal>,
    /// Whether the link is sent by e-mail.
    pub sent: bool,
}

/// Invites people to join, each for themselves, in the order of the ids. Somebody whose invitation was revoked or has expired gets a new one.
/// Requires `alumni:write` and `alumni:read`.
pub async fn invite(
    scope: &Scope,
    links: &Links,
    whom: Whom,
    days: Option<i32>,
) -> Result<Vec<Outcome>> {
    act(scope, links, whom, days, false).await
}

/// Reminds people of an invitation without an answer: a new link, at most three times, not within seven days. Requires `alumni:write` and `alumni:read`.
pub async fn remind(scope: &Scope, links: &Links, whom: Whom) -> Result<Vec<Outcome>> {
    act(scope, links, whom, None, true).await
}

async fn act(
    scope: &Scope,
    links: &Links,
    whom: Whom,
    days: Option<i32>,
    reminds: bool,
) -> Result<Vec<Outcome>> {
    scope.require(Permission::AlumniWrite)?;
    scope.require(Permission::AlumniRead)?;
    let company = scope.company()?;
    let mut checks = Checks::default();
    let days = invitations::days(&mut checks, days, invitation_rules::MEMBERSHIP_DAYS);
    if let Whom::Ids(ids) = &whom
        && ids.len() > MOST
    {
        let message = format!("must have at most {MOST} entries, has {}", ids.len());
        checks.refuse(UserErrorCode::TooLong, "personIds", message);
    }
    checks.done()?;
    let transaction = scope.begin().await?;
    let by_ids = matches!(whom, Whom::Ids(_));
    let ids = match whom {
        Whom::Ids(ids) => ids,
        Whom::Filter(filter, expected) => {
            let found = store::matching(scope, &*transaction, &filter, MOST_FILTERED + 1).await?;
            as_counted(found.len(), expected)?;
            found
        }
    };
    let mut found = Found::read(scope, &transaction, company, &ids, reminds).await?;
    let (mut made, mut renewed, mut moved, mut changes) = (vec![], vec![], vec![], vec![]);
    let mut outcomes = Vec::with_capacity(ids.len());
    for (place, id) in ids.iter().enumerate() {
        let field = if by_ids {
            format!("personIds.{place}")
        } else {
            String::new()
        };
        let decided = found
            .decide(*id, scope.now())
            .map_err(|(code, why)| Refusal::new(code, &field, why));
        let membership = match decided {
            Ok(membership) => membership,
            Err(refusal) => {
                outcomes.push(Outcome {
                    person: *id,
                    done: Err(refusal),
                    sent: false,
                });
                continue;
            }
        };
        let (invited, is_new) = found.invitation(scope, links, company, *id, days)?;
        let sent = invited.invitation.email.is_some();
        if is_new { &mut made } else { &mut renewed }.push(invited.clone());
        let kind = if reminds {
            "invitation.reminded"
        } else {
            "invitation.created"
        };
        changes.extend(invitations::change(&invited.invitation, kind));
        if let Some(before) = found.memberships.get_mut(id)
            && before.version != membership.version
        {
            changes.push(change(&membership));
            moved.push(membership.clone());
            before.clone_from(&membership);
        }
        outcomes.push(Outcome {
            person: *id,
            sent,
            done: Ok((membership, invited.token)),
        });
    }
    if made.is_empty() && renewed.is_empty() {
        return Ok(outcomes);
    }
    let mut writes = transaction.writes();
    store::put_invited(&mut writes, company, &moved, scope.now());
    put(
        scope,
        &transaction,
        &mut writes,
        (&made, &renewed),
        reminds,
        &mut changes,
    )
    .await?;
    transaction.write(writes, changes).await?;
    transaction.commit().await?;
    Ok(outcomes)
}

/// Writes invitations, new and renewed, and queues their mail; the mail of a link that was replaced is cancelled.
async fn put(
    scope: &Scope,
    transaction: &Transaction<'_>,
    writes: &mut Writes,
    (made, renewed): (&[Invited], &[Invited]),
    reminds: bool,
    changes: &mut Vec<Change>,
) -> Result<()> {
    writes.insert(rows(made));
    let stale: Vec<_> = renewed
        .iter()
        .map(|invited| invited.invitation.id.0)
        .collect();
    changes.extend(deliveries::cancel(scope, transaction, writes, &stale).await?);
    invitation_store::put_renewed(writes, rows(renewed));
    let all: Vec<(&Invited, bool)> = made
        .iter()
        .map(|invited| (invited, false))
        .chain(renewed.iter().map(|invited| (invited, reminds)))
        .collect();
    let mail = invitations::membership_mail(scope, transaction, &all).await?;
    let queued = deliveries::queue(scope, transaction, writes, mail).await?;
    changes.extend(queued.changes);
    Ok(())
}

/// What was stored about the people to invite or to remind.
struct Found {
    people: HashMap<PersonId, person::Model>,
    memberships: HashMap<PersonId, membership::Model>,
    last_leaves: HashMap<PersonId, Option<LeaveType>>,
    /// Invitations without an answer, expired ones too.
    unanswered: HashMap<PersonId, invitation::Model>,
    /// Who was invited already by an earlier entry of the list.
    seen: HashSet<PersonId>,
    reminds: bool,
}

impl Found {
    async fn read(
        scope: &Scope,
        transaction: &Transaction<'_>,
        company: CompanyId,
        ids: &[PersonId],
        reminds: bool,
    ) -> Result<Self> {
        let people = store::people_for_update(scope, &**transaction, ids).await?;
        let memberships = store::memberships_for_update(scope, &**transaction, ids).await?;
        let last_leaves = store::last_leaves(scope, &**transaction, ids).await?;
        let unanswered =
            invitation_store::unanswered_for_update(scope, &**transaction, company, ids).await?;
        Ok(Self {
            people: people.into_iter().map(|row| (row.id, row)).collect(),
            memberships: memberships
                .into_iter()
                .map(|row| (row.person_id, row))
                .collect(),
            last_leaves,
            unanswered: unanswered
                .into_iter()
                .filter_map(|row| Some((row.person_id?, row)))
                .collect(),
            seen: HashSet::new(),
            reminds,
        })
    }

    /// The membership once the person is invited or reminded, or why neither happens.
    fn decide(
        &self,
        id: PersonId,
        now: DateTime<Utc>,
    ) -> Result<membership::Model, (UserErrorCode, String)> {
        let refused = |why: &str| (UserErrorCode::Refused, why.to_owned());
        let person = self.people.get(&id).ok_or_else(|| {
            (
                UserErrorCode::NotFound,
                "there is no such person".to_owned(),
            )
        })?;
        if let Some(why) = only_kept(person) {
            return Err(refused(why));
        }
        let found = self
            .memberships
            .get(&id)
            .ok_or_else(|| refused("has no membership: works at the company"))?;
        let because = |why: String| (UserErrorCode::Refused, why);
        may_be_asked(self.last_leaves.get(&id).copied().flatten()).map_err(because)?;
        let open = self.unanswered.get(&id);
        if self.reminds {
            let row = open.filter(|_| found.state == MembershipState::Invited);
            let row = row.ok_or_else(|| refused("has no open invitation"))?;
            invitation_rules::may_remind(row, now).map_err(because)?;
            return Ok(found.clone());
        }
        let expired = !self.seen.contains(&id) && open.is_none_or(|row| row.expires_at <= now);
        if found.state == MembershipState::Invited && expired {
            return Ok(found.clone());
        }
        take(found, Step::Invite, now).map_err(because)
    }

    /// An invitation for the person, who was decided to get one, and whether it is a new row.
    fn invitation(
        &mut self,
        scope: &Scope,
        links: &Links,
        company: CompanyId,
        id: PersonId,
        days: i32,
    ) -> Result<(Invited, bool)> {
        self.seen.insert(id);
        let email = self
            .people
            .get(&id)
            .and_then(|person| person.personal_email.clone());
        if let Some(row) = self.unanswered.remove(&id) {
            // to the address of today; a new invitation is no longer for the login of an application alone
            let row = match row.subject {
                Some(_) if self.reminds => row,
                _ => invitation::Model {
                    email,
                    issuer: None,
                    subject: None,
                    ..row
                },
            };
            return Ok((invitations::renewed(scope, links, row)?, false));
        }
        let row = Row {
            company: Some(company),
            kind: InvitationKind::Membership,
            person: Some(id),
            roles: Vec::new(),
            name: None,
            email,
            only: None,
            external: false,
            account_expires_at: None,
            days,
        };
        Ok((row.make(scope, links)?, true))
    }
}

fn rows(invited: &[Invited]) -> Vec<invitation::Model> {
    invited
        .iter()
        .map(|invited| invited.invitation.clone())
        .collect()
}

/// Refuses a filter that matches another number of people than the caller counted.
fn as_counted(found: usize, expected: i32) -> Result<()> {
    if found > MOST_FILTERED {
        let message = format!("matches more than {MOST_FILTERED} people; narrow the filter");
        return Err(Refusal::new(UserErrorCode::TooLong, "filter", message).into());
    }
    if usize::try_from(expected).ok() != Some(found) {
        let message = format!(
            "the filter matches {found} people, not {expected}: count again, then decide again"
        );
        return Err(Refusal::new(UserErrorCode::StaleVersion, "expectedCount", message).into());
    }
    Ok(())
}

fn change(membership: &membership::Model) -> Change {
    Change {
        company: membership.company_id,
        kind: Step::Invite.kind(),
        subject: SubjectKind::Membership,
        id: membership.id.0,
        person: Some(membership.person_id),
        fields: vec![],
    }
}

/// Refuses neither or both ways to say whom.
pub fn whom(
    ids: Option<Vec<PersonId>>,
    filter: Option<AlumnusFilter>,
    expected: Option<i32>,
) -> Result<Whom> {
    let refuse = |code, field, message: &str| Err(Error::from(Refusal::new(code, field, message)));
    match (ids, filter, expected) {
        (Some(ids), None, None) => Ok(Whom::Ids(ids)),
        (None, Some(filter), Some(expected)) => Ok(Whom::Filter(Box::new(filter), expected)),
        (None, Some(_), None) => refuse(
            UserErrorCode::Required,
            "expectedCount",
            "is required with `filter`: how many people `alumni(filter:) { totalCount }` counted",
        ),
        _ => refuse(
            UserErrorCode::Invalid,
            "personIds",
            "give either `personIds`, or `filter` with `expectedCount`",
        ),
    }
}
