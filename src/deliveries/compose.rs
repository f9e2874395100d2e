//! A delivery as a message that can be sent: its words, its headers, its sender.

use entity::{DeliveryReason, DeliveryState, company, delivery};
use lettre::Address;
use lettre::address::Envelope;
use lettre::message::Mailbox;
use reqwest::Url;

use super::actions::{parameters, token};
use super::templates::{Language, Profile, render};
use crate::error::Result;
use crate::mail::{self, Body, Headers, Mail};
use crate::scope::Scope;

/// The sender of a company's messages, and what the messages say of it.
#[derive(Clone, Debug)]
pub struct Sending {
    /// Sender.
    pub from: Mailbox,
    /// Where replies go.
    pub reply_to: Option<Address>,
    /// Page that opens links.
    pub portal: Option<Url>,
    /// What messages say of the company.
    pub profile: Profile,
}

impl Sending {
    /// Of a company: its own settings, and the service's where it has none. An address outside the company's sender domains is used for replies only.
    #[must_use]
    pub fn of(company: &company::Model, mail: &Mail) -> Self {
        let address = |text: Option<&String>| text.and_then(|text| mail::parse_address(text));
        let own_address = address(company.mail_sender_address.as_ref());
        let (own_sender, unproven) = match own_address {
            Some(address) if mail.settings().may_send_from(&company.slug, &address) => {
                (Some(address), None)
            }
            other => (None, other),
        };
        let name = company.mail_sender_name.as_ref().unwrap_or(&company.name);
        let own = company.portal_url.as_ref();
        let own = own.and_then(|url| mail::parse_portal_url(url).ok());
        Self {
            from: Mailbox::new(
                Some(name.clone()),
                own_sender.unwrap_or_else(|| mail.sender().email),
            ),
            reply_to: address(company.mail_reply_to.as_ref()).or(unproven),
            portal: own.or_else(|| mail.settings().portal_url.clone()),
            profile: Profile {
                name: company.name.clone(),
                website: company.website.clone(),
                description: company.description.clone(),
                time_zone: company.time_zone.clone(),
            },
        }
    }

    /// Of the service itself, for a test without a company.
    #[must_use]
    pub fn of_the_service(mail: &Mail) -> Self {
        let from = mail.sender();
        let name = from.name.clone().unwrap_or_else(|| "alumni-api".to_owned());
        Self {
            from,
            reply_to: None,
            portal: mail.settings().portal_url.clone(),
            profile: Profile {
                name,
                ..Profile::default()
            },
        }
    }
}

/// Why a message cannot be sent: its final state.
pub type Refused = (DeliveryState, DeliveryReason);

/// The words of a delivery. What was removed of it is missing in them.
pub fn body(scope: &Scope, sending: &Sending, row: &delivery::Model) -> Result<Body, Refused> {
    let unreadable = (DeliveryState::Failed, DeliveryReason::Unreadable);
    let token = token(scope, row).map_err(|_| unreadable)?;
    Ok(words(sending, row, token.as_deref()))
}

/// The same without its token, for the subject line.
pub fn words(sending: &Sending, row: &delivery::Model, token: Option<&str>) -> Body {
    let language = Language::of(&row.locale);
    let portal = sending.portal.as_ref();
    render(
        row.kind,
        language,
        &sending.profile,
        &parameters(row),
        token,
        portal,
    )
}

/// A delivery as it is sent.
pub fn message(
    scope: &Scope,
    sending: &Sending,
    row: &delivery::Model,
) -> Result<(Envelope, Vec<u8>), Refused> {
    let invalid = (DeliveryState::Undeliverable, DeliveryReason::InvalidAddress);
    let to = row.recipient.as_deref().and_then(mail::parse_address);
    let to = to.ok_or(invalid)?;
    let body = body(scope, sending, row)?;
    let headers = Headers {
        from: sending.from.clone(),
        to,
        reply_to: sending.reply_to.clone(),
        message_id: row.message_id.clone(),
        date: scope.now(),
        language: Language::of(&row.locale).tag(),
    };
    mail::encode(headers, body).map_err(|error| {
        tracing::warn!(delivery = %row.id, %error, "a message cannot be encoded");
        invalid
    })
}
