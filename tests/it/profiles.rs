//! Editing people: what is the alumnus's own, what HR keeps, and the skills a profile names.

use entity::{MembershipState, person, person_intent, skill};
use futures_util::future::join_all;
use insta::assert_snapshot;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};

use crate::support::{AOZORA, Actor, Reply, TestApp};

const PROFILE: &str = "mutation($input: AlumnusProfileUpdateInput!) { alumnusProfileUpdate(input: $input) { alumnus {
    familyNameKana givenNameKana familyNameRomaji givenNameRomaji otherName personalEmail phone location currentEmployer currentTitle
    headline biography links { label url } languages intents version } userErrors { code field message } } }";
const RECORD: &str = "mutation($input: PersonRecordUpdateInput!) { personRecordUpdate(input: $input) { person { displayName
    ... on Alumnus { employeeNumber personalEmail version } ... on Employee { employeeNumber workEmail version } } userErrors { code field message } } }";
const ADD: &str = "mutation($input: SkillAddInput!) { skillAdd(input: $input) { alumnus { version skills { name level } } userErrors { code field message } } }";
const REMOVE: &str = "mutation($input: SkillRemoveInput!) { skillRemove(input: $input) { alumnus { skills { name } } userErrors { code field message } } }";

async fn edit(actor: &Actor<'_>, input: Value) -> Reply {
    actor.run(PROFILE, json!({ "input": input })).await
}

async fn stored(app: &TestApp) -> person::Model {
    let own = person::Entity::find_by_id(AOZORA.person("alumnus"));
    own.one(app.connection()).await.unwrap().unwrap()
}

async fn found(app: &TestApp, text: &str) -> Vec<String> {
    let query =
        "query($text: String) { alumni(filter: { search: $text }) { nodes { familyName } } }";
    let reply = app.hr().run(query, json!({ "text": text })).await;
    reply.texts("/alumni/nodes", "familyName")
}

#[tokio::test]
async fn an_alumnus_edits_every_field_of_their_own_profile() {
    let app = TestApp::start().await;
    let input = json!({
        "id": AOZORA.person("alumnus").to_string(), "expectedVersion": 1,
        "familyNameKana": "ﾔﾏﾀﾞ", "givenNameKana": "はなこ", "familyNameRomaji": "Yamada", "givenNameRomaji": "Hanako",
        "otherName": "森 花子", "personalEmail": "hana@Example.com", "phone": "０３-１２３４-５６７８", "location": " 東京 ",
        "currentEmployer": "ミドリ銀行", "currentTitle": "Engineer", "headline": "Rust", "biography": "one\ntwo",
        "links": [{ "label": "Blog", "url": "https://hana.example.com/" }], "languages": ["ja", "en-IE"], "intents": ["MENTOR", "REHIRE"],
    });
    let reply = edit(&app.alumnus(), input).await;
    assert_eq!(
        reply.at("/alumnusProfileUpdate/alumnus"),
        &json!({
            "familyNameKana": "ヤマダ", "givenNameKana": "ハナコ", "familyNameRomaji": "Yamada", "givenNameRomaji": "Hanako",
            "otherName": "森 花子", "personalEmail": "hana@example.com", "phone": "03-1234-5678", "location": "東京",
            "currentEmployer": "ミドリ銀行", "currentTitle": "Engineer", "headline": "Rust", "biography": "one\ntwo",
            "links": [{ "label": "Blog", "url": "https://hana.example.com/" }], "languages": ["ja", "en-IE"],
            "intents": ["MENTOR", "REHIRE"], "version": 2,
        })
    );
    let changes = app.changes().await;
    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].kind, "person.profile_updated");
    assert_eq!(changes[0].person_id, Some(AOZORA.person("alumnus")));
    assert_snapshot!(changes[0].fields.0.join(" "), @"familyNameKana givenNameKana familyNameRomaji givenNameRomaji otherName personalEmail phone location currentEmployer currentTitle headline biography links languages intents");
    assert_eq!(stored(&app).await.sort_name, "やまだ はなこ");
}

