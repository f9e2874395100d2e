//! Sizes of the rate-limit buckets.

use std::collections::HashMap;
use std::str::FromStr;

use entity::{ApiKeyId, Id, Role};

use crate::access::{Asker, Viewer};

/// Size of a rate-limit bucket, in cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Maximum cost at once.
    pub capacity: u32,
    /// Cost restored per second.
    pub restore_rate: u32,
}

/// Owner of a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Holder {
    /// Each caller of this kind without a budget of its own: an account with the role (the largest budget of its roles), an API key, an anonymous
    /// address, or everyone else.
    Each(Asker),
    Key(ApiKeyId),
}

/// The budgets by owner; null if unlimited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BudgetSettings(HashMap<Holder, Option<Budget>>);

/// An invalid budget.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoBudget {
    #[error(
        "write whose it is, what it holds and what comes back each second, as in `HR=20000/500`, or `HR=unlimited`"
    )]
    Form,
    #[error("`{0}` is no role, API_KEY, the id of an API key, ANONYMOUS or ALL")]
    Holder(String),
    /// The budget is smaller than the maximum cost of an operation.
    #[error("a budget of {0} does not hold the dearest operation that is taken, which costs {1}")]
    TooSmall(u32, u32),
}

impl Default for BudgetSettings {
    fn default() -> Self {
        let budget = |capacity, restore_rate| {
            Some(Budget {
                capacity,
                restore_rate,
            })
        };
        let (person, office, system) = (
            budget(10_000, 200),
            budget(20_000, 500),
            budget(50_000, 2_000),
        );
        Self(HashMap::from([
            (Holder::Each(Asker::Member(Role::Alumnus)), person),
            (Holder::Each(Asker::Member(Role::Employee)), person),
            (Holder::Each(Asker::Member(Role::Supporter)), office),
            (Holder::Each(Asker::Member(Role::Recruiter)), office),
            (Holder::Each(Asker::Member(Role::Hr)), office),
            (Holder::Each(Asker::Member(Role::Admin)), office),
            (Holder::Each(Asker::Member(Role::Operator)), office),
            (Holder::Each(Asker::ApiKey), system),
            (Holder::Each(Asker::Anonymous), budget(5_000, 50)),
        ]))
    }
}

impl BudgetSettings {
    /// Nothing is counted, regardless of the viewer.
    #[must_use]
    pub fn unlimited() -> Self {
        Self(HashMap::new())
    }

    /// The same with one other budget; for all, what was there before is no more.
    #[must_use]
    pub fn with(mut self, holder: Holder, budget: Option<Budget>) -> Self {
        if holder == Holder::Each(Asker::All) {
            self.0.clear();
        }
        self.0.insert(holder, budget);
        self
    }

    /// Rejects budgets smaller than the maximum cost of one operation.
    pub fn hold(&self, dearest: u32) -> Result<(), NoBudget> {
        let small = self.0.values().flatten();
        match small
            .map(|budget| budget.capacity)
            .find(|held| *held < dearest)
        {
            Some(held) => Err(NoBudget::TooSmall(held, dearest)),
            None => Ok(()),
        }
    }

    /// Budget of a viewer; null if unlimited.
    pub(super) fn of(&self, viewer: &Viewer) -> Option<Budget> {
        match viewer {
            Viewer::Anonymous | Viewer::Login(_) => self.held(Asker::Anonymous),
            Viewer::Service(service) => match self.0.get(&Holder::Key(service.key)) {
                Some(own) => *own,
                None => self.held(Asker::ApiKey),
            },
            Viewer::Member(member) => {
                let held = member
                    .leading_roles()
                    .map(|role| self.held(Asker::Member(role)));
                held.reduce(larger)
                    .unwrap_or_else(|| self.held(Asker::Anonymous))
            }
            Viewer::System(_) | Viewer::Preview { .. } => None,
        }
    }

    fn held(&self, asker: Asker) -> Option<Budget> {
        let held = self.0.get(&Holder::Each(asker));
        let held = held.or_else(|| self.0.get(&Holder::Each(Asker::All)));
        held.copied().flatten()
    }
}

