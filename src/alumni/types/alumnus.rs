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

/// An alumnus, from the person's row.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(transparent)]
pub struct Alumnus(pub PersonRow);

impl From<PersonRow> for Alumnus {
    fn from(row: PersonRow) -> Self {
        Self(row)
    }
}

/// Someone who left the company. The alumnus owns the profile, the company the facts of employment.
/// What they do not show to you reads as if it were not there: null, or an empty list; nor do filters, searches, orders and counts know it.
/// Others see active members who consent to being shown in the directory (`DIRECTORY`), recruiters also those who consent to offers (`JOB_OFFERS`, `CONTRACT_OFFERS`); a member who does
/// not is to them as somebody who is no member. Everyone sees themselves; HR sees alumni in every state of membership.
#[Object]
impl Alumnus {
    /// The id; stays when the person comes back.
    pub async fn id(&self) -> Gid<PersonId> {
        Gid(self.0.id)
    }

    /// The company they left.
    async fn company(&self, ctx: &Context<'_>) -> Result<Kept<Company>> {
        super::company(ctx, &self.0).await
    }

    /// The whole name in its own order: family name first where it is written in Japanese or Chinese letters.
    pub async fn display_name(&self) -> String {
        self.0.display_name()
    }

    /// Family name.
    pub async fn family_name(&self) -> &str {
        &self.0.family_name
    }

    /// Given name; empty for people with one name.
    pub async fn given_name(&self) -> &str {
        &self.0.given_name
    }

    /// Reading of the family name in katakana; null where not known.
    async fn family_name_kana(&self) -> Option<&str> {
        self.0.family_name_kana.as_deref()
    }

    /// Reading of the given name in katakana; null where not known.
    async fn given_name_kana(&self) -> Option<&str> {
        self.0.given_name_kana.as_deref()
    }

    /// Family name in Latin letters; null where not known.
    async fn family_name_romaji(&self) -> Option<&str> {
        self.0.family_name_romaji.as_deref()
    }

    /// Given name in Latin letters; null where not known.
    async fn given_name_romaji(&self) -> Option<&str> {
        self.0.given_name_romaji.as_deref()
    }

    /// A former or business name under which colleagues know them; null where there is none and where they do not show it to you.
    async fn other_name(&self) -> Option<&str> {
        self.0.other_name.as_deref()
    }

    /// Private e-mail; null where not known and where they do not show it to you, which if they say nothing is everyone without `alumni:read`.
    async fn personal_email(&self) -> Option<&str> {
        self.0.personal_email.as_deref()
    }

    /// Phone; null where not known and where they do not show it to you, which if they say nothing is everyone without `alumni:read`.
    async fn phone(&self) -> Option<&str> {
        self.0.phone.as_deref()
    }

    /// The number the company gave them; null where not known, and for everyone but the alumnus and `alumni:read`.
    async fn employee_number(&self) -> Option<&str> {
        self.0.employee_number.as_deref()
    }

    /// Where they live, as they put it; null where not said and where they do not show it to you.
    async fn location(&self) -> Option<&str> {
        self.0.location.as_deref()
    }

    /// Where they work now; null where not said and where they do not show it to you.
    async fn current_employer(&self) -> Option<&str> {
        self.0.current_employer.as_deref()
    }

    /// As what they work now; null where not said and where they do not show it to you.
    async fn current_title(&self) -> Option<&str> {
        self.0.current_title.as_deref()
    }

    /// One line about themselves; null where not said and where they do not show it to you.
    async fn headline(&self) -> Option<&str> {
        self.0.headline.as_deref()
    }

    /// More about themselves; null where not said and where they do not show it to you.
    async fn biography(&self) -> Option<&str> {
        self.0.biography.as_deref()
    }

    /// Addresses they show, in their order; at most 10. Empty where they do not show them to you.
    async fn links(&self) -> Vec<ProfileLink> {
        let links = self.0.links.iter().flat_map(|links| &links.0);
        links.map(ProfileLink::from).collect()
    }

    /// Languages they speak as BCP 47 tags, best first; at most 20. Empty where they do not show them to you.
    async fn languages(&self) -> &[String] {
        let languages = self.0.languages.as_ref();
        languages.map_or(&[], |languages| languages.0.as_slice())
    }

    /// Last working day of the last employment; null where they do not show their employments to you.
    async fn left_on(&self) -> Option<NaiveDate> {
        self.0.left_on
    }

