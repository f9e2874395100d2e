//! The two casts as they are written down: the `.toml` files beside this one, read into types. A word, key or field that does not exist is refused.

use std::collections::BTreeMap;

use chrono::NaiveTime;
use entity::{
    ConsentPurpose, EmploymentType, EngagementEventKind, EngagementEventState, Intent, LeaveType,
    MembershipState, OpportunityKind, OpportunityState, ReferralStage, SkillLevel,
};
use serde::Deserialize;

use crate::error::{Error, Result};

/// Everything that is written down of one company.
#[derive(Debug)]
pub struct Script {
    /// What it is, holds and offers.
    pub programme: Programme,
    /// Its people.
    pub people: Vec<Character>,
}

impl Script {
    /// The Japanese company.
    pub fn aozora() -> Result<Self> {
        Self::read(
            include_str!("aozora.programme.toml"),
            include_str!("aozora.people.toml"),
        )
    }

    /// The international company.
    pub fn meridian() -> Result<Self> {
        Self::read(
            include_str!("meridian.programme.toml"),
            include_str!("meridian.people.toml"),
        )
    }

    fn read(programme: &str, people: &str) -> Result<Self> {
        let People { people } = toml::from_str(people).map_err(Error::internal)?;
        let programme = toml::from_str(programme).map_err(Error::internal)?;
        Ok(Self { programme, people })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct People {
    people: Vec<Character>,
}

/// A company's programme.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Programme {
    pub company: Profile,
    pub accounts: Accounts,
    pub events: Vec<Event>,
    pub opportunities: Vec<Offer>,
    pub referrals: Vec<Recommendation>,
    pub invitations: Vec<Question>,
}

/// The company itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    pub slug: String,
    pub name: String,
    pub description: String,
    pub website: String,
    pub locale: String,
    pub time_zone: String,
    pub currency: String,
    /// Where the company's own addresses end.
    pub work_email_domain: String,
    /// Where people work if nothing else is said.
    pub headquarters: String,
    pub departments: Vec<String>,
    pub skills: Vec<String>,
}

/// Who logs in for each role.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accounts {
    pub admin: String,
    pub hr: String,
    pub recruiter: String,
    pub supporter: String,
    pub employee: String,
    pub alumnus: String,
}

/// Someone.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Character {
    /// How the rest of the script calls them.
    pub key: String,
    /// As written; then, where there are any, in katakana and in Latin letters.
    pub family: Vec<String>,
    pub given: Vec<String>,
    pub other_name: Option<String>,
    /// None for who never left, and for who died.
    pub membership: Option<MembershipState>,
    pub employer: Option<String>,
    pub title: Option<String>,
    pub location: Option<String>,
    pub headline: Option<String>,
    pub biography: Option<String>,
    #[serde(default)]
    pub links: Vec<(String, String)>,
    #[serde(default)]
    pub languages: Vec<String>,
    #[serde(default)]
    pub skills: BTreeMap<String, SkillLevel>,
    #[serde(default)]
    pub intents: Vec<Intent>,
    /// To what they did not say yes, of what others like them said yes to.
    #[serde(default)]
    pub without: Vec<ConsentPurpose>,
    /// Oldest first.
    pub stints: Vec<Stint>,
}

/// One stint.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stint {
    /// The department.
    #[serde(rename = "in")]
    pub department: Option<String>,
    #[serde(rename = "type")]
    pub kind: Option<EmploymentType>,
    pub position: Option<String>,
    pub location: Option<String>,
    /// Months ago.
    pub from: i32,
    /// Months ago; negative: ahead.
    pub to: Option<i32>,
    pub leave: Option<LeaveType>,
    pub reason: Option<String>,
}

/// An engagement event.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    pub kind: EngagementEventKind,
    pub state: EngagementEventState,
    pub title: String,
    pub summary: Option<String>,
    pub description: Option<String>,
    /// Days from today.
    pub day: i64,
    #[serde(deserialize_with = "time")]
    pub time: NaiveTime,
    pub minutes: i64,
    pub venue: Option<String>,
    pub online_url: Option<String>,
    pub capacity: Option<i32>,
    pub host: String,
    pub cancelled_reason: Option<String>,
    /// Everyone in the order in which they answered.
    #[serde(default)]
    pub going: Vec<String>,
    /// In the order of waiting.
    #[serde(default)]
    pub waiting: Vec<String>,
    #[serde(default)]
    pub maybe: Vec<String>,
    #[serde(default)]
    pub declined: Vec<String>,
    /// Of those going, who waited before.
    #[serde(default)]
    pub promoted: Vec<String>,
    /// Of those going, who came.
    #[serde(default)]
    pub checked_in: Vec<String>,
    /// What people told the organisers.
    #[serde(default)]
    pub notes: BTreeMap<String, String>,
}

fn time<'de, D: serde::Deserializer<'de>>(from: D) -> Result<NaiveTime, D::Error> {
    let text = String::deserialize(from)?;
    NaiveTime::parse_from_str(&text, "%H:%M").map_err(serde::de::Error::custom)
}

/// An opportunity. Days are counted from today.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// How referrals call it.
    pub key: String,
    pub kind: OpportunityKind,
    pub state: OpportunityState,
    pub title: String,
    pub summary: Option<String>,
    pub description: Option<String>,
    pub department: String,
    pub contact: String,
    pub location: Option<String>,
    pub remote: bool,
    pub opened: Option<i64>,
    pub closes: Option<i64>,
    pub closed: Option<i64>,
}

/// A referral: of an alumnus, or of someone outside by name and e-mail.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recommendation {
    pub key: String,
    pub opportunity: String,
    pub referrer: String,
    pub candidate: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
    #[serde(rename = "recommendation")]
    pub words: Option<String>,
    pub duplicate_of: Option<String>,
    pub steps: Vec<Step>,
}

/// Someone outside who was asked and has not answered.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    pub opportunity: String,
    pub referrer: String,
    pub name: String,
    pub email: String,
    #[serde(rename = "recommendation")]
    pub words: Option<String>,
    /// Days from today.
    pub day: i64,
}

/// One step of a referral.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub to: ReferralStage,
    /// Days from today.
    pub day: i64,
    /// Nobody where the service itself did it.
    pub by: Option<String>,
    pub note: Option<String>,
}
