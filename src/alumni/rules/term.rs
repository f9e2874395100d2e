//! The term of a membership: when it can be renewed, and its next last day.

use chrono::{DateTime, Days, Months, NaiveDate, Utc};
use entity::MembershipState::{self, Active, Paused};
use entity::membership;

use super::membership::has_expired;

/// Longest term that staff can set, in months.
const MOST_MONTHS: u32 = 600;

/// First day on which a membership can be renewed, and on which its notice is sent; null if it cannot be renewed.
#[must_use]
pub fn renewable_from(
    state: MembershipState,
    expires_on: Option<NaiveDate>,
    notice_days: i32,
) -> Option<NaiveDate> {
    let last = expires_on.filter(|_| matches!(state, Active | Paused))?;
    last.checked_sub_days(Days::new(u64::try_from(notice_days).unwrap_or_default()))
}

/// The last day of a renewed membership: the company's months after the old one, or null if the company has no limit now.
pub fn next_last_day(
    membership: &membership::Model,
    months: Option<i32>,
    notice_days: i32,
    today: NaiveDate,
) -> Result<Option<NaiveDate>, String> {
    may_change(membership, today)?;
    let from = renewable_from(membership.state, membership.expires_on, notice_days);
    let (Some(from), Some(last)) = (from, membership.expires_on) else {
        return Err("the membership has no end".to_owned());
    };
    if today < from {
        return Err(format!("the membership can be renewed from {from} on"));
    }
    let months = months.and_then(|months| u32::try_from(months).ok());
    Ok(months.and_then(|months| last.checked_add_months(Months::new(months))))
}

/// Refuses a membership whose term cannot change: it is not in progress.
pub fn may_change(membership: &membership::Model, today: NaiveDate) -> Result<(), String> {
    if !matches!(membership.state, Active | Paused) {
        return Err(format!(
            "the membership is {}: the last day changes only while it is ACTIVE or PAUSED",
            membership.state.word()
        ));
    }
    match membership.expires_on {
        Some(last) if has_expired(membership.state, Some(last), today) => Err(format!(
            "the membership ended on {last}: invite the person again"
        )),
        _ => Ok(()),
    }
}

/// Refuses a last day that has passed or is far in the future.
pub fn may_end_on(day: NaiveDate, today: NaiveDate) -> Result<(), String> {
    let latest = today.checked_add_months(Months::new(MOST_MONTHS));
    match latest {
        Some(latest) if day < today || day > latest => Err(format!(
            "is {day}; must be from {today} to {latest}, or null for no end"
        )),
        _ => Ok(()),
    }
}

/// The membership with another last day.
#[must_use]
pub fn with_end(
    membership: &membership::Model,
    expires_on: Option<NaiveDate>,
    now: DateTime<Utc>,
) -> membership::Model {
    membership::Model {
        expires_on,
        updated_at: now,
        version: membership.version + 1,
        ..membership.clone()
    }
}

/// The instant at which a day is over in a time zone; an unknown zone counts as UTC.
#[must_use]
pub fn end_of(day: NaiveDate, time_zone: &str) -> Option<DateTime<Utc>> {
    let zone: chrono_tz::Tz = time_zone.parse().unwrap_or_default();
    let next = day.succ_opt()?.and_hms_opt(0, 0, 0)?;
    // where the clock is put forward at midnight, the day begins an hour later
    let begins = [0, 1].into_iter().find_map(|hours| {
        let local = next + chrono::TimeDelta::hours(hours);
        local.and_local_timezone(zone).earliest()
    });
    begins.map(|at| at.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_over_at_midnight_in_its_time_zone() {
        let over = |day: &str, zone| {
            let over = end_of(day.parse().unwrap(), zone).unwrap();
            over.format("%F %H:%M").to_string()
        };
        assert_eq!(over("2026-04-30", "Asia/Tokyo"), "2026-04-30 15:00");
        assert_eq!(
            over("2026-04-30", "America/Los_Angeles"),
            "2026-05-01 07:00"
        );
        // on this day clocks there go from 23:59 to 01:00
        assert_eq!(over("2026-04-23", "Africa/Cairo"), "2026-04-23 22:00");
    }

    #[test]
    fn a_term_can_be_renewed_from_the_days_of_notice_before_its_end() {
        let day = |text: &str| Some(text.parse::<NaiveDate>().unwrap());
        for (state, expires_on, from) in [
            (Active, day("2026-04-30"), day("2026-03-31")),
            (Paused, day("2026-03-01"), day("2026-01-30")),
            (Active, None, None),
            (MembershipState::Invited, day("2026-04-30"), None),
            (MembershipState::Expired, day("2026-04-30"), None),
            (MembershipState::Rehired, day("2026-04-30"), None),
        ] {
            assert_eq!(renewable_from(state, expires_on, 30), from, "{state:?}");
        }
    }
}
