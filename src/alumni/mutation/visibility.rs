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

/// Who is to see a field of your profile.
#[derive(InputObject)]
pub struct ProfileFieldVisibilityInput {
    /// Which field.
    field: ProfileField,
    /// Who sees it; null: whoever the company says for everybody who chose nothing, now and later.
    audience: Option<Audience>,
}

/// Who is to see fields of your profile. A field left out stays as it is.
#[derive(InputObject)]
pub struct ProfileVisibilityUpdateInput {
    /// Refuse where the stored version of your profile is another; without it the last write wins.
    expected_version: Option<i32>,
    /// The fields, each once.
    #[graphql(validator(max_items = 20))]
    fields: Vec<ProfileFieldVisibilityInput>,
}

/// Who is to see a field of the profiles of everybody who chose nothing for it.
#[derive(InputObject)]
pub struct ProfileFieldAudienceInput {
    /// Which field.
    field: ProfileField,
    /// Who sees it. As strict as you like, and no wider than where nobody says anything: `HR` for `PERSONAL_EMAIL`, `PHONE` and `INTENTS`.
    audience: Audience,
}

/// Who is to see fields of the profiles of everybody who chose nothing for them. A field left out stays as it is.
#[derive(InputObject)]
pub struct CompanyAudiencesUpdateInput {
    /// Which company.
    id: Gid<CompanyId>,
    /// Refuse where the stored version of the company is another; without it the last write wins.
    expected_version: Option<i32>,
    /// The fields, each once.
    #[graphql(validator(max_items = 20))]
    fields: Vec<ProfileFieldAudienceInput>,
}

payload!(
    /// What `profileVisibilityUpdate` came to.
    ProfileVisibilityUpdatePayload {
        /// You as you are now; null where the input was refused.
        alumnus: Alumnus,
    }
);

payload!(
    /// What `companyAudiencesUpdate` came to.
    CompanyAudiencesUpdatePayload {
        /// The company as it is now; null where the input was refused.
        company: Company,
    }
);

/// Root writes of who sees what.
#[derive(Default)]
pub struct VisibilityMutation;

#[Object]
impl VisibilityMutation {
    /// Says who sees fields of your profile, from the very next query on and everywhere: fields, lists, searches, filters, orders and counts. What somebody may not see reads to them as if it
    /// were not there. Nobody else is told what you chose. Requires `profile:write`.
    async fn profile_visibility_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who sees what.")] input: ProfileVisibilityUpdateInput,
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

    /// Says who sees fields of the profiles of everybody who chose nothing for them. What somebody chose stays. Nothing is wider by default than the law's own default allows (GDPR Article 25(2)):
    /// contact details and intents stay with staff. The people's `version` does not grow. Requires `company:write`.
    async fn company_audiences_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who sees what.")] input: CompanyAudiencesUpdateInput,
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
