//! Bytes of an unknown encoding in, UTF-8 with plain `\n` line ends out, a block at a time.

use std::{
    io::{self, Read},
    sync::{Arc, OnceLock},
};

use encoding_rs::{Decoder, Encoding};

use super::encoding::{START, WINDOW, guess, marked, not_text};

const UNKNOWN_ENCODING: &str = "the encoding can be EUC-JP, GB 18030 or EUC-KR, and the text does not show which; save the file as UTF-8, or state \
                                `encoding` in the mapping";
const BLOCK: usize = 64 * 1024;
/// UTF-8's byte order mark after a program read it as Windows-1252 and wrote it as UTF-8: `ï»¿`.
const MISREAD_MARK: &[u8] = "ï»¿".as_bytes();

/// Where the encoding can be read once it is known; unset for as long as everything is ASCII.
pub type FoundEncoding = Arc<OnceLock<&'static Encoding>>;

/// A reader of UTF-8 over a reader of anything.
pub struct Decoded<R> {
    input: R,
    /// Read, not yet decoded.
    raw: Vec<u8>,
    finished: bool,
    started: bool,
    wanted: Option<&'static Encoding>,
    decoder: Option<Decoder>,
    found: FoundEncoding,
    /// Decoded, not yet handed out.
    text: Vec<u8>,
    handed_out: usize,
    after_return: bool,
}

impl<R: Read> Decoded<R> {
    /// Reads in the encoding given, or finds it out. A byte order mark goes before both.
    pub fn new(input: R, encoding: Option<&'static Encoding>) -> Self {
        Self {
            input,
            raw: Vec::new(),
            finished: false,
            started: false,
            wanted: encoding,
            decoder: None,
            found: FoundEncoding::default(),
            text: Vec::new(),
            handed_out: 0,
            after_return: false,
        }
    }

    /// The place where the encoding appears.
    pub fn found(&self) -> FoundEncoding {
        Arc::clone(&self.found)
    }

