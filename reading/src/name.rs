//! The form in which names are compared: without what people vary when they type one.

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// From each other form of a character to the common one.
static VARIANTS: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let lines = include_str!("variants.tsv").lines();
    let rows = lines.filter_map(|line| line.split_once('\t'));
    rows.filter_map(|(common, others)| Some((common.chars().next()?, others)))
        .flat_map(|(common, others)| others.chars().map(move |other| (other, common)))
        .collect()
});

/// As [`crate::fold`], and: no accents on Latin letters, the common form of a kanji (高 for 髙), no variation selectors, large kana for
/// small ones, a vowel for a long vowel mark, a repeated character for 々.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.nfkc().flat_map(char::to_lowercase) {
        match letter {
            invisible if is_invisible(invisible) => {}
            'ー' => folded.extend(folded.chars().next_back().and_then(vowel)),
            '々' | '〻' | 'ゝ' | 'ヽ' => folded.extend(folded.chars().next_back()),
            sign if separates(sign) => super::separate(&mut folded),
            mark if !mark.is_alphanumeric() => {}
            letter => push_plain(&mut folded, letter),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// As [`fold`], without spaces.
#[must_use]
pub fn fold_joined(text: &str) -> String {
    fold(text).replace(' ', "")
}

/// The words of a text, not folded.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let text: String = text.nfkc().collect();
    let words = text.split(separates).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

/// Whether a character ends a word.
fn separates(letter: char) -> bool {
    !letter.is_alphanumeric() && !is_combining_mark(letter) && !is_invisible(letter)
}

fn push_plain(folded: &mut String, letter: char) {
    match letter {
        'ß' => folded.push_str("ss"),
        'æ' => folded.push_str("ae"),
        'œ' => folded.push_str("oe"),
        'þ' => folded.push_str("th"),
        'ø' => folded.push('o'),
        'ł' => folded.push('l'),
        'đ' | 'ð' => folded.push('d'),
        'ħ' => folded.push('h'),
        'ı' => folded.push('i'),
        _ => {
            let letter = large(super::hiragana(without_accent(letter)));
            folded.push(VARIANTS.get(&letter).copied().unwrap_or(letter));
        }
    }
}

/// Selectors of a glyph and characters of no width.
fn is_invisible(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}'
    )
}

/// The letter below the accents of a Latin letter; other letters as they are, because が is not か.
pub(crate) fn without_accent(letter: char) -> char {
    let mut first = None;
    decompose_canonical(letter, |part| {
        first.get_or_insert(part);
    });
    first.filter(char::is_ascii_alphabetic).unwrap_or(letter)
}

/// Systems of banks and payroll write small kana large.
fn large(kana: char) -> char {
    match kana {
        'ぁ' => 'あ',
        'ぃ' => 'い',
        'ぅ' => 'う',
        'ぇ' => 'え',
        'ぉ' => 'お',
        'っ' => 'つ',
        'ゃ' => 'や',
        'ゅ' => 'ゆ',
        'ょ' => 'よ',
        'ゎ' => 'わ',
        'ゕ' => 'か',
        'ゖ' => 'け',
        _ => kana,
    }
}

/// The vowel in which a hiragana ends.
fn vowel(kana: char) -> Option<char> {
    const ENDINGS: [(char, &str); 5] = [
        ('あ', "あかがさざただなはばぱまやらわ"),
        ('い', "いきぎしじちぢにひびぴみりゐ"),
        ('う', "うくぐすずつづぬふぶぷむゆるゔ"),
        ('え', "えけげせぜてでねへべぺめれゑ"),
        ('お', "おこごそぞとどのほぼぽもよろを"),
    ];
    let ending = ENDINGS.iter().find(|(_, kanas)| kanas.contains(kana));
    ending.map(|(vowel, _)| *vowel)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_vary_in_a_name_does_not_matter() {
        for (one, other) in [
            ("髙橋", "高橋"),
            ("山﨑", "山崎"),
            ("齋藤", "斎藤"),
            ("斉藤", "斎藤"),
            ("渡邊", "渡辺"),
            ("渡邉\u{e0101}", "渡辺"),
            ("葛\u{e0100}西", "葛西"),
            ("𠮷田", "吉田"),
            ("福\u{fe00}田", "福田"),
            ("福田", "福田"),
            ("佐佐木", "佐々木"),
            ("Zoë Müller", "zoe muller"),
            ("Zoe\u{308}", "zoe"),
            ("Łukasz Strauß", "lukasz strauss"),
            ("ｵｵﾉ", "オーノ"),
            ("キヨウコ", "きょうこ"),
            ("ﾊﾂﾄﾘ", "ハットリ"),
            ("ガ", "か\u{3099}"),
        ] {
            assert_eq!(fold(one), fold(other), "{one}");
        }
        assert_ne!(fold("が"), fold("か"));
        assert_eq!(fold_joined("O'Neil-Łuk"), "oneilluk");
        assert_eq!(fold(" -!%_ "), "");
    }

    #[test]
    fn a_common_form_is_not_itself_another_form() {
        let common = VARIANTS.values().filter(|form| VARIANTS.contains_key(form));
        assert_eq!(common.collect::<Vec<_>>(), Vec::<&char>::new());
        assert!(VARIANTS.len() > 480);
        let given = include_str!("variants.tsv").lines();
        let given: usize = given
            .filter_map(|line| line.split_once('\t'))
            .map(|(_, others)| others.chars().count())
            .sum();
        assert_eq!(VARIANTS.len(), given, "a form is listed twice");
    }
}
