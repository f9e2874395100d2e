//! Days as other systems write them.
//!
//! A form that could be two days (`3/4/2024`) is read in the order that the mapping states or the file shows, for a whole column; it is
//! refused if neither does. Days with dots (`3.4.2024`) are read day first. A day that does not exist is refused. An instant is the day it
//! falls on in the company's time zone.

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;

use super::{
    day_order::{DayOrder, Numeric},
    era, instant,
    text::folded,
};

/// How the ambiguous forms of a column are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayRules {
    /// The order of day and month that the mapping or the command states, for days of any form.
    pub stated: Option<DayOrder>,
    /// The order that the column's name or the days of the file show, for days without dots.
    pub shown: Option<DayOrder>,
    /// Whether a year of two digits is read at all: 00 to 49 as 20xx, 50 to 99 as 19xx.
    pub two_digit_years: bool,
    /// Where instants are turned into days.
    pub time_zone: Tz,
}

/// A day that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Day {
    /// None for the days by which systems say "no end" (0000-00-00, 2999-12-31, 4712-12-31, 9999-12-31).
    pub day: Option<NaiveDate>,
    /// What is worth knowing about it.
    pub remark: Option<String>,
}

/// Serial numbers of spreadsheets are read from 1950-01-01 to 2099-12-31, so that no other number passes for a day.
const SPREADSHEET_DAYS: std::ops::RangeInclusive<u64> = 18_264..=73_050;
/// The serial number of 9999-12-31.
const NO_END: &str = "2958465";
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2100;

/// Reads a day, or says why it is none.
pub fn read(text: &str, rules: DayRules) -> Result<Day, String> {
    let text = folded(text);
    let text = instant::without_zone(instant::without_weekday(&text));
    let (text, time) = instant::split(text);
    if time.is_some_and(|time| !instant::is_time(time)) {
        return Err("has a time that does not exist".to_owned());
    }
    if let Some(read) = era::read(text) {
        let era::EraDay { day, remark } = read?;
        return Ok(Day {
            day: Some(day),
            remark,
        });
    }
    let day = plain(text, rules)?;
    let day = match time {
        Some(time) => day.map(|day| instant::day_in(day, time, rules.time_zone)),
        None => day,
    };
    Ok(Day { day, remark: None })
}

fn plain(text: &str, rules: DayRules) -> Result<Option<NaiveDate>, String> {
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
    match Numeric::of(text) {
        Some(numeric) => by_order(&numeric, rules),
        None => named(text, rules),
    }
}

/// A day of three numbers with the year last, in the order of its column.
fn by_order(numeric: &Numeric<'_>, rules: DayRules) -> Result<Option<NaiveDate>, String> {
    let year = year(numeric.year, rules)?;
    let in_order = |order| match order {
        DayOrder::DayFirst => calendar(year, numeric.second, numeric.first),
        DayOrder::MonthFirst => calendar(year, numeric.first, numeric.second),
    };
    let shown = if numeric.dotted {
        Some(DayOrder::DayFirst)
    } else {
        rules.shown
    };
    let Some(order) = rules.stated.or(shown) else {
        return match (in_order(DayOrder::DayFirst), in_order(DayOrder::MonthFirst)) {
            (Ok(Some(first)), Ok(Some(second))) if first != second => Err(format!(
                "is {first} read day first and {second} read month first, and the file does not show which; \
                 state date_order = \"day_first\" or \"month_first\" in the mapping, or --date-order"
            )),
            (Ok(day), _) | (_, Ok(day)) => Ok(day),
            (Err(reason), Err(_)) => Err(reason),
        };
    };
    match in_order(order) {
        Err(_) if in_order(order.other()).is_ok() => Err(format!(
            "is no day when read {order}, as the rest of the column; accepted is {}, or YYYY-MM-DD",
            match order {
                DayOrder::DayFirst => "DD/MM/YYYY",
                DayOrder::MonthFirst => "MM/DD/YYYY",
            }
        )),
        read => read,
    }
}