    fn read_up_to(&mut self, wanted: usize) -> io::Result<()> {
        while self.raw.len() < wanted && !self.finished {
            let before = self.raw.len();
            self.raw.resize(before + BLOCK, 0);
            let count = loop {
                match self.input.read(&mut self.raw[before..]) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    result => break result,
                }
            };
            self.raw
                .truncate(before + count.as_ref().copied().unwrap_or(0));
            self.finished = count? == 0;
        }
        Ok(())
    }

    fn start(&mut self) -> io::Result<()> {
        self.started = true;
        self.read_up_to(START)?;
        if let Some(what) = not_text(&self.raw) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("the file is {what}"),
            ));
        }
        let (encoding, mark) = match (marked(&self.raw), self.wanted) {
            (Some((encoding, mark)), None) => (Some(encoding), mark),
            (Some((encoding, mark)), _) if mark > 0 => (Some(encoding), mark),
            (_, wanted) => (wanted, 0),
        };
        self.raw.drain(..mark);
        self.read_up_to(MISREAD_MARK.len())?;
        if self.raw.starts_with(MISREAD_MARK) {
            self.raw.drain(..MISREAD_MARK.len());
        }
        self.decoder = encoding.map(|encoding| {
            self.found
                .get_or_init(|| encoding)
                .new_decoder_without_bom_handling()
        });
        Ok(())
    }

    /// Decodes the next block into `text`; leaves it empty only at the end.
    fn refill(&mut self) -> io::Result<()> {
        self.text.clear();
        self.handed_out = 0;
        if !self.started {
            self.start()?;
        }
        while self.text.is_empty() {
            self.read_up_to(1)?;
            if self.decoder.is_none() {
                let ascii = Encoding::ascii_valid_up_to(&self.raw);
                if ascii > 0 {
                    let block: Vec<u8> = self.raw.drain(..ascii).collect();
                    self.append(&block);
                    continue;
                }
                if !self.raw.is_empty() {
                    self.read_up_to(WINDOW)?;
                    let is_end = self.finished && self.raw.len() <= WINDOW;
                    let window = &self.raw[..self.raw.len().min(WINDOW)];
                    let encoding = guess(window, is_end).ok_or_else(|| {
                        io::Error::new(io::ErrorKind::InvalidData, UNKNOWN_ENCODING)
                    })?;
                    self.decoder = Some(
                        self.found
                            .get_or_init(|| encoding)
                            .new_decoder_without_bom_handling(),
                    );
                }
            }
            if self.raw.is_empty() && self.decoder.is_none() {
                return Ok(());
            }
            self.decode();
            if self.finished && self.raw.is_empty() {
                return Ok(());
            }
        }
        Ok(())
    }

    fn decode(&mut self) {
        let Some(decoder) = self.decoder.as_mut() else {
            return;
        };
        let mut block = String::with_capacity(
            decoder
                .max_utf8_buffer_length(self.raw.len())
                .unwrap_or(self.raw.len() * 3 + 16),
        );
        let last = self.finished;
        let (_, read, _) = decoder.decode_to_string(&self.raw, &mut block, last);
        self.raw.drain(..read);
        if last {
            // A decoder that was told of the end must not be asked again.
            self.decoder = None;
        }
        self.append(block.as_bytes());
    }

    /// Adds text with `\r\n` and lone `\r` turned into `\n`.
    fn append(&mut self, block: &[u8]) {
        self.text.reserve(block.len());
        for &byte in block {
            match byte {
                b'\r' => self.text.push(b'\n'),
                b'\n' if self.after_return => {}
                byte => self.text.push(byte),
            }
            self.after_return = byte == b'\r';
        }
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.handed_out == self.text.len() {
            self.refill()?;
        }
        let rest = &self.text[self.handed_out..];
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        self.handed_out += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE};

    /// Hands out one byte at a time, the hardest way to be read.
    struct Dripping<'b>(&'b [u8]);

    impl Read for Dripping<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let count = self.0.len().min(1);
            into[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn decoded(bytes: &[u8]) -> (String, Option<&'static Encoding>) {
        let mut reader = Decoded::new(Dripping(bytes), None);
        let mut text = String::new();
        reader.read_to_string(&mut text).expect("text");
        let found = reader.found().get().copied();
        (text, found)
    }

    #[test]
    fn byte_order_marks_are_obeyed_and_taken_off() {
        assert_eq!(
            decoded("\u{feff}名,x\n".as_bytes()),
            ("名,x\n".to_owned(), Some(UTF_8))
        );
        let utf16: Vec<u8> = "\u{feff}名,x\r\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(decoded(&utf16), ("名,x\n".to_owned(), Some(UTF_16LE)));
        let utf16: Vec<u8> = "id,名\n"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        assert_eq!(decoded(&utf16), ("id,名\n".to_owned(), Some(UTF_16BE)));
        assert_eq!(decoded("ï»¿id,x\n".as_bytes()).0, "id,x\n");
        assert_eq!(decoded("\u{feff}ï»¿id\n".as_bytes()).0, "id\n");
        assert_eq!(decoded("xï»¿\n".as_bytes()).0, "xï»¿\n");
    }

    #[test]
    fn cp932_far_below_an_ascii_header_is_still_found() {
        let mut bytes = "id,name\n".to_owned().into_bytes();
        for number in 0..20_000 {
            bytes.extend(format!("{number},Smith\n").into_bytes());
        }
        bytes.extend(SHIFT_JIS.encode("20001,山田　太郎\n").0.iter());
        let mut reader = Decoded::new(bytes.as_slice(), None);
        let mut text = String::new();
        reader.read_to_string(&mut text).expect("text");
        assert!(text.ends_with("19999,Smith\n20001,山田　太郎\n"));
        assert_eq!(reader.found().get().copied(), Some(SHIFT_JIS));
    }

    #[test]
    fn plain_ascii_names_no_encoding() {
        assert_eq!(decoded(b"id,name\n1,x"), ("id,name\n1,x".to_owned(), None));
        assert_eq!(decoded(b""), (String::new(), None));
    }

    #[test]
    fn every_line_end_becomes_one() {
        assert_eq!(decoded(b"a\r\nb\rc\nd\r\r\ne").0, "a\nb\nc\nd\n\ne");
    }

    #[test]
    fn a_character_cut_off_at_the_end_is_marked_as_damaged() {
        assert_eq!(decoded(&"山田".as_bytes()[..5]).0, "山\u{fffd}");
    }

    #[test]
    fn a_workbook_is_refused_by_name() {
        let error = Decoded::new(&b"PK\x03\x04...."[..], None)
            .read_to_string(&mut String::new())
            .expect_err("refused");
        assert_eq!(
            error.to_string(),
            "the file is an Excel workbook or zip archive; save the sheet as CSV"
        );
    }
}
