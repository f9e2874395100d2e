//! Why a document is rejected, as a GraphQL error: a code, and for a limit its name, value and maximum.

use async_graphql::{
    ErrorExtensionValues, Name, Pos, ServerError, Value, indexmap::IndexMap, parser,
};

/// Why a document is rejected before execution.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// The text is not a GraphQL document.
    #[error("{message}")]
    Syntax {
        message: String,
        /// Positions; the first one is where parsing stopped.
        at: Vec<Pos>,
    },
    /// It is invalid in any schema.
    #[error("{message}")]
    Invalid { message: String, at: Pos },
    /// It goes beyond a limit.
    #[error("{}", limit.sentence(*value, *maximum))]
    Over {
        limit: Limit,
        value: u64,
        maximum: u64,
    },
    /// The document does not identify the operation.
    #[error("{0}")]
    Operation(String),
    /// A variable's value does not match its declaration.
    #[error("{message}")]
    Value {
        message: String,
        /// Position of the variable, if known.
        at: Option<Pos>,
    },
}

/// The limits of a document.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Limit {
    /// See `depth` of [`super::Limits`].
    Depth,
    /// See `aliases` of [`super::Limits`].
    Aliases,
    /// See `root_fields` of [`super::Limits`].
    RootFields,
    /// See `directives` of [`super::Limits`].
    Directives,
    /// See `document_bytes` of [`super::Limits`].
    DocumentBytes,
    /// See `tokens` of [`super::Limits`].
    Tokens,
    /// See `nesting` of [`super::Limits`].
    Nesting,
    /// See `expanded_fields` of [`super::Limits`].
    ExpandedFields,
    /// See `complexity` of [`super::Limits`].
    Complexity,
    /// See `introspection_depth` of [`super::Limits`].
    IntrospectionDepth,
    /// See `introspection_complexity` of [`super::Limits`].
    IntrospectionComplexity,
    /// See `filter_values` of [`super::Limits`].
    FilterValues,
    /// See `value_bytes` of [`super::Limits`].
    ValueBytes,
    /// See `body_bytes` of [`super::Limits`].
    BodyBytes,
    /// See `socket_operations` of [`super::Limits`].
    SocketOperations,
}

impl Limit {
    /// All limits, in the order in which they are checked.
    pub const ALL: [Self; 15] = [
        Self::BodyBytes,
        Self::SocketOperations,
        Self::DocumentBytes,
        Self::Tokens,
        Self::Nesting,
        Self::ExpandedFields,
        Self::Depth,
        Self::Aliases,
        Self::RootFields,
        Self::Directives,
        Self::IntrospectionDepth,
        Self::IntrospectionComplexity,
        Self::Complexity,
        Self::FilterValues,
        Self::ValueBytes,
    ];

