//! How a text is read: folded for order and for search, so that case, width and kana form do not matter.
//! A search finds any two neighbouring letters or more (two-letter family names are common), and one letter as well.

use unicode_normalization::UnicodeNormalization;

/// Lower case, one width, hiragana for katakana; everything but letters and digits becomes a single space.
#[must_use]
pub fn fold(text: &str) -> String {
    folded(text, char::is_alphanumeric)
}

/// As [`fold`], for names of skills: `+` and `#` stay, for C, C++ and C# are three.
#[must_use]
pub fn fold_skill(text: &str) -> String {
    folded(text, |letter| {
        letter.is_alphanumeric() || matches!(letter, '+' | '#')
    })
}

fn folded(text: &str, keeps: impl Fn(char) -> bool) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.nfkc().flat_map(char::to_lowercase) {
        let letter = match letter {
            // katakana ァ..ヶ lie 0x60 above their hiragana
            'ァ'..='ヶ' => char::from_u32(u32::from(letter) - 0x60).unwrap_or(letter),
            _ => letter,
        };
        if keeps(letter) {
            folded.push(letter);
        } else if !folded.is_empty() && !folded.ends_with(' ') {
            folded.push(' ');
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// The reading by which a person is ordered among others: kana where known, else the name as written.
#[must_use]
pub fn sort_name(
    family: &str,
    given: &str,
    family_kana: Option<&str>,
    given_kana: Option<&str>,
) -> String {
    let family = fold(
        family_kana
            .filter(|kana| !kana.is_empty())
            .unwrap_or(family),
    );
    let given = fold(given_kana.filter(|kana| !kana.is_empty()).unwrap_or(given));
    format!("{family} {given}").trim().to_owned()
}

/// What a text search finds something by: for each word its letter pairs and its last letter, separated by spaces.
/// The last letter ends the run of pairs, so that no match reaches from one word into the next.
#[must_use]
pub fn grams<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let mut grams = String::new();
    for text in texts {
        for word in fold(text).split(' ').filter(|word| !word.is_empty()) {
            let letters: Vec<char> = word.chars().collect();
            for (place, letter) in letters.iter().enumerate() {
                if !grams.is_empty() {
                    grams.push(' ');
                }
                grams.push(*letter);
                grams.extend(letters.get(place + 1));
            }
        }
    }
    grams
}

/// A text search: every word must be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    words: Vec<Vec<String>>,
}

impl Search {
    /// Null where the text holds no letter or digit.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let words: Vec<Vec<String>> = fold(text)
            .split(' ')
            .filter(|word| !word.is_empty())
            .map(|word| {
                let letters: Vec<char> = word.chars().collect();
                match letters.len() {
                    1 => vec![word.to_owned()],
                    _ => letters.windows(2).map(String::from_iter).collect(),
                }
            })
            .collect();
        (!words.is_empty()).then_some(Self { words })
    }

    /// As PostgreSQL's `tsquery`; letters and digits only, so nothing needs escaping. Finds too much: see [`Self::runs`].
    #[must_use]
    pub fn tsquery(&self, company: Option<uuid::Uuid>) -> String {
        let grams = self
            .words
            .iter()
            .flatten()
            .map(|gram| match gram.chars().nth(1) {
                Some(_) => format!("'{gram}'"),
                None => format!("'{gram}':*"),
            });
        let company = company.map(|id| format!("'{id}'"));
        company
            .into_iter()
            .chain(grams)
            .collect::<Vec<_>>()
            .join(" & ")
    }

    /// As an FTS5 match expression.
    #[must_use]
    pub fn fts5(&self) -> String {
        let words = self.words.iter().map(|grams| match grams.as_slice() {
            [one] if one.chars().count() == 1 => format!("\"{one}\"*"),
            pairs => format!("\"{}\"", pairs.join(" ")),
        });
        words.collect::<Vec<_>>().join(" ")
    }

    /// What must stand in a `grams` text, side by side. Holds no wildcard. A pair or letter by itself is one as well: where rows are
    /// walked in their order, to look for it in the text is much the cheaper way.
    pub fn runs(&self) -> impl Iterator<Item = String> {
        self.words.iter().map(|grams| grams.join(" "))
    }

    /// Whether it likely finds few rows of many, so that they are best found first and put in order then: a word of two ideographs, three
    /// kana or five other letters, as a family name has. Shorter ones may be in every third name, and are soon met on a walk.
    #[must_use]
    pub fn finds_few(&self) -> bool {
        let enough = |letter: char| match letter {
            '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' => 2,
            '\u{3040}'..='\u{30ff}' => 3,
            _ => 5,
        };
        self.words.iter().any(|grams| {
            // of a word's pairs each but the last adds its first letter
            let letters = grams
                .last()
                .map_or(0, |last| grams.len() - 1 + last.chars().count());
            let needed = grams.iter().flat_map(|gram| gram.chars()).map(enough).min();
            needed.is_some_and(|needed| letters >= needed)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_width_and_kana_form_do_not_matter() {
        assert_eq!(fold("ヤマダ ﾊﾅｺ　ＡＢＣ・Ｄ"), "やまだ はなこ abc d");
        assert_eq!(fold("  O'Neil-Łuk  "), "o neil łuk");
        assert_eq!(fold("サーバー"), "さーばー");
    }

    #[test]
    fn a_skill_keeps_the_signs_that_tell_it_from_others() {
        assert_eq!(
            ["C", "Ｃ＋＋", "C#", "ASP.NET", "テスト設計"].map(fold_skill),
            ["c", "c++", "c#", "asp net", "てすと設計"]
        );
    }

    #[test]
    fn the_reading_orders_a_person_before_the_writing() {
        assert_eq!(
            sort_name("山田", "花子", Some("ヤマダ"), Some("ハナコ")),
            "やまだ はなこ"
        );
        assert_eq!(sort_name("Garcia", "", None, None), "garcia");
    }

    #[test]
    fn a_run_of_pairs_does_not_reach_into_the_next_word() {
        assert_eq!(grams(["山田太", "ab"]), "山田 田太 太 ab b");
        let search = Search::of("山田 A").unwrap();
        assert_eq!(search.tsquery(None), "'山田' & 'a':*");
        assert_eq!(search.fts5(), "\"山田\" \"a\"*");
        assert_eq!(
            Search::of("山田太").unwrap().runs().collect::<Vec<_>>(),
            ["山田 田太"]
        );
        assert_eq!(
            Search::of("山田").unwrap().runs().collect::<Vec<_>>(),
            ["山田"]
        );
        assert_eq!(Search::of(" -!%"), None);
    }

    #[test]
    fn a_pair_of_common_letters_may_find_many() {
        let finds_few = |text| Search::of(text).unwrap().finds_few();
        assert_eq!(
            ["a", "shi", "moto", "や", "やま", "山", "田 a"].map(finds_few),
            [false; 7]
        );
        assert_eq!(
            ["yamad", "やまだ", "山田", "a 山田", "山a"].map(finds_few),
            [true; 5]
        );
    }
}
