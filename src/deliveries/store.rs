//! Which deliveries a viewer sees, and what a sender claims.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use entity::{
    CompanyId, DeliveryId, LeaveType, PersonId, ProfileField, company, delivery, delivery_attempt,
    employment, person,
};
use sea_orm::sea_query::{
    Alias, CaseStatement, Expr, ExprTrait, Func, LockBehavior, LockType, Order, Query,
    SelectStatement, SimpleExpr, UpdateStatement,
};
use sea_orm::{ActiveEnum, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, Value};
use uuid::Uuid;

use super::rules::Recipient;
use super::types::Delivery;
use crate::access::Permission;
use crate::alumni;
use crate::database::{Database, among};
use crate::error::{Error, Result};
use crate::graphql::connection::{Page, WantedOf};
use crate::graphql::node::read_page;
use crate::scope::{Scope, Scoped};

/// Values of an `IN` list, at most.
const LISTED: usize = 8_000;

/// All of the company with `deliveries:read`, else none.
impl Scoped for delivery::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        only_readers(scope, rows);
    }

    /// The address of a person is seen as far as their personal e-mail is.
    fn value(scope: &Scope, row: &Alias, column: Self::Column) -> SimpleExpr {
        let of_row = |column| Expr::col((row.clone(), column));
        if !matches!(column, delivery::Column::Recipient) {
            return of_row(column);
        }
        let person = of_row(delivery::Column::PersonId);
        let shown = alumni::shows_of(scope, person.clone(), ProfileField::PersonalEmail);
        CaseStatement::new()
            .case(person.is_null().or(shown), of_row(column))
            .into()
    }
}

/// As the deliveries they belong to.
impl Scoped for delivery_attempt::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        only_readers(scope, rows);
    }
}

fn only_readers(scope: &Scope, rows: &mut SelectStatement) {
    if !scope.may(Permission::DeliveriesRead) {
        rows.and_where(Expr::cust("1 = 0"));
    }
}

fn column(column: delivery::Column) -> SimpleExpr {
    Expr::col((delivery::Entity, column))
}

/// The company's deliveries. Requires `deliveries:read`.
pub async fn list(scope: &Scope, wanted: &WantedOf<Delivery>) -> Result<Page<Delivery>> {
    scope.require(Permission::DeliveriesRead)?;
    read_page(scope, scope.rows::<delivery::Entity>(), wanted).await
}

/// A delivery's row; null if it does not exist for the viewer.
pub async fn find(scope: &Scope, id: DeliveryId) -> Result<Option<delivery::Model>> {
    let mut rows = scope.rows::<delivery::Entity>();
    rows.and_where(column(delivery::Column::Id).eq(id));
    let row = scope.database().reader().query_one(&rows).await?;
    let row = row.map(|row| delivery::Model::from_query_result(&row, ""));
    Ok(row.transpose()?)
}

/// A delivery's row, locked until the transaction ends; not found if it does not exist for the viewer.
pub async fn get_for_update(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    id: DeliveryId,
) -> Result<delivery::Model> {
    let key = delivery::Column::Id;
    scope
        .get_for_update::<delivery::Entity>(transaction, key, id.0)
        .await
}

/// The company's row, which the service itself reads.
pub async fn company(scope: &Scope, connection: &impl ConnectionTrait) -> Result<company::Model> {
    let mut rows = scope.rows::<company::Entity>();
    let id = scope.company()?;
    rows.and_where(Expr::col((company::Entity, company::Column::Id)).eq(id));
    let row = connection.query_one(&rows).await?.ok_or(Error::NotFound)?;
    Ok(company::Model::from_query_result(&row, "")?)
}

/// The company of a slug; null if there is none.
#[expect(
    clippy::disallowed_methods,
    reason = "the command line begins with a slug, and has no scope before it"
)]
pub async fn company_of_slug_without_scope(
    database: &Database,
    slug: &str,
) -> Result<Option<company::Model>> {
    use sea_orm::{ColumnTrait, QueryFilter};
    let found = company::Entity::find().filter(company::Column::Slug.eq(slug));
    Ok(found.one(&database.reader()).await?)
}