    /// Name of the limit in `extensions.limit.name`; also a field of `serviceLimits`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Depth => "depth",
            Self::Aliases => "aliases",
            Self::RootFields => "rootFields",
            Self::Directives => "directives",
            Self::DocumentBytes => "documentBytes",
            Self::Tokens => "tokens",
            Self::Nesting => "nesting",
            Self::ExpandedFields => "expandedFields",
            Self::Complexity => "complexity",
            Self::IntrospectionDepth => "introspectionDepth",
            Self::IntrospectionComplexity => "introspectionComplexity",
            Self::FilterValues => "filterValues",
            Self::ValueBytes => "valueBytes",
            Self::BodyBytes => "bodyBytes",
            Self::SocketOperations => "socketOperations",
        }
    }

    fn sentence(self, value: u64, maximum: u64) -> String {
        match self {
            Self::Depth => {
                format!("Fields are nested {value} levels deep; at most {maximum} are accepted.")
            }
            Self::Aliases => {
                format!("The operation uses {value} aliases; at most {maximum} are accepted.")
            }
            Self::RootFields => {
                format!("The operation has {value} root fields; at most {maximum} are accepted.")
            }
            Self::Directives => {
                format!("The operation uses {value} directives; at most {maximum} are accepted.")
            }
            Self::DocumentBytes => {
                format!(
                    "The document has {value} bytes; at most {maximum} are accepted. Send long values in variables."
                )
            }
            Self::Tokens => {
                format!("The document has {value} tokens; at most {maximum} are accepted.")
            }
            Self::Nesting => {
                format!("The document nests {value} levels deep; at most {maximum} are accepted.")
            }
            Self::ExpandedFields => {
                format!(
                    "The document has {value} fields once its fragments are put in place; at most {maximum} are accepted."
                )
            }
            Self::Complexity => {
                format!(
                    "The operation costs {value}; at most {maximum} is accepted. Ask for smaller pages or fewer fields."
                )
            }
            Self::IntrospectionDepth => format!(
                "Introspection is nested {value} levels deep; at most {maximum} are accepted."
            ),
            Self::IntrospectionComplexity => {
                format!("The introspection costs {value}; at most {maximum} is accepted.")
            }
            Self::FilterValues => {
                format!(
                    "A filter holds {value} values and conditions; at most {maximum} are accepted."
                )
            }
            Self::ValueBytes => format!(
                "The values of this operation come to {value} bytes where they are used; at most {maximum} are accepted."
            ),
            Self::BodyBytes => {
                format!("The body has {value} bytes or more; at most {maximum} are accepted.")
            }
            Self::SocketOperations => format!(
                "This would be operation {value} at once on this socket; at most {maximum} are accepted."
            ),
        }
    }

    /// Rejects a value above the maximum.
    pub fn holds(self, value: u64, maximum: u32) -> Result<(), Refusal> {
        let maximum = u64::from(maximum);
        if value > maximum {
            Err(Refusal::Over {
                limit: self,
                value,
                maximum,
            })
        } else {
            Ok(())
        }
    }
}

impl Refusal {
    /// The code in `extensions.code`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "GRAPHQL_PARSE_FAILED",
            Self::Over {
                limit: Limit::BodyBytes,
                ..
            } => "BAD_REQUEST",
            Self::Over {
                limit: Limit::SocketOperations,
                ..
            } => "RATE_LIMITED",
            // The document is well; what came with it is not, or too much.
            Self::Value { .. }
            | Self::Over {
                limit: Limit::FilterValues | Limit::ValueBytes,
                ..
            } => "BAD_USER_INPUT",
            // Clients treat it as a document they must change, which is what going beyond a limit asks of them.
            Self::Invalid { .. } | Self::Over { .. } => "GRAPHQL_VALIDATION_FAILED",
            Self::Operation(_) => "OPERATION_RESOLUTION_FAILURE",
        }
    }
}

impl From<parser::Error> for Refusal {
    fn from(error: parser::Error) -> Self {
        let at: Vec<Pos> = error.positions().collect();
        let message = match &error {
            // The parser draws the whole line the error is in; the last line of its drawing says what was expected.
            parser::Error::Syntax { message, .. } => {
                let expected = message
                    .rsplit_once("= ")
                    .map_or("expected something else", |(_, expected)| expected.trim());
                let place = at.first().map_or(String::new(), |at| {
                    format!(" at line {}, column {}", at.line, at.column)
                });
                format!("Syntax error{place}: {}.", expected.replace('_', " "))
            }
            other => format!("Syntax error: {}.", other.to_string().trim_end_matches('.')),
        };
        Self::Syntax { message, at }
    }
}

impl From<Refusal> for ServerError {
    fn from(refusal: Refusal) -> Self {
        let mut error = Self::new(refusal.to_string(), None);
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", refusal.code());
        match refusal {
            Refusal::Syntax { at, .. } => error.locations = at,
            Refusal::Invalid { at, .. } | Refusal::Value { at: Some(at), .. } => {
                error.locations = vec![at];
            }
            Refusal::Over {
                limit,
                value,
                maximum,
            } => extensions.set("limit", said(limit, value, maximum)),
            Refusal::Operation(_) | Refusal::Value { at: None, .. } => {}
        }
        error.extensions = Some(extensions);
        error
    }
}

fn said(limit: Limit, value: u64, maximum: u64) -> Value {
    let entries = [
        ("name", Value::from(limit.name())),
        ("value", Value::from(value)),
        ("maximum", Value::from(maximum)),
    ];
    Value::Object(
        entries
            .into_iter()
            .map(|(name, value)| (Name::new(name), value))
            .collect::<IndexMap<_, _>>(),
    )
}
