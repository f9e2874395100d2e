//! Which data requests a viewer sees, the lists of them, and the rules and tombstones around them.

pub mod held;
pub mod scrub;
pub mod tables;
pub mod whole;

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    CompanyId, DataRequestId, DataRequestKind, DataRequestState, MembershipState, PersonId,
    SkillId, Standing, account, company, data_request, external_identity, membership, person,
    person_skill, retention_policy, skill, tombstone,
};
use sea_orm::sea_query::extension::postgres::PgFunc;
use sea_orm::sea_query::{Expr, ExprTrait, LockType, OnConflict, Order, Query, SelectStatement};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult,
    IntoActiveModel, QueryFilter,
};

use self::held::Whose;
use super::rules::Policy;
use super::rules::tombstone::KnownBy;
use super::types::DataRequest;
use crate::access::Permission;
use crate::alumni::own;
use crate::database::Database;
use crate::error::{Error, Result};
use crate::graphql::connection::{Page, WantedOf};
use crate::graphql::node::read_page;
use crate::scope::{Scope, Scoped};

/// For those who handle them, and one's own.
impl Scoped for data_request::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        if !scope.may(Permission::DataRequestsManage) {
            rows.and_where(own(scope, (Self, data_request::Column::PersonId)));
        }
    }
}

/// For those who handle data requests.
impl Scoped for retention_policy::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        if !scope.may(Permission::DataRequestsManage) {
            rows.and_where(Expr::cust("1 = 0"));
        }
    }
}

/// The company's data requests. Requires `data-requests:manage`.
pub async fn list(scope: &Scope, wanted: &WantedOf<DataRequest>) -> Result<Page<DataRequest>> {
    scope.require(Permission::DataRequestsManage)?;
    read_page(scope, scope.rows::<data_request::Entity>(), wanted).await
}

/// The viewer's own data requests; none where the viewer is no person.
pub async fn own_requests(
    scope: &Scope,
    wanted: &WantedOf<DataRequest>,
) -> Result<Page<DataRequest>> {
    if scope.viewer().person().is_none() {
        return Ok(Page::default());
    }
    let mut rows = scope.rows::<data_request::Entity>();
    rows.and_where(own(
        scope,
        (data_request::Entity, data_request::Column::PersonId),
    ));
    read_page(scope, rows, wanted).await
}

/// A request's row, locked until the transaction ends; not found where it does not exist for the viewer.
pub async fn get_for_update(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    id: DataRequestId,
) -> Result<data_request::Model> {
    scope
        .get_for_update::<data_request::Entity>(transaction, data_request::Column::Id, id.0)
        .await
}

/// A person's row, locked until the transaction ends; not found where they do not exist for the viewer.
pub async fn person_for_update(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    id: PersonId,
) -> Result<person::Model> {
    scope
        .get_for_update::<person::Entity>(transaction, person::Column::Id, id.0)
        .await
}

/// A person's latest request of a kind in a state, as the viewer sees them.
pub async fn latest(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    person: PersonId,
    kind: DataRequestKind,
    state: DataRequestState,
) -> Result<Option<data_request::Model>> {
    use data_request::{Column, Entity};
    let mut rows = scope.rows::<Entity>();
    rows.and_where(Expr::col((Entity, Column::PersonId)).eq(person))
        .and_where(Expr::col((Entity, Column::Kind)).eq(kind.to_value()))
        .and_where(Expr::col((Entity, Column::State)).eq(state.to_value()))
        .order_by((Entity, Column::Id), Order::Desc)
        .limit(1);
    let row = transaction.query_one(&rows).await?;
    Ok(row
        .map(|row| data_request::Model::from_query_result(&row, ""))
        .transpose()?)
}

/// How many of a person's requests are open, as the viewer sees them.
pub async fn count_open(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    person: PersonId,
) -> Result<usize> {
    use data_request::{Column, Entity};
    let mut rows = scope.rows::<Entity>();
    rows.clear_selects()
        .column((Entity, Column::Id))
        .and_where(Expr::col((Entity, Column::PersonId)).eq(person))
        .and_where(Expr::col((Entity, Column::ClosedAt)).is_null());
    Ok(transaction.query_all(&rows).await?.len())
}

