//! Root writes of a person's own fields: by the alumnus, and by HR.

use async_graphql::{Context, InputObject, MaybeUndefined, Object, Result};
use entity::{Intent, Link, PersonId};

use crate::alumni::actions::profile::{self, ProfileEdit};
use crate::alumni::actions::record::{self, RecordEdit};
use crate::alumni::types::{Alumnus, Person};
use crate::graphql::id::Gid;
use crate::graphql::payload::seen_again;
use crate::graphql::scope;
use crate::payload;

/// A link to show on a profile.
#[derive(Clone, InputObject)]
pub struct ProfileLinkInput {
    /// Label. At most 100 characters.
    label: String,
    /// HTTPS URL. At most 2,000 characters.
    url: String,
}

impl From<ProfileLinkInput> for Link {
    fn from(ProfileLinkInput { label, url }: ProfileLinkInput) -> Self {
        Self { label, url }
    }
}

/// Changes to your own profile. Omitted fields keep their value; `null` or a blank text clears the field. Unless stated otherwise, texts
/// are one line of at most 200 characters.
#[derive(InputObject)]
pub struct AlumnusProfileUpdateInput {
    /// Your own person id; optional. `NOT_FOUND` for any other id.
    id: Option<Gid<PersonId>>,
    /// `STALE_VERSION` if the stored version differs. Without it, the last write wins.
    expected_version: Option<i32>,
    /// Kana reading of the family name. Stored in full-width katakana.
    family_name_kana: MaybeUndefined<String>,
    /// Kana reading of the given name. Stored in full-width katakana.
    given_name_kana: MaybeUndefined<String>,
    /// Family name in Latin letters.
    family_name_romaji: MaybeUndefined<String>,
    /// Given name in Latin letters.
    given_name_romaji: MaybeUndefined<String>,
    /// Former or business name by which colleagues know you.
    other_name: MaybeUndefined<String>,
    /// Private e-mail address.
    personal_email: MaybeUndefined<String>,
    /// Telephone number of 5 to 20 digits.
    phone: MaybeUndefined<String>,
    /// Place of residence, as free text.
    location: MaybeUndefined<String>,
    /// Current employer.
    current_employer: MaybeUndefined<String>,
    /// Current job title.
    current_title: MaybeUndefined<String>,
    /// One line about yourself.
    headline: MaybeUndefined<String>,
    /// Text about yourself. At most 5,000 characters; line breaks are allowed.
    biography: MaybeUndefined<String>,
    /// Links to show, in this order. Replaces all existing links. At most 10.
    links: MaybeUndefined<Vec<ProfileLinkInput>>,
    /// Languages you speak, best first, as BCP 47 language tags. Replaces all existing languages. At most 20.
    languages: MaybeUndefined<Vec<String>>,
    /// Your intents. Replaces all existing intents; only you can set them. `NETWORK_ONLY` cannot be combined with others.
    intents: MaybeUndefined<Vec<Intent>>,
}

/// Changes to the facts that HR records about a person. Omitted fields keep their value; `null` or a blank text clears the field if it may
/// be empty. Texts are one line of at most 200 characters.
#[derive(InputObject)]
pub struct PersonRecordUpdateInput {
    /// Id of the alumnus or employee.
    id: Gid<PersonId>,
    /// `STALE_VERSION` if the stored version differs. Without it, the last write wins.
    expected_version: Option<i32>,
    /// Employee number.
    employee_number: MaybeUndefined<String>,
    /// Family name. Cannot be cleared.
    family_name: MaybeUndefined<String>,
    /// Given name. Empty for people with a single name.
    given_name: MaybeUndefined<String>,
    /// Kana reading of the family name. Stored in full-width katakana.
    family_name_kana: MaybeUndefined<String>,
    /// Kana reading of the given name. Stored in full-width katakana.
    given_name_kana: MaybeUndefined<String>,
    /// Family name in Latin letters.
    family_name_romaji: MaybeUndefined<String>,
    /// Given name in Latin letters.
    given_name_romaji: MaybeUndefined<String>,
    /// Work e-mail address.
    work_email: MaybeUndefined<String>,
    /// Private e-mail address, for contact before the person joins the programme. Rejected after that, because only the member may change it.
    personal_email: MaybeUndefined<String>,
}

payload!(
    /// Result of `alumnusProfileUpdate`.
    AlumnusProfileUpdatePayload {
        /// Your profile after the change. Null if the input was rejected.
        alumnus: Alumnus,
    }
);

payload!(
    /// Result of `personRecordUpdate`.
    PersonRecordUpdatePayload {
        /// The person after the change. Null if the input was rejected.
        person: Person,
    }
);

#[derive(Default)]
pub struct ProfileMutation;

#[Object]
impl ProfileMutation {
    /// Updates your own profile. Available to alumni in every membership state. Rejected while you work at the company again. Requires `profile:write`.
    async fn alumnus_profile_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Fields to change.")] input: AlumnusProfileUpdateInput,
    ) -> Result<AlumnusProfileUpdatePayload> {
        let (id, expected) = (input.id.map(|id| id.0), input.expected_version);
        let edit = ProfileEdit {
            family_name_kana: input.family_name_kana,
            given_name_kana: input.given_name_kana,
            family_name_romaji: input.family_name_romaji,
            given_name_romaji: input.given_name_romaji,
            other_name: input.other_name,
            personal_email: input.personal_email,
            phone: input.phone,
            location: input.location,
            current_employer: input.current_employer,
            current_title: input.current_title,
            headline: input.headline,
            biography: input.biography,
            links: input
                .links
                .map_value(|links| links.into_iter().map(Link::from).collect()),
            languages: input.languages,
            intents: input.intents,
        };
        let done = profile::update(scope(ctx)?, id, expected, edit).await;
        let done = seen_again::<Alumnus>(ctx, "alumnus", done.map(|row| row.id)).await;
        AlumnusProfileUpdatePayload::of(done)
    }

    /// Updates the facts that HR records about an alumnus or employee. The rest of a profile belongs to the alumnus. Requires `alumni:write` and `alumni:read`.
    async fn person_record_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Fields to change.")] input: PersonRecordUpdateInput,
    ) -> Result<PersonRecordUpdatePayload> {
        let (id, expected) = (input.id.0, input.expected_version);
        let edit = RecordEdit {
            employee_number: input.employee_number,
            family_name: input.family_name,
            given_name: input.given_name,
            family_name_kana: input.family_name_kana,
            given_name_kana: input.given_name_kana,
            family_name_romaji: input.family_name_romaji,
            given_name_romaji: input.given_name_romaji,
            work_email: input.work_email,
            personal_email: input.personal_email,
        };
        let done = record::update(scope(ctx)?, id, expected, edit).await;
        let done = seen_again::<Person>(ctx, "person", done.map(|row| row.id)).await;
        PersonRecordUpdatePayload::of(done)
    }
}
