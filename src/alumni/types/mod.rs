//! What a client sees of people. One row is an `Alumnus` or an `Employee`, as the person's standing says now.

mod alumnus;
mod block;
mod employee;
mod employment;
mod membership;
mod skill;
mod visibility;

use std::sync::Arc;

use async_graphql::{
    Context, ContextSelectionSet, Interface, Result, ServerResult, SimpleObject, Value,
};
use chrono::{DateTime, NaiveDate, Utc};
use entity::{CompanyId, Languages, Link, Links, PersonId, Standing, person};
use sea_orm::sea_query::{Expr, SelectStatement};

pub use self::alumnus::Alumnus;
pub use self::block::{Block, BlockFilter, BlockOrder};
pub use self::employee::Employee;
pub use self::employment::{Employment, EmploymentWants};
pub use self::membership::Membership;
pub use self::skill::{
    PersonIntent, PersonSkill, PersonSkillWants, Skill, SkillFilter, SkillOrder,
};
pub use self::visibility::{Previewed, ProfileFieldAudience, ProfileFieldVisibility};
use crate::access_log;
use crate::alumni::rules::whole_name;
use crate::companies::Company;
use crate::consents::{self, Consent, ConsentEntry, ConsentEntryFilter, ConsentEntryOrder};
use crate::engagement::{Participation, ParticipationFilter, ParticipationOrder};
use crate::graphql::ahead::Ahead;
use crate::graphql::columns::{Columns, Read, Told};
use crate::graphql::connection::{Connection, Page, WantedOf};
use crate::graphql::id::Gid;
use crate::graphql::level::{Edge, Level, Link as Tie};
use crate::graphql::node::{Listed, Node, Row, Tree};
use crate::graphql::shown::{Kept, Many, Shown, object};
use crate::graphql::{loader, reference, scope};
use crate::page::PageArgs;
use crate::referrals::{self, Referral, ReferralFilter, ReferralOrder};
use crate::row;
use crate::scope::Scope;

row!(
    /// A person of any standing.
    PersonRow seen of person {
        id: PersonId = Id,
        company_id: Option<CompanyId> = CompanyId if "company" | "consents" unless company,
        standing: Standing = Standing,
        employee_number: Option<String> = EmployeeNumber if "employeeNumber",
        family_name: String = FamilyName,
        given_name: String = GivenName,
        family_name_kana: Option<String> = FamilyNameKana if "familyNameKana",
        given_name_kana: Option<String> = GivenNameKana if "givenNameKana",
        family_name_romaji: Option<String> = FamilyNameRomaji if "familyNameRomaji",
        given_name_romaji: Option<String> = GivenNameRomaji if "givenNameRomaji",
        other_name: Option<String> = OtherName if "otherName",
        personal_email: Option<String> = PersonalEmail if "personalEmail",
        work_email: Option<String> = WorkEmail if "workEmail",
        phone: Option<String> = Phone if "phone",
        location: Option<String> = Location if "location",
        current_employer: Option<String> = CurrentEmployer if "currentEmployer",
        current_title: Option<String> = CurrentTitle if "currentTitle",
        headline: Option<String> = Headline if "headline",
        biography: Option<String> = Biography if "biography",
        links: Option<Links> = Links if "links",
        languages: Option<Languages> = Languages if "languages",
        sort_name: Told<String> = SortName if "cursor",
        left_on: Option<NaiveDate> = LeftOn if "leftOn" | "cursor",
        created_at: Told<DateTime<Utc>> = CreatedAt if "createdAt",
        updated_at: Told<DateTime<Utc>> = UpdatedAt if "updatedAt",
        version: Told<i32> = Version if "version",
        visibility_chosen: Option<i32> = VisibilityChosen if "visibility",
        seen_by_hr: Option<i32> = SeenByHr if "visibility",
        seen_by_employees: Option<i32> = SeenByEmployees if "visibility",
        seen_by_alumni: Option<i32> = SeenByAlumni if "visibility",
        consents: Option<i32> = Consents if "consents",
    } holds {
        company: Option<Arc<Company>>,
        employments: Option<Vec<Employment>>,
        membership: Option<Membership>,
        skills: Option<Vec<PersonSkill>>,
        intents: Option<Vec<PersonIntent>>,
        referrals_made: Option<Page<Referral>>,
        referrals_received: Option<Page<Referral>>,
        participations: Option<Page<Participation>>,
        latest_consents: Option<Vec<ConsentEntry>>,
        consent_history: Option<Page<ConsentEntry>>,
    }
);

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PersonWants {
    columns: Columns,
    pub(crate) company: Option<Box<<Company as Tree>::Wants>>,
    pub(crate) employments: Option<EmploymentWants>,
    pub(crate) membership: Option<()>,
    pub(crate) skills: Option<PersonSkillWants>,
    pub(crate) intents: Option<()>,
    pub(crate) referrals_made: Option<WantedOf<Referral>>,
    pub(crate) referrals_received: Option<WantedOf<Referral>>,
    pub(crate) participations: Option<WantedOf<Participation>>,
    pub(crate) latest_consents: Option<()>,
    pub(crate) consent_history: Option<WantedOf<ConsentEntry>>,
}

