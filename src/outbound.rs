//! Requests to addresses that a tenant chose: key sets of identity providers, and later webhooks. The host is checked when it is an
//! address, and every address that a name resolves to is checked; the connection is made to a checked address and to no other.
//! Redirects and proxies are not followed, and the size and the time of a response are limited.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ACCEPT, HeaderMap};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};

/// Which addresses may be reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Network {
    /// Public addresses, over https.
    #[default]
    Public,
    /// Loopback addresses as well, also over http: for development.
    PublicOrLoopback,
    /// Addresses of private networks as well: for addresses that the operator of the service wrote into its configuration.
    PublicOrPrivate,
}

/// Why an address is refused before anything is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressRefusal {
    /// The scheme is another one.
    #[error("must begin with `https://`")]
    NotHttps,
    /// The address has a user name or a password.
    #[error("must not contain a user name or a password")]
    Credentials,
    /// There is no host.
    #[error("must name a host, as `https://login.example.com/`")]
    NoHost,
    /// The host is an address that is not public.
    #[error("must not be an address of a private, local or reserved network")]
    NotPublic,
}

/// Why a request brought no document. The text is fixed: it tells nothing about hosts inside the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutboundError {
    /// The address is refused.
    #[error("The address is not allowed.")]
    Address(#[from] AddressRefusal),
    /// No connection, no TLS, no such name, or a name of an address that is not public: all of them look the same.
    #[error("The address cannot be reached, or it is not allowed.")]
    Unreachable,
    /// The response took too long.
    #[error("The server took too long.")]
    TooSlow,
    /// The response is a redirect.
    #[error("The server answered with a redirect, which is not followed.")]
    Redirect,
    /// The response has another status than 200.
    #[error("The server answered with a status other than 200.")]
    Status(StatusCode),
    /// The response is too large.
    #[error("The answer of the server is too large.")]
    TooLarge,
}

impl Network {
    fn loopback(self) -> bool {
        self != Self::Public
    }

    /// Whether an address may be reached.
    #[must_use]
    pub fn allows(self, address: IpAddr) -> bool {
        let private = match address {
            IpAddr::V4(address) => address.is_private(),
            IpAddr::V6(address) => address.is_unique_local(),
        };
        is_public(address)
            || (self.loopback() && address.is_loopback())
            || (self == Self::PublicOrPrivate && private)
    }

    /// Checks an address before anything is sent to it. A name is not resolved here; see [`OutboundClient::get`].
    pub fn check(self, url: &Url) -> Result<(), AddressRefusal> {
        let https = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(AddressRefusal::NotHttps),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressRefusal::Credentials);
        }
        let host = url.host_str().unwrap_or_default();
        if host.is_empty() {
            return Err(AddressRefusal::NoHost);
        }
        // the parser has brought every way to write an IPv4 address into the usual form
        let address = host.trim_start_matches('[').trim_end_matches(']');
        let local = match address.parse::<IpAddr>() {
            Ok(address) if !self.allows(address) => return Err(AddressRefusal::NotPublic),
            Ok(address) => address.is_loopback(),
            Err(_) => host == "localhost",
        };
        if https || (local && self.loopback()) {
            Ok(())
        } else {
            Err(AddressRefusal::NotHttps)
        }
    }
}