/// Those of the keys that the company has already, regardless of the viewer.
pub async fn known_keys(
    transaction: &impl ConnectionTrait,
    company: CompanyId,
    keys: &[&str],
) -> Result<HashSet<String>> {
    let mut known = HashSet::new();
    for keys in keys.chunks(LISTED) {
        let rows = Query::select()
            .column(delivery::Column::DedupeKey)
            .from(delivery::Entity)
            .and_where(column(delivery::Column::CompanyId).eq(company))
            .and_where(among(
                transaction.get_database_backend(),
                column(delivery::Column::DedupeKey),
                keys.iter().map(|key| (*key).to_owned()).collect(),
            ))
            .take();
        for row in transaction.query_all(&rows).await? {
            known.insert(row.try_get_by_index(0)?);
        }
    }
    Ok(known)
}

/// The companies that have something due, of all companies: a sender has a scope for each only then.
pub async fn due_companies_without_scope(
    database: &Database,
    now: DateTime<Utc>,
) -> Result<Vec<CompanyId>> {
    let rows = Query::select()
        .distinct()
        .column(delivery::Column::CompanyId)
        .from(delivery::Entity)
        .and_where(column(delivery::Column::NextAttemptAt).lte(now))
        .order_by(delivery::Column::CompanyId, Order::Asc)
        .take();
    // the writer: a replica may not have what was queued a moment ago
    let rows = database.writer().query_all(&rows).await?;
    let ids = rows.iter().map(|row| row.try_get_by_index(0));
    Ok(ids.collect::<Result<_, _>>()?)
}

