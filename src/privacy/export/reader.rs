//! What of a person's data a copy tells: to their own login all of it, through the company's hands nothing that they keep from the company.

use entity::{ProfileField, change, person};
use sea_orm::sea_query::{Expr, ExprTrait, SelectStatement};
use sea_orm::{ConnectionTrait, IdenStatic, Iterable};

use crate::access::visibility;
use crate::error::Result;
use crate::outbox::PRIVATE;
use crate::privacy::rules::holdings::{Holding, Section};
use crate::privacy::store::Linked;
use crate::privacy::store::held::{Whose, seen_by_hr};

/// Why something is left out of a copy that goes through the company's hands.
pub const KEPT: &str = "The person keeps this from the company, through whose hands this copy went; their own login exports it.";

/// Whose hands a copy goes through.
#[derive(Debug)]
pub enum Reader {
    /// The person's own.
    Own,
    /// The company's, to whom the person does not show these.
    Company {
        /// What they show to nobody there.
        hidden: Vec<ProfileField>,
    },
}

impl Reader {
    /// Of the login for which the link was made.
    pub async fn of(
        connection: &impl ConnectionTrait,
        linked: &Linked,
        whose: Whose,
    ) -> Result<Self> {
        if linked.account.person_id == Some(whose.person) {
            return Ok(Self::Own);
        }
        let seen = seen_by_hr(connection, whose).await?;
        let hidden = visibility::FIELDS
            .into_iter()
            .filter(|field| seen & visibility::bit(*field) == 0);
        Ok(Self::Company {
            hidden: hidden.collect(),
        })
    }

    /// Whether it is the person's own.
    pub const fn owns(&self) -> bool {
        matches!(self, Self::Own)
    }

    /// Whether a section is told.
    pub const fn sees(&self, section: &Section) -> bool {
        self.owns() || !section.own_login_only
    }

    /// Leaves out rows that are not told: changes that only who made them knows, and lists that the person hides, which read as empty.
    pub fn narrow(&self, holding: &Holding, rows: &mut SelectStatement) {
        let Self::Company { hidden } = self else {
            return;
        };
        let list = match holding.table {
            "change" => {
                let kind = Expr::col((change::Entity, change::Column::Kind));
                rows.and_where(kind.is_not_in(PRIVATE));
                return;
            }
            "person_skill" => ProfileField::Skills,
            "person_intent" => ProfileField::Intents,
            _ => return,
        };
        if hidden.contains(&list) {
            rows.and_where(Expr::cust("1 = 0"));
        }
    }

    /// Whether the value of a column is told; where it is not, it reads as if it were not there. Who sees what is the owner's to know.
    pub fn sees_value(&self, holding: &Holding, column: &str) -> bool {
        let Self::Company { hidden } = self else {
            return true;
        };
        let named = (holding.table == "person")
            .then(|| person::Column::iter().find(|each| each.as_str() == column))
            .flatten();
        !named
            .and_then(visibility::field_of)
            .is_some_and(|field| hidden.contains(&field))
    }
}
