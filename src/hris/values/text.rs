//! Text as people typed it into other systems, made even: widths folded, white space collapsed, invisible marks gone.
//! Ideographs stay exactly as written, because a name is spelled the way its owner spells it.

use unicode_normalization::UnicodeNormalization;

/// The longest text kept of one cell, in characters.
pub const LONGEST: usize = 500;

/// Folds full-width letters and half-width kana, composes marks, collapses white space and removes what cannot be seen.
pub fn tidy(text: &str) -> String {
    if is_even(text) {
        return text.to_owned();
    }
    made_even(text)
}

/// Whether it is so already, as nearly every text is: words of letters that have one form only, with single spaces between them.
fn is_even(text: &str) -> bool {
    let mut before = ' ';
    let plain = text.chars().all(|character| {
        let fits = match character {
            ' ' => before != ' ',
            '!'..='~' | 'ぁ'..='ゖ' | 'ァ'..='ー' | '々' | '\u{4e00}'..='\u{9fff}' => true,
            _ => false,
        };
        before = character;
        fits
    });
    plain && before != ' ' && !text.starts_with(['=', '\''])
}

fn made_even(text: &str) -> String {
    let text = compose(&fold_width(unquote(text.trim())));
    let mut even = String::with_capacity(text.len());
    for word in text
        .split(|character: char| character.is_whitespace())
        .filter(|word| !word.is_empty())
    {
        if !even.is_empty() {
            even.push(' ');
        }
        even.push_str(word);
    }
    even
}

/// A form for comparing words: compatibility-folded, lower case, evenly spaced.
pub fn folded(text: &str) -> String {
    let text: String = text.nfkc().flat_map(char::to_lowercase).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Why this text cannot be stored, if it cannot.
pub fn refusal(text: &str) -> Option<String> {
    if text.contains(char::REPLACEMENT_CHARACTER) {
        return Some("holds characters that cannot be read in the file's encoding".to_owned());
    }
    if text.chars().any(char::is_control) {
        return Some("holds control characters".to_owned());
    }
    longer(text, LONGEST)
        .map(|length| format!("is {length} characters long, at most {LONGEST} are kept"))
}

/// How many characters long it is, where they are more than that.
pub fn longer(text: &str, most: usize) -> Option<usize> {
    // no text has more characters than bytes
    let length = (text.len() > most).then(|| text.chars().count());
    length.filter(|length| *length > most)
}

/// Whether a cell holds only a mark for "nothing here". Never asked of names: Null is a family name.
pub fn says_nothing(text: &str) -> bool {
    const MARKS: [&str; 23] = [
        "-",
        "--",
        "---",
        "—",
        "–",
        "ー",
        "n/a",
        "#n/a",
        "na",
        "null",
        "none",
        "nil",
        "なし",
        "無し",
        "無",
        "(blank)",
        "nan",
        "<na>",
        "undefined",
        "nat",
        "(null)",
        "―",
        "−",
    ];
    let trimmed = text.trim();
    if trimmed.is_ascii() {
        return trimmed.is_empty() || MARKS.iter().any(|mark| mark.eq_ignore_ascii_case(trimmed));
    }
    let text = folded(trimmed);
    text.is_empty() || MARKS.contains(&text.as_str())
}

/// The text in quotation marks for a message, cut if long.
pub fn quoted(text: &str) -> String {
    format!("“{}”", cut(text))
}

/// The text for a message: on one line, cut if long.
pub fn cut(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect();
    match text.char_indices().nth(40) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text,
    }
}

/// Spreadsheets protect leading zeros as `="00123"` or `'00123`.
fn unquote(text: &str) -> &str {
    if let Some(inner) = text
        .strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'))
    {
        return inner;
    }
    match text.strip_prefix('\'') {
        Some(rest)
            if rest.starts_with(|first: char| first.is_ascii_digit() || "+-=".contains(first)) =>
        {
            rest
        }
        _ => text,
    }
}

fn fold_width(text: &str) -> String {
    let is_formatted = |character: char| matches!(character, '\u{ff01}'..='\u{ffef}' | '\u{3000}');
    runs(text, is_formatted, |run, formatted, even| {
        if formatted {
            even.extend(run.nfkc());
        } else {
            even.extend(run.chars().filter(|character| {
                !matches!(character, '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
            }));
        }
    })
}

/// Canonical composition, except for compatibility ideographs, which it would replace.
fn compose(text: &str) -> String {
    let is_ideograph =
        |character: char| matches!(character, '\u{f900}'..='\u{faff}' | '\u{2f800}'..='\u{2fa1f}');
    runs(text, is_ideograph, |run, ideographs, even| {
        if ideographs {
            even.push_str(run);
        } else {
            even.extend(run.nfc());
        }
    })
}

fn runs(
    text: &str,
    belongs: impl Fn(char) -> bool,
    write: impl Fn(&str, bool, &mut String),
) -> String {
    let mut even = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let inside = belongs(first);
        let end = rest
            .find(|character| belongs(character) != inside)
            .unwrap_or(rest.len());
        write(&rest[..end], inside, &mut even);
        rest = &rest[end..];
    }
    even
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_as_it_is_is_even() {
        let assigned = ('\u{1}'..='\u{2ffff}').map(String::from);
        let words = [
            "a b",
            " a",
            "a ",
            "a  b",
            "",
            "='1'",
            "'0",
            "a'0",
            "山 田",
            "か\u{3099}",
        ];
        for text in assigned.chain(words.map(str::to_owned)) {
            assert_eq!(tidy(&text), made_even(&text), "{text:?}");
        }
    }

    #[test]
    fn widths_spaces_and_invisible_marks_are_evened() {
        assert_eq!(
            tidy("　ﾔﾏﾀﾞ　 ＡＢＣ\u{200b}\u{a0}１２３\n"),
            "ヤマダ ABC 123"
        );
        assert_eq!(tidy("カ\u{ff9e}"), "ガ");
        assert_eq!(tidy("e\u{301}"), "é");
    }

    #[test]
    fn an_ideograph_stays_as_its_owner_writes_it() {
        assert_eq!(tidy("福\u{fa19}　髙﨑"), "福\u{fa19} 髙﨑");
    }

    #[test]
    fn spreadsheet_guards_around_a_number_go_and_a_name_keeps_its_apostrophe() {
        assert_eq!(tidy("=\"00123\""), "00123");
        assert_eq!(tidy("'00123"), "00123");
        assert_eq!(tidy("'t Hooft"), "'t Hooft");
    }

    #[test]
    fn unreadable_control_and_endless_text_is_refused() {
        assert_eq!(refusal("Smith"), None);
        assert_eq!(
            refusal("Sm\u{0}ith").as_deref(),
            Some("holds control characters")
        );
        assert!(refusal("Sm\u{fffd}th").is_some_and(|reason| reason.contains("encoding")));
        assert_eq!(
            refusal(&"a".repeat(501)).as_deref(),
            Some("is 501 characters long, at most 500 are kept")
        );
    }

    #[test]
    fn a_message_shows_a_long_value_cut() {
        assert_eq!(quoted("x"), "“x”");
        assert_eq!(quoted(&"あ".repeat(41)), format!("“{}…”", "あ".repeat(40)));
    }
}
