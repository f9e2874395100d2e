//! Stage transitions, eligibility of candidates, and identity of a candidate.

use entity::ReferralStage::{
    self, Duplicate, Hired, Interviewing, Offered, Rejected, Screening, Submitted, Withdrawn,
};
use entity::{PersonId, Standing};
use unicode_normalization::UnicodeNormalization;

use crate::error::{Refusal, Result, UserErrorCode};

/// The way to being hired.
const WAY: [ReferralStage; 5] = [Submitted, Screening, Interviewing, Offered, Hired];

/// Whether a referral in this stage goes nowhere any more.
#[must_use]
pub const fn is_final(stage: ReferralStage) -> bool {
    matches!(stage, Hired | Rejected | Withdrawn | Duplicate)
}

/// Stages to which the company can move a referral: one stage forward, or `REJECTED`. A recruiting system can skip stages, because its own stages differ
/// and it reports only some.
#[must_use]
pub fn allowed(from: ReferralStage, leaps: bool) -> Vec<ReferralStage> {
    if is_final(from) {
        return vec![];
    }
    let ahead = WAY.into_iter().skip_while(|stage| *stage != from).skip(1);
    ahead
        .take(if leaps { WAY.len() } else { 1 })
        .chain([Rejected])
        .collect()
}

/// Refuses a stage that is not allowed, and says which are.
pub fn advance(from: ReferralStage, to: ReferralStage, leaps: bool) -> Result<()> {
    let allowed = allowed(from, leaps);
    if allowed.contains(&to) {
        return Ok(());
    }
    let message = if is_final(from) {
        format!("the referral is {}, which is final", word(from))
    } else {
        let words: Vec<&str> = allowed.into_iter().map(word).collect();
        format!(
            "the referral is {}; from there it goes to {}",
            word(from),
            words.join(" or ")
        )
    };
    Err(Refusal::new(UserErrorCode::Refused, "to", message).into())
}

/// Rejects the withdrawal of a closed referral, or of another person's.
pub fn withdraw(
    stage: ReferralStage,
    viewer: PersonId,
    (referrer, candidate): (PersonId, Option<PersonId>),
) -> Result<()> {
    let refuse = |message: String| Err(Refusal::new(UserErrorCode::Refused, "id", message).into());
    if viewer != referrer && Some(viewer) != candidate {
        refuse("the referrer and the candidate alone take a referral back; the company ends it by `referralAdvance` to REJECTED".to_owned())
    } else if is_final(stage) {
        refuse(format!("the referral is {}, which is final", word(stage)))
    } else {
        Ok(())
    }
}

/// Why a person cannot be referred; null if they can. Viewers who see alumni in every state can also refer candidates, invited and expired members.
/// Paused members cannot be referred.
#[must_use]
pub const fn unfit(candidate: Standing, sees_everyone: bool) -> Option<&'static str> {
    match candidate {
        Standing::Active => None,
        Standing::Employee => {
            Some("works at the company; alumni and people outside it are referred")
        }
        Standing::Candidate | Standing::Invited | Standing::Expired if sees_everyone => None,
        Standing::Paused => Some("asked for quiet and is referred for nothing meanwhile"),
        _ => Some("is no member of the programme and is referred for nothing"),
    }
}

/// Whether a person refers others: who works at the company or is a member of the programme.
#[must_use]
pub const fn refers(standing: Standing) -> bool {
    matches!(
        standing,
        Standing::Employee | Standing::Active | Standing::Paused
    )
}

/// Most characters of a candidate's name.
pub const LONGEST_NAME: usize = 200;

/// By what an alumnus is the same candidate.
#[must_use]
pub fn key_of_person(person: PersonId) -> String {
    person.to_string()
}

/// Identity of an external candidate: the e-mail address, regardless of case and character width.
#[must_use]
pub fn key_of_email(email: &str) -> String {
    let folded: String = email.trim().nfkc().flat_map(char::to_lowercase).collect();
    format!("mail:{folded}")
}

