//! The messages there are, each with the values it needs.

use chrono::{DateTime, NaiveDate, Utc};
use entity::{DeliveryKind, MembershipApplicationRejection, Role};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

/// A message to queue. A token is stored sealed and is removed once the message is sent or suppressed.
#[derive(Clone, Debug)]
pub enum Message {
    /// An invitation to become an account of the company.
    AccountInvitation {
        /// The roles that the account gets.
        roles: Vec<Role>,
        /// Name of the person who invites; null: the command line.
        invited_by: Option<String>,
        /// When the link ends.
        expires_at: DateTime<Utc>,
        /// The link's token.
        token: SecretString,
    },
    /// An invitation to join the alumni programme.
    MembershipInvitation {
        /// The person's whole name.
        name: String,
        /// When the link ends.
        expires_at: DateTime<Utc>,
        /// The link's token.
        token: SecretString,
    },
    /// A reminder of such an invitation.
    MembershipReminder {
        /// The person's whole name.
        name: String,
        /// When the link ends.
        expires_at: DateTime<Utc>,
        /// The link's token.
        token: SecretString,
    },
    /// A notice that a membership ends soon.
    MembershipExpiring {
        /// The person's whole name.
        name: String,
        /// The last day of the membership.
        last_day: NaiveDate,
    },
    /// A notice that an application to join was approved.
    MembershipApplicationApproved {
        /// The applicant's whole name.
        name: String,
        /// When the link ends.
        expires_at: DateTime<Utc>,
        /// The link's token.
        token: SecretString,
    },
    /// A notice that an application to join was rejected.
    MembershipApplicationRejected {
        /// The applicant's whole name.
        name: String,
        /// Why.
        reason: MembershipApplicationRejection,
        /// The company's note.
        note: Option<String>,
    },
    /// A message that tests the mail settings.
    Test,
}

/// The stored values of a message: everything but the token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameters {
    /// The person's whole name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The roles that the account gets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// Name of the person who invites.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invited_by: Option<String>,
    /// When the link ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// The last day of the membership.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_day: Option<NaiveDate>,
    /// Why an application was rejected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<MembershipApplicationRejection>,
    /// The company's note about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Message {
    /// What it is for.
    #[must_use]
    pub fn kind(&self) -> DeliveryKind {
        match self {
            Self::AccountInvitation { .. } => DeliveryKind::AccountInvitation,
            Self::MembershipInvitation { .. } => DeliveryKind::MembershipInvitation,
            Self::MembershipReminder { .. } => DeliveryKind::MembershipReminder,
            Self::MembershipExpiring { .. } => DeliveryKind::MembershipExpiring,
            Self::MembershipApplicationApproved { .. } => {
                DeliveryKind::MembershipApplicationApproved
            }
            Self::MembershipApplicationRejected { .. } => {
                DeliveryKind::MembershipApplicationRejected
            }
            Self::Test => DeliveryKind::Test,
        }
    }

    /// The stored values, and the token.
    #[must_use]
    pub fn split(self) -> (Parameters, Option<SecretString>) {
        let none = Parameters::default();
        match self {
            Self::AccountInvitation {
                roles,
                invited_by,
                expires_at,
                token,
            } => (
                Parameters {
                    roles,
                    invited_by,
                    expires_at: Some(expires_at),
                    ..none
                },
                Some(token),
            ),
            Self::MembershipInvitation {
                name,
                expires_at,
                token,
            }
            | Self::MembershipReminder {
                name,
                expires_at,
                token,
            }
            | Self::MembershipApplicationApproved {
                name,
                expires_at,
                token,
            } => (
                Parameters {
                    name: Some(name),
                    expires_at: Some(expires_at),
                    ..none
                },
                Some(token),
            ),
            Self::MembershipExpiring { name, last_day } => (
                Parameters {
                    name: Some(name),
                    last_day: Some(last_day),
                    ..none
                },
                None,
            ),
            Self::MembershipApplicationRejected { name, reason, note } => (
                Parameters {
                    name: Some(name),
                    reason: Some(reason),
                    note,
                    ..none
                },
                None,
            ),
            Self::Test => (none, None),
        }
    }
}

/// The bytes of a token, to be sealed.
#[must_use]
pub fn token_bytes(token: &SecretString) -> Vec<u8> {
    token.expose_secret().as_bytes().to_vec()
}
