//! What a row says of the person.
//!
//! The company owns the facts of employment; an alumnus who joined owns their names and how to reach them. So while somebody is a
//! joined alumnus, only the employee number and the address at work follow the HR system, and what they gave as their own address is
//! never cleared by it.

use entity::{Audience, Standing, person::Column};
use reading::person::{Named, readings};

use super::known::{Membership, Person, set};
use super::{Ground, Known, RowFault};
use crate::access::visibility::{Visibility, field_of};
use crate::hris::worker::{Told, Worker};

/// What of a person was edited.
#[derive(Default)]
pub struct Edits {
    pub columns: Vec<Column>,
    /// As the schema names them.
    pub fields: Vec<&'static str>,
}

impl Edits {
    /// Sets what the schema shows as a field.
    pub fn set<T: PartialEq>(
        &mut self,
        slot: &mut T,
        value: T,
        (column, field): (Column, &'static str),
    ) {
        if *slot != value {
            set(slot, value, column, &mut self.columns);
            self.fields.push(field);
        }
    }

    /// What was told of a text that may be empty. Where the alumnus `keeps` it, it is not cleared.
    fn take(
        &mut self,
        slot: &mut Option<String>,
        told: &Told<String>,
        at: (Column, &'static str),
        keeps: bool,
    ) {
        match told {
            Told::Value(value) if slot.as_ref() != Some(value) => {
                self.set(slot, Some(value.clone()), at);
            }
            Told::Empty if !keeps => self.set(slot, None, at),
            _ => {}
        }
    }
}

/// Makes of the person, who is new or stored, what the row wants them to be.
pub fn edit(
    worker: &Worker,
    person: &mut Person,
    membership: Option<&Membership>,
    is_new: bool,
) -> Edits {
    use Column as C;
    let joined = membership.is_some_and(|membership| membership.joined_at.is_some());
    let owns_profile = joined && person.standing != Standing::Employee;
    // what is hidden even from staff is not the company's: neither written by it nor, by what becomes of a row, guessed
    let visibility = Visibility::from(&*person);
    let hidden = |column| {
        field_of(column).is_some_and(|field| visibility.audience(field) == Audience::OnlyMe)
    };
    let mut edits = Edits::default();
    for (slot, told, at) in [
        (
            &mut person.employee_number,
            &worker.employee_number,
            (C::EmployeeNumber, "employeeNumber"),
        ),
        (
            &mut person.work_email,
            &worker.work_email,
            (C::WorkEmail, "workEmail"),
        ),
    ] {
        edits.take(slot, told, at, false);
    }
    if !owns_profile {
        for (slot, told, at, keeps) in [
            (
                &mut person.family_name_kana,
                &worker.family_name_kana,
                (C::FamilyNameKana, "familyNameKana"),
                false,
            ),
            (
                &mut person.given_name_kana,
                &worker.given_name_kana,
                (C::GivenNameKana, "givenNameKana"),
                false,
            ),
            (
                &mut person.family_name_romaji,
                &worker.family_name_romaji,
                (C::FamilyNameRomaji, "familyNameRomaji"),
                false,
            ),
            (
                &mut person.given_name_romaji,
                &worker.given_name_romaji,
                (C::GivenNameRomaji, "givenNameRomaji"),
                false,
            ),
            (
                &mut person.other_name,
                &worker.other_name,
                (C::OtherName, "otherName"),
                joined,
            ),
            (
                &mut person.personal_email,
                &worker.personal_email,
                (C::PersonalEmail, "personalEmail"),
                joined,
            ),
            (
                &mut person.phone,
                &worker.phone,
                (C::Phone, "phone"),
                joined,
            ),
        ] {
            if !hidden(at.0) {
                edits.take(slot, told, at, keeps);
            }
        }
        if let Some(name) = worker
            .family_name
            .value()
            .filter(|name| **name != person.family_name)
        {
            edits.set(
                &mut person.family_name,
                name.clone(),
                (C::FamilyName, "familyName"),
            );
        }
        let given = match &worker.given_name {
            Told::Value(name) => Some(name.as_str()),
            Told::Empty => Some(""),
            Told::Absent => None,
        };
        if let Some(name) = given.filter(|name| **name != person.given_name) {
            edits.set(
                &mut person.given_name,
                name.to_owned(),
                (C::GivenName, "givenName"),
            );
        }
    }
    // Only then: how a person is found is not for a sync to revise.
    if is_new || edits.fields.iter().any(|field| field.contains("Name")) {
        read_anew(person, &mut edits.columns);
    }
    edits
}

/// What a row lacks to make a person of.
pub fn missing(worker: &Worker) -> Option<Vec<RowFault>> {
    let needed = [
        ("familyName", worker.family_name.value().is_some()),
        ("startedOn", worker.started_on.value().is_some()),
    ];
    let missing = needed.into_iter().filter(|(_, told)| !told);
    let faults: Vec<RowFault> = missing
        .map(|(field, _)| RowFault::new(field, "is needed for a worker who is not known yet"))
        .collect();
    (!faults.is_empty()).then_some(faults)
}

/// Of somebody who is not known yet nothing is.
pub fn blank(ground: &Ground<'_>) -> Known {
    let person = Person {
        id: ground.fresh(),
        standing: Standing::Employee,
        employee_number: None,
        family_name: String::new(),
        given_name: String::new(),
        family_name_kana: None,
        given_name_kana: None,
        family_name_romaji: None,
        given_name_romaji: None,
        other_name: None,
        personal_email: None,
        work_email: None,
        phone: None,
        current_employer: None,
        current_title: None,
        sort_name: String::new(),
        grams: String::new(),
        grams_names: None,
        grams_other_name: None,
        grams_employer: None,
        left_on: None,
        seen_by_hr: ground.visibility.hr,
        seen_by_employees: ground.visibility.employees,
        seen_by_alumni: ground.visibility.alumni,
        restricted_at: None,
    };
    Known {
        person,
        stints: Vec::new(),
        membership: None,
    }
}

fn read_anew(person: &mut Person, edited: &mut Vec<Column>) {
    use Column as C;
    let readings = readings(Named {
        family_name: &person.family_name,
        given_name: &person.given_name,
        family_name_kana: person.family_name_kana.as_deref(),
        given_name_kana: person.given_name_kana.as_deref(),
        family_name_romaji: person.family_name_romaji.as_deref(),
        given_name_romaji: person.given_name_romaji.as_deref(),
        other_name: person.other_name.as_deref(),
        current_employer: person.current_employer.as_deref(),
        current_title: person.current_title.as_deref(),
    });
    let [names, other_name, employer] = readings.ends.map(Some);
    set(
        &mut person.sort_name,
        readings.sort_name,
        C::SortName,
        edited,
    );
    set(&mut person.grams, readings.grams, C::Grams, edited);
    set(&mut person.grams_names, names, C::GramsNames, edited);
    set(
        &mut person.grams_other_name,
        other_name,
        C::GramsOtherName,
        edited,
    );
    set(
        &mut person.grams_employer,
        employer,
        C::GramsEmployer,
        edited,
    );
}
