//! The limits of one request and the rate limits, with their defaults.

use serde_json::Value;

use super::schema::members;
use super::table::{Table, code};
use crate::graphql::limits::Limits;

const INTRODUCTION: &str = "\
# Limits

`serviceLimits` returns the values of a running service. `ALUMNI_LIMITS` changes them: `ALUMNI_LIMITS=depth=12,tokens=5000`.
The error of a request beyond a limit has `extensions.limit { name value maximum }`.

`operations` and `waitingOperations` follow from `DATABASE_MAX_CONNECTIONS`: 8 and 128 per connection. The defaults below are for 10
connections.

";

pub async fn page() -> String {
    let defaults = serde_json::to_value(Limits::default()).unwrap_or_default();
    let mut table = Table::new(&["Limit", "Default", "Description"]);
    for (name, description) in members("ServiceLimits").await {
        let default = defaults.get(&name).and_then(Value::as_u64);
        let default = default.map(grouped).unwrap_or_default();
        table.row(&[code(&name), default, description]);
    }
    format!("{INTRODUCTION}{}", table.finish())
}

/// A number with a comma after each group of three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn digits_are_grouped_by_three() {
        let numbers = [0, 15, 100, 2_000, 100_000, 6_000_000].map(grouped);
        assert_eq!(numbers, ["0", "15", "100", "2,000", "100,000", "6,000,000"]);
    }
}
