//! An alumnus edits their own profile. Nobody else does.

use entity::{Intent, Link, PersonId, person};

use super::{Edits, edited, own_for_update};
use crate::access::Permission;
use crate::alumni::rules::fields;
use crate::alumni::store;
use crate::checks::{Edit, same_version};
use crate::error::{Error, Result};
use crate::scope::Scope;

/// An edit of one's profile: what is undefined stays, null clears.
#[derive(Clone, Debug, Default)]
pub struct ProfileEdit {
    /// Reading of the family name.
    pub family_name_kana: Edit<String>,
    /// Reading of the given name.
    pub given_name_kana: Edit<String>,
    /// Family name in Latin letters.
    pub family_name_romaji: Edit<String>,
    /// Given name in Latin letters.
    pub given_name_romaji: Edit<String>,
    /// A former or business name.
    pub other_name: Edit<String>,
    /// Private e-mail address.
    pub personal_email: Edit<String>,
    /// Phone.
    pub phone: Edit<String>,
    /// Where they live.
    pub location: Edit<String>,
    /// Where they work now.
    pub current_employer: Edit<String>,
    /// As what.
    pub current_title: Edit<String>,
    /// One line about themselves.
    pub headline: Edit<String>,
    /// More about themselves.
    pub biography: Edit<String>,
    /// Addresses they show.
    pub links: Edit<Vec<Link>>,
    /// Languages they speak.
    pub languages: Edit<Vec<String>>,
    /// What they are open to.
    pub intents: Edit<Vec<Intent>>,
}

/// Edits the viewer's own profile; another's does not exist for that. Requires `profile:write`.
pub async fn update(
    scope: &Scope,
    id: Option<PersonId>,
    expected: Option<i32>,
    edit: ProfileEdit,
) -> Result<person::Model> {
    scope.require(Permission::ProfileWrite)?;
    if id.is_some_and(|id| scope.viewer().person() != Some(id)) {
        return Err(Error::NotFound);
    }
    let transaction = scope.begin().await?;
    let found = own_for_update(scope, &*transaction).await?;
    same_version(expected, found.version)?;
    let mut intents = match edit.intents {
        Edit::Undefined => Vec::new(),
        _ => store::intents_of(scope, &*transaction, found.id).await?,
    };
    let mut row = found.clone();
    let mut edits = Edits::default();
    apply(&mut edits, &mut row, &mut intents, &edit);
    let Edits { checks, fields } = edits;
    checks.done()?;
    if fields.is_empty() {
        return Ok(found);
    }
    if fields.iter().any(|field| field == "intents") {
        store::replace_intents(&*transaction, &row, &intents).await?;
    }
    let written = store::write_person(scope, &*transaction, row).await?;
    transaction.record(edited(&written, fields)).await?;
    transaction.commit().await?;
    Ok(written)
}

fn apply(
    edits: &mut Edits,
    row: &mut person::Model,
    intents: &mut Vec<Intent>,
    edit: &ProfileEdit,
) {
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
    let texts: [(&str, &mut Option<String>, _, fields::Reader); 8] = [
        (
            "otherName",
            &mut row.other_name,
            &edit.other_name,
            fields::line,
        ),
        (
            "personalEmail",
            &mut row.personal_email,
            &edit.personal_email,
            fields::email,
        ),
        ("phone", &mut row.phone, &edit.phone, fields::phone),
        ("location", &mut row.location, &edit.location, fields::line),
        (
            "currentEmployer",
            &mut row.current_employer,
            &edit.current_employer,
            fields::line,
        ),
        (
            "currentTitle",
            &mut row.current_title,
            &edit.current_title,
            fields::line,
        ),
        ("headline", &mut row.headline, &edit.headline, fields::line),
        (
            "biography",
            &mut row.biography,
            &edit.biography,
            fields::paragraphs,
        ),
    ];
    for (field, slot, text, read) in texts {
        edits.text(field, slot, text, read);
    }
    if !edit.links.is_undefined() {
        let given = edit.links.value().map_or(&[][..], Vec::as_slice);
        let links = fields::links(&mut edits.checks, "links", given);
        edits.set("links", &mut row.links.0, links);
    }
    if !edit.languages.is_undefined() {
        let given = edit.languages.value().map_or(&[][..], Vec::as_slice);
        let languages = fields::languages(&mut edits.checks, "languages", given);
        edits.set("languages", &mut row.languages.0, languages);
    }
    if !edit.intents.is_undefined() {
        let given = edit.intents.value().map_or(&[][..], Vec::as_slice);
        let wanted = fields::intents(&mut edits.checks, "intents", given);
        edits.set("intents", intents, wanted);
    }
}
