//! The behaviour of the service, through HTTP, on a real database.

mod tokens;
