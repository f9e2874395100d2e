//! Accounts in the database: looked up by a token's issuer and subject before there is a scope, and managed within one.

use entity::{AccountId, CompanyId, PersonId, Role, Roles, Standing, account, company, person};
use sea_orm::sea_query::{
    Alias, Expr, ExprTrait, Func, LockType, Query, SelectStatement, SimpleExpr,
};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult,
    JoinType, QueryFilter, QueryOrder, SqlErr,
};

use super::rules::Facts;
use super::types::Account;
use crate::access::permission::Permission;
use crate::database::Database;
use crate::error::Result;
use crate::graphql::connection::{Page, WantedOf};
use crate::graphql::node::read_page;
use crate::scope::{Scope, Scoped};
use chrono::{DateTime, Utc};

/// For those who manage accounts.
impl Scoped for account::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        if !scope.may(Permission::AccountsManage) {
            rows.and_where(Expr::cust("1 = 0"));
        }
    }
}

/// An account as a token finds it: with what decides on its roles.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Found {
    /// The account.
    pub id: AccountId,
    /// Its company; null for an operator.
    pub company_id: Option<CompanyId>,
    /// The company's slug.
    pub slug: Option<String>,
    /// The person, if it belongs to one.
    pub person_id: Option<PersonId>,
    /// Stored roles.
    pub roles: Roles,
    /// Whether it needs no current employment.
    pub external: bool,
    /// When an external account's roles end.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was disabled.
    pub disabled_at: Option<DateTime<Utc>>,
    /// The person's standing.
    pub standing: Option<Standing>,
}

impl Found {
    /// What decides on its roles.
    #[must_use]
    pub fn facts(&self, now: DateTime<Utc>) -> Facts<'_> {
        Facts {
            granted: &self.roles.0,
            standing: self.standing,
            external: self.external,
            expires_at: self.expires_at,
            disabled_at: self.disabled_at,
            now,
        }
    }
}

/// Every account of a token's issuer and subject, whichever company it belongs to; the operator's first, then by company.
pub async fn of_login(database: &Database, issuer: &str, subject: &str) -> Result<Vec<Found>> {
    let column = |column| Expr::col((account::Entity, column));
    let mut rows = with_standing();
    rows.and_where(column(account::Column::Issuer).eq(issuer))
        .and_where(column(account::Column::Subject).eq(subject));
    let rows = database.reader().query_all(&rows).await?;
    let mut found = rows
        .iter()
        .map(|row| Found::from_query_result(row, ""))
        .collect::<Result<Vec<_>, DbErr>>()?;
    found.sort_by(|one, other| one.slug.cmp(&other.slug));
    Ok(found)
}

fn with_standing() -> SelectStatement {
    use account::Column as A;
    let column = |column| Expr::col((account::Entity, column));
    Query::select()
        .columns(
            [
                A::Id,
                A::CompanyId,
                A::PersonId,
                A::Roles,
                A::External,
                A::ExpiresAt,
                A::DisabledAt,
            ]
            .map(|column| (account::Entity, column)),
        )
        .column((company::Entity, company::Column::Slug))
        .column((person::Entity, person::Column::Standing))
        .from(account::Entity)
        .join(
            JoinType::LeftJoin,
            company::Entity,
            Expr::col((company::Entity, company::Column::Id)).eq(column(A::CompanyId)),
        )
        .join(
            JoinType::LeftJoin,
            person::Entity,
            Expr::col((person::Entity, person::Column::CompanyId))
                .eq(column(A::CompanyId))
                .and(Expr::col((person::Entity, person::Column::Id)).eq(column(A::PersonId))),
        )
        .to_owned()
}

/// The standing of the account's person, for a statement that reads accounts.
#[must_use]
pub fn standing_of(row: &Alias) -> SimpleExpr {
    let at_hand = |column| Expr::col((row.clone(), column));
    let standing = Query::select()
        .column((person::Entity, person::Column::Standing))
        .from(person::Entity)
        .and_where(
            Expr::col((person::Entity, person::Column::CompanyId))
                .eq(at_hand(account::Column::CompanyId)),
        )
        .and_where(
            Expr::col((person::Entity, person::Column::Id)).eq(at_hand(account::Column::PersonId)),
        )
        .to_owned();
    SimpleExpr::SubQuery(None, Box::new(standing.into()))
}