impl Tree for PersonRow {
    type Wants = PersonWants;

    fn ahead(look: &Ahead<'_>) -> PersonWants {
        PersonWants {
            columns: look.columns::<Self>(),
            company: look.wants::<Company>("company").map(Box::new),
            employments: look.wants::<Employment>("employments"),
            membership: look.wants::<Membership>("membership"),
            skills: look.wants::<PersonSkill>("skills"),
            intents: look.wants::<PersonIntent>("intents"),
            referrals_made: look.connection::<Referral>("referralsMade"),
            referrals_received: look.connection::<Referral>("referralsReceived"),
            participations: look.connection::<Participation>("participations"),
            latest_consents: look.wants::<ConsentEntry>("consents"),
            consent_history: look.connection::<ConsentEntry>("consentHistory"),
        }
    }

    fn columns(wants: &PersonWants) -> Columns {
        wants.columns
    }

    fn edges(wants: &PersonWants, at: Level<'_>) -> Vec<Edge> {
        vec![
            at.reference::<Company>(Tie::Company, wants.company.as_deref()),
            at.list::<Employment>(
                person::Relation::Employments,
                wants.employments.as_ref(),
                employment::latest_first,
            ),
            at.to::<Membership>(person::Relation::Membership, wants.membership.as_ref()),
            at.list::<PersonSkill>(person::Relation::Skills, wants.skills.as_ref(), |_| {}),
            at.list::<PersonIntent>(
                person::Relation::Intents,
                wants.intents.as_ref(),
                skill::intents_in_order,
            ),
            at.page::<Referral>(
                person::Relation::ReferralsMade,
                wants.referrals_made.as_ref(),
            ),
            at.page::<Referral>(
                Tie::only(
                    person::Relation::ReferralsReceived,
                    referrals::candidate_shown(at.scope()),
                ),
                wants.referrals_received.as_ref(),
            ),
            at.page::<Participation>(
                person::Relation::Participations,
                wants.participations.as_ref(),
            ),
            at.list::<ConsentEntry>(
                person::Relation::Consents,
                wants.latest_consents.as_ref(),
                consents::latest_only,
            ),
            at.page::<ConsentEntry>(person::Relation::Consents, wants.consent_history.as_ref()),
        ]
    }
}

impl Node for PersonRow {
    type Id = PersonId;
    const ID: person::Column = person::Column::Id;

    fn id(&self) -> PersonId {
        self.id
    }
}

impl PersonRow {
    fn display_name(&self) -> String {
        whole_name(&self.family_name, &self.given_name)
    }
}

/// A person known to a company: an `Alumnus` who left, or an `Employee` who works there. The id never changes; the type may.
#[expect(clippy::duplicated_attributes, reason = "two fields of the same type")]
#[derive(Clone, Debug, Interface, serde::Deserialize)]
#[serde(from = "PersonRow")]
#[graphql(
    field(
        name = "id",
        ty = "Gid<PersonId>",
        desc = "Id. Stays the same if the person leaves or is rehired."
    ),
    field(
        name = "display_name",
        ty = "String",
        desc = "Full name in its own order. Family name first if written in Japanese or Chinese characters."
    ),
    field(name = "family_name", ty = "&str", desc = "Family name."),
    field(
        name = "given_name",
        ty = "&str",
        desc = "Given name. Empty for people with a single name."
    )
)]
pub enum Person {
    /// A person who left the company.
    Alumnus(Alumnus),
    /// A person who works at the company.
    Employee(Employee),
}

