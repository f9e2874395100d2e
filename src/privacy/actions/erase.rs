//! Erases a person: one transaction over every store the list of holdings names. What the law keeps of employments stays, restricted,
//! until its day; what the person was known by stays as salted hashes, so that no import makes them anew. The receipt says what became
//! of each store and names nobody.

use std::collections::BTreeMap;

use entity::{
    DataRequestState, ErasedStore, ErasedStores, MembershipState, PersonId, Standing, SubjectKind,
    data_request, person,
};

use super::{Outcome, change};
use crate::engagement;
use crate::error::{Error, Refusal, Result, UserErrorCode};
use crate::idempotency;
use crate::membership_applications;
use crate::outbox::Change;
use crate::privacy::rules::holdings::{Erasure, Export, HOLDINGS, Holding};
use crate::privacy::rules::{self, EMPLOYMENT_RECORDS, Policy};
use crate::privacy::store;
use crate::privacy::store::held::{Done, Whose};
use crate::referrals::{self, Forgotten};
use crate::scope::{Scope, Transaction};

/// What the person is answered where the law keeps something.
const KEPT: &str = "Everything was erased but the name and the facts of employment, which the law keeps; nobody sees them but those who answer for it, and they go on the day after `keptUntil`.";

/// What an erasure came to.
#[derive(Clone, Debug)]
pub struct Erased {
    /// Store by store.
    pub receipt: ErasedStores,
    /// The last day on which something stays.
    pub kept_until: Option<chrono::NaiveDate>,
}

/// Erases the person of a request, and writes the request with its receipt.
pub(super) async fn erase_as_asked(
    scope: &Scope,
    transaction: Transaction<'_>,
    request: data_request::Model,
    is_new: bool,
) -> Result<Outcome> {
    let Erased {
        receipt,
        kept_until,
    } = erase_person(scope, &transaction, request.person_id).await?;
    let state = match kept_until {
        Some(_) => DataRequestState::PartlyRefused,
        None => DataRequestState::Fulfilled,
    };
    let request = data_request::Model {
        state,
        // what was written around the request is the person's as well
        wish: None,
        identity_proof: None,
        extension_reason: None,
        answer: kept_until.map(|_| KEPT.to_owned()),
        receipt: Some(receipt),
        kept_until,
        closed_at: Some(scope.now()),
        ..request
    };
    let mut writes = transaction.writes();
    if is_new {
        writes.insert(vec![request.clone()]);
    } else {
        writes.save(request.clone())?;
    }
    let kind = match kept_until {
        Some(_) => "data_request.partly_refused",
        None => "data_request.fulfilled",
    };
    transaction
        .write(writes, vec![change(&request, kind)])
        .await?;
    transaction.commit().await?;
    Ok(Outcome {
        request,
        token: None,
    })
}

