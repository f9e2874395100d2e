//! Demo data: two companies that share nothing, and on demand a crowd of alumni in the first. The same random seed at the
//! same time makes the same rows. Refuses a database that already holds a company.

mod access_log;
mod calendar;
mod cast;
mod consents;
mod crowd;
mod draw;
mod invitations;
mod logins;
mod names_intl;
mod names_ja;
mod rows;
mod store;
mod stories;

use std::fmt;

use entity::{Role, Roles, account};

use self::cast::{Cast, Script};
use self::crowd::Crowd;
use self::draw::Draw;
pub use self::logins::{API_KEYS, COMPANIES, ROLES, subject};
pub use self::rows::Counts;
use self::rows::Rows;
use self::store::Batch;
use crate::clock::Clock;
use crate::database::Database;
use crate::error::Result;

/// What to make.
#[derive(Clone, Debug)]
pub struct SeedSettings {
    /// Alumni of the first company beyond its cast; none where null.
    pub alumni: Option<u32>,
    /// The same number at the same time makes the same rows.
    pub random_seed: u64,
    /// The tokens' `iss` under which the demo logins are known.
    pub issuer: String,
    /// Whether each company has its public API key of [`API_KEYS`]. Never set it where data is real.
    pub demo_api_keys: bool,
}

/// What was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedReport {
    /// The companies, the first one first; the operator's login belongs to none.
    pub companies: Vec<SeededCompany>,
}

/// What was made of one company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeededCompany {
    /// Its slug.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Rows by table.
    pub counts: Counts,
}

impl fmt::Display for SeedReport {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for company in &self.companies {
            let Counts {
                alumni,
                people,
                events,
                opportunities,
                referrals,
                ..
            } = company.counts;
            writeln!(
                out,
                "{} ({}): {people} people, {alumni} of them alumni; {events} engagement events, {opportunities} opportunities, {referrals} referrals",
                company.slug, company.name
            )?;
        }
        Ok(())
    }
}

/// Whether the database holds no company at all.
pub async fn is_empty(database: &Database) -> Result<bool> {
    store::is_empty(database).await
}

/// Fills a migrated database. Both companies come in one transaction; the crowd follows in transactions of its own,
/// so that where it stops half way the companies stand and a part of the crowd with them.
pub async fn run(
    database: &Database,
    clock: &Clock,
    settings: &SeedSettings,
) -> Result<SeedReport> {
    store::refuse_existing(database).await?;
    let now = clock.now();
    let scripts = [Script::aozora()?, Script::meridian()?];
    let mut casts = Vec::with_capacity(scripts.len());
    for (stream, script) in (0..).zip(&scripts) {
        let mut cast = Cast::of(
            script,
            now,
            Draw::new(settings.random_seed, stream),
            settings,
        )?;
        cast.perform()?;
        cast.be_read()?;
        casts.push(cast);
    }
    let alumni = settings.alumni.unwrap_or_default();
    let crowd = casts
        .first_mut()
        .filter(|_| alumni > 0)
        .map(|cast| Crowd::beside(cast, alumni, settings.random_seed));
    let mut report = SeedReport {
        companies: casts.iter().map(seeded).collect(),
    };

    let mut rows = Rows::default();
    rows.accounts.push(account::Model {
        id: Draw::new(settings.random_seed, u64::MAX).id(now),
        company_id: None,
        person_id: None,
        issuer: settings.issuer.clone(),
        subject: subject(Role::Operator, ""),
        roles: Roles(vec![Role::Operator]),
        name: None,
        email: None,
        external: false,
        expires_at: None,
        disabled_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    });
    for cast in casts {
        rows.append(cast.rows);
    }
    Batch::of(database.backend(), rows).write(database).await?;
    tracing::info!("the demo companies are written");

    if let Some(crowd) = crowd {
        let counts = crowd.write(database).await?;
        if let Some(first) = report.companies.first_mut() {
            first.counts += counts;
        }
        store::analyze(database).await?;
    }
    Ok(report)
}

fn seeded(cast: &Cast<'_>) -> SeededCompany {
    let profile = &cast.script.programme.company;
    SeededCompany {
        slug: profile.slug.clone(),
        name: profile.name.clone(),
        counts: cast.rows.counts(),
    }
}
