//! Root writes of data requests and of how long what is kept.

use async_graphql::{Context, InputObject, MaybeUndefined, Object, Result, SimpleObject};
use chrono::NaiveDate;
use entity::{DataRequestId, DataRequestKind, PersonId};

use super::actions::{self, Answer, Outcome, PolicyEdit};
use super::types::{DataRequest, RetentionPolicy};
use crate::error::{Error, Refusal};
use crate::graphql::id::Gid;
use crate::graphql::scope;
use crate::payload;

/// What you ask about your own data.
#[derive(InputObject)]
pub struct DataRequestOpenInput {
    /// What.
    kind: DataRequestKind,
    /// In your words; a `CORRECTION` says what is wrong and what is right. At most 5,000 characters.
    wish: Option<String>,
    /// Must be true for an `ERASURE`, which is done at once and is not undone.
    #[graphql(default)]
    confirm: bool,
}

/// What somebody asked in writing.
#[derive(InputObject)]
pub struct DataRequestRegisterInput {
    /// Who.
    person_id: Gid<PersonId>,
    /// What.
    kind: DataRequestKind,
    /// In their words; a `CORRECTION` says what is wrong and what is right. At most 5,000 characters.
    wish: Option<String>,
    /// The day it came, in the company's time zone; today if not given. The last day to answer follows from it.
    received_on: Option<NaiveDate>,
}

/// How it was made sure who asks.
#[derive(InputObject)]
pub struct DataRequestVerifyIdentityInput {
    /// Which request.
    id: Gid<DataRequestId>,
    /// Refuse where the stored version is another; without it only the state counts.
    expected_version: Option<i32>,
    /// How, without numbers of papers: as `passport shown at the desk`. At most 500 characters.
    how: String,
}

/// A request somebody begins to work on.
#[derive(InputObject)]
pub struct DataRequestTakeInput {
    /// Which request.
    id: Gid<DataRequestId>,
    /// Refuse where the stored version is another; without it only the state counts.
    expected_version: Option<i32>,
}

/// A request whose last day is put off.
#[derive(InputObject)]
pub struct DataRequestExtendInput {
    /// Which request.
    id: Gid<DataRequestId>,
    /// Refuse where the stored version is another; without it only the state counts.
    expected_version: Option<i32>,
    /// Why, as the person is told. At most 5,000 characters.
    reason: String,
}

/// A request that is done.
#[derive(InputObject)]
pub struct DataRequestFulfilInput {
    /// Which request.
    id: Gid<DataRequestId>,
    /// Refuse where the stored version is another; without it only the state counts.
    expected_version: Option<i32>,
    /// What the person is answered. At most 5,000 characters; not for an `ERASURE`, whose receipt is the answer.
    answer: Option<String>,
    /// Must be true for an `ERASURE`, which is not undone.
    #[graphql(default)]
    confirm: bool,
}

/// A request that is not done, or not wholly.
#[derive(InputObject)]
pub struct DataRequestRefuseInput {
    /// Which request.
    id: Gid<DataRequestId>,
    /// Refuse where the stored version is another; without it only the state counts.
    expected_version: Option<i32>,
    /// Why, as the person is told. At most 5,000 characters.
    reason: String,
    /// True where a `CORRECTION` was made in part.
    #[graphql(default)]
    partly: bool,
}

/// A request that is taken back.
#[derive(InputObject)]
pub struct DataRequestWithdrawInput {
    /// Which request.
    id: Gid<DataRequestId>,
    /// Refuse where the stored version is another; without it only the state counts.
    expected_version: Option<i32>,
}

/// An export whose file is wanted again.
#[derive(InputObject)]
pub struct DataRequestIssueLinkInput {
    /// Which request.
    id: Gid<DataRequestId>,
    /// Refuse where the stored version is another; without it only the state counts.
    expected_version: Option<i32>,
}

/// What `dataRequestOpen` came to.
#[derive(SimpleObject)]
pub struct DataRequestOpenPayload {
    /// Your request as it is now; null where the input was refused.
    data_request: Option<DataRequest>,
    /// Where an `EXPORT`'s file is: a path of this service, to be read by GET once within 15 minutes. Shown this once. Null for anything else.
    export_path: Option<String>,
    /// Why the input was refused, one entry a fault; empty where it was done. Where it is not empty nothing was changed.
    user_errors: Vec<Refusal>,
}

/// What `dataRequestFulfil` came to.
#[derive(SimpleObject)]
pub struct DataRequestFulfilPayload {
    /// The request as it is now; null where the input was refused.
    data_request: Option<DataRequest>,
    /// Where an `EXPORT`'s file is: a path of this service, to be read by GET once within 15 minutes. Shown this once. Null for anything else.
    export_path: Option<String>,
    /// Why the input was refused, one entry a fault; empty where it was done. Where it is not empty nothing was changed.
    user_errors: Vec<Refusal>,
}