/// What is due of the company, longest due first, locked until the transaction ends. What another sender has locked is left out.
pub async fn due_for_update(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    limit: u64,
) -> Result<Vec<delivery::Model>> {
    let mut rows = scope.rows::<delivery::Entity>();
    rows.and_where(column(delivery::Column::NextAttemptAt).lte(scope.now()))
        .order_by(
            (delivery::Entity, delivery::Column::NextAttemptAt),
            Order::Asc,
        )
        .order_by((delivery::Entity, delivery::Column::Id), Order::Asc)
        .limit(limit);
    if scope.backend() == DbBackend::Postgres {
        rows.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    models(transaction, &rows).await
}

/// Those of the rows that a sender still holds, locked until the transaction ends.
pub async fn held_for_update(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    ids: &[DeliveryId],
    owner: Uuid,
) -> Result<Vec<delivery::Model>> {
    let mut rows = scope.rows::<delivery::Entity>();
    rows.and_where(column(delivery::Column::Id).is_in(ids.iter().copied()))
        .and_where(column(delivery::Column::LeaseOwner).eq(owner));
    locked(scope, transaction, rows).await
}

/// What is not finished of some subjects, locked until the transaction ends.
pub async fn unfinished_of_subjects(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    company: CompanyId,
    subjects: &[Uuid],
) -> Result<Vec<delivery::Model>> {
    let mut found = Vec::new();
    for subjects in subjects.chunks(LISTED) {
        let mut rows = Query::select();
        rows.column((delivery::Entity, sea_orm::sea_query::Asterisk))
            .from(delivery::Entity)
            .and_where(column(delivery::Column::CompanyId).eq(company))
            .and_where(among(
                scope.backend(),
                column(delivery::Column::SubjectId),
                subjects.to_vec(),
            ))
            .and_where(column(delivery::Column::NextAttemptAt).is_not_null());
        found.extend(locked(scope, transaction, rows).await?);
    }
    Ok(found)
}

async fn locked(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    mut rows: SelectStatement,
) -> Result<Vec<delivery::Model>> {
    rows.order_by((delivery::Entity, delivery::Column::Id), Order::Asc);
    if scope.backend() == DbBackend::Postgres {
        rows.lock(LockType::Update);
    }
    models(transaction, &rows).await
}

async fn models(
    connection: &impl ConnectionTrait,
    rows: &SelectStatement,
) -> Result<Vec<delivery::Model>> {
    let rows = connection.query_all(rows).await?;
    let models = rows
        .iter()
        .map(|row| delivery::Model::from_query_result(row, ""));
    Ok(models.collect::<Result<_, _>>()?)
}

/// What matters of the people that messages go to.
pub async fn recipients(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    people: &[PersonId],
) -> Result<HashMap<PersonId, Recipient>> {
    if people.is_empty() {
        return Ok(HashMap::new());
    }
    let of_person = |column| Expr::col((person::Entity, column));
    let of_employment = |column| Expr::col((employment::Entity, column));
    let death = Query::select()
        .expr(Expr::cust("1"))
        .from(employment::Entity)
        .and_where(
            of_employment(employment::Column::CompanyId).eq(of_person(person::Column::CompanyId)),
        )
        .and_where(of_employment(employment::Column::PersonId).eq(of_person(person::Column::Id)))
        .and_where(of_employment(employment::Column::LeaveType).eq(LeaveType::Death.to_value()))
        .take();
    let flag = |condition: SimpleExpr| {
        CaseStatement::new()
            .case(condition, Expr::val(1))
            .finally(Expr::val(0))
    };
    let mut rows = scope.rows::<person::Entity>();
    rows.clear_selects()
        .expr(of_person(person::Column::Id))
        .expr(of_person(person::Column::Standing))
        .expr(of_person(person::Column::Consents))
        .expr(flag(of_person(person::Column::RestrictedAt).is_not_null()))
        .expr(flag(Expr::exists(death)))
        .and_where(of_person(person::Column::Id).is_in(people.iter().copied()));
    let mut found = HashMap::new();
    for row in connection.query_all(&rows).await? {
        let flag = |place| {
            let wide = row.try_get_by_index::<i64>(place);
            wide.or_else(|_| row.try_get_by_index::<i32>(place).map(i64::from))
        };
        let recipient = Recipient {
            standing: row.try_get_by_index(1)?,
            consents: row.try_get_by_index(2)?,
            restricted: flag(3)? != 0,
            deceased: flag(4)? != 0,
        };
        found.insert(row.try_get_by_index(0)?, recipient);
    }
    Ok(found)
}

/// Removes what is no longer needed of finished rows: tokens of rows that changed before one instant, addresses and values of rows that
/// changed before another.
pub async fn clean(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    secrets_before: DateTime<Utc>,
    content_before: DateTime<Utc>,
) -> Result<()> {
    let company = scope.company()?;
    let update = |before: DateTime<Utc>, held: delivery::Column| {
        Query::update()
            .table(delivery::Entity)
            .and_where(column(delivery::Column::CompanyId).eq(company))
            .and_where(column(delivery::Column::NextAttemptAt).is_null())
            .and_where(column(delivery::Column::UpdatedAt).lt(before))
            .and_where(column(held).is_not_null())
            .take()
    };
    let none = |value: Value| Expr::val(value);
    let mut secrets = update(secrets_before, delivery::Column::Sealed);
    secrets.value(delivery::Column::Sealed, none(Value::Bytes(None)));
    connection.execute(&secrets).await?;
    let mut content = update(content_before, delivery::Column::Recipient);
    content
        .value(delivery::Column::Recipient, none(Value::String(None)))
        .value(delivery::Column::Parameters, none(Value::Json(None)))
        .value(delivery::Column::ServerAnswer, none(Value::String(None)));
    connection.execute(&content).await?;
    Ok(())
}

/// Removes address and values of the messages about some subjects.
pub fn content_removed(company: CompanyId, subjects: &[Uuid]) -> UpdateStatement {
    let none = |value: Value| Expr::val(value);
    Query::update()
        .table(delivery::Entity)
        .value(delivery::Column::Recipient, none(Value::String(None)))
        .value(delivery::Column::Parameters, none(Value::Json(None)))
        .value(delivery::Column::Sealed, none(Value::Bytes(None)))
        .value(delivery::Column::ServerAnswer, none(Value::String(None)))
        .and_where(column(delivery::Column::CompanyId).eq(company))
        .and_where(column(delivery::Column::SubjectId).is_in(subjects.iter().copied()))
        .take()
}

/// What is not finished, over all companies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// How many, counted up to a thousand.
    pub count: i64,
    /// When the oldest was queued; null if there is none.
    pub oldest: Option<DateTime<Utc>>,
}

/// What is not finished, of all companies.
pub async fn waiting(database: &Database) -> Result<Waiting> {
    const COUNTED: u64 = 1_000;
    let unfinished = Query::select()
        .column(delivery::Column::CreatedAt)
        .from(delivery::Entity)
        .and_where(column(delivery::Column::NextAttemptAt).is_not_null())
        .order_by(delivery::Column::CreatedAt, Order::Asc)
        .limit(COUNTED)
        .take();
    let name = Alias::new("unfinished");
    let at = Expr::col((name.clone(), delivery::Column::CreatedAt));
    let rows = Query::select()
        .expr(Func::count(Expr::cust("*")))
        .expr(Func::min(at))
        .from_subquery(unfinished, name)
        .take();
    let Some(row) = database.reader().query_one(&rows).await? else {
        return Ok(Waiting::default());
    };
    Ok(Waiting {
        count: row.try_get_by_index(0)?,
        oldest: row.try_get_by_index(1)?,
    })
}
