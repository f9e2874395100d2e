//! What somebody states about themselves, compared with a person of the company. A fact that matches proves nothing: HR decides.

use entity::IdentityFact;
use reading::fold;

/// What somebody states about themselves.
#[derive(Clone, Debug, Default)]
pub struct Stated {
    /// Employee number.
    pub employee_number: Option<String>,
    /// E-mail address, only if the identity provider verified it.
    pub verified_email: Option<String>,
    /// Family name.
    pub family_name: String,
    /// Given name; may be empty.
    pub given_name: String,
    /// Reading of the family name.
    pub family_name_kana: Option<String>,
    /// Reading of the given name.
    pub given_name_kana: Option<String>,
    /// A former or other name.
    pub other_name: Option<String>,
}

/// What is known of a person, as far as the viewer sees it.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Employee number.
    pub employee_number: Option<String>,
    /// Private e-mail address.
    pub personal_email: Option<String>,
    /// E-mail address at the company.
    pub work_email: Option<String>,
    /// Family name.
    pub family_name: String,
    /// Given name.
    pub given_name: String,
    /// Reading of the family name.
    pub family_name_kana: Option<String>,
    /// Reading of the given name.
    pub given_name_kana: Option<String>,
    /// A former or other name.
    pub other_name: Option<String>,
}

/// The facts that match, in their order.
#[must_use]
pub fn matching(stated: &Stated, known: &Known) -> Vec<IdentityFact> {
    let same = |one: Option<&String>, other: Option<&String>| match (one, other) {
        (Some(one), Some(other)) => one.to_lowercase() == other.to_lowercase(),
        _ => false,
    };
    let email = stated.verified_email.as_ref();
    let facts = [
        (
            IdentityFact::EmployeeNumber,
            same(
                stated.employee_number.as_ref(),
                known.employee_number.as_ref(),
            ),
        ),
        (
            IdentityFact::PersonalEmail,
            same(email, known.personal_email.as_ref()),
        ),
        (
            IdentityFact::WorkEmail,
            same(email, known.work_email.as_ref()),
        ),
        (IdentityFact::Name, same_name(stated, known)),
        (IdentityFact::OtherName, same_other_name(stated, known)),
    ];
    facts
        .into_iter()
        .filter(|(_, same)| *same)
        .map(|(fact, _)| fact)
        .collect()
}

fn same_name(stated: &Stated, known: &Known) -> bool {
    let written = whole(&stated.family_name, &stated.given_name)
        == whole(&known.family_name, &known.given_name);
    let kana = |family: Option<&String>, given: Option<&String>| {
        Some(whole(family?, given.map_or("", String::as_str)))
    };
    let stated = kana(
        stated.family_name_kana.as_ref(),
        stated.given_name_kana.as_ref(),
    );
    let known = kana(
        known.family_name_kana.as_ref(),
        known.given_name_kana.as_ref(),
    );
    written || (stated.is_some() && stated == known)
}

/// A former name may be a family name alone.
fn same_other_name(stated: &Stated, known: &Known) -> bool {
    let names = |other: Option<&String>, family: &str, given: &str| -> Vec<String> {
        let other = other.map(|name| fold(name)).filter(|name| !name.is_empty());
        let combined = other.as_ref().map(|name| whole(name, given));
        [
            other,
            combined,
            Some(fold(family)),
            Some(whole(family, given)),
        ]
        .into_iter()
        .flatten()
        .collect()
    };
    let (own, other) = (stated.other_name.as_ref(), known.other_name.as_ref());
    let stated_all = names(own, &stated.family_name, &stated.given_name);
    let known_all = names(other, &known.family_name, &known.given_name);
    // the other name of at least one of them takes part
    let others = |all: &[String], has: bool| {
        all.iter()
            .take(if has { 2 } else { 0 })
            .cloned()
            .collect::<Vec<_>>()
    };
    let stated_others = others(&stated_all, own.is_some());
    let known_others = others(&known_all, other.is_some());
    let meets = |some: &[String], all: &[String]| some.iter().any(|name| all.contains(name));
    meets(&stated_others, &known_all) || meets(&known_others, &stated_all)
}

fn whole(family: &str, given: &str) -> String {
    fold(&format!("{family} {given}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stated(family: &str, given: &str) -> Stated {
        Stated {
            family_name: family.into(),
            given_name: given.into(),
            ..Stated::default()
        }
    }

    fn known(family: &str, given: &str) -> Known {
        Known {
            family_name: family.into(),
            given_name: given.into(),
            ..Known::default()
        }
    }

    #[test]
    fn names_match_whatever_their_case_and_width() {
        let name = [IdentityFact::Name];
        assert_eq!(
            matching(&stated("SATO", "Ken"), &known("sato", "ken")),
            name
        );
        assert_eq!(matching(&stated("佐藤", "健"), &known("佐藤", "健一")), []);
        let stated = Stated {
            family_name_kana: Some("サトウ".into()),
            given_name_kana: Some("ケン".into()),
            ..stated("さとう", "けん")
        };
        let known = Known {
            family_name_kana: Some("ｻﾄｳ".into()),
            given_name_kana: Some("ケン".into()),
            ..known("佐藤", "健")
        };
        assert_eq!(matching(&stated, &known), name);
    }

    #[test]
    fn a_former_family_name_matches_with_the_given_name_or_alone() {
        let now = Stated {
            other_name: Some("佐藤".into()),
            ..stated("鈴木", "花")
        };
        assert_eq!(
            matching(&now, &known("佐藤", "花")),
            [IdentityFact::OtherName]
        );
        let recorded = Known {
            other_name: Some("鈴木 花".into()),
            ..known("佐藤", "花")
        };
        assert_eq!(
            matching(&stated("鈴木", "花"), &recorded),
            [IdentityFact::OtherName]
        );
    }

    #[test]
    fn an_address_that_is_not_known_matches_nothing() {
        let with = |email: Option<&str>| Stated {
            verified_email: email.map(str::to_owned),
            ..stated("a", "b")
        };
        let person = Known {
            personal_email: Some("a@private.example".into()),
            work_email: None,
            ..known("c", "d")
        };
        assert_eq!(
            matching(&with(Some("A@private.example")), &person),
            [IdentityFact::PersonalEmail]
        );
        assert_eq!(matching(&with(None), &person), []);
        assert_eq!(matching(&with(None), &known("c", "d")), []);
    }
}
