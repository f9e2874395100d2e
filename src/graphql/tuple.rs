//! The notation in which a statement answers rows and what is behind them, in one text, alike on both databases. PostgreSQL's own JSON
//! functions look the type of each argument up again on each call, and escape; `concat` does neither, and costs a third of them.
//!
//! A row is `[value,value,…,]` and a list `[row,row]`. A value is as the database writes it, nothing for null, and so is a word of the domain, which has
//! nothing but capitals in it; a text is `$LENGTH:TEXT` and JSON `%LENGTH:JSON`, in bytes, so that whatever is inside needs no escape and cannot be taken
//! for anything else. `$:` is a null text.
//! Rows are read by position: trailing children that are not wanted are left off.

use sea_orm::sea_query::{Expr, Func, SimpleExpr};
use serde::de::value::{Error as Fault, StrDeserializer};
use serde::de::{DeserializeOwned, DeserializeSeed, Error, IntoDeserializer, SeqAccess, Visitor};
use serde::{Deserializer, forward_to_deserialize_any};

/// Arguments of one `concat`: PostgreSQL takes 100, SQLite 127.
const ARGUMENTS: usize = 90;

/// A row as it is written into a statement.
#[derive(Debug)]
pub struct Tuple {
    parts: Vec<SimpleExpr>,
    text: String,
}

impl Default for Tuple {
    fn default() -> Self {
        Self {
            parts: Vec::new(),
            text: "[".to_owned(),
        }
    }
}

impl Tuple {
    /// Nothing.
    pub fn null(&mut self) {
        self.text.push(',');
    }

    /// A number, a day, an instant, an id, a truth value, a word of the domain; or a row.
    pub fn plain(&mut self, value: SimpleExpr) {
        self.part(value);
        self.null();
    }

    /// A text.
    pub fn text(&mut self, value: SimpleExpr) {
        self.counted('$', value);
    }

    /// JSON.
    pub fn json(&mut self, value: SimpleExpr) {
        self.counted('%', value);
    }

    /// The rows of a subselect that strings them together.
    pub fn list(&mut self, rows: SimpleExpr) {
        self.text.push('[');
        self.part(rows);
        self.text.push_str("],");
    }

    /// The row.
    #[must_use]
    pub fn end(mut self) -> SimpleExpr {
        self.text.push(']');
        self.flush();
        while self.parts.len() > ARGUMENTS {
            let rest = self.parts.split_off(ARGUMENTS);
            let begin = std::mem::replace(&mut self.parts, rest);
            self.parts.insert(0, concat(begin));
        }
        concat(self.parts)
    }

    fn counted(&mut self, mark: char, value: SimpleExpr) {
        self.text.push(mark);
        self.part(Func::cust("octet_length").arg(value.clone()).into());
        self.text.push(':');
        self.plain(value);
    }

    fn part(&mut self, value: SimpleExpr) {
        self.flush();
        self.parts.push(value);
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.parts.push(Expr::cust(format!("'{}'", self.text)));
            self.text.clear();
        }
    }
}

fn concat(parts: Vec<SimpleExpr>) -> SimpleExpr {
    Func::cust("concat").args(parts).into()
}

/// Rows of a subselect, strung together.
#[must_use]
pub fn strung(row: SimpleExpr) -> SimpleExpr {
    Func::cust("string_agg")
        .args([row, Expr::cust("','")])
        .into()
}

/// Reads what a statement answered.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    let mut reader = Reader { text, at: 0 };
    let read = T::deserialize(&mut reader)?;
    match reader.next() {
        None => Ok(read),
        Some(_) => Err(Fault::custom("there is more than one value")),
    }
}

/// A text, and how far it was read.
struct Reader<'de> {
    text: &'de str,
    at: usize,
}

impl<'de> Reader<'de> {
    /// The next sign. A row is mostly nulls, so this is where the time goes.
    #[inline]
    fn next(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn null(&self) -> bool {
        matches!(self.next(), None | Some(b',' | b']'))
    }

    fn eat(&mut self, sign: u8) -> Result<(), Fault> {
        if self.next() != Some(sign) {
            let sign = char::from(sign);
            return Err(Fault::custom(format!("`{sign}` is missing")));
        }
        self.at += 1;
        Ok(())
    }

    fn take(&mut self, length: usize) -> Option<&'de str> {
        let end = self.at.checked_add(length)?;
        let taken = self.text.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    /// Up to the next sign that ends a value.
    fn token(&mut self) -> Result<&'de str, Fault> {
        let rest = self.text.as_bytes().iter().skip(self.at);
        let length = rest.take_while(|sign| !matches!(sign, b',' | b']')).count();
        self.take(length)
            .ok_or_else(|| Fault::custom("a value that begins within a letter"))
    }

    /// What a length stands before; none for null.
    fn counted(&mut self) -> Result<Option<&'de str>, Fault> {
        let damaged = || Fault::custom("a text without its length");
        self.at += 1;
        let mut length: Option<usize> = None;
        while let Some(digit @ b'0'..=b'9') = self.next() {
            let digits = length.unwrap_or_default().checked_mul(10);
            length = digits.and_then(|tens| tens.checked_add(usize::from(digit - b'0')));
            self.at += 1;
            if length.is_none() {
                return Err(damaged());
            }
        }
        self.eat(b':').map_err(|_| damaged())?;
        match length {
            None => Ok(None),
            Some(length) => self.take(length).map(Some).ok_or_else(damaged),
        }
    }

    fn number<N: std::str::FromStr>(&mut self) -> Result<N, Fault> {
        let token = self.token()?;
        let fault = || Fault::custom(format!("`{token}` is no such number"));
        token.parse().map_err(|_| fault())
    }
}

