//! Whose entries and which notices a viewer sees, and the one way entries are written.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entity::{
    CompanyId, ConsentPurpose, NoticeId, PersonId, company, consent, notice, notice_text, person,
};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, LockType, Query, SelectStatement, SimpleExpr};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter,
    QueryTrait,
};

use super::built_in;
use super::rules::{self, Notice, NoticeText, PURPOSES, bit};
use crate::access::Permission;
use crate::alumni::own;
use crate::error::{Error, Result};
use crate::outbox::Change;
use crate::scope::{Scope, Scoped, Transaction};

/// HR's matter and one's own.
impl Scoped for consent::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        if !scope.may(Permission::AlumniRead) {
            rows.and_where(own(scope, (Self, consent::Column::PersonId)));
        }
    }
}

/// Everyone's in the company: a notice is there to be read.
impl Scoped for notice::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        if !scope.may(Permission::CompanyRead) && !scope.may(Permission::AlumniRead) {
            rows.and_where(Expr::cust("1 = 0"));
        }
    }
}

/// Leaves the latest entry of each purpose of a person's.
pub fn latest_only(rows: &mut SelectStatement) {
    use consent::Column::{CompanyId, Number, PersonId, Purpose};
    let later = Alias::new("later");
    let same = |column: consent::Column| {
        Expr::col((later.clone(), column)).equals((consent::Entity, column))
    };
    let found = Query::select()
        .expr(Expr::cust("1"))
        .from_as(consent::Entity, later.clone())
        .and_where(same(CompanyId))
        .and_where(same(PersonId))
        .and_where(same(Purpose))
        .and_where(Expr::col((later.clone(), Number)).gt(Expr::col((consent::Entity, Number))))
        .to_owned();
    rows.and_where(Expr::exists(found).not());
}

/// The latest entry of each purpose of a person's, as far as the viewer sees it.
pub async fn latest(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    person: PersonId,
) -> Result<Vec<consent::Model>> {
    let mut rows = scope.rows::<consent::Entity>();
    rows.and_where(Expr::col((consent::Entity, consent::Column::PersonId)).eq(person));
    latest_only(&mut rows);
    let rows = connection.query_all(&rows).await?;
    Ok(rows
        .iter()
        .map(|row| consent::Model::from_query_result(row, ""))
        .collect::<Result<_, _>>()?)
}

/// A person's row, locked until the transaction ends.
pub async fn person_for_update(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    id: PersonId,
) -> Result<person::Model> {
    scope
        .get_for_update::<person::Entity>(transaction, person::Column::Id, id.0)
        .await
}

/// The scope's company.
pub async fn company(scope: &Scope, connection: &impl ConnectionTrait) -> Result<company::Model> {
    let row = connection.query_one(&company_row(scope)?).await?;
    let row = row.ok_or(Error::NotFound)?;
    Ok(company::Model::from_query_result(&row, "")?)
}

fn company_row(scope: &Scope) -> Result<SelectStatement> {
    let mut rows = scope.rows::<company::Entity>();
    rows.and_where(Expr::col((company::Entity, company::Column::Id)).eq(scope.company()?));
    Ok(rows)
}

/// The scope's company, for whose people nobody publishes a notice before the transaction ends. Lock it before people.
pub async fn hold_still(scope: &Scope, transaction: &impl ConnectionTrait) -> Result<()> {
    lock(scope, transaction, LockType::Share).await.map(drop)
}

/// The scope's company, in which no entry is written before the transaction ends. Lock it before people.
pub async fn company_for_publishing(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
) -> Result<company::Model> {
    lock(scope, transaction, LockType::NoKeyUpdate).await
}

async fn lock(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    lock: LockType,
) -> Result<company::Model> {
    let mut rows = company_row(scope)?;
    if scope.backend() == DbBackend::Postgres {
        rows.lock(lock);
    }
    let row = transaction.query_one(&rows).await?.ok_or(Error::NotFound)?;
    Ok(company::Model::from_query_result(&row, "")?)
}

/// A notice with one of its texts.
#[derive(FromQueryResult)]
struct Told {
    id: NoticeId,
    company_id: CompanyId,
    purpose: ConsentPurpose,
    version: i32,
    requires_renewal: bool,
    effective_from: DateTime<Utc>,
    language: String,
    title: String,
    body: String,
    text_hash: String,
}

async fn notices(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    which: SimpleExpr,
) -> Result<Vec<(CompanyId, Notice)>> {
    use notice::Column;
    let of = |column: Column| Expr::col((notice::Entity, column));
    let mut rows = scope.rows::<notice::Entity>();
    rows.clear_selects()
        .columns(
            [
                Column::Id,
                Column::CompanyId,
                Column::Purpose,
                Column::Version,
                Column::RequiresRenewal,
                Column::EffectiveFrom,
            ]
            .map(|column| (notice::Entity, column)),
        )
        .columns(
            [
                notice_text::Column::Language,
                notice_text::Column::Title,
                notice_text::Column::Body,
                notice_text::Column::TextHash,
            ]
            .map(|column| (notice_text::Entity, column)),
        )
        .inner_join(
            notice_text::Entity,
            of(Column::CompanyId)
                .equals((notice_text::Entity, notice_text::Column::CompanyId))
                .and(of(Column::Id).equals((notice_text::Entity, notice_text::Column::NoticeId))),
        )
        .and_where(which);
    let rows = connection.query_all(&rows).await?;
    let mut found: BTreeMap<NoticeId, (CompanyId, Notice)> = BTreeMap::new();
    for row in &rows {
        let told = Told::from_query_result(row, "")?;
        let (_, notice) = found.entry(told.id).or_insert_with(|| {
            let notice = Notice {
                id: Some(told.id),
                purpose: told.purpose,
                version: told.version,
                requires_renewal: told.requires_renewal,
                effective_from: Some(told.effective_from),
                texts: Vec::new(),
            };
            (told.company_id, notice)
        });
        notice.texts.push(NoticeText {
            language: told.language,
            title: told.title,
            body: told.body,
            hash: told.text_hash,
        });
    }
    for (_, notice) in found.values_mut() {
        notice
            .texts
            .sort_by(|one, other| one.language.cmp(&other.language));
    }
    Ok(found.into_values().collect())
}

