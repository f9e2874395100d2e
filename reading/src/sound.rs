//! How a Japanese name sounds, however it is written in kana or in Latin letters: kana becomes Hepburn romaji, and where people write
//! one sound in several ways (shi and si, ou, oo, oh and o, n and m before b) one of them is kept.
//!
//! A sound is written in full-width letters, which no folded text has, so that it is not found by a word that only looks like it.

use wana_kana::ConvertJapanese;

/// Whole names are stored; what somebody types may end within a syllable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The last syllable is complete.
    Whole,
    /// The last syllable may lack its vowel.
    Open,
}

/// How a text of kana, or of Latin letters that read as Japanese, sounds; null for other texts, and for less than two letters.
#[must_use]
pub fn sound(text: &str, ending: Ending) -> Option<String> {
    let text = super::fold(text).replace(' ', "");
    let is_kana = |letter: char| matches!(letter, 'ぁ'..='ゖ' | 'ー');
    if !text
        .chars()
        .all(|letter| is_kana(letter) || letter.is_ascii_lowercase() || accented(letter))
    {
        return None;
    }
    let latin = !text.chars().all(is_kana);
    let letters: String = text
        .to_romaji()
        .chars()
        .map(super::name::without_accent)
        .filter(char::is_ascii_lowercase)
        .collect();
    let canonical = canonical(&letters);
    let reads = !latin || reads_as_japanese(&canonical, ending);
    (reads && canonical.len() > 1).then(|| canonical.chars().map(wide).collect())
}

fn accented(letter: char) -> bool {
    super::name::without_accent(letter) != letter
}

fn wide(letter: char) -> char {
    char::from_u32(u32::from(letter) + 0xfee0).unwrap_or(letter)
}

/// One spelling of each sound.
fn canonical(romaji: &str) -> String {
    const SPELLINGS: [(&str, &str); 19] = [
        ("sy", "sh"),
        ("si", "shi"),
        ("ty", "ch"),
        ("ti", "chi"),
        ("tu", "tsu"),
        ("zy", "j"),
        ("jy", "j"),
        ("zi", "ji"),
        ("di", "ji"),
        ("dz", "z"),
        ("du", "zu"),
        ("tch", "cch"),
        ("hu", "fu"),
        ("sfu", "shu"),
        ("cfu", "chu"),
        ("mb", "nb"),
        ("mp", "np"),
        ("mm", "nm"),
        ("wo", "o"),
    ];
    let romaji = SPELLINGS
        .iter()
        .fold(romaji.to_owned(), |text, (from, to)| text.replace(from, to));
    let letters: Vec<char> = romaji.chars().collect();
    let mut canonical = String::with_capacity(romaji.len());
    for (place, &letter) in letters.iter().enumerate() {
        let last = canonical.chars().next_back();
        let lengthens = match letter {
            'a' | 'i' | 'u' | 'e' | 'o' => {
                last == Some(letter) || (last == Some('o') && letter == 'u')
            }
            // ohno, satoh; not ohara
            'h' => last == Some('o') && !letters.get(place + 1).is_some_and(|next| is_vowel(*next)),
            _ => false,
        };
        if !lengthens {
            canonical.push(letter);
        }
    }
    canonical
}

fn is_vowel(letter: char) -> bool {
    matches!(letter, 'a' | 'i' | 'u' | 'e' | 'o')
}

/// Whether it is made of syllables that kana can write.
fn reads_as_japanese(canonical: &str, ending: Ending) -> bool {
    let whole = match ending {
        Ending::Whole => canonical,
        Ending::Open => canonical.trim_end_matches(|letter| !is_vowel(letter) && letter != 'n'),
    };
    let open = &canonical[whole.len()..];
    let foreign = |letter| matches!(letter, 'l' | 'q' | 'v' | 'x');
    open.len() <= 2
        && !whole.is_empty()
        && !canonical.contains(foreign)
        && whole
            .to_hiragana()
            .chars()
            .all(|letter| matches!(letter, 'ぁ'..='ゖ'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<String> {
        let sound = sound(text, Ending::Whole)?;
        Some(sound.chars().map(fold_one).collect())
    }

    fn fold_one(wide: char) -> char {
        char::from_u32(u32::from(wide) - 0xfee0).unwrap()
    }

    #[test]
    fn one_sound_has_one_spelling() {
        for spellings in [
            vec![
                "ヤマモトミサキ",
                "やまもと みさき",
                "yamamotomisaki",
                "Yamamoto, Misaki",
            ],
            vec!["オオノ", "オーノ", "Ono", "Ohno", "Oono", "Ōno", "ôno"],
            vec!["サトウ", "sato", "satoh", "satou", "satō", "サトー"],
            vec!["シンイチ", "shinichi", "sinichi", "Shin'ichi", "sin'iti"],
            vec!["フジイ", "fujii", "huzii", "Fuji"],
            vec!["チヅル", "chizuru", "tiduru", "tizuru"],
            vec!["ツヅキ", "tsuzuki", "tuduki", "tsudzuki"],
            vec!["ジュンイチ", "junichi", "zyuniti", "jyunichi"],
            vec!["シンバ", "shinba", "shimba"],
            vec!["ハッチョウ", "hatcho", "hacchou", "hattyo"],
            vec!["オオハラ", "ohara", "oohara"],
            vec!["シュウヘイ", "shuhei", "syuuhei"],
        ] {
            let sounds: Vec<_> = spellings.iter().map(|text| of(text)).collect();
            assert!(sounds[0].is_some(), "{spellings:?}");
            assert!(
                sounds.iter().all(|sound| *sound == sounds[0]),
                "{spellings:?}: {sounds:?}"
            );
        }
    }

    #[test]
    fn what_does_not_read_as_japanese_has_no_sound() {
        for text in [
            "Smith",
            "Lee",
            "山田",
            "山田 みさき",
            "n1",
            "o",
            "",
            "Victor",
        ] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_typed_may_end_within_a_syllable() {
        let open = |text| sound(text, Ending::Open).is_some();
        assert_eq!(["yamam", "satosh", "kaky", "yamad"].map(open), [true; 4]);
        assert_eq!(["smi", "sm", "yamlk", "xy"].map(open), [false; 4]);
    }
}
