//! Addresses and numbers to reach people by, checked lightly: enough to keep other columns' content out, no more.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// In the one form of letters that are written in several.
fn folded(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfkc().collect())
    }
}

/// An e-mail address, its domain in lower case. Accepts `Name <address>` and `mailto:`.
pub fn email(text: &str) -> Result<String, String> {
    let text = folded(text.trim());
    let inner = text
        .strip_suffix('>')
        .and_then(|inner| inner.rsplit_once('<'))
        .map_or(&*text, |(_, inner)| inner);
    let address = inner.strip_prefix("mailto:").unwrap_or(inner).trim();
    let not_one = || "is not one e-mail address".to_owned();
    let (local, domain) = address.split_once('@').ok_or_else(not_one)?;
    let odd = |character: char| {
        character.is_whitespace() || character.is_control() || ",;:<>()[]\"\\@".contains(character)
    };
    let dotted = domain.split('.').count() >= 2
        && domain
            .split('.')
            .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
    if local.is_empty()
        || address.len() > 254
        || local.contains(odd)
        || domain.contains(odd)
        || !dotted
    {
        return Err(not_one());
    }
    Ok(format!("{local}@{}", domain.to_lowercase()))
}

/// A telephone number as it is written, in half width.
pub fn phone(text: &str) -> Result<String, String> {
    let text = folded(text.trim()).replace(['‐', '‑', '–', '—', '―', '−', 'ー'], "-");
    let number = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let lower = number.to_lowercase();
    let main = ["ext.", "ext", "内線", "x"]
        .iter()
        .find_map(|mark| lower.split_once(mark).map(|(main, _)| main))
        .unwrap_or(&lower);
    let digits = main.bytes().filter(u8::is_ascii_digit).count();
    let plain = main
        .chars()
        .all(|character| character.is_ascii_digit() || "+-()./ ".contains(character));
    if plain && (5..=20).contains(&digits) && number.chars().count() <= 40 {
        Ok(number)
    } else {
        Err("is not one telephone number".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_kept_with_the_domain_in_lower_case() {
        assert_eq!(
            email(" Jane.Doe+hr@Example.COM "),
            Ok("Jane.Doe+hr@example.com".to_owned())
        );
        assert_eq!(
            email("Jane Doe <jane@example.com>"),
            Ok("jane@example.com".to_owned())
        );
        assert_eq!(
            email("mailto:jane@example.com"),
            Ok("jane@example.com".to_owned())
        );
        assert_eq!(
            email("ｊａｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ"),
            Ok("jane@example.com".to_owned())
        );
    }

    #[test]
    fn what_is_not_one_address_is_refused() {
        for text in [
            "jane@",
            "@example.com",
            "jane",
            "jane@localhost",
            "a@b.c; d@e.f",
            "a b@example.com",
            "jane@@example.com",
            "jane@example..com",
        ] {
            assert!(email(text).is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_are_kept_as_written_in_half_width() {
        assert_eq!(
            phone("０９０−１２３４−５６７８"),
            Ok("090-1234-5678".to_owned())
        );
        assert_eq!(
            phone("+1 (415) 555-0100  ext. 12"),
            Ok("+1 (415) 555-0100 ext. 12".to_owned())
        );
        assert_eq!(
            phone("03-1234-5678 内線 22"),
            Ok("03-1234-5678 内線 22".to_owned())
        );
    }

    #[test]
    fn what_is_not_one_number_is_refused() {
        for text in [
            "call me",
            "123",
            "Sales",
            "090-1234-5678、03-1234-5678",
            "123456789012345678901",
        ] {
            assert!(phone(text).is_err(), "{text}");
        }
    }
}
