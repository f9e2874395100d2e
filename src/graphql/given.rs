//! Variables as they are sent. A thousand objects of a list name the same fields a thousand times: here each takes the names from the one
//! before it, and as much room.

use std::fmt;

use async_graphql::indexmap::IndexMap;
use async_graphql::{Name, Number, Value, Variables};
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// The variables of a request.
#[derive(Debug, Default)]
pub struct Given(pub Variables);

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = After(None).deserialize(deserializer)?;
        Ok(Self(Variables::from_value(read)))
    }
}

/// Reads the value that follows another one, which is likely of the same form.
#[derive(Clone, Copy)]
struct After<'a>(Option<&'a Value>);

impl<'de> DeserializeSeed<'de> for After<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for After<'_> {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Boolean(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(After(list.last()))? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let before = match self.0 {
            Some(Value::Object(before)) => Some(before),
            _ => None,
        };
        let mut object = IndexMap::with_capacity(before.map_or(0, IndexMap::len));
        loop {
            let place = object.len();
            let likely = before.and_then(|before| before.get_index(place));
            let Some(name) = fields.next_key_seed(Named(likely.map(|(name, _)| name)))? else {
                return Ok(Value::Object(object));
            };
            let after = likely.filter(|(likely, _)| **likely == name);
            let value = fields.next_value_seed(After(after.map(|(_, value)| value)))?;
            object.insert(name, value);
        }
    }
}

/// Reads a name that is likely this one.
struct Named<'a>(Option<&'a Name>);

impl<'de> DeserializeSeed<'de> for Named<'_> {
    type Value = Name;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Name, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Named<'_> {
    type Value = Name;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a name")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Name, E> {
        let likely = self.0.filter(|likely| likely.as_str() == text);
        Ok(likely.map_or_else(|| Name::new(text), Name::clone))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_read_as_the_library_reads_them() {
        for text in [
            "{}",
            r#"{"a":null,"b":[1,-2,1.5,1e400,"é\n",true],"c":{"d":{"e":[]}},"a":2}"#,
            r#"{"list":[{"a":1,"b":"x"},{"a":2,"b":"y"},{"b":"z","a":3,"c":null},{"a":{"x":1}},{"a":{"x":2,"x":3},"b":[]},7,[{"a":1}]]}"#,
            r#"{"a":[1,}"#,
        ] {
            let expected = serde_json::from_str::<Variables>(text);
            let read = serde_json::from_str::<Given>(text).map(|given| given.0);
            let told = |read: Result<Variables, serde_json::Error>| {
                read.map_err(|error| error.to_string())
            };
            assert_eq!(told(read), told(expected), "{text}");
        }
    }
}
