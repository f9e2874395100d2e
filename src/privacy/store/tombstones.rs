//! By what the erased stay erased: hashes of what somebody was known by.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::{CompanyId, external_identity, person, tombstone};
use sea_orm::sea_query::extension::postgres::PgFunc;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, QueryFilter};

use super::held::Whose;
use crate::error::Result;
use crate::privacy::rules::tombstone::KnownBy;
use crate::scope::Scope;

/// Keeps hashes of what somebody erased was known by.
pub async fn put_tombstones(
    transaction: &impl ConnectionTrait,
    company: CompanyId,
    hashes: Vec<Vec<u8>>,
    erased_on: NaiveDate,
) -> Result<()> {
    if hashes.is_empty() {
        return Ok(());
    }
    let rows = hashes.into_iter().map(|hash| {
        tombstone::Model {
            company_id: company,
            hash,
            erased_on,
        }
        .into_active_model()
    });
    tombstone::Entity::insert_many(rows)
        .on_conflict(
            OnConflict::columns([tombstone::Column::CompanyId, tombstone::Column::Hash])
                .update_column(tombstone::Column::ErasedOn)
                .to_owned(),
        )
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

/// For each of many who are told of, in their order: the day on which somebody known by the same was erased; null where nobody was.
/// Two statements whatever is found; one where nobody of the
/// company ever was, none where nobody is told of.
#[expect(
    clippy::disallowed_methods,
    reason = "who was erased is told to nobody, and nobody erased is to be made anew by anybody"
)]
pub async fn suppressed_since(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    told: &[Vec<KnownBy<'_>>],
) -> Result<Vec<Option<NaiveDate>>> {
    if told.iter().all(Vec::is_empty) {
        return Ok(vec![None; told.len()]);
    }
    let company = scope.company()?;
    let Some(policy) = super::policy_whoever_asks(connection, company).await? else {
        return Ok(vec![None; told.len()]);
    };
    let hashes: Vec<Vec<Vec<u8>>> = told
        .iter()
        .map(|known| {
            known
                .iter()
                .filter_map(|each| each.hash(&policy.salt))
                .collect()
        })
        .collect();
    let all: Vec<Vec<u8>> = hashes.iter().flatten().cloned().collect();
    let column = Expr::col(tombstone::Column::Hash);
    let among = match scope.backend() {
        DbBackend::Postgres => column.eq(PgFunc::any(all)),
        _ => column.is_in(all),
    };
    let found: HashMap<Vec<u8>, NaiveDate> = tombstone::Entity::find()
        .filter(tombstone::Column::CompanyId.eq(company))
        .filter(among)
        .all(connection)
        .await?
        .into_iter()
        .map(|row| (row.hash, row.erased_on))
        .collect();
    Ok(hashes
        .iter()
        .map(|own| own.iter().filter_map(|hash| found.get(hash)).max().copied())
        .collect())
}

/// Something a person is known by, as it is stored.
#[derive(Clone, Debug)]
pub enum Known {
    /// Source, and what it calls them.
    ExternalId(String, String),
    /// As the company numbers them.
    EmployeeNumber(String),
    /// An address.
    Email(String),
    /// A telephone number, family name, given name.
    Phone(String, String, String),
}

impl Known {
    /// For its hash.
    #[must_use]
    pub fn as_ref(&self) -> KnownBy<'_> {
        match self {
            Self::ExternalId(source, id) => KnownBy::ExternalId { source, id },
            Self::EmployeeNumber(number) => KnownBy::EmployeeNumber(number),
            Self::Email(address) => KnownBy::Email(address),
            Self::Phone(number, family_name, given_name) => KnownBy::Phone {
                number,
                family_name,
                given_name,
            },
        }
    }
}

/// All that a person is known by.
#[expect(
    clippy::disallowed_methods,
    reason = "all of a person's goes, whatever of it the viewer may see"
)]
pub async fn known_by(
    connection: &impl ConnectionTrait,
    whose: Whose,
    person: &person::Model,
) -> Result<Vec<Known>> {
    use external_identity::Column;
    let mut known: Vec<Known> = external_identity::Entity::find()
        .filter(Column::CompanyId.eq(whose.company))
        .filter(Column::PersonId.eq(whose.person))
        .all(connection)
        .await?
        .into_iter()
        .map(|row| Known::ExternalId(row.source, row.external_id))
        .collect();
    known.extend(person.employee_number.clone().map(Known::EmployeeNumber));
    for address in [&person.personal_email, &person.work_email] {
        known.extend(address.clone().map(Known::Email));
    }
    known.extend(person.phone.clone().map(|number| {
        Known::Phone(
            number,
            person.family_name.clone(),
            person.given_name.clone(),
        )
    }));
    Ok(known)
}
