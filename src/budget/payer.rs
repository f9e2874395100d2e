//! Rate-limit keys.

use std::net::IpAddr;

use entity::{AccountId, ApiKeyId};
use uuid::Uuid;

use super::Budget;

/// A rate-limit key with its budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payer {
    pub(super) who: Who,
    /// Null if no rate limit applies.
    pub(super) budget: Option<Budget>,
}

/// A rate-limit key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Who {
    /// An account, regardless of its tokens.
    Account(AccountId),
    /// A system with an API key.
    Key(ApiKeyId),
    /// Callers without an account at an address. IPv6 addresses are grouped by their /64 network.
    Address(IpAddr),
    /// All callers without an account, if there are too many keys.
    Crowd,
}

impl Who {
    pub fn at(address: IpAddr) -> Self {
        Self::Address(match address.to_canonical() {
            IpAddr::V6(address) => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()),
            address @ IpAddr::V4(_) => address,
        })
    }

    /// Id in the shared table; null if the key is not shared.
    pub fn shared(self) -> Option<Uuid> {
        match self {
            Self::Account(account) => Some(account.0),
            Self::Key(key) => Some(key.0),
            Self::Address(_) | Self::Crowd => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_ipv6_a_network_is_one_and_of_ipv4_an_address() {
        let at = |text: &str| Who::at(text.parse().unwrap());
        assert_eq!(at("2001:db8:1:2:3::4"), at("2001:db8:1:2:ffff::1"));
        assert_ne!(at("2001:db8:1:2::4"), at("2001:db8:1:3::4"));
        assert_ne!(at("192.0.2.1"), at("192.0.2.2"));
        assert_eq!(at("::ffff:192.0.2.1"), at("192.0.2.1"));
    }
}
