//! How memberships move: HR asks, the alumnus decides, and the directory follows at once.

use alumni_api::alumni::expire_memberships;
use alumni_api::jobs::{JOBS, run_if_due};
use chrono::{NaiveDate, TimeDelta};
use entity::MembershipState::{
    self, Active, Candidate, Erased, Expired, Invited, Paused, Rehired, Withdrawn,
};
use entity::{
    EngagementEventKind, EngagementEventState, LeaveType, ParticipationState, PersonId, Standing,
    engagement_event, membership, participation, person,
};
use futures_util::future::join_all;
use insta::assert_snapshot;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde_json::{Value, json};

use crate::support::{AOZORA, Actor, MERIDIAN, Reply, TestApp, beginning, time_zone};

const INVITE: &str = "mutation($input: MembershipInviteInput!) { membershipInvite(input: $input) {
    results { personId membership { state } userErrors { code field message } } userErrors { code field message } } }";

/// One of the alumnus's own steps: `accept`, `pause`, `resume`, `withdraw`.
async fn step(actor: &Actor<'_>, verb: &str, input: Value) -> Reply {
    let name = format!("{}{}", verb[..1].to_uppercase(), &verb[1..]);
    let query = format!(
        "mutation($input: Membership{name}Input!) {{ membership{name}(input: $input) {{ membership {{ state invitedAt joinedAt pausedAt endedAt version }} userErrors {{ code field message }} }} }}"
    );
    actor.run(&query, json!({ "input": input })).await
}

async fn invite(actor: &Actor<'_>, ids: &[PersonId]) -> Reply {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    actor
        .run(INVITE, json!({ "input": { "personIds": ids } }))
        .await
}

