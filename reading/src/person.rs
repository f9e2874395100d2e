//! What a person is ordered and found by. It follows from their names, their employer and their title, and is stored beside them.

use crate::name::fold_joined;
use crate::search::{Run, grams};
use crate::sound::{Ending, sound};

/// What a person is ordered and found by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Named<'p> {
    /// Family name.
    pub family_name: &'p str,
    /// Given name.
    pub given_name: &'p str,
    /// Reading of the family name in katakana.
    pub family_name_kana: Option<&'p str>,
    /// Reading of the given name in katakana.
    pub given_name_kana: Option<&'p str>,
    /// Family name in Latin letters.
    pub family_name_romaji: Option<&'p str>,
    /// Given name in Latin letters.
    pub given_name_romaji: Option<&'p str>,
    /// A former or business name.
    pub other_name: Option<&'p str>,
    /// Where the person works now.
    pub current_employer: Option<&'p str>,
    /// As what.
    pub current_title: Option<&'p str>,
}

/// The stored columns that follow from the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readings {
    /// By which directories are ordered.
    pub sort_name: String,
    /// By which a text search finds the person.
    pub grams: String,
    /// How many characters of it come from the names, from them and the other name, and from them and the employer.
    pub ends: [i32; 3],
}

/// How a person is ordered and found.
#[must_use]
pub fn readings(person: Named<'_>) -> Readings {
    let mut searched = grams(person.names().iter().map(String::as_str));
    let mut letters = searched.chars().count();
    let rest = [
        other_name(person.other_name),
        plain(person.current_employer),
        plain(person.current_title),
    ];
    let ends = rest.map(|words| {
        let end = i32::try_from(letters).unwrap_or(i32::MAX);
        let pieces = grams(words.iter().map(String::as_str));
        if !pieces.is_empty() {
            letters += 1 + pieces.chars().count();
            searched.extend([" ", &pieces]);
        }
        end
    });
    Readings {
        sort_name: person.sort_name(),
        grams: searched,
        ends,
    }
}

impl Named<'_> {
    /// The reading by which a person is ordered among others: kana where known, else the name as written; family and given name each
    /// without spaces.
    fn sort_name(&self) -> String {
        let read = |name, kana| fold_joined(known(kana).unwrap_or(name));
        let family = read(self.family_name, self.family_name_kana);
        let given = read(self.given_name, self.given_name_kana);
        format!("{family} {given}").trim().to_owned()
    }

    /// The words a search finds the person by, first how the name sounds: a name that begins so is found by its begin.
    fn names(&self) -> Vec<String> {
        let heard = |name, kana, romaji| known(kana).or(known(romaji)).unwrap_or(name);
        let family = heard(
            self.family_name,
            self.family_name_kana,
            self.family_name_romaji,
        );
        let given = heard(
            self.given_name,
            self.given_name_kana,
            self.given_name_romaji,
        );
        let written = [
            (self.family_name, self.given_name),
            (
                self.family_name_kana.unwrap_or_default(),
                self.given_name_kana.unwrap_or_default(),
            ),
            (
                self.family_name_romaji.unwrap_or_default(),
                self.given_name_romaji.unwrap_or_default(),
            ),
        ];
        let written = written
            .iter()
            .map(|(family, given)| fold_joined(&in_both_orders(family, given)));
        with_sounds(family, given, written)
    }
}

/// Family, given and family name: so either order is one run of letters.
fn in_both_orders(family: &str, given: &str) -> String {
    match (family.trim(), given.trim()) {
        (family, "") => family.to_owned(),
        ("", given) => given.to_owned(),
        (family, given) => format!("{family} {given} {family}"),
    }
}

/// The written words between how the whole name sounds, and what of it sounds otherwise by itself (Sato Umeko is satomeko). If only one part
/// reads as Japanese, a family name is still the begin, and a given name is not.
fn with_sounds(family: &str, given: &str, written: impl Iterator<Item = String>) -> Vec<String> {
    let heard = |text: &str| sound(text, Ending::Whole);
    let begin = heard(&in_both_orders(family, given)).or_else(|| heard(family));
    let new = |part: &String| !begin.as_ref().is_some_and(|begin| begin.contains(part));
    let parts: Vec<String> = [heard(family), heard(given)]
        .into_iter()
        .flatten()
        .filter(new)
        .collect();
    distinct(begin.into_iter().chain(written).chain(parts))
}

/// Another name is one text; where it has several words, the first may be typed last.
fn other_name(name: Option<&str>) -> Vec<String> {
    let Some(name) = known(name) else {
        return Vec::new();
    };
    let name = name.trim();
    let (first, rest) = name.split_once(char::is_whitespace).unwrap_or((name, ""));
    let written = fold_joined(&in_both_orders(first, rest));
    with_sounds(first, rest, std::iter::once(written))
}