    /// Their stints at the company, latest first. Empty where they do not show them to you; staff with `alumni:read` always see them.
    async fn employments(&self, ctx: &Context<'_>) -> Result<Many<'_, Employment>> {
        super::employments(ctx, &self.0).await
    }

    /// Their standing in the programme; null for everyone but the alumnus and `alumni:read`.
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

    /// Skills they say they hold, strongest first; at most 100. Empty where they do not show them to you.
    async fn skills(&self, ctx: &Context<'_>) -> Result<Many<'_, PersonSkill>> {
        super::skills(ctx, &self.0).await
    }

    /// What they are open to, as only they set it. Empty where they do not show it to you, which if they say nothing is everyone without `intents:read`.
    /// Without `alumni:read` you read `REHIRE` only while they consent to `JOB_OFFERS`, and `CONTRACT` while to `CONTRACT_OFFERS`.
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

    /// Referrals they made, as far as you may see them: all with `referrals:read`, else your own.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn referrals_made(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<ReferralFilter>,
        #[graphql(desc = "In this order; newest first if not given.")] order_by: Option<
            ReferralOrder,
        >,
        #[graphql(desc = "Rows from the start: 0 to 100, 20 if nothing is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only rows after this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only rows before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'_, Referral>> {
        let page = PageArgs {
            first,
            after,
            last,
            before,
        };
        super::referrals_made(ctx, &self.0, (filter, order_by, page)).await
    }

    /// Referrals of which they are the candidate, as far as you may see them: all with `alumni:read`; with `referrals:read` those you made, and while they consent to `REFERRAL_AS_CANDIDATE` all; else those you made or, about yourself, all.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn referrals_received(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<ReferralFilter>,
        #[graphql(desc = "In this order; newest first if not given.")] order_by: Option<
            ReferralOrder,
        >,
        #[graphql(desc = "Rows from the start: 0 to 100, 20 if nothing is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only rows after this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only rows before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'_, Referral>> {
        let page = PageArgs {
            first,
            after,
            last,
            before,
        };
        super::referrals_received(ctx, &self.0, (filter, order_by, page)).await
    }

    /// Their answers to engagement events: every one for themselves and with `events:write`, otherwise those with a place (`GOING`).
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn participations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<ParticipationFilter>,
        #[graphql(desc = "In this order; earliest first answer first, if not given.")]
        order_by: Option<ParticipationOrder>,
        #[graphql(desc = "Rows from the start: 0 to 100, 20 if nothing is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only rows after this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only rows before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'_, Participation>> {
        let page = PageArgs {
            first,
            after,
            last,
            before,
        };
        super::participations(ctx, &self.0, (filter, order_by, page)).await
    }

    /// Who sees which field of your profile, every field once; null for everyone but yourself. Changed by `profileVisibilityUpdate`; `viewer { previewAs }` shows the profile as others see it.
    async fn visibility(&self) -> Option<Vec<ProfileFieldVisibility>> {
        ProfileFieldVisibility::of(&self.0)
    }

    /// Where they stand with each purpose, every purpose once; empty for everyone but the alumnus and `alumni:read`. Given by `consentGrant`, withdrawn by `consentWithdraw`.
    async fn consents(&self, ctx: &Context<'_>) -> Result<Vec<Consent>> {
        super::consents(ctx, &self.0).await
    }

    /// Everything they ever said of the purposes, as the ledger has it; empty for everyone but the alumnus and `alumni:read`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn consent_history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<ConsentEntryFilter>,
        #[graphql(desc = "In this order; newest first if not given.")] order_by: Option<
            ConsentEntryOrder,
        >,
        #[graphql(desc = "Rows from the start: 0 to 100, 20 if nothing is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only rows after this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only rows before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'_, ConsentEntry>> {
        let page = PageArgs {
            first,
            after,
            last,
            before,
        };
        super::consent_history(ctx, &self.0, (filter, order_by, page)).await
    }

    /// When the company's record of them was made.
    async fn created_at(&self) -> DateTime<Utc> {
        *self.0.created_at
    }

    /// When the record last changed.
    async fn updated_at(&self) -> DateTime<Utc> {
        *self.0.updated_at
    }

    /// Grows by one with each change; for `expectedVersion`.
    async fn version(&self) -> i32 {
        *self.0.version
    }
}
