//! The world every test begins in: two companies that share nothing, each with a person and a login for each role.

use alumni_api::access::accounts::GRANTABLE;
use alumni_api::access::visibility::Visibility;
use alumni_api::alumni::read_anew;
use alumni_api::consents::{PURPOSES, Said, bit, built_in_notice, entry};
use chrono::NaiveDate;
use entity::{
    AccountId, ActorKind, CompanyId, ConsentChannel, ConsentId, ConsentPurpose, DepartmentId,
    EmploymentId, EmploymentType, Id, Languages, Links, MembershipId, MembershipState, PersonId,
    Role, Roles, Standing, account, company, consent, department, employment, membership, person,
};
use sea_orm::{DatabaseConnection, EntityTrait, IntoActiveModel};
use uuid::Uuid;

use super::{ISSUER, beginning};

/// A company of the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Company {
    pub slug: &'static str,
    number: u16,
}

/// The company tests mostly act in: Japanese.
pub const AOZORA: Company = Company {
    slug: "aozora",
    number: 1,
};
/// The other one: nothing of the first may be seen from it.
pub const MERIDIAN: Company = Company {
    slug: "meridian",
    number: 2,
};

/// Roles with a person, in the order of their persons' ids.
const ROLES: [(&str, Role); 6] = [
    ("admin", Role::Admin),
    ("hr", Role::Hr),
    ("recruiter", Role::Recruiter),
    ("supporter", Role::Supporter),
    ("employee", Role::Employee),
    ("alumnus", Role::Alumnus),
];

impl Company {
    pub fn id(self) -> CompanyId {
        self.made(0)
    }

    /// The company's one department: 開発部 or Engineering.
    pub fn department(self) -> DepartmentId {
        self.made(100)
    }

    /// The person behind a role's login.
    pub fn person(self, role: &str) -> PersonId {
        let place = ROLES
            .iter()
            .position(|(name, _)| *name == role)
            .expect("a role with a person");
        self.made(10 + u16::try_from(place).unwrap())
    }

    fn made<I: Id>(self, number: u16) -> I {
        // older than anything a test makes
        I::of(Uuid::from_u128(
            0x0190_0000_0000_7000_8000_0000_0000_0000
                | (u128::from(self.number) << 16)
                | u128::from(number),
        ))
    }
}

/// A person with nothing but a name.
pub fn plain_person(company: CompanyId, id: PersonId, family: &str, given: &str) -> person::Model {
    let mut model = person::Model {
        id,
        company_id: company,
        standing: Standing::Employee,
        employee_number: None,
        family_name: family.into(),
        given_name: given.into(),
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
        seen_by_hr: Visibility::CAREFUL.hr,
        seen_by_employees: Visibility::CAREFUL.employees,
        seen_by_alumni: Visibility::CAREFUL.alumni,
        restricted_at: None,
        consents: 0,
        created_at: beginning(),
        updated_at: beginning(),
        version: 1,
    };
    read_anew(&mut model);
    model
}

/// Lets a person say yes to purposes; the row is theirs, not yet stored.
pub fn consents(person: &mut person::Model, purposes: &[ConsentPurpose]) -> Vec<consent::Model> {
    let entries = (1_i32..).zip(purposes).map(|(number, purpose)| {
        let notice = built_in_notice(*purpose);
        let said = Said {
            purpose: *purpose,
            shown: Some((&notice, &notice.texts[0])),
            channel: ConsentChannel::Portal,
            proof: None,
            hand: (ActorKind::System, None),
        };
        // the ids of one person's entries lie side by side
        let id = ConsentId::of(Uuid::from_u128(
            person.id.uuid().as_u128() ^ (u128::from(number.unsigned_abs()) << 40),
        ));
        entry(person, (id, number), said, beginning())
    });
    let entries: Vec<_> = entries.collect();
    person.consents = purposes
        .iter()
        .fold(0, |bits, purpose| bits | bit(*purpose));
    entries
}

/// Puts the world into a migrated, empty database.
pub async fn insert(connection: &DatabaseConnection) {
    company_of(
        connection,
        AOZORA,
        "あおぞら工業",
        "ja",
        "Asia/Tokyo",
        "JPY",
        "開発部",
    )
    .await;
    company_of(
        connection,
        MERIDIAN,
        "Meridian Labs",
        "en",
        "Europe/Dublin",
        "EUR",
        "Engineering",
    )
    .await;
    account_of(
        connection,
        Uuid::from_u128(1),
        None,
        None,
        "operator",
        Role::Operator,
    )
    .await;
}

