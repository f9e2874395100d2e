//! Fills the files in `templates/`, which hold every word of a message. `templates/README.md` explains their syntax to translators.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, Utc};
use entity::{DeliveryKind, MembershipApplicationRejection, Role};
use reqwest::Url;
use serde::Deserialize;

use super::message::Parameters;
use crate::mail::{Body, one_line};

/// The languages that messages are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Japanese.
    Japanese,
    /// English, also for every language without templates.
    English,
}

impl Language {
    /// The language for a BCP 47 tag.
    #[must_use]
    pub fn of(locale: &str) -> Self {
        match locale.split('-').next() {
            Some(tag) if tag.eq_ignore_ascii_case("ja") => Self::Japanese,
            _ => Self::English,
        }
    }

    /// Its tag.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Japanese => "ja",
            Self::English => "en",
        }
    }
}

/// The two files of a message.
#[derive(Clone, Copy)]
struct Template {
    text: &'static str,
    html: &'static str,
}

macro_rules! template {
    ($name:literal) => {
        Template {
            text: include_str!(concat!("templates/", $name, ".txt")),
            html: include_str!(concat!("templates/", $name, ".html")),
        }
    };
}

fn template(kind: DeliveryKind, language: Language) -> Template {
    use DeliveryKind as K;
    use Language::{English, Japanese};
    match (kind, language) {
        (K::AccountInvitation, Japanese) => template!("account-invitation.ja"),
        (K::AccountInvitation, English) => template!("account-invitation.en"),
        (K::MembershipInvitation, Japanese) => template!("membership-invitation.ja"),
        (K::MembershipInvitation, English) => template!("membership-invitation.en"),
        (K::MembershipReminder, Japanese) => template!("membership-reminder.ja"),
        (K::MembershipReminder, English) => template!("membership-reminder.en"),
        (K::MembershipExpiring, Japanese) => template!("membership-expiring.ja"),
        (K::MembershipExpiring, English) => template!("membership-expiring.en"),
        (K::MembershipApplicationApproved, Japanese) => {
            template!("membership-application-approved.ja")
        }
        (K::MembershipApplicationApproved, English) => {
            template!("membership-application-approved.en")
        }
        (K::MembershipApplicationRejected, Japanese) => {
            template!("membership-application-rejected.ja")
        }
        (K::MembershipApplicationRejected, English) => {
            template!("membership-application-rejected.en")
        }
        (K::Test, Japanese) => template!("test.ja"),
        (K::Test, English) => template!("test.en"),
    }
}

/// The page around every HTML part.
const LAYOUT: &str = include_str!("templates/layout.html");
/// Where the layout has the inside.
const CONTENT: &str = "{{content}}";
/// Begins the first line of a text file.
const SUBJECT: &str = "Subject: ";
/// Longest part of a company's description that a message shows, in characters.
const LONGEST_PROGRAMME: usize = 1_000;

/// Names and forms of a language.
#[derive(Debug, Deserialize)]
struct Words {
    day: String,
    time: String,
    separator: String,
    roles: BTreeMap<String, String>,
    rejections: BTreeMap<String, String>,
}

fn words(language: Language) -> &'static Words {
    static WORDS: LazyLock<[Words; 2]> = LazyLock::new(|| {
        [
            include_str!("templates/words.ja.toml"),
            include_str!("templates/words.en.toml"),
        ]
        .map(|text| toml::from_str(text).expect("a test reads both files"))
    });
    match language {
        Language::Japanese => &WORDS[0],
        Language::English => &WORDS[1],
    }
}

impl Words {
    fn roles(&self, roles: &[Role]) -> String {
        let names = roles.iter().map(|role| {
            let word = role.word();
            self.roles.get(&word).cloned().unwrap_or(word)
        });
        names.collect::<Vec<_>>().join(&self.separator)
    }

    fn rejection(&self, reason: MembershipApplicationRejection) -> String {
        let word = reason.word();
        self.rejections.get(&word).cloned().unwrap_or(word)
    }

    fn day(&self, day: NaiveDate) -> String {
        day.format(&self.day).to_string()
    }

    fn time(&self, at: DateTime<Utc>, time_zone: &str) -> String {
        let zone: chrono_tz::Tz = time_zone.parse().unwrap_or_default();
        let local = at.with_timezone(&zone).format(&self.time);
        format!("{local} ({})", zone.name())
    }
}