/// A line for each person asked: the new state or the fault.
fn outcomes(reply: &Reply) -> String {
    let results = reply.at("/membershipInvite/results").as_array().unwrap();
    let line = |result: &Value| {
        if let Some(state) = result["membership"]["state"].as_str() {
            state.to_owned()
        } else {
            let fault = &result["userErrors"][0];
            let path = fault["field"].as_array().unwrap();
            let path: Vec<&str> = path.iter().filter_map(Value::as_str).collect();
            format!(
                "{} {}: {}",
                fault["code"].as_str().unwrap(),
                path.join("."),
                fault["message"].as_str().unwrap()
            )
        }
    };
    results.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// State and version of a membership, and what the person is with it.
async fn stored(app: &TestApp, id: PersonId) -> (MembershipState, i32, Standing) {
    let membership = membership::Entity::find().filter(membership::Column::PersonId.eq(id));
    let membership = membership.one(app.connection()).await.unwrap().unwrap();
    let person = person::Entity::find_by_id(id);
    let person = person.one(app.connection()).await.unwrap().unwrap();
    (membership.state, membership.version, person.standing)
}

/// A yes to being in the directory.
fn listed() -> Value {
    json!({ "purpose": "DIRECTORY", "noticeVersion": 1, "language": "ja" })
}

async fn directory(app: &TestApp) -> Vec<String> {
    let reply = app
        .employee()
        .ask("{ alumni { nodes { familyName } } }")
        .await;
    reply.texts("/alumni/nodes", "familyName")
}

#[tokio::test]
async fn hr_asks_many_and_each_is_answered_for_in_order() {
    let app = TestApp::start().await;
    let mut ids = Vec::new();
    for state in [
        Candidate, Expired, Invited, Active, Paused, Withdrawn, Erased, Rehired,
    ] {
        ids.push(app.new_alumnus("n", "").state(state).insert().await.id);
    }
    let died = app
        .new_alumnus("n", "")
        .state(Candidate)
        .left_because(LeaveType::Death, "")
        .insert()
        .await;
    ids.extend([
        died.id,
        AOZORA.person("employee"),
        MERIDIAN.person("alumnus"),
        ids[0],
    ]);
    assert_snapshot!(outcomes(&invite(&app.hr(), &ids).await), @r"
    INVITED
    INVITED
    INVITED
    REFUSED personIds.3: the membership is ACTIVE, which allows: pause, withdraw
    REFUSED personIds.4: the membership is PAUSED, which allows: resume, withdraw
    REFUSED personIds.5: the membership is WITHDRAWN, which allows: accept
    REFUSED personIds.6: the membership is ERASED, which allows: nothing
    REFUSED personIds.7: the membership is REHIRED, which allows: nothing
    REFUSED personIds.8: is never invited: the last employment ended by death
    REFUSED personIds.9: has no membership: works at the company
    NOT_FOUND personIds.10: there is no such person
    REFUSED personIds.11: the membership is INVITED, which allows: accept, withdraw
    ");
    for id in &ids[..2] {
        assert_eq!(stored(&app, *id).await, (Invited, 2, Standing::Invited));
    }
    assert_eq!(
        stored(&app, ids[5]).await,
        (Withdrawn, 1, Standing::Withdrawn)
    );
    assert_eq!(
        stored(&app, died.id).await,
        (Candidate, 1, Standing::Candidate)
    );
    let changes = app.changes().await;
    let recorded: Vec<_> = changes
        .iter()
        .filter(|change| change.person_id.is_some_and(|id| ids.contains(&id)))
        .filter(|change| change.kind.starts_with("membership."))
        .map(|change| (change.kind.as_str(), change.person_id))
        .collect();
    assert_eq!(
        recorded,
        [
            ("membership.invited", Some(ids[0])),
            ("membership.invited", Some(ids[1]))
        ]
    );
}

#[tokio::test]
async fn an_invited_alumnus_joins_and_is_in_the_directory_at_once() {
    let app = TestApp::start().await;
    let asked = app.new_alumnus("asked", "").state(Invited).insert().await;
    assert_eq!(directory(&app).await, ["alumnus"]);
    let reply = step(
        &app.login_of(&asked).await,
        "accept",
        json!({ "expectedVersion": 1, "consents": [listed()] }),
    )
    .await;
    assert_eq!(
        reply.at("/membershipAccept/membership"),
        &json!({ "state": "ACTIVE", "invitedAt": "2026-04-01T00:00:00+00:00", "joinedAt": "2026-04-01T00:00:00+00:00", "pausedAt": null, "endedAt": null, "version": 2 })
    );
    assert_eq!(stored(&app, asked.id).await, (Active, 2, Standing::Active));
    assert_eq!(directory(&app).await, ["alumnus", "asked"]);
    assert_eq!(
        app.change_kinds().await,
        ["membership.accepted", "consent.granted", "consent.granted"]
    );
}

#[tokio::test]
async fn a_pause_hides_from_the_very_next_query_until_it_is_over() {
    let app = TestApp::start().await;
    app.clock.advance(TimeDelta::hours(1));
    let alumnus = app.alumnus();
    let reply = step(&alumnus, "pause", json!({})).await;
    assert_eq!(
        reply.at("/membershipPause/membership/pausedAt"),
        "2026-04-01T01:00:00+00:00"
    );
    assert_eq!(directory(&app).await, Vec::<String>::new());
    let reply = step(&alumnus, "resume", json!({})).await;
    assert_eq!(
        reply.at("/membershipResume/membership/pausedAt"),
        &Value::Null
    );
    assert_eq!(directory(&app).await, ["alumnus"]);
    assert_eq!(
        app.change_kinds().await,
        ["membership.paused", "membership.resumed"]
    );
}

#[tokio::test]
async fn leaving_takes_one_call_and_frees_the_place_at_a_coming_event() {
    let app = TestApp::start().await;
    let going = going(&app, AOZORA.person("alumnus")).await;
    let reply = step(&app.alumnus(), "withdraw", json!({})).await;
    assert_eq!(
        reply.at("/membershipWithdraw/membership/state"),
        "WITHDRAWN"
    );
    assert_eq!(
        reply.at("/membershipWithdraw/membership/endedAt"),
        "2026-04-01T00:00:00+00:00"
    );
    assert_eq!(directory(&app).await, Vec::<String>::new());
    let query = "query($id: ID!) { alumnus(id: $id) { id } alumni { totalCount } }";
    let id = json!({ "id": AOZORA.person("alumnus").to_string() });
    let reply = app.recruiter().run(query, id).await;
    assert_eq!(
        reply.data(),
        &json!({ "alumnus": null, "alumni": { "totalCount": 0 } })
    );
    let kept = participation::Entity::find()
        .all(app.connection())
        .await
        .unwrap();
    let released = participation::Model {
        state: ParticipationState::Declined,
        released_at: Some(beginning()),
        version: 2,
        ..going
    };
    assert_eq!(kept, [released]);
}

/// The person has a place at an event to come.
async fn going(app: &TestApp, person: PersonId) -> participation::Model {
    let now = beginning();
    let event = engagement_event::Model {
        id: app.clock.new_id(),
        company_id: AOZORA.id(),
        kind: EngagementEventKind::Meetup,
        state: EngagementEventState::Published,
        title: "Meetup".into(),
        summary: None,
        description: None,
        starts_at: now + TimeDelta::days(7),
        ends_at: now + TimeDelta::days(8),
        venue: None,
        online_url: None,
        capacity: None,
        going_count: 1,
        waiting_count: 0,
        host_id: None,
        cancelled_reason: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let row = participation::Model {
        id: app.clock.new_id(),
        company_id: AOZORA.id(),
        event_id: event.id,
        person_id: person,
        state: ParticipationState::Going,
        note: None,
        responded_at: now,
        waiting_since: None,
        promoted_at: None,
        checked_in_at: None,
        released_at: None,
        release_reason: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let event = engagement_event::Entity::insert(event.into_active_model());
    event
        .exec_without_returning(app.connection())
        .await
        .unwrap();
    let going = participation::Entity::insert(row.clone().into_active_model());
    going
        .exec_without_returning(app.connection())
        .await
        .unwrap();
    row
}

#[tokio::test]
async fn who_withdrew_is_not_asked_again_and_comes_back_by_themselves() {
    let app = TestApp::start().await;
    let alumnus = app.alumnus();
    step(&alumnus, "withdraw", json!({})).await.data();
    let reply = invite(&app.hr(), &[AOZORA.person("alumnus")]).await;
    assert_snapshot!(outcomes(&reply), @"REFUSED personIds.0: the membership is WITHDRAWN, which allows: accept");
    assert_eq!(
        alumnus.ask("{ viewer { kind } }").await.at("/viewer/kind"),
        "LOGIN"
    );
    let person = person::Entity::find_by_id(AOZORA.person("alumnus"));
    let person = person.one(app.connection()).await.unwrap().unwrap();
    let again = app.login_of(&person).await;
    let reply = step(&again, "accept", json!({ "consents": [listed()] })).await;
    assert_eq!(reply.at("/membershipAccept/membership/state"), "ACTIVE");
    assert_eq!(
        reply.at("/membershipAccept/membership/endedAt"),
        &Value::Null
    );
    assert_eq!(directory(&app).await, ["alumnus"]);
}

#[tokio::test]
async fn who_does_not_want_to_be_asked_says_so_before_being_asked() {
    let app = TestApp::start().await;
    let candidate = app.new_alumnus("n", "").state(Candidate).insert().await;
    let own = app.login_of(&candidate).await;
    assert_snapshot!(step(&own, "accept", json!({})).await.user_errors(), @"REFUSED : the membership is CANDIDATE, which allows: invite (HR), withdraw");
    step(&own, "withdraw", json!({})).await.data();
    assert_eq!(
        stored(&app, candidate.id).await,
        (Withdrawn, 2, Standing::Withdrawn)
    );
    let own = app.login_of(&candidate).await;
    let reply = step(&own, "accept", json!({})).await;
    assert_eq!(reply.at("/membershipAccept/membership/state"), "CANDIDATE");
    assert_eq!(
        outcomes(&invite(&app.hr(), &[candidate.id]).await),
        "INVITED"
    );
}

#[tokio::test]
async fn a_step_the_state_does_not_allow_is_refused_and_nothing_is_stored() {
    let app = TestApp::start().await;
    let alumnus = app.alumnus();
    assert_snapshot!(step(&alumnus, "accept", json!({})).await.user_errors(), @"REFUSED : the membership is ACTIVE, which allows: pause, withdraw");
    assert_snapshot!(step(&alumnus, "resume", json!({})).await.user_errors(), @"REFUSED : the membership is ACTIVE, which allows: pause, withdraw");
    assert_snapshot!(step(&alumnus, "pause", json!({ "expectedVersion": 4 })).await.user_errors(), @"STALE_VERSION expectedVersion: the version stored is 1, not 4: read again");
    let back = app.new_alumnus("n", "").state(Rehired).insert().await;
    let back = app.login_of(&back).await;
    let refused = step(&back, "withdraw", json!({})).await;
    assert_eq!(refused.codes(), ["FORBIDDEN"]);
    assert_eq!(
        stored(&app, AOZORA.person("alumnus")).await,
        (Active, 1, Standing::Active)
    );
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn nobody_takes_anothers_step() {
    let app = TestApp::start().await;
    for verb in ["accept", "pause", "resume", "withdraw"] {
        for role in ["hr", "admin", "recruiter", "supporter", "employee"] {
            let reply = step(&app.actor(role), verb, json!({})).await;
            assert_eq!(reply.codes(), ["FORBIDDEN"], "{verb} {role}");
        }
        assert_eq!(
            step(&app.anonymous(), verb, json!({})).await.codes(),
            ["UNAUTHENTICATED"]
        );
    }
    for role in ["alumnus", "recruiter", "supporter", "employee"] {
        let reply = invite(&app.actor(role), &[AOZORA.person("alumnus")]).await;
        assert_eq!(reply.codes(), ["FORBIDDEN"], "{role}");
    }
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn another_companys_hr_finds_nobody_to_ask() {
    let app = TestApp::start().await;
    let candidate = app.new_alumnus("n", "").state(Candidate).insert().await;
    let reply = invite(&app.stranger(), &[candidate.id]).await;
    assert_snapshot!(outcomes(&reply), @"NOT_FOUND personIds.0: there is no such person");
    assert_eq!(
        stored(&app, candidate.id).await,
        (Candidate, 1, Standing::Candidate)
    );
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn more_than_a_thousand_ids_are_refused_as_a_whole() {
    let app = TestApp::start().await;
    let candidate = app.new_alumnus("n", "").state(Candidate).insert().await;
    let reply = invite(&app.hr(), &[candidate.id; 1_001]).await;
    assert_eq!(reply.at("/membershipInvite/results"), &Value::Null);
    assert_snapshot!(reply.user_errors(), @"TOO_LONG personIds: must have at most 1000 entries, has 1001");
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn many_who_ask_the_same_people_in_any_order_ask_each_once() {
    let app = TestApp::start().await;
    let mut ids = Vec::new();
    for _ in 0..12 {
        ids.push(app.new_alumnus("n", "").state(Candidate).insert().await.id);
    }
    let hr = app.hr();
    let asking = (0..10).map(|turn| {
        let mut order = ids.clone();
        order.rotate_left(turn);
        if turn % 2 == 1 {
            order.reverse();
        }
        let hr = &hr;
        async move { outcomes(&invite(hr, &order).await) }
    });
    let replies = join_all(asking).await.join("\n");
    assert_eq!(
        replies.lines().filter(|line| *line == "INVITED").count(),
        12
    );
    for id in ids {
        assert_eq!(stored(&app, id).await, (Invited, 2, Standing::Invited));
    }
    let mut kinds = app.change_kinds().await;
    kinds.retain(|kind| kind != "invitation.created");
    assert_eq!(kinds, vec!["membership.invited"; 12]);
}

#[tokio::test]
async fn steps_taken_at_once_leave_membership_and_person_in_the_same_state() {
    let app = TestApp::start().await;
    let asked = app.new_alumnus("n", "").state(Invited).insert().await;
    let own = app.login_of(&asked).await;
    let verbs = [
        "accept", "pause", "accept", "resume", "pause", "resume", "accept", "pause",
    ];
    let replies = join_all(verbs.map(|verb| step(&own, verb, json!({})))).await;
    let done = replies
        .iter()
        .filter(|reply| reply.user_errors().is_empty())
        .count();
    let (state, version, standing) = stored(&app, asked.id).await;
    assert_eq!(usize::try_from(version).unwrap(), 1 + done);
    let kinds = app.change_kinds().await;
    let steps = kinds.iter().filter(|kind| kind.starts_with("membership."));
    assert_eq!(steps.count(), done);
    let expected = match state {
        Active => Standing::Active,
        Paused => Standing::Paused,
        other => panic!("{other:?}"),
    };
    assert_eq!(standing, expected);
    let accepted = app.change_kinds().await;
    assert_eq!(
        accepted
            .iter()
            .filter(|kind| *kind == "membership.accepted")
            .count(),
        1
    );
}

/// The job that ends memberships whose last day has passed.
async fn expires(app: &TestApp) {
    app.clock.advance(TimeDelta::minutes(5));
    let job = JOBS.iter().find(|job| job.name == "memberships.expire");
    assert!(run_if_due(&app.app, *job.unwrap()).await.unwrap());
}

/// A membership whose last day is the given one.
async fn ends_on(app: &TestApp, person: PersonId, day: &str) {
    membership::Entity::update_many()
        .col_expr(
            membership::Column::ExpiresOn,
            Expr::value(day.parse::<NaiveDate>().unwrap()),
        )
        .filter(membership::Column::PersonId.eq(person))
        .exec(app.connection())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_membership_ends_by_itself_on_the_day_after_its_last() {
    let app = TestApp::start().await;
    let mut ids = Vec::new();
    for state in [
        Invited, Active, Paused, Candidate, Withdrawn, Rehired, Expired, Erased,
    ] {
        let person = app.new_alumnus("n", "").state(state).insert().await;
        ends_on(&app, person.id, "2026-04-01").await;
        ids.push(person.id);
    }
    // one minute before the second of April begins in Tokyo
    app.clock.advance(TimeDelta::minutes(15 * 60 - 6));
    expires(&app).await;
    assert!(app.changes().await.is_empty());
    expires(&app).await;
    for id in &ids[..3] {
        assert_eq!(stored(&app, *id).await, (Expired, 2, Standing::Expired));
    }
    for (id, state) in ids[3..]
        .iter()
        .zip([Candidate, Withdrawn, Rehired, Expired, Erased])
    {
        let (kept, version, _) = stored(&app, *id).await;
        assert_eq!((kept, version), (state, 1));
    }
    let expired = membership::Entity::find().filter(membership::Column::PersonId.eq(ids[2]));
    let expired = expired.one(app.connection()).await.unwrap().unwrap();
    assert_eq!(
        (expired.paused_at, expired.ended_at),
        (None, Some(app.clock.now()))
    );
    assert_eq!(app.change_kinds().await, ["membership.expired"; 3]);
    expires(&app).await;
    assert_eq!(app.changes().await.len(), 3);
}

#[tokio::test]
async fn an_expired_membership_frees_the_place_and_keeps_the_consents() {
    let app = TestApp::start().await;
    let alumnus = AOZORA.person("alumnus");
    let place = going(&app, alumnus).await;
    ends_on(&app, alumnus, "2026-03-31").await;
    expires(&app).await;
    let freed = participation::Entity::find_by_id(place.id);
    let freed = freed.one(app.connection()).await.unwrap().unwrap();
    assert_eq!(
        (freed.state, freed.released_at, freed.version),
        (ParticipationState::Declined, Some(app.clock.now()), 2)
    );
    assert_eq!(
        app.change_kinds().await,
        ["membership.expired", "participation.released"]
    );
    assert_eq!(directory(&app).await, Vec::<String>::new());
    let query = "{ viewer { consents { purpose state } } }";
    let consents = app.alumnus().ask(query).await;
    let states = consents.texts("/viewer/consents", "state");
    assert_eq!(states, ["GRANTED"; 10]);
}

#[tokio::test]
async fn a_company_in_los_angeles_waits_for_its_own_midnight() {
    let app = TestApp::start().await;
    time_zone(&app, MERIDIAN, "America/Los_Angeles").await;
    for company in [AOZORA, MERIDIAN] {
        ends_on(&app, company.person("alumnus"), "2026-04-01").await;
    }
    app.clock.advance(TimeDelta::hours(15));
    expires(&app).await;
    assert_eq!(stored(&app, AOZORA.person("alumnus")).await.0, Expired);
    assert_eq!(stored(&app, MERIDIAN.person("alumnus")).await.0, Active);
    app.clock.advance(TimeDelta::hours(16));
    expires(&app).await;
    assert_eq!(stored(&app, MERIDIAN.person("alumnus")).await.0, Expired);
}

#[tokio::test]
async fn two_instances_that_expire_memberships_at_once_end_each_once() {
    let app = TestApp::start().await;
    let other = app.another_instance().await;
    for _ in 0..20 {
        let person = app.new_alumnus("n", "").insert().await;
        ends_on(&app, person.id, "2026-03-31").await;
    }
    let (one, two) = (app.service(), other.service());
    let (one, two) = tokio::join!(expire_memberships(&one), expire_memberships(&two));
    assert_eq!(one.unwrap() + two.unwrap(), 20);
    assert_eq!(app.change_kinds().await, ["membership.expired"; 20]);
}

#[tokio::test]
async fn whose_data_is_only_kept_is_left_alone_when_the_membership_ends() {
    let app = TestApp::start().await;
    let now = Set(Some(app.clock.now()));
    let alumnus = AOZORA.person("alumnus");
    app.change_person(alumnus, |row| row.restricted_at = now)
        .await;
    ends_on(&app, alumnus, "2026-03-31").await;
    expires(&app).await;
    assert_eq!(stored(&app, alumnus).await, (Active, 1, Standing::Active));
    app.change_person(alumnus, |row| row.restricted_at = Set(None))
        .await;
    expires(&app).await;
    assert_eq!(stored(&app, alumnus).await, (Expired, 2, Standing::Expired));
}
