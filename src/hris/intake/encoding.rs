//! Which encoding a file is in.
//!
//! ASCII reads the same in all that we know, so nothing is decided until the first other byte, however far down it stands. From
//! there a window of [`WINDOW`] bytes is looked at, once, and decides for the rest: UTF-8 where the window is UTF-8 (or nearly, when a
//! few bytes were damaged); otherwise CP932 (`Shift_JIS`), unless the odd bytes stand single between Latin letters, as accents in
//! Windows-1252 do. A mapping file may name the encoding instead.

use encoding_rs::{Encoding, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How many bytes, from the first that is not ASCII, the decision is made on.
pub const WINDOW: usize = 256 * 1024;

/// The encoding a byte order mark names, with the mark's length; also UTF-16 without one, known by its zero bytes.
pub fn marked(start: &[u8]) -> Option<(&'static Encoding, usize)> {
    if let Some(found) = Encoding::for_bom(start) {
        return Some(found);
    }
    match start {
        [0, letter, ..] if *letter != 0 => Some((UTF_16BE, 0)),
        [letter, 0, ..] if *letter != 0 => Some((UTF_16LE, 0)),
        _ => None,
    }
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

/// Decides on a window that begins with a byte that is not ASCII. Its last character may be cut off.
pub fn guess(window: &[u8], is_end: bool) -> &'static Encoding {
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
        UTF_8
    } else if latin(window) > japanese(window) {
        WINDOWS_1252
    } else {
        SHIFT_JIS
    }
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
        guess(&bytes[Encoding::ascii_valid_up_to(bytes)..], true)
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
        assert_eq!(guess(&bytes[..bytes.len() - 1], false), UTF_8);
    }

    #[test]
    fn workbooks_and_archives_are_no_text() {
        assert!(not_text(b"PK\x03\x04rest").is_some());
        assert!(not_text(b"PKID,Name").is_none());
    }
}
