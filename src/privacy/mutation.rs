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

/// A request about your own personal data.
#[derive(InputObject)]
pub struct DataRequestOpenInput {
    /// Kind of request.
    kind: DataRequestKind,
    /// Details in your own words. Required for a `CORRECTION`: what is wrong and what is right. At most 5,000 characters.
    wish: Option<String>,
    /// Must be true for an `ERASURE`, which is immediate and irreversible.
    #[graphql(default)]
    confirm: bool,
}

/// A data request that a person made outside the service.
#[derive(InputObject)]
pub struct DataRequestRegisterInput {
    /// Id of the person.
    person_id: Gid<PersonId>,
    /// Kind of request.
    kind: DataRequestKind,
    /// Details in the person's words. Required for a `CORRECTION`: what is wrong and what is right. At most 5,000 characters.
    wish: Option<String>,
    /// Date of receipt in the company's time zone, not in the future. Default: today. Determines the due date.
    received_on: Option<NaiveDate>,
}

/// How the requester's identity was verified.
#[derive(InputObject)]
pub struct DataRequestVerifyIdentityInput {
    /// Id of the data request.
    id: Gid<DataRequestId>,
    /// `STALE_VERSION` if the stored version differs. Without it, only the state is checked.
    expected_version: Option<i32>,
    /// How the identity was verified, without document numbers, for example `passport shown at the desk`. One line, at most 500 characters.
    how: String,
}

/// A data request to start work on.
#[derive(InputObject)]
pub struct DataRequestTakeInput {
    /// Id of the data request.
    id: Gid<DataRequestId>,
    /// `STALE_VERSION` if the stored version differs. Without it, only the state is checked.
    expected_version: Option<i32>,
}

/// A data request whose due date is extended.
#[derive(InputObject)]
pub struct DataRequestExtendInput {
    /// Id of the data request.
    id: Gid<DataRequestId>,
    /// `STALE_VERSION` if the stored version differs. Without it, only the state is checked.
    expected_version: Option<i32>,
    /// Reason, shown to the person. At most 5,000 characters.
    reason: String,
}

/// A data request to fulfil.
#[derive(InputObject)]
pub struct DataRequestFulfilInput {
    /// Id of the data request.
    id: Gid<DataRequestId>,
    /// `STALE_VERSION` if the stored version differs. Without it, only the state is checked.
    expected_version: Option<i32>,
    /// Answer to the person. At most 5,000 characters. Ignored for an `ERASURE`, whose receipt is the answer.
    answer: Option<String>,
    /// Must be true for an `ERASURE`, which is irreversible.
    #[graphql(default)]
    confirm: bool,
}

/// A data request to refuse, fully or in part.
#[derive(InputObject)]
pub struct DataRequestRefuseInput {
    /// Id of the data request.
    id: Gid<DataRequestId>,
    /// `STALE_VERSION` if the stored version differs. Without it, only the state is checked.
    expected_version: Option<i32>,
    /// Reason, shown to the person. At most 5,000 characters.
    reason: String,
    /// Whether a `CORRECTION` was made in part. Only for a `CORRECTION`.
    #[graphql(default)]
    partly: bool,
}

/// A data request to withdraw.
#[derive(InputObject)]
pub struct DataRequestWithdrawInput {
    /// Id of the data request.
    id: Gid<DataRequestId>,
    /// `STALE_VERSION` if the stored version differs. Without it, only the state is checked.
    expected_version: Option<i32>,
}

/// A fulfilled export that needs a new download link.
#[derive(InputObject)]
pub struct DataRequestIssueLinkInput {
    /// Id of the data request.
    id: Gid<DataRequestId>,
    /// `STALE_VERSION` if the stored version differs. Without it, only the state is checked.
    expected_version: Option<i32>,
}