/// The notices that hold now in each of the companies: one a purpose, in the purposes' order.
pub async fn current(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    companies: &[CompanyId],
) -> Result<BTreeMap<CompanyId, Vec<Notice>>> {
    use notice::Column::{CompanyId as Company, Purpose, Version};
    let later = Alias::new("later");
    let of = |column: notice::Column| Expr::col((later.clone(), column));
    let same = |column: notice::Column| of(column).equals((notice::Entity, column));
    let found = Query::select()
        .expr(Expr::cust("1"))
        .from_as(notice::Entity, later.clone())
        .and_where(same(Company))
        .and_where(same(Purpose))
        .and_where(of(Version).gt(Expr::col((notice::Entity, Version))))
        .to_owned();
    let which = Expr::col((notice::Entity, Company))
        .is_in(companies.iter().copied())
        .and(Expr::exists(found).not());
    let mut published = notices(scope, connection, which).await?;
    let mut current = BTreeMap::new();
    for company in companies {
        let of_purpose = |purpose| {
            let place = published
                .iter()
                .position(|(of, notice)| of == company && notice.purpose == purpose);
            match place {
                Some(place) => published.swap_remove(place).1,
                None => built_in::notice(purpose),
            }
        };
        current.insert(*company, PURPOSES.map(of_purpose).to_vec());
    }
    Ok(current)
}

/// The notices that hold now in the scope's company, in the purposes' order.
pub async fn current_here(scope: &Scope, connection: &impl ConnectionTrait) -> Result<Vec<Notice>> {
    let company = scope.company()?;
    let mut found = current(scope, connection, &[company]).await?;
    Ok(found.remove(&company).unwrap_or_default())
}

/// Notices by their ids, as far as they exist for the viewer.
pub async fn by_ids(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    ids: &[NoticeId],
) -> Result<Vec<Notice>> {
    let which = Expr::col((notice::Entity, notice::Column::Id)).is_in(ids.iter().copied());
    let found = notices(scope, connection, which).await?;
    Ok(found.into_iter().map(|(_, notice)| notice).collect())
}

/// Writes entries of a person who is locked, what holds now with them, and the changes that tell of them. Nothing else writes either.
pub async fn write(
    transaction: &Transaction<'_>,
    person: &person::Model,
    entries: Vec<consent::Model>,
    changes: Vec<Change>,
) -> Result<()> {
    let bits = entries.iter().fold(person.consents, |bits, entry| {
        rules::after(bits, entry.purpose, entry.decision)
    });
    let mut writes = transaction.writes();
    writes.insert(entries);
    if bits != person.consents {
        writes.also(
            person::Entity::update_many()
                .col_expr(person::Column::Consents, Expr::value(bits))
                .filter(person::Column::CompanyId.eq(person.company_id))
                .filter(person::Column::Id.eq(person.id))
                .into_query(),
        );
    }
    Ok(transaction.write(writes, changes).await?)
}

/// Writes a notice with its texts; where it asks again, nobody's consent to its purpose holds any more.
pub async fn publish(
    transaction: &Transaction<'_>,
    row: notice::Model,
    texts: Vec<notice_text::Model>,
    changes: Vec<Change>,
) -> Result<()> {
    use person::Column::{CompanyId, Consents};
    let mut writes = transaction.writes();
    if row.requires_renewal {
        let bit = bit(row.purpose);
        // the bit is set in all of these, so that taking it away is as well done by subtracting, which both databases do alike
        let cleared = person::Entity::update_many()
            .col_expr(Consents, Expr::col(Consents).sub(bit))
            .filter(CompanyId.eq(row.company_id))
            .filter(Expr::col(Consents).bit_and(bit).ne(0))
            .into_query();
        writes.also(cleared);
    }
    writes.insert(vec![row]);
    writes.insert(texts);
    Ok(transaction.write(writes, changes).await?)
}

/// The greatest version of a purpose's notice in the scope's company; that of the service's own where there is none.
pub async fn greatest_version(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    purpose: ConsentPurpose,
) -> Result<i32> {
    let mut rows = scope.rows::<notice::Entity>();
    rows.clear_selects()
        .expr(Expr::col((notice::Entity, notice::Column::Version)).max())
        .and_where(Expr::col((notice::Entity, notice::Column::Purpose)).eq(purpose.to_value()));
    let row = connection.query_one(&rows).await?;
    let greatest: Option<i32> = row
        .map(|row| row.try_get_by_index(0))
        .transpose()?
        .flatten();
    Ok(greatest.unwrap_or(built_in::VERSION))
}
