//! What follows from what is known of a person: how they are ordered and found, and what their membership makes them.
//! Whoever writes a name, an employer or a title writes the readings with it, in the same statement.

pub mod fields;
pub mod identity;
pub mod membership;
pub mod term;

use entity::{MembershipState, Standing, person};

use crate::reading::{grams, sort_name};

/// What a person is ordered and found by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Named<'p> {
    /// Family name.
    pub family_name: &'p str,
    /// Given name.
    pub given_name: &'p str,
    /// Reading of the family name in katakana.
    pub family_name_kana: Option<&'p str>,
    /// Reading of the given name in katakana.
    pub given_name_kana: Option<&'p str>,
    /// Family name in Latin letters.
    pub family_name_romaji: Option<&'p str>,
    /// Given name in Latin letters.
    pub given_name_romaji: Option<&'p str>,
    /// A former or business name.
    pub other_name: Option<&'p str>,
    /// Where the person works now.
    pub current_employer: Option<&'p str>,
    /// As what.
    pub current_title: Option<&'p str>,
}

impl<'p> From<&'p person::Model> for Named<'p> {
    fn from(person: &'p person::Model) -> Self {
        Self {
            family_name: &person.family_name,
            given_name: &person.given_name,
            family_name_kana: person.family_name_kana.as_deref(),
            given_name_kana: person.given_name_kana.as_deref(),
            family_name_romaji: person.family_name_romaji.as_deref(),
            given_name_romaji: person.given_name_romaji.as_deref(),
            other_name: person.other_name.as_deref(),
            current_employer: person.current_employer.as_deref(),
            current_title: person.current_title.as_deref(),
        }
    }
}

/// The stored columns that follow from the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readings {
    /// By which directories are ordered.
    pub sort_name: String,
    /// By which a text search finds the person.
    pub grams: String,
    /// How many characters of it come from the names, from them and the other name, and from them and the employer.
    pub ends: [i32; 3],
}

impl Readings {
    /// Puts them onto the row they follow from.
    pub fn put(self, row: &mut person::Model) {
        (row.sort_name, row.grams) = (self.sort_name, self.grams);
        [row.grams_names, row.grams_other_name, row.grams_employer] = self.ends.map(Some);
    }
}

/// How a person is ordered and found.
#[must_use]
pub fn readings(person: Named<'_>) -> Readings {
    let names = [
        Some(person.family_name),
        Some(person.given_name),
        person.family_name_kana,
        person.given_name_kana,
        person.family_name_romaji,
        person.given_name_romaji,
    ];
    let mut searched = grams(names.into_iter().flatten());
    let mut letters = searched.chars().count();
    let rest = [
        person.other_name,
        person.current_employer,
        person.current_title,
    ];
    let ends = rest.map(|text| {
        let end = i32::try_from(letters).unwrap_or(i32::MAX);
        let pieces = grams(text);
        if !pieces.is_empty() {
            letters += 1 + pieces.chars().count();
            searched.extend([" ", &pieces]);
        }
        end
    });
    Readings {
        sort_name: sort_name(
            person.family_name,
            person.given_name,
            person.family_name_kana,
            person.given_name_kana,
        ),
        grams: searched,
        ends,
    }
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
    fn a_person_is_ordered_by_kana_and_found_by_every_name_employer_and_title() {
        let readings = readings(Named {
            family_name: "山本",
            given_name: "咲",
            family_name_kana: Some("ヤマ"),
            given_name_kana: Some("サキ"),
            family_name_romaji: Some("Ya"),
            other_name: Some("森 咲"),
            current_employer: Some("みな"),
            current_title: Some("長"),
            ..Named::default()
        });
        assert_eq!(readings.sort_name, "やま さき");
        assert_eq!(
            readings.grams,
            "山本 本 咲 やま ま さき き ya a 森 咲 みな な 長"
        );
        let up_to = |end: i32| {
            let letters = readings.grams.chars();
            letters
                .take(usize::try_from(end).unwrap())
                .collect::<String>()
        };
        assert_eq!(
            readings.ends.map(up_to),
            [
                "山本 本 咲 やま ま さき き ya a",
                "山本 本 咲 やま ま さき き ya a 森 咲",
                "山本 本 咲 やま ま さき き ya a 森 咲 みな な"
            ]
        );
    }

    #[test]
    fn a_rehired_member_is_an_employee() {
        assert_eq!(standing(MembershipState::Rehired), Standing::Employee);
        assert_eq!(standing(MembershipState::Paused), Standing::Paused);
    }
}
