//! The log of refused tokens: the reason, and the issuer and key id that the token carried; never the token. The number of lines a minute
//! is limited, and one line counts the rest: a flood of refused tokens does not fill the log.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use super::rules::printable;
use crate::access::jwt::{Token, TokenRefusal};

/// Lines a minute, at most.
const MOST_LINES: u32 = 30;

/// Counts the lines of the current minute.
#[derive(Debug, Default)]
pub struct RefusedTokens(Mutex<Minute>);

#[derive(Debug, Default)]
struct Minute {
    since: Option<DateTime<Utc>>,
    lines: u32,
    left_out: u64,
}

/// What is logged of a refused token.
enum Line {
    Token,
    Limit,
    None,
}

impl RefusedTokens {
    /// Logs a refused token. `slash`: an accepted issuer differs from the token's by a trailing slash only.
    pub fn log(&self, token: &str, refusal: TokenRefusal, slash: bool, now: DateTime<Utc>) {
        let (left_out, line) = self.count(now);
        if left_out > 0 {
            tracing::warn!(
                left_out,
                "refused tokens of the last minutes that were not logged"
            );
        }
        match line {
            Line::Token => write(token, refusal, slash),
            Line::Limit => tracing::warn!(
                limit = MOST_LINES,
                "refused tokens reach the limit of lines for this minute; further ones are counted only"
            ),
            Line::None => {}
        }
    }

    /// How many were left out before this minute, and what is logged now.
    fn count(&self, now: DateTime<Utc>) -> (u64, Line) {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let over = minute
            .since
            .is_none_or(|since| (now - since).abs() >= TimeDelta::minutes(1));
        let left_out = if over {
            let last = std::mem::take(&mut *minute);
            minute.since = Some(now);
            last.left_out
        } else {
            0
        };
        minute.lines = minute.lines.saturating_add(1);
        if minute.lines <= MOST_LINES {
            return (left_out, Line::Token);
        }
        minute.left_out += 1;
        let line = if minute.lines == MOST_LINES + 1 {
            Line::Limit
        } else {
            Line::None
        };
        (left_out, line)
    }
}

fn write(token: &str, refusal: TokenRefusal, slash: bool) {
    let read = Token::read(token).ok();
    let issuer = read.as_ref().and_then(|token| token.unverified().ok());
    let issuer = issuer.map(|claims| printable(&claims.issuer));
    let key_id = read.as_ref().and_then(Token::key_id).map(printable);
    let (issuer, key_id) = (issuer.as_deref(), key_id.as_deref());
    let reason = refusal.sentence();
    let hint = slash.then_some("an accepted issuer differs by a trailing slash only");
    if refusal == TokenRefusal::Expired {
        // everyday: clients fetch a new one
        tracing::info!(reason, issuer, key_id, hint, "refused a token");
    } else {
        tracing::warn!(reason, issuer, key_id, hint, "refused a token");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_has_thirty_lines_one_that_says_so_and_the_next_minute_counts_the_rest() {
        let refused = RefusedTokens::default();
        let start: DateTime<Utc> = "2026-04-01T00:00:00Z".parse().unwrap();
        let lines: Vec<char> = (0..100)
            .map(|_| match refused.count(start) {
                (0, Line::Token) => 't',
                (0, Line::Limit) => 'l',
                (0, Line::None) => '-',
                _ => 'x',
            })
            .collect();
        let expected = format!("{}l{}", "t".repeat(30), "-".repeat(69));
        assert_eq!(lines.into_iter().collect::<String>(), expected);
        let later = start + TimeDelta::seconds(60);
        assert!(matches!(refused.count(later), (70, Line::Token)));
        assert!(matches!(refused.count(later), (0, Line::Token)));
    }
}
