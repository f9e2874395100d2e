//! Root writes of applications to join.

use std::sync::Arc;

use async_graphql::{Context, InputObject, Object, Result};
use chrono::NaiveDate;
use entity::{
    EmploymentType, LeaveType, MembershipApplicationId, MembershipApplicationRejection, PersonId,
};

use super::actions::{self, NewApplication, NewPerson};
use super::types::MembershipApplication;
use crate::access::Access;
use crate::error::Error;
use crate::graphql::id::Gid;
use crate::graphql::payload::with_children;
use crate::graphql::scope;
use crate::payload;

/// An application to join a company's alumni programme, with your statements about yourself and your employment.
#[derive(InputObject)]
pub struct MembershipApplyInput {
    /// Family name, or the single name. At most 200 characters.
    family_name: String,
    /// Given name. Null for people with a single name. At most 200 characters.
    given_name: Option<String>,
    /// Kana reading of the family name. At most 200 characters.
    family_name_kana: Option<String>,
    /// Kana reading of the given name. At most 200 characters.
    given_name_kana: Option<String>,
    /// Former or other name by which the company knows you. At most 200 characters.
    other_name: Option<String>,
    /// Employee number. At most 200 characters.
    employee_number: Option<String>,
    /// First day of the employment, approximate. Not in the future.
    worked_from: Option<NaiveDate>,
    /// Last day of the employment, approximate. Not before `workedFrom`.
    worked_until: Option<NaiveDate>,
    /// Department. At most 200 characters.
    department: Option<String>,
    /// Message to the reviewers. At most 2,000 characters.
    message: Option<String>,
    /// BCP 47 language tag for messages to you, for example `ja`. Null: the company's language.
    language: Option<String>,
    /// E-mail address, only for a login without a verified one. Visible to the reviewers; no messages are sent to it.
    email: Option<String>,
}

/// Your own application to withdraw.
#[derive(InputObject)]
pub struct MembershipApplicationWithdrawInput {
    /// Id of the application.
    id: Gid<MembershipApplicationId>,
    /// `STALE_VERSION` if the stored version differs.
    expected_version: Option<i32>,
}

/// A person to record, with an employment that has ended. Names and the employee number default to those of the application.
#[derive(InputObject)]
pub struct MembershipApplicationPersonInput {
    /// Family name, or the single name. At most 200 characters.
    family_name: Option<String>,
    /// Given name. At most 200 characters.
    given_name: Option<String>,
    /// Kana reading of the family name. At most 200 characters.
    family_name_kana: Option<String>,
    /// Kana reading of the given name. At most 200 characters.
    given_name_kana: Option<String>,
    /// Former or other name. At most 200 characters.
    other_name: Option<String>,
    /// Employee number. At most 200 characters.
    employee_number: Option<String>,
    /// First day of the employment.
    started_on: NaiveDate,
    /// Last working day. Before today in the company's time zone.
    last_working_day: NaiveDate,
    /// Type of leave. Not `DEATH`.
    leave_type: Option<LeaveType>,
    /// Type of employment. Null: `OTHER`.
    employment_type: Option<EmploymentType>,
    /// Name of the department. Created if the company has no department of that name. At most 200 characters.
    department: Option<String>,
    /// Job title. At most 200 characters.
    position: Option<String>,
}

impl From<MembershipApplicationPersonInput> for NewPerson {
    fn from(input: MembershipApplicationPersonInput) -> Self {
        Self {
            family_name: input.family_name,
            given_name: input.given_name,
            family_name_kana: input.family_name_kana,
            given_name_kana: input.given_name_kana,
            other_name: input.other_name,
            employee_number: input.employee_number,
            started_on: input.started_on,
            last_working_day: input.last_working_day,
            leave_type: input.leave_type,
            employment_type: input.employment_type,
            department: input.department,
            position: input.position,
        }
    }
}

/// An application to approve, either for a known person or as a new person.
#[derive(InputObject)]
pub struct MembershipApplicationApproveInput {
    /// Id of the application.
    id: Gid<MembershipApplicationId>,
    /// `STALE_VERSION` if the stored version differs.
    expected_version: Option<i32>,
    /// Id of the person who applied. The person must have left, have no account and not be a member.
    person_id: Option<Gid<PersonId>>,
    /// Records a new person, unknown to the company so far. Also requires `workers:sync`.
    as_new: Option<MembershipApplicationPersonInput>,
}

