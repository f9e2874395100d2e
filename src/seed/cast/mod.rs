//! The demo cast: what is written in a script becomes rows. Everything a script leaves out (ids, dates of memberships,
//! addresses, telephone numbers) follows from it and from the random seed.

mod people;
mod programme;
mod script;

use reading::fold_skill;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entity::{
    CompanyId, DepartmentId, PersonId, Role, Roles, Scopes, SkillId, account, api_key, company,
    department, external_identity, membership, person_intent, person_skill, skill,
};

pub use self::programme::candidate_key;
use self::script::Character;
pub use self::script::Script;
use super::SeedSettings;
use super::calendar::Calendar;
use super::consents;
use super::draw::Draw;
use super::logins;
use super::rows::Rows;
use crate::access::accounts::GRANTABLE;
use crate::access::api_key::{ApiKeySecret, ServiceScope};
use crate::access::visibility::Visibility;
use crate::error::{Error, Result};

/// How long ago the programmes began.
const PROGRAMME_DAYS: i64 = 1_095;
/// The outside system in which the cast is known by employee numbers.
const SOURCE: &str = "hr";

/// A company of the cast while its rows are made.
pub struct Cast<'s> {
    pub script: &'s Script,
    pub calendar: Calendar,
    pub draw: Draw,
    pub company: CompanyId,
    pub departments: BTreeMap<&'s str, DepartmentId>,
    pub skills: BTreeMap<&'s str, SkillId>,
    pub people: BTreeMap<&'s str, PersonId>,
    pub rows: Rows,
    began_at: DateTime<Utc>,
}

impl<'s> Cast<'s> {
    /// The company with its departments, skills, people and logins.
    pub fn of(
        script: &'s Script,
        now: DateTime<Utc>,
        mut draw: Draw,
        settings: &SeedSettings,
    ) -> Result<Self> {
        let calendar = Calendar::new(now, &script.programme.company.time_zone);
        let began_at = calendar.hour(calendar.day(-PROGRAMME_DAYS), 9);
        let mut cast = Self {
            script,
            calendar,
            company: draw.id(began_at),
            draw,
            departments: BTreeMap::new(),
            skills: BTreeMap::new(),
            people: BTreeMap::new(),
            rows: Rows::default(),
            began_at,
        };
        cast.found();
        for (number, character) in (1..).zip(&script.people) {
            cast.enter(number, character)?;
        }
        cast.let_in(settings)?;
        Ok(cast)
    }

    /// The id behind a script's word for something.
    pub fn known<I: Copy>(of: &BTreeMap<&str, I>, word: &str) -> Result<I> {
        of.get(word).copied().ok_or_else(|| {
            Error::internal(format!("the script names `{word}`, which it does not have"))
        })
    }

    /// The company, its departments and skills.
    fn found(&mut self) {
        let (profile, at) = (&self.script.programme.company, self.began_at);
        self.rows.companies.push(company::Model {
            id: self.company,
            slug: profile.slug.clone(),
            name: profile.name.clone(),
            description: Some(profile.description.clone()),
            website: Some(profile.website.clone()),
            locale: profile.locale.clone(),
            time_zone: profile.time_zone.clone(),
            currency: profile.currency.clone(),
            created_at: at,
            updated_at: at,
            version: 1,
            reference_edition: 0,
            seen_by_hr: Visibility::CAREFUL.hr,
            seen_by_employees: Visibility::CAREFUL.employees,
            seen_by_alumni: Visibility::CAREFUL.alumni,
            mail_sender_name: None,
            mail_sender_address: None,
            mail_reply_to: None,
            portal_url: None,
            join_by_email: false,
            applications: false,
            membership_months: None,
            membership_notice_days: 30,
        });
        for name in &profile.departments {
            let id = self.draw.id(at);
            self.departments.insert(name, id);
            self.rows.departments.push(department::Model {
                id,
                company_id: self.company,
                name: name.clone(),
                sync_run_id: None,
                created_at: at,
                updated_at: at,
                version: 1,
            });
        }
        for name in &profile.skills {
            let id = self.draw.id(at);
            self.skills.insert(name, id);
            self.rows.skills.push(skill::Model {
                id,
                company_id: self.company,
                name: name.clone(),
                folded_name: fold_skill(name),
                created_at: at,
            });
        }
    }

