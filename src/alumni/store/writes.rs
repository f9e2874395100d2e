//! Writes of people, memberships, skills and intents, inside an action's transaction. What follows from another column is
//! written with it here and nowhere else: readings with names, a person's standing with their membership.

use std::collections::HashMap;

use entity::{
    Intent, LeaveType, PersonId, SkillId, employment, membership, person, person_intent,
    person_skill, skill,
};
use sea_orm::sea_query::{Expr, ExprTrait, LockType, OnConflict, Order};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult,
    IntoActiveModel, QueryFilter,
};

use crate::alumni::rules;
use crate::database::among;
use crate::error::{Error, Result};
use crate::scope::{Scope, Scoped};

/// A person's row, locked until the transaction ends.
pub async fn person_for_update(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    id: PersonId,
) -> Result<person::Model> {
    scope
        .get_for_update::<person::Entity>(transaction, person::Column::Id, id.0)
        .await
}

/// Those of the people who exist for the viewer, locked in the order of their ids, so that two bulk writes do not wait for each other.
pub async fn people_for_update(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    ids: &[PersonId],
) -> Result<Vec<person::Model>> {
    of_people::<person::Entity>(scope, transaction, person::Column::Id, ids, true).await
}

/// The memberships of people, locked in the order of the people's ids. Lock the people first.
pub async fn memberships_for_update(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    people: &[PersonId],
) -> Result<Vec<membership::Model>> {
    of_people::<membership::Entity>(
        scope,
        transaction,
        membership::Column::PersonId,
        people,
        true,
    )
    .await
}

/// How each person's latest employment ended; null where it goes on or is not known.
pub async fn last_leaves(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    people: &[PersonId],
) -> Result<HashMap<PersonId, Option<LeaveType>>> {
    let mut stints = of_people::<employment::Entity>(
        scope,
        transaction,
        employment::Column::PersonId,
        people,
        false,
    )
    .await?;
    stints.sort_unstable_by_key(|stint| (stint.started_on, stint.id));
    Ok(stints
        .into_iter()
        .map(|stint| (stint.person_id, stint.leave_type))
        .collect())
}

/// Whether a person ever said yes to the programme.
pub async fn has_joined(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    person: PersonId,
) -> Result<bool> {
    let column = membership::Column::PersonId;
    let found =
        of_people::<membership::Entity>(scope, transaction, column, &[person], false).await?;
    Ok(found
        .iter()
        .any(|membership| membership.joined_at.is_some()))
}

/// What a person is open to, in the words' order.
pub async fn intents_of(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    person: PersonId,
) -> Result<Vec<Intent>> {
    let column = person_intent::Column::PersonId;
    let rows =
        of_people::<person_intent::Entity>(scope, transaction, column, &[person], false).await?;
    let mut intents: Vec<Intent> = rows.into_iter().map(|row| row.intent).collect();
    intents.sort_unstable();
    Ok(intents)
}

/// The skills a person holds.
pub async fn skills_of(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    person: PersonId,
) -> Result<Vec<person_skill::Model>> {
    let column = person_skill::Column::PersonId;
    of_people::<person_skill::Entity>(scope, transaction, column, &[person], false).await
}

async fn of_people<E: Scoped>(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    column: E::Column,
    people: &[PersonId],
    locked: bool,
) -> Result<Vec<E::Model>>
where
    E::Model: FromQueryResult,
{
    let mut rows = scope.rows::<E>();
    let ids = people.iter().map(|person| person.0).collect();
    let column_of = Expr::col((E::default(), column));
    rows.and_where(among(scope.backend(), column_of, ids))
        .order_by((E::default(), column), Order::Asc);
    if locked && scope.backend() == DbBackend::Postgres {
        rows.lock(LockType::Update);
    }
    let rows = transaction.query_all(&rows).await?;
    Ok(rows
        .iter()
        .map(|row| E::Model::from_query_result(row, ""))
        .collect::<Result<_, _>>()?)
}

