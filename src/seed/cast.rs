//! The demo cast: what is written in a script becomes rows. Everything a script leaves out (ids, dates of memberships,
//! addresses, telephone numbers) follows from it and from the random seed.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use entity::{
    CompanyId, DepartmentId, EmploymentType, Languages, Link, Links, MembershipState, PersonId,
    Role, Roles, Scopes, SkillId, Standing, account, api_key, company, department, employment,
    external_identity, membership, person, person_intent, person_skill, skill,
};

use super::SeedSettings;
use super::calendar::Calendar;
use super::draw::Draw;
use super::logins;
use super::rows::Rows;
use super::script::{Character, Script, Stint};
use crate::access::api_key::{ApiKeySecret, ServiceScope};
use crate::alumni::{Named, readings, standing};
use crate::error::{Error, Result};
use crate::reading::fold;

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
        });
        for name in &profile.departments {
            let id = self.draw.id(at);
            self.departments.insert(name, id);
            self.rows.departments.push(department::Model {
                id,
                company_id: self.company,
                name: name.clone(),
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
                folded_name: fold(name),
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

    fn person(
        &mut self,
        id: PersonId,
        number: u32,
        character: &Character,
        created_at: DateTime<Utc>,
    ) -> person::Model {
        let profile = &self.script.programme.company;
        let written = |names: &[String], place: usize| names.get(place).cloned();
        let (family, given) = (&character.family, &character.given);
        let works_here = character
            .stints
            .iter()
            .any(|stint| stint.to.is_none_or(|to| to < 1));
        // what is kept of somebody who was erased, and of somebody who died
        let reachable = !matches!(character.membership, Some(MembershipState::Erased))
            && (works_here || character.membership.is_some());
        let known = character.membership != Some(MembershipState::Erased);
        let latin = |names: &[String]| names.last().map(|name| letters(name)).unwrap_or_default();
        let mailbox = format!("{}.{}", latin(given), latin(family));
        let standing = match character.membership {
            Some(state) => standing(state),
            None if works_here => Standing::Employee,
            // never asked for anything again
            None => Standing::Withdrawn,
        };
        let phone = self.draw.digits(3);
        let phone = match profile.locale.as_str() {
            // no Japanese mobile number has a 0 after the prefix, so none of these is anybody's
            "ja" => format!("+81 90-0000-{:04}", number * 10 + 7),
            // kept for drama by the British regulator
            _ => format!("+44 7700 900{phone}"),
        };
        let mut row = person::Model {
            id,
            company_id: self.company,
            standing,
            employee_number: known
                .then(|| format!("{}{number:05}", profile.slug[..1].to_uppercase())),
            family_name: written(family, 0).unwrap_or_default(),
            given_name: written(given, 0).unwrap_or_default(),
            family_name_kana: written(family, 1),
            given_name_kana: written(given, 1),
            family_name_romaji: written(family, 2),
            given_name_romaji: written(given, 2),
            other_name: character.other_name.clone(),
            personal_email: reachable.then(|| format!("{mailbox}@example.com")),
            work_email: works_here.then(|| format!("{mailbox}@{}", profile.work_email_domain)),
            phone: (reachable && !number.is_multiple_of(3)).then_some(phone),
            location: character.location.clone(),
            current_employer: character.employer.clone(),
            current_title: character.title.clone(),
            headline: character.headline.clone(),
            biography: character.biography.clone(),
            links: Links(
                character
                    .links
                    .iter()
                    .map(|(label, url)| Link {
                        label: label.clone(),
                        url: url.clone(),
                    })
                    .collect(),
            ),
            languages: Languages(character.languages.clone()),
            sort_name: String::new(),
            grams: String::new(),
            left_on: match character.stints.last().and_then(|stint| stint.to) {
                Some(to) if standing != Standing::Employee => Some(self.calendar.month_end(to)),
                _ => None,
            },
            created_at,
            updated_at: created_at,
            version: 1,
        };
        let read = readings(Named::from(&row));
        (row.sort_name, row.grams) = (read.sort_name, read.grams);
        row
    }

    fn employment(
        &mut self,
        person: PersonId,
        stint: &Stint,
        created_at: DateTime<Utc>,
    ) -> Result<employment::Model> {
        let department = stint
            .department
            .as_deref()
            .map(|name| Self::known(&self.departments, name))
            .transpose()?;
        Ok(employment::Model {
            id: self.draw.id(created_at),
            company_id: self.company,
            person_id: person,
            department_id: department,
            employment_type: stint.kind.unwrap_or(EmploymentType::Regular),
            position: stint.position.clone(),
            location: department.map(|_| {
                stint
                    .location
                    .as_ref()
                    .unwrap_or(&self.script.programme.company.headquarters)
                    .clone()
            }),
            started_on: self.calendar.month_begin(stint.from),
            last_working_day: stint.to.map(|to| self.calendar.month_end(to)),
            leave_type: stint.leave,
            leave_reason: stint.reason.clone(),
            created_at,
            updated_at: created_at,
            version: 1,
        })
    }

    /// A standing that came about in the usual order: left, asked, joined, and what followed.
    fn membership(
        &mut self,
        person: PersonId,
        state: MembershipState,
        left_on: NaiveDate,
    ) -> membership::Model {
        use MembershipState as State;
        let now = self.calendar.now;
        let candidate_at = self
            .calendar
            .hour(left_on, 18)
            .clamp(self.began_at, now - TimeDelta::hours(1));
        let asked_at = match state {
            State::Invited => {
                (now - self.draw.days(3, 20)).max(candidate_at + TimeDelta::minutes(30))
            }
            _ => candidate_at + self.draw.days(7, 40) + TimeDelta::minutes(37),
        };
        let joined_at = asked_at + self.draw.days(1, 12) + TimeDelta::minutes(123);
        let since = now - self.draw.days(20, 150);
        let asked = state != State::Candidate;
        let joined = asked && state != State::Invited;
        let expires_on = match state {
            State::Expired => Some(self.calendar.day_of(since)),
            State::Active if self.draw.chance(25) => {
                Some(self.calendar.day_of(now + self.draw.days(60, 700)))
            }
            _ => None,
        };
        let ended_at = match state {
            State::Expired => Some(
                self.calendar
                    .hour(self.calendar.day_of(since + TimeDelta::days(1)), 0),
            ),
            State::Withdrawn | State::Erased => Some(since),
            _ => None,
        };
        let paused_at = (state == State::Paused).then_some(since);
        let updated_at = ended_at
            .or(paused_at)
            .or(joined.then_some(joined_at))
            .or(asked.then_some(asked_at))
            .unwrap_or(candidate_at);
        membership::Model {
            id: self.draw.id(candidate_at),
            company_id: self.company,
            person_id: person,
            state,
            invited_at: asked.then_some(asked_at),
            joined_at: joined.then_some(joined_at),
            paused_at,
            ended_at,
            expires_on,
            created_at: candidate_at,
            updated_at,
            version: 1,
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
                roles: Roles(vec![role]),
                disabled_at: None,
                created_at: at,
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

/// What of a name can stand in an e-mail address.
fn letters(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let plain = name.nfd().map(|letter| match letter {
        'ø' | 'Ø' => 'o',
        'ł' | 'Ł' => 'l',
        'ı' => 'i',
        other => other.to_ascii_lowercase(),
    });
    plain.filter(char::is_ascii_alphanumeric).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_a_mailbox_of_plain_letters() {
        assert_eq!(letters("O'Sullivan"), "osullivan");
        assert_eq!(letters("Jørgensen"), "jorgensen");
        assert_eq!(letters("Wiśniewski"), "wisniewski");
        assert_eq!(letters("García Ruiz"), "garciaruiz");
    }
}