/// The scope's company.
pub async fn company(scope: &Scope, connection: &impl ConnectionTrait) -> Result<company::Model> {
    let mut rows = scope.rows::<company::Entity>();
    rows.and_where(Expr::col((company::Entity, company::Column::Id)).eq(scope.company()?));
    let row = connection.query_one(&rows).await?.ok_or(Error::NotFound)?;
    Ok(company::Model::from_query_result(&row, "")?)
}

/// A company's rules as they are stored, whoever asks; null where it has said nothing.
#[expect(
    clippy::disallowed_methods,
    reason = "the rules hold for whatever is done, also by those who are not told of them"
)]
pub async fn policy_whoever_asks(
    connection: &impl ConnectionTrait,
    company: CompanyId,
) -> Result<Option<retention_policy::Model>> {
    Ok(retention_policy::Entity::find_by_id(company)
        .one(connection)
        .await?)
}

/// A company's rules, locked; made with the usual where it has said nothing yet.
pub async fn policy_for_update(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    company: CompanyId,
    salt: Vec<u8>,
) -> Result<retention_policy::Model> {
    let usual = Policy::default();
    let row = retention_policy::Model {
        company_id: company,
        employment_record_years: usual.employment_record_years,
        never_joined_months: usual.never_joined_months,
        ended_months: usual.ended_months,
        outside_candidate_months: usual.outside_candidate_months,
        data_request_months: usual.data_request_months,
        access_log_months: usual.access_log_months,
        salt,
        created_at: scope.now(),
        updated_at: scope.now(),
        version: usual.version,
    };
    retention_policy::Entity::insert(row.into_active_model())
        .on_conflict(
            OnConflict::column(retention_policy::Column::CompanyId)
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(transaction)
        .await?;
    let mut rows = Query::select()
        .column(sea_orm::sea_query::Asterisk)
        .from(retention_policy::Entity)
        .and_where(Expr::col(retention_policy::Column::CompanyId).eq(company))
        .to_owned();
    if scope.backend() == DbBackend::Postgres {
        rows.lock(LockType::Update);
    }
    let row = transaction.query_one(&rows).await?.ok_or(Error::NotFound)?;
    Ok(retention_policy::Model::from_query_result(&row, "")?)
}

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
    let Some(policy) = policy_whoever_asks(connection, company).await? else {
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

/// What an export's link was made for.
#[derive(Clone, Debug)]
pub struct Linked {
    /// The request.
    pub request: data_request::Model,
    /// The login it was made for.
    pub account: account::Model,
    /// Whose.
    pub company: company::Model,
}

/// The request an export's link belongs to, whichever company's; null where there is none, the link has run out, or its login has ended.
#[expect(
    clippy::disallowed_methods,
    reason = "the link alone says whose it is; there is no scope before it is known"
)]
pub async fn linked_without_scope(
    database: &Database,
    hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<Linked>> {
    let connection = database.reader();
    let request = data_request::Entity::find()
        .filter(data_request::Column::LinkHash.eq(hash))
        .one(connection)
        .await?;
    let Some(request) = request.filter(|row| row.link_expires_at.is_some_and(|at| at > now)) else {
        return Ok(None);
    };
    let Some(account) = request.link_account_id else {
        return Ok(None);
    };
    let account = account::Entity::find_by_id(account).one(connection).await?;
    let account = account.filter(|account| {
        account.company_id == Some(request.company_id)
            && account.disabled_at.is_none_or(|at| at > now)
    });
    let company = company::Entity::find_by_id(request.company_id)
        .one(connection)
        .await?;
    Ok(account.zip(company).map(|(account, company)| Linked {
        request,
        account,
        company,
    }))
}

/// Uses a link up; false where somebody else was first.
pub async fn use_link(
    connection: &impl ConnectionTrait,
    request: DataRequestId,
    hash: &[u8],
) -> Result<bool> {
    use data_request::Column;
    let used = data_request::Entity::update_many()
        .col_expr(Column::LinkHash, Expr::value(None::<Vec<u8>>))
        .col_expr(Column::LinkExpiresAt, Expr::value(None::<DateTime<Utc>>))
        .filter(Column::Id.eq(request))
        .filter(Column::LinkHash.eq(hash))
        .exec(connection)
        .await?;
    Ok(used.rows_affected == 1)
}

/// Begins or ends a person's data being only kept.
pub async fn restrict(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    person: &person::Model,
    since: Option<DateTime<Utc>>,
) -> Result<()> {
    use person::Column;
    person::Entity::update_many()
        .col_expr(Column::RestrictedAt, Expr::value(since))
        .col_expr(Column::UpdatedAt, Expr::value(scope.now()))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::CompanyId.eq(person.company_id))
        .filter(Column::Id.eq(person.id))
        .exec(transaction)
        .await?;
    Ok(())
}

