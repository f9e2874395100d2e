//! HR keeps the facts of employment: number, legal name with its readings, e-mail at the company. The rest of a profile
//! is the alumnus's own; their private e-mail is HR's to keep only until they have joined.

use entity::{PersonId, person};

use super::{Edits, edited, refused, untouchable};
use crate::access::Permission;
use crate::alumni::rules::fields;
use crate::alumni::store;
use crate::checks::{Edit, same_version};
use crate::error::{Result, UserErrorCode};
use crate::scope::Scope;

/// An edit of what HR keeps of a person: what is undefined stays, null clears.
#[derive(Clone, Debug, Default)]
pub struct RecordEdit {
    /// As the company numbers its people.
    pub employee_number: Edit<String>,
    /// Family name; needed.
    pub family_name: Edit<String>,
    /// Given name.
    pub given_name: Edit<String>,
    /// Reading of the family name.
    pub family_name_kana: Edit<String>,
    /// Reading of the given name.
    pub given_name_kana: Edit<String>,
    /// Family name in Latin letters.
    pub family_name_romaji: Edit<String>,
    /// Given name in Latin letters.
    pub given_name_romaji: Edit<String>,
    /// Work e-mail address.
    pub work_email: Edit<String>,
    /// Private e-mail address.
    pub personal_email: Edit<String>,
}

/// Edits what HR keeps of an alumnus or employee. Requires `alumni:write` and `alumni:read`.
pub async fn update(
    scope: &Scope,
    id: PersonId,
    expected: Option<i32>,
    edit: RecordEdit,
) -> Result<person::Model> {
    scope.require(Permission::AlumniWrite)?;
    scope.require(Permission::AlumniRead)?;
    let transaction = scope.begin().await?;
    let found = store::person_for_update(scope, &*transaction, id).await?;
    if let Some(why) = untouchable(&found) {
        return Err(refused(why));
    }
    same_version(expected, found.version)?;
    let mut row = found.clone();
    let mut edits = Edits::default();
    apply(&mut edits, &mut row, &edit);
    // whatever the value is: that it is the same would tell what it is
    if !edit.personal_email.is_undefined() && store::has_joined(scope, &*transaction, id).await? {
        edits.checks.refuse(
            UserErrorCode::Refused,
            "personalEmail",
            "belongs to the alumnus, who has joined: only they change it",
        );
    }
    let Edits { checks, fields } = edits;
    checks.done()?;
    if fields.is_empty() {
        return Ok(found);
    }
    let written = store::write_person(scope, &*transaction, row).await?;
    transaction.record(edited(&written, fields)).await?;
    transaction.commit().await?;
    Ok(written)
}

fn apply(edits: &mut Edits, row: &mut person::Model, edit: &RecordEdit) {
    edits.text(
        "employeeNumber",
        &mut row.employee_number,
        &edit.employee_number,
        fields::line,
    );
    if !edit.family_name.is_undefined() {
        let text = edit.family_name.value().map_or("", String::as_str);
        let name = edits.checks.line("familyName", text, 200);
        edits.set("familyName", &mut row.family_name, name);
    }
    if !edit.given_name.is_undefined() {
        let text = edit.given_name.value().map_or("", String::as_str);
        let name = fields::line(&mut edits.checks, "givenName", text).unwrap_or_default();
        edits.set("givenName", &mut row.given_name, name);
    }
    super::readings(
        edits,
        row,
        [
            &edit.family_name_kana,
            &edit.given_name_kana,
            &edit.family_name_romaji,
            &edit.given_name_romaji,
        ],
    );
    edits.text(
        "workEmail",
        &mut row.work_email,
        &edit.work_email,
        fields::email,
    );
    edits.text(
        "personalEmail",
        &mut row.personal_email,
        &edit.personal_email,
        fields::email,
    );
}
