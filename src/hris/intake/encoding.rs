//! Which encoding a file is in.
//!
//! ASCII reads the same in all that we know, so nothing is decided until the first other byte, however far down it stands. From
//! there a window of [`WINDOW`] bytes is looked at, once, and decides for the rest: UTF-8 where the window is UTF-8 (or nearly, when a
//! few bytes were damaged); Windows-1252 where the odd bytes stand single between Latin letters, as accents do; EUC-JP where all of them
//! are pairs of it, with kana or words of a header among them; otherwise CP932 (`Shift_JIS`). Chinese and Korean encodings have the pairs
//! of EUC-JP, so pairs that show no Japanese are refused. A mapping file may name the encoding instead.

use encoding_rs::{
    EUC_JP, Encoding, ISO_2022_JP, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252,
};

/// How many bytes, from the first that is not ASCII, the decision is made on.
pub const WINDOW: usize = 256 * 1024;

/// How many bytes the beginning of a file is known by.
pub const START: usize = 1024;

/// The encoding a byte order mark names, with the mark's length; also UTF-16 without one, known by its zero bytes, and ISO-2022-JP, known by
/// its escape sequences.
pub fn marked(start: &[u8]) -> Option<(&'static Encoding, usize)> {
    if let Some(found) = Encoding::for_bom(start) {
        return Some(found);
    }
    match start {
        [0, letter, ..] if *letter != 0 => return Some((UTF_16BE, 0)),
        [letter, 0, ..] if *letter != 0 => return Some((UTF_16LE, 0)),
        _ => {}
    }
    let start = &start[..start.len().min(START)];
    let zeros = |offset| {
        let bytes = start.iter().skip(offset).step_by(2);
        bytes.filter(|byte| **byte == 0).count()
    };
    // The separators, digits and line ends of a table have a zero byte each, all on one side; few letters have one on the other (一).
    let (high, low) = (zeros(0), zeros(1));
    let (most, fewest) = (high.max(low), high.min(low));
    let is_wide = most >= 3 && most * 10 >= start.len() && most > 3 * fewest;
    if is_wide {
        return Some((if high > low { UTF_16BE } else { UTF_16LE }, 0));
    }
    let escapes = [b"\x1b$B", b"\x1b$@"];
    let is_escaped = start.is_ascii()
        && start
            .windows(3)
            .any(|window| escapes.iter().any(|escape| window == *escape));
    is_escaped.then_some((ISO_2022_JP, 0))
}

/// What the bytes are if they are no text at all.
pub fn not_text(start: &[u8]) -> Option<&'static str> {
    match start {
        [b'P', b'K', 3, 4, ..] => Some("an Excel workbook or zip archive; save the sheet as CSV"),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Some("an old Excel workbook; save the sheet as CSV"),
        [0x1f, 0x8b, ..] => Some("gzip-compressed; unpack it first"),
        [b'%', b'P', b'D', b'F', ..] => Some("a PDF"),
        _ => None,
    }
}

/// Decides on a window that begins with a byte that is not ASCII. Its last character may be cut off. None if its pairs can be of several
/// languages.
pub fn guess(window: &[u8], is_end: bool) -> Option<&'static Encoding> {
    let (mut sound, mut damaged) = (0, 0);
    let mut chunks = window.utf8_chunks().peekable();
    while let Some(chunk) = chunks.next() {
        sound += chunk
            .valid()
            .chars()
            .filter(|character| !character.is_ascii())
            .count();
        let cut_off = (!is_end || sound > 0)
            && chunks.peek().is_none()
            && std::str::from_utf8(chunk.invalid()).is_err_and(|error| error.error_len().is_none());
        damaged += usize::from(!chunk.invalid().is_empty() && !cut_off);
    }
    if damaged == 0 || sound >= damaged * 20 {
        Some(UTF_8)
    } else if has_pairs(window) {
        is_japanese_euc(window).then_some(EUC_JP)
    } else if latin(window) > japanese(window) {
        Some(WINDOWS_1252)
    } else {
        Some(SHIFT_JIS)
    }
}

/// Whether every byte that is not ASCII is of a pair of EUC (as of EUC-JP, GB 2312 and EUC-KR), and one of them is beyond half-width kana, which
/// CP932 writes in the same bytes.
fn has_pairs(window: &[u8]) -> bool {
    let mut rest = window;
    let mut beyond_kana = false;
    while let [byte, tail @ ..] = rest {
        rest = match (byte, tail) {
            (0..=0x7f, _) => tail,
            (0x8e, [0xa1..=0xdf, tail @ ..]) | (0x8f, [0xa1..=0xfe, 0xa1..=0xfe, tail @ ..]) => {
                tail
            }
            (0xa1..=0xfe, [second @ 0xa1..=0xfe, tail @ ..]) => {
                beyond_kana |= *byte >= 0xe0 || *second >= 0xe0;
                tail
            }
            // Cut off at the end of the window.
            (0xa1..=0xfe | 0x8e, []) | (0x8f, [] | [_]) => &[],
            _ => return false,
        };
    }
    beyond_kana
}

/// Whether text in EUC-JP shows that it is Japanese: kana, or words of a header.
fn is_japanese_euc(window: &[u8]) -> bool {
    const WORDS: [&str; 9] = [
        "社員",
        "従業員",
        "氏名",
        "番号",
        "入社",
        "退職",
        "部署",
        "所属",
        "株式会社",
    ];
    let (text, _) = EUC_JP.decode_without_bom_handling(window);
    let kana = |character: &char| matches!(character, 'ぁ'..='ゖ' | 'ァ'..='ヺ');
    let ideograph = |character: &char| matches!(character, '\u{4e00}'..='\u{9fff}');
    let count = |fits: &dyn Fn(&char) -> bool| text.chars().filter(|letter| fits(letter)).count();
    WORDS.iter().any(|word| text.contains(word)) || count(&kana) * 20 > count(&ideograph)
}

