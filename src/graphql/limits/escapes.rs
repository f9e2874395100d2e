//! The escapes of characters beyond U+FFFF, `\u{1F600}` and `\uD83D\uDE00`, which the parser cannot read (GraphQL specification, September
//! 2025, section 2.9.4). They are written out before it sees the text; behind the string there are then as many spaces as it grew shorter
//! by, so that the places errors name are those of the text that was sent.

use std::borrow::Cow;
use std::fmt::Write;

/// A string with such escapes.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Escaped {
    pub escapes: Vec<Escape>,
    /// Where the string ends.
    pub end: usize,
}

/// One escape.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Escape {
    start: usize,
    pub end: usize,
    pub letter: char,
}

/// The escape that begins here, if it is a valid one of these.
pub(super) fn escaped(text: &str, start: usize) -> Option<Escape> {
    let rest = text.get(start..)?.strip_prefix("\\u")?;
    let (length, letter) = if let Some(rest) = rest.strip_prefix('{') {
        let digits = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
        if !rest.get(digits..)?.starts_with('}') {
            return None;
        }
        (digits + 4, char::from_u32(number(rest.get(..digits)?)?)?)
    } else {
        let (high, low) = (
            rest.get(..4)?,
            rest.get(4..)?.strip_prefix("\\u")?.get(..4)?,
        );
        let pair =
            [number(high)?, number(low)?].map(|unit| u16::try_from(unit).unwrap_or_default());
        if !(0xD800..0xDC00).contains(&pair[0]) {
            return None;
        }
        (12, char::decode_utf16(pair).next()?.ok()?)
    };
    let end = start + length;
    Some(Escape { start, end, letter })
}

fn number(digits: &str) -> Option<u32> {
    let digits = digits
        .bytes()
        .all(|byte| byte.is_ascii_hexdigit())
        .then_some(digits)?;
    u32::from_str_radix(digits, 16).ok()
}

/// The text with all of them written out.
pub(super) fn written_out<'t>(text: &'t str, strings: &[Escaped]) -> Cow<'t, str> {
    if strings.is_empty() {
        return Cow::Borrowed(text);
    }
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for string in strings {
        let mut shorter = 0;
        for escape in &string.escapes {
            out.push_str(text.get(at..escape.start).unwrap_or_default());
            at = escape.end;
            // what would end the string, or begin another escape, stays one
            let written = if escape.letter.is_ascii() {
                let _ = write!(out, "\\u{:04X}", u32::from(escape.letter));
                6
            } else {
                out.push(escape.letter);
                1
            };
            shorter += (escape.end - escape.start).saturating_sub(written);
        }
        out.push_str(text.get(at..string.end).unwrap_or_default());
        at = string.end;
        out.extend(std::iter::repeat_n(' ', shorter));
    }
    out.push_str(text.get(at..).unwrap_or_default());
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql::limits::scan::scan;

    fn written(text: &str) -> String {
        written_out(text, &scan(text, 100).escaped).into_owned()
    }

    #[test]
    fn escapes_are_written_out_and_everything_stays_where_it_was() {
        for (text, expected) in [
            (
                r#"{ a(b: "\u{1F600}") c }"#,
                "{ a(b: \"\u{1F600}\"        ) c }",
            ),
            (
                r#"{ a(b: "x\uD83D\uDE00y") c }"#,
                "{ a(b: \"x\u{1F600}y\"           ) c }",
            ),
            (
                r#"{ a(b: "\u{22}\u{5c}\u{A}") c }"#,
                r#"{ a(b: "\u0022\u005C\u000A") c }"#,
            ),
            (r#"{ a(b: "\u{000041}") c }"#, "{ a(b: \"\\u0041\"    ) c }"),
        ] {
            assert_eq!(written(text), expected);
        }
    }

    #[test]
    fn what_is_no_such_escape_is_left_to_the_parser() {
        for text in [
            r#"{ a(b: "\u00e9 \\u{1F600} \n") }"#,
            r#"{ a(b: """\u{1F600}""") }"#,
            r#"{ a(b: "\u{110000}") }"#,
            r#"{ a(b: "\u{D800}") }"#,
            r#"{ a(b: "\u{}") }"#,
            r#"{ a(b: "\u{+41}") }"#,
            r#"{ a(b: "\uD83D") }"#,
            r#"{ a(b: "\uDE00\uD83D") }"#,
            r#"{ a(b: "\uD83D\u0041") }"#,
            r#"{ a(b: "\u{1F600") }"#,
            r"{ a # \u{1F600}",
        ] {
            assert_eq!(written(text), text);
        }
    }
}
