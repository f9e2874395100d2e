//! Ids and employee numbers as other systems write them, and what spreadsheets and data frames make of them.
//!
//! A spoiled id is read back only if a single id can have been meant (`1001.0` is 1001). Otherwise it is refused: stored as written it
//! would be a second person as soon as the file arrives unspoiled.

use super::text::{folded, quoted};

/// The most digits a spreadsheet or a floating-point number keeps.
const EXACT_DIGITS: usize = 15;

/// An id that can be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub text: String,
    /// Whether the file has it as a decimal number (`1001.0`).
    pub was_decimal: bool,
}

/// Reads an id that was tidied; the reason if it is spoiled. `as_written` takes numbers of any form as text.
pub fn read(text: &str, as_written: bool) -> Result<Key, String> {
    let key = |text: &str, was_decimal| Key {
        text: text.to_owned(),
        was_decimal,
    };
    if let Some(what) = not_an_id(text) {
        return Err(format!(
            "{} is {what}, not an id; accepted is the id as the HR system writes it",
            quoted(text)
        ));
    }
    if as_written {
        return Ok(key(text, false));
    }
    if let Some(whole) = whole_number(text) {
        return Ok(key(whole, true));
    }
    match spoiled(text) {
        None => Ok(key(text, false)),
        Some(what) => Err(format!(
            "{} is {what}; accepted is the id as the HR system writes it, in a column formatted as text, \
             or a mapping with ids = \"as_written\"",
            quoted(text)
        )),
    }
}

/// What a cell is that never is an id, however ids are written.
fn not_an_id(text: &str) -> Option<&'static str> {
    let folded = folded(text);
    let begins_error = text
        .strip_prefix('#')
        .is_some_and(|rest| !rest.is_empty() && !rest.chars().any(|digit| digit.is_ascii_digit()));
    if text.len() > 1 && text.bytes().all(|byte| byte == b'#') {
        Some("a number in a column that was too narrow for it")
    } else if begins_error || folded.starts_with("#div/0") || is_office_error(&folded) {
        Some("an error of a spreadsheet")
    } else if text.starts_with('=') {
        Some("a formula")
    } else if ["true", "false"].contains(&folded.as_str()) {
        Some("a truth value")
    } else if [
        "nan",
        "<na>",
        "nat",
        "inf",
        "-inf",
        "infinity",
        "undefined",
        "[object object]",
    ]
    .contains(&folded.as_str())
    {
        Some("a missing value")
    } else {
        None
    }
}

/// `Err:502`, as some spreadsheets write errors.
fn is_office_error(folded: &str) -> bool {
    folded
        .strip_prefix("err:")
        .is_some_and(|code| code.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The whole number in `1001.0`, `1001.00` and `1001,0`, if no digit was lost and no other number can have been meant.
fn whole_number(text: &str) -> Option<&str> {
    let (whole, fraction) = text.split_once(['.', ','])?;
    let is_whole = is_digits(whole)
        && is_digits(fraction)
        && fraction.bytes().all(|byte| byte == b'0')
        && (whole == "0" || !whole.starts_with('0'))
        && whole.len() <= EXACT_DIGITS;
    (is_whole && !is_grouped(text)).then_some(whole)
}

/// How a number was changed that is not an id any more.
fn spoiled(text: &str) -> Option<&'static str> {
    let number = text.trim_start_matches(['$', '€', '£', '¥', '\\', '+', '-']);
    if is_scientific(number) {
        Some("a rounded number in scientific notation")
    } else if is_grouped(number) || is_grouped_decimal(number) {
        Some("a number with separators between its digits")
    } else if is_decimal(number) {
        Some("a decimal number")
    } else if is_day(text) {
        Some("a day, as spreadsheets make of numbers with separators")
    } else {
        None
    }
}

/// `1E+11`, `1.0E5`, `12.3E+6`; not `12E5`, which no program writes for a number.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, power)) = text.split_once(['e', 'E']) else {
        return false;
    };
    let (signed, power) = match power.strip_prefix(['+', '-']) {
        Some(power) => (true, power),
        None => (false, power),
    };
    let is_number = is_digits(mantissa) || is_decimal(mantissa);
    let normal = mantissa.len() == 1 && mantissa != "0" || is_decimal(mantissa);
    is_number && is_digits(power) && (signed || normal)
}

/// `1,001`, `1.234.567`, `1 001`, `1'001`.
fn is_grouped(text: &str) -> bool {
    let Some(separator) = text.chars().find(|character| !character.is_ascii_digit()) else {
        return false;
    };
    if ![',', '.', ' ', '\'', '’'].contains(&separator) {
        return false;
    }
    let groups: Vec<&str> = text.split(separator).collect();
    (1..=3).contains(&groups[0].len())
        && !groups[0].starts_with('0')
        && groups[1..].iter().all(|group| group.len() == 3)
        && groups.iter().all(|group| is_digits(group))
}

