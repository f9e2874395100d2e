//! Root writes of memberships: HR asks, the alumnus decides.

use std::sync::Arc;

use async_graphql::{Context, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use chrono::NaiveDate;
use entity::{MembershipState, PersonId};

use crate::access::{Access, Links};
use crate::alumni::actions::invite::{self, Outcome};
use crate::alumni::actions::{join, membership, term};
use crate::alumni::filter::AlumnusFilter;
use crate::alumni::rules::membership::Step;
use crate::alumni::types::Membership;
use crate::consents::{ConsentGrantInput, Given};
use crate::error::{Error, Refusal};
use crate::graphql::id::Gid;
use crate::graphql::scope;
use crate::graphql::shown::{Held, One};
use crate::payload;

/// People to invite: either by their ids, or by a filter.
#[derive(InputObject)]
pub struct MembershipInviteInput {
    /// These people, each for themselves: a refused one does not hold up the others. At most 1,000.
    person_ids: Option<Vec<Gid<PersonId>>>,
    /// Everyone the filter matches; with `expectedCount`. At most 30,000 people.
    filter: Option<AlumnusFilter>,
    /// How many people `alumni(filter:) { totalCount }` counted. The input is refused if the filter matches another number now.
    expected_count: Option<i32>,
    /// How many days the links are valid: 1 to 90, 30 if not given.
    expires_in_days: Option<i32>,
}

/// People to remind of their invitation: either by their ids, or by a filter.
#[derive(InputObject)]
pub struct MembershipRemindInput {
    /// These people, each for themselves: a refused one does not hold up the others. At most 1,000.
    person_ids: Option<Vec<Gid<PersonId>>>,
    /// Everyone the filter matches; with `expectedCount`. At most 30,000 people.
    filter: Option<AlumnusFilter>,
    /// How many people `alumni(filter:) { totalCount }` counted. The input is refused if the filter matches another number now.
    expected_count: Option<i32>,
}

/// What became of one person.
#[derive(SimpleObject)]
pub struct MembershipInviteResult {
    /// The person.
    person_id: Gid<PersonId>,
    /// The membership, `INVITED` now; null if the person was refused.
    membership: Option<Held<'static, Membership>>,
    /// The link's token, for `membershipJoin`. Shown this once: only its hash is stored. Null if the person was refused, or chosen by a filter.
    token: Option<String>,
    /// Whether the link is sent by e-mail: the person has a private address.
    sent_by_email: bool,
    /// Why the person was refused. Empty if they were invited.
    user_errors: Vec<Refusal>,
}

/// Result of `membershipInvite`.
#[derive(SimpleObject)]
pub struct MembershipInvitePayload {
    /// With `personIds`: one result for each id, in their order. With `filter`: the refused people alone. Null if the input as a whole was refused.
    results: Option<Vec<MembershipInviteResult>>,
    /// How many people were invited; null if the input was refused.
    invited_count: Option<i32>,
    /// How many of them have no private e-mail address, so that you hand the link over; null if the input was refused.
    without_address_count: Option<i32>,
    /// Validation errors. Empty on success; otherwise nothing was changed.
    user_errors: Vec<Refusal>,
}

/// Result of `membershipRemind`.
#[derive(SimpleObject)]
pub struct MembershipRemindPayload {
    /// With `personIds`: one result for each id, in their order. With `filter`: the refused people alone. Null if the input as a whole was refused.
    results: Option<Vec<MembershipInviteResult>>,
    /// How many people were reminded; null if the input was refused.
    reminded_count: Option<i32>,
    /// Validation errors. Empty on success; otherwise nothing was changed.
    user_errors: Vec<Refusal>,
}

/// How many people got a link, how many of them have no address, and the results to show.
struct Counted {
    done: i32,
    without_address: i32,
    results: Vec<MembershipInviteResult>,
}

fn counted(outcomes: Vec<Outcome>, by_ids: bool) -> Counted {
    let count = |some: &dyn Fn(&Outcome) -> bool| {
        let number = outcomes.iter().filter(|outcome| some(outcome)).count();
        i32::try_from(number).unwrap_or(i32::MAX)
    };
    let (done, without_address) = (
        count(&|outcome| outcome.done.is_ok()),
        count(&|outcome| outcome.done.is_ok() && !outcome.sent),
    );
    let shown = outcomes
        .into_iter()
        .filter(|outcome| by_ids || outcome.done.is_err());
    let results = shown.map(|Outcome { person, done, sent }| {
        let (membership, token, user_errors) = match done {
            Ok((membership, token)) => {
                (Some(One::owned(membership.into())), Some(token), Vec::new())
            }
            Err(refusal) => (None, None, vec![refusal]),
        };
        MembershipInviteResult {
            person_id: Gid(person),
            membership,
            token,
            sent_by_email: sent,
            user_errors,
        }
    });
    Counted {
        done,
        without_address,
        results: results.collect(),
    }
}

/// An invitation to accept.
#[derive(InputObject)]
pub struct MembershipJoinInput {
    /// The link's token; null: the person is found by your approved application, else by the e-mail address that your identity provider verified, if the
    /// company allows it.
    token: Option<String>,
    /// Consents to give besides the one to `MEMBERSHIP`, each purpose once. Nothing else is granted. `MEMBERSHIP` may be listed to say which notice was
    /// shown; otherwise it is the current one in the company's language.
    #[graphql(validator(max_items = 20))]
    consents: Option<Vec<ConsentGrantInput>>,
}

/// Result of `membershipJoin`.
#[derive(SimpleObject)]
pub struct MembershipJoinPayload {
    /// The state of your membership, `ACTIVE`; null if the input was refused.
    state: Option<MembershipState>,
    /// Your id as a person of the company; null if the input was refused.
    person_id: Option<Gid<PersonId>>,
    /// The last day of the membership; null: no end, or the input was refused.
    expires_on: Option<NaiveDate>,
    /// Validation errors. Empty on success; otherwise nothing was changed.
    user_errors: Vec<Refusal>,
}

fn links<'c>(ctx: &Context<'c>) -> Result<&'c Links> {
    let access = ctx
        .data::<Arc<Access>>()
        .map_err(|_| Error::internal("a request without access"))?;
    Ok(access.invitation_links())
}

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

