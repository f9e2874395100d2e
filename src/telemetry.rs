//! What the service tells those who run it: numbers (`names` lists them all), spans, and a line about what was slow. Nothing a client wrote gets
//! in there but an operation's name, which can be no more than an identifier: no document, no variable, no value of a statement.
//!
//! What is measured of one request travels with its task (`within`). `request` says what came in, `operation` what came of it, `statement` what the
//! database was asked; `recorder` keeps the numbers, `tracer` sends the spans away where somebody is named who takes them.

pub mod gauges;
pub mod names;
pub mod operation;
pub mod recorder;
pub mod request;
pub mod statement;
mod trace_context;
pub mod tracer;
pub mod within;