fn plain(text: Option<&str>) -> Vec<String> {
    distinct(text.map(fold_joined))
}

fn known(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.trim().is_empty())
}

fn distinct(words: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut distinct: Vec<String> = Vec::new();
    for word in words {
        if !word.is_empty() && !distinct.contains(&word) {
            distinct.push(word);
        }
    }
    distinct
}

/// A family name is no longer than this where a text without a space goes on with the given name.
const LONGEST_FAMILY_NAME: usize = 32;

/// The begin of a name, as somebody types it: with or without a space between family and given name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begin {
    /// The letters of it.
    pub letters: String,
    /// How it sounds.
    pub sound: Option<Run>,
}

impl Begin {
    /// Null where the text has no letter or digit.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let letters = fold_joined(text);
        // kana is looked for in the readings as they are; a long vowel mark is written in several ways
        let heard = letters.is_ascii() || text.contains(['ー', 'ｰ']);
        (!letters.is_empty()).then(|| Self {
            sound: heard
                .then(|| sound(text, Ending::Open))
                .flatten()
                .and_then(|sound| Run::of(&sound)),
            letters,
        })
    }

    /// The begins of a `sort_name` in which the family name is shorter than the text, the shortest first. That is their order as well:
    /// a space comes before every letter.
    #[must_use]
    pub fn beyond_family_name(&self) -> Vec<String> {
        let places = self.letters.char_indices().skip(1);
        places
            .take(LONGEST_FAMILY_NAME)
            .map(|(place, _)| {
                let (family, given) = self.letters.split_at(place);
                format!("{family} {given}")
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMED: Named<'_> = Named {
        family_name: "山本",
        given_name: "咲",
        family_name_kana: Some("ヤマ"),
        given_name_kana: Some("サキ"),
        family_name_romaji: Some("Ya"),
        given_name_romaji: None,
        other_name: Some("森 咲"),
        current_employer: Some("みな"),
        current_title: Some("長"),
    };

    #[test]
    fn a_person_is_ordered_by_kana_and_found_by_every_name_employer_and_title() {
        let readings = readings(NAMED);
        assert_eq!(readings.sort_name, "やま さき");
        let names = "ｙａ ａｍ ｍａ ａｓ ｓａ ａｋ ｋｉ ｉｙ ｙａ ａｍ ｍａ ａ 山本 本咲 咲山 山本 本 やま まさ さき きや やま ま ya a";
        assert_eq!(readings.grams, format!("{names} 森咲 咲森 森 みな な 長"));
        let up_to = |end: i32| {
            let letters = readings.grams.chars();
            letters
                .take(usize::try_from(end).unwrap())
                .collect::<String>()
        };
        assert_eq!(
            readings.ends.map(up_to),
            [
                names.to_owned(),
                format!("{names} 森咲 咲森 森"),
                format!("{names} 森咲 咲森 森 みな な")
            ]
        );
    }

    #[test]
    fn a_name_without_kana_is_ordered_as_it_is_written() {
        let named = Named {
            family_name: "O'Neil",
            given_name: "Zoë",
            family_name_kana: Some(" "),
            ..Named::default()
        };
        assert_eq!(readings(named).sort_name, "oneil zoe");
        assert_eq!(readings(named).grams.split(' ').next(), Some("on"));
        assert!(readings(named).grams.ends_with(" ｚｏ ｏｅ ｅ"));
    }

    #[test]
    fn romaji_gives_the_sound_where_kana_is_not_known() {
        let named = Named {
            family_name: "大野",
            family_name_romaji: Some("Ohno"),
            ..Named::default()
        };
        assert!(readings(named).grams.starts_with("ｏｎ ｎｏ ｏ "));
    }

    #[test]
    fn a_given_name_is_found_by_its_own_sound() {
        let named = Named {
            family_name: "佐藤",
            family_name_kana: Some("サトウ"),
            given_name: "梅",
            given_name_kana: Some("ウメ"),
            ..Named::default()
        };
        assert!(readings(named).grams.ends_with(" ｕｍ ｍｅ ｅ"));
    }

    #[test]
    fn a_text_without_a_space_may_go_on_with_the_given_name() {
        let begin = Begin::of("やま さ").unwrap();
        assert_eq!(begin.letters, "やまさ");
        assert_eq!(begin.sound, None);
        assert_eq!(begin.beyond_family_name(), ["や まさ", "やま さ"]);
        assert_eq!(Begin::of("yam").unwrap().sound.unwrap().text(), "ｙａ ａｍ");
        assert_eq!(Begin::of("%"), None);
    }
}
