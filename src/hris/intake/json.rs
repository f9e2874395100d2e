//! The entries of a JSON list, cut out one at a time without loading the list.
//!
//! The list is the file itself or the first list of objects inside it (`{ "employees": [ … ] }`, `{ "data": { "items": [ … ] } }`);
//! lists that describe the file (`fields`, `links`, `errors` …) are passed over. Entries are bounded; a broken one is reported and the
//! next is read, as long as its brackets close.

use std::io::{self, BufRead};

/// The largest entry, in bytes.
const LARGEST: usize = 1024 * 1024;
const DESCRIPTIONS: [&str; 14] = [
    "fields",
    "columns",
    "headers",
    "schema",
    "links",
    "_links",
    "errors",
    "warnings",
    "meta",
    "metadata",
    "paging",
    "pagination",
    "included",
    "filters",
];

/// One entry of the list as it is written.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    pub line: u64,
    /// None when it is larger than 1 MiB.
    pub json: Option<Vec<u8>>,
    /// Whether the file ended within it.
    pub cut_off: bool,
}

/// A reader of entries.
pub struct Entries<R> {
    input: R,
    line: u64,
}

impl<R: BufRead> Entries<R> {
    pub fn new(input: R) -> Self {
        Self { input, line: 1 }
    }

    /// Goes to the beginning of the list; false when there is none.
    pub fn find_list(&mut self) -> io::Result<bool> {
        match self.peek_solid()? {
            Some(b'[') => self.bump()?,
            Some(b'{') => {
                self.bump()?;
                return self.find_inside();
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The next entry of the list.
    pub fn next_entry(&mut self) -> io::Result<Option<Entry>> {
        while self.peek_solid()? == Some(b',') {
            self.bump()?;
        }
        if matches!(self.peek()?, None | Some(b']')) {
            return Ok(None);
        }
        let line = self.line;
        if let Some(stray @ (b'}' | b':')) = self.peek()? {
            self.bump()?;
            return Ok(Some(Entry {
                line,
                json: Some(vec![stray]),
                cut_off: false,
            }));
        }
        let mut json = Some(Vec::new());
        let whole = self.value(&mut json)?;
        Ok(Some(Entry {
            line,
            json,
            cut_off: !whole,
        }))
    }

    fn find_inside(&mut self) -> io::Result<bool> {
        loop {
            match self.peek_solid()? {
                None => return Ok(false),
                Some(b'"') => {
                    let mut key = Some(Vec::new());
                    self.value(&mut key)?;
                    let key = key
                        .and_then(|key| serde_json::from_slice::<String>(&key).ok())
                        .unwrap_or_default()
                        .to_lowercase();
                    if self.peek_solid()? != Some(b':') {
                        continue;
                    }
                    self.bump()?;
                    if self.enter(&key)? {
                        return Ok(true);
                    }
                }
                Some(_) => self.bump()?,
            }
        }
    }

    /// Stands before the value of a key: true when it is the list, entered; an object is entered, all else passed over.
    fn enter(&mut self, key: &str) -> io::Result<bool> {
        let first = self.peek_solid()?;
        if matches!(first, Some(b'[' | b'{')) && !DESCRIPTIONS.contains(&key) {
            self.bump()?;
            if first == Some(b'{') {
                return Ok(false);
            }
            if self.peek_solid()? == Some(b'{') {
                return Ok(true);
            }
            // A list of something else: its entries are passed over here, its closing bracket by the caller.
            while self.next_entry()?.is_some() {}
            return Ok(false);
        }
        self.value(&mut None)?;
        Ok(false)
    }

    /// Reads one value, keeping its text where a place is given and it is not too large; false when the file ends within it.
    fn value(&mut self, kept: &mut Option<Vec<u8>>) -> io::Result<bool> {
        let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
        while let Some(byte) = self.peek()? {
            let ends_scalar =
                depth == 0 && !in_text && matches!(byte, b',' | b']' | b'}' | b':' | b'\n');
            if ends_scalar {
                return Ok(true);
            }
            self.bump()?;
            if kept.as_ref().is_some_and(|kept| kept.len() >= LARGEST) {
                *kept = None;
            }
            if let Some(kept) = kept {
                kept.push(byte);
            }
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_text => escaped = true,
                b'"' => in_text = !in_text,
                b'{' | b'[' if !in_text => depth += 1,
                b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
                _ => continue,
            }
            if depth == 0 && !in_text && matches!(byte, b'"' | b'}' | b']') {
                return Ok(true);
            }
        }
        Ok(depth == 0 && !in_text)
    }

    fn peek_solid(&mut self) -> io::Result<Option<u8>> {
        while let Some(byte) = self.peek()? {
            if !byte.is_ascii_whitespace() {
                return Ok(Some(byte));
            }
            self.bump()?;
        }
        Ok(None)
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.input.fill_buf()?.first().copied())
    }

    fn bump(&mut self) -> io::Result<()> {
        if self.peek()? == Some(b'\n') {
            self.line += 1;
        }
        self.input.consume(1);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(text: &str) -> Option<Vec<(u64, String)>> {
        let mut entries = Entries::new(text.as_bytes());
        if !entries.find_list().expect("read") {
            return None;
        }
        let mut found = Vec::new();
        while let Some(entry) = entries.next_entry().expect("read") {
            found.push((
                entry.line,
                String::from_utf8(entry.json.expect("small")).expect("text"),
            ));
        }
        Some(found)
    }

    fn owned(expected: &[(u64, &str)]) -> Vec<(u64, String)> {
        expected
            .iter()
            .map(|(line, text)| (*line, (*text).to_owned()))
            .collect()
    }

    #[test]
    fn a_plain_list_is_cut_into_its_entries() {
        assert_eq!(
            entries("[\n{\"a\": \"]}\\\"\"},\n{\"b\": [1, {\"c\": 2}]}\n, null, 7]"),
            Some(owned(&[
                (2, "{\"a\": \"]}\\\"\"}"),
                (3, "{\"b\": [1, {\"c\": 2}]}"),
                (4, "null"),
                (4, "7")
            ]))
        );
        assert_eq!(entries(" []"), Some(owned(&[])));
    }

    #[test]
    fn a_wrapped_list_is_found_behind_what_describes_it() {
        assert_eq!(
            entries(r#"{"title": "x", "fields": [{"id": "name"}], "employees": [{"id": 1}]}"#),
            Some(owned(&[(1, r#"{"id": 1}"#)]))
        );
        assert_eq!(
            entries(
                r#"{"meta": {"list": [{"id": 0}]}, "tags": ["a"], "d": {"n": null, "results": [{"id": 1}, {"id": 2}]}}"#
            ),
            Some(owned(&[(1, r#"{"id": 1}"#), (1, r#"{"id": 2}"#)]))
        );
    }

    #[test]
    fn a_file_without_a_list_of_objects_has_none() {
        for text in ["", "{}", "\"x\"", r#"{"a": {"b": [1, 2]}}"#, r#"{"a": []}"#] {
            assert_eq!(entries(text), None, "{text}");
        }
    }

    #[test]
    fn a_file_that_ends_within_an_entry_says_so() {
        let mut entries = Entries::new(&b"[{\"a\": 1}, {\"b\": "[..]);
        assert!(entries.find_list().expect("read"));
        assert!(!entries.next_entry().expect("read").expect("one").cut_off);
        assert!(entries.next_entry().expect("read").expect("two").cut_off);
        assert_eq!(entries.next_entry().expect("read"), None);
    }

    #[test]
    fn a_stray_bracket_is_an_entry_of_its_own() {
        assert_eq!(
            entries("[{\"a\": 1}}, {\"b\": 2}]"),
            Some(owned(&[(1, "{\"a\": 1}"), (1, "}"), (1, "{\"b\": 2}")]))
        );
    }

    #[test]
    fn an_endless_entry_is_not_kept() {
        let text = format!("[{{\"a\": \"{}\"}}, {{\"b\": 1}}]", "x".repeat(LARGEST));
        let mut entries = Entries::new(text.as_bytes());
        assert!(entries.find_list().expect("read"));
        assert_eq!(entries.next_entry().expect("read").expect("one").json, None);
        assert_eq!(
            entries
                .next_entry()
                .expect("read")
                .expect("two")
                .json
                .as_deref(),
            Some(&b"{\"b\": 1}"[..])
        );
    }
}