/// An application to reject.
#[derive(InputObject)]
pub struct MembershipApplicationRejectInput {
    /// Id of the application.
    id: Gid<MembershipApplicationId>,
    /// `STALE_VERSION` if the stored version differs.
    expected_version: Option<i32>,
    /// Reason for the rejection.
    reason: MembershipApplicationRejection,
    /// Note to the applicant. Visible to the applicant. At most 1,000 characters.
    note: Option<String>,
}

payload!(
    /// Result of `membershipApply`.
    MembershipApplyPayload {
        /// Your application. Null if the input was rejected.
        application: super::types::ViewerMembershipApplication,
    }
);

payload!(
    /// Result of `membershipApplicationWithdraw`.
    MembershipApplicationWithdrawPayload {
        /// Your application, `WITHDRAWN`. Null if the input was rejected.
        application: super::types::ViewerMembershipApplication,
    }
);

payload!(
    /// Result of `membershipApplicationApprove`.
    MembershipApplicationApprovePayload {
        /// The application, `APPROVED`. Null if the input was rejected.
        application: MembershipApplication,
    }
);

payload!(
    /// Result of `membershipApplicationReject`.
    MembershipApplicationRejectPayload {
        /// The application, `REJECTED`. Null if the input was rejected.
        application: MembershipApplication,
    }
);

#[derive(Default)]
pub struct MembershipApplicationsMutation;

#[Object]
impl MembershipApplicationsMutation {
    /// Applies to join the alumni programme of a company without an invitation, if the company accepts applications. The company is that of
    /// your identity provider, or the one named by the header `Alumni-Company`. One pending application at a time; not within 24 hours of a
    /// rejection. Requires a login; an account is not needed.
    async fn membership_apply(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Your statements.")] input: MembershipApplyInput,
    ) -> Result<MembershipApplyPayload> {
        let new = NewApplication {
            family_name: input.family_name,
            given_name: input.given_name,
            family_name_kana: input.family_name_kana,
            given_name_kana: input.given_name_kana,
            other_name: input.other_name,
            employee_number: input.employee_number,
            worked_from: input.worked_from,
            worked_until: input.worked_until,
            department: input.department,
            message: input.message,
            language: input.language,
            email: input.email,
        };
        MembershipApplyPayload::of(actions::apply(scope(ctx)?, new).await)
    }

    /// Withdraws your own application before it is reviewed. Requires the login that applied.
    async fn membership_application_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The application to withdraw.")] input: MembershipApplicationWithdrawInput,
    ) -> Result<MembershipApplicationWithdrawPayload> {
        let done = actions::withdraw(scope(ctx)?, input.id.0, input.expected_version).await;
        MembershipApplicationWithdrawPayload::of(done)
    }

    /// Approves an application: the person becomes `INVITED`, and only the login that applied can join, by `membershipJoin` with its
    /// consents. Sends the link to a verified e-mail address. Check the applicant's identity first: the account gives access to the
    /// person's whole profile. Requires `alumni:write` and `alumni:read`.
    async fn membership_application_approve(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The application and the person.")]
        input: MembershipApplicationApproveInput,
    ) -> Result<MembershipApplicationApprovePayload> {
        let links = ctx
            .data::<Arc<Access>>()
            .map_err(|_| Error::internal("a request without access"))?
            .invitation_links();
        let person = input.person_id.map(|id| id.0);
        let done = match actions::target(person, input.as_new.map(NewPerson::from)) {
            Ok(target) => {
                let expected = input.expected_version;
                actions::approve(scope(ctx)?, links, input.id.0, expected, target).await
            }
            Err(error) => Err(error),
        };
        let done = with_children::<MembershipApplication>(ctx, "application", done).await;
        MembershipApplicationApprovePayload::of(done)
    }

    /// Rejects an application. The reason and the note are visible to the applicant, and sent by e-mail if the address is verified.
    /// Requires `alumni:write` and `alumni:read`.
    async fn membership_application_reject(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The application and the reason.")]
        input: MembershipApplicationRejectInput,
    ) -> Result<MembershipApplicationRejectPayload> {
        let note = input.note.as_deref();
        let done = actions::reject(
            scope(ctx)?,
            input.id.0,
            input.expected_version,
            input.reason,
            note,
        );
        MembershipApplicationRejectPayload::of(done.await)
    }
}
