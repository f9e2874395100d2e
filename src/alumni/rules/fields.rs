//! What makes the fields of a person's record acceptable, each as it will be stored.

use entity::{Intent, Link};
use unicode_normalization::UnicodeNormalization;

use crate::checks::{Checks, without_direction};
use crate::companies::is_language_tag;
use crate::error::UserErrorCode;

/// Reads one field: what to store, null where it is blank or was refused.
pub type Reader = fn(&mut Checks, &str, &str) -> Option<String>;

/// Most links of a profile.
pub const MOST_LINKS: usize = 10;
/// Most languages of a profile.
pub const MOST_LANGUAGES: usize = 20;

/// One line of at most 200 characters.
pub fn line(checks: &mut Checks, field: &str, text: &str) -> Option<String> {
    let text = without_direction(text);
    let text = checks.text(field, Some(&text), 200)?;
    if text.contains(['\n', '\r']) {
        checks.refuse(UserErrorCode::Invalid, field, "must be one line");
    }
    Some(text)
}

/// Any text of at most 5,000 characters.
pub fn paragraphs(checks: &mut Checks, field: &str, text: &str) -> Option<String> {
    checks.text(field, Some(text), 5_000)
}

/// The reading of a name in full-width katakana; hiragana and half-width letters are brought to it.
pub fn kana(checks: &mut Checks, field: &str, text: &str) -> Option<String> {
    let text: String = line(checks, field, text)?
        .nfkc()
        .map(|letter| match letter {
            'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => {
                char::from_u32(u32::from(letter) + 0x60).unwrap_or(letter)
            }
            _ => letter,
        })
        .collect();
    if !text
        .chars()
        .all(|letter| matches!(letter, 'ァ'..='ヺ' | 'ー' | 'ヽ' | 'ヾ' | '・' | ' '))
    {
        checks.refuse(
            UserErrorCode::Invalid,
            field,
            "must be a reading in kana, as `ヤマダ`",
        );
    }
    Some(text)
}

/// A name in Latin letters.
pub fn romaji(checks: &mut Checks, field: &str, text: &str) -> Option<String> {
    let text: String = line(checks, field, text)?.nfkc().collect();
    let latin = |letter: char| {
        letter.is_ascii_alphabetic()
            || matches!(letter, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | ' ' | '-' | '\'' | '’' | '.')
    };
    if !text.chars().all(latin) {
        checks.refuse(
            UserErrorCode::Invalid,
            field,
            "must be written in Latin letters, as `Yamada`",
        );
    }
    Some(text)
}

