//! The form of a message: MIME with a plain and an HTML part, and the headers of an automatic message.

use chrono::{DateTime, Utc};
use lettre::address::Envelope;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::{Address, Message};

use crate::error::{Error, Result};

/// Auto-Submitted (RFC 3834): no person wrote the message, so no automatic reply is sent.
#[derive(Clone)]
struct AutoSubmitted;

/// Content-Language (RFC 3282).
#[derive(Clone)]
struct ContentLanguage(String);

type Parsed<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Parsed<Self> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

impl Header for ContentLanguage {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Language")
    }

    fn parse(text: &str) -> Parsed<Self> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), self.0.clone())
    }
}

/// The headers of a message.
#[derive(Clone, Debug)]
pub struct Headers {
    /// Sender; also the envelope's.
    pub from: Mailbox,
    /// Recipient; also the envelope's.
    pub to: Address,
    /// Where replies go; null: to the sender.
    pub reply_to: Option<Address>,
    /// Message-ID, with its angle brackets.
    pub message_id: String,
    /// Date.
    pub date: DateTime<Utc>,
    /// Language tag.
    pub language: &'static str,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// Subject line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// HTML document.
    pub html: String,
}

/// A text in one line, for a header: control characters and marks that change the direction of writing become spaces.
#[must_use]
pub fn one_line(text: &str) -> String {
    let turns = |letter: char| matches!(letter, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let plain: String = text
        .chars()
        .map(|letter| {
            if letter.is_control() || turns(letter) {
                ' '
            } else {
                letter
            }
        })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The message as it is sent.
pub fn encode(headers: Headers, body: Body) -> Result<(Envelope, Vec<u8>)> {
    let envelope = Envelope::new(Some(headers.from.email.clone()), vec![headers.to.clone()])
        .map_err(Error::internal)?;
    let from = Mailbox::new(
        headers.from.name.as_deref().map(one_line),
        headers.from.email,
    );
    let mut builder = Message::builder()
        .envelope(envelope.clone())
        .date(headers.date.into())
        .message_id(Some(headers.message_id))
        .from(from)
        .to(Mailbox::new(None, headers.to))
        .subject(one_line(&body.subject))
        .header(AutoSubmitted)
        .header(ContentLanguage(headers.language.to_owned()));
    if let Some(reply_to) = headers.reply_to {
        builder = builder.reply_to(Mailbox::new(None, reply_to));
    }
    let message = builder
        .multipart(MultiPart::alternative_plain_html(body.text, body.html))
        .map_err(Error::internal)?;
    Ok((envelope, message.formatted()))
}
