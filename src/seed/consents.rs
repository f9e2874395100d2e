//! To what the members of the demo data said yes, and what those who left took back.

use chrono::{DateTime, Utc};
use entity::{
    ActorKind, ConsentChannel, ConsentDecision, ConsentId, ConsentPurpose, Intent, Standing,
    consent, membership, person,
};

use crate::consents::{Said, bit, built_in_notice, entry};

/// To what somebody with these intents may well say yes.
pub fn likely(intents: &[Intent]) -> Vec<ConsentPurpose> {
    use ConsentPurpose as Purpose;
    let offers = [
        (Intent::Rehire, Purpose::JobOffers),
        (Intent::Contract, Purpose::ContractOffers),
    ];
    let open = offers
        .into_iter()
        .filter(|(intent, _)| intents.contains(intent))
        .map(|(_, purpose)| purpose);
    [
        Purpose::Membership,
        Purpose::Directory,
        Purpose::EmailNews,
        Purpose::Events,
        Purpose::ReferralAsCandidate,
    ]
    .into_iter()
    .chain(open)
    .collect()
}

/// The entries of somebody who joined, and on their row what holds now; none where they never did, or were erased. They joined in the company's language.
pub fn of_member(
    person: &mut person::Model,
    membership: &membership::Model,
    purposes: &[ConsentPurpose],
    locale: &str,
    mut id: impl FnMut(DateTime<Utc>) -> ConsentId,
) -> Vec<consent::Model> {
    let Some(joined_at) = membership
        .joined_at
        .filter(|_| person.standing != Standing::Erased)
    else {
        return Vec::new();
    };
    let left_at = membership
        .ended_at
        .filter(|_| person.standing == Standing::Withdrawn);
    let (mut entries, mut number) = (Vec::new(), 0);
    for (at, granted) in [(Some(joined_at), true), (left_at, false)] {
        let Some(at) = at else { continue };
        for purpose in purposes {
            let notice = built_in_notice(*purpose);
            let text = notice.best_for(locale).filter(|_| granted);
            number += 1;
            let said = Said {
                purpose: *purpose,
                shown: text.map(|text| (&notice, text)),
                channel: ConsentChannel::Portal,
                proof: None,
                hand: (ActorKind::System, None),
            };
            entries.push(entry(person, (id(at), number), said, at));
        }
    }
    if left_at.is_none() {
        let granted = entries
            .iter()
            .filter(|entry| entry.decision == ConsentDecision::Granted);
        person.consents = granted.fold(0, |bits, entry| bits | bit(entry.purpose));
    }
    entries
}
