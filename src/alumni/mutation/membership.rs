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

/// People to invite: either by id or by a filter.
#[derive(InputObject)]
pub struct MembershipInviteInput {
    /// Ids of the people. Each person is processed separately: a rejected one does not affect the others. At most 1,000.
    person_ids: Option<Vec<Gid<PersonId>>>,
    /// Everyone the filter matches. Requires `expectedCount`. At most 30,000 people.
    filter: Option<AlumnusFilter>,
    /// Number of people that `alumni(filter:) { totalCount }` returned. The input is rejected if the filter now matches a different number.
    expected_count: Option<i32>,
    /// Validity of the links in days. 1 to 90; default 30.
    expires_in_days: Option<i32>,
}

/// People to remind of their invitation: either by id or by a filter.
#[derive(InputObject)]
pub struct MembershipRemindInput {
    /// Ids of the people. Each person is processed separately: a rejected one does not affect the others. At most 1,000.
    person_ids: Option<Vec<Gid<PersonId>>>,
    /// Everyone the filter matches. Requires `expectedCount`. At most 30,000 people.
    filter: Option<AlumnusFilter>,
    /// Number of people that `alumni(filter:) { totalCount }` returned. The input is rejected if the filter now matches a different number.
    expected_count: Option<i32>,
}

/// Result for one person.
#[derive(SimpleObject)]
pub struct MembershipInviteResult {
    /// Id of the person.
    person_id: Gid<PersonId>,
    /// The membership after the change, `INVITED`. Null if the person was rejected.
    membership: Option<Held<'static, Membership>>,
    /// Token of the link, for `membershipJoin`. Returned only once; only its hash is stored. Null if the person was rejected or chosen by a filter.
    token: Option<String>,
    /// Whether the link is sent by e-mail. True if the person has a private e-mail address.
    sent_by_email: bool,
    /// Errors for this person. Empty if the person was invited.
    user_errors: Vec<Refusal>,
}

/// Result of `membershipInvite`.
#[derive(SimpleObject)]
pub struct MembershipInvitePayload {
    /// With `personIds`: one result per id, in the same order. With `filter`: only the rejected people. Null if the whole input was rejected.
    results: Option<Vec<MembershipInviteResult>>,
    /// Number of people invited. Null if the input was rejected.
    invited_count: Option<i32>,
    /// Number of invited people without a private e-mail address. You deliver their links yourself. Null if the input was rejected.
    without_address_count: Option<i32>,
    /// Validation errors. Empty on success; otherwise nothing was changed.
    user_errors: Vec<Refusal>,
}

/// Result of `membershipRemind`.
#[derive(SimpleObject)]
pub struct MembershipRemindPayload {
    /// With `personIds`: one result per id, in the same order. With `filter`: only the rejected people. Null if the whole input was rejected.
    results: Option<Vec<MembershipInviteResult>>,
    /// Number of people reminded. Null if the input was rejected.
    reminded_count: Option<i32>,
    /// Validation errors. Empty on success; otherwise nothing was changed.
    user_errors: Vec<Refusal>,
}

/// Counts and results of a bulk invitation or reminder.
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
    /// Token of the link. Null: the person is found by your approved application, otherwise by your verified e-mail address if the company allows it.
    token: Option<String>,
    /// Additional consents, each purpose once. No other consents are granted. Joining grants `MEMBERSHIP`. List it only to state which
    /// notice was shown; otherwise the current notice in the company's language counts.
    #[graphql(validator(max_items = 20))]
    consents: Option<Vec<ConsentGrantInput>>,
}

