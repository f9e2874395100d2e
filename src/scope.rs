//! Who asks, for which company, when, over which connection. Every statement begins at [`Scope::rows`], so neither the
//! tenant nor what the viewer may see can be left out. A foreign row does not exist.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, NaiveDate, Utc};
use entity::{Audience, CompanyId, PersonId, Tenant};
use sea_orm::sea_query::{
    Alias, Asterisk, Expr, ExprTrait, LockType, Query, SelectStatement, SimpleExpr,
};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, FromQueryResult};
use uuid::Uuid;

use crate::access::{Member, Permission, Viewer};
use crate::access_log::Readings;
use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Error, Result};
use crate::mail::Mail;
use crate::outbox::{Change, Feed};
use crate::references::{Edition, LatestEdition, References};
use crate::writes::Writes;

/// A table that can be read through a scope.
pub trait Scoped: Tenant {
    /// Narrows the table's rows to those the viewer may see. The tenant is already in it.
    fn visible(scope: &Scope, rows: &mut SelectStatement);

    /// The same for rows behind a person's row at hand whom the viewer sees: nothing of that is looked up again.
    fn visible_behind(scope: &Scope, _person: &Alias, rows: &mut SelectStatement) {
        Self::visible(scope, rows);
    }

    /// A column's value as far as the viewer may see it, null where they may not. Reads, filters and orders all take it from here. `row` is what the
    /// statement calls the table's row.
    fn value(_scope: &Scope, row: &Alias, column: Self::Column) -> SimpleExpr {
        Expr::col((row.clone(), column))
    }
}

/// Who asks, for which company, when, over which connection. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Scope {
    viewer: Arc<Viewer>,
    /// The company asked about; null where an operator asks about all.
    company: Option<CompanyId>,
    request_id: Arc<str>,
    clock: Clock,
    database: Database,
    feed: Feed,
    references: References,
    edition: LatestEdition,
    readings: Readings,
    mail: Option<Mail>,
}

impl Scope {
    /// The scope of one request.
    #[must_use]
    pub fn new(
        viewer: Viewer,
        request_id: &str,
        clock: Clock,
        database: Database,
        feed: Feed,
        references: References,
    ) -> Self {
        Self {
            company: viewer.company(),
            viewer: Arc::new(viewer),
            request_id: request_id.into(),
            clock,
            database,
            feed,
            references,
            edition: LatestEdition::default(),
            readings: Readings::default(),
            mail: None,
        }
    }

    /// The same, which can queue messages with secrets.
    #[must_use]
    pub fn mailing(self, mail: Mail) -> Self {
        Self {
            mail: Some(mail),
            ..self
        }
    }

    /// What messages are written with; null for work that queues none.
    #[must_use]
    pub fn mail(&self) -> Option<&Mail> {
        self.mail.as_ref()
    }

    /// The same, which gathers whose personal fields are answered.
    #[must_use]
    pub fn gathering(self, readings: Readings) -> Self {
        Self { readings, ..self }
    }

    /// Who asks.
    #[must_use]
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// The request this is about, for logs and the outbox.
    #[must_use]
    pub fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// A new id; later ones are greater.
    #[must_use]
    pub fn new_id<I: entity::Id>(&self) -> I {
        self.clock.new_id()
    }

    /// Which day it is in a time zone; an unknown zone counts as UTC.
    #[must_use]
    pub fn today(&self, time_zone: &str) -> NaiveDate {
        let zone: chrono_tz::Tz = time_zone.parse().unwrap_or_default();
        self.now().with_timezone(&zone).date_naive()
    }

