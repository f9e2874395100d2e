//! Whether a day such as `3/4/2024` begins with the day or the month: what one text says about it, and in which words it is reported.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{instant, text::folded};

/// The order of day and month where the year is last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DayOrder {
    DayFirst,
    MonthFirst,
}

impl DayOrder {
    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::DayFirst => Self::MonthFirst,
            Self::MonthFirst => Self::DayFirst,
        }
    }

    /// The order that a column's name states: `Hire Date (MM/DD/YYYY)`.
    pub fn stated_in(column: &str) -> Option<Self> {
        let letters: String = folded(column)
            .chars()
            .filter(char::is_ascii_alphabetic)
            .collect();
        [
            ("ddmmyy", Self::DayFirst),
            ("mmddyy", Self::MonthFirst),
            ("ttmmjj", Self::DayFirst),
            ("jjmmaa", Self::DayFirst),
            ("ddmmaa", Self::DayFirst),
        ]
        .into_iter()
        .find_map(|(format, order)| letters.contains(format).then_some(order))
    }
}

impl fmt::Display for DayOrder {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::DayFirst => "day first",
            Self::MonthFirst => "month first",
        })
    }
}

/// What a text says about the order in its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// It is a day in this order only.
    Only(DayOrder),
    /// It is another day in each order.
    Either,
}

/// What a text says about the order of day and month; none if it is no such day, or the same day both ways. Days with dots say nothing, as
/// they are written day first everywhere.
pub fn evidence(text: &str) -> Option<Evidence> {
    // in lower case a `T` stands before a time
    if text.is_ascii() && !text.contains('T') {
        evidence_of(text.trim())
    } else {
        evidence_of(&folded(text))
    }
}

fn evidence_of(text: &str) -> Option<Evidence> {
    let numeric = Numeric::of(instant::split(instant::without_weekday(text)).0)?;
    if numeric.dotted {
        return None;
    }
    match (numeric.first, numeric.second) {
        (1..=12, 1..=12) if numeric.first == numeric.second => None,
        (1..=12, 1..=12) => Some(Evidence::Either),
        (13..=31, 1..=12) => Some(Evidence::Only(DayOrder::DayFirst)),
        (1..=12, 13..=31) => Some(Evidence::Only(DayOrder::MonthFirst)),
        _ => None,
    }
}

/// A day of three numbers with the year last.
pub struct Numeric<'t> {
    pub first: u32,
    pub second: u32,
    pub year: &'t str,
    /// `3.4.2024`
    pub dotted: bool,
}

impl<'t> Numeric<'t> {
    pub fn of(text: &'t str) -> Option<Self> {
        let mut parts = text
            .split(['-', '/', '.', ',', ' '])
            .filter(|part| !part.is_empty());
        let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let number = |text: &str| {
            let digits =
                (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse().ok()).flatten()
        };
        let is_year = matches!(year.len(), 2 | 4) && year.bytes().all(|byte| byte.is_ascii_digit());
        is_year.then_some(())?;
        Some(Self {
            first: number(first)?,
            second: number(second)?,
            year,
            dotted: text.contains('.') && !text.contains(['/', '-']),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_exists_in_one_order_only_is_evidence_of_it() {
        use DayOrder::{DayFirst, MonthFirst};
        for (text, expected) in [
            ("13/02/2019", Some(Evidence::Only(DayFirst))),
            ("25-12-2018 00:00:00", Some(Evidence::Only(DayFirst))),
            ("02/13/2019", Some(Evidence::Only(MonthFirst))),
            ("03/04/2016", Some(Evidence::Either)),
            ("3/4/16", Some(Evidence::Either)),
            ("05/05/2016", None),
            ("13/25/2020", None),
            ("32/01/2020", None),
            ("2016/03/04", None),
            ("13.02.2019", None),
            ("13-Feb-2019", None),
            ("42095", None),
        ] {
            assert_eq!(evidence(text), expected, "{text}");
        }
    }

    #[test]
    fn a_column_may_state_its_order() {
        for (name, expected) in [
            ("Hire Date (MM/DD/YYYY)", Some(DayOrder::MonthFirst)),
            ("Start (dd-mm-yy)", Some(DayOrder::DayFirst)),
            ("Eintritt (TT.MM.JJJJ)", Some(DayOrder::DayFirst)),
            ("Hire Date (YYYY-MM-DD)", None),
            ("Hire Date", None),
        ] {
            assert_eq!(DayOrder::stated_in(name), expected, "{name}");
        }
    }
}