fn digits(text: &str) -> Result<Option<NaiveDate>, String> {
    let whole = text.split('.').next().unwrap_or_default();
    if whole == NO_END {
        return Ok(None);
    }
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

/// A day with the year first, or with its month named.
fn named(text: &str, rules: DayRules) -> Result<Option<NaiveDate>, String> {
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
        _ => return Err("is not a day".to_owned()),
    };
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
    let open_ended = matches!(
        (year, month, day),
        (0, 0, 0) | (1, 1, 1) | (2999 | 4712 | 9999, 12, 31)
    );
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
        Err(format!(
            "is not plausible: the year is {year}; accepted are {} to {}",
            YEARS.start(),
            YEARS.end()
        ))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn stated(order: DayOrder) -> DayRules {
        DayRules {
            stated: Some(order),
            ..DayRules::default()
        }
    }

    fn shown(order: DayOrder) -> DayRules {
        DayRules {
            shown: Some(order),
            ..DayRules::default()
        }
    }

    fn iso(text: &str, rules: DayRules) -> Result<String, String> {
        read(text, rules).map(|read| {
            read.day
                .map_or_else(|| "none".to_owned(), |day| day.to_string())
        })
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
            "2024/3/31(日曜)",
            "2024-03-31 (Sun)",
            "2024-03-31Z",
            "2024-03-31-07:00",
            "2024-03-31+09:00",
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
    fn day_and_month_are_read_in_the_order_of_the_column() {
        for (first, second) in [
            (stated(DayOrder::DayFirst), stated(DayOrder::MonthFirst)),
            (shown(DayOrder::DayFirst), shown(DayOrder::MonthFirst)),
        ] {
            assert_eq!(iso("3/4/2024", first).as_deref(), Ok("2024-04-03"));
            assert_eq!(iso("3-4-2024", second).as_deref(), Ok("2024-03-04"));
            let wrong = iso("03/31/2024", first);
            assert!(wrong.is_err_and(|reason| reason.contains("accepted is DD/MM/YYYY")));
            let wrong = iso("31/03/2024", second);
            assert!(wrong.is_err_and(|reason| reason.contains("accepted is MM/DD/YYYY")));
        }
    }

    #[test]
    fn without_an_order_a_day_that_could_be_two_is_refused_with_both() {
        let rules = DayRules::default();
        assert_eq!(iso("31/03/2024", rules).as_deref(), Ok("2024-03-31"));
        assert_eq!(iso("05/05/2024", rules).as_deref(), Ok("2024-05-05"));
        let reason = iso("03/04/2024", rules).expect_err("ambiguous");
        assert!(
            reason.starts_with("is 2024-04-03 read day first and 2024-03-04 read month first"),
            "{reason}"
        );
    }

    #[test]
    fn days_with_dots_are_day_first_unless_a_mapping_says_otherwise() {
        for rules in [DayRules::default(), shown(DayOrder::MonthFirst)] {
            assert_eq!(iso("03.04.2016", rules).as_deref(), Ok("2016-04-03"));
            assert_eq!(iso("13.2.2019", rules).as_deref(), Ok("2019-02-13"));
            assert!(iso("02.13.2019", rules).is_err());
        }
        let american = iso("03.04.2016", stated(DayOrder::MonthFirst));
        assert_eq!(american.as_deref(), Ok("2016-03-04"));
    }

    #[test]
    fn an_instant_is_a_day_of_the_company() {
        let rules = DayRules {
            time_zone: chrono_tz::Asia::Tokyo,
            ..DayRules::default()
        };
        assert_eq!(
            iso("2024-03-31T15:00:00Z", rules).as_deref(),
            Ok("2024-04-01")
        );
        assert_eq!(
            iso("2024-03-31T00:00:00Z", rules).as_deref(),
            Ok("2024-03-31")
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
            Err("is not plausible: the year is 24; accepted are 1900 to 2100".to_owned())
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
            "2024-03-31 (tbc)",
            "2024-03-31T25:00:00",
            "2024-03-31 12:60",
            "2024-03-31-99:00",
            "+3/31/2024",
            "0202-04-01",
            "2203/4/1",
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
            "0001-01-01T00:00:00",
            "2958465",
            "2958465.0",
        ] {
            assert_eq!(
                iso(text, DayRules::default()).as_deref(),
                Ok("none"),
                "{text}"
            );
        }
    }
}