/// The scope's company, held so that no sync of it runs meanwhile.
pub async fn hold_company(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
) -> Result<company::Model> {
    let mut rows = scope.rows::<company::Entity>();
    rows.and_where(Expr::col((company::Entity, company::Column::Id)).eq(scope.company()?));
    if scope.backend() == DbBackend::Postgres {
        rows.lock(LockType::NoKeyUpdate);
    }
    let row = transaction.query_one(&rows).await?.ok_or(Error::NotFound)?;
    Ok(company::Model::from_query_result(&row, "")?)
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

/// A person's logins: issuer and subject.
#[expect(
    clippy::disallowed_methods,
    reason = "all of a person's logins end, whoever ends them"
)]
pub async fn logins_of(
    connection: &impl ConnectionTrait,
    whose: Whose,
) -> Result<Vec<(String, String)>> {
    let rows = account::Entity::find()
        .filter(account::Column::CompanyId.eq(whose.company))
        .filter(account::Column::PersonId.eq(whose.person));
    let rows = rows.all(connection).await?.into_iter();
    Ok(rows.map(|row| (row.issuer, row.subject)).collect())
}

/// The skills a person holds.
#[expect(
    clippy::disallowed_methods,
    reason = "all of a person's goes, whatever of it the viewer may see"
)]
pub async fn skills_of(connection: &impl ConnectionTrait, whose: Whose) -> Result<Vec<SkillId>> {
    use person_skill::Column;
    let rows = person_skill::Entity::find()
        .filter(Column::CompanyId.eq(whose.company))
        .filter(Column::PersonId.eq(whose.person));
    let rows = rows.all(connection).await?.into_iter();
    Ok(rows.map(|row| row.skill_id).collect())
}

/// Takes those of the skills away that nobody holds any more: a rare one tells who held it. Says which went.
#[expect(
    clippy::disallowed_methods,
    reason = "whether anybody holds a skill is asked of everybody"
)]
pub async fn drop_unheld_skills(
    transaction: &impl ConnectionTrait,
    whose: Whose,
    skills: &[SkillId],
) -> Result<Vec<SkillId>> {
    let held = person_skill::Entity::find()
        .filter(person_skill::Column::CompanyId.eq(whose.company))
        .filter(person_skill::Column::SkillId.is_in(skills.iter().copied()))
        .all(transaction)
        .await?;
    let unheld: Vec<SkillId> = skills
        .iter()
        .copied()
        .filter(|skill| !held.iter().any(|row| row.skill_id == *skill))
        .collect();
    skill::Entity::delete_many()
        .filter(skill::Column::CompanyId.eq(whose.company))
        .filter(skill::Column::Id.is_in(unheld.iter().copied()))
        .exec(transaction)
        .await?;
    Ok(unheld)
}

/// What is left of a person stands for nobody, and is shown to nobody but those who answer for it.
pub async fn mark_erased(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    whose: Whose,
    standing: Standing,
    left_on: Option<NaiveDate>,
) -> Result<()> {
    use person::Column;
    person::Entity::update_many()
        .col_expr(Column::Standing, Expr::value(standing.to_value()))
        .col_expr(Column::LeftOn, Expr::value(left_on))
        .col_expr(Column::RestrictedAt, Expr::value(scope.now()))
        .col_expr(Column::UpdatedAt, Expr::value(scope.now()))
        .filter(Column::CompanyId.eq(whose.company))
        .filter(Column::Id.eq(whose.person))
        .exec(transaction)
        .await?;
    Ok(())
}

/// The membership of somebody erased says so; they may have had none.
pub async fn end_membership(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    whose: Whose,
    state: MembershipState,
) -> Result<()> {
    use membership::Column;
    membership::Entity::update_many()
        .col_expr(Column::State, Expr::value(state.to_value()))
        .col_expr(Column::EndedAt, Expr::value(scope.now()))
        .col_expr(Column::UpdatedAt, Expr::value(scope.now()))
        .filter(Column::CompanyId.eq(whose.company))
        .filter(Column::PersonId.eq(whose.person))
        .exec(transaction)
        .await?;
    Ok(())
}

