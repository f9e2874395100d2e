//! An alumnus as a client sees one.

use std::borrow::Cow;

use async_graphql::{Context, Object, Result};
use chrono::{DateTime, NaiveDate, Utc};
use entity::{Intent, PersonId};

use super::{
    Employment, Membership, PersonRow, PersonSkill, PersonWants, ProfileFieldVisibility,
    ProfileLink,
};
use crate::companies::Company;
use crate::consents::{Consent, ConsentEntry, ConsentEntryFilter, ConsentEntryOrder};
use crate::engagement::{Participation, ParticipationFilter, ParticipationOrder};
use crate::graphql::connection::Connection;
use crate::graphql::shown::{Held, Kept, Many, One};
use crate::graphql::{id::Gid, loader};
use crate::page::PageArgs;
use crate::referrals::{Referral, ReferralFilter, ReferralOrder};

#[derive(Clone, Debug, serde::Deserialize)]
#[serde(transparent)]
pub struct Alumnus(pub PersonRow);

impl From<PersonRow> for Alumnus {
    fn from(row: PersonRow) -> Self {
        Self(row)
    }
}

/// A person who left the company. The alumnus owns the profile; the company owns the employment facts. Fields that the alumnus does not
/// show to you are null or empty, and are ignored in filters, searches, orders and counts. Other viewers see only active members who
/// consent to `DIRECTORY`. Recruiters also see active members who consent to `JOB_OFFERS` or `CONTRACT_OFFERS`. Alumni always see
/// themselves; HR sees alumni in every membership state.
#[Object]
impl Alumnus {
    /// Id. Stays the same if the person is rehired.
    pub async fn id(&self) -> Gid<PersonId> {
        Gid(self.0.id)
    }

    /// Company that the person left.
    async fn company(&self, ctx: &Context<'_>) -> Result<Kept<Company>> {
        super::company(ctx, &self.0).await
    }

    /// Full name in its own order. Family name first if written in Japanese or Chinese characters.
    pub async fn display_name(&self) -> String {
        self.0.display_name()
    }

    /// Family name.
    pub async fn family_name(&self) -> &str {
        &self.0.family_name
    }

    /// Given name. Empty for people with a single name.
    pub async fn given_name(&self) -> &str {
        &self.0.given_name
    }

    /// Katakana reading of the family name. Null if unknown.
    async fn family_name_kana(&self) -> Option<&str> {
        self.0.family_name_kana.as_deref()
    }

    /// Katakana reading of the given name. Null if unknown.
    async fn given_name_kana(&self) -> Option<&str> {
        self.0.given_name_kana.as_deref()
    }

    /// Family name in Latin letters. Null if unknown.
    async fn family_name_romaji(&self) -> Option<&str> {
        self.0.family_name_romaji.as_deref()
    }

    /// Given name in Latin letters. Null if unknown.
    async fn given_name_romaji(&self) -> Option<&str> {
        self.0.given_name_romaji.as_deref()
    }

    /// Former or business name by which colleagues know the person. Null if there is none, or it is not shown to you.
    async fn other_name(&self) -> Option<&str> {
        self.0.other_name.as_deref()
    }

    /// Private e-mail address. Null if unknown or not shown to you. By default, shown only with `alumni:read`.
    async fn personal_email(&self) -> Option<&str> {
        self.0.personal_email.as_deref()
    }

    /// Telephone number. Null if unknown or not shown to you. By default, shown only with `alumni:read`.
    async fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// Employee number. Null if unknown. Visible only to the alumnus and with `alumni:read`.
    async fn employee_number(&self) -> Option<&str> {
        self.0.employee_number.as_deref()
    }

    /// Place of residence, as free text. Null if not given or not shown to you.
    async fn location(&self) -> Option<&str> {
        self.0.location.as_deref()
    }

    /// Current employer. Null if not given or not shown to you.
    async fn current_employer(&self) -> Option<&str> {
        self.0.current_employer.as_deref()
    }

    /// Current job title. Null if not given or not shown to you.
    async fn current_title(&self) -> Option<&str> {
        self.0.current_title.as_deref()
    }

    /// One line about the person. Null if not given or not shown to you.
    async fn headline(&self) -> Option<&str> {
        self.0.headline.as_deref()
    }

    /// Text about the person. Null if not given or not shown to you.
    async fn biography(&self) -> Option<&str> {
        self.0.biography.as_deref()
    }

    /// Links, in the order chosen by the person. At most 10. Empty if not shown to you.
    async fn links(&self) -> Vec<ProfileLink> {
        let links = self.0.links.iter().flat_map(|links| &links.0);
        links.map(ProfileLink::from).collect()
    }

    /// Languages, best first, as BCP 47 language tags. At most 20. Empty if not shown to you.
    async fn languages(&self) -> &[String] {
        let languages = self.0.languages.as_ref();
        languages.map_or(&[], |languages| languages.0.as_slice())
    }

