//! Coercion of variables before execution (GraphQL specification, September 2025, section 6.1.2). async-graphql checks a value where it is used,
//! during validation. A cached document is not validated again, and an invalid variable is a request error in both cases.

use std::collections::{HashMap, HashSet};
use std::fmt;

use async_graphql::parser::types::{BaseType, OperationDefinition, Type};
use async_graphql::registry::{MetaInputValue, MetaType, Registry};
use async_graphql::{InputType, Name, Number, Value, Variables, indexmap::IndexMap};
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

use super::limits::{Refusal, has_null_character};
use super::range::is_known;
use super::rows;

/// Every input type of a schema, by its name.
#[derive(Debug)]
pub struct InputTypes(HashMap<String, Kind>);

/// An input type.
#[derive(Debug)]
pub enum Kind {
    /// A scalar, and whether it reads a value.
    Scalar(fn(&Value) -> bool),
    /// An enum, and its values.
    Enum(HashSet<String>),
    /// An input object.
    Object {
        fields: HashMap<String, Input>,
        /// Whether exactly one of them is given.
        one_of: bool,
        /// Whether a bad value costs this object alone: see [`rows`].
        is_row: bool,
    },
}

/// An argument, or a field of an input object.
#[derive(Debug)]
pub struct Input {
    /// Type of the value.
    pub kind: Type,
    /// Whether it has a default.
    pub defaulted: bool,
}

/// The scalars every schema has.
const BUILT_IN: [&str; 5] = ["Boolean", "Float", "ID", "Int", "String"];

impl InputTypes {
    /// Those of a registry.
    #[must_use]
    pub fn of(registry: &Registry) -> Self {
        let own = registry.types.iter();
        let own = own.filter_map(|(name, kind)| Some((name.clone(), Kind::of(name, kind)?)));
        let every = BUILT_IN.map(|name| (name.to_owned(), Kind::Scalar(scalar(name))));
        Self(own.chain(every).collect())
    }

    /// The input type of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Kind> {
        self.0.get(name)
    }

    /// Rejects missing variables and values that do not match their type. Converts integral floats to integers where an integer is expected; other values
    /// are unchanged. Undeclared variables are ignored.
    pub fn coerce(
        &self,
        operation: &OperationDefinition,
        variables: &mut Variables,
    ) -> Result<(), Refusal> {
        for definition in &operation.variable_definitions {
            let variable = &definition.node;
            let (name, kind) = (&variable.name.node, &variable.var_type.node);
            let fault = match variables.get_mut(name) {
                None if kind.nullable || variable.default_value.is_some() => continue,
                None => {
                    format!("Variable \"${name}\" of required type \"{kind}\" was not provided.")
                }
                Some(value) => match self.fit(kind, value) {
                    Ok(()) => continue,
                    Err(fault) => format!("Variable \"${name}\" cannot be read: {fault}."),
                },
            };
            let at = Some(definition.pos);
            return Err(Refusal::Value { message: fault, at });
        }
        Ok(())
    }

    /// Whether a type reads a value; if not, what it accepts.
    pub(super) fn accepts(&self, kind: &Type, value: &mut Value) -> Result<(), String> {
        let fault = match self.fit(kind, value) {
            Ok(()) => return Ok(()),
            Err(fault) => fault,
        };
        let BaseType::Named(name) = &kind.base else {
            return Err(fault.to_string());
        };
        let accepted = match self.0.get(name.as_str()) {
            _ if has_null_character(value) => "a text without the character U+0000".to_owned(),
            Some(Kind::Scalar(_)) => accepted(name).to_owned(),
            Some(Kind::Enum(names)) => {
                let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
                names.sort_unstable();
                format!("one of {}", names.join(", "))
            }
            _ => format!("a value of type {name}"),
        };
        Err(if kind.nullable {
            format!("{accepted}, or null")
        } else {
            accepted
        })
    }

    fn fit(&self, kind: &Type, value: &mut Value) -> Result<(), Misfit> {
        if let BaseType::Named(name) = &kind.base
            && let Some(Kind::Object {
                fields,
                is_row: true,
                ..
            }) = self.0.get(name.as_str())
            && !(kind.nullable && *value == Value::Null)
        {
            rows::read(self, name, fields, value);
            return Ok(());
        }
        if *value == Value::Null {
            return if kind.nullable {
                Ok(())
            } else {
                Err(Misfit::expected(kind))
            };
        }
        match (&kind.base, value) {
            (BaseType::List(item), Value::List(values)) => {
                for (place, value) in values.iter_mut().enumerate() {
                    self.fit(item, value)
                        .map_err(|fault| fault.below(format!("[{place}]")))?;
                }
                Ok(())
            }
            // a single value stands for a list of it
            (BaseType::List(item), value) => self.fit(item, value),
            (BaseType::Named(name), value) => match self.0.get(name.as_str()) {
                Some(Kind::Scalar(reads)) => {
                    match name.as_str() {
                        "Int" => whole(value),
                        "DateTime" => instant(value),
                        _ => {}
                    }
                    if has_null_character(value) {
                        let fault = "the character U+0000 is not accepted";
                        return Err(Misfit::new(fault.to_owned()));
                    }
                    reads(value)
                        .then_some(())
                        .ok_or_else(|| Misfit::expected(kind))
                }
                Some(Kind::Enum(names)) => match value {
                    Value::String(text) if names.contains(text) => Ok(()),
                    _ => Err(Misfit::expected(kind)),
                },
                Some(Kind::Object { fields, one_of, .. }) => {
                    self.fit_object(kind, (fields, *one_of), value)
                }
                // no input type at all: the validation says so
                None => Ok(()),
            },
        }
    }

    fn fit_object(
        &self,
        kind: &Type,
        (fields, one_of): (&HashMap<String, Input>, bool),
        value: &mut Value,
    ) -> Result<(), Misfit> {
        let Value::Object(given) = value else {
            return Err(Misfit::expected(kind));
        };
        if one_of && (given.len() != 1 || given.values().any(|value| *value == Value::Null)) {
            return Err(Misfit::new(
                "expected exactly one field, not null".to_owned(),
            ));
        }
        for (name, value) in given.iter_mut() {
            let Some(field) = fields.get(name.as_str()) else {
                return Err(Misfit::new(format!("there is no such field in \"{kind}\""))
                    .below(format!(".{name}")));
            };
            self.fit(&field.kind, value)
                .map_err(|fault| fault.below(format!(".{name}")))?;
        }
        complete(fields, given)
    }
}