/// The larger of two budgets; unlimited is the largest.
fn larger(one: Option<Budget>, other: Option<Budget>) -> Option<Budget> {
    let (one, other) = (one?, other?);
    Some(if one.capacity < other.capacity {
        other
    } else {
        one
    })
}

/// Reads one budget of the settings: `HOLDER=CAPACITY/RATE`, or `HOLDER=unlimited`.
pub fn parse(text: &str) -> Result<(Holder, Option<Budget>), NoBudget> {
    let (holder, budget) = text.split_once('=').ok_or(NoBudget::Form)?;
    Ok((holder.trim().parse()?, read(budget.trim())?))
}

fn read(text: &str) -> Result<Option<Budget>, NoBudget> {
    if text == "unlimited" {
        return Ok(None);
    }
    let (capacity, rate) = text.split_once('/').ok_or(NoBudget::Form)?;
    let number = |text: &str| text.trim().parse().ok().filter(|number| *number > 0);
    let (Some(capacity), Some(restore_rate)) = (number(capacity), number(rate)) else {
        return Err(NoBudget::Form);
    };
    Ok(Some(Budget {
        capacity,
        restore_rate,
    }))
}

impl FromStr for Holder {
    type Err = NoBudget;

    fn from_str(text: &str) -> Result<Self, NoBudget> {
        match ApiKeyId::parse(text) {
            Some(key) => Ok(Self::Key(key)),
            None => text
                .parse()
                .map(Self::Each)
                .map_err(|_| NoBudget::Holder(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(capacity: u32, restore_rate: u32) -> Budget {
        Budget {
            capacity,
            restore_rate,
        }
    }

    #[test]
    fn a_budget_is_somebodys() {
        for (text, expected) in [
            (
                "HR=20000/500",
                (
                    Holder::Each(Asker::Member(Role::Hr)),
                    Some(budget(20_000, 500)),
                ),
            ),
            (
                "api_key = 5000 / 1",
                (Holder::Each(Asker::ApiKey), Some(budget(5_000, 1))),
            ),
            (
                "ANONYMOUS=unlimited",
                (Holder::Each(Asker::Anonymous), None),
            ),
            (
                "all=5000/10",
                (Holder::Each(Asker::All), Some(budget(5_000, 10))),
            ),
        ] {
            assert_eq!(parse(text), Ok(expected), "{text}");
        }
        let key = "apikey_01h455vb4pex5vsknk084sn02q";
        assert!(matches!(
            parse(&format!("{key}=9000/9")),
            Ok((Holder::Key(_), Some(_)))
        ));
        assert_eq!(
            parse("CHIEF=1/1"),
            Err(NoBudget::Holder("CHIEF".to_owned()))
        );
        for text in ["", "HR", "HR=5", "HR=0/1", "HR=1/0", "HR=-1/1", "HR=1/1/1"] {
            assert_eq!(parse(text), Err(NoBudget::Form), "{text}");
        }
    }

    #[test]
    fn a_budget_holds_the_dearest_operation() {
        let settings = BudgetSettings::default();
        assert_eq!(settings.hold(5_000), Ok(()));
        assert_eq!(settings.hold(5_001), Err(NoBudget::TooSmall(5_000, 5_001)));
        assert_eq!(BudgetSettings::unlimited().hold(u32::MAX), Ok(()));
    }

    #[test]
    fn what_holds_for_all_holds_for_whoever_is_not_named_after_it() {
        let settings = BudgetSettings::default()
            .with(Holder::Each(Asker::All), Some(budget(5_000, 1)))
            .with(Holder::Each(Asker::ApiKey), None);
        assert_eq!(settings.of(&Viewer::Anonymous), Some(budget(5_000, 1)));
        assert_eq!(settings.held(Asker::ApiKey), None);
        assert_eq!(
            settings.held(Asker::Member(Role::Hr)),
            Some(budget(5_000, 1))
        );
    }

    #[test]
    fn of_several_roles_the_one_with_most_counts() {
        assert_eq!(
            larger(Some(budget(1, 9)), Some(budget(2, 1))),
            Some(budget(2, 1))
        );
        assert_eq!(larger(Some(budget(1, 9)), None), None);
    }
}