/// Renews a membership.
#[derive(InputObject)]
pub struct MembershipRenewInput {
    /// Whose membership; your own if not given. Requires `alumni:write` and `alumni:read`.
    person_id: Option<Gid<PersonId>>,
    /// Refuse if the membership's stored version is another.
    expected_version: Option<i32>,
}

payload!(
    /// Result of `membershipRenew`.
    MembershipRenewPayload {
        /// The membership with its new `expiresOn`; null if the input was refused.
        membership: Membership,
    }
);

/// A correction of a membership. A field that is absent stays.
#[derive(InputObject)]
pub struct MembershipUpdateInput {
    /// Whose membership.
    person_id: Gid<PersonId>,
    /// Refuse if the membership's stored version is another; without it the last write wins.
    expected_version: Option<i32>,
    /// Last day of the membership in the company's time zone, from today to 600 months from now; null: no end.
    expires_on: MaybeUndefined<NaiveDate>,
}

payload!(
    /// Result of `membershipUpdate`.
    MembershipUpdatePayload {
        /// The corrected membership; null if the input was refused.
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
    /// Invites alumni to join: `CANDIDATE`, `EXPIRED`, and `INVITED` whose link was revoked or has expired. Each person gets a link of their own,
    /// sent by e-mail to their private address. Who withdrew is not invited again; who died is never invited. Requires `alumni:write` and `alumni:read`.
    async fn membership_invite(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to invite.")] input: MembershipInviteInput,
    ) -> Result<MembershipInvitePayload> {
        let ids = input
            .person_ids
            .map(|ids| ids.into_iter().map(|id| id.0).collect());
        let by_ids = Option::is_some(&ids);
        let done = match invite::whom(ids, input.filter, input.expected_count) {
            Ok(whom) => invite::invite(scope(ctx)?, links(ctx)?, whom, input.expires_in_days).await,
            Err(error) => Err(error),
        };
        match done {
            Ok(outcomes) => {
                let counted = counted(outcomes, by_ids);
                Ok(MembershipInvitePayload {
                    results: Some(counted.results),
                    invited_count: Some(counted.done),
                    without_address_count: Some(counted.without_address),
                    user_errors: vec![],
                })
            }
            Err(Error::Refused(user_errors)) => Ok(MembershipInvitePayload {
                results: None,
                invited_count: None,
                without_address_count: None,
                user_errors,
            }),
            Err(error) => Err(error.into()),
        }
    }

    /// Reminds invited people by a new link; the link before no longer works. At most three times, not within seven days of the last link. Requires `alumni:write` and `alumni:read`.
    async fn membership_remind(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to remind.")] input: MembershipRemindInput,
    ) -> Result<MembershipRemindPayload> {
        let ids = input
            .person_ids
            .map(|ids| ids.into_iter().map(|id| id.0).collect());
        let by_ids = Option::is_some(&ids);
        let done = match invite::whom(ids, input.filter, input.expected_count) {
            Ok(whom) => invite::remind(scope(ctx)?, links(ctx)?, whom).await,
            Err(error) => Err(error),
        };
        match done {
            Ok(outcomes) => {
                let counted = counted(outcomes, by_ids);
                Ok(MembershipRemindPayload {
                    results: Some(counted.results),
                    reminded_count: Some(counted.done),
                    user_errors: vec![],
                })
            }
            Err(Error::Refused(user_errors)) => Ok(MembershipRemindPayload {
                results: None,
                reminded_count: None,
                user_errors,
            }),
            Err(error) => Err(error.into()),
        }
    }

    /// Accepts an invitation to the programme: your login becomes the person's account, and the person an `ACTIVE` member, at once. The link works once.
    /// Requires a login; it needs no account yet.
    async fn membership_join(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The link, and what you consent to.")] input: MembershipJoinInput,
    ) -> Result<MembershipJoinPayload> {
        let given: Vec<Given> = input
            .consents
            .unwrap_or_default()
            .into_iter()
            .map(Given::from)
            .collect();
        let token = input.token.as_deref();
        match join::join(scope(ctx)?, links(ctx)?, token, &given).await {
            Ok(joined) => Ok(MembershipJoinPayload {
                state: Some(joined.state),
                person_id: Some(Gid(joined.person_id)),
                expires_on: joined.expires_on,
                user_errors: vec![],
            }),
            Err(Error::Refused(user_errors)) => Ok(MembershipJoinPayload {
                state: None,
                person_id: None,
                expires_on: None,
                user_errors,
            }),
            Err(error) => Err(error.into()),
        }
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

    /// Renews a membership: `expiresOn` moves by the company's `membershipMonths`, or to null if the company has none now. Allowed while `ACTIVE` or
    /// `PAUSED`, from `renewableFrom` to `expiresOn`. Requires `profile:write`, and for another person `alumni:write` and `alumni:read`.
    async fn membership_renew(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which membership.")] input: MembershipRenewInput,
    ) -> Result<MembershipRenewPayload> {
        let person = input.person_id.map(|id| id.0);
        let done = term::renew(scope(ctx)?, person, input.expected_version).await;
        MembershipRenewPayload::of(done)
    }

    /// Corrects the last day of a membership. Allowed while `ACTIVE` or `PAUSED`. A notice for the old day that is not sent yet is cancelled, and the
    /// member is notified before the new one. Requires `alumni:write` and `alumni:read`.
    async fn membership_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The correction.")] input: MembershipUpdateInput,
    ) -> Result<MembershipUpdatePayload> {
        let (id, expected) = (input.person_id.0, input.expected_version);
        let done = term::correct(scope(ctx)?, id, expected, input.expires_on).await;
        MembershipUpdatePayload::of(done)
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
