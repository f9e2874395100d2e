//! Ids: a UUIDv7 in the table, a type of its own in Rust, a `TypeID` for people and clients.
//! The text form follows the TypeID specification 0.3: prefix, underscore, 26 characters of Crockford's base 32.

use std::fmt;

use sea_orm::{DbErr, DeriveValueType, TryFromU64};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What every id can do, whichever table it points into.
pub trait Id: Copy + Eq + std::hash::Hash + fmt::Display + Send + Sync + 'static {
    /// What the text form begins with, before the underscore.
    const PREFIX: &'static str;
    /// The id of this kind with the given bits.
    fn of(uuid: Uuid) -> Self;
    /// The bits.
    fn uuid(self) -> Uuid;
    /// Reads the text form; null for another prefix or a text that is no `TypeID`.
    fn parse(text: &str) -> Option<Self> {
        let suffix = text.strip_prefix(Self::PREFIX)?.strip_prefix('_')?;
        decode(suffix).map(Self::of)
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, DeriveValueType)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl Id for $name {
            const PREFIX: &'static str = $prefix;
            fn of(uuid: Uuid) -> Self {
                Self(uuid)
            }
            fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                let digits = encode(self.0);
                out.write_str(concat!($prefix, "_"))?;
                out.write_str(str::from_utf8(&digits).map_err(|_| fmt::Error)?)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, out)
            }
        }

        impl TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, DbErr> {
                Err(DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    )* };
}

ids! {
    /// One reading of one person.
    AccessLogEntryId = "access";
    /// A login: an issuer's subject, mapped to a company, a person and roles.
    AccountId = "account";
    /// A key an HR system carries.
    ApiKeyId = "apikey";
    /// Somebody outside is asked whether they want to be recommended.
    CandidateInvitationId = "invitation";
    /// The tenant.
    CompanyId = "company";
    /// What a person asks about the data held of them.
    DataRequestId = "datarequest";
    /// One entry of the consent ledger.
    ConsentId = "consent";
    /// One message to one recipient.
    DeliveryId = "delivery";
    /// A department of a company.
    DepartmentId = "department";
    /// One stint of a person at the company.
    EmploymentId = "employment";
    /// Something the programme holds for people.
    EngagementEventId = "event";
    /// A one-time link by which a login becomes an account or a person joins.
    InvitationId = "invite";
    /// An alumnus's standing in the programme.
    MembershipId = "membership";
    /// What a change is about, whatever that is.
    SubjectId = "subject";
    /// What an operator did to a company as a whole.
    OperatorActId = "act";
    /// A notice that a company published.
    NoticeId = "notice";
    /// What somebody without an invitation states to join a company's programme.
    MembershipApplicationId = "membershipapplication";
    /// What the company offers.
    OpportunityId = "opportunity";
    /// One person's answer to one engagement event.
    ParticipationId = "participation";
    /// Someone known to a company.
    PersonId = "person";
    /// A recommendation of a candidate for a position.
    ReferralId = "referral";
    /// One step of a referral's way.
    ReferralStepId = "step";
    /// A skill as a company names it.
    SkillId = "skill";
    /// One run of an HR system.
    SyncRunId = "syncrun";
    /// The result of one row of a sync run.
    SyncRunResultId = "syncrunresult";
    /// An issuer whose tokens a company accepts.
    IdentityProviderId = "identityprovider";
}

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

fn encode(uuid: Uuid) -> [u8; 26] {
    let bits = uuid.as_u128();
    let mut digits = [0; 26];
    for (digit, place) in digits.iter_mut().zip((0..26u32).rev()) {
        let [low, ..] = (bits >> (place * 5)).to_le_bytes();
        *digit = ALPHABET[usize::from(low & 31)];
    }
    digits
}

fn decode(text: &str) -> Option<Uuid> {
    // 26 digits hold 130 bits, so the first one may not pass 7
    if text.len() != 26 || text.as_bytes()[0] > b'7' {
        return None;
    }
    text.bytes()
        .try_fold(0u128, |bits, byte| {
            let digit = ALPHABET.iter().position(|letter| *letter == byte)?;
            Some((bits << 5) | digit as u128)
        })
        .map(Uuid::from_u128)
}

impl From<Uuid> for SubjectId {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form_is_the_specifications_own_example() {
        let uuid: Uuid = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        assert_eq!(
            PersonId(uuid).to_string(),
            "person_01h455vb4pex5vsknk084sn02q"
        );
        assert_eq!(
            PersonId::parse("person_01h455vb4pex5vsknk084sn02q"),
            Some(PersonId(uuid))
        );
    }

    #[test]
    fn another_kinds_id_and_a_damaged_one_are_refused() {
        for text in [
            "event_01h455vb4pex5vsknk084sn02q",
            "person_81h455vb4pex5vsknk084sn02q",
            "person_01h455vb4pex5vsknk084sn02",
            "person_01H455VB4PEX5VSKNK084SN02Q",
            "person",
            "",
        ] {
            assert_eq!(PersonId::parse(text), None, "{text}");
        }
    }
}
