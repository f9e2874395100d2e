//! Literals, held against what stands where they do (sections 5.6 and 5.8.5). Values that come with a document are `inputs`' to judge;
//! in a literal an enum's value is a name and not a text, a number with a point is never an `Int`, and there are variables.

use async_graphql::parser::types::{BaseType, Type};
use async_graphql::{Pos, Value};

use crate::graphql::inputs::{Input, InputTypes, Kind, Misfit, complete};

/// What may stand in a place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub kind: &'a Type,
    /// Whether something stands for it where nothing is given.
    pub defaulted: bool,
    /// Whether it is the one field of an input object that takes exactly one, which is never null.
    pub sole: bool,
}

/// A variable in a place.
#[derive(Clone, Debug)]
pub(super) struct Usage<'a> {
    pub name: String,
    pub place: Place<'a>,
    pub at: Pos,
}

impl<'a> From<&'a Input> for Place<'a> {
    fn from(input: &'a Input) -> Self {
        Self {
            kind: &input.kind,
            defaulted: input.defaulted,
            sole: false,
        }
    }
}

impl<'a> From<&'a Type> for Place<'a> {
    fn from(kind: &'a Type) -> Self {
        let (defaulted, sole) = (false, false);
        Self {
            kind,
            defaulted,
            sole,
        }
    }
}

/// The name of the variable that stands in this place of a literal: the library's own type for these cannot be named here, so that
/// they are read as constants, each variable as an enum's value by a name that none has.
pub(super) fn variable(value: &Value) -> Option<&str> {
    match value {
        Value::Enum(name) => name.strip_prefix('$'),
        _ => None,
    }
}

/// Reads one literal, and keeps the variables in it.
pub(super) struct Reading<'a, 'u> {
    pub inputs: &'a InputTypes,
    pub at: Pos,
    pub usages: &'u mut Vec<Usage<'a>>,
}

impl<'a> Reading<'a, '_> {
    pub fn fit(&mut self, place: Place<'a>, value: &Value) -> Result<(), Misfit> {
        let kind = place.kind;
        if let Some(name) = variable(value) {
            let (name, at) = (name.to_owned(), self.at);
            self.usages.push(Usage { name, place, at });
            return Ok(());
        }
        match (&kind.base, value) {
            (_, Value::Null) => fits(kind, kind.nullable),
            (BaseType::List(item), Value::List(values)) => {
                for (number, value) in values.iter().enumerate() {
                    self.fit(Place::from(&**item), value)
                        .map_err(|fault| fault.below(format!("[{number}]")))?;
                }
                Ok(())
            }
            // a single value stands for a list of it
            (BaseType::List(item), value) => self.fit(Place::from(&**item), value),
            (BaseType::Named(name), value) => match (self.inputs.get(name), value) {
                (Some(Kind::Scalar(_)), Value::Enum(_)) => fits(kind, false),
                (Some(Kind::Scalar(reads)), value) => fits(kind, reads(value)),
                (Some(Kind::Enum(names)), Value::Enum(name)) => {
                    fits(kind, names.contains(name.as_str()))
                }
                (Some(Kind::Enum(_)), _) => fits(kind, false),
                (Some(Kind::Object { .. }), value) => self.fit_object(kind, name, value),
                (None, _) => Ok(()),
            },
        }
    }

    fn fit_object(&mut self, kind: &Type, name: &str, value: &Value) -> Result<(), Misfit> {
        let (Value::Object(given), Some(Kind::Object { fields, one_of, .. })) =
            (value, self.inputs.get(name))
        else {
            return fits(kind, false);
        };
        if *one_of && (given.len() != 1 || given.values().any(|value| *value == Value::Null)) {
            let fault = "expected exactly one field, not null".to_owned();
            return Err(Misfit::new(fault));
        }
        for (name, value) in given {
            let Some(field) = fields.get(name.as_str()) else {
                let fault = Misfit::new(format!("there is no such field in \"{kind}\""));
                return Err(fault.below(format!(".{name}")));
            };
            let place = Place {
                sole: *one_of,
                ..Place::from(field)
            };
            self.fit(place, value)
                .map_err(|fault| fault.below(format!(".{name}")))?;
        }
        complete(fields, given)
    }
}

fn fits(kind: &Type, fits: bool) -> Result<(), Misfit> {
    fits.then_some(()).ok_or_else(|| Misfit::expected(kind))
}
