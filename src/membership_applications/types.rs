//! An application to join, as those who review it see it, and as the applicant sees it.

use async_graphql::{Context, ContextSelectionSet, Object, Result, SimpleObject, Value};
use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    AccountId, IdentityFact, MembershipApplicationId, MembershipApplicationRejection,
    MembershipApplicationState, PersonId, PersonalField, company, membership_application,
};

use super::filter::{MembershipApplicationFilter, MembershipApplicationOrder};
use super::store;
use crate::access::Viewer;
use crate::access_log;
use crate::alumni::{self, Person, PersonWants, Stated};
use crate::graphql::ahead::Ahead;
use crate::graphql::id::Gid;
use crate::graphql::level::{Edge, Level};
use crate::graphql::node::{Listed, Node, Tree};
use crate::graphql::shown::{Held, Shown};
use crate::graphql::{loader, scope};
use crate::row;

row!(
    MembershipApplication of membership_application {
        id: MembershipApplicationId = Id,
        issuer: String = Issuer,
        email: Option<String> = Email,
        email_verified: bool = EmailVerified,
        family_name: String = FamilyName,
        given_name: String = GivenName,
        family_name_kana: Option<String> = FamilyNameKana,
        given_name_kana: Option<String> = GivenNameKana,
        other_name: Option<String> = OtherName,
        employee_number: Option<String> = EmployeeNumber,
        worked_from: Option<NaiveDate> = WorkedFrom,
        worked_until: Option<NaiveDate> = WorkedUntil,
        department: Option<String> = Department,
        message: Option<String> = Message,
        language: Option<String> = Language,
        state: MembershipApplicationState = State,
        person_id: Option<PersonId> = PersonId,
        rejection: Option<MembershipApplicationRejection> = Rejection,
        rejection_note: Option<String> = RejectionNote,
        reviewer_account_id: Option<AccountId> = ReviewerAccountId,
        reviewed_at: Option<DateTime<Utc>> = ReviewedAt,
        created_at: DateTime<Utc> = CreatedAt,
        updated_at: DateTime<Utc> = UpdatedAt,
        version: i32 = Version,
    } holds {
        person: Option<Box<Person>>,
    }
);

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct MembershipApplicationWants {
    person: Option<Box<PersonWants>>,
}

impl Tree for MembershipApplication {
    type Wants = MembershipApplicationWants;

    fn ahead(look: &Ahead<'_>) -> MembershipApplicationWants {
        MembershipApplicationWants {
            person: look.wants::<Person>("person").map(Box::new),
        }
    }

    fn edges(wants: &MembershipApplicationWants, at: Level<'_>) -> Vec<Edge> {
        use membership_application::Relation;
        vec![at.to::<Person>(Relation::Person, wants.person.as_deref())]
    }
}

impl Node for MembershipApplication {
    type Id = MembershipApplicationId;
    const ID: membership_application::Column = membership_application::Column::Id;

    fn id(&self) -> MembershipApplicationId {
        self.id
    }
}

/// After approval, reading it counts as reading its person.
impl Shown for MembershipApplication {
    fn answered<'f>(
        &self,
        ctx: &ContextSelectionSet<'_>,
        _: impl Iterator<Item = (&'f str, &'f Value)>,
    ) {
        if let Some(person) = self.person_id {
            access_log::touched(ctx, person, PersonalField::MembershipApplication);
        }
    }
}

impl Listed for MembershipApplication {
    type Filter = MembershipApplicationFilter;
    type Order = MembershipApplicationOrder;

    fn sort_values(&self, _: MembershipApplicationOrder) -> Vec<String> {
        vec![]
    }
}

/// An application to join the alumni programme without an invitation. Names, dates and numbers are statements of the applicant. Rejected
/// and withdrawn applications are deleted after 90 days. Requires `alumni:write` and `alumni:read`.
#[Object]
impl MembershipApplication {
    /// Id.
    pub async fn id(&self) -> Gid<MembershipApplicationId> {
        Gid(self.id)
    }

    /// Current state.
    async fn state(&self) -> MembershipApplicationState {
        self.state
    }