macro_rules! numbers {
    ($($method:ident $visit:ident;)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            visitor.$visit(self.number()?)
        }
    )* };
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.next() {
            Some(b'[') => self.deserialize_seq(visitor),
            Some(b'$') => match self.counted()? {
                Some(text) => visitor.visit_borrowed_str(text),
                None => visitor.visit_unit(),
            },
            Some(b'%') => match self.counted()? {
                Some(json) => serde_json::Deserializer::from_str(json)
                    .deserialize_any(visitor)
                    .map_err(Fault::custom),
                None => visitor.visit_unit(),
            },
            None | Some(b',' | b']') => visitor.visit_unit(),
            Some(_) => match self.token()? {
                // an instant as PostgreSQL writes one, in UTC
                token if token.len() >= 22 && token.ends_with("+00") => {
                    visitor.visit_string(format!("{token}:00"))
                }
                token => visitor.visit_borrowed_str(token),
            },
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.null() {
            return visitor.visit_none();
        }
        let no_length = self.text.as_bytes().get(self.at + 1) == Some(&b':');
        if no_length && matches!(self.next(), Some(b'$' | b'%')) {
            self.at += 2;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    /// PostgreSQL writes `t` and `f`, SQLite `1` and `0`.
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.token()? {
            "t" | "1" => visitor.visit_bool(true),
            "f" | "0" => visitor.visit_bool(false),
            other => Err(Fault::custom(format!(
                "`{other}` is neither true nor false"
            ))),
        }
    }

    numbers! {
        deserialize_i16 visit_i16;
        deserialize_i32 visit_i32;
        deserialize_i64 visit_i64;
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.next() == Some(b'%') {
            return self.deserialize_any(visitor);
        }
        self.eat(b'[')?;
        let read = visitor.visit_seq(&mut *self)?;
        self.eat(b']')?;
        Ok(read)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let word = self.token()?;
        let word: StrDeserializer<'_, Fault> = word.into_deserializer();
        visitor.visit_enum(word)
    }

    forward_to_deserialize_any! {
        i8 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct map identifier ignored_any
    }
}

impl<'de> SeqAccess<'de> for &mut Reader<'de> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Fault> {
        if self.next() == Some(b']') {
            return Ok(None);
        }
        let read = seed.deserialize(&mut **self)?;
        if self.next() == Some(b',') {
            self.at += 1;
        }
        Ok(Some(read))
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate, Utc};
    use entity::{Link, Links, PersonId, Standing};
    use serde::Deserialize;

    use super::read;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Person {
        id: PersonId,
        standing: Option<Standing>,
        name: String,
        note: Option<String>,
        links: Links,
        left_on: Option<NaiveDate>,
        at: DateTime<Utc>,
        open: bool,
        version: i32,
        #[serde(default)]
        friends: Option<Vec<Person>>,
    }

    fn person(name: &str) -> Person {
        Person {
            id: PersonId("01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap()),
            standing: None,
            name: name.to_owned(),
            note: None,
            links: Links(vec![]),
            left_on: None,
            at: "2026-11-25T07:00:00.5Z".parse().unwrap(),
            open: true,
            version: -3,
            friends: None,
        }
    }

    const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

    #[test]
    fn a_row_is_read_as_either_database_writes_it() {
        let person_of = |text: &str| read::<Person>(text).unwrap();
        let expected = person("山田");
        let postgres = format!("[{ID},,$6:山田,$:,%2:[],,2026-11-25 07:00:00.5+00,t,-3,]");
        let sqlite = format!(
            "[{},,$6:山田,$:,%2:[],,2026-11-25T07:00:00.500000+00:00,1,-3,,]",
            ID.replace('-', "").to_uppercase()
        );
        assert_eq!(person_of(&postgres), expected);
        assert_eq!(person_of(&sqlite), expected);
    }

    #[test]
    fn what_is_inside_a_text_is_never_taken_for_its_end() {
        let name = "],[$3:a,b%:\"',\\\n";
        let friend =
            format!("[{ID},ACTIVE,$0:,$0:,%2:[],2024-02-29,2026-11-25 07:00:00.5+00,f,3,]");
        let links = r#"[{"label":"],","url":"https://a.example"}]"#;
        let text = format!(
            "[{ID},PAUSED,${}:{name},$:,%{}:{links},,2026-11-25 07:00:00.5+00,t,-3,[{friend},{friend}],]",
            name.len(),
            links.len()
        );
        let read: Person = read(&text).unwrap();
        assert_eq!(read.name, name);
        let url = "https://a.example".to_owned();
        assert_eq!(
            read.links,
            Links(vec![Link {
                label: "],".to_owned(),
                url
            }])
        );
        let friends = read.friends.unwrap();
        assert_eq!(friends.len(), 2);
        assert_eq!(
            (friends[1].note.as_deref(), friends[1].open),
            (Some(""), false)
        );
        assert_eq!(friends[0].left_on, NaiveDate::from_ymd_opt(2024, 2, 29));
    }

    #[test]
    fn an_empty_list_and_no_list_are_told_apart() {
        assert_eq!(
            read::<(Option<Vec<i32>>, Option<Vec<i32>>, Vec<i64>)>("[[],,[1,2],]").unwrap(),
            (Some(vec![]), None, vec![1, 2])
        );
    }

    #[test]
    fn what_is_damaged_is_refused() {
        for text in [
            "",
            "[",
            "[1",
            "[1,2,3,]",
            "[$9:a,2,]",
            "[$1:山,2,]",
            "[$x:a,2,]",
            "[$1:a,2,]]",
            "[$1:a,b,]",
        ] {
            assert!(read::<(String, i32)>(text).is_err(), "{text}");
        }
    }
}
