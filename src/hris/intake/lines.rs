//! Physical lines of a text, numbered, of bounded length, that can be put back.

use std::{
    collections::VecDeque,
    io::{self, BufRead},
};

/// The longest line kept, in bytes. What is longer is skipped to its end and reported.
pub const LONGEST_LINE: usize = 1024 * 1024;

/// One line without its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Counted from 1.
    pub number: u64,
    pub text: String,
    /// Whether it was longer than [`LONGEST_LINE`]; the text is empty then.
    pub overlong: bool,
}

/// The lines of a reader of UTF-8.
pub struct Lines<R> {
    input: R,
    number: u64,
    returned: VecDeque<Line>,
}

impl<R: BufRead> Lines<R> {
    pub fn new(input: R) -> Self {
        Self {
            input,
            number: 0,
            returned: VecDeque::new(),
        }
    }

    /// The next line, if there is one.
    pub fn next_line(&mut self) -> io::Result<Option<Line>> {
        if let Some(line) = self.returned.pop_front() {
            return Ok(Some(line));
        }
        let mut bytes = Vec::new();
        let (mut any, mut overlong) = (false, false);
        loop {
            let available = self.input.fill_buf()?;
            if available.is_empty() {
                break;
            }
            any = true;
            let end = available.iter().position(|byte| *byte == b'\n');
            let part = &available[..end.unwrap_or(available.len())];
            if bytes.len() + part.len() > LONGEST_LINE {
                overlong = true;
                bytes.clear();
            }
            if !overlong {
                bytes.extend_from_slice(part);
            }
            let used = part.len() + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                break;
            }
        }
        if !any {
            return Ok(None);
        }
        self.number += 1;
        Ok(Some(Line {
            number: self.number,
            text: String::from_utf8_lossy(&bytes).into_owned(),
            overlong,
        }))
    }

    /// Puts lines back, to be read again in this order.
    pub fn give_back(&mut self, lines: Vec<Line>) {
        for line in lines.into_iter().rev() {
            self.returned.push_front(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_numbered_and_can_be_put_back() {
        let mut lines = Lines::new(&b"a\n\nb"[..]);
        let first = lines.next_line().expect("read").expect("a line");
        let second = lines.next_line().expect("read").expect("a line");
        assert_eq!(
            (
                first.number,
                first.text.as_str(),
                second.number,
                second.text.as_str()
            ),
            (1, "a", 2, "")
        );
        lines.give_back(vec![first.clone(), second]);
        assert_eq!(lines.next_line().expect("read"), Some(first));
        assert_eq!(
            lines.next_line().expect("read").map(|line| line.number),
            Some(2)
        );
        assert_eq!(
            lines.next_line().expect("read").map(|line| line.text),
            Some("b".to_owned())
        );
        assert_eq!(lines.next_line().expect("read"), None);
    }

    #[test]
    fn an_endless_line_is_skipped_and_the_next_one_read() {
        let text = format!("{}\nnext", "x".repeat(LONGEST_LINE + 1));
        let mut lines = Lines::new(text.as_bytes());
        assert_eq!(
            lines.next_line().expect("read"),
            Some(Line {
                number: 1,
                text: String::new(),
                overlong: true
            })
        );
        assert_eq!(
            lines
                .next_line()
                .expect("read")
                .map(|line| (line.number, line.text)),
            Some((2, "next".to_owned()))
        );
    }
}
