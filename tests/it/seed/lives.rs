//! That the people of the demo data could be people.

use std::collections::BTreeMap;

use alumni_api::consents::bit;
use entity::{ConsentDecision, ConsentPurpose, LeaveType, ParticipationState, Standing};
use serde_json::json;

use super::seeded;

#[tokio::test]
async fn places_taken_and_waiting_are_the_answers_counted() {
    let (_app, _, tables) = seeded(6_000).await;
    assert_eq!(tables.engagement_event.len(), 11 + 11 + 3);
    let mut full = 0;
    for event in &tables.engagement_event {
        let answers: Vec<_> = tables
            .participation
            .iter()
            .filter(|answer| answer.event_id == event.id)
            .collect();
        let count = |state| {
            i32::try_from(
                answers
                    .iter()
                    .filter(|answer| answer.state == state)
                    .count(),
            )
            .unwrap()
        };
        let (going, waiting) = (
            count(ParticipationState::Going),
            count(ParticipationState::Waiting),
        );
        assert_eq!(
            (event.going_count, event.waiting_count),
            (going, waiting),
            "{}",
            event.title
        );
        assert!(
            event.capacity.is_none_or(|capacity| going <= capacity),
            "{}",
            event.title
        );
        assert!(
            waiting == 0 || event.capacity == Some(going),
            "{}",
            event.title
        );
        assert!(
            answers
                .iter()
                .all(|answer| answer.checked_in_at.is_none_or(|at| at >= event.starts_at)),
            "{}",
            event.title
        );
        full += i32::from(waiting > 0);
    }
    assert!(full >= 4);
}

#[tokio::test]
async fn lives_are_told_in_an_order_in_which_they_can_be_lived() {
    let (app, _, tables) = seeded(3_000).await;
    let now = app.clock.now();
    let mut stints: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for stint in &tables.employment {
        stints.entry(stint.person_id).or_default().push(stint);
    }
    for own in stints.values_mut() {
        own.sort_by_key(|stint| stint.started_on);
        assert!(own.windows(2).all(|two| {
            two[0]
                .last_working_day
                .is_some_and(|last| last < two[1].started_on)
        }));
    }
    for person in tables
        .person
        .iter()
        .filter(|person| person.standing != Standing::Employee)
    {
        assert_eq!(
            person.left_on,
            stints[&person.id].last().unwrap().last_working_day
        );
    }
    for membership in &tables.membership {
        let way = [
            Some(membership.created_at),
            membership.invited_at,
            membership.joined_at,
            membership.paused_at.or(membership.ended_at),
            Some(now),
        ];
        assert!(way.iter().flatten().is_sorted(), "{membership:?}");
        let died = stints[&membership.person_id]
            .iter()
            .any(|stint| stint.leave_type == Some(LeaveType::Death));
        assert!(!died, "{membership:?}");
    }
    for referral in &tables.referral {
        let mut steps: Vec<_> = tables
            .referral_step
            .iter()
            .filter(|step| step.referral_id == referral.id)
            .collect();
        steps.sort_by_key(|step| step.created_at);
        let stages: Vec<_> = steps.iter().map(|step| Some(step.to_stage)).collect();
        let from: Vec<_> = steps.iter().map(|step| step.from_stage).collect();
        assert_eq!((from[0], &from[1..]), (None, &stages[..stages.len() - 1]));
        assert_eq!(stages.last(), Some(&Some(referral.stage)));
        assert!(steps.last().unwrap().created_at <= now);
    }
}

#[tokio::test]
async fn what_holds_of_consents_is_what_the_ledger_says() {
    let (_app, _, tables) = seeded(3_000).await;
    let mut ledgers: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for entry in &tables.consent {
        ledgers.entry(entry.person_id).or_default().push(entry);
    }
    let joined: BTreeMap<_, _> = tables
        .membership
        .iter()
        .filter_map(|membership| Some((membership.person_id, membership.joined_at?)))
        .collect();
    let (mut listed, mut members) = (0, 0);
    for person in &tables.person {
        let mut own = ledgers.remove(&person.id).unwrap_or_default();
        own.sort_by_key(|entry| entry.number);
        let holds = own.iter().fold(0, |bits, entry| match entry.decision {
            ConsentDecision::Granted => bits | bit(entry.purpose),
            ConsentDecision::Withdrawn => bits & !bit(entry.purpose),
        });
        assert_eq!(person.consents, holds, "{person:?}");
        let numbers: Vec<i32> = own.iter().map(|entry| entry.number).collect();
        assert!(
            numbers
                .iter()
                .copied()
                .eq(1..=i32::try_from(own.len()).unwrap())
        );
        assert!(own.iter().all(|entry| entry.at >= joined[&person.id]));
        if person.standing == Standing::Active {
            members += 1;
            listed += usize::from(holds & bit(ConsentPurpose::Directory) != 0);
            assert_ne!(holds & bit(ConsentPurpose::Membership), 0);
        }
        if person.standing == Standing::Withdrawn {
            assert_eq!(holds, 0);
        }
    }
    // most are in the directory, and some are not
    assert!(
        (85..95).contains(&(listed * 100 / members)),
        "{listed} of {members}"
    );
}

