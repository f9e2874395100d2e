//! One alumnus of the crowd: a name drawn from the pools, and a profile, skills and intents that go with their standing.

use chrono::{Days, NaiveDate, TimeDelta};
use entity::{
    ConsentPurpose, Intent, Languages, Link, Links, MembershipState, PersonId, SkillLevel, person,
    person_intent, person_skill,
};

use super::{Crowd, YEAR};
use crate::access::visibility::Visibility;
use crate::alumni::{read_anew, standing};
use crate::seed::consents;
use crate::seed::draw::Draw;
use crate::seed::rows::Rows;
use crate::seed::{names_intl, names_ja, stories};

/// Employee numbers of the crowd begin above the cast's.
const FIRST_NUMBER: usize = 100_001;
/// No membership runs out within this time.
const NOT_YET_EXPIRED: TimeDelta = TimeDelta::days(60);

/// The company's.
const LANGUAGE: &str = "ja";

/// Some say no: one in ten is in no directory, and so on.
fn declines(place: usize, purpose: ConsentPurpose) -> bool {
    match purpose {
        ConsentPurpose::Directory => place % 10 == 3,
        ConsentPurpose::EmailNews => place % 3 == 1,
        ConsentPurpose::Events => place % 5 == 2,
        ConsentPurpose::ReferralAsCandidate => place % 4 == 1,
        _ => false,
    }
}

const STATES: &[(u32, MembershipState)] = &[
    (70, MembershipState::Active),
    (12, MembershipState::Candidate),
    (6, MembershipState::Invited),
    (4, MembershipState::Paused),
    (4, MembershipState::Expired),
    (4, MembershipState::Withdrawn),
];

const LEVELS: &[(u32, SkillLevel)] = &[
    (25, SkillLevel::Basic),
    (45, SkillLevel::Working),
    (22, SkillLevel::Advanced),
    (8, SkillLevel::Expert),
];

const LANGUAGES: &[(u32, &[&str])] = &[
    (62, &["ja"]),
    (28, &["ja", "en"]),
    (4, &["ja", "zh"]),
    (3, &["ja", "ko"]),
    (3, &["ja", "en", "fr"]),
];

const INTENTS: &[(u32, &[Intent])] = &[
    (20, &[]),
    (18, &[Intent::NetworkOnly]),
    (14, &[Intent::Rehire]),
    (14, &[Intent::Contract, Intent::Collaboration]),
    (10, &[Intent::Collaboration]),
    (8, &[Intent::Mentor]),
    (8, &[Intent::Rehire, Intent::Contract, Intent::Mentor]),
    (8, &[Intent::Mentor, Intent::Speak]),
];

/// A name in the forms a personnel file has it.
pub(super) struct Name {
    pub family: &'static str,
    pub given: &'static str,
    family_kana: &'static str,
    given_kana: &'static str,
    family_romaji: &'static str,
    given_romaji: &'static str,
}

/// One of the pools' names; some seven in a hundred come from abroad.
pub(super) fn name(draw: &mut Draw) -> Name {
    if draw.chance(7) {
        let (family, given) = (
            draw.pick_early(names_intl::FAMILY),
            draw.pick(names_intl::GIVEN),
        );
        return Name {
            family: family.0,
            given: given.0,
            family_kana: family.1,
            given_kana: given.1,
            family_romaji: family.0,
            given_romaji: given.0,
        };
    }
    let (family, given) = (
        draw.pick_early(names_ja::FAMILY),
        draw.pick_early(names_ja::GIVEN),
    );
    Name {
        family: family.0,
        given: given.0,
        family_kana: family.1,
        given_kana: given.1,
        family_romaji: family.2,
        given_romaji: given.2,
    }
}

