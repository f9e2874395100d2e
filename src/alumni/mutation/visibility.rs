//! Root writes of who sees which field of a profile.

use async_graphql::{Context, InputObject, Object, Result};
use entity::{Audience, CompanyId, ProfileField};

use crate::alumni::actions::visibility;
use crate::alumni::types::Alumnus;
use crate::companies::Company;
use crate::graphql::id::Gid;
use crate::graphql::payload::seen_again;
use crate::graphql::scope;
use crate::payload;

/// Audience of one field of your profile.
#[derive(InputObject)]
pub struct ProfileFieldVisibilityInput {
    /// Field of the profile.
    field: ProfileField,
    /// Audience of the field. Null: the field follows the company's default, now and after changes of it.
    audience: Option<Audience>,
}

/// Audiences of fields of your profile. Omitted fields keep their audience.
#[derive(InputObject)]
pub struct ProfileVisibilityUpdateInput {
    /// `STALE_VERSION` if the stored version of your profile differs. Without it, the last write wins.
    expected_version: Option<i32>,
    /// Fields with their audience, each field once.
    #[graphql(validator(max_items = 20))]
    fields: Vec<ProfileFieldVisibilityInput>,
}

/// Default audience of one profile field.
#[derive(InputObject)]
pub struct ProfileFieldAudienceInput {
    /// Field of the profile.
    field: ProfileField,
    /// Default audience. Cannot be wider than the built-in default: `HR` for `PERSONAL_EMAIL`, `PHONE` and `INTENTS`.
    audience: Audience,
}

/// Default audiences of profile fields. They apply to people who have not chosen one. Omitted fields keep their audience.
#[derive(InputObject)]
pub struct CompanyAudiencesUpdateInput {
    /// Id of the company.
    id: Gid<CompanyId>,
    /// `STALE_VERSION` if the stored version of the company differs. Without it, the last write wins.
    expected_version: Option<i32>,
    /// Fields with their audience, each field once.
    #[graphql(validator(max_items = 20))]
    fields: Vec<ProfileFieldAudienceInput>,
}

payload!(
    /// Result of `profileVisibilityUpdate`.
    ProfileVisibilityUpdatePayload {
        /// Your profile after the change. Null if the input was rejected.
        alumnus: Alumnus,
    }
);

payload!(
    /// Result of `companyAudiencesUpdate`.
    CompanyAudiencesUpdatePayload {
        /// The company after the change. Null if the input was rejected.
        company: Company,
    }
);

#[derive(Default)]
pub struct VisibilityMutation;

#[Object]
impl VisibilityMutation {
    /// Sets the audience of fields of your profile. Effective from the next query in fields, lists, searches, filters, orders and counts.
    /// Fields not visible to a viewer read as empty. Only you can read your choices. Requires `profile:write`.
    async fn profile_visibility_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Fields and their audiences.")] input: ProfileVisibilityUpdateInput,
    ) -> Result<ProfileVisibilityUpdatePayload> {
        let choices: Vec<_> = input
            .fields
            .iter()
            .map(|choice| (choice.field, choice.audience))
            .collect();
        let done = visibility::choose(scope(ctx)?, input.expected_version, &choices).await;
        let done = seen_again::<Alumnus>(ctx, "alumnus", done.map(|row| row.id)).await;
        ProfileVisibilityUpdatePayload::of(done)
    }

    /// Sets the default audiences of profile fields. They apply to people who have not chosen an audience; chosen audiences stay. A default
    /// cannot be wider than the built-in one (GDPR Article 25(2)): contact details and intents are limited to staff. Does not increase the
    /// `version` of people. Requires `company:write`.
    async fn company_audiences_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Fields and their default audiences.")] input: CompanyAudiencesUpdateInput,
    ) -> Result<CompanyAudiencesUpdatePayload> {
        let defaults: Vec<_> = input
            .fields
            .iter()
            .map(|choice| (choice.field, choice.audience))
            .collect();
        let (id, expected) = (input.id.0, input.expected_version);
        let done = visibility::set_defaults(scope(ctx)?, id, expected, &defaults).await;
        let done = seen_again::<Company>(ctx, "company", done).await;
        CompanyAudiencesUpdatePayload::of(done)
    }
}