/// `1,001.00`, `1.001,00`.
fn is_grouped_decimal(text: &str) -> bool {
    ['.', ','].into_iter().any(|mark| {
        text.rsplit_once(mark).is_some_and(|(whole, fraction)| {
            is_digits(fraction) && !whole.contains(mark) && is_grouped(whole)
        })
    })
}

fn is_decimal(text: &str) -> bool {
    text.split_once(['.', ','])
        .is_some_and(|(whole, fraction)| is_digits(whole) && is_digits(fraction))
}

/// `2-Jan`, `Jan-24`, `1月2日`, `2024/1/2` and `2024-01-02 00:00:00`; ids such as `2015-04-01` stay.
fn is_day(text: &str) -> bool {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let folded = folded(text);
    let is_month = |part: &str| MONTHS.contains(&part);
    let is_short = |part: &str| part.len() <= 4 && is_digits(part);
    let by_dash: Vec<&str> = folded.split('-').collect();
    let by_slash: Vec<&str> = folded.split('/').collect();
    let with_time = folded
        .split_once([' ', 't'])
        .is_some_and(|(day, time)| day.split('-').count() == 3 && time.starts_with("00:00"));
    match (&by_dash[..], &by_slash[..]) {
        ([first, second], _) => {
            is_short(first) && is_month(second) || is_month(first) && is_short(second)
        }
        ([day, month, year], _) if is_month(month) => is_short(day) && is_short(year),
        (_, [first, second, third]) => {
            [first, second, third]
                .into_iter()
                .all(|part| is_short(part))
                && (first.len() == 4 || third.len() == 4)
        }
        _ => {
            with_time
                || folded
                    .strip_suffix('日')
                    .and_then(|day| day.split_once('月'))
                    .is_some_and(|(month, day)| is_short(month) && is_short(day))
        }
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_stays_as_it_is_written() {
        for text in [
            "1001",
            "00124",
            "A-17",
            "E1001",
            "12E5",
            "00E12",
            "1E",
            "A1E5",
            "#1001",
            "2015-04-01",
            "2015-04-001",
            "1-2",
            "10.20.30",
            "9007199254740993",
            "a.b",
            "7,8,9x",
            "C-000.1.x",
            "4e10a",
            "山田01",
            "0001.001.01",
        ] {
            assert_eq!(
                read(text, false).map(|key| (key.text, key.was_decimal)),
                Ok((text.to_owned(), false)),
                "{text}"
            );
        }
    }

    #[test]
    fn a_whole_number_written_as_a_decimal_is_read_back() {
        for (text, key) in [
            ("1001.0", "1001"),
            ("1001.000", "1001"),
            ("42,0", "42"),
            ("0.0", "0"),
        ] {
            assert_eq!(
                read(text, false).map(|key| (key.text, key.was_decimal)),
                Ok((key.to_owned(), true)),
                "{text}"
            );
        }
    }

    #[test]
    fn a_spoiled_id_is_refused_with_what_happened_to_it() {
        for (text, what) in [
            ("1E+11", "scientific"),
            ("1e+11", "scientific"),
            ("1.0E5", "scientific"),
            ("1.00E+05", "scientific"),
            ("5.0E+3", "scientific"),
            ("1e5", "scientific"),
            ("1,23E+08", "scientific"),
            ("12.3E+6", "scientific"),
            ("1,001", "separators"),
            ("1,234,567", "separators"),
            ("1,001.00", "separators"),
            ("1.234.567,0", "separators"),
            ("1.001", "separators"),
            ("1.000", "separators"),
            ("1 001", "separators"),
            ("1'001", "separators"),
            ("¥1,001", "separators"),
            ("1001.5", "decimal"),
            ("007.0", "decimal"),
            ("9007199254740992.0", "decimal"),
            ("########", "too narrow"),
            ("##", "too narrow"),
            ("#REF!", "error of a spreadsheet"),
            ("#N/A", "error of a spreadsheet"),
            ("#DIV/0!", "error of a spreadsheet"),
            ("#NV", "error of a spreadsheet"),
            ("#¡REF!", "error of a spreadsheet"),
            ("Err:502", "error of a spreadsheet"),
            ("=A1+1", "formula"),
            ("TRUE", "truth value"),
            ("nan", "missing value"),
            ("2-Jan", "a day"),
            ("Jan-24", "a day"),
            ("1月2日", "a day"),
            ("2024/1/2", "a day"),
            ("2024-01-02 00:00:00", "a day"),
        ] {
            let reason = read(text, false).expect_err(text);
            assert!(reason.contains(what), "{reason}");
            assert!(reason.contains("accepted is the id"), "{reason}");
        }
    }

    #[test]
    fn a_mapping_may_take_numbers_as_they_are_written() {
        for text in ["1.001", "1E5", "1001.0", "2024/1/2"] {
            assert_eq!(read(text, true).map(|key| key.text), Ok(text.to_owned()));
        }
        assert!(read("#REF!", true).is_err());
    }
}