impl From<PersonRow> for Person {
    fn from(row: PersonRow) -> Self {
        match row.standing {
            Standing::Employee => Self::Employee(Employee(row)),
            _ => Self::Alumnus(Alumnus(row)),
        }
    }
}

/// Records the selected fields of a person in the access log.
macro_rules! person_shown {
    ($($name:ident),*) => { $(
        impl Shown for $name {
            fn answered<'f>(
                &self,
                ctx: &ContextSelectionSet<'_>,
                fields: impl Iterator<Item = (&'f str, &'f Value)>,
            ) {
                access_log::answered(ctx, self.0.id, fields);
            }
        }
    )* };
}

person_shown!(Alumnus, Employee);

impl Shown for Person {
    async fn show(&self, ctx: &ContextSelectionSet<'_>) -> ServerResult<Value> {
        match self {
            Self::Alumnus(alumnus) => object(ctx, alumnus).await,
            Self::Employee(employee) => object(ctx, employee).await,
        }
    }
}

impl Person {
    /// Full name in its own order.
    #[must_use]
    pub fn name(&self) -> String {
        self.row().display_name()
    }

    fn row(&self) -> &PersonRow {
        match self {
            Self::Alumnus(Alumnus(row)) | Self::Employee(Employee(row)) => row,
        }
    }
}

/// A view of a person's row reads the same columns and children.
macro_rules! person_view {
    ($($name:ty, $row:expr, $narrow:expr;)*) => { $(
        impl Row for $name {
            type Table = person::Entity;
            const COLUMNS: &'static [Read<person::Column>] = PersonRow::COLUMNS;
        }

        impl Tree for $name {
            type Wants = PersonWants;

            fn ahead(look: &Ahead<'_>) -> PersonWants {
                PersonRow::ahead(look)
            }

            fn columns(wants: &PersonWants) -> Columns {
                wants.columns
            }

            fn edges(wants: &PersonWants, at: Level<'_>) -> Vec<Edge> {
                PersonRow::edges(wants, at)
            }

            fn narrow(rows: &mut SelectStatement) {
                let narrow: Option<&'static str> = $narrow;
                if let Some(condition) = narrow {
                    rows.and_where(Expr::cust(condition));
                }
            }
        }

        impl Node for $name {
            type Id = PersonId;
            const ID: person::Column = person::Column::Id;

            fn id(&self) -> PersonId {
                let row: fn(&$name) -> &PersonRow = $row;
                row(self).id
            }
        }
    )* };
}

// the conditions are written out, not bound, so that the partial indexes serve them
person_view! {
    Alumnus, |view| &view.0, Some("\"person\".\"standing\" <> 'EMPLOYEE'");
    Employee, |view| &view.0, Some("\"person\".\"standing\" = 'EMPLOYEE'");
    Person, Person::row, None;
}

impl Listed for Alumnus {
    type Filter = super::filter::AlumnusFilter;
    type Order = super::filter::AlumnusOrder;

    fn sort_values(&self, order: Self::Order) -> Vec<String> {
        use super::filter::AlumnusOrder::{LeftOn, LeftOnDesc, Name, NameDesc, Newest};
        match order {
            Name | NameDesc => vec![String::clone(&self.0.sort_name)],
            LeftOn | LeftOnDesc => {
                vec![
                    self.0
                        .left_on
                        .unwrap_or(super::store::UNKNOWN_DAY)
                        .to_string(),
                ]
            }
            Newest => vec![],
        }
    }

    fn listed(scope: &Scope, rows: &mut SelectStatement) {
        super::store::members_only(scope, rows);
        super::store::not_only_kept(scope, rows);
    }
}

impl Listed for Employee {
    type Filter = super::filter::EmployeeFilter;
    type Order = super::filter::EmployeeOrder;

    fn sort_values(&self, _: Self::Order) -> Vec<String> {
        vec![String::clone(&self.0.sort_name)]
    }

    fn listed(scope: &Scope, rows: &mut SelectStatement) {
        super::store::not_only_kept(scope, rows);
    }
}

/// A link shown on a profile.
#[derive(SimpleObject)]
pub struct ProfileLink {
    /// Label.
    label: String,
    /// HTTPS URL.
    url: String,
}

impl From<&Link> for ProfileLink {
    fn from(link: &Link) -> Self {
        Self {
            label: link.label.clone(),
            url: link.url.clone(),
        }
    }
}

async fn company(ctx: &Context<'_>, person: &PersonRow) -> Result<Kept<Company>> {
    Ok(reference::company(ctx, person.company.as_ref(), person.company_id).await?)
}