/// An e-mail address by its shape, its domain in small letters.
pub fn email(checks: &mut Checks, field: &str, text: &str) -> Option<String> {
    let text = line(checks, field, text)?;
    let odd = |letter: char| {
        letter.is_whitespace() || letter.is_control() || ",;:<>()[]\"\\@".contains(letter)
    };
    let address = text.split_once('@').filter(|(local, domain)| {
        let mut labels = domain.split('.');
        let whole = labels
            .all(|label| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-'));
        let fits = !local.is_empty() && text.len() <= 254;
        fits && whole && domain.contains('.') && !local.contains(odd) && !domain.contains(odd)
    });
    if address.is_none() {
        checks.refuse(
            UserErrorCode::Invalid,
            field,
            "must be one e-mail address, as `name@example.com`",
        );
    }
    address.map(|(local, domain)| format!("{local}@{}", domain.to_lowercase()))
}

/// A telephone number as it is written, in half width.
pub fn phone(checks: &mut Checks, field: &str, text: &str) -> Option<String> {
    let text: String = line(checks, field, text)?.nfkc().collect();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let plain = text
        .chars()
        .all(|letter| letter.is_ascii_digit() || "+-()./# ".contains(letter));
    if !plain || !(5..=20).contains(&digits) {
        checks.refuse(
            UserErrorCode::Invalid,
            field,
            "must be one telephone number of 5 to 20 digits, as `+81 3-1234-5678`",
        );
    }
    Some(text)
}

/// Addresses to show, each with what to call it.
pub fn links(checks: &mut Checks, field: &str, links: &[Link]) -> Vec<Link> {
    at_most(checks, field, links.len(), MOST_LINKS);
    let mut read = |(place, link): (usize, &Link)| {
        let label = checks.line(&format!("{field}.{place}.label"), &link.label, 100);
        let at = format!("{field}.{place}.url");
        if link.url.trim().is_empty() {
            checks.refuse(UserErrorCode::Required, &at, "must not be empty");
        }
        let url = checks.address(&at, Some(&link.url)).unwrap_or_default();
        Link { label, url }
    };
    links
        .iter()
        .take(MOST_LINKS)
        .enumerate()
        .map(&mut read)
        .collect()
}

/// Languages, best first; one named twice counts where it stands first.
pub fn languages(checks: &mut Checks, field: &str, tags: &[String]) -> Vec<String> {
    at_most(checks, field, tags.len(), MOST_LANGUAGES);
    let mut kept: Vec<String> = Vec::new();
    for (place, tag) in tags.iter().take(MOST_LANGUAGES).enumerate() {
        if !is_language_tag(tag) {
            checks.refuse(
                UserErrorCode::Invalid,
                &format!("{field}.{place}"),
                "must be a BCP 47 tag, as `ja` or `en-IE`",
            );
        } else if !kept.iter().any(|known| known.eq_ignore_ascii_case(tag)) {
            kept.push(tag.clone());
        }
    }
    kept
}

/// What an alumnus is open to, in the words' order. Who only stays in touch is open to nothing else.
pub fn intents(checks: &mut Checks, field: &str, intents: &[Intent]) -> Vec<Intent> {
    let mut intents = intents.to_vec();
    intents.sort_unstable();
    intents.dedup();
    if intents.len() > 1 && intents.contains(&Intent::NetworkOnly) {
        checks.refuse(
            UserErrorCode::Invalid,
            field,
            "NETWORK_ONLY says that there is nothing else: set it alone",
        );
    }
    intents
}

fn at_most(checks: &mut Checks, field: &str, count: usize, most: usize) {
    if count > most {
        checks.refuse(
            UserErrorCode::TooLong,
            field,
            format!("must have at most {most} entries, has {count}"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(reader: Reader, text: &str) -> Option<String> {
        let mut checks = Checks::default();
        let read = reader(&mut checks, "field", text);
        checks.done().is_ok().then_some(read).flatten()
    }

    #[test]
    fn readings_are_stored_in_full_width_katakana_and_nothing_else_is_one() {
        for (text, stored) in [
            ("やまだ", Some("ヤマダ")),
            ("ﾔﾏﾀﾞ", Some("ヤマダ")),
            (" ヴァン・ダー ", Some("ヴァン・ダー")),
            ("山田", None),
            ("Yamada", None),
        ] {
            assert_eq!(read(kana, text).as_deref(), stored, "{text}");
        }
    }

    #[test]
    fn romaji_are_latin_letters_of_any_language() {
        for (text, fits) in [
            ("O'Brien-Łuk", true),
            ("Nguyễn", true),
            ("やまだ", false),
            ("a<b", false),
        ] {
            assert_eq!(read(romaji, text).is_some(), fits, "{text}");
        }
    }

    #[test]
    fn an_address_has_one_at_sign_and_a_dotted_domain() {
        for (text, stored) in [
            ("Hana.Y+x@Example.COM", Some("Hana.Y+x@example.com")),
            ("hana@localhost", None),
            ("hana@example..com", None),
            ("a@b@example.com", None),
            ("Hana <hana@example.com>", None),
            ("@example.com", None),
            ("hana@-example.com", None),
        ] {
            assert_eq!(read(email, text).as_deref(), stored, "{text}");
        }
    }

    #[test]
    fn a_telephone_number_is_kept_as_written_in_half_width() {
        for (text, stored) in [
            ("０３-１２３４-５６７８", Some("03-1234-5678")),
            ("+353 (0)1 234 5678", Some("+353 (0)1 234 5678")),
            ("1234", None),
            ("call me", None),
        ] {
            assert_eq!(read(phone, text).as_deref(), stored, "{text}");
        }
    }

    #[test]
    fn who_only_stays_in_touch_is_open_to_nothing_else() {
        use Intent::{Mentor, NetworkOnly, Rehire};
        let mut checks = Checks::default();
        assert_eq!(
            intents(&mut checks, "intents", &[Mentor, Rehire, Mentor]),
            [Rehire, Mentor]
        );
        assert_eq!(
            intents(&mut checks, "intents", &[NetworkOnly]),
            [NetworkOnly]
        );
        assert!(checks.done().is_ok());
        let mut checks = Checks::default();
        intents(&mut checks, "intents", &[NetworkOnly, Rehire]);
        assert!(checks.done().is_err());
    }

    #[test]
    fn languages_are_tags_and_each_counts_once() {
        let mut checks = Checks::default();
        let tags = ["ja", "en-IE", "JA"].map(str::to_owned);
        assert_eq!(languages(&mut checks, "languages", &tags), ["ja", "en-IE"]);
        assert!(checks.done().is_ok());
        let mut checks = Checks::default();
        languages(&mut checks, "languages", &vec!["ja".to_owned(); 21]);
        assert!(checks.done().is_err());
    }
}