    /// Last working day of the last employment. Null if employments are not shown to you.
    async fn left_on(&self) -> Option<NaiveDate> {
        self.0.left_on
    }

    /// Employments at the company, latest first. Empty if not shown to you. Staff with `alumni:read` always see them.
    async fn employments(&self, ctx: &Context<'_>) -> Result<Many<'_, Employment>> {
        super::employments(ctx, &self.0).await
    }

    /// Membership in the programme. Null for everyone except the alumnus and viewers with `alumni:read`.
    async fn membership(&self, ctx: &Context<'_>) -> Result<Option<Held<'_, Membership>>> {
        if let Some(membership) = &self.0.membership {
            return Ok(Some(One(Cow::Borrowed(membership))));
        }
        let wants = PersonWants {
            membership: Some(()),
            ..Default::default()
        };
        Ok(loader::rest::<PersonRow>(ctx, self.0.id, wants)
            .await?
            .and_then(|row| row.membership)
            .map(|found| One(Cow::Owned(found))))
    }

    /// Skills stated by the person, strongest first. At most 100. Empty if not shown to you.
    async fn skills(&self, ctx: &Context<'_>) -> Result<Many<'_, PersonSkill>> {
        super::skills(ctx, &self.0).await
    }

    /// Intents, set only by the alumnus. Empty if not shown to you. By default, shown only with `intents:read`. Without `alumni:read`,
    /// `REHIRE` requires their consent to `JOB_OFFERS`, and `CONTRACT` their consent to `CONTRACT_OFFERS`.
    async fn intents(&self, ctx: &Context<'_>) -> Result<Vec<Intent>> {
        let again = |()| PersonWants {
            intents: Some(()),
            ..Default::default()
        };
        let intents = loader::list(ctx, &self.0, self.0.intents.as_ref(), again, |row| {
            row.intents
        })
        .await?;
        Ok(intents.iter().map(|held| held.intent).collect())
    }

    /// Referrals made by the person. With `referrals:read` all of them, otherwise only your own.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn referrals_made(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<ReferralFilter>,
        #[graphql(desc = "Sort order. Default: newest first.")] order_by: Option<ReferralOrder>,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'_, Referral>> {
        let page = PageArgs {
            first,
            after,
            last,
            before,
        };
        super::referrals_made(ctx, &self.0, (filter, order_by, page)).await
    }

    /// Referrals with this person as the candidate. With `alumni:read` you see all of them. With `referrals:read` you see your own, and all
    /// while the person consents to `REFERRAL_AS_CANDIDATE`. Otherwise you see those you made; about yourself, all.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn referrals_received(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<ReferralFilter>,
        #[graphql(desc = "Sort order. Default: newest first.")] order_by: Option<ReferralOrder>,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'_, Referral>> {
        let page = PageArgs {
            first,
            after,
            last,
            before,
        };
        super::referrals_received(ctx, &self.0, (filter, order_by, page)).await
    }

    /// Responses to engagement events. Complete for the person and with `events:write`; otherwise only `GOING`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn participations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<ParticipationFilter>,
        #[graphql(desc = "Sort order. Default: by first response, earliest first.")]
        order_by: Option<ParticipationOrder>,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'_, Participation>> {
        let page = PageArgs {
            first,
            after,
            last,
            before,
        };
        super::participations(ctx, &self.0, (filter, order_by, page)).await
    }

    /// Audience of each field of your profile, every field once. Null for everyone except yourself. Set by `profileVisibilityUpdate`.
    /// `viewer { previewAs }` returns the profile as others see it.
    async fn visibility(&self) -> Option<Vec<ProfileFieldVisibility>> {
        ProfileFieldVisibility::of(&self.0)
    }

    /// Consent state per purpose, every purpose once. Empty for everyone except the alumnus and viewers with `alumni:read`. Granted by
    /// `consentGrant`, withdrawn by `consentWithdraw`.
    async fn consents(&self, ctx: &Context<'_>) -> Result<Vec<Consent>> {
        super::consents(ctx, &self.0).await
    }

    /// All consent ledger entries of the person. Empty for everyone except the alumnus and viewers with `alumni:read`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn consent_history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<ConsentEntryFilter>,
        #[graphql(desc = "Sort order. Default: newest first.")] order_by: Option<ConsentEntryOrder>,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'_, ConsentEntry>> {
        let page = PageArgs {
            first,
            after,
            last,
            before,
        };
        super::consent_history(ctx, &self.0, (filter, order_by, page)).await
    }

    /// Time of creation of the record.
    async fn created_at(&self) -> DateTime<Utc> {
        *self.0.created_at
    }

    /// Time of the last change.
    async fn updated_at(&self) -> DateTime<Utc> {
        *self.0.updated_at
    }

    /// Increases by one with each change. Pass it as `expectedVersion`.
    async fn version(&self) -> i32 {
        *self.0.version
    }
}
