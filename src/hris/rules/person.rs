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
use crate::hris::values::text::folded;
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
        let (family, given) = names(worker, person);
        for (slot, name, at) in [
            (
                &mut person.family_name,
                family,
                (C::FamilyName, "familyName"),
            ),
            (&mut person.given_name, given, (C::GivenName, "givenName")),
        ] {
            if let Some(name) = name {
                edits.set(slot, name, at);
            }
        }
    }
    // Only then: how a person is found is not for a sync to revise.
    if is_new || edits.fields.iter().any(|field| field.contains("Name")) {
        read_anew(person, &mut edits.columns);
    }
    edits
}

/// Family and given name as the row has them; none where it changes nothing. People with one name have it as the family name, whichever
/// column it stood in. A given name that is stored beside a family name stays where it is.
fn names(worker: &Worker, person: &Person) -> (Option<String>, Option<String>) {
    match (&worker.family_name, &worker.given_name) {
        (Told::Empty, Told::Value(only)) if *only == person.given_name => (None, None),
        (Told::Empty, Told::Value(only)) => (Some(only.clone()), Some(String::new())),
        (family, Told::Empty) => (family.value().cloned(), Some(String::new())),
        (family, given) => (family.value().cloned(), given.value().cloned()),
    }
}

/// Whether a row has other names than the person in both parts, as if the source had given the id to somebody else. Names in another script
/// are not compared.
pub fn is_another(worker: &Worker, person: &Person) -> bool {
    let (Some(family), Some(given)) = (worker.family_name.value(), worker.given_name.value())
    else {
        return false;
    };
    let stored = [&person.family_name, &person.given_name];
    let is_known = |name: &String| stored.iter().any(|stored| folded(stored) == folded(name));
    let same_script = family.is_ascii() == person.family_name.is_ascii();
    let same = |told: &Told<String>, stored: &Option<String>| {
        told.value()
            .is_some_and(|told| Some(told) == stored.as_ref())
    };
    let is_reached_alike = same(&worker.personal_email, &person.personal_email)
        || same(&worker.phone, &person.phone)
        || same(&worker.family_name_kana, &person.family_name_kana);
    let has_names = stored.iter().all(|name| !name.is_empty());
    has_names && same_script && !is_reached_alike && !is_known(family) && !is_known(given)
}

/// What a row lacks to make a person of.
pub fn missing(worker: &Worker) -> Option<Vec<RowFault>> {
    let has_name = worker.family_name.value().is_some()
        || worker.family_name == Told::Empty && worker.given_name.value().is_some();
    let needed = [
        ("familyName", has_name),
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