/// What `dataRequestIssueLink` came to.
#[derive(SimpleObject)]
pub struct DataRequestIssueLinkPayload {
    /// The request as it is now; null where the input was refused.
    data_request: Option<DataRequest>,
    /// Where the file is: a path of this service, to be read by GET once within 15 minutes. Shown this once. Null where the input was refused.
    export_path: Option<String>,
    /// Why the input was refused, one entry a fault; empty where it was done. Where it is not empty nothing was changed.
    user_errors: Vec<Refusal>,
}

payload!(
    /// What `dataRequestRegister` came to.
    DataRequestRegisterPayload {
        /// The request, `RECEIVED` now; null where the input was refused.
        data_request: DataRequest,
    }
);

payload!(
    /// What `dataRequestVerifyIdentity` came to.
    DataRequestVerifyIdentityPayload {
        /// The request as it is now; null where the input was refused.
        data_request: DataRequest,
    }
);

payload!(
    /// What `dataRequestTake` came to.
    DataRequestTakePayload {
        /// The request as it is now; null where the input was refused.
        data_request: DataRequest,
    }
);

payload!(
    /// What `dataRequestExtend` came to.
    DataRequestExtendPayload {
        /// The request as it is now; null where the input was refused.
        data_request: DataRequest,
    }
);

payload!(
    /// What `dataRequestRefuse` came to.
    DataRequestRefusePayload {
        /// The request as it is now; null where the input was refused.
        data_request: DataRequest,
    }
);

payload!(
    /// What `dataRequestWithdraw` came to.
    DataRequestWithdrawPayload {
        /// The request as it is now; null where the input was refused.
        data_request: DataRequest,
    }
);

/// An edit of how long your company keeps what. A field left out stays; null says never, where that can be said.
#[derive(InputObject)]
pub struct RetentionPolicyUpdateInput {
    /// Refuse where the stored version is another; without it the last write wins.
    expected_version: Option<i32>,
    /// Years from leaving for which the law makes you keep the facts of an employment: 0 to 30. 0 where that record is kept elsewhere.
    employment_record_years: Option<i32>,
    /// Months from leaving after which who never joined is erased: 1 to 600.
    never_joined_months: MaybeUndefined<i32>,
    /// Months from its end after which the person of an ended membership is erased: 1 to 600.
    ended_months: MaybeUndefined<i32>,
    /// Months from its end after which a referral no longer says who the candidate from outside was: 1 to 600.
    outside_candidate_months: MaybeUndefined<i32>,
    /// Months for which data requests are kept after their end: 12 to 600.
    data_request_months: Option<i32>,
    /// Months for which entries of the access log are kept: 12 to 600.
    access_log_months: MaybeUndefined<i32>,
}

payload!(
    /// What `retentionPolicyUpdate` came to.
    RetentionPolicyUpdatePayload {
        /// The rules as they are now; null where the input was refused.
        retention_policy: RetentionPolicy,
    }
);

/// A request, its file's path, and faults.
type Parts = (Option<DataRequest>, Option<String>, Vec<Refusal>);

fn parts(done: crate::error::Result<Outcome>) -> Result<Parts> {
    match done {
        Ok(Outcome { request, token, .. }) => {
            let path = token.map(|token| format!("/exports/{token}"));
            Ok((Some(request.into()), path, Vec::new()))
        }
        Err(Error::Refused(user_errors)) => Ok((None, None, user_errors)),
        Err(error) => Err(error.into()),
    }
}

/// Root writes of data requests.
#[derive(Default)]
pub struct PrivacyMutation;

#[Object]
impl PrivacyMutation {
    /// Asks about the data held of you, whatever your role. An `EXPORT` is done at once: `exportPath` is a JSON file of everything held of you. A `RESTRICTION` holds at once: your data is kept
    /// and shown to nobody but you and those who handle data requests, until you withdraw it; of an employee the last working day is still recorded, because access rights end with it. An `ERASURE` is done at once where `confirm` is true: everything goes but what the law keeps, your
    /// logins end, and the receipt in the answer says what became of each store; who works at the company cannot be erased. A `CORRECTION` waits for HR, who answer by `dueOn`. What you can
    /// change yourself (`alumnusProfileUpdate`) needs no request. Requires a login that belongs to a person.
    async fn data_request_open(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What you ask.")] input: DataRequestOpenInput,
    ) -> Result<DataRequestOpenPayload> {
        let DataRequestOpenInput {
            kind,
            wish,
            confirm,
        } = input;
        let done = actions::open(scope(ctx)?, kind, wish.as_deref(), confirm).await;
        let (data_request, export_path, user_errors) = parts(done)?;
        Ok(DataRequestOpenPayload {
            data_request,
            export_path,
            user_errors,
        })
    }

