//! Root writes of memberships: HR asks, the alumnus decides.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use entity::PersonId;

use crate::alumni::actions::membership::{self, Invitation};
use crate::alumni::rules::membership::Step;
use crate::alumni::types::Membership;
use crate::consents::{ConsentGrantInput, Given};
use crate::error::Refusal;
use crate::graphql::id::Gid;
use crate::graphql::scope;
use crate::graphql::shown::{Held, One};
use crate::payload;

/// People to ask.
#[derive(InputObject)]
pub struct MembershipInviteInput {
    /// Whom, each for themselves: one who is refused does not hold up the others. At most 100.
    person_ids: Vec<Gid<PersonId>>,
}

/// What asking one person came to.
#[derive(SimpleObject)]
pub struct MembershipInviteResult {
    /// Who.
    person_id: Gid<PersonId>,
    /// The membership, `INVITED` now; null where this person was not asked.
    membership: Option<Held<'static, Membership>>,
    /// Why this person was not asked; empty where they were.
    user_errors: Vec<Refusal>,
}

impl From<Invitation> for MembershipInviteResult {
    fn from(Invitation { person, outcome }: Invitation) -> Self {
        let (membership, user_errors) = match outcome {
            Ok(invited) => (Some(One::owned(invited.into())), vec![]),
            Err(refusal) => (None, vec![refusal]),
        };
        Self {
            person_id: Gid(person),
            membership,
            user_errors,
        }
    }
}

payload!(
    /// What `membershipInvite` came to.
    MembershipInvitePayload {
        /// One for each id, in the order of the ids; null where the input as a whole was refused.
        results: Vec<MembershipInviteResult>,
    }
);

/// Accepts an invitation to the programme, or comes back to it.
#[derive(InputObject)]
pub struct MembershipAcceptInput {
    /// Refuse where your membership's stored version is another; without it only its state counts.
    expected_version: Option<i32>,
    /// To what you say yes beside being a member, each purpose once; nothing is on that is not here. `MEMBERSHIP` itself may stand here to say which notice was shown;
    /// otherwise it is the one that holds now, in the company's language.
    #[graphql(validator(max_items = 20))]
    consents: Option<Vec<ConsentGrantInput>>,
}

payload!(
    /// What `membershipAccept` came to.
    MembershipAcceptPayload {
        /// Your membership as it is now; null where the input was refused.
        membership: Membership,
    }
);

/// Pauses a membership.
#[derive(InputObject)]
pub struct MembershipPauseInput {
    /// Refuse where your membership's stored version is another; without it only its state counts.
    expected_version: Option<i32>,
}

payload!(
    /// What `membershipPause` came to.
    MembershipPausePayload {
        /// Your membership as it is now; null where the input was refused.
        membership: Membership,
    }
);

/// Resumes a paused membership.
#[derive(InputObject)]
pub struct MembershipResumeInput {
    /// Refuse where your membership's stored version is another; without it only its state counts.
    expected_version: Option<i32>,
}

payload!(
    /// What `membershipResume` came to.
    MembershipResumePayload {
        /// Your membership as it is now; null where the input was refused.
        membership: Membership,
    }
);

/// Leaves the programme.
#[derive(InputObject)]
pub struct MembershipWithdrawInput {
    /// Refuse where your membership's stored version is another; without it only its state counts.
    expected_version: Option<i32>,
}

payload!(
    /// What `membershipWithdraw` came to.
    MembershipWithdrawPayload {
        /// Your membership as it is now; null where the input was refused.
        membership: Membership,
    }
);

/// Root writes of memberships.
#[derive(Default)]
pub struct MembershipMutation;

#[Object]
impl MembershipMutation {
    /// Asks alumni to join: those `CANDIDATE`, and those whose membership ran out (`EXPIRED`). Who withdrew is not asked again but may come back by themselves; who died is never asked. Requires `alumni:write` and `alumni:read`.
    async fn membership_invite(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom.")] input: MembershipInviteInput,
    ) -> Result<MembershipInvitePayload> {
        let ids: Vec<PersonId> = input.person_ids.into_iter().map(|id| id.0).collect();
        let done = membership::invite(scope(ctx)?, &ids).await;
        MembershipInvitePayload::of(done.map(|invitations| {
            let results = invitations.into_iter().map(MembershipInviteResult::from);
            results.collect::<Vec<_>>()
        }))
    }

    /// Says yes to the invitation, or comes back after withdrawing, without being asked anew. It is your consent to `MEMBERSHIP`; to more only as far as `consents` says so. Who withdrew before ever being asked may be asked again (`CANDIDATE`). Requires `profile:write`.
    async fn membership_accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which version.")] input: MembershipAcceptInput,
    ) -> Result<MembershipAcceptPayload> {
        let given: Vec<Given> = input
            .consents
            .unwrap_or_default()
            .into_iter()
            .map(Given::from)
            .collect();
        let done =
            membership::take_own(scope(ctx)?, input.expected_version, Step::Accept, &given).await;
        MembershipAcceptPayload::of(done)
    }

    /// Pauses your membership: from the next query, the directory no longer shows you. Your places and waits at coming engagement events are released; resuming does not restore them. Allowed while `ACTIVE`. Requires `profile:write`.
    async fn membership_pause(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which version.")] input: MembershipPauseInput,
    ) -> Result<MembershipPausePayload> {
        let done =
            membership::take_own(scope(ctx)?, input.expected_version, Step::Pause, &[]).await;
        MembershipPausePayload::of(done)
    }

    /// Ends the quiet: the directory shows you again. You may answer engagement events again. Allowed while `PAUSED`. Requires `profile:write`.
    async fn membership_resume(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which version.")] input: MembershipResumeInput,
    ) -> Result<MembershipResumePayload> {
        let done =
            membership::take_own(scope(ctx)?, input.expected_version, Step::Resume, &[]).await;
        MembershipResumePayload::of(done)
    }

    /// Leaves the programme, at once and in one call, and takes back every consent with it; HR does not ask again, and `membershipAccept` brings you back. Not yet asked, it says that you do not want to be. Your places and waits at coming engagement events are released. Requires `profile:write`.
    async fn membership_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which version.")] input: MembershipWithdrawInput,
    ) -> Result<MembershipWithdrawPayload> {
        let done =
            membership::take_own(scope(ctx)?, input.expected_version, Step::Withdraw, &[]).await;
        MembershipWithdrawPayload::of(done)
    }
}