    /// Which database it is.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.database.backend()
    }

    /// The connections.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// What tells that something changed.
    #[must_use]
    pub fn feed(&self) -> &Feed {
        &self.feed
    }

    /// The reference rows the process keeps.
    #[must_use]
    pub fn references(&self) -> &References {
        &self.references
    }

    /// Where it is gathered whose personal fields are answered.
    #[must_use]
    pub fn readings(&self) -> &Readings {
        &self.readings
    }

    /// The edition of the company's reference rows that this request's statements were answered under; null before the first was.
    #[must_use]
    pub fn edition(&self) -> Option<Edition> {
        let number = self.edition.number()?;
        self.company.map(|company| Edition { company, number })
    }

    /// A statement was answered under this edition.
    pub fn answered_under(&self, edition: Edition) {
        self.edition.told(edition);
    }

    /// Time went by, or something was written: the edition is to be told anew.
    pub fn forget_edition(&self) {
        self.edition.forget();
    }

    /// Refuses whoever lacks the permission; nobody at all is asked to log in.
    pub fn require(&self, permission: Permission) -> Result<()> {
        match &*self.viewer {
            Viewer::Anonymous => Err(Error::LOG_IN),
            Viewer::Login(login) => Err(no_account(login.company)),
            viewer if viewer.may(permission) => Ok(()),
            _ => Err(Error::Forbidden(permission.name())),
        }
    }

    /// Whether the viewer holds the permission.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.viewer.may(permission)
    }

    /// The one company a write is for. An operator names it first.
    pub fn company(&self) -> Result<CompanyId> {
        self.company.ok_or_else(|| match &*self.viewer {
            Viewer::Anonymous => Error::LOG_IN,
            Viewer::Login(login) => no_account(login.company),
            _ => Error::bad_input(
                "companyId",
                "an operator belongs to no company; ask through `company(id:)`",
            ),
        })
    }

    /// The one company, where there is one.
    #[must_use]
    pub fn only_company(&self) -> Option<CompanyId> {
        self.company
    }

    /// The person who asks; nobody at all is asked to log in.
    pub fn person(&self) -> Result<PersonId> {
        self.viewer.person().ok_or_else(|| match &*self.viewer {
            Viewer::Anonymous => Error::LOG_IN,
            Viewer::Login(login) => no_account(login.company),
            _ => Error::Forbidden("a login that belongs to a person"),
        })
    }

    /// The same viewer, asking about one company; null where it does not exist for them.
    #[must_use]
    pub fn within(&self, company: CompanyId) -> Option<Self> {
        (self.company.is_none_or(|own| own == company) && self.viewer.known()).then(|| Self {
            company: Some(company),
            edition: LatestEdition::default(),
            ..self.clone()
        })
    }

    /// The same connection and time, as nobody in particular of an audience.
    pub fn as_seen_by(&self, audience: Audience) -> Result<Self> {
        let company = self.company()?;
        Ok(Self {
            viewer: Arc::new(Viewer::Preview { company, audience }),
            // it is still the person who looks
            readings: Readings::default(),
            ..self.clone()
        })
    }

    /// The same company as the service itself works on it, for what must not depend on what the viewer sees.
    pub fn as_service(&self) -> Result<Self> {
        let company = self.company()?;
        Ok(Self {
            viewer: Arc::new(Viewer::System(company)),
            ..self.clone()
        })
    }

    /// The service's own hand in the company whose link somebody holds, whoever that is: a link says what may be done, and to which row.
    #[must_use]
    pub fn by_link(&self, company: CompanyId) -> Self {
        Self {
            viewer: Arc::new(Viewer::System(company)),
            company: Some(company),
            edition: LatestEdition::default(),
            readings: Readings::default(),
            ..self.clone()
        }
    }

    /// The same request as the account that a login has, or is about to get.
    #[must_use]
    pub fn signed_in(&self, member: Member) -> Self {
        Self {
            company: member.company,
            viewer: Arc::new(Viewer::Member(member)),
            edition: LatestEdition::default(),
            readings: Readings::default(),
            ..self.clone()
        }
    }

    /// A table's rows as this viewer sees them: every read begins here.
    #[must_use]
    pub fn rows<E: Scoped>(&self) -> SelectStatement {
        let mut rows = all::<E>();
        match self.company {
            Some(company) => {
                rows.and_where(Expr::col((E::default(), E::COMPANY)).eq(company));
            }
            None if self.viewer.operates() => {}
            None => {
                rows.and_where(Expr::cust("1 = 0"));
            }
        }
        E::visible(self, &mut rows);
        rows
    }

    /// A table's rows that belong to a row of the statement around, whose company they share.
    #[must_use]
    pub fn rows_within<E: Scoped>(&self, company: impl Into<SimpleExpr>) -> SelectStatement {
        let mut rows = of_company::<E>(company.into());
        E::visible(self, &mut rows);
        rows
    }

    /// The same behind a person's row at hand whom the viewer sees.
    #[must_use]
    pub fn rows_behind<E: Scoped>(
        &self,
        person: &Alias,
        company: impl Into<SimpleExpr>,
    ) -> SelectStatement {
        let mut rows = of_company::<E>(company.into());
        E::visible_behind(self, person, &mut rows);
        rows
    }

    /// A row for a write, locked until the transaction ends; not found where it does not exist for the viewer.
    pub async fn get_for_update<E: Scoped>(
        &self,
        transaction: &impl ConnectionTrait,
        id: E::Column,
        value: Uuid,
    ) -> Result<E::Model>
    where
        E::Model: FromQueryResult,
    {
        let mut rows = self.rows::<E>();
        rows.and_where(Expr::col((E::default(), id)).eq(value));
        if self.backend() == DbBackend::Postgres {
            rows.lock(LockType::Update);
        }
        let row = transaction.query_one(&rows).await?.ok_or(Error::NotFound)?;
        Ok(E::Model::from_query_result(&row, "")?)
    }

    /// Begins a transaction that will write.
    pub async fn begin(&self) -> Result<Transaction<'_>> {
        Ok(Transaction {
            scope: self,
            inner: self.database.begin().await?,
            touches_rights: AtomicBool::new(false),
        })
    }
}

