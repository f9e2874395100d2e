//! A text search. It finds any two neighbouring letters or more (two-letter family names are common), and one letter as well.

use crate::name;
use crate::sound::{Ending, sound};

/// What a text search finds something by: for each word its letter pairs and its last letter, separated by spaces.
/// The last letter ends the run of pairs, so that no match reaches from one word into the next.
#[must_use]
pub fn grams<'t>(words: impl IntoIterator<Item = &'t str>) -> String {
    let mut grams = String::new();
    for word in words {
        let letters: Vec<char> = word.chars().collect();
        for (place, letter) in letters.iter().enumerate() {
            if !grams.is_empty() {
                grams.push(' ');
            }
            grams.push(*letter);
            grams.extend(letters.get(place + 1));
        }
    }
    grams
}

/// A text search: every word must be found, as it is written or as it sounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    words: Vec<Vec<Run>>,
}

impl Search {
    /// Null where the text has no letter or digit.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        let words: Vec<Vec<Run>> = name::words(text)
            .iter()
            .filter_map(|word| {
                let written = Run::of(&name::fold_joined(word))?;
                Some([written].into_iter().chain(heard(word)).collect())
            })
            .collect();
        (!words.is_empty()).then_some(Self { words })
    }

    /// As PostgreSQL's `tsquery`; letters and digits only, so nothing needs escaping. Finds too much: see [`Self::runs`].
    #[must_use]
    pub fn tsquery(&self, company: Option<uuid::Uuid>) -> String {
        let company = company.map(|id| format!("'{id}'"));
        let words = self.words.iter().map(|runs| {
            let runs: Vec<String> = runs.iter().map(Run::tsquery).collect();
            match runs.as_slice() {
                [run] => run.clone(),
                runs => format!("({})", runs.join(" | ")),
            }
        });
        company
            .into_iter()
            .chain(words)
            .collect::<Vec<_>>()
            .join(" & ")
    }

    /// As an FTS5 match expression.
    #[must_use]
    pub fn fts5(&self) -> String {
        let words = self.words.iter().map(|runs| {
            let runs: Vec<String> = runs.iter().map(Run::fts5).collect();
            match runs.as_slice() {
                [run] => run.clone(),
                runs => format!("({})", runs.join(" OR ")),
            }
        });
        words.collect::<Vec<_>>().join(" AND ")
    }

    /// For each word, the texts of which one must be in a `grams` text. No wildcards. A pair or letter by itself is a run as well: where rows
    /// are walked in their order, to look for it in the text is much the cheaper way.
    pub fn runs(&self) -> impl Iterator<Item = impl Iterator<Item = String>> {
        self.words.iter().map(|runs| runs.iter().map(Run::text))
    }

    /// Whether it likely finds few rows of many, so that they are best found first and put in order then: a word of two ideographs, three
    /// kana or five other letters, as a family name has. Shorter ones may be in every third name, and are soon met on a walk.
    #[must_use]
    pub fn finds_few(&self) -> bool {
        self.words
            .iter()
            .any(|runs| runs.iter().all(Run::finds_few))
    }
}

/// How a word of a search sounds, if that is more than its letters: one Latin letter or two kana are looked for as they are written.
fn heard(word: &str) -> Option<Run> {
    let folded = name::fold_joined(word);
    let letters = folded.chars().count();
    let enough = if folded.is_ascii() { 2 } else { 3 };
    let sound = (letters >= enough).then(|| sound(word, Ending::Open))?;
    Run::of(&sound?)
}

/// Letters that are found side by side, as their pairs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    grams: Vec<String>,
}

impl Run {
    /// Null where there are no letters.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        let letters: Vec<char> = word.chars().collect();
        let grams = match letters.len() {
            0 => return None,
            1 => vec![word.to_owned()],
            _ => letters.windows(2).map(String::from_iter).collect(),
        };
        Some(Self { grams })
    }

    /// The pairs as a `grams` text has them.
    #[must_use]
    pub fn text(&self) -> String {
        self.grams.join(" ")
    }

    /// The pairs as PostgreSQL's `tsquery`.
    #[must_use]
    pub fn tsquery(&self) -> String {
        let grams = self.grams.iter().map(|gram| match gram.chars().nth(1) {
            Some(_) => format!("'{gram}'"),
            None => format!("'{gram}':*"),
        });
        grams.collect::<Vec<_>>().join(" & ")
    }

    /// The pairs as an FTS5 match expression.
    #[must_use]
    pub fn fts5(&self) -> String {
        match self.grams.as_slice() {
            [one] if one.chars().count() == 1 => format!("\"{one}\"*"),
            pairs => format!("\"{}\"", pairs.join(" ")),
        }
    }

    /// As [`Search::finds_few`].
    #[must_use]
    pub fn finds_few(&self) -> bool {
        let enough = |letter: char| match letter {
            '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' => 2,
            '\u{3040}'..='\u{30ff}' => 3,
            _ => 5,
        };
        // of a word's pairs each but the last adds its first letter
        let last = self.grams.last();
        let letters = last.map_or(0, |last| self.grams.len() - 1 + last.chars().count());
        let letters_of_pairs = self.grams.iter().flat_map(|gram| gram.chars());
        let needed = letters_of_pairs.map(enough).min();
        needed.is_some_and(|needed| letters >= needed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(text: &str) -> Vec<Vec<String>> {
        let search = Search::of(text).unwrap();
        search.runs().map(Iterator::collect).collect()
    }

    #[test]
    fn a_run_of_pairs_does_not_reach_into_the_next_word() {
        assert_eq!(grams(["山田太", "ab"]), "山田 田太 太 ab b");
        let search = Search::of("山田 A").unwrap();
        assert_eq!(search.tsquery(None), "'山田' & 'a':*");
        assert_eq!(search.fts5(), "\"山田\" AND \"a\"*");
        assert_eq!(runs("山田太"), [["山田 田太"]]);
        assert_eq!(runs("山田"), [["山田"]]);
        assert_eq!(Search::of(" -!%"), None);
    }

    #[test]
    fn a_word_is_found_as_it_is_written_or_as_it_sounds() {
        let search = Search::of("satoh Lee").unwrap();
        assert_eq!(
            search.tsquery(None),
            "('sa' & 'at' & 'to' & 'oh' | 'ｓａ' & 'ａｔ' & 'ｔｏ') & 'le' & 'ee'"
        );
        assert_eq!(
            search.fts5(),
            "(\"sa at to oh\" OR \"ｓａ ａｔ ｔｏ\") AND \"le ee\""
        );
        assert_eq!(runs("さとう"), [["さと とう", "ｓａ ａｔ ｔｏ"]]);
        assert_eq!(runs("さと"), [["さと"]]);
        assert_eq!(runs("O'Neil"), [["o"], ["ne ei il"]]);
        assert_eq!(runs("葛\u{e0100}西"), [["葛西"]]);
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
