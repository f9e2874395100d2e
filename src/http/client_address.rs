//! Address of the client: the peer of the connection, or the peer of the first trusted proxy.

use std::net::IpAddr;

use axum::http::{HeaderMap, request::Parts};

/// Peer address of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub IpAddr);

/// Address of the client; null if unknown. Only the entries that trusted proxies add to `X-Forwarded-For` count; those of the client precede them.
pub(super) fn client_address(parts: &Parts, trusted_proxies: usize) -> Option<IpAddr> {
    let peer = parts.extensions.get::<Peer>().map(|peer| peer.0);
    match trusted_proxies.checked_sub(1) {
        None => peer,
        Some(before) => forwarded(&parts.headers, before).or(peer),
    }
}

/// The address at this position from the end.
fn forwarded(headers: &HeaderMap, before: usize) -> Option<IpAddr> {
    let values = headers.get_all("x-forwarded-for").iter().rev();
    let texts = values.map(|value| value.to_str().unwrap_or_default());
    let mut addresses = texts.flat_map(|text| text.rsplit(','));
    let address = addresses.nth(before)?.trim();
    let bare = address.trim_start_matches('[');
    let bare = bare.split(']').next().unwrap_or(bare);
    bare.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_trusted_proxies_added_is_believed() {
        let mut headers = HeaderMap::new();
        for value in ["203.0.113.9, 198.51.100.7", "2001:db8::1 , [2001:db8::2]"] {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let at = |before| forwarded(&headers, before).map(|address| address.to_string());
        assert_eq!(at(0).as_deref(), Some("2001:db8::2"));
        assert_eq!(at(1).as_deref(), Some("2001:db8::1"));
        assert_eq!(at(2).as_deref(), Some("198.51.100.7"));
        assert_eq!(at(4), None);
        headers.append("x-forwarded-for", "unknown".parse().unwrap());
        assert_eq!(forwarded(&headers, 0), None);
    }
}