/// Every value that a template may show.
const NAMES: [&str; 13] = [
    "company",
    "name",
    "roles",
    "inviter",
    "link",
    "portal",
    "token",
    "expires",
    "last_day",
    "reason",
    "note",
    "programme",
    "website",
];

/// Values by their names; what is missing is not shown.
type Values = BTreeMap<&'static str, String>;

/// The page that opens a token: the token is added to the query the page has.
#[must_use]
pub fn link(portal: &Url, token: &str) -> Url {
    let mut link = portal.clone();
    link.query_pairs_mut().append_pair("token", token);
    link
}

/// What a message says of the company.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// Its website.
    pub website: Option<String>,
    /// What it says about its programme.
    pub description: Option<String>,
    /// IANA time zone.
    pub time_zone: String,
}

/// A message in words.
#[must_use]
pub fn render(
    kind: DeliveryKind,
    language: Language,
    profile: &Profile,
    parameters: &Parameters,
    token: Option<&str>,
    portal: Option<&Url>,
) -> Body {
    let Profile {
        name,
        website,
        description,
        time_zone,
    } = profile;
    let words = words(language);
    let mut values = Values::new();
    let mut put = |name: &'static str, value: Option<String>| {
        debug_assert!(NAMES.contains(&name));
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            values.insert(name, value);
        }
    };
    put("company", Some(one_line(name)));
    put("website", website.as_deref().map(one_line));
    put("programme", description.as_deref().map(paragraphs));
    put("name", parameters.name.as_deref().map(one_line));
    put("inviter", parameters.invited_by.as_deref().map(one_line));
    put("roles", Some(words.roles(&parameters.roles)));
    let expires = parameters.expires_at;
    put("expires", expires.map(|at| words.time(at, time_zone)));
    put("last_day", parameters.last_day.map(|day| words.day(day)));
    put(
        "reason",
        parameters.reason.map(|reason| words.rejection(reason)),
    );
    put("note", parameters.note.as_deref().map(paragraphs));
    put("token", token.map(one_line));
    put("portal", portal.map(Url::to_string));
    let link = token.zip(portal).map(|(token, portal)| link(portal, token));
    put("link", link.map(String::from));
    let Template { text, html } = template(kind, language);
    let (subject, text) = text.split_once('\n').unwrap_or((text, ""));
    let subject = subject.strip_prefix(SUBJECT).unwrap_or(subject);
    let subject = one_line(&fill(subject, &values, str::to_owned));
    let inside = fill(html, &values, escaped);
    // the inside holds what people wrote, and is not read as a template again
    values.insert("subject", subject.clone());
    values.insert("lang", language.tag().to_owned());
    let (before, after) = LAYOUT.split_once(CONTENT).unwrap_or((LAYOUT, ""));
    let html = [
        fill(before, &values, escaped),
        inside,
        fill(after, &values, escaped),
    ]
    .concat();
    Body {
        subject,
        text: fill(text.trim_start(), &values, str::to_owned),
        html,
    }
}

/// A text of several lines, cut, without other control characters.
fn paragraphs(text: &str) -> String {
    let lines = text.lines().map(one_line);
    let text = lines.collect::<Vec<_>>().join("\n");
    let text = text.trim();
    match text.char_indices().nth(LONGEST_PROGRAMME) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn escaped(value: &str) -> String {
    let mut html = String::with_capacity(value.len());
    for letter in value.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            '\n' => html.push_str("<br>\n"),
            letter => html.push(letter),
        }
    }
    html
}

/// Fills a template. What is not closed is left out.
fn fill(template: &str, values: &Values, escape: fn(&str) -> String) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, tag, after)) = next_tag(rest) {
        filled.push_str(before);
        rest = after;
        let (mark, name) = match tag.split_at_checked(1) {
            Some((mark @ ("#" | "^"), name)) => (mark, name),
            _ => ("", tag),
        };
        let value = values.get(name);
        if mark.is_empty() {
            filled.push_str(&value.map(|value| escape(value)).unwrap_or_default());
            continue;
        }
        let close = format!("{{{{/{name}}}}}");
        let Some((inside, after)) = rest.split_once(&close) else {
            break;
        };
        // a tag that has its line for itself leaves no empty line
        let own_line = before_ends_line(before, &filled) && inside.starts_with('\n');
        let inside = if own_line { &inside[1..] } else { inside };
        let own_close = inside.is_empty() || inside.ends_with('\n');
        rest = match after.strip_prefix('\n') {
            Some(next) if own_line && own_close => next,
            _ => after,
        };
        if value.is_some() == (mark == "#") {
            filled.push_str(&fill(inside, values, escape));
        }
    }
    filled.push_str(rest);
    filled
}

