//! How mail is sent: the server, the default sender, the page that opens links.

use std::fmt;
use std::sync::Arc;

use lettre::Address;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::extension::ClientId;
use reqwest::Url;
use secrecy::SecretString;

use crate::sealing::Sealer;

/// How the connection to the mail server is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// Not at all.
    None,
    /// By STARTTLS if the server offers it.
    Opportunistic,
    /// By STARTTLS; without it nothing is sent.
    Required,
    /// From the first byte (`smtps://`).
    Implicit,
}

/// A mail server.
#[derive(Clone)]
pub struct SmtpServer {
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Encryption.
    pub tls: Tls,
    /// User name and password; null: no authentication.
    pub credentials: Option<Credentials>,
    /// Name for EHLO; null: the host name of this machine.
    pub hello: Option<ClientId>,
}

impl fmt::Debug for SmtpServer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{} (TLS: {:?})", self.host, self.port, self.tls)
    }
}

/// Reads `smtp://user:password@host:port?tls=required|opportunistic|none` or `smtps://…`. The path, if any, is the name for EHLO.
pub fn parse_smtp_url(text: &str) -> Result<SmtpServer, String> {
    const FORM: &str = "must be `smtp://host`, `smtp://user:password@host:587?tls=required` or `smtps://user:password@host`";
    let url = Url::parse(text).map_err(|_| FORM.to_owned())?;
    let host = url.host_str().filter(|host| !host.is_empty());
    let host = host.ok_or_else(|| FORM.to_owned())?;
    let mut tls = None;
    for (name, value) in url.query_pairs() {
        if name != "tls" {
            return Err(format!(
                "`{name}` is not a parameter; the only one is `tls`"
            ));
        }
        tls = Some(value.into_owned());
    }
    let (tls, port) = match (url.scheme(), tls.as_deref()) {
        ("smtp", None | Some("none")) => (Tls::None, 25),
        ("smtp", Some("opportunistic")) => (Tls::Opportunistic, 587),
        ("smtp", Some("required")) => (Tls::Required, 587),
        ("smtps", None | Some("required")) => (Tls::Implicit, 465),
        ("smtp", Some(other)) => {
            return Err(format!(
                "`tls={other}` must be `tls=required`, `tls=opportunistic` or `tls=none`"
            ));
        }
        ("smtps", Some(_)) => {
            return Err("`smtps://` is always encrypted: leave out `tls`".to_owned());
        }
        _ => return Err(FORM.to_owned()),
    };
    let decoded = |text: &str| {
        let decoded = percent_encoding::percent_decode_str(text).decode_utf8();
        decoded
            .map(std::borrow::Cow::into_owned)
            .map_err(|_| "the user name and the password must be UTF-8".to_owned())
    };
    let credentials = match url.password() {
        Some(password) => Some(Credentials::new(
            decoded(url.username())?,
            decoded(password)?,
        )),
        None if url.username().is_empty() => None,
        None => return Err("has a user name without a password".to_owned()),
    };
    let hello = url.path().trim_matches('/');
    if hello
        .chars()
        .any(|letter| !letter.is_ascii_alphanumeric() && !"-.".contains(letter))
    {
        return Err(format!("`{hello}` must be a host name for EHLO"));
    }
    Ok(SmtpServer {
        host: host.trim_matches(['[', ']']).to_owned(),
        port: url.port().unwrap_or(port),
        tls,
        credentials,
        hello: (!hello.is_empty()).then(|| ClientId::Domain(hello.to_owned())),
    })
}

/// Reads `company=domain`: the slug of a company and a domain of its addresses.
pub fn parse_sender_domain(text: &str) -> Result<(String, String), String> {
    let refused = || {
        format!(
            "`{text}` must read `company=domain`, as `example-corp=example.com`: a company's slug and a domain of its addresses"
        )
    };
    let (company, domain) = text.trim().split_once('=').ok_or_else(refused)?;
    let domain = domain.trim().to_ascii_lowercase();
    let fits = !company.trim().is_empty() && Address::new("office", &domain).is_ok();
    fits.then(|| (company.trim().to_owned(), domain))
        .ok_or_else(refused)
}

/// A page that opens links: https, or http on the local machine, without user name and password.
pub fn parse_portal_url(text: &str) -> Result<Url, String> {
    let refused = || {
        format!(
            "`{text}` must be an https URL, for example `https://alumni.example.com/open`; http only for localhost"
        )
    };
    let url = Url::parse(text).map_err(|_| refused())?;
    let local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let scheme = url.scheme() == "https" || (url.scheme() == "http" && local);
    let plain = url.username().is_empty() && url.password().is_none();
    if scheme && plain && url.has_host() {
        Ok(url)
    } else {
        Err(refused())
    }
}

