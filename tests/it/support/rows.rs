//! Rows with defaults, for what a test needs beyond the world.

use alumni_api::alumni::read_anew;
use alumni_api::consents::PURPOSES;
use chrono::{NaiveDate, TimeDelta};
use entity::{
    AccountId, CompanyId, ConsentPurpose, EmploymentId, EmploymentType, EngagementEventKind,
    EngagementEventState, Id, LeaveType, MembershipState, ParticipationState, PersonId, Role,
    SkillId, SkillLevel, Standing, account, employment, engagement_event, membership,
    participation, person, person_skill, skill,
};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::world::{self, Company, account_row};
use super::{AOZORA, Actor, TestApp, beginning};

/// A person to insert; an active alumnus of the first company if nothing else is said.
pub struct NewPerson<'a> {
    app: &'a TestApp,
    row: person::Model,
    state: Option<MembershipState>,
    leave: Option<(LeaveType, &'static str)>,
    skills: Vec<&'static str>,
    /// To what they said yes; null: what members mostly say yes to, everything.
    consents: Option<Vec<ConsentPurpose>>,
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
            consents: None,
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
            consents: None,
        }
    }
}

impl NewPerson<'_> {
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

    pub fn left_because(mut self, kind: LeaveType, reason: &'static str) -> Self {
        self.leave = Some((kind, reason));
        self
    }

    pub fn skills(mut self, names: &[&'static str]) -> Self {
        self.skills = names.to_vec();
        self
    }

    /// To what they said yes; who is or was a member said yes to everything if nothing else is said.
    pub fn consents(mut self, purposes: &[ConsentPurpose]) -> Self {
        self.consents = Some(purposes.to_vec());
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
        read_anew(&mut self.row);
        let (company, id) = (self.row.company_id, self.row.id);
        let joined = matches!(
            self.state,
            Some(MembershipState::Active | MembershipState::Paused | MembershipState::Rehired)
        );
        let purposes = self.consents.take().unwrap_or(if joined {
            PURPOSES.to_vec()
        } else {
            Vec::new()
        });
        let entries = world::consents(&mut self.row, &purposes);
        person::Entity::insert(self.row.clone().into_active_model())
            .exec_without_returning(connection)
            .await
            .unwrap();
        world::write_down(connection, entries).await;
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
            external_id: None,
            ended_at: None,
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
        let folded = reading::fold_skill(name);
        let known = skill::Entity::find()
            .filter(skill::Column::CompanyId.eq(company))
            .filter(skill::Column::FoldedName.eq(&folded));
        let id = if let Some(known) = known.one(connection).await.unwrap() {
            known.id
        } else {
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

/// An opportunity to insert; an open one of the first company if nothing else is said.
pub struct NewOpportunity<'a> {
    app: &'a TestApp,
    row: entity::opportunity::Model,
}

/// A referral to insert; of the alumnus of the first company by its employee, just handed in, if nothing else is said.
pub struct NewReferral<'a> {
    app: &'a TestApp,
    row: entity::referral::Model,
}

impl TestApp {
    pub fn new_opportunity(&self, title: &str) -> NewOpportunity<'_> {
        let row = entity::opportunity::Model {
            id: self.clock.new_id(),
            company_id: AOZORA.id(),
            kind: entity::OpportunityKind::Rehire,
            state: entity::OpportunityState::Open,
            title: title.into(),
            summary: None,
            description: None,
            department_id: None,
            contact_id: None,
            location: None,
            remote: false,
            opened_at: Some(beginning()),
            closes_on: None,
            closed_at: None,
            created_at: beginning(),
            updated_at: beginning(),
            version: 1,
        };
        NewOpportunity { app: self, row }
    }

    pub fn new_referral(&self, opportunity: &entity::opportunity::Model) -> NewReferral<'_> {
        let candidate = AOZORA.person("alumnus");
        let row = entity::referral::Model {
            id: self.clock.new_id(),
            company_id: opportunity.company_id,
            opportunity_id: opportunity.id,
            referrer_id: AOZORA.person("employee"),
            candidate_id: Some(candidate),
            candidate_name: None,
            candidate_email: None,
            candidate_key: candidate.to_string(),
            stage: entity::ReferralStage::Submitted,
            duplicate_of_id: None,
            recommendation: None,
            submitted_at: beginning(),
            closed_at: None,
            created_at: beginning(),
            updated_at: beginning(),
            version: 1,
        };
        NewReferral { app: self, row }
    }
}

/// A question to someone outside, by the first company's employee, that waits for its answer; nobody has its link.
pub struct NewInvitation<'a> {
    app: &'a TestApp,
    row: entity::candidate_invitation::Model,
}

