//! What is done to applications to join: the applicant applies and withdraws, HR approves or rejects, a job deletes. Each in one transaction.

mod apply;
mod delete;
mod review;

use entity::{SubjectKind, membership_application};

pub use self::apply::{NewApplication, apply, withdraw};
pub use self::delete::{delete_of, delete_old};
pub use self::review::{NewPerson, approve, reject, target};
use crate::error::{Error, Refusal, UserErrorCode};
use crate::outbox::Change;

fn change(row: &membership_application::Model, kind: &'static str) -> Change {
    Change {
        company: row.company_id,
        kind,
        subject: SubjectKind::MembershipApplication,
        id: row.id.0,
        person: row.person_id,
        fields: vec![],
    }
}

fn refused(field: &str, why: impl Into<String>) -> Error {
    Refusal::new(UserErrorCode::Refused, field, why).into()
}
