//! Which audience sees which field of a profile. Stored as a column of bits an audience, so that SQL tests it; what a person did not choose
//! follows the company, which may be stricter than the careful defaults and never looser (GDPR Article 25(2)).

use entity::{Audience, ProfileField, company, person};

use super::{Permission, Viewer};

/// The fields, in the order of their bits.
pub const FIELDS: [ProfileField; 13] = [
    ProfileField::PersonalEmail,
    ProfileField::Phone,
    ProfileField::OtherName,
    ProfileField::Location,
    ProfileField::CurrentEmployer,
    ProfileField::CurrentTitle,
    ProfileField::Headline,
    ProfileField::Biography,
    ProfileField::Links,
    ProfileField::Languages,
    ProfileField::Skills,
    ProfileField::Intents,
    ProfileField::Employments,
];

/// A field's bit.
#[must_use]
pub fn bit(field: ProfileField) -> i32 {
    1 << (field as i32)
}

/// What each audience sees, a bit a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visibility {
    /// Staff.
    pub hr: i32,
    /// Employees.
    pub employees: i32,
    /// Alumni who are members.
    pub alumni: i32,
}

impl Visibility {
    /// What holds where neither the person nor the company said anything: contact details and intents are for staff, the rest for members.
    pub const CAREFUL: Self = {
        let all = (1 << FIELDS.len()) - 1;
        let staff = 1 << ProfileField::PersonalEmail as i32
            | 1 << ProfileField::Phone as i32
            | 1 << ProfileField::Intents as i32;
        Self {
            hr: all,
            employees: all & !staff,
            alumni: all & !staff,
        }
    };

    /// Who sees a field.
    #[must_use]
    pub fn audience(self, field: ProfileField) -> Audience {
        let sees = |bits: i32| bits & bit(field) != 0;
        match (sees(self.hr), sees(self.employees), sees(self.alumni)) {
            (_, true, true) => Audience::Members,
            (_, true, false) => Audience::Employees,
            (_, false, true) => Audience::Alumni,
            (true, false, false) => Audience::Hr,
            (false, false, false) => Audience::OnlyMe,
        }
    }

    /// The same, with a field shown to an audience.
    #[must_use]
    pub fn shown(self, field: ProfileField, audience: Audience) -> Self {
        use Audience::{Alumni, Employees, Members, OnlyMe};
        let with = |bits: i32, sees: bool| {
            if sees {
                bits | bit(field)
            } else {
                bits & !bit(field)
            }
        };
        Self {
            hr: with(self.hr, audience != OnlyMe),
            employees: with(self.employees, matches!(audience, Employees | Members)),
            alumni: with(self.alumni, matches!(audience, Alumni | Members)),
        }
    }

    /// Whether nobody sees the field here who does not there.
    #[must_use]
    pub fn as_strict_as(self, other: Self, field: ProfileField) -> bool {
        let pairs = [
            (self.hr, other.hr),
            (self.employees, other.employees),
            (self.alumni, other.alumni),
        ];
        pairs
            .iter()
            .all(|(here, there)| here & !there & bit(field) == 0)
    }

    /// Puts it onto a person's row, together with which of the fields they chose themselves.
    pub fn put(self, chosen: i32, row: &mut person::Model) {
        row.visibility_chosen = chosen;
        (row.seen_by_hr, row.seen_by_employees, row.seen_by_alumni) =
            (self.hr, self.employees, self.alumni);
    }
}

impl From<&person::Model> for Visibility {
    fn from(person: &person::Model) -> Self {
        Self {
            hr: person.seen_by_hr,
            employees: person.seen_by_employees,
            alumni: person.seen_by_alumni,
        }
    }
}

impl From<&company::Model> for Visibility {
    fn from(company: &company::Model) -> Self {
        Self {
            hr: company.seen_by_hr,
            employees: company.seen_by_employees,
            alumni: company.seen_by_alumni,
        }
    }
}

/// Whether a person may show a field to an audience: the company holds employments itself, whatever they choose.
#[must_use]
pub fn may_choose(field: ProfileField, audience: Audience) -> bool {
    (field, audience) != (ProfileField::Employments, Audience::OnlyMe)
}