/// The company's accounts. Requires `accounts:manage`.
pub async fn list(scope: &Scope, wanted: &WantedOf<Account>) -> Result<Page<Account>> {
    scope.require(Permission::AccountsManage)?;
    read_page(scope, scope.rows::<account::Entity>(), wanted).await
}

/// An account's row, locked until the transaction ends. All enabled admins of the company are locked first, so that two changes cannot both
/// leave the company without an admin.
pub async fn get_for_update(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    id: AccountId,
) -> Result<account::Model> {
    scope
        .get_for_update::<account::Entity>(transaction, account::Column::Id, id.0)
        .await
}

/// The accounts of one company, or of the operator, with a granted role, locked until the transaction ends.
pub async fn with_role_for_update(
    transaction: &impl ConnectionTrait,
    company: Option<CompanyId>,
    role: Role,
) -> Result<Vec<Found>> {
    let of_company = match company {
        Some(company) => account::Column::CompanyId.eq(company),
        None => account::Column::CompanyId.is_null(),
    };
    let mut rows = with_standing();
    rows.and_where(of_company)
        .order_by((account::Entity, account::Column::Id), sea_orm::Order::Asc);
    if transaction.get_database_backend() == DbBackend::Postgres {
        rows.lock_with_tables(LockType::Update, [account::Entity]);
    }
    let rows = transaction.query_all(&rows).await?;
    let found = rows
        .iter()
        .map(|row| Found::from_query_result(row, ""))
        .collect::<Result<Vec<_>, DbErr>>()?;
    Ok(found
        .into_iter()
        .filter(|found| found.roles.0.contains(&role))
        .collect())
}

/// The account of a login in a company, or the operator's, locked until the transaction ends.
#[expect(
    clippy::disallowed_methods,
    reason = "a login is matched to its account before it has a scope in the company"
)]
pub async fn of_login_for_update(
    transaction: &impl ConnectionTrait,
    company: Option<CompanyId>,
    (issuer, subject): (&str, &str),
) -> Result<Option<account::Model>> {
    use sea_orm::QuerySelect;
    let mut rows = account::Entity::find()
        .filter(account::Column::Issuer.eq(issuer))
        .filter(account::Column::Subject.eq(subject))
        .filter(match company {
            Some(company) => account::Column::CompanyId.eq(company),
            None => account::Column::CompanyId.is_null(),
        });
    if transaction.get_database_backend() == DbBackend::Postgres {
        rows = rows.lock(LockType::Update);
    }
    Ok(rows.one(transaction).await?)
}

/// Accounts of a person.
#[expect(
    clippy::disallowed_methods,
    reason = "a person's accounts end with them, visible to the viewer or not"
)]
pub async fn of_people(
    connection: &impl ConnectionTrait,
    company: CompanyId,
    people: &[PersonId],
) -> Result<Vec<account::Model>> {
    Ok(account::Entity::find()
        .filter(account::Column::CompanyId.eq(company))
        .filter(account::Column::PersonId.is_in(people.iter().copied()))
        .order_by_asc(account::Column::Id)
        .all(connection)
        .await?)
}

/// A person's row for matching a login to them.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Match {
    /// The person.
    pub id: PersonId,
    /// Their standing.
    pub standing: Standing,
}