/// Whether an address is assigned to a host of the public internet (IANA's special-purpose registries say which are not).
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    /// First address and length of the prefix.
    const RESERVED: [([u8; 4], u32); 17] = [
        ([0, 0, 0, 0], 8),
        ([10, 0, 0, 0], 8),
        // shared by carriers; one cloud's metadata
        ([100, 64, 0, 0], 10),
        ([127, 0, 0, 0], 8),
        // metadata of most clouds
        ([169, 254, 0, 0], 16),
        ([172, 16, 0, 0], 12),
        ([192, 0, 0, 0], 24),
        ([192, 0, 2, 0], 24),
        ([192, 31, 196, 0], 24),
        ([192, 52, 193, 0], 24),
        // relays of 6to4
        ([192, 88, 99, 0], 24),
        ([192, 168, 0, 0], 16),
        ([198, 18, 0, 0], 15),
        ([198, 51, 100, 0], 24),
        ([203, 0, 113, 0], 24),
        // metadata of one cloud, in a public range
        ([168, 63, 129, 16], 32),
        // multicast, reserved, broadcast
        ([224, 0, 0, 0], 3),
    ];
    let bits = u32::from(address);
    !RESERVED.iter().any(|(first, length)| {
        let first = u32::from_be_bytes(*first);
        (bits ^ first) >> (32 - length) == 0
    })
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    /// First two groups and length of the prefix, of what is reserved within `2000::/3`.
    const RESERVED: [([u16; 2], u32); 4] = [
        // protocol assignments: Teredo, benchmarks, identifiers
        ([0x2001, 0x0000], 23),
        ([0x2001, 0x0db8], 32),
        // 6to4, which holds an IPv4 address
        ([0x2002, 0x0000], 16),
        ([0x3fff, 0x0000], 20),
    ];
    let groups = address.segments();
    let bits = (u32::from(groups[0]) << 16) | u32::from(groups[1]);
    // everything else is loopback, mapped, compatible, NAT64, local, multicast, or not assigned
    let global_unicast = bits >> 29 == 1;
    global_unicast
        && !RESERVED.iter().any(|(first, length)| {
            let first = (u32::from(first[0]) << 16) | u32::from(first[1]);
            (bits ^ first) >> (32 - length) == 0
        })
}

/// Resolves names. Tests have one of their own.
pub trait Lookup: fmt::Debug + Send + Sync {
    /// The addresses of a name.
    fn lookup(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>>;
}

/// Resolves names as the machine does.
#[derive(Debug)]
struct SystemLookup;

impl Lookup for SystemLookup {
    fn lookup(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        async move {
            let found = tokio::net::lookup_host((host, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        }
        .boxed()
    }
}

/// Resolves a name once, and hands its addresses on only if all of them are allowed.
#[derive(Debug)]
struct CheckedResolver {
    network: Network,
    lookup: Arc<dyn Lookup>,
}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let network = self.network;
        let found = self.lookup.lookup(name.as_str().to_owned());
        async move {
            let found = found.await?;
            if found.is_empty() || !found.iter().all(|address| network.allows(*address)) {
                return Err(Box::from("not an allowed address"));
            }
            let addresses = found.into_iter().map(|address| SocketAddr::new(address, 0));
            Ok(Box::new(addresses) as Addrs)
        }
        .boxed()
    }
}

/// A document that was read.
#[derive(Debug)]
pub struct Document {
    /// The headers of the response.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

/// Sends requests to allowed addresses. Cheap to clone.
#[derive(Clone, Debug)]
pub struct OutboundClient {
    network: Network,
    client: Client,
}

impl OutboundClient {
    /// A client that gives up a request after `timeout`.
    pub fn new(network: Network, timeout: Duration) -> reqwest::Result<Self> {
        Self::with_lookup(network, timeout, Arc::new(SystemLookup))
    }