    /// One person with everything about them.
    fn enter(&mut self, number: u32, character: &'s Character) -> Result<()> {
        let begin = character.stints.first().map_or(0, |stint| stint.from);
        let created_at = self
            .began_at
            .max(self.calendar.hour(self.calendar.month_begin(begin), 9));
        let id: PersonId = self.draw.id(created_at);
        if self.people.insert(&character.key, id).is_some() {
            return Err(Error::internal(format!(
                "the script has two people called `{}`",
                character.key
            )));
        }
        let person = self.person(id, number, character, created_at);
        if let Some(employee_number) = &person.employee_number {
            self.rows
                .external_identities
                .push(external_identity::Model {
                    company_id: self.company,
                    source: SOURCE.to_owned(),
                    external_id: employee_number.clone(),
                    person_id: id,
                    source_updated_at: None,
                    created_at,
                });
        }
        self.rows.people.push(person);
        for stint in &character.stints {
            let row = self.employment(id, stint, created_at)?;
            self.rows.employments.push(row);
        }
        if let Some(state) = character.membership {
            let left = character
                .stints
                .iter()
                .filter_map(|stint| stint.to)
                .min_by_key(|to| (*to < 1, *to));
            let row = self.membership(id, state, self.calendar.month_end(left.unwrap_or(1)));
            self.consent(&row, character);
            self.rows.memberships.push(row);
        }
        for (name, level) in &character.skills {
            self.rows.person_skills.push(person_skill::Model {
                person_id: id,
                skill_id: Self::known(&self.skills, name)?,
                company_id: self.company,
                level: *level,
            });
        }
        for intent in &character.intents {
            self.rows.person_intents.push(person_intent::Model {
                person_id: id,
                intent: *intent,
                company_id: self.company,
            });
        }
        Ok(())
    }

    /// To what the last person to enter said yes.
    fn consent(&mut self, membership: &membership::Model, character: &Character) {
        let mut purposes = consents::likely(&character.intents);
        purposes.retain(|purpose| !character.without.contains(purpose));
        let (draw, locale) = (&mut self.draw, &self.script.programme.company.locale);
        if let Some(person) = self.rows.people.last_mut() {
            let id = |at| draw.id(at);
            let entries = consents::of_member(person, membership, &purposes, locale, id);
            self.rows.consents.extend(entries);
        }
    }

    /// Logins and, where they are wanted, the API key.
    fn let_in(&mut self, settings: &SeedSettings) -> Result<()> {
        let (profile, accounts, at) = (
            &self.script.programme.company,
            &self.script.programme.accounts,
            self.began_at,
        );
        for role in logins::ROLES {
            let key = match role {
                Role::Admin | Role::Operator => &accounts.admin,
                Role::Hr => &accounts.hr,
                Role::Recruiter => &accounts.recruiter,
                Role::Supporter => &accounts.supporter,
                Role::Employee => &accounts.employee,
                Role::Alumnus => &accounts.alumnus,
            };
            let person = Self::known(&self.people, key)?;
            self.rows.accounts.push(account::Model {
                id: self.draw.id(at),
                company_id: Some(self.company),
                person_id: Some(person),
                issuer: settings.issuer.clone(),
                subject: logins::subject(role, &profile.slug),
                // what follows from the person's standing is not stored
                roles: Roles(
                    GRANTABLE
                        .contains(&role)
                        .then_some(role)
                        .into_iter()
                        .collect(),
                ),
                name: None,
                email: None,
                external: false,
                expires_at: None,
                disabled_at: None,
                created_at: at,
                updated_at: at,
                version: 1,
            });
        }
        let key = logins::API_KEYS
            .iter()
            .find(|(slug, _)| settings.demo_api_keys && *slug == profile.slug);
        if let Some(key) = key.and_then(|(_, key)| ApiKeySecret::parse(key)) {
            self.rows.api_keys.push(api_key::Model {
                id: self.draw.id(at),
                company_id: self.company,
                name: "Demo".to_owned(),
                lookup: key.lookup().to_owned(),
                hash: key.hash().to_vec(),
                scopes: Scopes(
                    ServiceScope::ALL
                        .map(|scope| scope.as_str().to_owned())
                        .to_vec(),
                ),
                expires_at: None,
                revoked_at: None,
                created_at: at,
            });
        }
        Ok(())
    }
}
