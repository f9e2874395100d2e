//! Places and waiting lists at future events, for many people and events at once.
//! Lock people first and events second, each in the order of their ids.

use chrono::{DateTime, Utc};
use entity::{
    CompanyId, EngagementEventId, EngagementEventState, ParticipationId, ParticipationState,
    PersonId, Standing, engagement_event, participation, person,
};
use sea_orm::sea_query::extension::postgres::PgFunc;
use sea_orm::sea_query::{
    Alias, Asterisk, CommonTableExpression, Expr, ExprTrait, JoinType, LockType, Order, Query,
    SelectStatement, SimpleExpr, UnionType, WithClause,
};
use sea_orm::{
    ActiveEnum, ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait,
    FromQueryResult, QueryFilter, QueryTrait, Value,
};
use uuid::Uuid;

use crate::engagement::rules;
use crate::error::{Error, Result};
use crate::scope::Scope;
use crate::writes::{Row, Writes};

/// Rows of one statement, below the parameters SQLite binds.
const ROWS: usize = 1_000;
/// Events of one statement that selects people who wait, below the 500 parts SQLite allows.
const EVENTS: usize = 200;

/// An event's row for a person's response. Locks the person first, so that the standing cannot change, then the event.
pub async fn get_for_answer(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    event: EngagementEventId,
    person: PersonId,
) -> Result<engagement_event::Model> {
    use engagement_event::{Column, Entity};
    let mut rows = scope.rows::<Entity>();
    rows.and_where(Expr::col((Entity, Column::Id)).eq(event));
    let row = if scope.backend() == DbBackend::Postgres {
        let answering = Alias::new("answering");
        let own = Query::select()
            .column(person::Column::Id)
            .from(person::Entity)
            .and_where(Expr::col(person::Column::CompanyId).eq(scope.company()?))
            .and_where(Expr::col(person::Column::Id).eq(person))
            .lock(LockType::Share)
            .to_owned();
        let mut locked = CommonTableExpression::new();
        locked.query(own).table_name(answering.clone());
        // an event's row is locked only after it was joined with the locked person
        rows.from(answering)
            .lock_with_tables(LockType::Update, [Entity]);
        let rows = rows.with(WithClause::new().cte(locked).to_owned());
        transaction.query_one(&rows).await?
    } else {
        transaction.query_one(&rows).await?
    };
    let row = row.ok_or(Error::NotFound)?;
    Ok(engagement_event::Model::from_query_result(&row, "")?)
}

/// A place or a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    pub id: ParticipationId,
    pub event: EngagementEventId,
    pub person: PersonId,
    /// `GOING` or `WAITING`.
    pub state: ParticipationState,
}

/// Published future events at which any of the people have or wait for a place, locked in the order of their ids, regardless of the viewer.
pub async fn coming_events_whoever_asks(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    company: CompanyId,
    people: &[PersonId],
    now: DateTime<Utc>,
) -> Result<Vec<engagement_event::Model>> {
    use engagement_event::{Column, Entity};
    let mut own = Query::select()
        .column(participation::Column::EventId)
        .from(participation::Entity)
        .to_owned();
    own.cond_where(held_by(scope, company, people));
    let mut rows = Query::select()
        .column((Entity, Asterisk))
        .from(Entity)
        .and_where(Expr::col((Entity, Column::CompanyId)).eq(company))
        .and_where(Expr::col((Entity, Column::EndsAt)).gt(now))
        .and_where(
            Expr::col((Entity, Column::State)).eq(EngagementEventState::Published.to_value()),
        )
        .and_where(Expr::col((Entity, Column::Id)).in_subquery(own))
        .order_by((Entity, Column::Id), Order::Asc)
        .to_owned();
    if scope.backend() == DbBackend::Postgres {
        rows.lock(LockType::Update);
    }
    let rows = transaction.query_all(&rows).await?;
    let read = |row| engagement_event::Model::from_query_result(row, "");
    Ok(rows.iter().map(read).collect::<Result<_, DbErr>>()?)
}