/// Refuses an input object that lacks a field it must have.
pub(super) fn complete(
    fields: &HashMap<String, Input>,
    given: &IndexMap<Name, Value>,
) -> Result<(), Misfit> {
    if given.len() < fields.len()
        && let Some((name, field)) = fields
            .iter()
            .filter(|(name, field)| field.required() && !given.contains_key(name.as_str()))
            .min_by_key(|(name, _)| *name)
    {
        return Err(Misfit::new(format!(
            "the field \"{name}\" of type \"{}\" is required",
            field.kind
        )));
    }
    Ok(())
}

impl Kind {
    /// Null for what is no input type.
    fn of(name: &str, kind: &MetaType) -> Option<Self> {
        Some(match kind {
            MetaType::Scalar { .. } => Self::Scalar(scalar(name)),
            MetaType::Enum { enum_values, .. } => Self::Enum(enum_values.keys().cloned().collect()),
            MetaType::InputObject {
                input_fields,
                oneof,
                tags,
                ..
            } => Self::Object {
                fields: input_fields
                    .iter()
                    .filter_map(|(name, field)| Some((name.clone(), Input::of(field)?)))
                    .collect(),
                one_of: *oneof,
                is_row: tags.iter().any(|tag| tag == rows::ROW),
            },
            _ => return None,
        })
    }
}

impl Input {
    pub(super) fn of(input: &MetaInputValue) -> Option<Self> {
        Some(Self {
            kind: Type::new(&input.ty)?,
            defaulted: input.default_value.is_some(),
        })
    }

    pub(super) fn required(&self) -> bool {
        !self.kind.nullable && !self.defaulted
    }
}

/// Whether a scalar reads a value. One the service does not know is taken for readable; the schema's own are all here.
fn scalar(name: &str) -> fn(&Value) -> bool {
    fn read<T: InputType>(value: &Value) -> Option<T> {
        T::parse(Some(value.clone())).ok()
    }
    match name {
        "Int" => |value| read::<i32>(value).is_some(),
        "Float" => |value| matches!(value, Value::Number(_)),
        "String" => |value| matches!(value, Value::String(_)),
        "Boolean" => |value| matches!(value, Value::Boolean(_)),
        "ID" => |value| match value {
            Value::Number(number) => number.is_i64() || number.is_u64(),
            value => matches!(value, Value::String(_)),
        },
        "NaiveDate" => |value| is_day(value) && read::<NaiveDate>(value).is_some_and(is_known),
        "DateTime" => |value| {
            let both = is_instant(value).then(|| read::<DateTime<Utc>>(value));
            both.flatten()
                .is_some_and(|instant| is_known(instant.date_naive()))
        },
        _ => |_| true,
    }
}

