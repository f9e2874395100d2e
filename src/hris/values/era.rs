//! Days written in the Japanese calendar (和暦).
//!
//! A day before its era began does not exist and is refused. A day after its era ended is read with a remark within the era's last year
//! (平成31年5月1日, as written before the change), and refused beyond it (平成35年).

use chrono::{Datelike, NaiveDate};

struct Era {
    /// The ways an era is written, the longest first, in compatibility-folded lower case.
    names: [&'static str; 3],
    began: (i32, u32, u32),
    /// The last day, and the era that follows; none for the current one.
    ended: Option<((i32, u32, u32), &'static str)>,
}

/// A day of an era.
#[derive(Debug, PartialEq, Eq)]
pub struct EraDay {
    pub day: NaiveDate,
    pub remark: Option<String>,
}

const ERAS: [Era; 5] = [
    Era {
        names: ["令和", "令", "r"],
        began: (2019, 5, 1),
        ended: None,
    },
    Era {
        names: ["平成", "平", "h"],
        began: (1989, 1, 8),
        ended: Some(((2019, 4, 30), "令和")),
    },
    Era {
        names: ["昭和", "昭", "s"],
        began: (1926, 12, 25),
        ended: Some(((1989, 1, 7), "平成")),
    },
    Era {
        names: ["大正", "大", "t"],
        began: (1912, 7, 30),
        ended: Some(((1926, 12, 24), "昭和")),
    },
    // Before 1873 the months were those of the moon; nobody employed today began then.
    Era {
        names: ["明治", "明", "m"],
        began: (1873, 1, 1),
        ended: Some(((1912, 7, 29), "大正")),
    },
];

/// Reads 令和6年3月31日, 令和元年5月1日, R6.3.31, H31/4/30, 昭63-1-5 and R060331, already folded in width and case.
/// None when the text does not begin with an era.
pub fn read(text: &str) -> Option<Result<EraDay, String>> {
    let (era, rest) = ERAS.iter().find_map(|era| {
        Some((
            era,
            era.names.iter().find_map(|name| text.strip_prefix(name))?,
        ))
    })?;
    let rest = rest.trim_start_matches([' ', '.', '-']);
    if !rest.starts_with(|first: char| first.is_ascii_digit() || first == '元') {
        return None;
    }
    Some(day(era, rest))
}

fn day(era: &Era, rest: &str) -> Result<EraDay, String> {
    let not_a_day = || "is not a day: an era needs a year, a month and a day".to_owned();
    let numbers: Vec<u32> = if rest.len() == 6 && rest.bytes().all(|byte| byte.is_ascii_digit()) {
        [&rest[..2], &rest[2..4], &rest[4..]]
            .iter()
            .filter_map(|part| part.parse().ok())
            .collect()
    } else {
        rest.split(['年', '月', '日', '.', '/', '-', ' '])
            .filter(|part| !part.is_empty())
            .map(|part| if part == "元" { Ok(1) } else { part.parse() })
            .collect::<Result<_, _>>()
            .map_err(|_| not_a_day())?
    };
    let [year, month, day] = numbers[..] else {
        return Err(not_a_day());
    };
    let name = era.names[0];
    if !(1..=99).contains(&year) {
        return Err(format!("is not a day: {name} has no year {year}"));
    }
    let (first_year, first_month, first_day) = era.began;
    // Meiji 6 is 1873; every other era counts from the year it began.
    let counted_from = if name == "明治" { 1868 } else { first_year };
    let year = i32::try_from(year).map_err(|_| not_a_day())? + counted_from - 1;
    let found = NaiveDate::from_ymd_opt(year, month, day)
        .ok_or_else(|| format!("is not a day of the calendar ({year}-{month:02}-{day:02})"))?;
    let began =
        NaiveDate::from_ymd_opt(first_year, first_month, first_day).ok_or_else(not_a_day)?;
    if found < began {
        return Err(format!("is not a day: {name} began on {began}"));
    }
    let remark = after_the_end(era, found)?;
    Ok(EraDay { day: found, remark })
}

/// A remark on a day in the last year of an era and after its end; refused if the day is later.
fn after_the_end(era: &Era, day: NaiveDate) -> Result<Option<String>, String> {
    let Some(((year, month, last), next)) = era.ended else {
        return Ok(None);
    };
    let Some(end) = NaiveDate::from_ymd_opt(year, month, last).filter(|end| day > *end) else {
        return Ok(None);
    };
    let name = era.names[0];
    if day.year() == year {
        Ok(Some(format!(
            "{name} ended on {end}; the day is read as {day}"
        )))
    } else {
        Err(format!(
            "is not a day: {name} ended on {end}; write {next} or {}",
            day.year()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iso(text: &str) -> Result<String, String> {
        read(text).expect("an era").map(|read| read.day.to_string())
    }

    #[test]
    fn the_usual_spellings_name_the_same_day() {
        for text in [
            "令和6年3月31日",
            "令和6年03月31日",
            "令6.3.31",
            "r6.3.31",
            "r.6.3.31",
            "r06/03/31",
            "r060331",
            "令和 6年 3月 31日",
        ] {
            assert_eq!(iso(text).as_deref(), Ok("2024-03-31"), "{text}");
        }
    }

    #[test]
    fn the_first_year_is_called_gannen() {
        assert_eq!(iso("令和元年5月1日").as_deref(), Ok("2019-05-01"));
        assert_eq!(iso("平成元/1/8").as_deref(), Ok("1989-01-08"));
    }

    #[test]
    fn a_day_before_the_era_is_refused() {
        assert_eq!(
            iso("令和元年4月30日"),
            Err("is not a day: 令和 began on 2019-05-01".to_owned())
        );
        assert_eq!(iso("h31/4/30").as_deref(), Ok("2019-04-30"));
        assert_eq!(iso("昭和64年1月7日").as_deref(), Ok("1989-01-07"));
        assert_eq!(
            iso("平成1年1月7日"),
            Err("is not a day: 平成 began on 1989-01-08".to_owned())
        );
    }

    #[test]
    fn a_day_after_the_era_is_read_with_a_remark_in_its_last_year_and_refused_later() {
        let read = read("平成31年5月1日").expect("an era").expect("a day");
        assert_eq!(read.day.to_string(), "2019-05-01");
        assert_eq!(
            read.remark.as_deref(),
            Some("平成 ended on 2019-04-30; the day is read as 2019-05-01")
        );
        for (text, reason) in [
            (
                "平成35年4月1日",
                "平成 ended on 2019-04-30; write 令和 or 2023",
            ),
            ("h33.3.31", "平成 ended on 2019-04-30; write 令和 or 2021"),
            (
                "昭和70年1月1日",
                "昭和 ended on 1989-01-07; write 平成 or 1995",
            ),
            (
                "大正20年1月1日",
                "大正 ended on 1926-12-24; write 昭和 or 1931",
            ),
        ] {
            assert_eq!(iso(text), Err(format!("is not a day: {reason}")));
        }
    }

    #[test]
    fn impossible_days_and_half_days_are_refused() {
        assert_eq!(
            iso("令和6年2月30日"),
            Err("is not a day of the calendar (2024-02-30)".to_owned())
        );
        assert_eq!(
            iso("令和6年3月"),
            Err("is not a day: an era needs a year, a month and a day".to_owned())
        );
        assert_eq!(
            iso("令和0年3月1日"),
            Err("is not a day: 令和 has no year 0".to_owned())
        );
    }

    #[test]
    fn words_that_begin_like_an_era_are_none() {
        assert!(read("march 31, 2024").is_none());
        assert!(read("sep 1, 2024").is_none());
        assert!(read("大阪").is_none());
    }
}
