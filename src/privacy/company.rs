//! A company as a whole: taken along in one file, and deleted to the last row. Both are an operator's acts on the command line, and are
//! written down where they outlive the company.
//!
//! The file is JSON Lines. Its first line says what it is; then each row of each table, `{"table":…,"row":{…}}`, what points at another
//! after it; the last line is the manifest: rows and SHA-256 of each table's lines, and of all lines before it.

use std::collections::BTreeMap;
use std::fmt;

use chrono::SecondsFormat;
use entity::{CompanyId, company, operator_act};
use futures_util::TryStreamExt;
use sea_orm::{IntoActiveModel, StreamTrait};
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncWrite, AsyncWriteExt};

use super::store::tables::{Table, tables};
use super::store::whole as store;
use crate::clock::Clock;
use crate::database::Database;
use crate::error::{Error, Result};

/// What the file calls itself. Grows where its shape does.
pub const VERSION: u32 = 1;

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum CompanyError {
    /// There is none of that slug.
    #[error("there is no company with the slug “{0}”")]
    NoCompany(String),
    /// It was not meant.
    #[error("nothing was deleted: `--confirm` must repeat the slug, “{0}”")]
    Unconfirmed(String),
    /// The file cannot be written.
    #[error("the file cannot be written: {0}")]
    Unwritten(#[from] std::io::Error),
    /// Rows were left, so that nothing was deleted.
    #[error("nothing was deleted: {0} still has rows")]
    Left(&'static str),
    /// Anything else.
    #[error(transparent)]
    Stopped(#[from] Error),
}

impl From<sea_orm::DbErr> for CompanyError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Stopped(error.into())
    }
}

/// What an export or a deletion counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The company.
    pub company: CompanyId,
    /// Its slug.
    pub slug: String,
    /// Rows of each table, in the tables' order.
    pub tables: Vec<(&'static str, u64)>,
}

impl fmt::Display for Counted {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{} ({})", self.slug, self.company)?;
        for (table, rows) in &self.tables {
            writeln!(out, "  {table:20} {rows}")?;
        }
        Ok(())
    }
}

/// Writes everything of a company into a file, as it was at one moment, however much it is; little of it is ever in memory.
pub async fn export(
    database: &Database,
    clock: &Clock,
    slug: &str,
    out: impl AsyncWrite + Unpin,
) -> Result<Counted, CompanyError> {
    let company = found(database, slug).await?;
    let mut lines = Lines {
        out,
        hash: Sha256::new(),
    };
    let at = clock.now().to_rfc3339_opts(SecondsFormat::Micros, true);
    let head = json!({
        "format": "alumni-api/company-export",
        "version": VERSION,
        "company": { "id": company.id.0.to_string(), "slug": company.slug },
        "exportedAt": at,
    });
    lines.put(&head).await?;
    let transaction = database.begin_reading().await?;
    let mut counted = Vec::new();
    let mut manifest = Map::new();
    for table in tables() {
        let mut rows = transaction.stream(&table.rows_of(company.id.0)).await?;
        let (mut count, mut hash) = (0_u64, Sha256::new());
        while let Some(row) = rows.try_next().await? {
            let line = json!({ "table": table.name, "row": whole(table, &row)? });
            hash.update(lines.put(&line).await?);
            count += 1;
        }
        counted.push((table.name, count));
        let sums = json!({ "rows": count, "sha256": hex(&hash.finalize()) });
        manifest.insert(table.name.to_owned(), sums);
    }
    let all = hex(&lines.hash.clone().finalize());
    lines
        .put(&json!({ "manifest": { "tables": manifest, "sha256": all } }))
        .await?;
    lines.out.flush().await?;
    let counted = Counted {
        company: company.id,
        slug: company.slug,
        tables: counted,
    };
    written_down(database, clock, "COMPANY_EXPORTED", &counted).await?;
    Ok(counted)
}

/// Deletes everything of a company, in one transaction, and makes sure that nothing is left; other companies stay as they are. Says how
/// many rows there were. Deleted rows lie in the files until those are written anew ([`super::scrub`]).
pub async fn delete(
    database: &Database,
    clock: &Clock,
    slug: &str,
    confirm: &str,
) -> Result<Counted, CompanyError> {
    let company = found(database, slug).await?;
    if confirm != slug {
        return Err(CompanyError::Unconfirmed(company.slug));
    }
    let transaction = database.begin().await?;
    store::hold(&transaction, company.id).await?;
    let mut counted = Counted {
        company: company.id,
        slug: company.slug,
        tables: Vec::new(),
    };
    for table in tables() {
        let rows = store::count(&transaction, table, company.id).await?;
        counted.tables.push((table.name, rows));
    }
    // what is kept from being deleted is kept so for others
    let guards = store::lift_guards(&transaction).await?;
    // what points at another goes before it
    for table in tables().iter().rev() {
        store::delete(&transaction, table, company.id).await?;
    }
    store::restore_guards(&transaction, guards).await?;
    for table in tables() {
        if store::count(&transaction, table, company.id).await? > 0 {
            return Err(CompanyError::Left(table.name));
        }
    }
    store::write_down(&transaction, act(clock, "COMPANY_DELETED", &counted)).await?;
    transaction.commit().await?;
    Ok(counted)
}

async fn found(database: &Database, slug: &str) -> Result<company::Model, CompanyError> {
    let company = store::by_slug_without_scope(database, slug).await?;
    company.ok_or_else(|| CompanyError::NoCompany(slug.to_owned()))
}

async fn written_down(
    database: &Database,
    clock: &Clock,
    what: &str,
    counted: &Counted,
) -> Result<()> {
    store::write_down(database.writer(), act(clock, what, counted)).await
}

fn act(clock: &Clock, what: &str, counted: &Counted) -> operator_act::ActiveModel {
    let rows: BTreeMap<&str, u64> = counted.tables.iter().copied().collect();
    operator_act::Model {
        id: clock.new_id(),
        act: what.to_owned(),
        company_id: Some(counted.company),
        company_slug: Some(counted.slug.clone()),
        rows: Some(json!(rows)),
        subject_id: None,
        actor_id: None,
        at: clock.now(),
    }
    .into_active_model()
}

/// A file as it is written, and the hash of what is in it.
struct Lines<W> {
    out: W,
    hash: Sha256,
}

impl<W: AsyncWrite + Unpin> Lines<W> {
    async fn put(&mut self, line: &Json) -> Result<String, CompanyError> {
        let text = format!("{line}\n");
        self.hash.update(&text);
        self.out.write_all(text.as_bytes()).await?;
        Ok(text)
    }
}

fn whole(table: &Table, row: &sea_orm::QueryResult) -> Result<Json> {
    let mut whole = Map::new();
    for column in &table.columns {
        let value = if column.is_the_companys(table) {
            column.read(row)?
        } else {
            Json::Null
        };
        whole.insert(column.name.to_owned(), value);
    }
    Ok(whole.into())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
