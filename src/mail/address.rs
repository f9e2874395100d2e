//! E-mail addresses, including those that are in use although the grammar of RFC 5321 asks for quotes: `a..b@docomo.ne.jp` and `a.@docomo.ne.jp`.

use lettre::Address;
use lettre::message::Mailbox;

/// Longest address, in bytes (RFC 5321, 4.5.3.1.3).
const LONGEST: usize = 254;
/// Longest local part, in bytes, without quotes.
const LONGEST_LOCAL: usize = 64;

/// An address as a mail server takes it, with a quoted local part if it needs one; null if it is not an address.
#[must_use]
pub fn parse(text: &str) -> Option<Address> {
    let text = text.trim();
    if text.len() > LONGEST
        || text
            .chars()
            .any(|letter| letter.is_control() || letter == ' ')
    {
        return None;
    }
    let (local, domain) = text.rsplit_once('@')?;
    let quoted = local
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let bare = quoted.unwrap_or(local);
    if bare.is_empty() || bare.len() > LONGEST_LOCAL {
        return None;
    }
    if let Ok(address) = Address::new(bare, domain) {
        return Some(address);
    }
    // dots in a place that only a quoted local part allows; nothing else is quoted
    let dotted = bare.chars().all(|letter| letter == '.' || is_atom(letter));
    if !dotted || bare.chars().all(|letter| letter == '.') {
        return None;
    }
    let domain = Address::new("a", domain).ok()?;
    let quoted = format!("\"{bare}\"");
    Some(Address::new_dangerous(quoted, domain.domain()))
}

/// A letter of an atom (RFC 5322, 3.2.3) or beyond ASCII (RFC 6531).
fn is_atom(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(letter) || !letter.is_ascii()
}

/// A sender: `alumni@example.com` or `Alumni Team <alumni@example.com>`.
pub fn parse_sender(text: &str) -> Result<Mailbox, String> {
    let refused =
        || format!("`{text}` must be `address@example.com` or `Name <address@example.com>`");
    if text.chars().any(char::is_control) {
        return Err(refused());
    }
    let (name, address) = match text
        .trim()
        .strip_suffix('>')
        .and_then(|rest| rest.rsplit_once('<'))
    {
        Some((name, address)) => (name.trim().trim_matches('"'), address),
        None => ("", text.trim()),
    };
    let address = parse(address).ok_or_else(refused)?;
    let name = (!name.is_empty()).then(|| name.to_owned());
    Ok(Mailbox::new(name, address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misplaced_dots_are_quoted_and_other_addresses_are_kept() {
        for (text, sent) in [
            ("taro@example.com", "taro@example.com"),
            (" taro@example.com ", "taro@example.com"),
            ("a..b@docomo.ne.jp", "\"a..b\"@docomo.ne.jp"),
            ("a.@docomo.ne.jp", "\"a.\"@docomo.ne.jp"),
            (".a@docomo.ne.jp", "\".a\"@docomo.ne.jp"),
            ("\"a..b\"@docomo.ne.jp", "\"a..b\"@docomo.ne.jp"),
            ("o'neil+alumni@example.ie", "o'neil+alumni@example.ie"),
        ] {
            assert_eq!(parse(text).unwrap().to_string(), sent);
        }
    }

    #[test]
    fn what_could_end_a_header_or_a_command_is_not_an_address() {
        for text in [
            "",
            "taro",
            "@example.com",
            "taro@",
            "..@example.com",
            "a b@example.com",
            "a@b@example.com",
            "a,b@example.com",
            "taro@example.com>\r\nRCPT TO:<eve@example.com",
            "taro@example.com\r\nBcc: eve@example.com",
            "taro\u{0}@example.com",
            "\"a\r\nb\"@example.com",
            "a>..<b@example.com",
            "taro@exa mple.com",
        ] {
            assert_eq!(parse(text), None, "{text:?}");
        }
        let long = format!("{}@example.com", "a".repeat(65));
        assert_eq!(parse(&long), None);
    }

    #[test]
    fn a_sender_may_have_a_name() {
        let named = parse_sender("Alumni Team <alumni@example.com>").unwrap();
        assert_eq!(named.name.as_deref(), Some("Alumni Team"));
        assert_eq!(named.email.to_string(), "alumni@example.com");
        let plain = parse_sender("alumni@example.com").unwrap();
        assert_eq!(plain.name, None);
        assert!(parse_sender("Alumni\r\nBcc: a@example.com <alumni@example.com>").is_err());
    }
}