impl Crowd {
    /// The alumnus at a place of the crowd.
    pub(super) fn person(&self, place: usize, draw: &mut Draw, rows: &mut Rows) {
        let recorded_at = self.recorded_at(place);
        let id: PersonId = draw.id(recorded_at);
        let left_on =
            self.calendar.today() - Days::new(draw.days(1, 20 * YEAR).num_days().unsigned_abs());
        let left_at = self.calendar.hour(left_on, 18);
        let candidate_at = left_at.clamp(recorded_at, self.calendar.now);
        let state = match draw.weigh(STATES) {
            MembershipState::Expired if self.calendar.now - candidate_at < NOT_YET_EXPIRED => {
                MembershipState::Candidate
            }
            state => state,
        };
        let profession = draw.below(stories::POSITIONS.len());
        let mut person = self.profile(id, place, state, left_on, profession, draw);
        self.employments(id, recorded_at, left_on, profession, draw, rows);
        let membership = self.membership(id, candidate_at, state, draw);
        let first = draw.few(self.skills.len());
        for (skill, _) in self
            .skills
            .iter()
            .cycle()
            .skip(first)
            .step_by(3)
            .zip(0..draw.below(7))
        {
            rows.person_skills.push(person_skill::Model {
                person_id: id,
                skill_id: *skill,
                company_id: self.company,
                level: draw.weigh(LEVELS),
            });
        }
        let member = matches!(state, MembershipState::Active | MembershipState::Paused);
        let intents = if member { draw.weigh(INTENTS) } else { &[] };
        for intent in intents {
            rows.person_intents.push(person_intent::Model {
                person_id: id,
                intent: *intent,
                company_id: self.company,
            });
        }
        let mut purposes = consents::likely(intents);
        purposes.retain(|purpose| !declines(place, *purpose));
        let made = |at| draw.id(at);
        let entries = consents::of_member(&mut person, &membership, &purposes, LANGUAGE, made);
        rows.consents.extend(entries);
        rows.people.push(person);
        rows.memberships.push(membership);
    }

    fn profile(
        &self,
        id: PersonId,
        place: usize,
        state: MembershipState,
        left_on: NaiveDate,
        profession: usize,
        draw: &mut Draw,
    ) -> person::Model {
        let name = name(draw);
        let number = FIRST_NUMBER + place;
        // what alumni say of themselves, they say once they are asked in
        let member = matches!(
            state,
            MembershipState::Active | MembershipState::Paused | MembershipState::Expired
        );
        let mailbox =
            format!("{}.{}{number}", name.given_romaji, name.family_romaji).to_ascii_lowercase();
        let mailbox: String = mailbox
            .chars()
            .filter(|letter| letter.is_ascii_alphanumeric() || *letter == '.')
            .collect();
        let works = member && draw.chance(80);
        let freelance = works && draw.chance(10);
        let employer = if freelance {
            "フリーランス".to_owned()
        } else {
            let stem = draw.pick_early(stories::EMPLOYER_STEMS);
            format!("株式会社{stem}{}", draw.pick(stories::EMPLOYER_TRADES))
        };
        let recorded_at = self.recorded_at(place);
        let mut row = person::Model {
            id,
            company_id: self.company,
            standing: standing(state),
            employee_number: Some(format!("A{number}")),
            family_name: name.family.to_owned(),
            given_name: name.given.to_owned(),
            family_name_kana: Some(name.family_kana.to_owned()),
            given_name_kana: Some(name.given_kana.to_owned()),
            family_name_romaji: Some(name.family_romaji.to_owned()),
            given_name_romaji: Some(name.given_romaji.to_owned()),
            other_name: draw
                .chance(6)
                .then(|| format!("{} {}", draw.pick_early(names_ja::FAMILY).0, name.given)),
            personal_email: draw.chance(88).then(|| format!("{mailbox}@example.com")),
            work_email: None,
            phone: draw.chance(60).then(|| {
                let digits = draw.digits(7);
                // no Japanese mobile number has a 0 after the prefix
                format!("+81 90-0{}-{}", &digits[..3], &digits[3..])
            }),
            location: (member && draw.chance(75))
                .then(|| (*draw.pick_early(stories::PLACES)).to_owned()),
            current_employer: works.then_some(employer),
            current_title: works.then(|| {
                format!(
                    "{}{}",
                    stories::POSITIONS[profession].0,
                    draw.pick(stories::GRADES)
                )
            }),
            headline: (member && draw.chance(45))
                .then(|| (*draw.pick(stories::HEADLINES)).to_owned()),
            biography: (member && draw.chance(20)).then(|| {
                format!(
                    "{}{}",
                    draw.pick(stories::MEMORIES),
                    draw.pick(stories::WISHES)
                )
            }),
            links: Links::default(),
            languages: Languages(
                draw.weigh(LANGUAGES)
                    .iter()
                    .map(|tag| (*tag).to_owned())
                    .collect(),
            ),
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
            left_on: Some(left_on),
            restricted_at: None,
            created_at: recorded_at,
            updated_at: recorded_at,
            version: 1,
        };
        if member && draw.chance(12) {
            let url = format!("https://{}.example.com", mailbox.replace('.', "-"));
            row.links.0.push(Link {
                label: "Web".to_owned(),
                url,
            });
        }
        Visibility::CAREFUL.put(0, &mut row);
        read_anew(&mut row);
        row
    }
}
