//! What follows from what is known of a person: how they are ordered and found, and what their membership makes them.
//! Whoever writes a name, an employer or a title writes the readings with it, in the same statement.

pub mod fields;
pub mod identity;
pub mod membership;
pub mod term;

use entity::{MembershipState, Standing, person};
use reading::person::{Named, readings};

/// Brings what a person is ordered and found by up to date with their names, employer and title.
pub fn read_anew(row: &mut person::Model) {
    let readings = readings(Named {
        family_name: &row.family_name,
        given_name: &row.given_name,
        family_name_kana: row.family_name_kana.as_deref(),
        given_name_kana: row.given_name_kana.as_deref(),
        family_name_romaji: row.family_name_romaji.as_deref(),
        given_name_romaji: row.given_name_romaji.as_deref(),
        other_name: row.other_name.as_deref(),
        current_employer: row.current_employer.as_deref(),
        current_title: row.current_title.as_deref(),
    });
    (row.sort_name, row.grams) = (readings.sort_name, readings.grams);
    [row.grams_names, row.grams_other_name, row.grams_employer] = readings.ends.map(Some);
}

/// A whole name in its own order: family name first where it is written in Japanese or Chinese letters, given name first otherwise.
#[must_use]
pub fn whole_name(family: &str, given: &str) -> String {
    let ideographic = |letter: char| matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}');
    let (first, second) = if family.chars().any(ideographic) {
        (family, given)
    } else {
        (given, family)
    };
    format!("{first} {second}").trim().to_owned()
}

/// What a person is to the company while their membership stands so.
#[must_use]
pub fn standing(state: MembershipState) -> Standing {
    match state {
        MembershipState::Candidate => Standing::Candidate,
        MembershipState::Invited => Standing::Invited,
        MembershipState::Active => Standing::Active,
        MembershipState::Paused => Standing::Paused,
        MembershipState::Expired => Standing::Expired,
        MembershipState::Withdrawn => Standing::Withdrawn,
        MembershipState::Erased => Standing::Erased,
        MembershipState::Rehired => Standing::Employee,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rehired_member_is_an_employee() {
        assert_eq!(standing(MembershipState::Rehired), Standing::Employee);
        assert_eq!(standing(MembershipState::Paused), Standing::Paused);
    }
}
