//! The time behind a day, and the day an instant falls on in the company's time zone.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};
use chrono_tz::Tz;

/// Without the weekday of `2024年3月31日(日)`, `2024-03-31 (Sun)`. Other text in parentheses stays.
pub fn without_weekday(text: &str) -> &str {
    match text
        .strip_suffix(')')
        .and_then(|inner| inner.rsplit_once('('))
    {
        Some((day, weekday)) if is_weekday(weekday.trim()) => day.trim_end(),
        _ => text,
    }
}

fn is_weekday(text: &str) -> bool {
    const ENGLISH: [&str; 7] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let short = text
        .strip_suffix("曜日")
        .or_else(|| text.strip_suffix('曜'))
        .unwrap_or(text);
    ["月", "火", "水", "木", "金", "土", "日", "祝", "日祝"].contains(&short)
        || text.len() >= 3 && ENGLISH.iter().any(|day| day.starts_with(text))
}

/// The day of `2024-04-01Z` and `2024-04-01-07:00`: in XML Schema a day may have a zone, and stays the day that is written.
pub fn without_zone(text: &str) -> &str {
    let Some((day, zone)) = text.split_at_checked(10) else {
        return text;
    };
    let bytes = day.as_bytes();
    let is_iso = bytes[4] == b'-'
        && bytes[7] == b'-'
        && bytes.iter().filter(|byte| byte.is_ascii_digit()).count() == 8;
    let is_zone = zone == "z"
        || zone.len() == 6
            && zone.starts_with(['+', '-'])
            && zone.as_bytes()[3] == b':'
            && offset(zone).is_some();
    if is_iso && is_zone { day } else { text }
}

/// Whether the clock can show the hour and the minute of a time.
pub fn is_time(time: &str) -> bool {
    let mut parts = time.split(':');
    let number = |part: Option<&str>| {
        let digits: String = part?.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u32>().ok()
    };
    let (hour, minute) = (number(parts.next()), number(parts.next()));
    hour.is_some_and(|hour| hour <= 24) && minute.is_some_and(|minute| minute < 60)
}

/// The day and the time behind it, of `2024-03-31t15:00:00+09:00` and `3/31/2024 12:00:00 am`.
pub fn split(text: &str) -> (&str, Option<&str>) {
    let begins_time = |rest: &str| {
        let hour = rest.bytes().take_while(u8::is_ascii_digit).count();
        (1..=2).contains(&hour) && rest.as_bytes().get(hour) == Some(&b':')
    };
    let cut = text
        .char_indices()
        .find(|&(at, character)| matches!(character, 't' | ' ') && begins_time(&text[at + 1..]));
    match cut {
        Some((at, _)) => (text[..at].trim_end(), Some(&text[at + 1..])),
        None => (text, None),
    }
}

/// The day on which an instant falls in the time zone. A time without an offset leaves the day as it is written, and so does midnight: systems
/// that store days as instants write `2024-03-31T00:00:00Z`.
pub fn day_in(day: NaiveDate, time: &str, zone: Tz) -> NaiveDate {
    let Some((time, offset)) = with_offset(time) else {
        return day;
    };
    if time == NaiveTime::MIN {
        return day;
    }
    let instant: Option<DateTime<FixedOffset>> = NaiveDateTime::new(day, time)
        .and_local_timezone(offset)
        .single();
    instant.map_or(day, |instant| instant.with_timezone(&zone).date_naive())
}

/// `15:00:00.000z`, `15:00 +0900`, `15:00:00 utc`.
fn with_offset(text: &str) -> Option<(NaiveTime, FixedOffset)> {
    let text = text.trim();
    let utc = ["z", "utc", "gmt"]
        .iter()
        .find_map(|zone| text.strip_suffix(zone));
    let (time, offset) = if let Some(time) = utc {
        (time, FixedOffset::east_opt(0)?)
    } else {
        let at = text.rfind(['+', '-'])?;
        (&text[..at], offset(&text[at..])?)
    };
    let time = time.trim();
    let time = ["%H:%M:%S%.f", "%H:%M"]
        .iter()
        .find_map(|format| NaiveTime::parse_from_str(time, format).ok())?;
    Some((time, offset))
}

/// `+09:00`, `-0500`, `+09`.
fn offset(text: &str) -> Option<FixedOffset> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits.as_str(), "0"),
        4 => digits.split_at(2),
        _ => return None,
    };
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let seconds = hours * 3600 + minutes * 60;
    FixedOffset::east_opt(if text.starts_with('-') {
        -seconds
    } else {
        seconds
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_zone(text: &str, zone: Tz) -> String {
        let (day, time) = split(text);
        let day = day.parse().expect("a day");
        day_in(day, time.expect("a time"), zone).to_string()
    }

    #[test]
    fn an_instant_is_the_day_it_falls_on_where_the_company_is() {
        for (text, tokyo, new_york) in [
            ("2024-03-31t15:00:00z", "2024-04-01", "2024-03-31"),
            ("2024-03-31t14:59:59.999z", "2024-03-31", "2024-03-31"),
            ("2024-03-31 15:00:00 utc", "2024-04-01", "2024-03-31"),
            ("2024-03-31t20:00:00-0500", "2024-04-01", "2024-03-31"),
            ("2024-04-01t02:00+09:00", "2024-04-01", "2024-03-31"),
        ] {
            assert_eq!(in_zone(text, chrono_tz::Asia::Tokyo), tokyo, "{text}");
            assert_eq!(
                in_zone(text, chrono_tz::America::New_York),
                new_york,
                "{text}"
            );
        }
    }

    #[test]
    fn midnight_and_a_time_without_an_offset_leave_the_day_as_it_is_written() {
        for text in [
            "2024-03-31t00:00:00z",
            "2024-03-31t00:00:00.000+09:00",
            "2024-03-31 23:30:00",
            "2024-03-31t15:00:00",
            "2024-03-31 12:00:00 am",
        ] {
            for zone in [chrono_tz::Asia::Tokyo, chrono_tz::America::New_York] {
                assert_eq!(in_zone(text, zone), "2024-03-31", "{text}");
            }
        }
    }
}
