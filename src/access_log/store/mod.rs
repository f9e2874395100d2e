//! Visibility, insertion and deletion of access log entries.

mod keep;

use entity::{PersonalField, access_log_entry, account, api_key, person};
use sea_orm::EntityTrait;
use sea_orm::sea_query::{Alias, Asterisk, Expr, ExprTrait, Query, SelectStatement, SimpleExpr};

pub use self::keep::{forget_before, keep};
use super::rules;
use super::types::AccessLogEntry;
use crate::access::Permission;
use crate::error::Result;
use crate::graphql::connection::{Page, WantedOf};
use crate::graphql::node::read_page;
use crate::scope::{Scope, Scoped};

/// Who sees all of a company's entries.
pub const OFFICER: Permission = Permission::AuditRead;

/// Viewers with `audit:read` see all entries, others those about themselves.
impl Scoped for access_log_entry::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        if !scope.may(OFFICER) {
            rows.and_where(own(scope));
        }
    }
}

fn own(scope: &Scope) -> SimpleExpr {
    match scope.viewer().person() {
        Some(person) => {
            Expr::col((access_log_entry::Entity, access_log_entry::Column::PersonId)).eq(person)
        }
        None => Expr::cust("1 = 0"),
    }
}

/// Reads of the viewer's own fields; empty if the viewer is not a person.
pub async fn list_own(
    scope: &Scope,
    wanted: &WantedOf<AccessLogEntry>,
) -> Result<Page<AccessLogEntry>> {
    if scope.viewer().person().is_none() {
        return Ok(Page::default());
    }
    let mut rows = scope.rows::<access_log_entry::Entity>();
    rows.and_where(own(scope));
    read_page(scope, rows, wanted).await
}

/// Who read whose fields. Requires `audit:read`.
pub async fn list(
    scope: &Scope,
    wanted: &WantedOf<AccessLogEntry>,
) -> Result<Page<AccessLogEntry>> {
    scope.require(OFFICER)?;
    read_page(scope, scope.rows::<access_log_entry::Entity>(), wanted).await
}

/// Any of the fields was read.
pub fn read_any(fields: &[PersonalField]) -> SimpleExpr {
    // written out, so that both databases take it for the same kind of number
    let bits = rules::bits(fields.iter().copied());
    Expr::col((access_log_entry::Entity, access_log_entry::Column::Fields))
        .bit_and(Expr::cust(bits.to_string()))
        .ne(Expr::cust("0"))
}

/// The person whose account read the entry. Only the name is shown to the person concerned.
pub fn reader(row: &Alias) -> SelectStatement {
    let account = |column| Expr::col((account::Entity, column));
    let logged_in = Query::select()
        .column((account::Entity, account::Column::PersonId))
        .from(account::Entity)
        .and_where(
            account(account::Column::Id)
                .eq(Expr::col((row.clone(), access_log_entry::Column::ReaderId))),
        )
        .to_owned();
    of_company::<person::Entity>(
        row,
        person::Column::CompanyId,
        Expr::col((person::Entity, person::Column::Id)).in_subquery(logged_in),
    )
}

/// The API key that read the entry.
pub fn key(row: &Alias) -> SelectStatement {
    of_company::<api_key::Entity>(
        row,
        api_key::Column::CompanyId,
        Expr::col((api_key::Entity, api_key::Column::Id))
            .eq(Expr::col((row.clone(), access_log_entry::Column::ReaderId))),
    )
}

fn of_company<E: EntityTrait>(
    row: &Alias,
    company: E::Column,
    which: SimpleExpr,
) -> SelectStatement {
    let of_row = Expr::col((row.clone(), access_log_entry::Column::CompanyId));
    Query::select()
        .column((E::default(), Asterisk))
        .from(E::default())
        .and_where(Expr::col((E::default(), company)).eq(of_row))
        .and_where(which)
        .to_owned()
}
