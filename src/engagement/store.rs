//! Visibility of engagement events and participations, and the rows behind places and waiting lists.

mod places;

use chrono::{DateTime, Utc};
use entity::{
    CompanyId, EngagementEventId, EngagementEventState, ParticipationId, ParticipationState,
    PersonId, Standing, engagement_event, participation, person,
};
use sea_orm::sea_query::{
    Alias, Asterisk, Expr, ExprTrait, JoinType, LockType, Order, Query, SelectStatement, SimpleExpr,
};
use sea_orm::{
    ActiveEnum, ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait,
    FromQueryResult, QueryFilter,
};

pub use self::places::*;
use super::types::EngagementEvent;
use crate::access::Permission;
use crate::alumni::{own, person_visible};
use crate::error::{Error, Result};
use crate::graphql::connection::{Page, WantedOf};
use crate::graphql::node::read_page;
use crate::scope::{Scope, Scoped};
use crate::writes::Writes;

/// Published and cancelled events require `events:read`, drafts `events:write`.
impl Scoped for engagement_event::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        if scope.may(Permission::EventsWrite) {
            return;
        }
        if scope.may(Permission::EventsRead) {
            let state = Expr::col((Self, engagement_event::Column::State));
            rows.and_where(state.ne(EngagementEventState::Draft.to_value()));
        } else {
            rows.and_where(Expr::cust("1 = 0"));
        }
    }
}

/// Every one for organisers; for others their own, and those with a place of people they see.
impl Scoped for participation::Entity {
    fn visible(scope: &Scope, rows: &mut SelectStatement) {
        if scope.may(Permission::EventsWrite) {
            return;
        }
        if !scope.may(Permission::EventsRead) {
            rows.and_where(Expr::cust("1 = 0"));
            return;
        }
        let going = Expr::col((Self, participation::Column::State))
            .eq(ParticipationState::Going.to_value())
            .and(person_visible(
                scope,
                (Self, participation::Column::PersonId),
            ));
        rows.and_where(going.or(own(scope, (Self, participation::Column::PersonId))));
    }
}

/// The list of events. Drafts require `events:write`. Requires `events:read`.
pub async fn list(
    scope: &Scope,
    wanted: &WantedOf<EngagementEvent>,
) -> Result<Page<EngagementEvent>> {
    scope.require(Permission::EventsRead)?;
    read_page(scope, scope.rows::<engagement_event::Entity>(), wanted).await
}

/// Restricts an event's responses to the viewer's own.
pub fn only_own(scope: &Scope, rows: &mut SelectStatement) {
    rows.and_where(own(
        scope,
        (participation::Entity, participation::Column::PersonId),
    ));
}

/// Events to which the viewer's response has one of these states.
pub fn answered(scope: &Scope, states: &[ParticipationState]) -> SimpleExpr {
    use participation::{Column, Entity};
    let event = |column| Expr::col((engagement_event::Entity, column));
    let rows = Query::select()
        .expr(Expr::cust("1"))
        .from(Entity)
        .and_where(
            Expr::col((Entity, Column::CompanyId)).eq(event(engagement_event::Column::CompanyId)),
        )
        .and_where(Expr::col((Entity, Column::EventId)).eq(event(engagement_event::Column::Id)))
        .and_where(own(scope, (Entity, Column::PersonId)))
        .and_where(
            Expr::col((Entity, Column::State)).is_in(states.iter().map(ActiveEnum::to_value)),
        )
        .to_owned();
    Expr::exists(rows)
}

/// Position of the row on the waiting list of its event, regardless of the viewer: a number reveals no person. 0 if the row is not waiting. The state is
/// a literal so that the partial index of waiting rows is used.
pub fn place_in_queue(row: &Alias) -> SimpleExpr {
    use participation::{Column, Entity};
    let queued = |column| Expr::col((Entity, column));
    let at_hand = |column| Expr::col((row.clone(), column));
    let queue = Query::select()
        .expr(Expr::cust("COUNT(*)"))
        .from(Entity)
        .and_where(queued(Column::CompanyId).eq(at_hand(Column::CompanyId)))
        .and_where(queued(Column::EventId).eq(at_hand(Column::EventId)))
        .and_where(Expr::cust("\"participation\".\"state\" = 'WAITING'"))
        .and_where(
            Expr::tuple([queued(Column::WaitingSince), queued(Column::Id)]).lte(Expr::tuple([
                at_hand(Column::WaitingSince),
                at_hand(Column::Id),
            ])),
        )
        .to_owned();
    SimpleExpr::SubQuery(None, Box::new(queue.into()))
}

/// An event's row, locked until the transaction ends. Lock it before its responses.
pub async fn get_for_update(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    id: EngagementEventId,
) -> Result<engagement_event::Model> {
    scope
        .get_for_update::<engagement_event::Entity>(transaction, engagement_event::Column::Id, id.0)
        .await
}