#[tokio::test]
async fn what_is_left_out_stays_and_null_clears() {
    let app = TestApp::start().await;
    let first = json!({ "headline": "Rust", "location": "Tokyo", "links": [{ "label": "a", "url": "https://a.example" }], "intents": ["SPEAK"] });
    edit(&app.alumnus(), first).await.data();
    let second = json!({ "headline": null, "location": " ", "links": null, "intents": null });
    let reply = edit(&app.alumnus(), second).await;
    let alumnus = reply.at("/alumnusProfileUpdate/alumnus");
    assert_eq!(alumnus["headline"], Value::Null);
    assert_eq!(alumnus["location"], Value::Null);
    assert_eq!(alumnus["links"], json!([]));
    assert_eq!(alumnus["intents"], json!([]));
    edit(
        &app.alumnus(),
        json!({ "headline": "SQL", "phone": "0312345678" }),
    )
    .await
    .data();
    let reply = edit(&app.alumnus(), json!({ "currentTitle": "CTO" })).await;
    assert_eq!(reply.at("/alumnusProfileUpdate/alumnus/headline"), "SQL");
    assert_eq!(reply.at("/alumnusProfileUpdate/alumnus/version"), 5);
}

#[tokio::test]
async fn every_fault_of_a_profile_is_named_at_once_and_nothing_is_stored() {
    let app = TestApp::start().await;
    let before = stored(&app).await;
    let input = json!({
        "familyNameKana": "山田", "givenNameRomaji": "花子", "personalEmail": "hana", "phone": "call me", "currentEmployer": "a\u{1}b",
        "currentTitle": "x".repeat(201), "headline": "two\nlines", "biography": "\u{1b}[31m",
        "links": [{ "label": "", "url": "http://a.example" }, { "label": "b", "url": " " }], "languages": ["ja", "日本語"], "intents": ["NETWORK_ONLY", "REHIRE"],
    });
    assert_snapshot!(edit(&app.alumnus(), input).await.user_errors(), @r"
    INVALID familyNameKana: must be a reading in kana, as `ヤマダ`
    INVALID givenNameRomaji: must be written in Latin letters, as `Yamada`
    INVALID personalEmail: must be one e-mail address, as `name@example.com`
    INVALID phone: must be one telephone number of 5 to 20 digits, as `+81 3-1234-5678`
    INVALID currentEmployer: must not hold control characters
    TOO_LONG currentTitle: must have at most 200 characters
    INVALID headline: must be one line
    INVALID biography: must not hold control characters
    REQUIRED links.0.label: must not be empty
    INVALID links.0.url: must be an https address, as `https://example.com/`
    REQUIRED links.1.url: must not be empty
    INVALID languages.1: must be a BCP 47 tag, as `ja` or `en-IE`
    INVALID intents: NETWORK_ONLY says that there is nothing else: set it alone
    ");
    assert_snapshot!(edit(&app.alumnus(), json!({
        "links": vec![json!({ "label": "a", "url": "https://a.example" }); 11], "languages": vec!["ja"; 21],
    })).await.user_errors(), @r"
    TOO_LONG links: must have at most 10 entries, has 11
    TOO_LONG languages: must have at most 20 entries, has 21
    ");
    assert_eq!(stored(&app).await, before);
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn another_alumnus_profile_does_not_exist_for_editing() {
    let app = TestApp::start().await;
    let other = app.new_alumnus("Other", "").insert().await;
    let input = json!({ "id": other.id.to_string(), "headline": "mine now" });
    assert_eq!(
        edit(&app.alumnus(), input.clone()).await.codes(),
        ["NOT_FOUND"]
    );
    for role in ["hr", "admin", "recruiter", "supporter", "employee"] {
        assert_eq!(
            edit(&app.actor(role), input.clone()).await.codes(),
            ["FORBIDDEN"],
            "{role}"
        );
    }
    assert_eq!(
        edit(&app.operator(), input.clone()).await.codes(),
        ["FORBIDDEN"]
    );
    assert_eq!(
        edit(&app.anonymous(), input).await.codes(),
        ["UNAUTHENTICATED"]
    );
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn an_edit_of_an_older_version_is_refused_and_nothing_is_stored() {
    let app = TestApp::start().await;
    let reply = edit(
        &app.alumnus(),
        json!({ "expectedVersion": 7, "headline": "late" }),
    )
    .await;
    assert_snapshot!(reply.user_errors(), @"STALE_VERSION expectedVersion: the version stored is 1, not 7: read again");
    let input = json!({ "id": AOZORA.person("alumnus").to_string(), "expectedVersion": 2, "employeeNumber": "A-1" });
    let reply = app.hr().run(RECORD, json!({ "input": input })).await;
    assert_snapshot!(reply.user_errors(), @"STALE_VERSION expectedVersion: the version stored is 1, not 2: read again");
    let row = stored(&app).await;
    assert_eq!(
        (row.headline, row.employee_number, row.version),
        (None, None, 1)
    );
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn of_twenty_edits_of_one_version_exactly_one_is_done() {
    let app = TestApp::start().await;
    let alumnus = app.alumnus();
    let edits = (0..20).map(|number| {
        edit(
            &alumnus,
            json!({ "expectedVersion": 1, "headline": format!("number {number}") }),
        )
    });
    let replies = join_all(edits).await;
    let done = replies
        .iter()
        .filter(|reply| reply.user_errors().is_empty());
    assert_eq!(done.count(), 1);
    assert_eq!(stored(&app).await.version, 2);
    assert_eq!(app.change_kinds().await, ["person.profile_updated"]);
}

#[tokio::test]
async fn an_edit_that_changes_nothing_writes_nothing() {
    let app = TestApp::start().await;
    edit(
        &app.alumnus(),
        json!({ "headline": "Rust", "intents": ["SPEAK", "REHIRE"] }),
    )
    .await
    .data();
    let same =
        json!({ "headline": " Rust ", "intents": ["REHIRE", "SPEAK", "REHIRE"], "phone": null });
    let reply = edit(&app.alumnus(), same).await;
    assert_eq!(reply.at("/alumnusProfileUpdate/alumnus/version"), 2);
    assert_eq!(app.changes().await.len(), 1);
}

#[tokio::test]
async fn a_search_finds_the_new_employer_at_once_and_the_old_one_no_more() {
    let app = TestApp::start().await;
    edit(
        &app.alumnus(),
        json!({ "currentEmployer": "ミドリ銀行", "otherName": "Mori" }),
    )
    .await
    .data();
    assert_eq!(found(&app, "みどり").await, ["alumnus"]);
    assert_eq!(found(&app, "mori").await, ["alumnus"]);
    edit(&app.alumnus(), json!({ "currentEmployer": "Akane Labs" }))
        .await
        .data();
    assert_eq!(found(&app, "みどり").await, Vec::<String>::new());
    assert_eq!(found(&app, "akane").await, ["alumnus"]);
}

#[tokio::test]
async fn who_works_here_again_has_no_profile_to_edit() {
    let app = TestApp::start().await;
    let back = app
        .new_alumnus("Back", "")
        .state(MembershipState::Rehired)
        .insert()
        .await;
    let back = app.login_of(&back).await;
    let refused = edit(&back, json!({ "headline": "x" })).await;
    assert_eq!(refused.codes(), ["FORBIDDEN"]);
    let gone = app
        .new_alumnus("Gone", "")
        .state(MembershipState::Erased)
        .insert()
        .await;
    let gone = app.login_of(&gone).await;
    let refused = edit(&gone, json!({ "headline": "x" })).await;
    assert_eq!(refused.codes(), ["FORBIDDEN"]);
    let withdrawn = app
        .new_alumnus("Quiet", "")
        .state(MembershipState::Withdrawn)
        .insert()
        .await;
    let withdrawn = app.login_of(&withdrawn).await;
    assert_snapshot!(edit(&withdrawn, json!({ "headline": "x" })).await.user_errors(), @"");
}

#[tokio::test]
async fn hr_corrects_a_name_and_the_directory_orders_by_it_at_once() {
    let app = TestApp::start().await;
    app.new_alumnus("中村", "")
        .kana("ナカムラ", "")
        .insert()
        .await;
    let id = AOZORA.person("alumnus").to_string();
    let input = json!({ "id": id, "familyName": "渡辺", "givenName": null, "familyNameKana": "わたなべ", "employeeNumber": "A-1" });
    let reply = app.hr().run(RECORD, json!({ "input": input })).await;
    assert_eq!(
        reply.at("/personRecordUpdate/person"),
        &json!({ "displayName": "渡辺", "employeeNumber": "A-1", "personalEmail": null, "version": 2 })
    );
    let list = app.hr().ask("{ alumni { nodes { familyName } } }").await;
    assert_eq!(list.texts("/alumni/nodes", "familyName"), ["中村", "渡辺"]);
    let change = &app.changes().await[0];
    assert_snapshot!(format!("{} {}", change.kind, change.fields.0.join(" ")), @"person.profile_updated employeeNumber familyName givenName familyNameKana");
}

#[tokio::test]
async fn hr_keeps_an_employees_record_too_and_a_family_name_stays() {
    let app = TestApp::start().await;
    let id = AOZORA.person("employee").to_string();
    let input = json!({ "id": id, "workEmail": "e@aozora.example", "employeeNumber": "E-7" });
    let reply = app.hr().run(RECORD, json!({ "input": input })).await;
    assert_eq!(
        reply.at("/personRecordUpdate/person"),
        &json!({ "displayName": "aozora employee", "employeeNumber": "E-7", "workEmail": "e@aozora.example", "version": 2 })
    );
    let input = json!({ "id": id, "familyName": null, "givenNameKana": "x", "workEmail": "@" });
    let reply = app.hr().run(RECORD, json!({ "input": input })).await;
    assert_snapshot!(reply.user_errors(), @r"
    REQUIRED familyName: must not be empty
    INVALID givenNameKana: must be a reading in kana, as `ヤマダ`
    INVALID workEmail: must be one e-mail address, as `name@example.com`
    ");
}

#[tokio::test]
async fn a_private_address_is_hrs_to_keep_only_until_the_alumnus_has_joined() {
    let app = TestApp::start().await;
    let candidate = app
        .new_alumnus("Asked", "")
        .state(MembershipState::Candidate)
        .insert()
        .await;
    let set = |id: String, email: Value| {
        let input = json!({ "input": { "id": id, "personalEmail": email } });
        async { app.hr().run(RECORD, input).await }
    };
    let reply = set(candidate.id.to_string(), json!("asked@example.com")).await;
    assert_eq!(
        reply.at("/personRecordUpdate/person/personalEmail"),
        "asked@example.com"
    );
    edit(
        &app.alumnus(),
        json!({ "personalEmail": "own@example.com" }),
    )
    .await
    .data();
    for email in [json!("hr@example.com"), json!(null)] {
        let reply = set(AOZORA.person("alumnus").to_string(), email).await;
        assert_eq!(
            reply.user_errors(),
            "REFUSED personalEmail: belongs to the alumnus, who has joined: only they change it"
        );
    }
    assert_eq!(
        stored(&app).await.personal_email.as_deref(),
        Some("own@example.com")
    );
}

#[tokio::test]
async fn only_hr_edits_records_and_only_of_their_own_company() {
    let app = TestApp::start().await;
    let input =
        json!({ "input": { "id": AOZORA.person("alumnus").to_string(), "familyName": "Mine" } });
    for role in ["recruiter", "supporter", "employee", "alumnus"] {
        assert_eq!(
            app.actor(role).run(RECORD, input.clone()).await.codes(),
            ["FORBIDDEN"],
            "{role}"
        );
    }
    assert_eq!(
        app.stranger().run(RECORD, input.clone()).await.codes(),
        ["NOT_FOUND"]
    );
    assert_eq!(
        app.anonymous().run(RECORD, input).await.codes(),
        ["UNAUTHENTICATED"]
    );
    assert_eq!(stored(&app).await.family_name, "alumnus");
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn intents_are_set_by_the_alumnus_alone() {
    let app = TestApp::start().await;
    edit(&app.alumnus(), json!({ "intents": ["REHIRE", "SPEAK"] }))
        .await
        .data();
    edit(&app.alumnus(), json!({ "intents": ["NETWORK_ONLY"] }))
        .await
        .data();
    let input =
        json!({ "input": { "id": AOZORA.person("alumnus").to_string(), "intents": ["REHIRE"] } });
    let reply = app.hr().run(RECORD, input).await;
    assert_eq!(reply.codes().len(), 1);
    let kept = person_intent::Entity::find()
        .all(app.connection())
        .await
        .unwrap();
    let kept: Vec<_> = kept.iter().map(|row| row.intent).collect();
    assert_eq!(kept, [entity::Intent::NetworkOnly]);
}

#[tokio::test]
async fn a_skill_is_added_relevelled_and_removed() {
    let app = TestApp::start().await;
    let alumnus = app.alumnus();
    let add = |name: &str, level: &str| {
        let input = json!({ "input": { "name": name, "level": level } });
        let alumnus = &alumnus;
        async move { alumnus.run(ADD, input).await }
    };
    add("Rust", "WORKING").await.data();
    let reply = add(" ＲＵＳＴ ", "EXPERT").await;
    assert_eq!(
        reply.at("/skillAdd/alumnus"),
        &json!({ "version": 3, "skills": [{ "name": "Rust", "level": "EXPERT" }] })
    );
    assert_eq!(
        add("rust", "EXPERT").await.at("/skillAdd/alumnus/version"),
        3
    );
    let skill = skill::Entity::find()
        .one(app.connection())
        .await
        .unwrap()
        .unwrap();
    let input = json!({ "input": { "skillId": skill.id.to_string() } });
    let reply = alumnus.run(REMOVE, input.clone()).await;
    assert_eq!(reply.at("/skillRemove/alumnus/skills"), &json!([]));
    assert_snapshot!(alumnus.run(REMOVE, input).await.user_errors(), @"NOT_FOUND skillId: your profile holds no such skill");
    assert_eq!(
        app.change_kinds().await,
        [
            "skill.created",
            "person.profile_updated",
            "person.profile_updated",
            "person.profile_updated"
        ]
    );
}

#[tokio::test]
async fn a_skill_needs_a_name_of_letters_or_digits() {
    let app = TestApp::start().await;
    for (name, fault) in [
        (" ", "REQUIRED name: must not be empty"),
        ("!!", "INVALID name: must hold a letter or a digit"),
        ("a\u{7}b", "INVALID name: must not hold control characters"),
    ] {
        let input = json!({ "input": { "name": name, "level": "BASIC" } });
        assert_eq!(app.alumnus().run(ADD, input).await.user_errors(), fault);
    }
    let input = json!({ "input": { "name": "Rust", "level": "BASIC" } });
    assert_eq!(app.hr().run(ADD, input).await.codes(), ["FORBIDDEN"]);
    assert_eq!(
        skill::Entity::find().count(app.connection()).await.unwrap(),
        0
    );
}

#[tokio::test]
async fn a_company_keeps_one_spelling_of_a_skill_however_many_name_it_at_once() {
    let app = TestApp::start().await;
    let mut people = Vec::new();
    for number in 0..10 {
        let person = app.new_alumnus(&format!("n{number}"), "").insert().await;
        people.push(app.login_of(&person).await);
    }
    let spellings = ["テスト設計", "ﾃｽﾄ設計", "てすと設計"];
    let adding = people.iter().enumerate().map(|(place, person)| {
        person.run(
            ADD,
            json!({ "input": { "name": spellings[place % 3], "level": "WORKING" } }),
        )
    });
    for reply in join_all(adding).await {
        assert_eq!(reply.user_errors(), "");
    }
    let known = skill::Entity::find().all(app.connection()).await.unwrap();
    assert_eq!(known.len(), 1);
    let kinds = app.change_kinds().await;
    assert_eq!(
        kinds.iter().filter(|kind| *kind == "skill.created").count(),
        1
    );
    assert_eq!(kinds.len(), 11);
}

#[tokio::test]
async fn skills_added_from_many_windows_are_all_kept() {
    let app = TestApp::start().await;
    let alumnus = app.alumnus();
    let names = [
        "C", "C++", "C#", "Rust", "SQL", "Go", "Java", "Kotlin", "Swift", "Ruby",
    ];
    let adding =
        names.map(|name| alumnus.run(ADD, json!({ "input": { "name": name, "level": "BASIC" } })));
    for reply in join_all(adding).await {
        assert_eq!(reply.user_errors(), "");
    }
    let held = app
        .hr()
        .run(
            "query($id: ID!) { alumnus(id: $id) { version skills { name } } }",
            json!({ "id": AOZORA.person("alumnus").to_string() }),
        )
        .await;
    let mut kept = held.texts("/alumnus/skills", "name");
    kept.sort_unstable();
    assert_eq!(
        kept,
        [
            "C", "C#", "C++", "Go", "Java", "Kotlin", "Ruby", "Rust", "SQL", "Swift"
        ]
    );
    assert_eq!(held.at("/alumnus/version"), 11);
}

#[tokio::test]
async fn a_profile_holds_at_most_a_hundred_skills() {
    let app = TestApp::start().await;
    for number in 0..100 {
        app.give_skill(
            AOZORA.id(),
            AOZORA.person("alumnus"),
            &format!("skill {number}"),
        )
        .await;
    }
    let add = |name: &str| {
        let input = json!({ "input": { "name": name, "level": "EXPERT" } });
        async { app.alumnus().run(ADD, input).await }
    };
    assert_snapshot!(add("one more").await.user_errors(), @"TOO_LONG name: a profile holds at most 100 skills: remove one first");
    assert_eq!(add("skill 7").await.user_errors(), "");
    assert_eq!(
        skill::Entity::find().count(app.connection()).await.unwrap(),
        100
    );
}

#[tokio::test]
async fn the_companys_skills_are_listed_by_name_and_by_how_it_begins() {
    let app = TestApp::start().await;
    for name in ["Rust", "C++", "C", "サーバー", "Ruby"] {
        app.give_skill(AOZORA.id(), AOZORA.person("alumnus"), name)
            .await;
    }
    let list = "query($start: String, $after: String) { skills(filter: { nameStartsWith: $start }, first: 3, after: $after) { totalCount nodes { name } pageInfo { endCursor } } }";
    let first = app.employee().run(list, json!({})).await;
    assert_eq!(first.texts("/skills/nodes", "name"), ["C", "C++", "Ruby"]);
    let end = first.at("/skills/pageInfo/endCursor");
    let rest = app.employee().run(list, json!({ "after": end })).await;
    assert_eq!(rest.texts("/skills/nodes", "name"), ["Rust", "サーバー"]);
    for (start, names) in [
        ("ＲＵ", vec!["Ruby", "Rust"]),
        ("さー", vec!["サーバー"]),
        ("!", vec![]),
    ] {
        let reply = app.alumnus().run(list, json!({ "start": start })).await;
        assert_eq!(reply.texts("/skills/nodes", "name"), names, "{start}");
    }
    assert_eq!(
        app.stranger()
            .run(list, json!({}))
            .await
            .at("/skills/totalCount"),
        0
    );
    assert_eq!(
        app.anonymous().run(list, json!({})).await.codes(),
        ["UNAUTHENTICATED"]
    );
}
