//! Who sees which field: an alumnus says it for their own profile, the company for everybody who said nothing.

use entity::{Audience, CompanyId, ProfileField, SubjectKind, company, person};
use sea_orm::ActiveEnum;

use super::{own_for_update, profile_updated};
use crate::access::Permission;
use crate::access::visibility::{FIELDS, Visibility, bit, may_choose, name};
use crate::alumni::store;
use crate::checks::{Checks, same_version};
use crate::error::{Error, Result, UserErrorCode};
use crate::outbox::{self, Change};
use crate::scope::Scope;

/// What an alumnus chooses for a field; null: nothing, so that it follows the company.
pub type Choice = (ProfileField, Option<Audience>);

/// Says who sees fields of the viewer's own profile; the others stay. Requires `profile:write`.
pub async fn choose(
    scope: &Scope,
    expected: Option<i32>,
    choices: &[Choice],
) -> Result<person::Model> {
    scope.require(Permission::ProfileWrite)?;
    let transaction = scope.begin().await?;
    let found = own_for_update(scope, &*transaction).await?;
    same_version(expected, found.version)?;
    // only now: whoever sets the defaults writes this row after the company's
    let company = store::company(scope, &*transaction).await?;
    let mut checks = Checks::default();
    each_once(&mut checks, choices.iter().map(|(field, _)| *field));
    let (was, defaults) = (Visibility::from(&found), Visibility::from(&company));
    let (mut chosen, mut is) = (found.visibility_chosen, was);
    for (place, (field, audience)) in choices.iter().enumerate() {
        if let Some(audience) = audience {
            possible(&mut checks, place, *field, *audience);
            chosen |= bit(*field);
        } else {
            chosen &= !bit(*field);
        }
        is = is.shown(*field, audience.unwrap_or(defaults.audience(*field)));
    }
    checks.done()?;
    if (chosen, is) == (found.visibility_chosen, was) {
        return Ok(found);
    }
    let mut row = found;
    is.put(chosen, &mut row);
    let written = store::write_person(scope, &*transaction, row).await?;
    let touched = |bits: i32| {
        let fields = FIELDS
            .into_iter()
            .filter(move |field| bits & bit(*field) != 0);
        fields
            .map(|field| name(field).to_owned())
            .collect::<Vec<_>>()
    };
    let differs = (was.hr ^ is.hr) | (was.employees ^ is.employees) | (was.alumni ^ is.alumni);
    let mut changes = vec![Change {
        kind: outbox::VISIBILITY_UPDATED,
        ..profile_updated(&written, touched(differs))
    }];
    // for whoever follows with staff's eyes these read differently now
    let for_staff = touched(was.hr ^ is.hr);
    if !for_staff.is_empty() {
        changes.push(profile_updated(&written, for_staff));
    }
    transaction.record(changes).await?;
    transaction.commit().await?;
    Ok(written)
}

/// Says who sees fields of everybody's profile who chose nothing for them; the others stay. Requires `company:write`.
pub async fn set_defaults(
    scope: &Scope,
    id: CompanyId,
    expected: Option<i32>,
    defaults: &[(ProfileField, Audience)],
) -> Result<CompanyId> {
    scope.require(Permission::CompanyWrite)?;
    let scope = scope.within(id).ok_or(Error::NotFound)?;
    let transaction = scope.begin().await?;
    let found = store::company_for_update(&scope, &*transaction).await?;
    same_version(expected, found.version)?;
    let mut checks = Checks::default();
    each_once(&mut checks, defaults.iter().map(|(field, _)| *field));
    let was = Visibility::from(&found);
    let mut is = was;
    for (place, (field, audience)) in defaults.iter().enumerate() {
        possible(&mut checks, place, *field, *audience);
        is = is.shown(*field, *audience);
        if !is.as_strict_as(Visibility::CAREFUL, *field) {
            let most = Visibility::CAREFUL.audience(*field).to_value();
            let path = format!("fields.{place}.audience");
            checks.refuse(
                UserErrorCode::Refused,
                &path,
                format!(
                    "`{most}` is the most for those who chose nothing; wider is for each to choose"
                ),
            );
        }
    }
    checks.done()?;
    if is == was {
        return Ok(id);
    }
    let row = company::Model {
        seen_by_hr: is.hr,
        seen_by_employees: is.employees,
        seen_by_alumni: is.alumni,
        updated_at: scope.now(),
        version: found.version + 1,
        ..found
    };
    store::write_defaults(&*transaction, row).await?;
    transaction
        .record(vec![Change {
            company: id,
            kind: "company.updated",
            subject: SubjectKind::Company,
            id: id.0,
            person: None,
            fields: vec!["profileAudiences".to_owned()],
        }])
        .await?;
    transaction.commit().await?;
    Ok(id)
}

fn each_once(checks: &mut Checks, fields: impl Iterator<Item = ProfileField>) {
    let mut seen = 0;
    for (place, field) in fields.enumerate() {
        if seen & bit(field) != 0 {
            let path = format!("fields.{place}.field");
            checks.refuse(UserErrorCode::Invalid, &path, "stands here a second time");
        }
        seen |= bit(field);
    }
}

fn possible(checks: &mut Checks, place: usize, field: ProfileField, audience: Audience) {
    if !may_choose(field, audience) {
        let path = format!("fields.{place}.audience");
        let why = "the company holds the facts of employment itself: `HR` is the least";
        checks.refuse(UserErrorCode::Refused, &path, why);
    }
}