impl TestApp {
    pub fn new_invitation(&self, opportunity: &entity::opportunity::Model) -> NewInvitation<'_> {
        let row = entity::candidate_invitation::Model {
            id: self.clock.new_id(),
            company_id: opportunity.company_id,
            opportunity_id: opportunity.id,
            referrer_id: AOZORA.person("employee"),
            state: entity::CandidateInvitationState::Waiting,
            candidate_name: Some("Outside Person".into()),
            candidate_email: Some("outside@example.com".into()),
            candidate_key: Some("mail:outside@example.com".into()),
            recommendation: None,
            link_hash: vec![0; 32],
            expires_at: beginning() + TimeDelta::days(14),
            consented_at: None,
            notice_id: None,
            notice_version: None,
            language: None,
            text_hash: None,
            referral_id: None,
            closed_at: None,
            created_at: beginning(),
            updated_at: beginning(),
            version: 1,
        };
        NewInvitation { app: self, row }
    }
}

impl NewInvitation<'_> {
    pub fn by(mut self, referrer: PersonId) -> Self {
        self.row.referrer_id = referrer;
        self
    }

    pub async fn insert(self) -> entity::candidate_invitation::Model {
        entity::candidate_invitation::Entity::insert(self.row.clone().into_active_model())
            .exec_without_returning(self.app.connection())
            .await
            .unwrap();
        self.row
    }
}

impl NewOpportunity<'_> {
    pub fn of(mut self, company: Company) -> Self {
        self.row.company_id = company.id();
        self
    }

    pub fn state(mut self, state: entity::OpportunityState) -> Self {
        self.row.state = state;
        self
    }

    /// Anything else of the row.
    pub fn with(mut self, change: impl FnOnce(&mut entity::opportunity::Model)) -> Self {
        change(&mut self.row);
        self
    }

    pub async fn insert(self) -> entity::opportunity::Model {
        entity::opportunity::Entity::insert(self.row.clone().into_active_model())
            .exec_without_returning(self.app.connection())
            .await
            .unwrap();
        self.row
    }
}

impl NewReferral<'_> {
    pub fn candidate(mut self, person: &person::Model) -> Self {
        self.row.candidate_id = Some(person.id);
        self.row.candidate_key = person.id.to_string();
        self
    }

    pub fn by(mut self, referrer: PersonId) -> Self {
        self.row.referrer_id = referrer;
        self
    }

    /// Someone outside instead of an alumnus.
    pub fn outsider(mut self, name: &str, email: &str) -> Self {
        self.row.candidate_id = None;
        self.row.candidate_name = Some(name.into());
        self.row.candidate_email = Some(email.into());
        self.row.candidate_key = format!("mail:{email}");
        self
    }

    pub fn stage(mut self, stage: entity::ReferralStage) -> Self {
        self.row.stage = stage;
        self
    }

    /// Anything else of the row.
    pub fn with(mut self, change: impl FnOnce(&mut entity::referral::Model)) -> Self {
        change(&mut self.row);
        self
    }

    /// Inserts the referral with its first step.
    pub async fn insert(self) -> entity::referral::Model {
        let connection = self.app.connection();
        let row = self.row;
        entity::referral::Entity::insert(row.clone().into_active_model())
            .exec_without_returning(connection)
            .await
            .unwrap();
        let step = entity::referral_step::Model {
            id: entity::ReferralStepId::of(row.id.uuid()),
            company_id: row.company_id,
            referral_id: row.id,
            from_stage: None,
            to_stage: row.stage,
            note: None,
            actor_id: Some(row.referrer_id),
            created_at: row.created_at,
        };
        entity::referral_step::Entity::insert(step.into_active_model())
            .exec_without_returning(connection)
            .await
            .unwrap();
        row
    }
}

impl TestApp {
    /// A system of the first company with an API key of the given scopes.
    pub async fn system(&self, scopes: &[&str]) -> Actor<'_> {
        let secret = alumni_api::access::api_key::ApiKeySecret::generate().unwrap();
        let row = entity::api_key::Model {
            id: self.clock.new_id(),
            company_id: AOZORA.id(),
            name: "a system".into(),
            lookup: secret.lookup().to_owned(),
            hash: secret.hash().to_vec(),
            scopes: entity::Scopes(scopes.iter().map(|scope| (*scope).to_owned()).collect()),
            expires_at: None,
            revoked_at: None,
            created_at: beginning(),
        };
        entity::api_key::Entity::insert(row.into_active_model())
            .exec_without_returning(self.connection())
            .await
            .unwrap();
        self.with_token(secret.reveal())
    }

    /// A login for a person, with the role of an alumnus.
    pub async fn login_of(&self, person: &person::Model) -> Actor<'_> {
        let subject = person.id.to_string();
        let row = account_row(
            self.clock.new_id(),
            Some(person.company_id),
            Some(person.id),
            &subject,
            Role::Alumnus,
        );
        account::Entity::insert(row.into_active_model())
            .exec_without_returning(self.connection())
            .await
            .unwrap();
        self.with_token(&self.token(&subject))
    }
}

