//! Rows with defaults, for what a test needs beyond the world.

use chrono::NaiveDate;
use entity::{
    CompanyId, EmploymentId, EmploymentType, Id, LeaveType, MembershipState, PersonId, SkillId,
    SkillLevel, Standing, employment, membership, person, person_skill, skill,
};
use sea_orm::{EntityTrait, IntoActiveModel};

use super::world::{self, Company};
use super::{AOZORA, TestApp, beginning};

/// A person to insert; an active alumnus of the first company if nothing else is said.
pub struct NewPerson<'a> {
    app: &'a TestApp,
    row: person::Model,
    state: Option<MembershipState>,
    leave: Option<(LeaveType, &'static str)>,
    skills: Vec<&'static str>,
}

impl TestApp {
    /// An active alumnus of the first company, with one stint in its department.
    pub fn new_alumnus(&self, family: &str, given: &str) -> NewPerson<'_> {
        let mut row = world::plain_person(AOZORA.id(), self.clock.new_id(), family, given);
        (row.standing, row.left_on) = (Standing::Active, NaiveDate::from_ymd_opt(2024, 9, 30));
        NewPerson {
            app: self,
            row,
            state: Some(MembershipState::Active),
            leave: None,
            skills: Vec::new(),
        }
    }

    /// An employee of the first company, with one stint in its department.
    pub fn new_employee(&self, family: &str, given: &str) -> NewPerson<'_> {
        let row = world::plain_person(AOZORA.id(), self.clock.new_id(), family, given);
        NewPerson {
            app: self,
            row,
            state: None,
            leave: None,
            skills: Vec::new(),
        }
    }
}

impl NewPerson<'_> {
    pub fn of(mut self, company: Company) -> Self {
        self.row.company_id = company.id();
        self
    }

    pub fn kana(mut self, family: &str, given: &str) -> Self {
        (self.row.family_name_kana, self.row.given_name_kana) =
            (Some(family.into()), Some(given.into()));
        self
    }

    /// The membership's state, and the standing that goes with it.
    pub fn state(mut self, state: MembershipState) -> Self {
        self.state = Some(state);
        self.row.standing = match state {
            MembershipState::Candidate => Standing::Candidate,
            MembershipState::Invited => Standing::Invited,
            MembershipState::Active => Standing::Active,
            MembershipState::Paused => Standing::Paused,
            MembershipState::Expired => Standing::Expired,
            MembershipState::Withdrawn => Standing::Withdrawn,
            MembershipState::Erased => Standing::Erased,
            MembershipState::Rehired => Standing::Employee,
        };
        self
    }

    pub fn left_on(mut self, day: &str) -> Self {
        self.row.left_on = Some(day.parse().unwrap());
        self
    }

    pub fn left_because(mut self, kind: LeaveType, reason: &'static str) -> Self {
        self.leave = Some((kind, reason));
        self
    }

    pub fn skills(mut self, names: &[&'static str]) -> Self {
        self.skills = names.to_vec();
        self
    }

    /// Anything else of the row.
    pub fn with(mut self, change: impl FnOnce(&mut person::Model)) -> Self {
        change(&mut self.row);
        self
    }

    /// Inserts the person with stint, membership and skills.
    pub async fn insert(mut self) -> person::Model {
        let connection = self.app.connection();
        world::read(&mut self.row);
        let (company, id) = (self.row.company_id, self.row.id);
        person::Entity::insert(self.row.clone().into_active_model())
            .exec_without_returning(connection)
            .await
            .unwrap();
        let stint = employment::Model {
            id: EmploymentId::of(id.uuid()),
            company_id: company,
            person_id: id,
            department_id: Some(
                if company == AOZORA.id() {
                    AOZORA
                } else {
                    super::MERIDIAN
                }
                .department(),
            ),
            employment_type: EmploymentType::Regular,
            position: None,
            location: None,
            started_on: NaiveDate::from_ymd_opt(2018, 4, 1).unwrap(),
            last_working_day: self.row.left_on,
            leave_type: self.leave.map(|(kind, _)| kind),
            leave_reason: self.leave.map(|(_, reason)| reason.to_owned()),
            created_at: beginning(),
            updated_at: beginning(),
            version: 1,
        };
        employment::Entity::insert(stint.into_active_model())
            .exec_without_returning(connection)
            .await
            .unwrap();
        if let Some(state) = self.state {
            let row = world::membership_row(company, id, state);
            membership::Entity::insert(row.into_active_model())
                .exec_without_returning(connection)
                .await
                .unwrap();
        }
        for name in &self.skills {
            self.app.give_skill(company, id, name).await;
        }
        self.row
    }
}

impl TestApp {
    /// Gives a person a skill, which is made where the company does not know it yet.
    pub async fn give_skill(&self, company: CompanyId, person: PersonId, name: &str) -> SkillId {
        use sea_orm::{ColumnTrait, QueryFilter};
        let connection = self.connection();
        let folded = alumni_api::reading::fold(name);
        let known = skill::Entity::find()
            .filter(skill::Column::CompanyId.eq(company))
            .filter(skill::Column::FoldedName.eq(&folded));
        let id = match known.one(connection).await.unwrap() {
            Some(known) => known.id,
            None => {
                let row = skill::Model {
                    id: self.clock.new_id(),
                    company_id: company,
                    name: name.into(),
                    folded_name: folded,
                    created_at: beginning(),
                };
                skill::Entity::insert(row.clone().into_active_model())
                    .exec_without_returning(connection)
                    .await
                    .unwrap();
                row.id
            }
        };
        let row = person_skill::Model {
            person_id: person,
            skill_id: id,
            company_id: company,
            level: SkillLevel::Working,
        };
        person_skill::Entity::insert(row.into_active_model())
            .exec_without_returning(connection)
            .await
            .unwrap();
        id
    }
}
