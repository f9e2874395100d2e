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

/// An address to show on a profile.
#[derive(Clone, InputObject)]
pub struct ProfileLinkInput {
    /// What to call it. At most 100 characters.
    label: String,
    /// An https address. At most 2,000 characters.
    url: String,
}

impl From<ProfileLinkInput> for Link {
    fn from(ProfileLinkInput { label, url }: ProfileLinkInput) -> Self {
        Self { label, url }
    }
}

/// An edit of your own profile. A field left out stays; null or a blank text clears it. Texts have at most 200 characters and one line unless said otherwise.
#[derive(InputObject)]
pub struct AlumnusProfileUpdateInput {
    /// Yourself; may be left out. Another's profile does not exist for this.
    id: Option<Gid<PersonId>>,
    /// Refuse where the stored version is another; without it the last write wins.
    expected_version: Option<i32>,
    /// Reading of the family name in kana; stored in full-width katakana.
    family_name_kana: MaybeUndefined<String>,
    /// Reading of the given name in kana; stored in full-width katakana.
    given_name_kana: MaybeUndefined<String>,
    /// Family name in Latin letters.
    family_name_romaji: MaybeUndefined<String>,
    /// Given name in Latin letters.
    given_name_romaji: MaybeUndefined<String>,
    /// A former or business name under which colleagues know you.
    other_name: MaybeUndefined<String>,
    /// Private e-mail.
    personal_email: MaybeUndefined<String>,
    /// Telephone number of 5 to 20 digits.
    phone: MaybeUndefined<String>,
    /// Where you live, as you put it.
    location: MaybeUndefined<String>,
    /// Where you work now.
    current_employer: MaybeUndefined<String>,
    /// As what you work now.
    current_title: MaybeUndefined<String>,
    /// One line about yourself.
    headline: MaybeUndefined<String>,
    /// More about yourself. At most 5,000 characters, lines as you like.
    biography: MaybeUndefined<String>,
    /// Addresses to show, in this order, in the place of those there. At most 10.
    links: MaybeUndefined<Vec<ProfileLinkInput>>,
    /// Languages you speak as BCP 47 tags, best first, in the place of those there. At most 20.
    languages: MaybeUndefined<Vec<String>>,
    /// What you are open to, in the place of what was there; only you set it. `NETWORK_ONLY` stands alone.
    intents: MaybeUndefined<Vec<Intent>>,
}

/// An edit of what HR keeps of a person. A field left out stays; null or a blank text clears it where it may be empty. Texts have at most 200 characters and one line.
#[derive(InputObject)]
pub struct PersonRecordUpdateInput {
    /// Which alumnus or employee.
    id: Gid<PersonId>,
    /// Refuse where the stored version is another; without it the last write wins.
    expected_version: Option<i32>,
    /// The number the company gave them.
    employee_number: MaybeUndefined<String>,
    /// Family name; may not be cleared.
    family_name: MaybeUndefined<String>,
    /// Given name; empty for people with one name.
    given_name: MaybeUndefined<String>,
    /// Reading of the family name in kana; stored in full-width katakana.
    family_name_kana: MaybeUndefined<String>,
    /// Reading of the given name in kana; stored in full-width katakana.
    given_name_kana: MaybeUndefined<String>,
    /// Family name in Latin letters.
    family_name_romaji: MaybeUndefined<String>,
    /// Given name in Latin letters.
    given_name_romaji: MaybeUndefined<String>,
    /// E-mail at the company.
    work_email: MaybeUndefined<String>,
    /// Private e-mail, to reach them until they have joined the programme; from then on it is theirs and refused here.
    personal_email: MaybeUndefined<String>,
}

payload!(
    /// What `alumnusProfileUpdate` came to.
    AlumnusProfileUpdatePayload {
        /// You as you are now; null where the input was refused.
        alumnus: Alumnus,
    }
);

payload!(
    /// What `personRecordUpdate` came to.
    PersonRecordUpdatePayload {
        /// The person as they are now; null where the input was refused.
        person: Person,
    }
);

/// Root writes of a person's own fields.
#[derive(Default)]
pub struct ProfileMutation;

#[Object]
impl ProfileMutation {
    /// Edits your own profile. For an alumnus in every state of membership; refused while you work at the company again. Requires `profile:write`.
    async fn alumnus_profile_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The edit.")] input: AlumnusProfileUpdateInput,
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

    /// Edits the facts HR keeps of an alumnus or employee; the rest of a profile is the alumnus's own. Requires `alumni:write` and `alumni:read`.
    async fn person_record_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The edit.")] input: PersonRecordUpdateInput,
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