    /// Issuer of the login that applied (`iss` of its token).
    async fn issuer(&self) -> &str {
        &self.issuer
    }

    /// E-mail address. Null if unknown.
    async fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }

    /// Whether the identity provider verified the address. An unverified address receives no messages and matches no person.
    async fn email_verified(&self) -> bool {
        self.email_verified
    }

    /// Stated family name, or the single name.
    async fn family_name(&self) -> &str {
        &self.family_name
    }

    /// Stated given name. Null for people with a single name.
    async fn given_name(&self) -> Option<&str> {
        Some(self.given_name.as_str()).filter(|name| !name.is_empty())
    }

    /// Katakana reading of the family name. Null if not stated.
    async fn family_name_kana(&self) -> Option<&str> {
        self.family_name_kana.as_deref()
    }

    /// Katakana reading of the given name. Null if not stated.
    async fn given_name_kana(&self) -> Option<&str> {
        self.given_name_kana.as_deref()
    }

    /// Former or other name. Null if not stated.
    async fn other_name(&self) -> Option<&str> {
        self.other_name.as_deref()
    }

    /// Stated employee number. Null if not stated.
    async fn employee_number(&self) -> Option<&str> {
        self.employee_number.as_deref()
    }

    /// Approximate first day of the employment. Null if not stated.
    async fn worked_from(&self) -> Option<NaiveDate> {
        self.worked_from
    }

    /// Approximate last day of the employment. Null if not stated.
    async fn worked_until(&self) -> Option<NaiveDate> {
        self.worked_until
    }

    /// Stated department. Null if not stated.
    async fn department(&self) -> Option<&str> {
        self.department.as_deref()
    }

    /// Message to the reviewers. Null if there is none.
    async fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// BCP 47 language tag for messages to the applicant. Null: the company's language.
    async fn language(&self) -> Option<&str> {
        self.language.as_deref()
    }

    /// People of the company who match the statements, most matches first. At most five. A match is no proof: several people can share a
    /// name or an address. Empty unless the application is `PENDING`.
    async fn possible_people(&self, ctx: &Context<'_>) -> Result<Vec<PossiblePerson>> {
        if self.state != MembershipApplicationState::Pending {
            return Ok(Vec::new());
        }
        let stated = Stated {
            employee_number: self.employee_number.clone(),
            verified_email: self.email.clone().filter(|_| self.email_verified),
            family_name: self.family_name.clone(),
            given_name: self.given_name.clone(),
            family_name_kana: self.family_name_kana.clone(),
            given_name_kana: self.given_name_kana.clone(),
            other_name: self.other_name.clone(),
        };
        let scope = scope(ctx)?;
        let reader = scope.database().reader();
        let found = alumni::possible_people(scope, &reader, &stated).await?;
        let possible = |(person, facts): (PersonId, Vec<IdentityFact>)| {
            scope
                .readings()
                .add(person, access_log::bits(fields(&facts)));
            PossiblePerson { person, facts }
        };
        Ok(found.into_iter().map(possible).collect())
    }

    /// Person that the application was approved for. Null if not approved, or you may not see the person.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Held<'_, Person>>> {
        Ok(loader::one(ctx, self.person.as_deref(), self.person_id).await?)
    }

    /// Reason for the rejection. Null if not rejected.
    async fn rejection_reason(&self) -> Option<MembershipApplicationRejection> {
        self.rejection
    }

    /// Note to the applicant about the rejection. Null if there is none.
    async fn rejection_note(&self) -> Option<&str> {
        self.rejection_note.as_deref()
    }

    /// Id of the account that approved or rejected the application. Null if an API key did, or if not reviewed.
    async fn reviewed_by(&self) -> Option<Gid<AccountId>> {
        self.reviewer_account_id.map(Gid)
    }

    /// When the application was approved or rejected. Null otherwise.
    async fn reviewed_at(&self) -> Option<DateTime<Utc>> {
        self.reviewed_at
    }

    /// When the application was submitted.
    async fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    /// Time of the last change.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }

    /// Increases by one with each change. Pass it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.version
    }
}