async fn company_of(
    connection: &DatabaseConnection,
    made: Company,
    name: &str,
    locale: &str,
    zone: &str,
    currency: &str,
    unit: &str,
) {
    let now = beginning();
    let row = company::Model {
        id: made.id(),
        slug: made.slug.into(),
        name: name.into(),
        description: None,
        website: None,
        locale: locale.into(),
        time_zone: zone.into(),
        currency: currency.into(),
        created_at: now,
        updated_at: now,
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
    };
    company::Entity::insert(row.into_active_model())
        .exec_without_returning(connection)
        .await
        .unwrap();
    let row = department::Model {
        id: made.department(),
        company_id: made.id(),
        name: unit.into(),
        sync_run_id: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    department::Entity::insert(row.into_active_model())
        .exec_without_returning(connection)
        .await
        .unwrap();
    for (role_name, role) in ROLES {
        let id = made.person(role_name);
        let mut row = plain_person(made.id(), id, role_name, made.slug);
        let last_day =
            (role == Role::Alumnus).then(|| NaiveDate::from_ymd_opt(2025, 3, 31).unwrap());
        let mut entries = Vec::new();
        if role == Role::Alumnus {
            (row.standing, row.left_on) = (Standing::Active, last_day);
            entries = consents(&mut row, &PURPOSES);
        }
        person::Entity::insert(row.into_active_model())
            .exec_without_returning(connection)
            .await
            .unwrap();
        write_down(connection, entries).await;
        let stint = employment::Model {
            id: EmploymentId::of(id.uuid()),
            company_id: made.id(),
            person_id: id,
            department_id: Some(made.department()),
            employment_type: EmploymentType::Regular,
            position: None,
            location: None,
            started_on: NaiveDate::from_ymd_opt(2015, 4, 1).unwrap(),
            last_working_day: last_day,
            leave_type: None,
            leave_reason: None,
            external_id: None,
            ended_at: None,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        employment::Entity::insert(stint.into_active_model())
            .exec_without_returning(connection)
            .await
            .unwrap();
        if role == Role::Alumnus {
            let row = membership_row(made.id(), id, MembershipState::Active);
            membership::Entity::insert(row.into_active_model())
                .exec_without_returning(connection)
                .await
                .unwrap();
        }
        account_of(
            connection,
            id.uuid(),
            Some(made.id()),
            Some(id),
            &format!("{role_name}@{}", made.slug),
            role,
        )
        .await;
    }
}

/// Stores entries of the ledger.
pub async fn write_down(connection: &DatabaseConnection, entries: Vec<consent::Model>) {
    if entries.is_empty() {
        return;
    }
    let entries = entries.into_iter().map(IntoActiveModel::into_active_model);
    consent::Entity::insert_many(entries)
        .exec_without_returning(connection)
        .await
        .unwrap();
}

/// A membership of a person, whose id is the person's own bits.
pub fn membership_row(
    company: CompanyId,
    person: PersonId,
    state: MembershipState,
) -> membership::Model {
    let now = beginning();
    let is = |states: &[MembershipState]| states.contains(&state).then_some(now);
    membership::Model {
        id: MembershipId::of(person.uuid()),
        company_id: company,
        person_id: person,
        state,
        invited_at: (state != MembershipState::Candidate).then_some(now),
        joined_at: is(&[
            MembershipState::Active,
            MembershipState::Paused,
            MembershipState::Rehired,
        ]),
        paused_at: is(&[MembershipState::Paused]),
        ended_at: is(&[MembershipState::Expired, MembershipState::Withdrawn]),
        expires_on: None,
        created_at: now,
        updated_at: now,
        version: 1,
    }
}

async fn account_of(
    connection: &DatabaseConnection,
    id: Uuid,
    company: Option<CompanyId>,
    person: Option<PersonId>,
    subject: &str,
    role: Role,
) {
    let row = account_row(AccountId(id), company, person, subject, role);
    account::Entity::insert(row.into_active_model())
        .exec_without_returning(connection)
        .await
        .unwrap();
}

/// An account of a login of the tests' issuer. What follows from the person's standing is not stored.
pub fn account_row(
    id: AccountId,
    company: Option<CompanyId>,
    person: Option<PersonId>,
    subject: &str,
    role: Role,
) -> account::Model {
    let granted = GRANTABLE.contains(&role) || role == Role::Operator;
    account::Model {
        id,
        company_id: company,
        person_id: person,
        issuer: ISSUER.into(),
        subject: subject.into(),
        roles: Roles(granted.then_some(role).into_iter().collect()),
        name: None,
        email: None,
        external: false,
        expires_at: None,
        disabled_at: None,
        created_at: beginning(),
        updated_at: beginning(),
        version: 1,
    }
}