fn before_ends_line(before: &str, filled: &str) -> bool {
    before.ends_with('\n') || (before.is_empty() && (filled.is_empty() || filled.ends_with('\n')))
}

fn next_tag(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("{{")?;
    let (tag, after) = rest.split_once("}}")?;
    Some((before, tag.trim(), after))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [DeliveryKind; 7] = [
        DeliveryKind::AccountInvitation,
        DeliveryKind::MembershipInvitation,
        DeliveryKind::MembershipReminder,
        DeliveryKind::MembershipExpiring,
        DeliveryKind::MembershipApplicationApproved,
        DeliveryKind::MembershipApplicationRejected,
        DeliveryKind::Test,
    ];

    fn every_file() -> Vec<&'static str> {
        let languages = [Language::Japanese, Language::English];
        let templates = KINDS
            .into_iter()
            .flat_map(|kind| languages.map(|language| template(kind, language)));
        templates
            .flat_map(|template| [template.text, template.html])
            .collect()
    }

    #[test]
    fn every_template_shows_known_values_and_closes_its_parts() {
        for file in every_file() {
            let mut rest = file;
            let mut open = Vec::new();
            while let Some((_, tag, after)) = next_tag(rest) {
                rest = after;
                let name = tag.trim_start_matches(['#', '^', '/']);
                assert!(NAMES.contains(&name), "{name} in {file}");
                match tag.as_bytes()[0] {
                    b'#' | b'^' => open.push(name),
                    b'/' => assert_eq!(open.pop(), Some(name), "{file}"),
                    _ => {}
                }
            }
            assert_eq!(open, Vec::<&str>::new(), "{file}");
            assert!(!rest.contains("{{"), "{file}");
        }
    }

    #[test]
    fn both_languages_name_every_role_and_rejection() {
        use sea_orm::Iterable;
        for language in [Language::Japanese, Language::English] {
            let words = words(language);
            for role in Role::iter() {
                assert!(words.roles.contains_key(&role.word()), "{role:?}");
            }
            for reason in MembershipApplicationRejection::iter() {
                assert!(words.rejections.contains_key(&reason.word()), "{reason:?}");
            }
        }
    }

    #[test]
    fn a_text_file_begins_with_its_subject() {
        for kind in KINDS {
            for language in [Language::Japanese, Language::English] {
                assert!(template(kind, language).text.starts_with(SUBJECT));
            }
        }
    }

    #[test]
    fn a_part_is_shown_as_its_value_is_and_leaves_no_empty_line() {
        let filled = |template: &str, link: Option<&str>| {
            let value = link.map(|link| ("link", link.to_owned()));
            fill(template, &value.into_iter().collect(), escaped)
        };
        let lines = "a\n{{#link}}\nb {{link}}\n{{/link}}\n{{^link}}\nc\n{{/link}}\nd\n";
        assert_eq!(filled(lines, Some("<x>")), "a\nb &lt;x&gt;\nd\n");
        assert_eq!(filled(lines, None), "a\nc\nd\n");
        assert_eq!(
            filled("a{{#link}} ({{link}}){{/link}}.", Some("x")),
            "a (x)."
        );
        assert_eq!(filled("a{{#link}} ({{link}}){{/link}}.", None), "a.");
        // a value is not a template
        assert_eq!(filled("{{link}}", Some("{{link}}")), "{{link}}");
    }

    #[test]
    fn a_token_is_added_to_whatever_the_page_has() {
        let link = |portal: &str| link(&Url::parse(portal).unwrap(), "a+b/c=").to_string();
        assert_eq!(
            link("https://alumni.example.com/open"),
            "https://alumni.example.com/open?token=a%2Bb%2Fc%3D"
        );
        assert_eq!(
            link("https://alumni.example.com/?lang=ja&x=1#top"),
            "https://alumni.example.com/?lang=ja&x=1&token=a%2Bb%2Fc%3D#top"
        );
    }
}
