//! What a consent comes to: bits, states, who may say yes, and to which words.

use chrono::{DateTime, Utc};
use entity::{
    ActorKind, ConsentChannel, ConsentDecision, ConsentId, ConsentPurpose, ConsentState, NoticeId,
    Standing, consent, person,
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The purposes, in the order of their bits.
pub const PURPOSES: [ConsentPurpose; 10] = [
    ConsentPurpose::Membership,
    ConsentPurpose::Directory,
    ConsentPurpose::EmailNews,
    ConsentPurpose::Events,
    ConsentPurpose::JobOffers,
    ConsentPurpose::ContractOffers,
    ConsentPurpose::ReferralAsCandidate,
    ConsentPurpose::Survey,
    ConsentPurpose::StoryPublication,
    ConsentPurpose::DataEnrichment,
];

/// A purpose's bit.
#[must_use]
pub fn bit(purpose: ConsentPurpose) -> i32 {
    1 << (purpose as i32)
}

/// Whether a purpose's bit is among them.
#[must_use]
pub fn holds(bits: i32, purpose: ConsentPurpose) -> bool {
    bits & bit(purpose) != 0
}

/// As the schema writes a purpose.
#[must_use]
pub fn word(purpose: ConsentPurpose) -> &'static str {
    match purpose {
        ConsentPurpose::Membership => "MEMBERSHIP",
        ConsentPurpose::Directory => "DIRECTORY",
        ConsentPurpose::EmailNews => "EMAIL_NEWS",
        ConsentPurpose::Events => "EVENTS",
        ConsentPurpose::JobOffers => "JOB_OFFERS",
        ConsentPurpose::ContractOffers => "CONTRACT_OFFERS",
        ConsentPurpose::ReferralAsCandidate => "REFERRAL_AS_CANDIDATE",
        ConsentPurpose::Survey => "SURVEY",
        ConsentPurpose::StoryPublication => "STORY_PUBLICATION",
        ConsentPurpose::DataEnrichment => "DATA_ENRICHMENT",
    }
}

/// Where a purpose stands, by the bits that hold and the latest entry.
#[must_use]
pub fn state(bits: i32, purpose: ConsentPurpose, latest: Option<ConsentDecision>) -> ConsentState {
    match latest {
        None => ConsentState::NotAsked,
        Some(ConsentDecision::Withdrawn) => ConsentState::Withdrawn,
        Some(ConsentDecision::Granted) if holds(bits, purpose) => ConsentState::Granted,
        Some(ConsentDecision::Granted) => ConsentState::Superseded,
    }
}

/// The bits after an entry.
#[must_use]
pub fn after(bits: i32, purpose: ConsentPurpose, decision: ConsentDecision) -> i32 {
    match decision {
        ConsentDecision::Granted => bits | bit(purpose),
        ConsentDecision::Withdrawn => bits & !bit(purpose),
    }
}

/// Why a person cannot say yes to a purpose now; null where they can.
#[must_use]
pub fn unable(standing: Standing, purpose: ConsentPurpose) -> Option<&'static str> {
    let member = matches!(standing, Standing::Active | Standing::Paused);
    match standing {
        Standing::Employee => Some("works at the company: consents rest until they leave"),
        Standing::Erased => Some("the person's data was erased"),
        Standing::Withdrawn => Some("left the programme; `membershipAccept` comes back to it"),
        _ if purpose == ConsentPurpose::Membership && !member => {
            Some("is given by joining: `membershipAccept`")
        }
        _ => None,
    }
}

/// What people are told when they are asked for a consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Which; null where it is the service's own.
    pub id: Option<NoticeId>,
    /// Purpose.
    pub purpose: ConsentPurpose,
    /// Grows by one with each notice of the purpose; 1 is the service's own.
    pub version: i32,
    /// Whether those who said yes to an earlier version are asked again.
    pub requires_renewal: bool,
    /// When it became effective. Null for the service's own notice.
    pub effective_from: Option<DateTime<Utc>>,
    /// In which languages it is there, by their tags in order.
    pub texts: Vec<NoticeText>,
}

/// A notice in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeText {
    /// A BCP 47 tag.
    pub language: String,
    /// Title, one line.
    pub title: String,
    /// Full text.
    pub body: String,
    /// By which an entry tells what was shown.
    pub hash: String,
}

impl Notice {
    /// The text in exactly this language.
    #[must_use]
    pub fn in_language(&self, language: &str) -> Option<&NoticeText> {
        let same = |text: &&NoticeText| text.language.eq_ignore_ascii_case(language);
        self.texts.iter().find(same)
    }

