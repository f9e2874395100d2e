//! What an erased person is known again by: a salted hash of each thing that names them. It says nothing of who that was, and cannot be
//! tried out without the company's salt.

use hmac::{Hmac, KeyInit, Mac};
use reading::fold;
use sha2::Sha256;
use unicode_normalization::UnicodeNormalization;

/// Something by which an outside system names a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownBy<'t> {
    /// What a system calls them.
    ExternalId {
        /// Which system.
        source: &'t str,
        /// What it calls them.
        id: &'t str,
    },
    /// As the company numbers them.
    EmployeeNumber(&'t str),
    /// An address, private or at work.
    Email(&'t str),
    /// A telephone number, with the name beside it: a desk's number is many people's.
    Phone {
        /// The number.
        number: &'t str,
        /// Family name.
        family_name: &'t str,
        /// Given name.
        given_name: &'t str,
    },
}

impl KnownBy<'_> {
    /// The hash kept of it; none where nothing is left of it that tells people apart.
    #[must_use]
    pub fn hash(&self, salt: &[u8]) -> Option<Vec<u8>> {
        let (kind, parts) = match self {
            Self::ExternalId { source, id } => ("external", vec![folded(source), (*id).to_owned()]),
            Self::EmployeeNumber(number) => ("number", vec![folded(number)]),
            Self::Email(address) => ("email", vec![folded(address)]),
            Self::Phone {
                number,
                family_name,
                given_name,
            } => {
                let name = fold(&format!("{family_name} {given_name}"));
                ("phone", vec![digits(number)?, name])
            }
        };
        if parts.iter().any(String::is_empty) {
            return None;
        }
        let mut mac = Hmac::<Sha256>::new_from_slice(salt).ok()?;
        mac.update(kind.as_bytes());
        for part in parts {
            // a length before each, so that no two different lists read the same
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        Some(mac.finalize().into_bytes().to_vec())
    }
}

fn folded(text: &str) -> String {
    text.trim().nfkc().flat_map(char::to_lowercase).collect()
}

/// The last nine digits: with and without a country's code it is the same number. Fewer than seven are nobody's.
fn digits(number: &str) -> Option<String> {
    let folded = folded(number);
    let main = folded
        .split(|letter: char| letter.is_alphabetic())
        .find(|part| part.chars().any(|letter| letter.is_ascii_digit()))?;
    let digits: Vec<char> = main.chars().filter(char::is_ascii_digit).collect();
    (digits.len() >= 7).then(|| digits[digits.len().saturating_sub(9)..].iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone<'t>(number: &'t str, family_name: &'t str) -> KnownBy<'t> {
        KnownBy::Phone {
            number,
            family_name,
            given_name: "",
        }
    }

    #[test]
    fn an_address_and_a_number_are_the_same_however_they_are_written() {
        let salt = [7; 32];
        let same = |one: KnownBy<'_>, other: KnownBy<'_>| {
            assert!(one.hash(&salt).is_some());
            assert_eq!(one.hash(&salt), other.hash(&salt));
        };
        same(
            KnownBy::Email("Taro@Example.JP "),
            KnownBy::Email("ｔａｒｏ@example.jp"),
        );
        same(
            phone("+81 90-1234-5678", "ヤマダ"),
            phone("090-1234-5678 ext. 12", "やまだ "),
        );
        same(
            KnownBy::EmployeeNumber("a-12"),
            KnownBy::EmployeeNumber("A-12"),
        );
    }

    #[test]
    fn another_kind_another_source_and_another_company_are_another_thing() {
        let salt = [7; 32];
        let id = KnownBy::ExternalId {
            source: "smarthr",
            id: "12",
        };
        let hashes = [
            id.hash(&salt),
            id.hash(&[8; 32]),
            KnownBy::ExternalId {
                source: "smarthr1",
                id: "2",
            }
            .hash(&salt),
            KnownBy::EmployeeNumber("12").hash(&salt),
        ];
        for (place, hash) in hashes.iter().enumerate() {
            assert!(!hashes[..place].contains(hash));
        }
        assert_eq!(phone("12345", "Sato").hash(&salt), None);
        let desk = phone("03-1234-5678", "Sato").hash(&salt);
        assert_ne!(desk, phone("03-1234-5678", "Suzuki").hash(&salt));
        assert_eq!(KnownBy::Email(" ").hash(&salt), None);
    }
}
