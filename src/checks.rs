//! What every value from outside must satisfy before an action looks at it. Collects all faults, so that a form shows them at once.

use std::borrow::Cow;

use async_graphql::MaybeUndefined;
use unicode_normalization::UnicodeNormalization;

/// An edit of a value that may be empty: not edited, emptied, or set.
pub type Edit<T> = MaybeUndefined<T>;

use crate::error::{Error, Refusal, Result, UserErrorCode};

/// Faults found so far.
#[derive(Debug, Default)]
pub struct Checks(Vec<Refusal>);

impl Checks {
    /// Notes a fault.
    pub fn refuse(&mut self, code: UserErrorCode, field: &str, message: impl Into<String>) {
        self.0.push(Refusal::new(code, field, message));
    }

    /// A text of one line that must not be empty: trimmed, without marks of direction.
    pub fn line(&mut self, field: &str, text: &str, most: usize) -> String {
        let text = without_direction(text);
        let text = text.trim();
        if text.is_empty() {
            self.refuse(UserErrorCode::Required, field, "must not be empty");
        } else if text.contains(['\n', '\r']) {
            self.refuse(UserErrorCode::Invalid, field, "must be one line");
        }
        self.length(field, text, most);
        text.to_owned()
    }

    /// A text that may be empty or missing, which is the same: trimmed.
    pub fn text(&mut self, field: &str, text: Option<&str>, most: usize) -> Option<String> {
        let text = text.map(str::trim).filter(|text| !text.is_empty())?;
        self.length(field, text, most);
        Some(text.to_owned())
    }

    /// An optional text of an edit: null where the field is not edited.
    pub fn edit(
        &mut self,
        field: &str,
        edit: &Edit<String>,
        most: usize,
    ) -> Option<Option<String>> {
        match edit {
            Edit::Undefined => None,
            Edit::Null => Some(None),
            Edit::Value(text) => Some(self.text(field, Some(text), most)),
        }
    }

    /// An https address.
    pub fn address(&mut self, field: &str, text: Option<&str>) -> Option<String> {
        let text = self.text(field, text, 2_000)?;
        match reqwest::Url::parse(&text) {
            Ok(url) if url.scheme() == "https" && url.has_host() => Some(text),
            _ => {
                self.refuse(
                    UserErrorCode::Invalid,
                    field,
                    "must be an https address, as `https://example.com/`",
                );
                None
            }
        }
    }

    /// An e-mail address by its shape, in one width.
    pub fn email(&mut self, field: &str, text: &str) -> String {
        email_address(text).unwrap_or_else(|| {
            let message =
                "must be an e-mail address, as `taro@example.com`, of at most 254 characters";
            self.refuse(UserErrorCode::Invalid, field, message);
            String::new()
        })
    }

    fn length(&mut self, field: &str, text: &str, most: usize) {
        if text.chars().count() > most {
            self.refuse(
                UserErrorCode::TooLong,
                field,
                format!("must have at most {most} characters"),
            );
        }
        if text
            .chars()
            .any(|letter| letter.is_control() && !matches!(letter, '\n' | '\r' | '\t'))
        {
            self.refuse(
                UserErrorCode::Invalid,
                field,
                "must not hold control characters",
            );
        }
    }

    /// All faults, where there is one.
    pub fn done(self) -> Result<()> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Error::Refused(self.0))
        }
    }
}

/// A text of one line without the characters that set its direction (U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069): nobody sees
/// them, and a name that holds one turns the text around it.
#[must_use]
pub fn without_direction(text: &str) -> Cow<'_, str> {
    let sets = |letter: char| {
        matches!(
            letter,
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
    };
    if text.contains(sets) {
        Cow::Owned(text.replace(sets, ""))
    } else {
        Cow::Borrowed(text)
    }
}

/// An e-mail address by its shape, in one width; null if the text is none.
#[must_use]
pub fn email_address(text: &str) -> Option<String> {
    let text: String = text.trim().nfkc().collect();
    let (local, host) = text.split_once('@')?;
    let fits = !local.is_empty()
        && !host.contains('@')
        && host.split('.').count() > 1
        && host.split('.').all(|label| !label.is_empty())
        && !text
            .chars()
            .any(|letter| letter.is_whitespace() || letter.is_control())
        && text.chars().count() <= 254;
    fits.then_some(text)
}

/// Refuses an edit of another version than the one stored.
pub fn same_version(expected: Option<i32>, stored: i32) -> Result<()> {
    match expected {
        Some(expected) if expected != stored => Err(Refusal::new(
            UserErrorCode::StaleVersion,
            "expectedVersion",
            format!("the version stored is {stored}, not {expected}: read again"),
        )
        .into()),
        _ => Ok(()),
    }
}
