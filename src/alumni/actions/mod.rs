//! What is done to people and memberships: each in one transaction, which locks the person first and the membership second.

pub mod admit;
pub mod block;
pub mod expiry;
pub mod invite;
pub mod join;
pub mod membership;
pub mod profile;
pub mod record;
pub mod skill;
pub mod term;
pub mod visibility;

use entity::{Audience, Standing, SubjectKind, person};
use sea_orm::ConnectionTrait;

use super::rules::fields::{self, Reader};
use super::store;
use crate::access::visibility::{Visibility, field_named};
use crate::checks::{Checks, Edit};
use crate::error::{Refusal, Result, UserErrorCode};
use crate::outbox::{self, Change};
use crate::scope::Scope;

/// The viewer's own record, locked, where it is theirs to edit.
async fn own_for_update(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
) -> Result<person::Model> {
    let found = store::person_for_update(scope, transaction, scope.person()?).await?;
    match found.standing {
        Standing::Employee => Err(refused(
            "you work at the company again: the profile rests until you leave",
        )),
        Standing::Erased => Err(refused(ERASED)),
        _ => Ok(found),
    }
}

const ERASED: &str = "the person's data was erased";
const RESTRICTED: &str =
    "the person's data is only kept, as they asked: nothing else is done with it until they say so";

/// Why nobody but the person themselves touches their record now; null where somebody may.
fn untouchable(person: &person::Model) -> Option<&'static str> {
    match person.standing {
        Standing::Erased => Some(ERASED),
        _ => only_kept(person),
    }
}

/// Why nothing is done with somebody's data but keeping it; null where more may be. Of the erased other things are said.
fn only_kept(person: &person::Model) -> Option<&'static str> {
    let kept = person.restricted_at.is_some() && person.standing != Standing::Erased;
    kept.then_some(RESTRICTED)
}

fn refused(why: impl Into<String>) -> crate::error::Error {
    Refusal::new(UserErrorCode::Refused, "", why).into()
}

/// What is told of an edit. Of fields that the person hides even from staff nobody hears but whoever made it.
fn edited(person: &person::Model, fields: Vec<String>) -> Vec<Change> {
    let visibility = Visibility::from(person);
    let hidden = |field: &String| {
        field_named(field).is_some_and(|field| visibility.audience(field) == Audience::OnlyMe)
    };
    let (own, told): (Vec<_>, Vec<_>) = fields.into_iter().partition(hidden);
    let mut changes = Vec::new();
    if !told.is_empty() {
        changes.push(profile_updated(person, told));
    }
    if !own.is_empty() {
        changes.push(Change {
            kind: outbox::UPDATED_PRIVATELY,
            ..profile_updated(person, own)
        });
    }
    changes
}

fn profile_updated(person: &person::Model, fields: Vec<String>) -> Change {
    Change {
        company: person.company_id,
        kind: "person.profile_updated",
        subject: SubjectKind::Person,
        id: person.id.0,
        person: Some(person.id),
        fields,
    }
}

/// An edit under way: the faults found so far, and which fields came out different.
#[derive(Default)]
struct Edits {
    checks: Checks,
    fields: Vec<String>,
}

impl Edits {
    /// Puts a value where it differs.
    fn set<T: PartialEq>(&mut self, field: &str, slot: &mut T, value: T) {
        if *slot != value {
            *slot = value;
            self.fields.push(field.to_owned());
        }
    }

    /// Edits an optional text: what is undefined stays, null and blank clear it.
    fn text(&mut self, field: &str, slot: &mut Option<String>, edit: &Edit<String>, read: Reader) {
        let value = match edit {
            Edit::Undefined => return,
            Edit::Null => None,
            Edit::Value(text) => read(&mut self.checks, field, text),
        };
        self.set(field, slot, value);
    }
}

/// Edits how a name is read: family and given name in katakana, then in Latin letters. Alumnus and HR both know it.
fn readings(edits: &mut Edits, row: &mut person::Model, edit: [&Edit<String>; 4]) {
    let slots: [(&str, &mut Option<String>, Reader); 4] = [
        ("familyNameKana", &mut row.family_name_kana, fields::kana),
        ("givenNameKana", &mut row.given_name_kana, fields::kana),
        (
            "familyNameRomaji",
            &mut row.family_name_romaji,
            fields::romaji,
        ),
        (
            "givenNameRomaji",
            &mut row.given_name_romaji,
            fields::romaji,
        ),
    ];
    for ((field, slot, read), edit) in slots.into_iter().zip(edit) {
        edits.text(field, slot, edit, read);
    }
}