    /// The same, which resolves names by `lookup`.
    pub fn with_lookup(
        network: Network,
        timeout: Duration,
        lookup: Arc<dyn Lookup>,
    ) -> reqwest::Result<Self> {
        let client = Client::builder()
            .user_agent(concat!("alumni-api/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .no_proxy()
            // each request resolves and checks its host again
            .pool_max_idle_per_host(0)
            .dns_resolver(Arc::new(CheckedResolver { network, lookup }))
            .connect_timeout(timeout)
            .timeout(timeout)
            .build()?;
        Ok(Self { network, client })
    }

    /// Which addresses may be reached.
    #[must_use]
    pub fn network(&self) -> Network {
        self.network
    }

    /// Reads a document of at most `largest` bytes.
    pub async fn get(
        &self,
        url: &Url,
        accept: &'static str,
        largest: usize,
    ) -> Result<Document, OutboundError> {
        self.network.check(url)?;
        let request = self.client.get(url.clone()).header(ACCEPT, accept);
        let mut response = request.send().await.map_err(failed)?;
        match response.status() {
            StatusCode::OK => {}
            status if status.is_redirection() => return Err(OutboundError::Redirect),
            status => return Err(OutboundError::Status(status)),
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > largest {
                return Err(OutboundError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        let headers = std::mem::take(response.headers_mut());
        Ok(Document { headers, body })
    }
}

/// A name of an address that is not allowed is refused at once, so that only allowed servers can be too slow.
fn failed(error: reqwest::Error) -> OutboundError {
    if error.is_timeout() {
        OutboundError::TooSlow
    } else {
        OutboundError::Unreachable
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    const PATIENT: Duration = Duration::from_secs(5);

    /// Answers each look-up with the next of its answers, and the last one from then on.
    #[derive(Debug)]
    struct Scripted(Mutex<Vec<Vec<IpAddr>>>);

    impl Scripted {
        fn new(answers: &[&[&str]]) -> Arc<Self> {
            let answer = |answer: &&[&str]| answer.iter().map(|ip| ip.parse().unwrap()).collect();
            let mut answers: Vec<Vec<IpAddr>> = answers.iter().map(answer).collect();
            answers.reverse();
            Arc::new(Self(Mutex::new(answers)))
        }

        fn left(&self) -> usize {
            self.0.lock().unwrap().len()
        }
    }

    impl Lookup for Scripted {
        fn lookup(&self, _: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
            let mut answers = self.0.lock().unwrap();
            let next = answers.pop().unwrap_or_default();
            async move { Ok(next) }.boxed()
        }
    }

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    /// A server that counts its connections and answers each with a text.
    async fn server(answer: &'static str) -> (u16, Arc<Mutex<usize>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(Mutex::new(0));
        let counted = Arc::clone(&connections);
        tokio::spawn(async move {
            while let Ok((mut connection, _)) = listener.accept().await {
                *counted.lock().unwrap() += 1;
                let mut request = [0; 4_096];
                let _ = connection.read(&mut request).await;
                let _ = connection.write_all(answer.as_bytes()).await;
            }
        });
        (port, connections)
    }

    #[test]
    fn an_address_of_a_private_local_or_reserved_network_is_refused() {
        for literal in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.8.8.8",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "168.63.129.16",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            // other ways to write them
            "2130706433",
            "0x7f000001",
            "0177.0.0.1",
            "127.1",
            "[::]",
            "[::1]",
            "[::127.0.0.1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:8.8.8.8]",
            "[::ffff:a9fe:a9fe]",
            "[64:ff9b::7f00:1]",
            "[64:ff9b:1::7f00:1]",
            "[100::1]",
            "[2001::1]",
            "[2001:2::1]",
            "[2001:20::1]",
            "[2001:db8::1]",
            "[2002:7f00:1::]",
            "[3fff::1]",
            "[5f00::1]",
            "[fc00::1]",
            "[fd00:ec2::254]",
            "[fe80::1]",
            "[fec0::1]",
            "[ff02::1]",
        ] {
            let address = url(&format!("https://{literal}/keys"));
            assert_eq!(
                Network::Public.check(&address),
                Err(AddressRefusal::NotPublic),
                "{literal}"
            );
        }
        for literal in [
            "8.8.8.8",
            "100.128.0.1",
            "172.32.0.1",
            "223.255.255.255",
            "[2606:4700::1]",
            "[2001:4860:4860::8888]",
        ] {
            let address = url(&format!("https://{literal}:8443/keys"));
            assert_eq!(Network::Public.check(&address), Ok(()), "{literal}");
        }
    }

    #[test]
    fn http_is_for_loopback_in_development_alone() {
        for local in [
            "http://127.0.0.1:9/",
            "http://[::1]:9/",
            "http://localhost:9/",
        ] {
            assert_eq!(Network::PublicOrLoopback.check(&url(local)), Ok(()));
            assert!(Network::Public.check(&url(local)).is_err());
        }
        for (address, refusal) in [
            ("http://login.example.com/", AddressRefusal::NotHttps),
            (
                "http://localhost.login.example.com/",
                AddressRefusal::NotHttps,
            ),
            ("http://8.8.8.8/", AddressRefusal::NotHttps),
            ("http://10.0.0.1/", AddressRefusal::NotPublic),
            ("ftp://login.example.com/", AddressRefusal::NotHttps),
            ("file:///etc/passwd", AddressRefusal::NotHttps),
            (
                "https://user@login.example.com/",
                AddressRefusal::Credentials,
            ),
            (
                "https://:secret@login.example.com/",
                AddressRefusal::Credentials,
            ),
        ] {
            assert_eq!(
                Network::PublicOrLoopback.check(&url(address)),
                Err(refusal),
                "{address}"
            );
        }
        assert_eq!(
            Network::PublicOrPrivate.check(&url("https://10.0.0.1/")),
            Ok(())
        );
        assert_eq!(
            Network::PublicOrPrivate.check(&url("https://169.254.169.254/")),
            Err(AddressRefusal::NotPublic)
        );
    }

    #[tokio::test]
    async fn a_name_of_an_address_that_is_not_public_gets_no_connection() {
        let (port, connections) = server("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
        let keys = url(&format!("https://login.example.com:{port}/keys"));
        for answer in [
            &["127.0.0.1"][..],
            // one public address does not make the other one allowed
            &["8.8.8.8", "127.0.0.1"],
            &["::1"],
            &["::ffff:127.0.0.1"],
            &["169.254.169.254"],
            &[],
        ] {
            let lookup = Scripted::new(&[answer]);
            let client = OutboundClient::with_lookup(Network::Public, PATIENT, lookup).unwrap();
            let read = client.get(&keys, "application/json", 1_000).await;
            assert_eq!(read.unwrap_err(), OutboundError::Unreachable, "{answer:?}");
        }
        assert_eq!(*connections.lock().unwrap(), 0);
    }

    #[tokio::test]
    async fn the_address_that_was_checked_is_the_one_that_is_connected_to() {
        let (port, connections) = server("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
        // the second answer is what a rebinding server says once the first was checked
        let lookup = Scripted::new(&[&["192.0.2.1"], &["127.0.0.1"]]);
        let client =
            OutboundClient::with_lookup(Network::PublicOrLoopback, PATIENT, lookup.clone())
                .unwrap();
        let keys = url(&format!("http://localhost:{port}/keys"));
        let read = client.get(&keys, "application/json", 1_000).await;
        assert_eq!(read.unwrap_err(), OutboundError::Unreachable);
        assert_eq!((lookup.left(), *connections.lock().unwrap()), (1, 0));
        let read = client.get(&keys, "application/json", 1_000).await;
        assert_eq!(read.unwrap().body, b"{}");
        assert_eq!((lookup.left(), *connections.lock().unwrap()), (0, 1));
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed_and_a_status_is_no_document() {
        let (inside, connections) = server("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
        let redirect = format!(
            "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:{inside}/\r\ncontent-length: 0\r\n\r\n"
        );
        let (port, _) = server(redirect.leak()).await;
        let client = OutboundClient::new(Network::PublicOrLoopback, PATIENT).unwrap();
        let read = |port: u16| {
            let (client, keys) = (client.clone(), url(&format!("http://127.0.0.1:{port}/")));
            async move {
                client
                    .get(&keys, "application/json", 1_000)
                    .await
                    .unwrap_err()
            }
        };
        assert_eq!(read(port).await, OutboundError::Redirect);
        assert_eq!(*connections.lock().unwrap(), 0);
        let (port, _) = server("HTTP/1.1 404 Not Found\r\ncontent-length: 6\r\n\r\nsecret").await;
        let refused = read(port).await;
        assert_eq!(refused, OutboundError::Status(StatusCode::NOT_FOUND));
        assert!(!refused.to_string().contains("secret"));
    }

    #[tokio::test]
    async fn a_large_document_and_a_silent_server_are_given_up() {
        let large = format!(
            "HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n{}",
            " ".repeat(1_001)
        );
        let (port, _) = server(large.leak()).await;
        let client = OutboundClient::new(Network::PublicOrLoopback, PATIENT).unwrap();
        let keys = url(&format!("http://127.0.0.1:{port}/"));
        let read = client.get(&keys, "application/json", 1_000).await;
        assert_eq!(read.unwrap_err(), OutboundError::TooLarge);
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let keys = url(&format!("http://{}/", silent.local_addr().unwrap()));
        let client =
            OutboundClient::new(Network::PublicOrLoopback, Duration::from_millis(50)).unwrap();
        let read = client.get(&keys, "application/json", 1_000).await;
        assert_eq!(read.unwrap_err(), OutboundError::TooSlow);
    }
}