#[tokio::test]
async fn a_crowd_has_the_proportions_of_a_company_and_is_found_by_name() {
    let (app, report, tables) = seeded(4_000).await;
    let counts = report.companies[0].counts;
    let cast = report.companies[1].counts;
    let active = tables
        .person
        .iter()
        .filter(|person| person.standing == Standing::Active)
        .count();
    assert!((2_650..2_950).contains(&active), "{active}");
    assert!(
        (4_600..5_300).contains(&counts.employments),
        "{}",
        counts.employments
    );
    assert!(
        (11_000..13_000).contains(&counts.person_skills),
        "{}",
        counts.person_skills
    );
    assert_eq!(counts.events - cast.events, 2);
    assert_eq!(
        tables
            .referral
            .iter()
            .filter(|referral| referral.recommendation.is_some())
            .count(),
        14 + 13 + 8
    );
    let called = |name: &str| {
        tables
            .person
            .iter()
            .filter(|person| {
                person.family_name == name
                    || person
                        .other_name
                        .as_ref()
                        .is_some_and(|other| other.starts_with(name))
            })
            .count()
    };
    let sato = called("佐藤");
    assert!(sato > 20, "{sato}");
    let query = "query($search: String!) { alumni(filter: { search: $search }) { totalCount } }";
    let reply = app.hr().run(query, json!({ "search": "佐藤" })).await;
    assert_eq!(reply.at("/alumni/totalCount"), sato);
    let reply = app.hr().run(query, json!({ "search": "ｻﾄｳ" })).await;
    assert!(reply.at("/alumni/totalCount").as_u64().unwrap() > 20);
}

#[tokio::test]
async fn candidates_from_outside_said_yes_before_they_were_referred() {
    let (app, _, tables) = seeded(3_000).await;
    let outside = tables
        .referral
        .iter()
        .filter(|referral| referral.candidate_id.is_none());
    for referral in outside.clone() {
        let mut asked = tables
            .candidate_invitation
            .iter()
            .filter(|asked| asked.referral_id == Some(referral.id));
        let asked = asked.next().unwrap();
        assert_eq!(asked.consented_at, Some(referral.submitted_at));
        assert!(asked.created_at < referral.submitted_at);
        assert_eq!(asked.referrer_id, referral.referrer_id);
    }
    assert!(outside.count() > 6);
    let query = "{ candidateInvitations(filter: { states: [WAITING] }) { totalCount } }";
    let reply = app.hr().ask(query).await;
    assert_eq!(reply.at("/candidateInvitations/totalCount"), 0);
    let waiting = entity::CandidateInvitationState::Waiting;
    let waiting = tables
        .candidate_invitation
        .iter()
        .filter(|asked| asked.state == waiting);
    assert_eq!(waiting.count(), 3);
}

#[tokio::test]
async fn addresses_and_numbers_are_nobodys() {
    let (_app, _, tables) = seeded(3_000).await;
    let people = tables
        .person
        .iter()
        .flat_map(|person| [&person.personal_email, &person.work_email]);
    let outside = tables
        .referral
        .iter()
        .map(|referral| &referral.candidate_email)
        .chain(
            tables
                .candidate_invitation
                .iter()
                .map(|asked| &asked.candidate_email),
        );
    let mut addresses: Vec<&str> = people
        .flatten()
        .chain(outside.flatten())
        .map(String::as_str)
        .collect();
    assert!(addresses.iter().all(|address| {
        let (mailbox, domain) = address.split_once('@').unwrap();
        !mailbox.starts_with('.')
            && !mailbox.ends_with('.')
            && ["example.com", "example.jp", "example.org"].contains(&domain)
    }));
    addresses.sort_unstable();
    assert!(addresses.len() > 2_500);
    let numbers = tables
        .person
        .iter()
        .filter_map(|person| person.phone.as_deref());
    assert!(
        numbers
            .into_iter()
            .all(|number| number.starts_with("+81 90-0") || number.starts_with("+44 7700 900"))
    );
}
