//! Names: one cell taken apart into family and given name, readings brought to one script.
//!
//! "Family, Given" and names in Japanese script are read family first. A name in other letters without a comma has an order only
//! when the mapping says so; it is refused otherwise, because a guess would rename people.

use serde::Deserialize;

use super::text::tidy;

/// How a name without a comma, in other than Japanese script, is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameOrder {
    /// Not known: such a name is refused.
    #[default]
    #[serde(skip)]
    Unknown,
    FamilyGiven,
    GivenFamily,
}

/// Family and given name; the given one is missing where the cell held one word only.
pub type Parts = (String, Option<String>);

/// Takes a full name apart.
pub fn split(full: &str, order: NameOrder) -> Result<Parts, String> {
    let full = tidy(full);
    let full = without_note(&full);
    if let Some(reason) = refusal(full) {
        return Err(reason.to_owned());
    }
    let parts: Vec<&str> = full
        .split([',', '、', '，'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    match parts[..] {
        [family, given] if is_suffix(given) => {
            Err(format!("has only “{family}” beside the suffix “{given}”"))
        }
        [family, given] => Ok((family.to_owned(), Some(given.to_owned()))),
        [family, suffix, given] | [family, given, suffix] if is_suffix(suffix) => {
            Ok((format!("{family} {suffix}"), Some(given.to_owned())))
        }
        [single] => Ok(spaced(single, order)?),
        _ => Err("has more commas than “Family, Given”".to_owned()),
    }
}

/// Why this cannot be somebody's name, if it cannot.
pub fn refusal(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        Some("is empty")
    } else if !name.chars().any(char::is_alphabetic) {
        Some("holds no letter")
    } else {
        None
    }
}

/// A reading in full-width katakana: half-width and hiragana folded, dashes between kana taken for the long vowel mark.
pub fn kana(reading: &str) -> String {
    let reading = tidy(reading);
    let mut even = String::with_capacity(reading.len());
    for character in reading.chars() {
        let after_kana = even
            .chars()
            .next_back()
            .is_some_and(|last| matches!(last, 'ァ'..='ヺ' | 'ー'));
        even.push(match character {
            '-' | '‐' | '‑' | '–' | '—' | '―' | '−' | '─' if after_kana => 'ー',
            'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => {
                char::from_u32(u32::from(character) + 0x60).unwrap_or(character)
            }
            other => other,
        });
    }
    even
}

/// Whether the text is in Japanese script (or Chinese ideographs), where the family name comes first.
pub fn is_japanese(text: &str) -> bool {
    text.chars().any(|character| matches!(character, '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3134f}' | '々'))
}

/// One name out of its two parts, in the order its script asks for.
pub fn joined(family: &str, given: &str) -> String {
    match (family.is_empty(), given.is_empty()) {
        (true, _) => given.to_owned(),
        (_, true) => family.to_owned(),
        _ if is_japanese(family) || is_japanese(given) => format!("{family} {given}"),
        _ => format!("{given} {family}"),
    }
}

fn spaced(name: &str, order: NameOrder) -> Result<Parts, String> {
    let words: Vec<&str> = name.split(' ').collect();
    let order = if is_japanese(name) {
        NameOrder::FamilyGiven
    } else {
        order
    };
    match (words.as_slice(), order) {
        ([], _) => Err("is empty".to_owned()),
        ([single], _) => Ok(((*single).to_owned(), None)),
        ([family, given @ ..], NameOrder::FamilyGiven)
        | ([given @ .., family], NameOrder::GivenFamily) => {
            Ok(((*family).to_owned(), Some(given.join(" "))))
        }
        _ => Err(
            "has no comma between family and given name, and the mapping names no name_order"
                .to_owned(),
        ),
    }
}

