//! Ids as clients see them: the scalar `ID`, with the kind in the text, typed on our side.

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{
    ContextSelectionSet, ID, InputType, InputValueError, InputValueResult, OutputType, Positioned,
    ServerResult, Value,
};
use entity::Id;
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// An id of one kind, as the scalar `ID`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Gid<I>(pub I);

impl<I: Id> Gid<I> {
    fn read(text: &str) -> Result<Self, String> {
        I::parse(text).map(Self).ok_or_else(|| {
            format!(
                "is no id of this kind; such an id reads `{}_…` and is used as it was given",
                I::PREFIX
            )
        })
    }
}

impl<'de, I: Id> Deserialize<'de> for Gid<I> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::read(&text).map_err(D::Error::custom)
    }
}

impl<I: Id> InputType for Gid<I> {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        <ID as InputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <ID as InputType>::create_type_info(registry)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let text = match value {
            Some(Value::String(text)) => text,
            // the specification lets ids be whole numbers as well; none of ours is one
            Some(Value::Number(number)) if !number.is_f64() => number.to_string(),
            other => return Err(InputValueError::expected_type(other.unwrap_or_default())),
        };
        Self::read(&text).map_err(InputValueError::custom)
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

impl<I: Id> OutputType for Gid<I> {
    fn type_name() -> Cow<'static, str> {
        <ID as OutputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <ID as OutputType>::create_type_info(registry)
    }

    async fn resolve(
        &self,
        _: &ContextSelectionSet<'_>,
        _: &Positioned<Field>,
    ) -> ServerResult<Value> {
        Ok(Value::String(self.0.to_string()))
    }
}

impl<I: Id> From<Gid<I>> for ID {
    fn from(id: Gid<I>) -> Self {
        Self(id.0.to_string())
    }
}
