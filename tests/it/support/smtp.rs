//! A mail server for tests: it speaks SMTP over TCP, and fails in the way a test asks for.

use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// What the server does with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    Accept,
    /// 450 to each recipient.
    Defer,
    /// 550 to each recipient that contains the text.
    RefuseRecipient(&'static str),
    /// Reads the message and closes the connection without an answer.
    DropInData,
    /// Reads the message and never answers.
    HangInData,
    /// 421 instead of a greeting.
    Closing,
    /// 535 to each login.
    RefuseLogin,
    /// Accepts so many messages over one connection, then answers 421.
    FewPerConnection(u32),
}

/// A message that the server accepted, or read and did not answer.
#[derive(Clone, Debug)]
pub struct Received {
    pub from: String,
    pub to: Vec<String>,
    pub text: String,
    pub accepted: bool,
}

impl Received {
    /// The value of a header, unfolded.
    pub fn header(&self, name: &str) -> String {
        let head = self.text.split("\r\n\r\n").next().unwrap();
        let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
        let prefix = format!("{}:", name.to_lowercase());
        let line = head
            .split("\r\n")
            .find(|line| line.to_lowercase().starts_with(&prefix));
        let line = line.unwrap_or_else(|| panic!("no {name} in {head}"));
        line[prefix.len()..].trim().to_owned()
    }

    /// How many header lines have the name.
    pub fn headers(&self, name: &str) -> usize {
        let head = self.text.split("\r\n\r\n").next().unwrap();
        let prefix = format!("{}:", name.to_lowercase());
        let lines = head.split("\r\n");
        lines
            .filter(|line| line.to_lowercase().starts_with(&prefix))
            .count()
    }

    /// The decoded parts: plain text, HTML.
    pub fn parts(&self) -> [String; 2] {
        let kind = self.header("Content-Type");
        let boundary = kind.split("boundary=\"").nth(1).unwrap();
        let boundary = boundary.split('"').next().unwrap();
        let boundary = format!("--{boundary}");
        let parts = self.text.split(&boundary).skip(1).take(2);
        let decoded: Vec<String> = parts
            .map(|part| {
                let (head, body) = part.trim_start().split_once("\r\n\r\n").unwrap();
                decode(head, body)
            })
            .collect();
        decoded.try_into().unwrap()
    }
}

fn decode(head: &str, body: &str) -> String {
    let head = head.to_lowercase();
    let bytes = if head.contains("base64") {
        let text: String = body.split_whitespace().collect();
        BASE64_STANDARD.decode(text).unwrap()
    } else if head.contains("quoted-printable") {
        let body = body.replace("=\r\n", "");
        let mut bytes = Vec::new();
        let mut rest = body.as_bytes();
        while let Some((first, after)) = rest.split_first() {
            if *first == b'=' && after.len() >= 2 {
                let digits = str::from_utf8(&after[..2]).unwrap();
                bytes.push(u8::from_str_radix(digits, 16).unwrap());
                rest = &after[2..];
            } else {
                bytes.push(*first);
                rest = after;
            }
        }
        bytes
    } else {
        body.as_bytes().to_vec()
    };
    String::from_utf8(bytes).unwrap()
}

/// The server. It ends with the test.
pub struct SmtpServer {
    port: u16,
    state: Arc<State>,
    task: JoinHandle<()>,
}

struct State {
    mode: Mutex<Mode>,
    received: Mutex<Vec<Received>>,
    connections: Mutex<u32>,
    news: Notify,
}

impl SmtpServer {
    pub async fn start(mode: Mode) -> Self {
        Self::start_at(0, mode).await
    }

    /// On a port, where another one stopped.
    pub async fn start_at(port: u16, mode: Mode) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State {
            mode: Mutex::new(mode),
            received: Mutex::default(),
            connections: Mutex::new(0),
            news: Notify::new(),
        });
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            let mut open = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                *shared.connections.lock().unwrap() += 1;
                open.spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Self { port, state, task }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    pub fn set(&self, mode: Mode) {
        *self.state.mode.lock().unwrap() = mode;
    }

    /// What was accepted, in its order.
    pub fn accepted(&self) -> Vec<Received> {
        let received = self.state.received.lock().unwrap();
        let accepted = received.iter().filter(|message| message.accepted);
        accepted.cloned().collect()
    }

    /// What was read, whether or not it was answered.
    pub fn read(&self) -> Vec<Received> {
        self.state.received.lock().unwrap().clone()
    }

    pub fn connections(&self) -> u32 {
        *self.state.connections.lock().unwrap()
    }

    /// Waits until so many messages were read.
    pub async fn until_read(&self, count: usize) {
        loop {
            let news = self.state.news.notified();
            if self.read().len() >= count {
                return;
            }
            news.await;
        }
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(stream: TcpStream, state: Arc<State>) {
    let mut stream = BufReader::new(stream);
    session(&mut stream, &state).await.ok();
}

async fn session(stream: &mut BufReader<TcpStream>, state: &State) -> std::io::Result<()> {
    let mode = || state.mode.lock().unwrap().clone();
    if mode() == Mode::Closing {
        return say(stream, "421 4.3.2 closing").await;
    }
    say(stream, "220 tests ESMTP").await?;
    let (mut from, mut to, mut sent) = (String::new(), Vec::new(), 0);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let line = line.trim_end();
        let command = line.to_uppercase();
        if command.starts_with("EHLO") {
            say(stream, "250-tests\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN").await?;
        } else if command.starts_with("AUTH") {
            match mode() {
                Mode::RefuseLogin => say(stream, "535 5.7.8 wrong password").await?,
                _ => say(stream, "235 ok").await?,
            }
        } else if command.starts_with("MAIL FROM:") {
            if matches!(mode(), Mode::FewPerConnection(most) if sent >= most) {
                return say(stream, "421 4.7.0 too many messages").await;
            }
            from = inside(line);
            to.clear();
            say(stream, "250 ok").await?;
        } else if command.starts_with("RCPT TO:") {
            let address = inside(line);
            match mode() {
                Mode::Defer => {
                    say(stream, &format!("450 4.2.0 <{address}>: try again later")).await?;
                }
                Mode::RefuseRecipient(text) if address.contains(text) => {
                    say(stream, &format!("550 5.1.1 <{address}>: no such user")).await?;
                }
                _ => {
                    to.push(address);
                    say(stream, "250 ok").await?;
                }
            }
        } else if command == "DATA" {
            say(stream, "354 go on").await?;
            let text = data(stream).await?;
            let accepted = !matches!(mode(), Mode::DropInData | Mode::HangInData);
            state.received.lock().unwrap().push(Received {
                from: from.clone(),
                to: to.clone(),
                text,
                accepted,
            });
            state.news.notify_waiters();
            match mode() {
                Mode::DropInData => return Ok(()),
                Mode::HangInData => std::future::pending::<()>().await,
                _ => say(stream, "250 2.0.0 queued as 1").await?,
            }
            sent += 1;
        } else if command == "QUIT" {
            return say(stream, "221 bye").await;
        } else {
            say(stream, "250 ok").await?;
        }
    }
}

fn inside(line: &str) -> String {
    let begin = line.find('<').map_or(0, |at| at + 1);
    let end = line.rfind('>').unwrap_or(line.len());
    line[begin..end].to_owned()
}

async fn data(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut text = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 || line == ".\r\n" {
            return Ok(text);
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

async fn say(stream: &mut BufReader<TcpStream>, line: &str) -> std::io::Result<()> {
    let stream = stream.get_mut();
    stream.write_all(format!("{line}\r\n").as_bytes()).await?;
    stream.flush().await
}
