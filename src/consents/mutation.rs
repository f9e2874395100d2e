//! Root writes of consents and notices.

use async_graphql::{Context, InputObject, Object, Result};
use entity::{ConsentChannel, ConsentDecision, ConsentPurpose, PersonId};

use super::actions::{self, Given, NewText, Reported};
use super::types::{Consent, ConsentNotice};
use crate::graphql::id::Gid;
use crate::graphql::scope;
use crate::payload;

/// Consent to one purpose.
#[derive(InputObject)]
pub struct ConsentGrantInput {
    /// Purpose.
    purpose: ConsentPurpose,
    /// Version of the notice that was shown. Must be the current version; otherwise `STALE_VERSION` with the current number.
    notice_version: i32,
    /// Language of the notice that was shown. Must be one of the notice's languages.
    language: String,
    /// Reference to a proof stored elsewhere, for example a form number. At most 200 characters.
    proof: Option<String>,
}

impl From<ConsentGrantInput> for Given {
    fn from(input: ConsentGrantInput) -> Self {
        Self {
            purpose: input.purpose,
            notice_version: input.notice_version,
            language: input.language,
            proof: input.proof,
        }
    }
}

/// Withdrawal of consent to one purpose.
#[derive(InputObject)]
pub struct ConsentWithdrawInput {
    /// Purpose.
    purpose: ConsentPurpose,
}

/// A consent decision received outside the service.
#[derive(InputObject)]
pub struct ConsentRecordInput {
    /// Id of the person.
    person_id: Gid<PersonId>,
    /// Purpose.
    purpose: ConsentPurpose,
    /// Granted or withdrawn.
    decision: ConsentDecision,
    /// Channel by which the decision reached you. Not `PORTAL`.
    channel: ConsentChannel,
    /// Reference to the stored proof. Required for a grant. At most 200 characters.
    proof: Option<String>,
    /// Version of the notice that was shown. Required for a grant. Must be the current version; otherwise `STALE_VERSION`.
    notice_version: Option<i32>,
    /// Language of the notice that was shown. Must be one of the notice's languages. Required for a grant.
    language: Option<String>,
}

/// A notice to publish, in one language.
#[derive(InputObject)]
pub struct ConsentNoticeTextInput {
    /// BCP 47 language tag. Each language once.
    language: String,
    /// Title. One line, at most 200 characters.
    title: String,
    /// Full text. At most 20,000 characters.
    text: String,
}

/// The next version of a purpose's notice.
#[derive(InputObject)]
pub struct ConsentNoticePublishInput {
    /// Purpose.
    purpose: ConsentPurpose,
    /// Whether people who consented to an earlier version must consent again. Set false only if nothing changes for them, for example for a corrected spelling.
    #[graphql(default = true)]
    requires_renewal: bool,
    /// Texts of the notice, one per language. 1 to 20.
    #[graphql(validator(max_items = 50))]
    texts: Vec<ConsentNoticeTextInput>,
}

payload!(
    /// Result of `consentGrant`.
    ConsentGrantPayload {
        /// The consent after the change. Null if the input was rejected.
        consent: Consent,
    }
);

payload!(
    /// Result of `consentWithdraw`.
    ConsentWithdrawPayload {
        /// The consent after the change. Null if the input was rejected.
        consent: Consent,
    }
);

payload!(
    /// Result of `consentRecord`.
    ConsentRecordPayload {
        /// The consent after the change. Null if the input was rejected.
        consent: Consent,
    }
);

payload!(
    /// Result of `consentNoticePublish`.
    ConsentNoticePublishPayload {
        /// The published notice, current from now on. Null if the input was rejected.
        notice: ConsentNotice,
    }
);

#[derive(Default)]
pub struct ConsentsMutation;

#[Object]
impl ConsentsMutation {
    /// Grants consent to one purpose, effective from the next query. No change if already granted under the same notice. `membershipAccept`
    /// grants `MEMBERSHIP`; this mutation only renews it. Requires `profile:write`.
    async fn consent_grant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Purpose and notice.")] input: ConsentGrantInput,
    ) -> Result<ConsentGrantPayload> {
        ConsentGrantPayload::of(actions::grant(scope(ctx)?, input.into()).await)
    }

    /// Withdraws consent to one purpose, effective from the next query (GDPR Article 7(3)). Earlier processing stays lawful. `MEMBERSHIP`
    /// is withdrawn by `membershipWithdraw`, together with all other consents. Requires `profile:write` or an earlier consent entry of your
    /// own.
    async fn consent_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The purpose.")] input: ConsentWithdrawInput,
    ) -> Result<ConsentWithdrawPayload> {
        ConsentWithdrawPayload::of(actions::withdraw(scope(ctx)?, input.purpose).await)
    }

    /// Records a consent decision that a person gave on paper, by phone or elsewhere. A grant requires a proof; a withdrawal does not.
    /// Withdrawing `MEMBERSHIP` ends the membership, as `membershipWithdraw` does. Requires `alumni:write` and `alumni:read`.
    async fn consent_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The decision.")] input: ConsentRecordInput,
    ) -> Result<ConsentRecordPayload> {
        let reported = Reported {
            person: input.person_id.0,
            purpose: input.purpose,
            decision: input.decision,
            channel: input.channel,
            notice_version: input.notice_version,
            language: input.language,
            proof: input.proof,
        };
        ConsentRecordPayload::of(actions::report(scope(ctx)?, reported).await)
    }

    /// Publishes the next version of a purpose's notice, effective immediately. If it requires renewal, every existing consent to the
    /// purpose becomes `SUPERSEDED`. A superseded consent counts as not granted until the person consents again (APPI Article 17(2)).
    /// Requires `notices:write`.
    async fn consent_notice_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The notice.")] input: ConsentNoticePublishInput,
    ) -> Result<ConsentNoticePublishPayload> {
        let texts: Vec<NewText> = input
            .texts
            .into_iter()
            .map(|text| NewText {
                language: text.language,
                title: text.title,
                body: text.text,
            })
            .collect();
        let done =
            actions::publish(scope(ctx)?, input.purpose, input.requires_renewal, &texts).await;
        ConsentNoticePublishPayload::of(done)
    }
}
