//! E-mail without the domain: settings, addresses, the form of a message, and the SMTP connection. What is sent to whom is `deliveries`.

mod address;
mod message;
mod settings;
mod smtp;

pub use address::{parse as parse_address, parse_sender};
pub use message::{Body, Headers, encode, one_line};
pub use settings::{
    Mail, MailSettings, SmtpServer, Tls, parse_portal_url, parse_sender_domain, parse_smtp_url,
};
pub use smtp::{Answer, Connection, Failure, Pool};
