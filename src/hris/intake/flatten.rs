//! A JSON entry as cells: nested objects by their path (`department.name`), of a list of objects the first one.

use serde_json::{Map, Number, Value};

use crate::hris::mapping::Plan;

/// How deep objects are followed.
const DEEPEST: usize = 6;

/// The cells of an entry, by column of the plan. Whatever lies under a dropped key is not looked at.
pub fn cells(entry: &Map<String, Value>, plan: &mut Plan) -> Vec<(usize, String)> {
    let mut cells = Vec::new();
    walk(entry, "", DEEPEST, &mut |path, value| match value {
        None => plan.drops(path),
        Some(text) => {
            cells.extend(plan.column(path).map(|column| (column, text)));
            false
        }
    });
    cells
}

/// The paths of an entry's cells.
pub fn paths(entry: &Map<String, Value>) -> Vec<String> {
    let mut paths = Vec::new();
    walk(entry, "", DEEPEST, &mut |path, value| {
        paths.extend(value.map(|_| path.to_owned()));
        false
    });
    paths
}

/// Visits inner keys without a value, where `visit` may say to go no further, and leaves with theirs.
fn walk(
    object: &Map<String, Value>,
    above: &str,
    depth: usize,
    visit: &mut impl FnMut(&str, Option<String>) -> bool,
) {
    for (key, value) in object {
        let path = if above.is_empty() {
            key.clone()
        } else {
            format!("{above}.{key}")
        };
        let inner = match value {
            Value::Object(inner) => Some(inner),
            Value::Array(list) => list.iter().find_map(Value::as_object),
            _ => None,
        };
        match inner {
            Some(inner) => {
                if depth > 0 && !visit(&path, None) {
                    walk(inner, &path, depth - 1, visit);
                }
            }
            None => {
                visit(&path, Some(text(value)));
            }
        }
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::Null | Value::Object(_) => String::new(),
        Value::String(text) => text.clone(),
        Value::Number(number) => whole(number).unwrap_or_else(|| number.to_string()),
        Value::Bool(_) => value.to_string(),
        Value::Array(list) => list
            .iter()
            .map(text)
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// `42.0` and `1e5` as the whole numbers that they are, as far as every digit is certain.
fn whole(number: &Number) -> Option<String> {
    const EXACT: f64 = 9_007_199_254_740_991.0;
    let number = number.as_f64().filter(|_| number.is_f64())?;
    (number.fract() == 0.0 && number.abs() <= EXACT).then(|| format!("{number:.0}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hris::mapping::{Mapping, Role};

    #[test]
    fn nested_values_are_cells_and_a_dropped_key_is_not_entered() {
        let entry = serde_json::json!({
            "id": 7, "name": { "last": "Smith", "first": null }, "departments": [null, { "name": "Sales" }, { "name": "HR" }],
            "compensation": { "rate": { "amount": 5 } }, "tags": ["a", "b"], "custom": { "locker": "9" },
        });
        let mut plan = Plan::new(Mapping::preset("hr-en").expect("a preset"));
        let cells = cells(entry.as_object().expect("an object"), &mut plan);
        let mut named: Vec<(&str, &str)> = cells
            .iter()
            .map(|(column, text)| (plan.columns()[*column].0.as_str(), text.as_str()))
            .collect();
        named.sort_unstable();
        assert_eq!(
            named,
            [
                ("custom.locker", "9"),
                ("departments.name", "Sales"),
                ("id", "7"),
                ("name.first", ""),
                ("name.last", "Smith"),
                ("tags", "a, b")
            ]
        );
        let dropped: Vec<&str> = plan
            .columns()
            .iter()
            .filter(|(_, role)| matches!(role, Role::Dropped(_)))
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(dropped, ["compensation"]);
    }
}