    /// Writes down what somebody without a login asked, by letter or otherwise. Requires `data-requests:manage`.
    async fn data_request_register(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was asked.")] input: DataRequestRegisterInput,
    ) -> Result<DataRequestRegisterPayload> {
        let DataRequestRegisterInput {
            person_id,
            kind,
            wish,
            received_on,
        } = input;
        let done = actions::register(scope(ctx)?, person_id.0, kind, wish.as_deref(), received_on);
        DataRequestRegisterPayload::of(done.await)
    }

    /// Notes how it was made sure that it is the person who asks: `RECEIVED` becomes `IDENTITY_VERIFIED`. Requires `data-requests:manage`.
    async fn data_request_verify_identity(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Of which request, and how.")] input: DataRequestVerifyIdentityInput,
    ) -> Result<DataRequestVerifyIdentityPayload> {
        let which = answer(input.id, input.expected_version);
        let done = actions::verify_identity(scope(ctx)?, which, &input.how).await;
        DataRequestVerifyIdentityPayload::of(done)
    }

    /// Begins to work on a request, which is then yours: `IDENTITY_VERIFIED` becomes `IN_PROGRESS`. Requires `data-requests:manage` and a login that belongs to a person.
    async fn data_request_take(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which request.")] input: DataRequestTakeInput,
    ) -> Result<DataRequestTakePayload> {
        let which = answer(input.id, input.expected_version);
        DataRequestTakePayload::of(actions::take(scope(ctx)?, which).await)
    }

    /// Puts the last day off by two months, once, before it has passed; the person is told why. Requires `data-requests:manage`.
    async fn data_request_extend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which request, and why.")] input: DataRequestExtendInput,
    ) -> Result<DataRequestExtendPayload> {
        let which = answer(input.id, input.expected_version);
        DataRequestExtendPayload::of(actions::extend(scope(ctx)?, which, &input.reason).await)
    }

    /// Does what is asked, once the identity is verified: makes an export's file, which is without what the person keeps from the company too; restricts; erases. A correction you made before
    /// this, by `personRecordUpdate` or in the HR system. Requires `data-requests:manage`.
    async fn data_request_fulfil(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which request.")] input: DataRequestFulfilInput,
    ) -> Result<DataRequestFulfilPayload> {
        let which = answer(input.id, input.expected_version);
        let text = input.answer.as_deref();
        let done = actions::fulfil(scope(ctx)?, which, text, input.confirm).await;
        let (data_request, export_path, user_errors) = parts(done)?;
        Ok(DataRequestFulfilPayload {
            data_request,
            export_path,
            user_errors,
        })
    }

    /// Refuses a request, or a part of a correction; the person is told why. Requires `data-requests:manage`.
    async fn data_request_refuse(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which request, and why.")] input: DataRequestRefuseInput,
    ) -> Result<DataRequestRefusePayload> {
        let which = answer(input.id, input.expected_version);
        let done = actions::refuse(scope(ctx)?, which, &input.reason, input.partly).await;
        DataRequestRefusePayload::of(done)
    }

    /// Takes an open request of yours back, or ends your restriction; with `data-requests:manage`, somebody's in their name. Requires a login that belongs to a person.
    async fn data_request_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which request.")] input: DataRequestWithdrawInput,
    ) -> Result<DataRequestWithdrawPayload> {
        let which = answer(input.id, input.expected_version);
        DataRequestWithdrawPayload::of(actions::withdraw(scope(ctx)?, which).await)
    }

    /// Makes a new link for a fulfilled export, in the place of the one before; the file holds what is held then. Requires a login that belongs to a person.
    async fn data_request_issue_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which request.")] input: DataRequestIssueLinkInput,
    ) -> Result<DataRequestIssueLinkPayload> {
        let which = answer(input.id, input.expected_version);
        let done = actions::issue_link(scope(ctx)?, which).await;
        let (data_request, export_path, user_errors) = parts(done)?;
        Ok(DataRequestIssueLinkPayload {
            data_request,
            export_path,
            user_errors,
        })
    }

    /// Says how long your company keeps what; a job does it, hourly. Requires `data-requests:manage`.
    async fn retention_policy_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The edit.")] input: RetentionPolicyUpdateInput,
    ) -> Result<RetentionPolicyUpdatePayload> {
        let RetentionPolicyUpdateInput {
            expected_version,
            employment_record_years,
            never_joined_months,
            ended_months,
            outside_candidate_months,
            data_request_months,
            access_log_months,
        } = input;
        let edit = PolicyEdit {
            employment_record_years,
            never_joined_months,
            ended_months,
            outside_candidate_months,
            data_request_months,
            access_log_months,
        };
        let done = actions::update_policy(scope(ctx)?, expected_version, edit).await;
        RetentionPolicyUpdatePayload::of(done)
    }
}

fn answer(id: Gid<DataRequestId>, expected: Option<i32>) -> Answer {
    Answer { id: id.0, expected }
}