/// How mail is sent.
#[derive(Clone, Debug, Default)]
pub struct MailSettings {
    /// Connections to the mail server at a time.
    pub connections: usize,
    /// The mail server; null: no mail is sent.
    pub server: Option<SmtpServer>,
    /// Sender of companies without an own one.
    pub from: Option<Mailbox>,
    /// Domains from which a company may send: the company's slug and the domain.
    pub sender_domains: Vec<(String, String)>,
    /// Page that opens the links of companies without an own one.
    pub portal_url: Option<Url>,
    /// Development: without a mail server messages are logged and kept, and clients can read them.
    pub development: bool,
}

impl MailSettings {
    /// Whether messages wait because no mail server is set.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.server.is_none() && !self.development
    }

    /// Whether messages of a company may be sent from an address.
    #[must_use]
    pub fn may_send_from(&self, slug: &str, address: &Address) -> bool {
        self.sender_domains.iter().any(|(company, domain)| {
            company == slug && address.domain().eq_ignore_ascii_case(domain)
        })
    }
}

/// What the process needs to write and send mail. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Mail(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    settings: MailSettings,
    sealer: Sealer,
}

impl Mail {
    /// With the settings, and the service's secret, which seals the secrets of messages.
    #[must_use]
    pub fn new(settings: MailSettings, secret: SecretString) -> Self {
        let sealer = Sealer::new(secret);
        Self(Arc::new(Parts { settings, sealer }))
    }

    /// The same with other settings.
    #[must_use]
    pub fn with(&self, settings: MailSettings) -> Self {
        let sealer = self.0.sealer.clone();
        Self(Arc::new(Parts { settings, sealer }))
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &MailSettings {
        &self.0.settings
    }

    /// What seals the secrets of messages.
    #[must_use]
    pub fn sealer(&self) -> &Sealer {
        &self.0.sealer
    }

    /// The sender of companies without an own one.
    #[must_use]
    pub fn sender(&self) -> Mailbox {
        let unset = || Mailbox::new(None, Address::new_dangerous("alumni-api", "localhost"));
        self.0.settings.from.clone().unwrap_or_else(unset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_smtp_url_names_server_port_encryption_and_login() {
        for (text, shown) in [
            ("smtp://mail.example.com", "mail.example.com:25 (TLS: None)"),
            (
                "smtp://127.0.0.1:2525?tls=none",
                "127.0.0.1:2525 (TLS: None)",
            ),
            ("smtp://[::1]:2525", "::1:2525 (TLS: None)"),
            (
                "smtp://mail.example.com?tls=required",
                "mail.example.com:587 (TLS: Required)",
            ),
            (
                "smtp://mail.example.com?tls=opportunistic",
                "mail.example.com:587 (TLS: Opportunistic)",
            ),
            (
                "smtps://me:p%40ss@mail.example.com",
                "mail.example.com:465 (TLS: Implicit)",
            ),
        ] {
            let server = parse_smtp_url(text).unwrap();
            assert_eq!(format!("{server:?}"), shown);
            assert_eq!(server.credentials.is_some(), text.contains('@'));
        }
        let named = parse_smtp_url("smtp://mail.example.com/alumni.example.com").unwrap();
        assert_eq!(named.hello.unwrap().to_string(), "alumni.example.com");
    }

    #[test]
    fn another_url_is_refused_with_the_accepted_form() {
        for text in [
            "mail.example.com",
            "http://mail.example.com",
            "smtp://",
            "smtp://mail.example.com?tls=yes",
            "smtps://mail.example.com?tls=none",
            "smtp://mail.example.com?ssl=required",
            "smtp://me@mail.example.com",
            "smtp://mail.example.com/a%0D%0Ab",
        ] {
            assert!(parse_smtp_url(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_sender_domain_is_one_of_one_company() {
        let settings = MailSettings {
            sender_domains: vec![parse_sender_domain("aozora = Aozora.example").unwrap()],
            ..MailSettings::default()
        };
        for (slug, address, may) in [
            ("aozora", "office@aozora.example", true),
            ("aozora", "office@AOZORA.example", true),
            ("midori", "office@aozora.example", false),
            ("aozora", "office@mail.aozora.example", false),
            ("aozora", "office@aozora.example.net", false),
        ] {
            let address = address.parse().unwrap();
            assert_eq!(settings.may_send_from(slug, &address), may, "{address}");
        }
        for text in [
            "aozora",
            "aozora=",
            "=aozora.example",
            "aozora=a b",
            "aozora=office@aozora.example",
        ] {
            assert!(parse_sender_domain(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_portal_is_https_or_local() {
        for (text, fits) in [
            ("https://alumni.example.com/open", true),
            ("https://alumni.example.com/?lang=ja", true),
            ("http://localhost:3000/join", true),
            ("http://alumni.example.com/", false),
            ("javascript:alert(1)", false),
            ("https://me:secret@alumni.example.com/", false),
            ("alumni.example.com", false),
        ] {
            assert_eq!(parse_portal_url(text).is_ok(), fits, "{text}");
        }
    }
}