/// The fields of a person that a match reveals.
fn fields(facts: &[IdentityFact]) -> impl Iterator<Item = PersonalField> {
    facts.iter().map(|fact| match fact {
        IdentityFact::EmployeeNumber => PersonalField::EmployeeNumber,
        IdentityFact::PersonalEmail => PersonalField::PersonalEmail,
        IdentityFact::WorkEmail => PersonalField::WorkEmail,
        IdentityFact::Name => PersonalField::FamilyName,
        IdentityFact::OtherName => PersonalField::OtherName,
    })
}

/// A person of the company who may be the applicant.
pub struct PossiblePerson {
    person: PersonId,
    facts: Vec<IdentityFact>,
}

/// A person of the company who may be the applicant.
#[Object]
impl PossiblePerson {
    /// The person.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Held<'_, Person>>> {
        Ok(loader::one(ctx, None, self.person).await?)
    }

    /// Matching facts. At least one.
    async fn facts(&self) -> &[IdentityFact] {
        &self.facts
    }
}

/// Your own application to join a company's alumni programme. Rejected and withdrawn applications are deleted after 90 days.
#[derive(SimpleObject)]
pub struct ViewerMembershipApplication {
    /// Id.
    id: Gid<MembershipApplicationId>,
    /// Name of the company.
    company_name: String,
    /// Slug of the company, for the header `Alumni-Company`.
    company_slug: String,
    /// Current state. If it is `APPROVED`, join by `membershipJoin` without a token.
    state: MembershipApplicationState,
    /// Your e-mail address. Null if unknown.
    email: Option<String>,
    /// Whether your identity provider verified the address. Only a verified address receives messages.
    email_verified: bool,
    /// Family name, or the single name.
    family_name: String,
    /// Given name. Null if there is none.
    given_name: Option<String>,
    /// Katakana reading of the family name. Null if not stated.
    family_name_kana: Option<String>,
    /// Katakana reading of the given name. Null if not stated.
    given_name_kana: Option<String>,
    /// Former or other name. Null if not stated.
    other_name: Option<String>,
    /// Employee number. Null if not stated.
    employee_number: Option<String>,
    /// Approximate first day of the employment. Null if not stated.
    worked_from: Option<NaiveDate>,
    /// Approximate last day of the employment. Null if not stated.
    worked_until: Option<NaiveDate>,
    /// Department. Null if not stated.
    department: Option<String>,
    /// Message to the reviewers. Null if there is none.
    message: Option<String>,
    /// Reason for the rejection. Null if not rejected.
    rejection_reason: Option<MembershipApplicationRejection>,
    /// The company's note about the rejection. Null if there is none.
    rejection_note: Option<String>,
    /// When the application was approved or rejected. Null otherwise.
    reviewed_at: Option<DateTime<Utc>>,
    /// When you applied.
    created_at: DateTime<Utc>,
    /// Increases by one with each change. Pass it as `expectedVersion`.
    version: i32,
}

impl From<(membership_application::Model, company::Model)> for ViewerMembershipApplication {
    fn from((row, company): (membership_application::Model, company::Model)) -> Self {
        Self {
            id: Gid(row.id),
            company_name: company.name,
            company_slug: company.slug,
            state: row.state,
            email: row.email,
            email_verified: row.email_verified,
            family_name: row.family_name,
            given_name: Some(row.given_name).filter(|name| !name.is_empty()),
            family_name_kana: row.family_name_kana,
            given_name_kana: row.given_name_kana,
            other_name: row.other_name,
            employee_number: row.employee_number,
            worked_from: row.worked_from,
            worked_until: row.worked_until,
            department: row.department,
            message: row.message,
            rejection_reason: row.rejection,
            rejection_note: row.rejection_note,
            reviewed_at: row.reviewed_at,
            created_at: row.created_at,
            version: row.version,
        }
    }
}

/// Applications of the request's login. Empty without a login.
pub async fn of_viewer(
    ctx: &Context<'_>,
    viewer: &Viewer,
) -> Result<Vec<ViewerMembershipApplication>> {
    let Some(login) = viewer.login() else {
        return Ok(Vec::new());
    };
    let reader = scope(ctx)?.database().reader();
    let found = store::own(&reader, None, &login.identity).await?;
    Ok(found.into_iter().map(Into::into).collect())
}