/// Result of `dataRequestOpen`.
#[derive(SimpleObject)]
pub struct DataRequestOpenPayload {
    /// Your request after the change. Null if the input was rejected.
    data_request: Option<DataRequest>,
    /// Download path of an `EXPORT`, on this service. Valid for one GET within 15 minutes. Returned only once. Null otherwise.
    export_path: Option<String>,
    /// Validation errors. Empty on success; otherwise nothing was changed.
    user_errors: Vec<Refusal>,
}

/// Result of `dataRequestFulfil`.
#[derive(SimpleObject)]
pub struct DataRequestFulfilPayload {
    /// The data request after the change. Null if the input was rejected.
    data_request: Option<DataRequest>,
    /// Download path of an `EXPORT`, on this service. Valid for one GET within 15 minutes. Returned only once. Null otherwise.
    export_path: Option<String>,
    /// Validation errors. Empty on success; otherwise nothing was changed.
    user_errors: Vec<Refusal>,
}

/// Result of `dataRequestIssueLink`.
#[derive(SimpleObject)]
pub struct DataRequestIssueLinkPayload {
    /// The data request after the change. Null if the input was rejected.
    data_request: Option<DataRequest>,
    /// Download path, on this service. Valid for one GET within 15 minutes. Returned only once. Null if the input was rejected.
    export_path: Option<String>,
    /// Validation errors. Empty on success; otherwise nothing was changed.
    user_errors: Vec<Refusal>,
}

payload!(
    /// Result of `dataRequestRegister`.
    DataRequestRegisterPayload {
        /// The data request, `RECEIVED`. Null if the input was rejected.
        data_request: DataRequest,
    }
);

payload!(
    /// Result of `dataRequestVerifyIdentity`.
    DataRequestVerifyIdentityPayload {
        /// The data request after the change. Null if the input was rejected.
        data_request: DataRequest,
    }
);

payload!(
    /// Result of `dataRequestTake`.
    DataRequestTakePayload {
        /// The data request after the change. Null if the input was rejected.
        data_request: DataRequest,
    }
);

payload!(
    /// Result of `dataRequestExtend`.
    DataRequestExtendPayload {
        /// The data request after the change. Null if the input was rejected.
        data_request: DataRequest,
    }
);

payload!(
    /// Result of `dataRequestRefuse`.
    DataRequestRefusePayload {
        /// The data request after the change. Null if the input was rejected.
        data_request: DataRequest,
    }
);

payload!(
    /// Result of `dataRequestWithdraw`.
    DataRequestWithdrawPayload {
        /// The data request after the change. Null if the input was rejected.
        data_request: DataRequest,
    }
);

/// Changes to your company's retention periods. Omitted fields keep their value; `null` disables the rule if the field is nullable.
#[derive(InputObject)]
pub struct RetentionPolicyUpdateInput {
    /// `STALE_VERSION` if the stored version differs. Without it, the last write wins.
    expected_version: Option<i32>,
    /// Statutory retention of employment facts, in years from leaving. 0 to 30. 0: the record is kept elsewhere.
    employment_record_years: Option<i32>,
    /// Erases people who never joined, this many months after leaving. 1 to 600.
    never_joined_months: MaybeUndefined<i32>,
    /// Erases the person of an ended membership, this many months after its end. 1 to 600.
    ended_months: MaybeUndefined<i32>,
    /// Removes the external candidate from a referral, this many months after its end. 1 to 600.
    outside_candidate_months: MaybeUndefined<i32>,
    /// Retention of data requests after they are closed, in months. 12 to 600.
    data_request_months: Option<i32>,
    /// Retention of access log entries, in months. 12 to 600.
    access_log_months: MaybeUndefined<i32>,
}

payload!(
    /// Result of `retentionPolicyUpdate`.
    RetentionPolicyUpdatePayload {
        /// The retention policy after the change. Null if the input was rejected.
        retention_policy: RetentionPolicy,
    }
);

/// A request, its download path, and validation errors.
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

#[derive(Default)]
pub struct PrivacyMutation;

