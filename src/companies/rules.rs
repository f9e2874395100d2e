//! What makes a company's facts acceptable.

use crate::checks::Checks;
use crate::error::UserErrorCode;
use crate::mail;

/// A slug: 2 to 40 small letters, digits and single hyphens, beginning with a letter.
pub fn slug(checks: &mut Checks, text: &str) -> String {
    let fits = (2..=40).contains(&text.len())
        && text.starts_with(|letter: char| letter.is_ascii_lowercase())
        && text
            .chars()
            .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-')
        && !text.ends_with('-')
        && !text.contains("--");
    if !fits {
        checks.refuse(
            UserErrorCode::Invalid,
            "slug",
            "must be 2 to 40 small letters, digits and single hyphens, beginning with a letter",
        );
    }
    text.to_owned()
}

/// Whether a text has the shape of a BCP 47 tag: a language, then subtags.
#[must_use]
pub fn is_language_tag(text: &str) -> bool {
    let mut parts = text.split('-');
    let language = parts.next().is_some_and(|part| {
        (2..=3).contains(&part.len()) && part.chars().all(|letter| letter.is_ascii_alphabetic())
    });
    let rest = parts.all(|part| {
        (1..=8).contains(&part.len()) && part.chars().all(|letter| letter.is_ascii_alphanumeric())
    });
    language && rest && text.len() <= 35
}

/// A BCP 47 tag by its shape.
pub fn locale(checks: &mut Checks, text: &str) -> String {
    if !is_language_tag(text) {
        checks.refuse(
            UserErrorCode::Invalid,
            "locale",
            "must be a BCP 47 tag, as `ja` or `en-IE`",
        );
    }
    text.to_owned()
}

/// An IANA time zone.
pub fn time_zone(checks: &mut Checks, text: &str) -> String {
    if text.parse::<chrono_tz::Tz>().is_err() {
        checks.refuse(
            UserErrorCode::Invalid,
            "timeZone",
            "must be an IANA time zone, as `Asia/Tokyo`",
        );
    }
    text.to_owned()
}

/// An ISO 4217 code by its shape.
pub fn currency(checks: &mut Checks, text: &str) -> String {
    if text.len() != 3 || !text.chars().all(|letter| letter.is_ascii_uppercase()) {
        checks.refuse(
            UserErrorCode::Invalid,
            "currency",
            "must be an ISO 4217 code, as `JPY`",
        );
    }
    text.to_owned()
}

/// An e-mail address that messages are sent from or answered to.
pub fn mail_address(checks: &mut Checks, field: &str, text: Option<&str>) -> Option<String> {
    let text = checks.text(field, text, 254)?;
    let address = mail::parse_address(&text);
    if address.is_none() {
        let message =
            format!("`{text}` must be an e-mail address, for example `alumni@example.com`");
        checks.refuse(UserErrorCode::Invalid, field, message);
    }
    address.map(|address| address.to_string())
}

/// The page that opens the links of messages.
pub fn portal_url(checks: &mut Checks, text: Option<&str>) -> Option<String> {
    let text = checks.text("portalUrl", text, 2_000)?;
    if let Err(message) = mail::parse_portal_url(&text) {
        checks.refuse(UserErrorCode::Invalid, "portalUrl", message);
        return None;
    }
    Some(text)
}

/// Days of notice before the end of a membership in a new company.
pub const NOTICE_DAYS: i32 = 30;

/// How many days before the end of a membership its notice is sent: 1 to 180.
pub fn notice_days(checks: &mut Checks, days: i32) -> i32 {
    if !(1..=180).contains(&days) {
        let message = format!("is {days}; must be from 1 to 180 days");
        checks.refuse(UserErrorCode::Invalid, "membershipNoticeDays", message);
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_small_letters_digits_and_single_hyphens() {
        for (text, fits) in [
            ("aozora", true),
            ("a1-b2", true),
            ("a", false),
            ("1a", false),
            ("A-b", false),
            ("a--b", false),
            ("ab-", false),
            ("あお", false),
        ] {
            let mut checks = Checks::default();
            slug(&mut checks, text);
            assert_eq!(checks.done().is_ok(), fits, "{text}");
        }
    }

    #[test]
    fn a_locale_a_time_zone_and_a_currency_are_known_by_their_standards() {
        let mut checks = Checks::default();
        locale(&mut checks, "zh-Hant-TW");
        time_zone(&mut checks, "Europe/Dublin");
        currency(&mut checks, "EUR");
        assert!(checks.done().is_ok());
        let mut checks = Checks::default();
        locale(&mut checks, "日本語");
        time_zone(&mut checks, "Tokyo");
        currency(&mut checks, "yen");
        let Err(crate::error::Error::Refused(faults)) = checks.done() else {
            panic!("accepted")
        };
        assert_eq!(faults.len(), 3);
    }
}