/// Description of a scalar's accepted values.
fn accepted(name: &str) -> &str {
    match name {
        "Int" => "a whole number",
        "Float" => "a number",
        "String" => "a text",
        "Boolean" => "true or false",
        "NaiveDate" => "a day of the calendar from year 1 to 9999, as 2015-04-01",
        "DateTime" => "an instant as in RFC 3339, as 2026-04-01T09:00:00+09:00",
        name => name,
    }
}

/// Whether it is written as a day is: `chrono` reads others as well, 2024-2-9 among them.
fn is_day(value: &Value) -> bool {
    matches!(value, Value::String(text) if text.len() == 10
    && text.bytes().enumerate().all(|(place, byte)| match place {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    }))
}

/// Whether it is written as RFC 3339 has it: `chrono` reads other forms as well, a space before the time or no seconds among them.
fn is_rfc3339(text: &str) -> bool {
    text.is_ascii()
        && text
            .as_bytes()
            .get(10)
            .is_some_and(|letter| b"Tt".contains(letter))
        && DateTime::parse_from_rfc3339(text).is_ok()
}

/// Whether it is an instant that both databases store alike: to the microsecond, and no leap second.
fn is_instant(value: &Value) -> bool {
    let Value::String(text) = value else {
        return false;
    };
    let read = is_rfc3339(text).then(|| DateTime::parse_from_rfc3339(text).ok());
    read.flatten().is_some_and(|instant| {
        let nanos = instant.timestamp_subsec_nanos();
        nanos < 1_000_000_000 && nanos % 1_000 == 0
    })
}

/// Rewrites an instant of RFC 3339 in the one form that is stored: in UTC, to the microsecond, a leap second as the one after it.
fn instant(value: &mut Value) {
    if let Value::String(text) = value
        && is_rfc3339(text)
        && let Ok(read) = DateTime::parse_from_rfc3339(text)
        && let Some(even) = DateTime::from_timestamp_micros(read.timestamp_micros())
        && !is_instant(value)
    {
        *value = Value::String(even.to_rfc3339_opts(SecondsFormat::Micros, true));
    }
}

/// 1.0 is a whole number too: some languages know no others.
fn whole(value: &mut Value) {
    if let Value::Number(number) = value
        && let Some(float) = number.as_f64().filter(|_| number.is_f64())
        && float.fract() == 0.0
        && float.abs() <= f64::from(i32::MAX)
    {
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and in range")]
        let whole = float as i64;
        *value = Value::Number(Number::from(whole));
    }
}

/// Path in a value, and the expected type.
#[derive(Debug)]
pub(super) struct Misfit {
    /// From the inside out.
    place: Vec<String>,
    fault: String,
}

impl Misfit {
    pub fn new(fault: String) -> Self {
        let place = Vec::new();
        Self { place, fault }
    }

    pub fn expected(kind: &Type) -> Self {
        Self::new(format!("expected \"{kind}\""))
    }

    pub fn below(mut self, step: String) -> Self {
        self.place.push(step);
        self
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            out.write_str("at ")?;
            let whole = self.place.iter().rev().flat_map(|step| step.chars());
            write!(
                out,
                "`{}`, ",
                whole
                    .skip_while(|letter| *letter == '.')
                    .collect::<String>()
            )?;
        }
        out.write_str(&self.fault)
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use async_graphql::{Enum, InputObject, Object, OneofObject, OutputType};
    use serde_json::{Value as Json, json};

    use super::*;

    #[derive(Clone, Copy, PartialEq, Eq, Enum)]
    enum Shade {
        Light,
        Dark,
    }

    #[derive(InputObject)]
    struct Paint {
        shade: Shade,
        coats: Option<Vec<i32>>,
        dry_on: Option<NaiveDate>,
        opened_at: Option<DateTime<Utc>>,
        #[graphql(default = 1)]
        litres: i32,
    }

    #[derive(OneofObject)]
    enum Either {
        Id(String),
        Number(i32),
    }

    struct Query;

    #[Object]
    impl Query {
        async fn paint(&self, paint: Paint, either: Option<Either>) -> i32 {
            let _ = (
                paint.shade,
                paint.coats,
                paint.dry_on,
                paint.opened_at,
                either,
            );
            paint.litres
        }
    }

    fn types() -> InputTypes {
        let mut registry = Registry::default();
        Query::create_type_info(&mut registry);
        InputTypes::of(&registry)
    }