/// Writes a person's row as it is now, with the readings that follow from it; its version grows by one.
pub async fn write_person(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    row: person::Model,
) -> Result<person::Model> {
    let mut row = person::Model {
        updated_at: scope.now(),
        version: row.version + 1,
        ..row
    };
    rules::read_anew(&mut row);
    Ok(row
        .into_active_model()
        .reset_all()
        .update(transaction)
        .await?)
}

/// Writes a membership that took a step, and what the person is to the company with it. The person is locked already;
/// nothing is written where the membership is no longer the version the step was taken from.
pub async fn write_membership(
    transaction: &impl ConnectionTrait,
    moved: &membership::Model,
) -> Result<()> {
    let written = membership::Entity::update_many()
        .set(moved.clone().into_active_model().reset_all())
        .filter(membership::Column::Id.eq(moved.id))
        .filter(membership::Column::Version.eq(moved.version - 1))
        .exec(transaction)
        .await?;
    if written.rows_affected != 1 {
        return Err(Error::Conflict(
            "Somebody else was first: read again, then decide again.",
        ));
    }
    person::Entity::update_many()
        .col_expr(
            person::Column::Standing,
            Expr::value(rules::standing(moved.state)),
        )
        .filter(person::Column::CompanyId.eq(moved.company_id))
        .filter(person::Column::Id.eq(moved.person_id))
        .exec(transaction)
        .await?;
    Ok(())
}

/// Writes what a person is open to in the place of what was there.
pub async fn replace_intents(
    transaction: &impl ConnectionTrait,
    person: &person::Model,
    intents: &[Intent],
) -> Result<()> {
    person_intent::Entity::delete_many()
        .filter(person_intent::Column::CompanyId.eq(person.company_id))
        .filter(person_intent::Column::PersonId.eq(person.id))
        .exec(transaction)
        .await?;
    let rows = intents.iter().map(|intent| {
        person_intent::Model {
            person_id: person.id,
            intent: *intent,
            company_id: person.company_id,
        }
        .into_active_model()
    });
    person_intent::Entity::insert_many(rows)
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

/// The company's skill with the given folded name: the one it has, or the new one. Two who name it at once get the same.
pub async fn skill_named(
    scope: &Scope,
    transaction: &impl ConnectionTrait,
    new: &skill::Model,
) -> Result<SkillId> {
    skill::Entity::insert(new.clone().into_active_model())
        .on_conflict(
            OnConflict::columns([skill::Column::CompanyId, skill::Column::FoldedName])
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(transaction)
        .await?;
    let mut rows = scope.rows::<skill::Entity>();
    rows.and_where(
        Expr::col((skill::Entity, skill::Column::FoldedName)).eq(new.folded_name.as_str()),
    );
    let row = transaction.query_one(&rows).await?;
    let row = row.ok_or_else(|| Error::internal("a skill that was just named is not there"))?;
    Ok(skill::Model::from_query_result(&row, "")?.id)
}

/// Lets a person hold a skill at a level, whether or not they held it before.
pub async fn hold_skill(
    transaction: &impl ConnectionTrait,
    row: person_skill::Model,
) -> Result<()> {
    use person_skill::Column::{CompanyId, Level, PersonId, SkillId};
    person_skill::Entity::insert(row.into_active_model())
        .on_conflict(
            OnConflict::columns([CompanyId, PersonId, SkillId])
                .update_column(Level)
                .to_owned(),
        )
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

/// Takes a skill from a person; false where they did not hold it.
pub async fn drop_skill(
    transaction: &impl ConnectionTrait,
    person: &person::Model,
    skill: SkillId,
) -> Result<bool> {
    let gone = person_skill::Entity::delete_many()
        .filter(person_skill::Column::CompanyId.eq(person.company_id))
        .filter(person_skill::Column::PersonId.eq(person.id))
        .filter(person_skill::Column::SkillId.eq(skill))
        .exec(transaction)
        .await?;
    Ok(gone.rows_affected == 1)
}