/// Systems write a state or a number behind a name: `Smith, John (Terminated)`, `山田 太郎（旧姓：佐藤）`, `Smith, John [C]`.
fn without_note(name: &str) -> &str {
    let mut name = name.trim();
    for (open, close) in [('(', ')'), ('[', ']'), ('(', ')')] {
        if let Some((before, _)) = name
            .strip_suffix(close)
            .and_then(|inner| inner.rsplit_once(open))
            .filter(|(before, _)| !before.trim().is_empty())
        {
            name = before.trim();
        }
    }
    name
}

fn is_suffix(word: &str) -> bool {
    let word = word.trim_end_matches('.').to_lowercase();
    matches!(
        word.as_str(),
        "jr" | "sr" | "ii" | "iii" | "iv" | "phd" | "ph.d" | "md" | "m.d" | "esq" | "cpa"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(full: &str, order: NameOrder) -> Result<(String, String), String> {
        split(full, order).map(|(family, given)| (family, given.unwrap_or_default()))
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "compared with what may be refused"
    )]
    fn pair(family: &str, given: &str) -> Result<(String, String), String> {
        Ok((family.to_owned(), given.to_owned()))
    }

    #[test]
    fn a_comma_stands_between_family_and_given_name() {
        assert_eq!(
            parts("Smith, John", NameOrder::Unknown),
            pair("Smith", "John")
        );
        assert_eq!(
            parts("  de la Cruz ,María José ", NameOrder::GivenFamily),
            pair("de la Cruz", "María José")
        );
        assert_eq!(
            parts("Smith, John (On Leave) [C]", NameOrder::Unknown),
            pair("Smith", "John")
        );
        assert_eq!(
            parts("Smith, Jr., John", NameOrder::Unknown),
            pair("Smith Jr.", "John")
        );
        assert_eq!(
            parts("Smith, John, III", NameOrder::Unknown),
            pair("Smith III", "John")
        );
    }

    #[test]
    fn japanese_names_part_at_a_space_of_any_width() {
        assert_eq!(
            parts("山田　太郎", NameOrder::Unknown),
            pair("山田", "太郎")
        );
        assert_eq!(
            parts("山田 太郎（旧姓：佐藤）", NameOrder::GivenFamily),
            pair("山田", "太郎")
        );
        assert_eq!(
            parts("スミス　ジョン　ポール", NameOrder::Unknown),
            pair("スミス", "ジョン ポール")
        );
        assert_eq!(parts("山田太郎", NameOrder::Unknown), pair("山田太郎", ""));
    }

    #[test]
    fn a_name_without_a_comma_needs_an_order() {
        assert!(
            parts("John Smith", NameOrder::Unknown)
                .is_err_and(|reason| reason.contains("name_order"))
        );
        assert_eq!(
            parts("John Paul Smith", NameOrder::GivenFamily),
            pair("Smith", "John Paul")
        );
        assert_eq!(
            parts("Smith John Paul", NameOrder::FamilyGiven),
            pair("Smith", "John Paul")
        );
        assert_eq!(parts("Sukarno", NameOrder::Unknown), pair("Sukarno", ""));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        assert_eq!(
            parts("12345", NameOrder::Unknown),
            Err("holds no letter".to_owned())
        );
        assert_eq!(parts(" 　", NameOrder::Unknown), Err("is empty".to_owned()));
        assert!(parts("a, b, c", NameOrder::Unknown).is_err());
        assert!(parts("Smith, Jr.", NameOrder::Unknown).is_err());
    }

    #[test]
    fn readings_come_out_in_full_width_katakana() {
        assert_eq!(kana("ﾔﾏﾀﾞ"), "ヤマダ");
        assert_eq!(kana("さとう　はなこ"), "サトウ ハナコ");
        assert_eq!(kana("ﾘｰ"), "リー");
        assert_eq!(kana("サト-"), "サトー");
        assert_eq!(kana("Smith-Jones"), "Smith-Jones");
    }

    #[test]
    fn the_two_parts_join_in_the_order_of_their_script() {
        assert_eq!(joined("佐藤", "花子"), "佐藤 花子");
        assert_eq!(joined("Smith", "Jo"), "Jo Smith");
        assert_eq!(joined("", "Jo"), "Jo");
    }
}