    fn coerced(kind: &str, value: Json) -> Result<Json, String> {
        let types = types();
        let document = parse_query(format!("query($v: {kind}) {{ paint }}")).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let mut variables = Variables::from_json(json!({ "v": value }));
        types
            .coerce(&operation.node, &mut variables)
            .map_err(|refusal| refusal.to_string())?;
        Ok(serde_json::to_value(&variables).unwrap()["v"].clone())
    }

    #[test]
    fn what_fits_is_left_as_it_is() {
        for (kind, value) in [
            ("Int", json!(3)),
            ("Int", json!(null)),
            ("Float", json!(3)),
            ("ID!", json!("x")),
            ("ID!", json!(7)),
            ("[Int!]", json!([1, 2])),
            ("[Int!]", json!(1)),
            ("NaiveDate", json!("2026-04-01")),
            ("DateTime", json!("2026-04-01T00:00:00+09:00")),
            (
                "Paint!",
                json!({ "shade": "DARK", "coats": null, "dryOn": "2026-04-01" }),
            ),
            ("Either", json!({ "id": "x" })),
            ("Unheard", json!("of")),
        ] {
            assert_eq!(coerced(kind, value.clone()).as_ref(), Ok(&value), "{kind}");
        }
        assert_eq!(coerced("Int", json!(3.0)), Ok(json!(3)));
        for (sent, even) in [
            (
                "2026-04-01T00:00:00.123456789+09:00",
                "2026-03-31T15:00:00.123456Z",
            ),
            ("2026-12-31T23:59:60Z", "2027-01-01T00:00:00.000000Z"),
        ] {
            assert_eq!(coerced("DateTime", json!(sent)), Ok(json!(even)));
        }
    }

    #[test]
    fn what_does_not_fit_is_named_with_its_place() {
        let refused = |kind, value| coerced(kind, value).unwrap_err();
        let cannot = |rest: &str| format!("Variable \"$v\" cannot be read: {rest}.");
        for (kind, value, fault) in [
            ("Int!", json!(null), "expected \"Int!\""),
            ("Int", json!(3.5), "expected \"Int\""),
            ("Int", json!(2_147_483_648_i64), "expected \"Int\""),
            ("Int", json!("3"), "expected \"Int\""),
            ("String", json!(3), "expected \"String\""),
            (
                "[String]",
                json!(["a", "b\0"]),
                "at `[1]`, the character U+0000 is not accepted",
            ),
            ("Boolean", json!(0), "expected \"Boolean\""),
            ("ID", json!(1.5), "expected \"ID\""),
            ("NaiveDate", json!("2026-02-30"), "expected \"NaiveDate\""),
            ("NaiveDate", json!("2026-2-9"), "expected \"NaiveDate\""),
            ("DateTime", json!("2026-04-01"), "expected \"DateTime\""),
            (
                "DateTime",
                json!("2026-04-01 00:00:00Z"),
                "expected \"DateTime\"",
            ),
            (
                "DateTime",
                json!("2026-04-01T00:00Z"),
                "expected \"DateTime\"",
            ),
            (
                "DateTime",
                json!("2026-04-01T00:00:00"),
                "expected \"DateTime\"",
            ),
            (
                "DateTime",
                json!("2026-04-01T00:00:00+0900"),
                "expected \"DateTime\"",
            ),
            ("DateTime", json!(1_775_001_600), "expected \"DateTime\""),
            ("[Int!]", json!([1, null]), "at `[1]`, expected \"Int!\""),
            ("Paint", json!([]), "expected \"Paint\""),
            (
                "Paint",
                json!({}),
                "the field \"shade\" of type \"Shade!\" is required",
            ),
            (
                "Paint",
                json!({ "shade": "PINK" }),
                "at `shade`, expected \"Shade!\"",
            ),
            (
                "Paint",
                json!({ "shade": "DARK", "coats": [1, "x"] }),
                "at `coats[1]`, expected \"Int!\"",
            ),
            (
                "Paint",
                json!({ "shade": "DARK", "x": 1 }),
                "at `x`, there is no such field in \"Paint\"",
            ),
            (
                "Either",
                json!({ "id": "x", "number": 1 }),
                "expected exactly one field, not null",
            ),
            (
                "Either",
                json!({ "id": null }),
                "expected exactly one field, not null",
            ),
        ] {
            assert_eq!(refused(kind, value), cannot(fault), "{kind}");
        }
    }

    #[test]
    fn what_is_required_is_there() {
        let types = types();
        let document = parse_query("query($a: Int, $b: Int! = 1, $c: Int!) { paint }").unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let refusal = types
            .coerce(&operation.node, &mut Variables::default())
            .unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "Variable \"$c\" of required type \"Int!\" was not provided."
        );
    }
}
