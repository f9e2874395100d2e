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
    /// An application to join.
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

/// Which children of an application are wanted.
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

/// Once it is approved it is its person's.
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

/// An application to join the alumni programme by somebody without an invitation. Names, dates and numbers are the applicant's statements. Rejected and withdrawn ones are deleted after 90 days. Requires `alumni:write` and `alumni:read`.
#[Object]
impl MembershipApplication {
    /// The id.
    pub async fn id(&self) -> Gid<MembershipApplicationId> {
        Gid(self.id)
    }

    /// The state.
    async fn state(&self) -> MembershipApplicationState {
        self.state
    }

    /// The issuer of the login that applied (`iss` of its token).
    async fn issuer(&self) -> &str {
        &self.issuer
    }

    /// E-mail address; null if none is known.
    async fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }

    /// Whether the identity provider verified the address. An address that is not verified gets no message and matches nobody.
    async fn email_verified(&self) -> bool {
        self.email_verified
    }

    /// Stated family name, or the only name.
    async fn family_name(&self) -> &str {
        &self.family_name
    }

    /// Stated given name; null for people with one name.
    async fn given_name(&self) -> Option<&str> {
        Some(self.given_name.as_str()).filter(|name| !name.is_empty())
    }

    /// Reading of the family name in katakana; null if not stated.
    async fn family_name_kana(&self) -> Option<&str> {
        self.family_name_kana.as_deref()
    }

    /// Reading of the given name in katakana; null if not stated.
    async fn given_name_kana(&self) -> Option<&str> {
        self.given_name_kana.as_deref()
    }

    /// A former or other name; null if not stated.
    async fn other_name(&self) -> Option<&str> {
        self.other_name.as_deref()
    }

    /// Stated employee number; null if not stated.
    async fn employee_number(&self) -> Option<&str> {
        self.employee_number.as_deref()
    }

    /// Approximate first day of the employment; null if not stated.
    async fn worked_from(&self) -> Option<NaiveDate> {
        self.worked_from
    }

    /// Approximate last day of the employment; null if not stated.
    async fn worked_until(&self) -> Option<NaiveDate> {
        self.worked_until
    }

    /// Stated department; null if not stated.
    async fn department(&self) -> Option<&str> {
        self.department.as_deref()
    }

    /// Message to the reviewers; null if there is none.
    async fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// BCP 47 tag of the language to write to the applicant in; null: the company's.
    async fn language(&self) -> Option<&str> {
        self.language.as_deref()
    }

    /// At most five people of the company with whom something stated matches, most matches first. A match is no proof: several people can share a name or an address. Empty unless the application is `PENDING`.
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

    /// The person it was approved for; null otherwise, and if you may not see the person.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Held<'_, Person>>> {
        Ok(loader::one(ctx, self.person.as_deref(), self.person_id).await?)
    }

    /// Why it was rejected; null if it was not.
    async fn rejection_reason(&self) -> Option<MembershipApplicationRejection> {
        self.rejection
    }

    /// Note to the applicant about the rejection; null if there is none.
    async fn rejection_note(&self) -> Option<&str> {
        self.rejection_note.as_deref()
    }

    /// The account that approved or rejected it; null: an API key, or not reviewed.
    async fn reviewed_by(&self) -> Option<Gid<AccountId>> {
        self.reviewer_account_id.map(Gid)
    }

    /// When it was approved or rejected; null otherwise.
    async fn reviewed_at(&self) -> Option<DateTime<Utc>> {
        self.reviewed_at
    }

    /// When it was submitted.
    async fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    /// When it last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        self.updated_at
    }

    /// Grows by one with each change; for `expectedVersion`.
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

/// A person of the company who may have sent the application.
pub struct PossiblePerson {
    person: PersonId,
    facts: Vec<IdentityFact>,
}

/// A person of the company who may have sent an application.
#[Object]
impl PossiblePerson {
    /// The person.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Held<'_, Person>>> {
        Ok(loader::one(ctx, None, self.person).await?)
    }

    /// What matches. At least one.
    async fn facts(&self) -> &[IdentityFact] {
        &self.facts
    }
}

/// Your own application to join a company's alumni programme. Rejected and withdrawn ones are deleted after 90 days.
#[derive(SimpleObject)]
pub struct ViewerMembershipApplication {
    /// The id.
    id: Gid<MembershipApplicationId>,
    /// The company's name.
    company_name: String,
    /// The company's slug, for the header `Alumni-Company`.
    company_slug: String,
    /// The state. Once it is `APPROVED`, join by `membershipJoin` without a token.
    state: MembershipApplicationState,
    /// Your e-mail address; null if none is known.
    email: Option<String>,
    /// Whether your identity provider verified the address. Only a verified one gets messages.
    email_verified: bool,
    /// Family name, or the only name.
    family_name: String,
    /// Given name; null if there is none.
    given_name: Option<String>,
    /// Reading of the family name in katakana; null if not stated.
    family_name_kana: Option<String>,
    /// Reading of the given name in katakana; null if not stated.
    given_name_kana: Option<String>,
    /// A former or other name; null if not stated.
    other_name: Option<String>,
    /// Employee number; null if not stated.
    employee_number: Option<String>,
    /// Approximate first day of the employment; null if not stated.
    worked_from: Option<NaiveDate>,
    /// Approximate last day of the employment; null if not stated.
    worked_until: Option<NaiveDate>,
    /// Department; null if not stated.
    department: Option<String>,
    /// Message to the reviewers; null if there is none.
    message: Option<String>,
    /// Why it was rejected; null if it was not.
    rejection_reason: Option<MembershipApplicationRejection>,
    /// The company's note about the rejection; null if there is none.
    rejection_note: Option<String>,
    /// When it was approved or rejected; null otherwise.
    reviewed_at: Option<DateTime<Utc>>,
    /// When you applied.
    created_at: DateTime<Utc>,
    /// Grows by one with each change; for `expectedVersion`.
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

/// The applications of the login that sends the request; none without one.
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
