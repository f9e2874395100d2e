//! Reads a document's text before the parser does. Counting tokens and brackets here keeps a huge or deeply bracketed document from
//! ever being parsed. It also sees what parsing loses (an input object that names a field twice) or lets through (U+0000, which one of the
//! databases cannot store; empty brackets behind an operation's name; a fragment that is named `on`), and finds the escapes the parser cannot
//! read (`limits::escapes`). It refuses nothing else: what is no GraphQL at all is the parser's to say.

use std::collections::HashSet;

use async_graphql::Pos;

use super::{
    Refusal,
    escapes::{Escaped, escaped},
    variables::null_character,
};

/// Result of a scan.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Scanned {
    pub tokens: u64,
    /// Depth of nested brackets. Scanning stops at the first bracket above the maximum.
    pub nesting: u64,
    /// The first error.
    pub fault: Option<Refusal>,
    /// The strings with escapes the parser cannot read.
    pub escaped: Vec<Escaped>,
}

/// An open bracket.
enum Open<'a> {
    Selection,
    Arguments,
    List,
    /// An input object and the fields it has named.
    Object(HashSet<&'a str>),
}

/// Counts the tokens of a text and looks for faults.
pub(super) fn scan(text: &str, most_nesting: u32) -> Scanned {
    let mut scanner = Scanner {
        text,
        at: 0,
        open: Vec::new(),
        last_name: None,
        empty: false,
        names_fragment: false,
        found: Scanned::default(),
    };
    while scanner.found.nesting <= u64::from(most_nesting) && scanner.step() {}
    scanner.found
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    open: Vec<Open<'a>>,
    /// Position of the previous token, if it was a name.
    last_name: Option<(usize, &'a str)>,
    /// Whether the token before this one opened a bracket.
    empty: bool,
    /// Whether the previous token starts a fragment definition.
    names_fragment: bool,
    found: Scanned,
}

impl<'a> Scanner<'a> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    fn starts_with(&self, mark: &str) -> bool {
        self.text
            .as_bytes()
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(mark.as_bytes()))
    }

    fn skip_while(&mut self, wanted: impl Fn(u8) -> bool) {
        while self.peek(0).is_some_and(&wanted) {
            self.at += 1;
        }
    }

    /// Reads one token or ignored characters; false at the end.
    fn step(&mut self) -> bool {
        let Some(byte) = self.peek(0) else {
            return false;
        };
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => self.at += 1,
            0xEF if self.starts_with("\u{feff}") => self.at += 3,
            b'#' => self.comment(),
            _ => {
                self.found.tokens += 1;
                let before = self.last_name.take();
                self.token(byte, before);
            }
        }
        true
    }

    fn comment(&mut self) {
        while let Some(byte) = self.peek(0).filter(|byte| !matches!(byte, b'\r' | b'\n')) {
            if byte == 0 {
                self.fault_null(self.at);
            }
            self.at += 1;
        }
    }

    fn token(&mut self, byte: u8, before: Option<(usize, &'a str)>) {
        let start = self.at;
        let empty = std::mem::take(&mut self.empty);
        let names_fragment = std::mem::take(&mut self.names_fragment);
        match byte {
            b'"' => self.string(),
            b'_' | b'a'..=b'z' | b'A'..=b'Z' => {
                self.skip_while(|byte| byte == b'_' || byte.is_ascii_alphanumeric());
                let name = &self.text[start..self.at];
                if names_fragment && name == "on" {
                    self.fault_syntax("expected a fragment's name, which is not `on`", start);
                }
                self.names_fragment =
                    name == "fragment" && before.is_none() && self.open.is_empty();
                self.last_name = Some((start, name));
            }
            b'-' | b'0'..=b'9' => self.number(),
            b'.' if self.starts_with("...") => self.at += 3,
            b'{' | b'(' | b'[' => self.open(byte),
            b'}' | b')' | b']' => {
                // where the parser takes these for granted, and only there
                if empty && byte == b')' {
                    self.fault_syntax("expected something between the brackets", start);
                }
                self.open.pop();
                self.at += 1;
            }
            b':' => {
                if let (Some((at, name)), Some(Open::Object(named))) =
                    (before, self.open.last_mut())
                    && !named.insert(name)
                {
                    let message = format!("There can be only one input field named \"{name}\".");
                    self.fault(|at| Refusal::Invalid { message, at }, at);
                }
                self.at += 1;
            }
            0 => {
                self.fault_null(start);
                self.at += 1;
            }
            _ => self.at += 1,
        }
    }

    fn open(&mut self, byte: u8) {
        let opened = match byte {
            b'(' => Open::Arguments,
            b'[' => Open::List,
            // Selections are never inside arguments, and input objects never outside.
            _ => match self.open.last() {
                None | Some(Open::Selection) => Open::Selection,
                Some(_) => Open::Object(HashSet::new()),
            },
        };
        self.open.push(opened);
        self.empty = true;
        self.found.nesting = self.found.nesting.max(self.open.len() as u64);
        self.at += 1;
    }

    /// A sign belongs to a number at its start and after an exponent's letter only: `[1-1]` is two.
    fn number(&mut self) {
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            let signed = matches!(byte, b'+' | b'-')
                && matches!(self.text.as_bytes()[self.at - 1], b'e' | b'E');
            let fraction = byte == b'.' && !self.starts_with("...");
            if !(byte == b'_' || byte.is_ascii_alphanumeric() || fraction || signed) {
                break;
            }
            self.at += 1;
        }
    }

    fn string(&mut self) {
        let start = self.at;
        let block = self.starts_with("\"\"\"");
        self.at += if block { 3 } else { 1 };
        let mut found = Escaped::default();
        while let Some(byte) = self.peek(0) {
            match byte {
                b'"' if !block => break,
                b'"' if self.starts_with("\"\"\"") => break,
                b'\r' | b'\n' if !block => return,
                b'\\' if block && self.starts_with("\\\"\"\"") => self.at += 4,
                b'\\' if !block => {
                    if let Some(escape) = escaped(self.text, self.at) {
                        if escape.letter == '\0' {
                            self.fault_null(start);
                        }
                        self.at = escape.end;
                        found.escapes.push(escape);
                        continue;
                    }
                    if self.starts_with("\\u0000") {
                        self.fault_null(start);
                    }
                    self.at += 2;
                }
                0 => {
                    self.fault_null(start);
                    self.at += 1;
                }
                _ => self.at += 1,
            }
        }
        self.at += if block { 3 } else { 1 };
        if !found.escapes.is_empty() {
            found.end = self.at;
            self.found.escaped.push(found);
        }
    }

    fn fault_syntax(&mut self, expected: &str, at: usize) {
        let syntax = |at: Pos| Refusal::Syntax {
            message: format!(
                "Syntax error at line {}, column {}: {expected}.",
                at.line, at.column
            ),
            at: vec![at],
        };
        self.fault(syntax, at);
    }

    fn fault_null(&mut self, at: usize) {
        self.fault(|at| null_character(Some(at)), at);
    }

    /// Stores the first error.
    fn fault(&mut self, refusal: impl FnOnce(Pos) -> Refusal, at: usize) {
        if self.found.fault.is_none() {
            let before = &self.text.as_bytes()[..at];
            let line = before.split(|byte| *byte == b'\n').count();
            let column = at
                - before
                    .iter()
                    .rposition(|byte| *byte == b'\n')
                    .map_or(0, |line_end| line_end + 1)
                + 1;
            self.found.fault = Some(refusal(Pos { line, column }));
        }
    }
}