    /// The text for somebody who reads this language best: in it, else in the same language of another place, else English, else the first.
    #[must_use]
    pub fn best_for(&self, language: &str) -> Option<&NoticeText> {
        let base = |tag: &str| {
            tag.split('-')
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase()
        };
        let like = |wanted: &str| {
            let wanted = base(wanted);
            self.texts
                .iter()
                .find(|text| base(&text.language) == wanted)
        };
        self.in_language(language)
            .or_else(|| like(language))
            .or_else(|| like("en"))
            .or(self.texts.first())
    }

    /// The languages it is there in, for people.
    #[must_use]
    pub fn languages(&self) -> String {
        let tags = self.texts.iter().map(|text| text.language.as_str());
        tags.collect::<Vec<_>>().join(", ")
    }
}

/// What is said of a purpose.
#[derive(Clone, Debug)]
pub struct Said<'n> {
    /// The purpose.
    pub purpose: ConsentPurpose,
    /// Yes, to these words; null: no.
    pub shown: Option<(&'n Notice, &'n NoticeText)>,
    /// Channel by which the decision reached the company.
    pub channel: ConsentChannel,
    /// Where the proof is kept.
    pub proof: Option<String>,
    /// Whose hand writes it down.
    pub hand: (ActorKind, Option<Uuid>),
}

/// The entry of that, under its id and its number among the person's.
#[must_use]
pub fn entry(
    person: &person::Model,
    (id, number): (ConsentId, i32),
    said: Said<'_>,
    at: DateTime<Utc>,
) -> consent::Model {
    let shown = said.shown;
    consent::Model {
        id,
        company_id: person.company_id,
        person_id: person.id,
        number,
        purpose: said.purpose,
        decision: match shown {
            Some(_) => ConsentDecision::Granted,
            None => ConsentDecision::Withdrawn,
        },
        notice_id: shown.and_then(|(notice, _)| notice.id),
        notice_version: shown.map(|(notice, _)| notice.version),
        language: shown.map(|(_, text)| text.language.clone()),
        text_hash: shown.map(|(_, text)| text.hash.clone()),
        channel: said.channel,
        proof: said.proof,
        actor_kind: said.hand.0,
        actor_id: said.hand.1,
        at,
    }
}

/// By what a text that was shown is known again: SHA-256 over what it is for, its version and language, title and text.
#[must_use]
pub fn text_hash(
    purpose: ConsentPurpose,
    version: i32,
    language: &str,
    title: &str,
    body: &str,
) -> String {
    let version = version.to_string();
    hash(&[word(purpose), &version, language, title, body])
}

/// SHA-256 of texts in their order, in hexadecimal digits. Each is preceded by its length, so that no two lists read alike.
#[must_use]
pub fn hash(texts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for text in texts {
        digest.update(text.len().to_be_bytes());
        digest.update(text);
    }
    let digest = digest.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_purpose_has_a_bit_of_its_own_in_the_order_of_the_words() {
        let bits: Vec<i32> = PURPOSES.into_iter().map(bit).collect();
        let expected: Vec<i32> = (0..10).map(|place| 1 << place).collect();
        assert_eq!(bits, expected);
        // written out in the indexes of the migrations
        assert_eq!(bit(ConsentPurpose::Directory), 2);
    }

    #[test]
    fn a_yes_holds_only_as_long_as_its_bit() {
        let purpose = ConsentPurpose::Directory;
        let granted = after(0, purpose, ConsentDecision::Granted);
        let stands = |bits, latest| state(bits, purpose, latest);
        assert_eq!(stands(0, None), ConsentState::NotAsked);
        assert_eq!(
            stands(granted, Some(ConsentDecision::Granted)),
            ConsentState::Granted
        );
        assert_eq!(
            stands(0, Some(ConsentDecision::Granted)),
            ConsentState::Superseded
        );
        let withdrawn = after(granted, purpose, ConsentDecision::Withdrawn);
        assert_eq!(withdrawn, 0);
        assert_eq!(
            stands(withdrawn, Some(ConsentDecision::Withdrawn)),
            ConsentState::Withdrawn
        );
    }

    #[test]
    fn texts_that_run_together_alike_have_other_hashes() {
        assert_ne!(hash(&["ab", "c"]), hash(&["a", "bc"]));
        assert_ne!(hash(&["a"]), hash(&["a", ""]));
    }

    #[test]
    fn whoever_reads_no_language_of_it_reads_english() {
        let text = |language: &str| NoticeText {
            language: language.to_owned(),
            title: String::new(),
            body: String::new(),
            hash: String::new(),
        };
        let notice = Notice {
            id: None,
            purpose: ConsentPurpose::Directory,
            version: 2,
            requires_renewal: true,
            effective_from: None,
            texts: vec![text("en-IE"), text("fr"), text("ja")],
        };
        let best = |language| notice.best_for(language).unwrap().language.as_str();
        assert_eq!(best("ja-JP"), "ja");
        assert_eq!(best("FR"), "fr");
        assert_eq!(best("de"), "en-IE");
        assert_eq!(notice.in_language("en"), None);
    }
}