/// How a login is matched to people.
#[derive(Clone, Copy, Debug)]
pub enum By<'v> {
    /// By work e-mail, case ignored.
    WorkEmail(&'v str),
    /// By personal e-mail, case ignored.
    PersonalEmail(&'v str),
    /// By employee number.
    EmployeeNumber(&'v str),
}

/// The people of a company that a value belongs to, at most two: two people with one address never match.
pub async fn matches(
    connection: &impl ConnectionTrait,
    company: CompanyId,
    by: By<'_>,
) -> Result<Vec<Match>> {
    use person::Column as P;
    let column = |column| Expr::col((person::Entity, column));
    let folded = |address: &str| address.to_lowercase();
    let condition = match by {
        By::WorkEmail(address) => Expr::from(Func::lower(column(P::WorkEmail))).eq(folded(address)),
        By::PersonalEmail(address) => {
            Expr::from(Func::lower(column(P::PersonalEmail))).eq(folded(address))
        }
        By::EmployeeNumber(number) => column(P::EmployeeNumber).eq(number),
    };
    let rows = Query::select()
        .columns([P::Id, P::Standing].map(|column| (person::Entity, column)))
        .from(person::Entity)
        .and_where(column(P::CompanyId).eq(company))
        .and_where(column(P::Standing).ne(Standing::Erased.to_value()))
        .and_where(condition)
        .limit(2)
        .to_owned();
    let rows = connection.query_all(&rows).await?;
    Ok(rows
        .iter()
        .map(|row| Match::from_query_result(row, ""))
        .collect::<Result<_, DbErr>>()?)
}

/// Whether the error says that the login already has an account in the company.
#[must_use]
pub fn exists_already(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

/// Deletes accounts.
#[must_use]
pub fn deletion(ids: impl Iterator<Item = AccountId>) -> sea_orm::sea_query::DeleteStatement {
    Query::delete()
        .from_table(account::Entity)
        .and_where(Expr::col(account::Column::Id).is_in(ids))
        .to_owned()
}

/// An account by its id, for the command line.
#[expect(
    clippy::disallowed_methods,
    reason = "the command line has the whole database"
)]
pub async fn by_id_without_scope(
    database: &Database,
    id: AccountId,
) -> Result<Option<account::Model>> {
    let found = account::Entity::find_by_id(id);
    Ok(found.one(&database.reader()).await?)
}

/// An operator's account, locked until the transaction ends, for the command line.
#[expect(
    clippy::disallowed_methods,
    reason = "an operator's account belongs to no company"
)]
pub async fn operator_for_update(
    transaction: &impl ConnectionTrait,
    id: AccountId,
) -> Result<Option<account::Model>> {
    use sea_orm::QuerySelect;
    let mut rows = account::Entity::find_by_id(id).filter(account::Column::CompanyId.is_null());
    if transaction.get_database_backend() == DbBackend::Postgres {
        rows = rows.lock(LockType::Update);
    }
    Ok(rows.one(transaction).await?)
}

/// All accounts of a company, or the operators', for the command line.
pub async fn all_without_scope(
    database: &Database,
    company: Option<CompanyId>,
) -> Result<Vec<(account::Model, Option<Standing>)>> {
    let of_company = match company {
        Some(company) => account::Column::CompanyId.eq(company),
        None => account::Column::CompanyId.is_null(),
    };
    #[expect(
        clippy::disallowed_methods,
        reason = "the command line has the whole database"
    )]
    let accounts = account::Entity::find()
        .filter(of_company)
        .order_by_asc(account::Column::Id)
        .all(&database.reader())
        .await?;
    let people: Vec<PersonId> = accounts.iter().filter_map(|row| row.person_id).collect();
    let standings = match company {
        Some(company) if !people.is_empty() => {
            standings(&database.reader(), company, &people).await?
        }
        _ => Vec::new(),
    };
    let standing = |row: &account::Model| {
        let person = row.person_id?;
        let found = standings.iter().find(|found| found.id == person)?;
        Some(found.standing)
    };
    Ok(accounts
        .into_iter()
        .map(|row| {
            let standing = standing(&row);
            (row, standing)
        })
        .collect())
}

/// The standing of people.
pub async fn standings(
    connection: &impl ConnectionTrait,
    company: CompanyId,
    people: &[PersonId],
) -> Result<Vec<Match>> {
    use person::Column as P;
    let column = |column| Expr::col((person::Entity, column));
    let rows = Query::select()
        .columns([P::Id, P::Standing].map(|column| (person::Entity, column)))
        .from(person::Entity)
        .and_where(column(P::CompanyId).eq(company))
        .and_where(column(P::Id).is_in(people.iter().copied()))
        .to_owned();
    let rows = connection.query_all(&rows).await?;
    Ok(rows
        .iter()
        .map(|row| Match::from_query_result(row, ""))
        .collect::<Result<_, DbErr>>()?)
}
