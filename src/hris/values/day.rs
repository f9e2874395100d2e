//! Days as other systems write them.
//!
//! A form that could be two days (`3/4/2024`) is read the way the mapping says, month first unless told otherwise, for the whole
//! file: never row by row. A day that does not exist is refused. The time of a date-time is left off as written; no zone is applied.

use chrono::{Days, NaiveDate};

use super::{era, text::folded};

/// How the ambiguous forms of a file are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayRules {
    /// `D/M/YYYY` instead of `M/D/YYYY`.
    pub day_first: bool,
    /// Whether a year of two digits is read at all: 00 to 49 as 20xx, 50 to 99 as 19xx.
    pub two_digit_years: bool,
}

/// Serial numbers of spreadsheets are read from 1950-01-01 to 2099-12-31, so that no other number passes for a day.
const SPREADSHEET_DAYS: std::ops::RangeInclusive<u64> = 18_264..=73_050;
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2100;

/// Reads a day; none for the days by which systems say "no end" (0000-00-00, 2999-12-31, 4712-12-31, 9999-12-31).
pub fn read(text: &str, rules: DayRules) -> Result<Option<NaiveDate>, String> {
    let text = folded(text);
    let text = without_time(without_weekday(&text));
    if let Some(day) = era::read(text) {
        return day.map(Some);
    }
    if text.contains('年') {
        let numbers: Vec<&str> = text
            .split(['年', '月', '日', ' '])
            .filter(|part| !part.is_empty())
            .collect();
        let [year, month, day] = numbers[..] else {
            return Err("is not a day: year, month and day are needed".to_owned());
        };
        return calendar(number(year)?, number(month)?, number(day)?);
    }
    if text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.')
        && text.matches('.').count() < 2
    {
        return digits(text);
    }
    parts(text, rules)
}

fn digits(text: &str) -> Result<Option<NaiveDate>, String> {
    let whole = text.split('.').next().unwrap_or_default();
    match (whole.len(), text.contains('.')) {
        (8, false) => calendar(
            number(&text[..4])?,
            number(&text[4..6])?,
            number(&text[6..])?,
        ),
        (5, _) => {
            let serial = u64::from(number(whole)?);
            let first = NaiveDate::from_ymd_opt(1899, 12, 30);
            let day = first
                .filter(|_| SPREADSHEET_DAYS.contains(&serial))
                .and_then(|first| first.checked_add_days(Days::new(serial)));
            day.map(Some).ok_or_else(|| {
                "is a number outside the days of a spreadsheet (1950 to 2099)".to_owned()
            })
        }
        _ => Err("is a number, not a day".to_owned()),
    }
}

fn parts(text: &str, rules: DayRules) -> Result<Option<NaiveDate>, String> {
    let parts: Vec<&str> = text
        .split(['-', '/', '.', ',', ' '])
        .filter(|part| !part.is_empty())
        .collect();
    let [first, second, third] = parts[..] else {
        return Err("is not a day".to_owned());
    };
    if first.len() == 4 && first.bytes().all(|byte| byte.is_ascii_digit()) {
        let month = match month_named(second) {
            Some(month) => month,
            None => number(second)?,
        };
        return calendar(number(first)?, month, number(third)?);
    }
    let (month, day) = match (month_named(first), month_named(second)) {
        (Some(month), None) => (month, number(ordinal(second))?),
        (None, Some(month)) => (month, number(ordinal(first))?),
        (None, None) if rules.day_first => (number(second)?, number(first)?),
        (None, None) => (number(first)?, number(second)?),
        (Some(_), Some(_)) => return Err("is not a day".to_owned()),
    };
    if month > 12 && day <= 12 {
        let (read, other) = if rules.day_first {
            ("day_first", "month_first")
        } else {
            ("month_first", "day_first")
        };
        return Err(format!(
            "has no month {month} when read {read}; if the file is {other}, its mapping says so with date_order"
        ));
    }
    calendar(year(third, rules)?, month, day)
}

fn year(text: &str, rules: DayRules) -> Result<u32, String> {
    let year = number(text)?;
    match text.len() {
        4 => Ok(year),
        2 if rules.two_digit_years => Ok(year + if year < 50 { 2000 } else { 1900 }),
        2 => Err(
            "has a year of two digits; a mapping may allow them with two_digit_years".to_owned(),
        ),
        _ => Err("is not a day".to_owned()),
    }
}

fn calendar(year: u32, month: u32, day: u32) -> Result<Option<NaiveDate>, String> {
    let open_ended = matches!((year, month, day), (0, 0, 0) | (2999 | 4712 | 9999, 12, 31));
    if open_ended {
        return Ok(None);
    }
    let found = i32::try_from(year)
        .ok()
        .and_then(|year| NaiveDate::from_ymd_opt(year, month, day));
    let found = found
        .ok_or_else(|| format!("is not a day of the calendar ({year:04}-{month:02}-{day:02})"))?;
    if YEARS.contains(&chrono::Datelike::year(&found)) {
        Ok(Some(found))
    } else {
        Err(format!("is not plausible: the year is {year}"))
    }
}

fn number(text: &str) -> Result<u32, String> {
    let digits =
        !text.is_empty() && text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|_| digits)
        .ok_or_else(|| "is not a day".to_owned())
}