impl TestApp {
    pub async fn change_person(&self, id: PersonId, change: impl FnOnce(&mut person::ActiveModel)) {
        use sea_orm::ActiveModelTrait;
        let found = person::Entity::find_by_id(id)
            .one(self.connection())
            .await
            .unwrap();
        let mut row = found.unwrap().into_active_model();
        change(&mut row);
        row.update(self.connection()).await.unwrap();
    }

    /// Gives a person of the world a private e-mail.
    pub async fn mail_of(&self, person: PersonId, email: &str) {
        let email = sea_orm::ActiveValue::Set(Some(email.to_owned()));
        self.change_person(person, |row| row.personal_email = email)
            .await;
    }

    /// Gives a person of the world another standing.
    pub async fn standing_of(&self, person: PersonId, standing: Standing) {
        let standing = sea_orm::ActiveValue::Set(standing);
        self.change_person(person, |row| row.standing = standing)
            .await;
    }
}

/// An engagement event to insert: an announced meetup of the first company ten days after the beginning, from 9 to 11 in
/// the morning (UTC), if nothing else is said.
pub struct NewEvent<'a> {
    app: &'a TestApp,
    row: engagement_event::Model,
}

impl TestApp {
    /// An announced meetup of the first company.
    pub fn new_event(&self, title: &str) -> NewEvent<'_> {
        let starts_at = beginning() + TimeDelta::days(10) + TimeDelta::hours(9);
        NewEvent {
            app: self,
            row: engagement_event::Model {
                id: self.clock.new_id(),
                company_id: AOZORA.id(),
                kind: EngagementEventKind::Meetup,
                state: EngagementEventState::Published,
                title: title.into(),
                summary: None,
                description: None,
                starts_at,
                ends_at: starts_at + TimeDelta::hours(2),
                venue: None,
                online_url: None,
                capacity: None,
                going_count: 0,
                waiting_count: 0,
                host_id: None,
                cancelled_reason: None,
                created_at: beginning(),
                updated_at: beginning(),
                version: 1,
            },
        }
    }

    /// Somebody's answer to an event, the event's counts with it. Waiting begins when it is said.
    pub async fn answered(
        &self,
        event: &engagement_event::Model,
        person: PersonId,
        state: ParticipationState,
    ) -> participation::Model {
        use engagement_event::Column::{GoingCount, Id, WaitingCount};
        let now = self.clock.now();
        let row = participation::Model {
            id: self.clock.new_id(),
            company_id: event.company_id,
            event_id: event.id,
            person_id: person,
            state,
            note: None,
            responded_at: now,
            waiting_since: (state == ParticipationState::Waiting).then_some(now),
            promoted_at: None,
            checked_in_at: None,
            released_at: None,
            release_reason: None,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        participation::Entity::insert(row.clone().into_active_model())
            .exec_without_returning(self.connection())
            .await
            .unwrap();
        let more = |column, state_counted| Expr::col(column).add(i32::from(state == state_counted));
        engagement_event::Entity::update_many()
            .col_expr(GoingCount, more(GoingCount, ParticipationState::Going))
            .col_expr(
                WaitingCount,
                more(WaitingCount, ParticipationState::Waiting),
            )
            .filter(Id.eq(event.id))
            .exec(self.connection())
            .await
            .unwrap();
        row
    }

    /// A login of somebody of the first company.
    pub async fn login(&self, person: &person::Model, role: Role) -> Actor<'_> {
        let subject = person.id.to_string();
        let row = account_row(
            AccountId(person.id.uuid()),
            Some(person.company_id),
            Some(person.id),
            &subject,
            role,
        );
        account::Entity::insert(row.into_active_model())
            .exec_without_returning(self.connection())
            .await
            .unwrap();
        self.with_token(&self.token(&subject))
    }
}

impl NewEvent<'_> {
    pub fn of(mut self, company: Company) -> Self {
        self.row.company_id = company.id();
        self
    }

    pub fn state(mut self, state: EngagementEventState) -> Self {
        self.row.state = state;
        self
    }

    pub fn capacity(mut self, places: i32) -> Self {
        self.row.capacity = Some(places);
        self
    }

    /// Anything else of the row.
    pub fn with(mut self, change: impl FnOnce(&mut engagement_event::Model)) -> Self {
        change(&mut self.row);
        self
    }

    pub async fn insert(self) -> engagement_event::Model {
        engagement_event::Entity::insert(self.row.clone().into_active_model())
            .exec_without_returning(self.app.connection())
            .await
            .unwrap();
        self.row
    }
}

/// Moves a company to another time zone.
pub async fn time_zone(app: &TestApp, company: Company, zone: &str) {
    use entity::company::{Column, Entity};
    Entity::update_many()
        .col_expr(Column::TimeZone, Expr::value(zone))
        .filter(Column::Id.eq(company.id()))
        .exec(app.connection())
        .await
        .unwrap();
}

impl TestApp {
    /// The service itself at work in the first company, as its jobs are.
    pub fn service(&self) -> alumni_api::scope::Scope {
        let viewer = alumni_api::access::Viewer::System(AOZORA.id());
        self.app.scope(viewer, "test")
    }
}