/// Places and waits of people at locked events, oldest first, regardless of the viewer. Excludes people who are checked in: they keep the place.
pub async fn held_whoever_asks(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    company: CompanyId,
    people: &[PersonId],
    events: &[engagement_event::Model],
) -> Result<Vec<Held>> {
    use participation::Column;
    let mut rows = Query::select()
        .columns([Column::Id, Column::EventId, Column::PersonId, Column::State])
        .from(participation::Entity)
        .order_by(Column::Id, Order::Asc)
        .to_owned();
    rows.cond_where(held_at(scope, company, people, events));
    let rows = transaction.query_all(&rows).await?;
    let read = |row: &sea_orm::QueryResult| {
        Ok(Held {
            id: row.try_get_by_index(0)?,
            event: row.try_get_by_index(1)?,
            person: row.try_get_by_index(2)?,
            state: row.try_get_by_index(3)?,
        })
    };
    Ok(rows.iter().map(read).collect::<Result<_, DbErr>>()?)
}

/// People who have or wait for a place at a future event of a company and are no longer eligible, regardless of the viewer. Excludes people whose data is
/// restricted.
pub async fn stale_holders_whoever_asks(
    connection: &impl ConnectionTrait,
    company: CompanyId,
    now: DateTime<Utc>,
    most: usize,
) -> Result<Vec<PersonId>> {
    use engagement_event::{Column as Event, Entity as Events};
    use participation::{Column, Entity};
    use person::{Column as Person, Entity as People};
    let rows = Query::select()
        .distinct()
        .column((Entity, Column::PersonId))
        .from(Events)
        .join(
            JoinType::InnerJoin,
            Entity,
            Expr::col((Entity, Column::CompanyId))
                .equals((Events, Event::CompanyId))
                .and(Expr::col((Entity, Column::EventId)).equals((Events, Event::Id))),
        )
        .join(
            JoinType::InnerJoin,
            People,
            Expr::col((People, Person::CompanyId))
                .equals((Entity, Column::CompanyId))
                .and(Expr::col((People, Person::Id)).equals((Entity, Column::PersonId))),
        )
        .and_where(Expr::col((Events, Event::CompanyId)).eq(company))
        .and_where(Expr::col((Events, Event::State)).eq(EngagementEventState::Published.to_value()))
        .and_where(Expr::col((Events, Event::EndsAt)).gt(now))
        .and_where(Expr::col((Entity, Column::State)).is_in([
            ParticipationState::Going.to_value(),
            ParticipationState::Waiting.to_value(),
        ]))
        .and_where(Expr::col((Entity, Column::CheckedInAt)).is_null())
        .and_where(
            Expr::col((People, Person::Standing))
                .is_not_in(rules::MAY_HOLD_A_PLACE.map(|standing| standing.to_value())),
        )
        .and_where(Expr::col((People, Person::RestrictedAt)).is_null())
        .limit(u64::try_from(most).unwrap_or(u64::MAX))
        .to_owned();
    let rows = connection.query_all(&rows).await?;
    let read = |row: &sea_orm::QueryResult| row.try_get_by_index(0);
    Ok(rows.iter().map(read).collect::<Result<_, DbErr>>()?)
}

/// Standings of people, locked in the order of their ids, regardless of the viewer.
pub async fn lock_people_whoever_asks(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    company: CompanyId,
    people: &[PersonId],
) -> Result<Vec<(PersonId, Standing)>> {
    use person::Column;
    let ids: Vec<Uuid> = people.iter().map(|person| person.0).collect();
    let mut rows = Query::select()
        .columns([Column::Id, Column::Standing])
        .from(person::Entity)
        .and_where(Expr::col(Column::CompanyId).eq(company))
        .and_where(among(scope, Column::Id, ids))
        .order_by(Column::Id, Order::Asc)
        .to_owned();
    if scope.backend() == DbBackend::Postgres {
        rows.lock(LockType::NoKeyUpdate);
    }
    let rows = transaction.query_all(&rows).await?;
    let read =
        |row: &sea_orm::QueryResult| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?));
    Ok(rows.iter().map(read).collect::<Result<_, DbErr>>()?)
}