fn ordinal(text: &str) -> &str {
    ["st", "nd", "rd", "th"]
        .iter()
        .find_map(|suffix| text.strip_suffix(suffix))
        .unwrap_or(text)
}

fn month_named(text: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    if text == "sept" {
        return Some(9);
    }
    let found = MONTHS.iter().position(|month| {
        text.len() >= 3 && (*month == text || (text.len() == 3 && month.starts_with(text)))
    })?;
    u32::try_from(found + 1).ok()
}

/// `2024年3月31日(日)`, `2024-03-31 (Sun)`.
fn without_weekday(text: &str) -> &str {
    match text
        .strip_suffix(')')
        .and_then(|inner| inner.rsplit_once('('))
    {
        Some((day, _)) => day.trim_end(),
        None => text,
    }
}

/// `2024-03-31t15:00:00+09:00`, `3/31/2024 12:00:00 am`.
fn without_time(text: &str) -> &str {
    let begins_time = |rest: &str| {
        let hour = rest.bytes().take_while(u8::is_ascii_digit).count();
        (1..=2).contains(&hour) && rest.as_bytes().get(hour) == Some(&b':')
    };
    let cut = text
        .char_indices()
        .find(|&(at, character)| matches!(character, 't' | ' ') && begins_time(&text[at + 1..]));
    cut.map_or(text, |(at, _)| text[..at].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_FIRST: DayRules = DayRules {
        day_first: true,
        two_digit_years: false,
    };

    fn iso(text: &str, rules: DayRules) -> Result<String, String> {
        read(text, rules).map(|day| day.map_or_else(|| "none".to_owned(), |day| day.to_string()))
    }

    #[test]
    fn every_known_form_names_the_same_day() {
        let forms = [
            "2024-03-31",
            "2024/3/31",
            "2024.03.31",
            "20240331",
            "3/31/2024",
            "03-31-2024",
            "31-Mar-2024",
            "31-MAR-2024",
            "31 March 2024",
            "Mar 31, 2024",
            "March 31st, 2024",
            "2024-Mar-31",
            "2024-03-31T15:00:00+09:00",
            "2024-03-31 00:00:00",
            "3/31/2024 12:00:00 AM",
            "45382",
            "45382.0",
            "45382.75",
            "２０２４／０３／３１",
            "2024年3月31日",
            "2024年03月31日（日）",
            "令和６年３月３１日",
            "R6.3.31",
            "㋿6年3月31日",
        ];
        for form in forms {
            assert_eq!(
                iso(form, DayRules::default()).as_deref(),
                Ok("2024-03-31"),
                "{form}"
            );
        }
    }

    #[test]
    fn the_order_of_day_and_month_is_the_mappings_word_not_the_rows() {
        assert_eq!(
            iso("3/4/2024", DayRules::default()).as_deref(),
            Ok("2024-03-04")
        );
        assert_eq!(iso("3/4/2024", DAY_FIRST).as_deref(), Ok("2024-04-03"));
        assert_eq!(iso("31.03.2024", DAY_FIRST).as_deref(), Ok("2024-03-31"));
        assert!(
            iso("31/03/2024", DayRules::default())
                .is_err_and(|reason| reason.starts_with("has no month 31 when read month_first"))
        );
        assert!(
            iso("03/31/2024", DAY_FIRST)
                .is_err_and(|reason| reason.starts_with("has no month 31 when read day_first"))
        );
    }

    #[test]
    fn a_day_that_does_not_exist_is_refused() {
        assert_eq!(
            iso("2024-02-30", DayRules::default()),
            Err("is not a day of the calendar (2024-02-30)".to_owned())
        );
        assert_eq!(
            iso("2023/2/29", DayRules::default()),
            Err("is not a day of the calendar (2023-02-29)".to_owned())
        );
        assert_eq!(
            iso("20241301", DayRules::default()),
            Err("is not a day of the calendar (2024-13-01)".to_owned())
        );
        assert_eq!(
            iso("0024-03-31", DayRules::default()),
            Err("is not plausible: the year is 24".to_owned())
        );
        for text in [
            "soon",
            "2024-03",
            "1234",
            "12345",
            "99999",
            "1711843200",
            "3月31日",
            "2024年3月",
            "1/2/3/4",
            "31-Foo-2024",
            "+3/31/2024",
        ] {
            assert!(iso(text, DayRules::default()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_year_of_two_digits_needs_the_mappings_permission() {
        assert!(
            iso("3/31/24", DayRules::default())
                .is_err_and(|reason| reason.contains("two_digit_years"))
        );
        let rules = DayRules {
            two_digit_years: true,
            ..DayRules::default()
        };
        assert_eq!(iso("31-MAR-24", rules).as_deref(), Ok("2024-03-31"));
        assert_eq!(iso("3/31/98", rules).as_deref(), Ok("1998-03-31"));
    }

    #[test]
    fn the_day_that_means_no_end_is_none() {
        for text in [
            "9999-12-31",
            "12/31/9999",
            "99991231",
            "4712-12-31",
            "2999/12/31",
            "0000-00-00",
            "00000000",
        ] {
            assert_eq!(
                iso(text, DayRules::default()).as_deref(),
                Ok("none"),
                "{text}"
            );
        }
    }
}
