//! What an identity provider may be, and what its tokens mean. Pure decisions.

mod claims;
mod definition;

pub use self::claims::{Mapped, authorized_party, mapped, printable};
pub use self::definition::{
    ClaimMapping, Definition, KeyPlace, check, differ_by_slash, grantable, overlap,
};
