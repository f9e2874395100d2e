//! What a sync knows of a worker: of each row the columns in which an HR system has a say, with what follows from them, and no others.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    DepartmentId, EmploymentId, EmploymentType, LeaveType, MembershipId, MembershipState, PersonId,
    Standing,
};

use crate::access::visibility::Visibility;

/// What is stored of a worker.
#[derive(Clone, Debug)]
pub struct Known {
    pub person: Person,
    /// In no order.
    pub stints: Vec<Stint>,
    pub membership: Option<Membership>,
}

impl Known {
    /// Whether the processing of the person's data is restricted, at their request. An erased person's is not.
    pub fn is_restricted(&self) -> bool {
        self.person.restricted_at.is_some() && self.person.standing != Standing::Erased
    }
}

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub id: PersonId,
    pub standing: Standing,
    pub employee_number: Option<String>,
    pub family_name: String,
    pub given_name: String,
    pub family_name_kana: Option<String>,
    pub given_name_kana: Option<String>,
    pub family_name_romaji: Option<String>,
    pub given_name_romaji: Option<String>,
    pub other_name: Option<String>,
    pub personal_email: Option<String>,
    pub work_email: Option<String>,
    pub phone: Option<String>,
    /// The alumnus's own; their search text holds it.
    pub current_employer: Option<String>,
    /// As above.
    pub current_title: Option<String>,
    pub sort_name: String,
    pub grams: String,
    pub grams_names: Option<i32>,
    pub grams_other_name: Option<i32>,
    pub grams_employer: Option<i32>,
    pub left_on: Option<NaiveDate>,
    pub seen_by_hr: i32,
    pub seen_by_employees: i32,
    pub seen_by_alumni: i32,
    pub restricted_at: Option<DateTime<Utc>>,
}

impl From<&Person> for Visibility {
    fn from(person: &Person) -> Self {
        Self {
            hr: person.seen_by_hr,
            employees: person.seen_by_employees,
            alumni: person.seen_by_alumni,
        }
    }
}

/// An employment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stint {
    pub id: EmploymentId,
    pub person_id: PersonId,
    pub department_id: Option<DepartmentId>,
    pub employment_type: EmploymentType,
    pub position: Option<String>,
    pub location: Option<String>,
    pub started_on: NaiveDate,
    pub last_working_day: Option<NaiveDate>,
    pub leave_type: Option<LeaveType>,
    pub leave_reason: Option<String>,
    /// The source's own id of the employment.
    pub external_id: Option<String>,
    /// When the service recorded that the last working day had passed.
    pub ended_at: Option<DateTime<Utc>>,
}

/// A membership.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    pub id: MembershipId,
    pub person_id: PersonId,
    pub state: MembershipState,
    pub invited_at: Option<DateTime<Utc>>,
    pub joined_at: Option<DateTime<Utc>>,
    pub paused_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub expires_on: Option<NaiveDate>,
}

impl Stint {
    /// Whether it ended on its first day: the hire never started.
    pub fn never_started(&self) -> bool {
        self.last_working_day == Some(self.started_on)
    }
}

/// The employment that decides the person's standing: the one that ends last, or has no end; one that never started only if there is no other.
pub fn latest<'s>(stints: impl IntoIterator<Item = &'s Stint>) -> Option<&'s Stint> {
    stints.into_iter().max_by_key(|stint| {
        let end = stint.last_working_day.unwrap_or(NaiveDate::MAX);
        (!stint.never_started(), end, stint.started_on)
    })
}

/// A row to write, as it is to be.
#[derive(Clone, Debug)]
pub enum Write<R, C> {
    Make(R),
    /// One that is stored, with the columns that differ from what is.
    Edit(R, Vec<C>),
}

/// Sets a value, and notes the column where it was another.
pub fn set<T: PartialEq, C>(slot: &mut T, value: T, column: C, edited: &mut Vec<C>) {
    if *slot != value {
        *slot = value;
        edited.push(column);
    }
}