/// Erases a person. Who works at the company cannot be: their data is what they are employed by.
pub async fn erase_person(
    scope: &Scope,
    transaction: &Transaction<'_>,
    id: PersonId,
) -> Result<Erased> {
    // All take their locks in this order: the company (syncs run one after the other), the person, events.
    let company = store::hold_company(scope, &**transaction).await?;
    let today = scope.today(&company.time_zone);
    let mut salt = vec![0_u8; 32];
    getrandom::fill(&mut salt).map_err(Error::internal)?;
    let policy = store::policy_for_update(scope, &**transaction, company.id, salt).await?;
    let person = store::person_for_update(scope, &**transaction, id).await?;
    may_be_erased(&person)?;
    let events = engagement::hold_events_of(scope, transaction, company.id, id).await?;
    let whose = Whose {
        company: company.id,
        person: id,
    };
    let known = store::known_by(&**transaction, whose, &person).await?;
    let hashes = known
        .iter()
        .filter_map(|each| each.as_ref().hash(&policy.salt))
        .collect();
    store::put_tombstones(&**transaction, company.id, hashes, today).await?;
    idempotency::forget_answers(&**transaction, company.id).await?;
    let kept_until = rules::kept_until(person.left_on, &Policy::from(&policy), today);

    // what else is append-only lets go only of whoever is marked so
    let left_on = match kept_until {
        Some(_) => person.left_on,
        // a day must stand there; this one says nothing of the person
        None => Some(today),
    };
    store::mark_erased(scope, &**transaction, whose, Standing::Erased, left_on).await?;
    let mut stores = Stores::default();
    let (answers, mut changes) =
        engagement::forget_answers(scope, transaction, company.id, id, events).await?;
    stores.deleted("participations", answers);
    let addresses: Vec<&str> = [&person.personal_email, &person.work_email]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let whom = Forgotten::Person(id, &addresses);
    let (referrals, told) =
        referrals::forget_candidate(scope, transaction, company.id, whom).await?;
    stores.blanked("referralsReceived", referrals);
    changes.extend(told);
    let asked = referrals::end_invitations(scope, transaction, company.id, id, &addresses).await?;
    stores.blanked("candidatesAsked", asked);
    let applications = membership_applications::delete_of(transaction, company.id, id).await?;
    stores.deleted(
        "membershipApplications",
        i64::try_from(applications.len()).unwrap_or(i64::MAX),
    );
    changes.extend(applications);
    let refused = store::delete_refused_results(&**transaction, whose).await?;
    stores.deleted("syncRunResults", refused);
    let skills = store::skills_of(&**transaction, whose).await?;
    for holding in HOLDINGS.iter().rev() {
        let done = store::held::erase(&**transaction, whose, holding, kept_until.is_some());
        stores.take(holding, done.await?, kept_until);
    }
    for skill in store::drop_unheld_skills(&**transaction, whose, &skills).await? {
        changes.push(Change {
            company: company.id,
            kind: "skill.dropped",
            subject: SubjectKind::Skill,
            id: skill.0,
            person: None,
            fields: vec![],
        });
    }
    store::end_membership(scope, &**transaction, whose, MembershipState::Erased).await?;
    changes.push(Change {
        company: company.id,
        kind: "person.erased",
        subject: SubjectKind::Person,
        id: id.0,
        person: Some(id),
        fields: vec![],
    });
    transaction.record(changes).await?;
    Ok(Erased {
        receipt: stores.receipt(),
        kept_until,
    })
}

fn may_be_erased(person: &person::Model) -> Result<()> {
    let why = match person.standing {
        Standing::Employee => {
            "works at the company, which needs the data for that: erasure is for who has left; the programme is left by `membershipWithdraw`"
        }
        Standing::Erased => "is erased already",
        _ => return Ok(()),
    };
    Err(Refusal::new(UserErrorCode::Refused, "", why).into())
}

/// What became of each store, as exports name them.
#[derive(Default)]
struct Stores(BTreeMap<&'static str, ErasedStore>);

impl Stores {
    fn add(&mut self, name: &'static str, done: Done) -> &mut ErasedStore {
        let entry = self.0.entry(name).or_insert_with(|| ErasedStore {
            store: name.to_owned(),
            deleted: 0,
            blanked: 0,
            kept: 0,
            duty: None,
            kept_until: None,
        });
        entry.deleted += done.deleted;
        entry.blanked += done.blanked;
        entry.kept += done.kept;
        entry
    }

    fn deleted(&mut self, name: &'static str, deleted: i64) {
        let done = Done {
            deleted,
            ..Done::default()
        };
        self.add(name, done);
    }

    fn blanked(&mut self, name: &'static str, blanked: i64) {
        let done = Done {
            blanked,
            ..Done::default()
        };
        self.add(name, done);
    }

    fn take(&mut self, holding: &Holding, done: Done, until: Option<chrono::NaiveDate>) {
        let name = match &holding.export {
            Export::Section(section) => section.name,
            Export::LeftOut { store, .. } => store,
        };
        let entry = self.add(name, done);
        let by_law = until.is_some()
            && matches!(
                holding.erasure,
                Erasure::Duty | Erasure::Blank { duty: [_, ..], .. }
            );
        if by_law {
            entry.duty = Some(EMPLOYMENT_RECORDS.to_owned());
            entry.kept_until = until;
        } else if let (Erasure::Stay(why), 1..) = (holding.erasure, done.kept) {
            entry.duty = Some(why.to_owned());
        }
    }

    fn receipt(self) -> ErasedStores {
        ErasedStores(self.0.into_values().collect())
    }
}