/// The stage as clients write it.
#[must_use]
pub const fn word(stage: ReferralStage) -> &'static str {
    match stage {
        Submitted => "SUBMITTED",
        Screening => "SCREENING",
        Interviewing => "INTERVIEWING",
        Offered => "OFFERED",
        Hired => "HIRED",
        Rejected => "REJECTED",
        Withdrawn => "WITHDRAWN",
        Duplicate => "DUPLICATE",
    }
}

#[cfg(test)]
mod tests {
    use entity::Id;
    use uuid::Uuid;

    use super::*;
    use crate::checks::email_address;

    const ALL: [ReferralStage; 8] = [
        Submitted,
        Screening,
        Interviewing,
        Offered,
        Hired,
        Rejected,
        Withdrawn,
        Duplicate,
    ];

    /// A row for each stage to come from, a column for each to go to, in the order of `ALL`: `+` for everyone, `~` for systems alone.
    const TABLE: [&str; 8] = [
        ".+~~~+..", "..+~~+..", "...+~+..", "....++..", "........", "........", "........",
        "........",
    ];

    #[test]
    fn the_whole_table_of_stages_holds() {
        for (from, row) in ALL.into_iter().zip(TABLE) {
            for (to, mark) in ALL.into_iter().zip(row.chars()) {
                let people = advance(from, to, false).is_ok();
                let systems = advance(from, to, true).is_ok();
                assert_eq!(people, mark == '+', "{from:?} to {to:?}");
                assert_eq!(systems, mark != '.', "{from:?} to {to:?} by a system");
            }
        }
    }

    #[test]
    fn the_referrer_and_the_candidate_take_an_open_referral_back() {
        let person = |number| PersonId::of(Uuid::from_u128(number));
        let (referrer, candidate, other) = (person(1), person(2), person(3));
        for stage in ALL {
            let of = (referrer, Some(candidate));
            assert_eq!(withdraw(stage, referrer, of).is_ok(), !is_final(stage));
            assert_eq!(withdraw(stage, candidate, of).is_ok(), !is_final(stage));
            assert!(withdraw(stage, other, of).is_err());
            assert!(withdraw(stage, candidate, (referrer, None)).is_err());
        }
    }

    #[test]
    fn who_wants_to_be_left_alone_is_not_referred() {
        use Standing::{Active, Candidate, Employee, Erased, Expired, Invited, Paused, Withdrawn};
        for (standing, by_hr, by_others) in [
            (Employee, false, false),
            (Candidate, true, false),
            (Invited, true, false),
            (Active, true, true),
            (Paused, false, false),
            (Expired, true, false),
            (Withdrawn, false, false),
            (Erased, false, false),
        ] {
            assert_eq!(unfit(standing, true).is_none(), by_hr, "{standing:?}");
            assert_eq!(unfit(standing, false).is_none(), by_others, "{standing:?}");
        }
    }

    #[test]
    fn an_address_is_the_same_in_another_case_and_width() {
        let key = key_of_email("taro.yamada@example.jp");
        for text in [
            "Taro.Yamada@Example.JP",
            " ｔａｒｏ．ｙａｍａｄａ＠ｅｘａｍｐｌｅ．ｊｐ ",
        ] {
            assert_eq!(key_of_email(&email_address(text).unwrap()), key, "{text}");
        }
        assert_ne!(key_of_email("taro-yamada@example.jp"), key);
    }

    #[test]
    fn an_address_has_the_shape_of_one() {
        for (text, fits) in [
            ("a@b.c", true),
            ("ａ＠ｂ．ｃ", true),
            ("a+b@sub.example.com", true),
            ("a@b", false),
            ("a@@b.c", false),
            ("@b.c", false),
            ("a@.c", false),
            ("a b@c.d", false),
            ("a", false),
            ("", false),
        ] {
            assert_eq!(email_address(text).is_some(), fits, "{text}");
        }
    }
}
