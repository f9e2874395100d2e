//! How a text is read: the forms in which it is compared, ordered and searched.
//!
//! - [`fold`] ignores case, width and kana form. Stored hashes and the unique names of skills depend on it: it does not change.
//! - [`name::fold`] also ignores what people vary in names: accents, older forms of kanji, small kana, long vowel marks.
//! - [`sound`] is how a name sounds, so that Latin letters find kana.
//! - [`search`] is a text search, [`person`] what a person is ordered and found by.

pub mod name;
pub mod person;
pub mod search;
pub mod sound;

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
    for letter in text.nfkc().flat_map(char::to_lowercase).map(hiragana) {
        if keeps(letter) {
            folded.push(letter);
        } else {
            separate(&mut folded);
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// Hiragana for katakana.
fn hiragana(letter: char) -> char {
    match letter {
        // katakana ァ..ヶ lie 0x60 above their hiragana
        'ァ'..='ヶ' => char::from_u32(u32::from(letter) - 0x60).unwrap_or(letter),
        _ => letter,
    }
}

/// One space between words, none before the first.
fn separate(folded: &mut String) {
    if !folded.is_empty() && !folded.ends_with(' ') {
        folded.push(' ');
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
}