/// The error of a login that has no account in the company.
fn no_account(company: Option<CompanyId>) -> Error {
    Error::NoAccount(match company {
        Some(_) => {
            "Your login has no account in this company: claim an invitation (`accountClaim`), join (`membershipJoin`), or apply (`membershipApply`)."
        }
        None => {
            "Name the company in the header `Alumni-Company`; `viewer { accounts }` lists yours. Without an account, claim an invitation (`accountClaim`) or join (`membershipJoin`)."
        }
    })
}

fn all<E: Scoped>() -> SelectStatement {
    Query::select()
        .column((E::default(), Asterisk))
        .from(E::default())
        .take()
}

fn of_company<E: Scoped>(company: SimpleExpr) -> SelectStatement {
    let mut rows = all::<E>();
    rows.and_where(Expr::col((E::default(), E::COMPANY)).eq(company));
    rows
}

/// A transaction of one action: its rows, and the changes that tell of them. Dropped without a commit, nothing happened.
#[derive(Debug)]
pub struct Transaction<'s> {
    scope: &'s Scope,
    inner: DatabaseTransaction,
    /// Whether a change in it can change the rights of a login.
    touches_rights: AtomicBool,
}

impl Transaction<'_> {
    /// To gather what [`Self::write`] sends.
    #[must_use]
    pub fn writes(&self) -> Writes {
        Writes::on(self.scope.backend())
    }

    /// Writes what was gathered, and what happened beside it. The database's own error comes back, for a store to say what it means.
    pub async fn write(&self, mut writes: Writes, changes: Vec<Change>) -> Result<(), DbErr> {
        if changes.iter().any(crate::outbox::touches_rights) {
            self.touches_rights.store(true, Ordering::Relaxed);
        }
        crate::outbox::record(self.scope, &mut writes, changes);
        writes.send(&self.inner).await
    }

    /// Writes down what happened, in this transaction.
    pub async fn record(&self, changes: Vec<Change>) -> Result<()> {
        Ok(self.write(self.writes(), changes).await?)
    }

    /// Makes it so, and tells whoever follows.
    pub async fn commit(self) -> Result<()> {
        self.inner.commit().await?;
        self.scope.forget_edition();
        let feed = self.scope.feed.clone();
        let rights = self.touches_rights.into_inner();
        let told = async move {
            if rights {
                feed.rights_changed();
            }
            feed.tell();
        };
        self.scope.database.after_commit(told).await;
        Ok(())
    }
}

impl Deref for Transaction<'_> {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.inner
    }
}