/// Accented letters of Windows-1252: single, with ASCII on both sides, at least one of which is a letter.
fn latin(window: &[u8]) -> usize {
    // Before the window stands ASCII; a letter is assumed, so that one accent in a whole file is enough.
    let at = |index: Option<usize>| {
        index.map_or(b'a', |index| window.get(index).copied().unwrap_or(b' '))
    };
    let single = |index: usize| {
        let (before, after) = (at(index.checked_sub(1)), at(index.checked_add(1)));
        before.is_ascii()
            && after.is_ascii()
            && (before.is_ascii_alphabetic() || after.is_ascii_alphabetic())
    };
    window
        .iter()
        .enumerate()
        .filter(|&(index, &byte)| byte >= 0xc0 && single(index))
        .count()
}

/// Characters of CP932: pairs that begin as kana and common ideographs do, and half-width kana side by side.
fn japanese(window: &[u8]) -> usize {
    let mut found = 0;
    let mut rest = window;
    while let [byte, tail @ ..] = rest {
        rest = tail;
        match byte {
            0x81..=0x9f
                if tail
                    .first()
                    .is_some_and(|trail| (0x40..=0xfc).contains(trail) && *trail != 0x7f) =>
            {
                found += 1;
                rest = &tail[1..];
            }
            0xe0..=0xfc if tail.first().is_some_and(|trail| *trail >= 0x80) => rest = &tail[1..],
            0xa1..=0xdf
                if tail
                    .first()
                    .is_some_and(|next| (0xa1..=0xdf).contains(next)) =>
            {
                found += 1;
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_first_odd(bytes: &[u8]) -> &'static Encoding {
        guess(&bytes[Encoding::ascii_valid_up_to(bytes)..], true).expect("an encoding")
    }

    fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
        let (bytes, _, unmappable) = encoding.encode(text);
        assert!(!unmappable, "{text}");
        bytes.into_owned()
    }

    #[test]
    fn japanese_text_is_told_apart_in_both_encodings() {
        for text in [
            "社員番号,氏名\n1,山田　太郎\n",
            "1,ヤマダ\n",
            "1,ﾔﾏﾀﾞ ﾀﾛｳ\n",
            "1,髙﨑①\n",
            "サトウ",
            "ﾜｶﾊﾞﾔｼ,田,中",
        ] {
            assert_eq!(from_first_odd(text.as_bytes()), UTF_8, "{text}");
            assert_eq!(
                from_first_odd(&encoded(text, SHIFT_JIS)),
                SHIFT_JIS,
                "{text}"
            );
        }
    }

    #[test]
    fn euc_jp_is_known_by_kana_or_the_words_of_a_header() {
        for text in ["社員番号,姓,名\n1,高橋,一郎\n", "id,name\n1,山田　タロウ\n"] {
            assert_eq!(from_first_odd(&encoded(text, EUC_JP)), EUC_JP, "{text}");
        }
    }

    #[test]
    fn pairs_that_may_be_of_several_languages_are_refused() {
        for (text, encoding) in [
            ("id,姓\n1,张伟\n2,欧阳\n", encoding_rs::GBK),
            ("id,이름\n1,김민준\n", encoding_rs::EUC_KR),
            ("id,name\n1,高橋\n", EUC_JP),
        ] {
            let bytes = encoded(text, encoding);
            let odd = &bytes[Encoding::ascii_valid_up_to(&bytes)..];
            assert_eq!(guess(odd, true), None, "{text}");
        }
    }

    #[test]
    fn a_file_is_known_by_its_beginning() {
        let text = "社員番号,姓,名,入社日\n1,高橋,一郎,2015/4/1\n";
        let wide = |to_bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            text.encode_utf16().flat_map(to_bytes).collect()
        };
        assert_eq!(marked(&wide(u16::to_le_bytes)), Some((UTF_16LE, 0)));
        assert_eq!(marked(&wide(u16::to_be_bytes)), Some((UTF_16BE, 0)));
        assert_eq!(marked(b"id,\x1b$B;a\x1b(B\n"), Some((ISO_2022_JP, 0)));
        assert_eq!(marked(b"Employee ID,Last Name\n1,Do\0e\n"), None);
    }

    #[test]
    fn accents_are_told_apart_in_both_encodings() {
        for text in ["1,José\n2,Müller\n", "Zoë", "O’Brien, Renée; Muñoz, Ángel"] {
            assert_eq!(from_first_odd(text.as_bytes()), UTF_8, "{text}");
            assert_eq!(
                from_first_odd(&encoded(text, WINDOWS_1252)),
                WINDOWS_1252,
                "{text}"
            );
        }
    }

    #[test]
    fn a_damaged_byte_among_much_utf8_does_not_change_the_encoding() {
        let mut bytes = "山田太郎,佐藤花子,鈴木一郎,高橋次郎,田中三郎,伊藤四郎\n"
            .repeat(2)
            .into_bytes();
        bytes.extend_from_slice(b"Sm\xffith");
        assert_eq!(from_first_odd(&bytes), UTF_8);
    }

    #[test]
    fn a_window_that_ends_within_a_character_is_sound() {
        let bytes = "山田".as_bytes();
        assert_eq!(guess(&bytes[..bytes.len() - 1], false), Some(UTF_8));
    }

    #[test]
    fn workbooks_and_archives_are_no_text() {
        assert!(not_text(b"PK\x03\x04rest").is_some());
        assert!(not_text(b"PKID,Name").is_none());
    }
}
