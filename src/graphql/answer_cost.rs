//! Cost of a response, by the same rule as the cost of the operation: it counts the returned objects instead of the possible ones.

use async_graphql::Value;

use super::answer_order::{Key, Selected};
use super::limits::weight::{MUTATION, OBJECT};

impl Selected {
    /// The cost of the returned data, arranged as it was selected: at least 1, at most the cost of the operation.
    #[must_use]
    pub fn cost(&self, data: &Value, mutation: bool) -> u64 {
        let acts = if mutation { objects(data) } else { 0 };
        let more = acts.saturating_mul(MUTATION - OBJECT);
        self.below_cost(data).saturating_add(more).max(1)
    }

    fn below_cost(&self, data: &Value) -> u64 {
        let Value::Object(fields) = data else {
            return 0;
        };
        let mut keys = self.keys.iter();
        let costs = fields.iter().filter_map(|(name, value)| {
            let key = keys.find(|key| key.name == *name)?;
            Some(key.cost(value))
        });
        costs.fold(0, u64::saturating_add)
    }
}

impl Key {
    fn cost(&self, value: &Value) -> u64 {
        if self.weight.free {
            return 0;
        }
        match value {
            Value::Null => 0,
            Value::List(items) => {
                let costs = items.iter().map(|item| self.cost(item));
                if self.weight.each {
                    costs.fold(0, u64::saturating_add)
                } else {
                    costs.max().unwrap_or_default()
                }
            }
            value => self.weight.own.saturating_add(self.below.below_cost(value)),
        }
    }
}

fn objects(data: &Value) -> u64 {
    let Value::Object(fields) = data else {
        return 0;
    };
    let objects = fields
        .values()
        .filter(|value| matches!(value, Value::Object(_)));
    objects.count() as u64
}
