//! Root writes of consents and notices.

use async_graphql::{Context, InputObject, Object, Result};
use entity::{ConsentChannel, ConsentDecision, ConsentPurpose, PersonId};

use super::actions::{self, Given, NewText, Reported};
use super::types::{Consent, ConsentNotice};
use crate::graphql::id::Gid;
use crate::graphql::scope;
use crate::payload;

/// A yes to one purpose.
#[derive(InputObject)]
pub struct ConsentGrantInput {
    /// To what.
    purpose: ConsentPurpose,
    /// The version of the notice that was shown. Another than the one that holds now is refused, with the number of that (`STALE_VERSION`).
    notice_version: i32,
    /// The language in which it was shown: one of the notice's own.
    language: String,
    /// Where a proof beyond this login is kept, as the number of a form. At most 200 characters.
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

/// A no to one purpose.
#[derive(InputObject)]
pub struct ConsentWithdrawInput {
    /// To what.
    purpose: ConsentPurpose,
}

/// What somebody said elsewhere.
#[derive(InputObject)]
pub struct ConsentRecordInput {
    /// Who.
    person_id: Gid<PersonId>,
    /// Of what.
    purpose: ConsentPurpose,
    /// Yes or no.
    decision: ConsentDecision,
    /// How it reached you; not `PORTAL`.
    channel: ConsentChannel,
    /// Where the proof is kept. Needed for a yes. At most 200 characters.
    proof: Option<String>,
    /// The version of the notice that was shown; needed for a yes. Another than the one that holds now is refused (`STALE_VERSION`).
    notice_version: Option<i32>,
    /// The language in which it was shown: one of the notice's own; needed for a yes.
    language: Option<String>,
}

/// A notice in one language, to be published.
#[derive(InputObject)]
pub struct ConsentNoticeTextInput {
    /// A BCP 47 tag, each once.
    language: String,
    /// One line, at most 200 characters.
    title: String,
    /// The whole text, at most 20,000 characters.
    text: String,
}

/// The next version of a purpose's notice.
#[derive(InputObject)]
pub struct ConsentNoticePublishInput {
    /// For what.
    purpose: ConsentPurpose,
    /// Whether those who said yes to an earlier version are asked again. False only where nothing changes for them, as for a corrected spelling.
    #[graphql(default = true)]
    requires_renewal: bool,
    /// It in at least one language, at most 20.
    #[graphql(validator(max_items = 50))]
    texts: Vec<ConsentNoticeTextInput>,
}

payload!(
    /// What `consentGrant` came to.
    ConsentGrantPayload {
        /// Where the purpose stands now; null where the input was refused.
        consent: Consent,
    }
);

payload!(
    /// What `consentWithdraw` came to.
    ConsentWithdrawPayload {
        /// Where the purpose stands now; null where the input was refused.
        consent: Consent,
    }
);

payload!(
    /// What `consentRecord` came to.
    ConsentRecordPayload {
        /// Where the purpose stands now; null where the input was refused.
        consent: Consent,
    }
);

payload!(
    /// What `consentNoticePublish` came to.
    ConsentNoticePublishPayload {
        /// The notice, which holds from now on; null where the input was refused.
        notice: ConsentNotice,
    }
);

/// Root writes of consents and notices.
#[derive(Default)]
pub struct ConsentsMutation;

#[Object]
impl ConsentsMutation {
    /// Says yes to one purpose, felt by the very next query. Saying it again to the same notice changes nothing. `MEMBERSHIP` is given by `membershipAccept`; here it is only renewed. Requires `profile:write`.
    async fn consent_grant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "To what.")] input: ConsentGrantInput,
    ) -> Result<ConsentGrantPayload> {
        ConsentGrantPayload::of(actions::grant(scope(ctx)?, input.into()).await)
    }

    /// Says no to one purpose, or no longer, felt by the very next query: as easy as saying yes (GDPR Article 7(3)). What was done before stays lawful. `MEMBERSHIP` is withdrawn by `membershipWithdraw`, everything else with it. Requires `profile:write`.
    async fn consent_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "To what.")] input: ConsentWithdrawInput,
    ) -> Result<ConsentWithdrawPayload> {
        ConsentWithdrawPayload::of(actions::withdraw(scope(ctx)?, input.purpose).await)
    }

    /// Writes down what somebody said on paper, by phone or elsewhere: a yes only with a proof, a no without. A no to `MEMBERSHIP` takes the person out of the programme, as `membershipWithdraw` does: whoever phones leaves as easily as whoever logs in. Nobody says yes for somebody else otherwise. Requires `alumni:write` and `alumni:read`.
    async fn consent_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was said.")] input: ConsentRecordInput,
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

    /// Publishes the next version of a purpose's notice, which holds at once. Where it requires renewal, everybody's consent to the purpose is `SUPERSEDED` with it and counts as no until they say yes anew: a purpose is not widened behind anybody's back (APPI Article 17(2)). Requires `notices:write`.
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