/// Ends the places and waits of people at locked events.
pub fn release(
    scope: &Scope,
    writes: &mut Writes,
    company: CompanyId,
    people: &[PersonId],
    events: &[engagement_event::Model],
) {
    use participation::{Column, Entity};
    let now = scope.now();
    let released = Entity::update_many()
        .col_expr(
            Column::State,
            Expr::value(ParticipationState::Declined.to_value()),
        )
        .col_expr(Column::WaitingSince, Expr::value(None::<DateTime<Utc>>))
        .col_expr(Column::PromotedAt, Expr::value(None::<DateTime<Utc>>))
        .col_expr(Column::ReleasedAt, Expr::value(now))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(held_at(scope, company, people, events));
    writes.also(released.into_query());
}

fn held_at(
    scope: &Scope,
    company: CompanyId,
    people: &[PersonId],
    events: &[engagement_event::Model],
) -> Condition {
    let events = events.iter().map(|event| event.id.0).collect();
    held_by(scope, company, people).add(among(scope, participation::Column::EventId, events))
}

fn held_by(scope: &Scope, company: CompanyId, people: &[PersonId]) -> Condition {
    use participation::Column;
    let people = people.iter().map(|person| person.0).collect();
    Condition::all()
        .add(Expr::col(Column::CompanyId).eq(company))
        .add(among(scope, Column::PersonId, people))
        .add(Expr::col(Column::State).is_in([
            ParticipationState::Going.to_value(),
            ParticipationState::Waiting.to_value(),
        ]))
        .add(Expr::col(Column::CheckedInAt).is_null())
}

fn among(scope: &Scope, column: impl ColumnTrait, values: Vec<Uuid>) -> SimpleExpr {
    match scope.backend() {
        DbBackend::Postgres => Expr::col(column).eq(PgFunc::any(values)),
        _ => Expr::col(column).is_in(values),
    }
}

/// The people who have waited longest for the given numbers of places at locked events, longest first, regardless of the viewer. Excludes people who are
/// not eligible, and people who leave the waiting list in this transaction.
pub async fn longest_waiting_whoever_asks(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    places: &[(&engagement_event::Model, i32)],
    leaving: &[PersonId],
) -> Result<Vec<Held>> {
    let mut waiting = Vec::new();
    for places in places.chunks(EVENTS) {
        let mut queues = places
            .iter()
            .map(|(event, people)| queue(scope, event, *people, leaving));
        let Some(mut rows) = queues.next() else {
            continue;
        };
        rows.unions(queues.map(|queue| (UnionType::All, queue)));
        let rows = transaction.query_all(&rows).await?;
        let read = |row: &sea_orm::QueryResult| {
            Ok(Held {
                id: row.try_get_by_index(0)?,
                event: row.try_get_by_index(1)?,
                person: row.try_get_by_index(2)?,
                state: ParticipationState::Waiting,
            })
        };
        let read: Vec<Held> = rows.iter().map(read).collect::<Result<_, DbErr>>()?;
        waiting.extend(read);
    }
    Ok(waiting)
}