async fn employments<'p>(ctx: &Context<'_>, person: &'p PersonRow) -> Result<Many<'p, Employment>> {
    let again = |wants| PersonWants {
        employments: Some(wants),
        ..Default::default()
    };
    Ok(
        loader::list(ctx, person, person.employments.as_ref(), again, |row| {
            row.employments
        })
        .await?,
    )
}

async fn skills<'p>(ctx: &Context<'_>, person: &'p PersonRow) -> Result<Many<'p, PersonSkill>> {
    let again = |wants| PersonWants {
        skills: Some(wants),
        ..Default::default()
    };
    let held = person.skills.as_ref();
    let mut skills = loader::list(ctx, person, held, again, |row| row.skills).await?;
    // a few rows are sooner put in order here than each person's in the statement
    skills.sort_by_key(skill::best_first);
    Ok(skills)
}

/// Consent state per purpose. Empty if the viewer may not see it.
pub async fn consents(ctx: &Context<'_>, person: &PersonRow) -> Result<Vec<Consent>> {
    if let Some(latest) = &person.latest_consents {
        return Ok(told(scope(ctx)?, person, latest));
    }
    consents_of(ctx, person.id).await
}

/// Consent state per purpose of the person with this id.
pub async fn consents_of(ctx: &Context<'_>, id: PersonId) -> Result<Vec<Consent>> {
    let wants = PersonWants {
        columns: Columns::selected(PersonRow::COLUMNS, |field| field == "consents"),
        latest_consents: Some(()),
        ..Default::default()
    };
    let found = loader::rest::<PersonRow>(ctx, id, wants).await?;
    let scope = scope(ctx)?;
    Ok(found.map_or_else(Vec::new, |row| {
        let latest = row.latest_consents.as_deref().unwrap_or_default();
        told(scope, &row, latest)
    }))
}

fn told(scope: &Scope, person: &PersonRow, latest: &[ConsentEntry]) -> Vec<Consent> {
    let company = person.company_id.or(scope.only_company());
    company
        .zip(person.consents)
        .map_or_else(Vec::new, |(company, bits)| {
            Consent::all(company, bits, latest)
        })
}

async fn consent_history<'p>(
    ctx: &Context<'_>,
    person: &'p PersonRow,
    arguments: (
        Option<ConsentEntryFilter>,
        Option<ConsentEntryOrder>,
        PageArgs,
    ),
) -> Result<Connection<'p, ConsentEntry>> {
    let again = |wanted| PersonWants {
        consent_history: Some(wanted),
        ..Default::default()
    };
    let held = person.consent_history.as_ref();
    let take = |row: PersonRow| row.consent_history;
    Ok(loader::page(ctx, person, held, arguments, again, take).await?)
}

type ReferralArguments = (Option<ReferralFilter>, Option<ReferralOrder>, PageArgs);

async fn referrals_made<'p>(
    ctx: &Context<'_>,
    person: &'p PersonRow,
    arguments: ReferralArguments,
) -> Result<Connection<'p, Referral>> {
    let again = |wanted| PersonWants {
        referrals_made: Some(wanted),
        ..Default::default()
    };
    let held = person.referrals_made.as_ref();
    let take = |row: PersonRow| row.referrals_made;
    Ok(loader::page(ctx, person, held, arguments, again, take).await?)
}

async fn referrals_received<'p>(
    ctx: &Context<'_>,
    person: &'p PersonRow,
    arguments: ReferralArguments,
) -> Result<Connection<'p, Referral>> {
    let again = |wanted| PersonWants {
        referrals_received: Some(wanted),
        ..Default::default()
    };
    let held = person.referrals_received.as_ref();
    let take = |row: PersonRow| row.referrals_received;
    Ok(loader::page(ctx, person, held, arguments, again, take).await?)
}

async fn participations<'p>(
    ctx: &Context<'_>,
    person: &'p PersonRow,
    arguments: (
        Option<ParticipationFilter>,
        Option<ParticipationOrder>,
        PageArgs,
    ),
) -> Result<Connection<'p, Participation>> {
    let again = |wanted| PersonWants {
        participations: Some(wanted),
        ..Default::default()
    };
    let held = person.participations.as_ref();
    Ok(loader::page(ctx, person, held, arguments, again, |row| {
        row.participations
    })
    .await?)
}
