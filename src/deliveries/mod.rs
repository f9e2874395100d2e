//! Messages to one recipient each. A message is a row in the transaction of the act that causes it ([`queue`]); a sender in each process claims due
//! rows by a lease, sends them over SMTP and records the result ([`run`]). Claimed is not sent: a process that is killed skips nobody, and what is
//! sent twice has the same Message-ID.

mod actions;
mod compose;
mod filter;
mod message;
mod mutation;
mod query;
mod rules;
mod sender;
mod store;
mod templates;
mod types;

pub use actions::{NewDelivery, Queued, cancel, clean, queue, remove_content};
pub use filter::{DeliveryFilter, DeliveryOrder};
pub use message::Message;
pub use mutation::DeliveriesMutation;
pub use query::DeliveriesQuery;
pub use sender::{Round, Sender, run, send_test};
pub use store::{Waiting, known_keys, waiting};
pub use types::{Delivery, DeliveryAttempt};
