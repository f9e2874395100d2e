//! A client's idempotency key, and the slot in which its response is stored.

use std::borrow::Cow;
use std::fmt;

use async_graphql::registry::{__DirectiveLocation, MetaDirective, Registry};
use async_graphql::{
    ContextDirective, CustomDirective, CustomDirectiveFactory, ServerError, ServerResult,
};
use entity::CompanyId;
use sha2::{Digest, Sha256};

use super::Fingerprint;
use crate::access::Viewer;
use crate::graphql::directive::{argument, directive};

/// Name of the directive.
pub const DIRECTIVE: &str = "idempotent";

/// How many characters a key has at most.
const LONGEST: usize = 255;

/// A key: 1 to 255 printable ASCII characters without spaces, of which the client uses each for one mutation.
#[derive(Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Parses a key; null if it is invalid.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let sane =
            (1..=LONGEST).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        sane.then(|| Self(text.to_owned()))
    }

    /// Reads a header: the key as it is, or in quotes, as the draft has it (a string of RFC 9651).
    #[must_use]
    pub fn from_header(text: &str) -> Option<Self> {
        let text = text.trim();
        let bare = text
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        Self::parse(bare.unwrap_or(text))
    }

    /// The slot of a viewer's mutation.
    #[must_use]
    pub fn slot(&self, viewer: &Viewer, fingerprint: &Fingerprint) -> Slot {
        let mut hash = Sha256::new();
        match viewer {
            Viewer::Member(member) => {
                hash.update(b"account");
                hash.update(member.account.0);
            }
            Viewer::Service(service) => {
                hash.update(b"key");
                hash.update(service.key.0);
            }
            Viewer::Login(login) => {
                hash.update(b"login");
                for part in [&login.identity.issuer, &login.identity.subject] {
                    hash.update((part.len() as u64).to_be_bytes());
                    hash.update(part);
                }
            }
            // These are many people: none must meet another's keys, nor learn that one is in use.
            Viewer::Anonymous | Viewer::System(_) | Viewer::Preview { .. } => {
                hash.update(b"anonymous");
                hash.update(fingerprint.0);
            }
        }
        hash.update(&self.0);
        Slot {
            hash: hash.finalize().into(),
            company: viewer.company(),
            key: self.clone(),
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Not logged: with the key, the stored response can be read again.
impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdempotencyKey(…)")
    }
}

/// One key of one viewer.
#[derive(Clone, Debug)]
pub struct Slot {
    pub(super) hash: [u8; 32],
    pub(super) company: Option<CompanyId>,
    pub(super) key: IdempotencyKey,
}

/// The directive, which the border reads and nothing runs.
pub struct Idempotent;

impl CustomDirectiveFactory for Idempotent {
    fn name(&self) -> Cow<'static, str> {
        DIRECTIVE.into()
    }

    fn register(&self, registry: &mut Registry) {
        let key = argument::<String>(registry, "key", None);
        registry.add_directive(MetaDirective {
            locations: vec![__DirectiveLocation::MUTATION],
            ..directive(DIRECTIVE, DESCRIPTION, [key])
        });
    }

    fn create(
        &self,
        _: &ContextDirective<'_>,
        _: &async_graphql::parser::types::Directive,
    ) -> ServerResult<Box<dyn CustomDirective>> {
        Err(ServerError::new("It stands before a mutation.", None))
    }
}

const DESCRIPTION: &str = "Executes the mutation at most once per key within 24 hours: all its fields, or none. A key has 1 to 255 printable ASCII characters without spaces, for example a UUID. \
If the same viewer repeats the operation with the same variables and key, the first response is returned, with `extensions.idempotent.replayed: true`. \
Another operation with the same key is rejected with `CONFLICT`. A repetition during the first execution is rejected with `CONFLICT` too; send it again later. \
Responses with `userErrors` and errors of the request are stored. Responses with a server error, a conflict or a timeout are not stored. The header `Idempotency-Key` has the same effect.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_printable_and_not_too_long() {
        let longest = "k".repeat(255);
        for text in [
            "8e03978e-40d5-43dd-bc93-6894a57f9324",
            "a",
            &longest,
            "\"quoted",
        ] {
            assert!(IdempotencyKey::parse(text).is_some(), "{text}");
        }
        for text in ["", "two words", "鍵", "line\n", &"k".repeat(256)] {
            assert!(IdempotencyKey::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_headers_quotes_are_not_the_keys() {
        let bare = IdempotencyKey::parse("abc");
        assert!(IdempotencyKey::from_header("\"abc\"") == bare);
        assert!(IdempotencyKey::from_header(" abc ") == bare);
        assert!(IdempotencyKey::from_header("\"\"").is_none());
    }

    #[test]
    fn who_is_nobody_meets_only_the_same_request() {
        let key = IdempotencyKey::parse("abc").unwrap();
        let [one, other] = [Fingerprint([1; 32]), Fingerprint([2; 32])];
        let slot = |fingerprint| key.slot(&Viewer::Anonymous, fingerprint).hash;
        assert_eq!(slot(&one), slot(&one));
        assert_ne!(slot(&one), slot(&other));
    }
}