/// Erasures whose rest the law keeps no longer, by the end of the day before.
pub async fn no_longer_kept(
    scope: &Scope,
    company: CompanyId,
    today: NaiveDate,
) -> Result<Vec<DataRequestId>> {
    use data_request::{Column, Entity};
    let rows = Query::select()
        .column(Column::Id)
        .from(Entity)
        .and_where(Expr::col(Column::CompanyId).eq(company))
        .and_where(Expr::col(Column::KeptUntil).lt(today))
        .order_by(Column::KeptUntil, Order::Asc)
        .to_owned();
    ids(scope, &rows).await
}

/// People who left before a day, never joined, and are not restricted.
pub async fn never_joined(
    scope: &Scope,
    company: CompanyId,
    before: NaiveDate,
    most: u64,
) -> Result<Vec<PersonId>> {
    use person::Column;
    let standings = [Standing::Candidate, Standing::Invited].map(|standing| standing.to_value());
    let rows = Query::select()
        .column(Column::Id)
        .from(person::Entity)
        .and_where(Expr::col(Column::CompanyId).eq(company))
        .and_where(Expr::col(Column::Standing).is_in(standings))
        .and_where(Expr::col(Column::LeftOn).lt(before))
        .and_where(Expr::col(Column::RestrictedAt).is_null())
        .order_by(Column::Id, Order::Asc)
        .limit(most)
        .to_owned();
    ids(scope, &rows).await
}

/// People whose membership ended before an instant, and who are not restricted.
pub async fn ended_members(
    scope: &Scope,
    company: CompanyId,
    before: DateTime<Utc>,
    most: u64,
) -> Result<Vec<PersonId>> {
    let person = |column| Expr::col((person::Entity, column));
    let member = |column| Expr::col((membership::Entity, column));
    let standings = [Standing::Expired, Standing::Withdrawn].map(|standing| standing.to_value());
    let rows = Query::select()
        .column((person::Entity, person::Column::Id))
        .from(person::Entity)
        .inner_join(
            membership::Entity,
            member(membership::Column::CompanyId)
                .equals((person::Entity, person::Column::CompanyId))
                .and(
                    member(membership::Column::PersonId)
                        .equals((person::Entity, person::Column::Id)),
                ),
        )
        .and_where(person(person::Column::CompanyId).eq(company))
        .and_where(person(person::Column::Standing).is_in(standings))
        .and_where(person(person::Column::RestrictedAt).is_null())
        .and_where(member(membership::Column::EndedAt).lt(before))
        .order_by((person::Entity, person::Column::Id), Order::Asc)
        .limit(most)
        .to_owned();
    ids(scope, &rows).await
}

async fn ids<I: sea_orm::TryGetable>(scope: &Scope, rows: &SelectStatement) -> Result<Vec<I>> {
    let rows = scope.database().reader().query_all(rows).await?;
    Ok(rows
        .iter()
        .map(|row| row.try_get_by_index(0))
        .collect::<Result<_, _>>()?)
}

/// Takes requests away that ended before an instant and keep nothing; and links that have run out. Says how many requests went.
pub async fn drop_requests(
    scope: &Scope,
    company: CompanyId,
    before: DateTime<Utc>,
) -> Result<u64> {
    use data_request::{Column, Entity};
    let writer = scope.database().writer();
    Entity::update_many()
        .col_expr(Column::LinkHash, Expr::value(None::<Vec<u8>>))
        .col_expr(Column::LinkAccountId, Expr::value(None::<uuid::Uuid>))
        .col_expr(Column::LinkExpiresAt, Expr::value(None::<DateTime<Utc>>))
        .filter(Column::CompanyId.eq(company))
        .filter(Column::LinkExpiresAt.lte(scope.now()))
        .exec(writer)
        .await?;
    let gone = Entity::delete_many()
        .filter(Column::CompanyId.eq(company))
        .filter(Column::ClosedAt.lt(before))
        // an erasure whose rest went later is over since then
        .filter(Column::UpdatedAt.lt(before))
        .filter(Column::KeptUntil.is_null())
        // a restriction in force is no past matter
        .filter(
            Column::Kind
                .ne(DataRequestKind::Restriction)
                .or(Column::State.ne(DataRequestState::Fulfilled)),
        )
        .exec(writer)
        .await?;
    Ok(gone.rows_affected)
}