/// The field of a profile that a column holds, or is found by; null: a column that is shown with the person.
#[must_use]
pub fn field_of(column: person::Column) -> Option<ProfileField> {
    use person::Column as C;
    Some(match column {
        C::PersonalEmail => ProfileField::PersonalEmail,
        C::Phone => ProfileField::Phone,
        C::OtherName => ProfileField::OtherName,
        C::Location => ProfileField::Location,
        C::CurrentEmployer => ProfileField::CurrentEmployer,
        C::CurrentTitle => ProfileField::CurrentTitle,
        C::Headline => ProfileField::Headline,
        C::Biography => ProfileField::Biography,
        C::Links => ProfileField::Links,
        C::Languages => ProfileField::Languages,
        C::LeftOn => ProfileField::Employments,
        _ => return None,
    })
}

/// As the schema names the field of a person that shows it.
#[must_use]
pub fn name(field: ProfileField) -> &'static str {
    match field {
        ProfileField::PersonalEmail => "personalEmail",
        ProfileField::Phone => "phone",
        ProfileField::OtherName => "otherName",
        ProfileField::Location => "location",
        ProfileField::CurrentEmployer => "currentEmployer",
        ProfileField::CurrentTitle => "currentTitle",
        ProfileField::Headline => "headline",
        ProfileField::Biography => "biography",
        ProfileField::Links => "links",
        ProfileField::Languages => "languages",
        ProfileField::Skills => "skills",
        ProfileField::Intents => "intents",
        ProfileField::Employments => "employments",
    }
}

/// The field of a profile that a field of the schema shows; null: one that is shown with the person.
#[must_use]
pub fn field_named(field: &str) -> Option<ProfileField> {
    FIELDS.into_iter().find(|each| name(*each) == field)
}

/// The columns of bits that must all hold a field's for the viewer to see it of somebody else: nothing else is seen where there is none.
#[must_use]
pub fn seen_by(viewer: &Viewer, field: ProfileField) -> &'static [person::Column] {
    use person::Column::{SeenByAlumni, SeenByEmployees, SeenByHr};
    let staff = viewer.may(Permission::AlumniRead)
        || (field == ProfileField::Intents && viewer.may(Permission::IntentsRead));
    match viewer {
        _ if staff => &[SeenByHr],
        Viewer::Preview {
            audience: Audience::Members,
            ..
        } => &[SeenByEmployees, SeenByAlumni],
        _ if viewer.may(Permission::EmployeesRead) => &[SeenByEmployees],
        _ => &[SeenByAlumni],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AUDIENCES: [Audience; 5] = [
        Audience::OnlyMe,
        Audience::Hr,
        Audience::Employees,
        Audience::Alumni,
        Audience::Members,
    ];

    #[test]
    fn a_field_is_shown_to_the_audience_it_was_given_and_the_others_stay() {
        for field in FIELDS {
            for audience in AUDIENCES {
                let shown = Visibility::CAREFUL.shown(field, audience);
                assert_eq!(shown.audience(field), audience);
                for other in FIELDS.into_iter().filter(|other| *other != field) {
                    let careful = Visibility::CAREFUL.audience(other);
                    assert_eq!(shown.audience(other), careful);
                }
            }
        }
    }

    #[test]
    fn contact_details_and_intents_are_for_staff_unless_somebody_says_otherwise() {
        let for_staff = FIELDS
            .into_iter()
            .filter(|field| Visibility::CAREFUL.audience(*field) == Audience::Hr);
        assert_eq!(
            for_staff.collect::<Vec<_>>(),
            [
                ProfileField::PersonalEmail,
                ProfileField::Phone,
                ProfileField::Intents
            ]
        );
        let for_members = FIELDS
            .into_iter()
            .filter(|field| Visibility::CAREFUL.audience(*field) == Audience::Members);
        assert_eq!(for_members.count(), FIELDS.len() - 3);
    }

    #[test]
    fn neither_employees_nor_alumni_are_stricter_than_the_other() {
        let field = ProfileField::Location;
        let to = |audience| Visibility::CAREFUL.shown(field, audience);
        let strict = |here, there| to(here).as_strict_as(to(there), field);
        assert!(strict(Audience::OnlyMe, Audience::Hr));
        assert!(strict(Audience::Hr, Audience::Employees));
        assert!(strict(Audience::Alumni, Audience::Members));
        assert!(!strict(Audience::Alumni, Audience::Employees));
        assert!(!strict(Audience::Employees, Audience::Alumni));
        assert!(!strict(Audience::Members, Audience::Alumni));
    }

    #[test]
    fn each_field_has_a_bit_of_its_own_in_the_order_of_the_words() {
        let bits: Vec<i32> = FIELDS.into_iter().map(bit).collect();
        let expected: Vec<i32> = (0..13).map(|place| 1 << place).collect();
        assert_eq!(bits, expected);
    }
}
