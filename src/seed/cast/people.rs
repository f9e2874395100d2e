//! One person of the cast: the row, the stints, and a membership that came about in the usual order.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use entity::{
    EmploymentType, Languages, Link, Links, MembershipState, PersonId, Standing, employment,
    membership, person,
};

use super::Cast;
use super::script::{Character, Stint};
use crate::access::visibility::Visibility;
use crate::alumni::{read_anew, standing};
use crate::error::Result;

impl Cast<'_> {
    /// The row of a person.
    pub(super) fn person(
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
            grams_names: None,
            grams_other_name: None,
            grams_employer: None,
            visibility_chosen: 0,
            seen_by_hr: 0,
            seen_by_employees: 0,
            seen_by_alumni: 0,
            consents: 0,
            left_on: match character.stints.last().and_then(|stint| stint.to) {
                Some(to) if standing != Standing::Employee => Some(self.calendar.month_end(to)),
                _ => None,
            },
            restricted_at: None,
            created_at,
            updated_at: created_at,
            version: 1,
        };
        Visibility::CAREFUL.put(0, &mut row);
        read_anew(&mut row);
        row
    }

    /// The row of a stint.
    pub(super) fn employment(
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
            external_id: None,
            ended_at: None,
            created_at,
            updated_at: created_at,
            version: 1,
        })
    }

    /// A standing that came about in the usual order: left, asked, joined, and what followed.
    pub(super) fn membership(
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