/// Result of `membershipJoin`.
#[derive(SimpleObject)]
pub struct MembershipJoinPayload {
    /// State of your membership, `ACTIVE`. Null if the input was rejected.
    state: Option<MembershipState>,
    /// Your id as a person of the company. Null if the input was rejected.
    person_id: Option<Gid<PersonId>>,
    /// Last day of the membership. Null if it has no end or the input was rejected.
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

/// Accepts an invitation to the programme, or rejoins after withdrawing.
#[derive(InputObject)]
pub struct MembershipAcceptInput {
    /// `STALE_VERSION` if the stored version of your membership differs. Without it, only its state is checked.
    expected_version: Option<i32>,
    /// Additional consents, each purpose once. No other consents are granted. Accepting grants `MEMBERSHIP`. List it only to state which
    /// notice was shown; otherwise the current notice in the company's language counts.
    #[graphql(validator(max_items = 20))]
    consents: Option<Vec<ConsentGrantInput>>,
}

payload!(
    /// Result of `membershipAccept`.
    MembershipAcceptPayload {
        /// Your membership after the change. Null if the input was rejected.
        membership: Membership,
    }
);

/// Your membership to pause.
#[derive(InputObject)]
pub struct MembershipPauseInput {
    /// `STALE_VERSION` if the stored version of your membership differs. Without it, only its state is checked.
    expected_version: Option<i32>,
}

payload!(
    /// Result of `membershipPause`.
    MembershipPausePayload {
        /// Your membership after the change. Null if the input was rejected.
        membership: Membership,
    }
);

/// Your paused membership to resume.
#[derive(InputObject)]
pub struct MembershipResumeInput {
    /// `STALE_VERSION` if the stored version of your membership differs. Without it, only its state is checked.
    expected_version: Option<i32>,
}

payload!(
    /// Result of `membershipResume`.
    MembershipResumePayload {
        /// Your membership after the change. Null if the input was rejected.
        membership: Membership,
    }
);

/// A membership to renew.
#[derive(InputObject)]
pub struct MembershipRenewInput {
    /// Id of the person. Default: yourself. For another person, requires `alumni:write` and `alumni:read`.
    person_id: Option<Gid<PersonId>>,
    /// `STALE_VERSION` if the stored version of the membership differs.
    expected_version: Option<i32>,
}

payload!(
    /// Result of `membershipRenew`.
    MembershipRenewPayload {
        /// The membership with its new `expiresOn`. Null if the input was rejected.
        membership: Membership,
    }
);

/// A correction of a membership. Omitted fields keep their value.
#[derive(InputObject)]
pub struct MembershipUpdateInput {
    /// Id of the person.
    person_id: Gid<PersonId>,
    /// `STALE_VERSION` if the stored version of the membership differs. Without it, the last write wins.
    expected_version: Option<i32>,
    /// Last day of the membership in the company's time zone, from today to 600 months from now. Null: no end.
    expires_on: MaybeUndefined<NaiveDate>,
}

payload!(
    /// Result of `membershipUpdate`.
    MembershipUpdatePayload {
        /// The corrected membership. Null if the input was rejected.
        membership: Membership,
    }
);

/// Your membership to end.
#[derive(InputObject)]
pub struct MembershipWithdrawInput {
    /// `STALE_VERSION` if the stored version of your membership differs. Without it, only its state is checked.
    expected_version: Option<i32>,
}

payload!(
    /// Result of `membershipWithdraw`.
    MembershipWithdrawPayload {
        /// Your membership after the change. Null if the input was rejected.
        membership: Membership,
    }
);

#[derive(Default)]
pub struct MembershipMutation;

#[Object]
impl MembershipMutation {
    /// Invites alumni to join the programme: `CANDIDATE`, `EXPIRED`, and `INVITED` if the link was revoked or has expired. Each person gets
    /// an individual link, sent to their private e-mail address. People who withdrew cannot be invited again. Deceased people are never
    /// invited. Requires `alumni:write` and `alumni:read`.
    async fn membership_invite(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The people to invite.")] input: MembershipInviteInput,
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

    /// Sends invited people a new link; the previous link stops working. At most three reminders, and none within seven days of the last
    /// link. Requires `alumni:write` and `alumni:read`.
    async fn membership_remind(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The people to remind.")] input: MembershipRemindInput,
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

    /// Accepts an invitation to the programme. Your login becomes the person's account, and the person becomes an `ACTIVE` member. The link
    /// works once. Requires a login; an account is not needed.
    async fn membership_join(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The link and your consents.")] input: MembershipJoinInput,
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

    /// Accepts an invitation, or rejoins the programme after withdrawing. Grants your consent to `MEMBERSHIP`, and to other purposes only
    /// as listed in `consents`. If you withdrew without ever being invited, the membership returns to `CANDIDATE`. Requires
    /// `profile:write`.
    async fn membership_accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Version and consents.")] input: MembershipAcceptInput,
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

    /// Pauses your membership: from the next query, the directory does not list you. Your places and waiting-list entries at future
    /// engagement events are released; resuming does not restore them. Allowed while `ACTIVE`. Requires `profile:write`.
    async fn membership_pause(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Version of the membership.")] input: MembershipPauseInput,
    ) -> Result<MembershipPausePayload> {
        let done =
            membership::take_own(scope(ctx)?, input.expected_version, Step::Pause, &[]).await;
        MembershipPausePayload::of(done)
    }

    /// Ends the pause: the directory lists you again, and you may respond to engagement events again. Allowed while `PAUSED`. Requires `profile:write`.
    async fn membership_resume(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Version of the membership.")] input: MembershipResumeInput,
    ) -> Result<MembershipResumePayload> {
        let done =
            membership::take_own(scope(ctx)?, input.expected_version, Step::Resume, &[]).await;
        MembershipResumePayload::of(done)
    }

    /// Renews a membership: `expiresOn` moves by the company's `membershipMonths`, or to null if the company has none now. Allowed while
    /// `ACTIVE` or `PAUSED`, from `renewableFrom` to `expiresOn`. Requires `profile:write`. For another person, requires `alumni:write` and
    /// `alumni:read`.
    async fn membership_renew(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The membership to renew.")] input: MembershipRenewInput,
    ) -> Result<MembershipRenewPayload> {
        let person = input.person_id.map(|id| id.0);
        let done = term::renew(scope(ctx)?, person, input.expected_version).await;
        MembershipRenewPayload::of(done)
    }

    /// Corrects the last day of a membership. Allowed while `ACTIVE` or `PAUSED`. An unsent notice for the old day is cancelled, and the
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

    /// Leaves the programme and withdraws every consent. HR cannot invite you again; `membershipAccept` lets you rejoin. Before an
    /// invitation, it opts you out of being invited. Your places and waiting-list entries at future engagement events are released.
    /// Requires `profile:write`.
    async fn membership_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Version of the membership.")] input: MembershipWithdrawInput,
    ) -> Result<MembershipWithdrawPayload> {
        let done =
            membership::take_own(scope(ctx)?, input.expected_version, Step::Withdraw, &[]).await;
        MembershipWithdrawPayload::of(done)
    }
}
