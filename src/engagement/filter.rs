//! Filters and orders of lists of events and participations.

use async_graphql::{Enum, InputObject};
use entity::{
    EngagementEventKind, EngagementEventState, ParticipationState, engagement_event, participation,
};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveEnum, Condition};

use super::store;
use crate::database::Planning;
use crate::graphql::node::{Filter, at_most_one, composed};
use crate::graphql::range::InstantRange;
use crate::page::Sort;
use crate::scope::Scope;

/// Conditions on engagement events. All given fields must match. An empty list matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct EngagementEventFilter {
    /// All of these filters match. At most 20.
    #[graphql(validator(max_items = 20))]
    pub and: Option<Vec<EngagementEventFilter>>,
    /// At least one of these filters matches. At most 20.
    #[graphql(validator(max_items = 20))]
    pub or: Option<Vec<EngagementEventFilter>>,
    /// This filter does not match.
    pub not: Option<Box<EngagementEventFilter>>,
    /// State is one of these. `DRAFT` matches nothing without `events:write`.
    pub states: Option<Vec<EngagementEventState>>,
    /// Kind is one of these.
    pub kinds: Option<Vec<EngagementEventKind>>,
    /// Start time is in this range.
    pub starts_at: Option<InstantRange>,
    /// True: your response is `GOING`, `WAITING` or `MAYBE`. False: it is none of these, or you have not responded.
    pub mine: Option<bool>,
}

impl Filter for EngagementEventFilter {
    fn condition(&self, scope: &Scope) -> Condition {
        use ParticipationState::{Going, Maybe, Waiting};
        use engagement_event::Column;
        let column = |column| Expr::col((engagement_event::Entity, column));
        let mine = |mine: bool| {
            let mut answered =
                Condition::all().add(store::answered(scope, &[Going, Waiting, Maybe]));
            if !mine {
                answered = answered.not();
            }
            answered
        };
        composed(
            scope,
            self.and.as_ref(),
            self.or.as_ref(),
            self.not.as_deref(),
        )
        .add_option(
            self.states
                .as_ref()
                .map(|states| column(Column::State).is_in(states.iter().map(ActiveEnum::to_value))),
        )
        .add_option(
            self.kinds
                .as_ref()
                .map(|kinds| column(Column::Kind).is_in(kinds.iter().map(ActiveEnum::to_value))),
        )
        .add_option(
            self.starts_at
                .as_ref()
                .map(|range| range.condition(&column(Column::StartsAt))),
        )
        .add_option(self.mine.map(mine))
    }

    fn planning(&self) -> Planning {
        Planning::once_if(
            *self
                == Self {
                    states: at_most_one(self.states.as_ref()),
                    ..Self::default()
                },
        )
    }
}

/// How a list of engagement events is ordered. Ties are ordered by id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Enum)]
pub enum EngagementEventOrder {
    /// By start time, earliest first.
    #[default]
    StartsAt,
    /// By start time, latest first.
    StartsAtDesc,
    /// By creation time, newest first.
    Newest,
}

impl Sort for EngagementEventOrder {
    type Table = engagement_event::Entity;

    fn name(self) -> &'static str {
        match self {
            Self::StartsAt => "starts",
            Self::StartsAtDesc => "starts-desc",
            Self::Newest => "newest",
        }
    }

    fn columns(self) -> Vec<engagement_event::Column> {
        match self {
            Self::StartsAt | Self::StartsAtDesc => vec![engagement_event::Column::StartsAt],
            Self::Newest => vec![],
        }
    }

    fn id() -> engagement_event::Column {
        engagement_event::Column::Id
    }

    fn descending(self) -> bool {
        self != Self::StartsAt
    }
}

/// Conditions on participations. All given fields must match. An empty list matches nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, InputObject)]
pub struct ParticipationFilter {
    /// All of these filters match. At most 20.
    #[graphql(validator(max_items = 20))]
    pub and: Option<Vec<ParticipationFilter>>,
    /// At least one of these filters matches. At most 20.
    #[graphql(validator(max_items = 20))]
    pub or: Option<Vec<ParticipationFilter>>,
    /// This filter does not match.
    pub not: Option<Box<ParticipationFilter>>,
    /// State is one of these.
    pub states: Option<Vec<ParticipationState>>,
    /// Whether the person is checked in.
    pub checked_in: Option<bool>,
}

impl Filter for ParticipationFilter {
    fn condition(&self, scope: &Scope) -> Condition {
        use participation::Column;
        let column = |column| Expr::col((participation::Entity, column));
        composed(
            scope,
            self.and.as_ref(),
            self.or.as_ref(),
            self.not.as_deref(),
        )
        .add_option(
            self.states
                .as_ref()
                .map(|states| column(Column::State).is_in(states.iter().map(ActiveEnum::to_value))),
        )
        .add_option(self.checked_in.map(|seen| {
            let at = column(Column::CheckedInAt);
            if seen { at.is_not_null() } else { at.is_null() }
        }))
    }

    fn planning(&self) -> Planning {
        Planning::once_if(
            *self
                == Self {
                    states: at_most_one(self.states.as_ref()),
                    ..Self::default()
                },
        )
    }
}

/// How a list of participations is ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Enum)]
pub enum ParticipationOrder {
    /// By first response, earliest first. The waiting list has its own order: `waitingPosition`.
    #[default]
    Oldest,
    /// By first response, latest first.
    Newest,
}

impl Sort for ParticipationOrder {
    type Table = participation::Entity;

    fn name(self) -> &'static str {
        match self {
            Self::Oldest => "oldest",
            Self::Newest => "newest",
        }
    }

    fn columns(self) -> Vec<participation::Column> {
        vec![]
    }

    fn id() -> participation::Column {
        participation::Column::Id
    }

    fn descending(self) -> bool {
        self == Self::Newest
    }
}