/// The first people of one event's queue. The state is written out so that the index of those who wait serves it.
fn queue(
    scope: &Scope,
    event: &engagement_event::Model,
    people: i32,
    leaving: &[PersonId],
) -> SelectStatement {
    use participation::{Column, Entity};
    let may_hold = rules::MAY_HOLD_A_PLACE.map(|standing| standing.to_value());
    let mut first = Query::select()
        .columns([
            (Entity, Column::Id),
            (Entity, Column::EventId),
            (Entity, Column::PersonId),
        ])
        .from(Entity)
        .join(
            JoinType::InnerJoin,
            person::Entity,
            Expr::col((person::Entity, person::Column::CompanyId))
                .equals((Entity, Column::CompanyId))
                .and(
                    Expr::col((person::Entity, person::Column::Id))
                        .equals((Entity, Column::PersonId)),
                ),
        )
        .and_where(Expr::col((Entity, Column::CompanyId)).eq(event.company_id))
        .and_where(Expr::col((Entity, Column::EventId)).eq(event.id))
        .and_where(Expr::cust("\"participation\".\"state\" = 'WAITING'"))
        .and_where(Expr::col((person::Entity, person::Column::Standing)).is_in(may_hold))
        .order_by((Entity, Column::WaitingSince), Order::Asc)
        .order_by((Entity, Column::Id), Order::Asc)
        .limit(u64::from(people.unsigned_abs()))
        .to_owned();
    if !leaving.is_empty() {
        let leaving = leaving.iter().map(|person| person.0).collect();
        first.and_where(among(scope, Column::PersonId, leaving).not());
    }
    Query::select()
        .column(Asterisk)
        .from_subquery(first, Alias::new("queue"))
        .to_owned()
}

/// Gives places to people who waited at locked events.
pub fn give_places(
    writes: &mut Writes,
    company: CompanyId,
    ids: &[ParticipationId],
    now: DateTime<Utc>,
) {
    use participation::{Column, Entity};
    for ids in ids.chunks(ROWS) {
        let these = Condition::all()
            .add(Column::CompanyId.eq(company))
            .add(Column::Id.is_in(ids.iter().copied()));
        let given = Entity::update_many()
            .col_expr(
                Column::State,
                Expr::value(ParticipationState::Going.to_value()),
            )
            .col_expr(Column::WaitingSince, Expr::value(None::<DateTime<Utc>>))
            .col_expr(Column::PromotedAt, Expr::value(now))
            .col_expr(Column::UpdatedAt, Expr::value(now))
            .col_expr(Column::Version, Expr::col(Column::Version).add(1))
            .filter(these);
        writes.also(given.into_query());
    }
}

/// Stores the counts of places and waits of locked events. This is not an edit of the event: the version does not change.
pub fn save_counts(writes: &mut Writes, events: &[engagement_event::Model]) {
    use engagement_event::Column;
    let counts: Vec<Counts<'_>> = events.iter().map(Counts).collect();
    let columns = [Column::GoingCount, Column::WaitingCount];
    writes.edit(&counts, Column::Id, &columns, &[]);
}

struct Counts<'e>(&'e engagement_event::Model);

impl Row for Counts<'_> {
    type Entity = engagement_event::Entity;

    fn value(&self, column: engagement_event::Column) -> Option<Value> {
        use engagement_event::Column;
        match column {
            Column::Id => Some(self.0.id.into()),
            Column::GoingCount => Some(self.0.going_count.into()),
            Column::WaitingCount => Some(self.0.waiting_count.into()),
            _ => None,
        }
    }
}

/// Standing of a possible host, locked so that the event may refer to the person; null if the viewer sees no such person. Lock the host before the event.
pub async fn host_standing(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    id: PersonId,
) -> Result<Option<Standing>> {
    let mut rows = scope.rows::<person::Entity>();
    rows.clear_selects()
        .column((person::Entity, person::Column::Standing))
        .and_where(Expr::col((person::Entity, person::Column::Id)).eq(id));
    if scope.backend() == DbBackend::Postgres {
        rows.lock_with_tables(LockType::KeyShare, [person::Entity]);
    }
    let row = transaction.query_one(&rows).await?;
    let standing = row.map(|row| row.try_get_by_index::<Standing>(0));
    Ok(standing.transpose()?)
}