/// A participation by its id, as far as the viewer sees it.
pub async fn get_participation(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    id: ParticipationId,
) -> Result<participation::Model> {
    let found = find_participation(
        scope,
        transaction,
        Expr::col((participation::Entity, participation::Column::Id)).eq(id),
    );
    found.await?.ok_or(Error::NotFound)
}

/// One person's participation in an event, as far as the viewer sees it.
pub async fn participation_of(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    event: EngagementEventId,
    person: PersonId,
) -> Result<Option<participation::Model>> {
    use participation::{Column, Entity};
    let both = Expr::col((Entity, Column::EventId))
        .eq(event)
        .and(Expr::col((Entity, Column::PersonId)).eq(person));
    find_participation(scope, transaction, both).await
}

async fn find_participation(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    which: SimpleExpr,
) -> Result<Option<participation::Model>> {
    let mut rows = scope.rows::<participation::Entity>();
    rows.and_where(which);
    let row = transaction.query_one(&rows).await?;
    Ok(row
        .map(|row| participation::Model::from_query_result(&row, ""))
        .transpose()?)
}

/// A person's standing and current response to an event; null if the viewer sees no such person. Lock the event before a write of the response.
pub async fn standing_and_answer(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    event: EngagementEventId,
    id: PersonId,
) -> Result<Option<(Standing, Option<participation::Model>)>> {
    use participation::{Column, Entity};
    let mut answers = scope.rows::<Entity>();
    answers.and_where(Expr::col((Entity, Column::EventId)).eq(event));
    let mut rows = scope.rows::<person::Entity>();
    rows.clear_selects()
        .column((person::Entity, person::Column::Standing))
        .column((Entity, Asterisk))
        .join_subquery(
            JoinType::LeftJoin,
            answers,
            Entity,
            Expr::col((Entity, Column::PersonId)).equals((person::Entity, person::Column::Id)),
        )
        .and_where(Expr::col((person::Entity, person::Column::Id)).eq(id));
    let row = transaction.query_one(&rows).await?;
    let found = row.map(|row| -> Result<_, DbErr> {
        Ok((
            row.try_get_by::<Standing, _>("standing")?,
            participation::Model::from_query_result_optional(&row, "")?,
        ))
    });
    Ok(found.transpose()?)
}

/// Stores a participation of a locked event: its first version is inserted, a later one updated.
pub fn save_participation(writes: &mut Writes, participation: participation::Model) -> Result<()> {
    if participation.version == 1 {
        writes.insert(vec![participation]);
    } else {
        writes.save(participation)?;
    }
    Ok(())
}

/// Future events at which a person has or waits for a place, locked in the order of their ids, regardless of the viewer.
pub async fn events_of_whoever_asks(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    company: CompanyId,
    person: PersonId,
    now: DateTime<Utc>,
) -> Result<Vec<engagement_event::Model>> {
    use engagement_event::{Column, Entity};
    let own = Query::select()
        .column(participation::Column::EventId)
        .from(participation::Entity)
        .and_where(Expr::col(participation::Column::CompanyId).eq(company))
        .and_where(Expr::col(participation::Column::PersonId).eq(person))
        .and_where(Expr::col(participation::Column::State).is_in([
            ParticipationState::Going.to_value(),
            ParticipationState::Waiting.to_value(),
        ]))
        .to_owned();
    let mut rows = Query::select()
        .column((Entity, Asterisk))
        .from(Entity)
        .and_where(Expr::col((Entity, Column::CompanyId)).eq(company))
        .and_where(Expr::col((Entity, Column::EndsAt)).gt(now))
        .and_where(Expr::col((Entity, Column::Id)).in_subquery(own))
        .order_by((Entity, Column::Id), Order::Asc)
        .to_owned();
    if scope.backend() == DbBackend::Postgres {
        rows.lock(LockType::Update);
    }
    let rows = transaction.query_all(&rows).await?;
    Ok(rows
        .iter()
        .map(|row| engagement_event::Model::from_query_result(row, ""))
        .collect::<Result<_, _>>()?)
}

/// Deletes all responses of a person and returns them.
#[expect(
    clippy::disallowed_methods,
    reason = "all of a person's answers go, whichever of them the viewer may see"
)]
pub async fn take_answers_of(
    transaction: &impl ConnectionTrait,
    company: CompanyId,
    person: PersonId,
) -> Result<Vec<participation::Model>> {
    use participation::{Column, Entity};
    let all = Condition::all()
        .add(Column::CompanyId.eq(company))
        .add(Column::PersonId.eq(person));
    let found = Entity::find().filter(all.clone()).all(transaction).await?;
    Entity::delete_many().filter(all).exec(transaction).await?;
    Ok(found)
}