#[Object]
impl PrivacyMutation {
    /// Opens a request about your own personal data. `EXPORT` is fulfilled at once: `exportPath` downloads all your data as JSON.
    /// `RESTRICTION` is effective at once and until you withdraw it. Restricted data is stored, but visible only to you and viewers with
    /// `data-requests:manage`; an employee's last working day is still recorded. `ERASURE` requires `confirm` and is executed at once. It
    /// deletes everything except legally retained data and ends your logins; `receipt` lists the result per store. Current employees cannot
    /// be erased. `CORRECTION` waits for HR, who answer by `dueOn`; at most 20 open requests. To change your own profile fields, use
    /// `alumnusProfileUpdate`. Requires a login that belongs to a person.
    async fn data_request_open(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The request.")] input: DataRequestOpenInput,
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

    /// Records a data request that a person made outside the service, for example by letter. Requires `data-requests:manage`.
    async fn data_request_register(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The data request.")] input: DataRequestRegisterInput,
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

    /// Records how the requester's identity was verified. `RECEIVED` becomes `IDENTITY_VERIFIED`. Requires `data-requests:manage`.
    async fn data_request_verify_identity(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The data request and the verification.")]
        input: DataRequestVerifyIdentityInput,
    ) -> Result<DataRequestVerifyIdentityPayload> {
        let which = answer(input.id, input.expected_version);
        let done = actions::verify_identity(scope(ctx)?, which, &input.how).await;
        DataRequestVerifyIdentityPayload::of(done)
    }

    /// Starts work on a data request and makes you its handler. `IDENTITY_VERIFIED` becomes `IN_PROGRESS`. Requires `data-requests:manage`
    /// and a login that belongs to a person.
    async fn data_request_take(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The data request.")] input: DataRequestTakeInput,
    ) -> Result<DataRequestTakePayload> {
        let which = answer(input.id, input.expected_version);
        DataRequestTakePayload::of(actions::take(scope(ctx)?, which).await)
    }

    /// Extends the due date by two months. Allowed once, until the original due date. The reason is shown to the person. Requires `data-requests:manage`.
    async fn data_request_extend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The data request and the reason.")] input: DataRequestExtendInput,
    ) -> Result<DataRequestExtendPayload> {
        let which = answer(input.id, input.expected_version);
        DataRequestExtendPayload::of(actions::extend(scope(ctx)?, which, &input.reason).await)
    }

    /// Fulfils a data request. Allowed after the identity is verified. An `EXPORT` creates the download file, without fields that the
    /// person hides from the company. A `RESTRICTION` restricts and an `ERASURE` erases. Make a `CORRECTION` first, by `personRecordUpdate`
    /// or in the HR system. Requires `data-requests:manage`.
    async fn data_request_fulfil(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The data request.")] input: DataRequestFulfilInput,
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

    /// Refuses a data request, or part of a correction. The reason is shown to the person. Requires `data-requests:manage`.
    async fn data_request_refuse(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The data request and the reason.")] input: DataRequestRefuseInput,
    ) -> Result<DataRequestRefusePayload> {
        let which = answer(input.id, input.expected_version);
        let done = actions::refuse(scope(ctx)?, which, &input.reason, input.partly).await;
        DataRequestRefusePayload::of(done)
    }

    /// Withdraws your own open data request, or ends your restriction. With `data-requests:manage`, also for another person. Otherwise
    /// requires a login that belongs to a person.
    async fn data_request_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The data request.")] input: DataRequestWithdrawInput,
    ) -> Result<DataRequestWithdrawPayload> {
        let which = answer(input.id, input.expected_version);
        DataRequestWithdrawPayload::of(actions::withdraw(scope(ctx)?, which).await)
    }

    /// Creates a new download link for a fulfilled export. The previous link stops working. The file contains the data at the time of
    /// download. Requires a login that belongs to a person.
    async fn data_request_issue_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The data request.")] input: DataRequestIssueLinkInput,
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

    /// Changes your company's retention periods. An hourly job applies them. Requires `data-requests:manage`.
    async fn retention_policy_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Fields to change.")] input: RetentionPolicyUpdateInput,
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
