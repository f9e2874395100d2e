//! What a row says of the person.
//!
//! The company owns the facts of employment; an alumnus who joined owns their names and how to reach them. So while somebody is a
//! joined alumnus, only the employee number and the address at work follow the HR system, and what they gave as their own address is
//! never cleared by it.

use entity::{Audience, Languages, Links, Standing, person};

use crate::access::visibility::{Visibility, field_named};
use crate::alumni::{Named, readings};

use super::{Ground, Known, RowFault};
use crate::hris::worker::{Told, Worker};

/// The person as the row wants them, and the fields touched.
pub fn edited(
    worker: &Worker,
    known: Option<&Known>,
    ground: &Ground<'_>,
) -> Result<(person::Model, Vec<&'static str>), Vec<RowFault>> {
    let joined = known
        .and_then(|known| known.membership.as_ref())
        .is_some_and(|membership| membership.joined_at.is_some());
    let owns_profile =
        joined && known.is_some_and(|known| known.person.standing != Standing::Employee);
    let mut person = match known {
        Some(known) => known.person.clone(),
        None => blank(worker, ground)?,
    };
    let mut touched = Vec::new();
    // what is hidden even from staff is not the company's: neither written by it nor, by what becomes of a row, guessed
    let visibility = Visibility::from(&person);
    let hidden = |field| {
        field_named(field).is_some_and(|field| visibility.audience(field) == Audience::OnlyMe)
    };
    let mut edit = |slot: &mut Option<String>, told: &Told<String>, field, keeps: bool| match told {
        Told::Value(value) if slot.as_ref() != Some(value) && !hidden(field) => {
            *slot = Some(value.clone());
            touched.push(field);
        }
        Told::Empty if slot.is_some() && !keeps && !hidden(field) => {
            *slot = None;
            touched.push(field);
        }
        _ => {}
    };
    edit(
        &mut person.employee_number,
        &worker.employee_number,
        "employeeNumber",
        false,
    );
    edit(
        &mut person.work_email,
        &worker.work_email,
        "workEmail",
        false,
    );
    if !owns_profile {
        edit(
            &mut person.family_name_kana,
            &worker.family_name_kana,
            "familyNameKana",
            false,
        );
        edit(
            &mut person.given_name_kana,
            &worker.given_name_kana,
            "givenNameKana",
            false,
        );
        edit(
            &mut person.family_name_romaji,
            &worker.family_name_romaji,
            "familyNameRomaji",
            false,
        );
        edit(
            &mut person.given_name_romaji,
            &worker.given_name_romaji,
            "givenNameRomaji",
            false,
        );
        edit(
            &mut person.other_name,
            &worker.other_name,
            "otherName",
            joined,
        );
        edit(
            &mut person.personal_email,
            &worker.personal_email,
            "personalEmail",
            joined,
        );
        edit(&mut person.phone, &worker.phone, "phone", joined);
        if let Some(name) = worker
            .family_name
            .value()
            .filter(|name| **name != person.family_name)
        {
            person.family_name.clone_from(name);
            touched.push("familyName");
        }
        let given = match &worker.given_name {
            Told::Value(name) => name,
            Told::Empty => "",
            Told::Absent => &person.given_name,
        };
        if given != person.given_name {
            person.given_name = given.to_owned();
            touched.push("givenName");
        }
    }
    // Only then: how a person is found is not for a sync to revise.
    if known.is_none() || touched.iter().any(|field| field.contains("Name")) {
        readings(Named::from(&person)).put(&mut person);
    }
    Ok((person, touched))
}

fn blank(worker: &Worker, ground: &Ground<'_>) -> Result<person::Model, Vec<RowFault>> {
    let mut faults = Vec::new();
    if worker.family_name.value().is_none() {
        faults.push(RowFault::new(
            "familyName",
            "is needed for a worker who is not known yet",
        ));
    }
    if worker.started_on.value().is_none() {
        faults.push(RowFault::new(
            "startedOn",
            "is needed for a worker who is not known yet",
        ));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(person::Model {
        id: ground.fresh.person,
        company_id: ground.company,
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
        location: None,
        current_employer: None,
        current_title: None,
        headline: None,
        biography: None,
        links: Links::default(),
        languages: Languages::default(),
        sort_name: String::new(),
        grams: String::new(),
        grams_names: None,
        grams_other_name: None,
        grams_employer: None,
        left_on: None,
        visibility_chosen: 0,
        seen_by_hr: ground.visibility.hr,
        seen_by_employees: ground.visibility.employees,
        seen_by_alumni: ground.visibility.alumni,
        restricted_at: None,
        created_at: ground.now,
        updated_at: ground.now,
        version: 1,
    })
}
