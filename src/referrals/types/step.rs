//! GraphQL type of a step of a referral.

use async_graphql::{Context, Object, Result};
use chrono::{DateTime, Utc};
use entity::{PersonId, ReferralStage, ReferralStepId, referral_step};
use sea_orm::sea_query::{Order, SelectStatement};

use crate::access::Permission;
use crate::alumni::Person;
use crate::graphql::ahead::Ahead;
use crate::graphql::id::Gid;
use crate::graphql::level::{Edge, Level};
use crate::graphql::node::Tree;
use crate::graphql::shown::{Held, Shown};
use crate::graphql::{loader, scope};
use crate::row;

row!(
    /// One step.
    ReferralStep of referral_step {
        id: ReferralStepId = Id,
        from_stage: Option<ReferralStage> = FromStage,
        to_stage: ReferralStage = ToStage,
        note: Option<String> = Note,
        actor_id: Option<PersonId> = ActorId unless actor,
        created_at: DateTime<Utc> = CreatedAt,
    } holds { actor: Option<Box<Person>> }
);

/// Which children of a step are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ReferralStepWants {
    actor: Option<Box<<Person as Tree>::Wants>>,
}

impl Tree for ReferralStep {
    type Wants = ReferralStepWants;

    fn ahead(look: &Ahead<'_>) -> ReferralStepWants {
        ReferralStepWants {
            actor: look.wants::<Person>("actor").map(Box::new),
        }
    }

    fn edges(wants: &ReferralStepWants, at: Level<'_>) -> Vec<Edge> {
        vec![at.to::<Person>(referral_step::Relation::Actor, wants.actor.as_deref())]
    }
}

impl Shown for ReferralStep {}

/// The order of a referral's steps.
pub fn in_order(rows: &mut SelectStatement) {
    rows.order_by(referral_step::Column::Id, Order::Asc);
}

/// One stage change of a referral. Entries are added, never changed.
#[Object]
impl ReferralStep {
    /// Id. It cannot be passed to `node`.
    async fn id(&self) -> Gid<ReferralStepId> {
        Gid(self.id)
    }

    /// Previous stage. Null for the first step.
    async fn from_stage(&self) -> Option<ReferralStage> {
        self.from_stage
    }

    /// New stage.
    async fn to_stage(&self) -> ReferralStage {
        self.to_stage
    }

    /// Note of the person who changed the stage. Null if not set, and without `referrals:read`.
    async fn note(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        let told = scope(ctx)?.may(Permission::ReferralsRead);
        Ok(self.note.as_deref().filter(|_| told))
    }

    /// The person who changed the stage. Null for a system, and if you may not see the person.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Option<Held<'_, Person>>> {
        Ok(loader::one(ctx, self.actor.as_deref(), self.actor_id).await?)
    }

    /// Time of the stage change.
    async fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }
}
