//! A crowd of alumni beside the cast of the first company: as many as asked for, in proportions of a real company.
//! It is made in groups that know nothing of each other, so memory stays the same and no order of writing matters.

mod history;
mod people;
mod programme;

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{CompanyId, DepartmentId, PersonId, SkillId, Standing, department};
use futures_util::{StreamExt, TryStreamExt, stream};

use super::calendar::Calendar;
use super::cast::Cast;
use super::draw::Draw;
use super::rows::{Counts, Rows};
use super::store::{self, Batch};
use super::stories;
use crate::database::Database;
use crate::error::{Error, Result};

/// People who share an event, an opportunity and its referrals.
const GROUP: usize = 2_000;
/// Groups written in one transaction.
const BATCH: usize = 5;
/// Batches on their way at once: one is made while another is written, and PostgreSQL writes two.
const ON_THE_WAY: usize = 3;
/// Streams of chance below this are the cast's.
const FIRST_STREAM: u64 = 1_000;
/// How long ago the company's records begin.
const RECORDS_DAYS: i64 = 8 * YEAR;
/// Days.
const YEAR: i64 = 365;

/// A crowd to be made.
#[derive(Clone, Debug)]
pub struct Crowd {
    alumni: usize,
    random_seed: u64,
    calendar: Calendar,
    company: CompanyId,
    departments: Vec<DepartmentId>,
    skills: Vec<SkillId>,
    /// Employees of the cast, who hold events, look after opportunities and move referrals.
    staff: Vec<PersonId>,
}

impl Crowd {
    /// A crowd in the cast's company, which gets the departments that only a large company has.
    pub fn beside(cast: &mut Cast<'_>, alumni: u32, random_seed: u64) -> Self {
        let at = cast.calendar.now - TimeDelta::days(RECORDS_DAYS);
        for name in stories::DEPARTMENTS {
            let id = cast.draw.id(at);
            cast.rows.departments.push(department::Model {
                id,
                company_id: cast.company,
                name: (*name).to_owned(),
                sync_run_id: None,
                created_at: at,
                updated_at: at,
                version: 1,
            });
        }
        let here = cast
            .rows
            .people
            .iter()
            .filter(|person| person.standing == Standing::Employee);
        Self {
            alumni: usize::try_from(alumni).unwrap_or(usize::MAX),
            random_seed,
            calendar: cast.calendar,
            company: cast.company,
            departments: cast
                .rows
                .departments
                .iter()
                .map(|department| department.id)
                .collect(),
            skills: cast.rows.skills.iter().map(|skill| skill.id).collect(),
            staff: here.map(|person| person.id).collect(),
        }
    }

    /// Makes and writes everyone, batch by batch.
    pub async fn write(self, database: &Database) -> Result<Counts> {
        let crowd = Arc::new(self);
        let batches = crowd.alumni.div_ceil(GROUP * BATCH);
        let first = Self::write_batch(Arc::clone(&crowd), 0, database).await?;
        store::look(database).await?;
        let written = stream::iter(1..batches)
            .map(|number| Self::write_batch(Arc::clone(&crowd), number, database))
            .buffered(ON_THE_WAY);
        written
            .try_fold(first, |mut sum, counts| {
                sum += counts;
                tracing::info!(written = sum.alumni, of = crowd.alumni, "alumni");
                std::future::ready(Ok(sum))
            })
            .await
    }

    async fn write_batch(crowd: Arc<Self>, number: usize, database: &Database) -> Result<Counts> {
        let backend = database.backend();
        let making = tokio::task::spawn_blocking(move || {
            let mut rows = Rows::default();
            for group in number * BATCH..(number + 1) * BATCH {
                rows.append(crowd.group(group));
            }
            (rows.counts(), Batch::of(backend, rows))
        });
        let (counts, batch) = making.await.map_err(Error::internal)?;
        batch.write(database).await?;
        Ok(counts)
    }

    /// One group with everything about it; nothing where the crowd ends before it.
    fn group(&self, number: usize) -> Rows {
        let mut rows = Rows::default();
        let members = number * GROUP..((number + 1) * GROUP).min(self.alumni);
        if members.is_empty() {
            return rows;
        }
        let mut draw = Draw::new(
            self.random_seed,
            FIRST_STREAM + u64::try_from(number).unwrap_or_default(),
        );
        for place in members {
            self.person(place, &mut draw, &mut rows);
        }
        self.event(&mut draw, &mut rows);
        self.opportunity(&mut draw, &mut rows);
        rows
    }

    /// When the record of the person at this place was made: evenly over the years, so that later places have greater ids.
    fn recorded_at(&self, place: usize) -> DateTime<Utc> {
        let span = TimeDelta::days(RECORDS_DAYS).num_seconds();
        let [place, alumni] =
            [place, self.alumni].map(|count| i64::try_from(count).unwrap_or(i64::MAX));
        self.calendar.now - TimeDelta::seconds(span - span * place / alumni.max(1))
    }
}
