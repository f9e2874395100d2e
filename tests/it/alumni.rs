//! Reading people: the directory, its order, its pages, and what of it whom is shown.

use entity::{LeaveType, MembershipState};
use serde_json::json;

use crate::support::{Actor, TestApp};

const DIRECTORY: &str = "query($filter: AlumnusFilter, $orderBy: AlumnusOrder, $first: Int, $after: String, $last: Int, $before: String) {
    alumni(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
        totalCount nodes { familyName } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }";

#[tokio::test]
async fn the_directory_is_ordered_by_reading() {
    let app = TestApp::start().await;
    app.new_alumnus("渡辺", "修")
        .kana("ワタナベ", "オサム")
        .insert()
        .await;
    app.new_alumnus("安藤", "愛")
        .kana("アンドウ", "アイ")
        .insert()
        .await;
    app.new_alumnus("山田", "花子")
        .kana("ヤマダ", "ハナコ")
        .insert()
        .await;
    let reply = app.hr().run(DIRECTORY, json!({})).await;
    assert_eq!(
        reply.texts("/alumni/nodes", "familyName"),
        ["alumnus", "安藤", "山田", "渡辺"]
    );
    assert_eq!(reply.at("/alumni/totalCount"), 4);
}

#[tokio::test]
async fn pages_meet_in_both_directions() {
    let app = TestApp::start().await;
    for name in ["b", "c", "d", "e"] {
        app.new_alumnus(name, "").insert().await;
    }
    let first = app.hr().run(DIRECTORY, json!({ "first": 2 })).await;
    assert_eq!(first.texts("/alumni/nodes", "familyName"), ["alumnus", "b"]);
    let end = first.at("/alumni/pageInfo/endCursor").clone();
    let second = app
        .hr()
        .run(DIRECTORY, json!({ "first": 2, "after": end }))
        .await;
    assert_eq!(second.texts("/alumni/nodes", "familyName"), ["c", "d"]);
    let start = second.at("/alumni/pageInfo/startCursor").clone();
    let back = app
        .hr()
        .run(DIRECTORY, json!({ "last": 2, "before": start }))
        .await;
    assert_eq!(back.texts("/alumni/nodes", "familyName"), ["alumnus", "b"]);
    assert_eq!(back.at("/alumni/pageInfo/hasPreviousPage"), false);
    assert_eq!(second.at("/alumni/pageInfo/hasNextPage"), true);
}

#[tokio::test]
async fn a_whole_directory_page_is_one_statement_whatever_its_size() {
    let app = TestApp::start().await;
    for number in 0..30 {
        app.new_alumnus(&format!("n{number:02}"), "")
            .skills(&["Rust", "SQL"])
            .insert()
            .await;
    }
    let query = "query($first: Int) { alumni(first: $first) { totalCount nodes { displayName company { name } membership { state } intents
        employments { startedOn department { name } } skills { name level skill { id } } } } }";
    // the company, its departments and skills are known after this
    app.hr().run(query, json!({ "first": 30 })).await;
    for first in [1, 5, 25] {
        let (statements, reply) = app
            .statements(app.hr().run(query, json!({ "first": first })))
            .await;
        assert_eq!(reply.at("/alumni/nodes").as_array().unwrap().len(), first);
        assert_eq!(statements, 1, "first: {first}");
    }
}

#[tokio::test]
async fn a_search_finds_parts_of_names_in_any_writing() {
    let app = TestApp::start().await;
    app.new_alumnus("山田", "花子")
        .kana("ヤマダ", "ハナコ")
        .with(|row| row.current_employer = Some("ミドリ銀行".into()))
        .insert()
        .await;
    app.new_alumnus("田山", "一郎")
        .kana("タヤマ", "イチロウ")
        .insert()
        .await;
    for (text, found) in [
        ("山田", 1),
        ("ﾔﾏﾀﾞ", 1),
        ("やまだ はなこ", 1),
        ("田", 2),
        ("みどり", 1),
        ("山田一郎", 0),
        ("!", 0),
        ("山 田", 2),
    ] {
        let reply = app
            .hr()
            .run(DIRECTORY, json!({ "filter": { "search": text } }))
            .await;
        assert_eq!(reply.at("/alumni/totalCount"), found, "{text}");
    }
}

#[tokio::test]
async fn a_search_by_a_family_name_pages_through_a_company_in_the_directorys_order() {
    let app = TestApp::start().await;
    for (given, reading) in [("三", "ミ"), ("一", "ア"), ("二", "キ")] {
        app.new_alumnus("山田", given)
            .kana("ヤマダ", reading)
            .insert()
            .await;
    }
    app.new_alumnus("田山", "一")
        .kana("タヤマ", "ア")
        .insert()
        .await;
    let query = "query($after: String) { company { alumni(first: 2, after: $after, filter: { search: \"山田\" }) { totalCount nodes { givenName } pageInfo { hasNextPage endCursor } } } }";
    let first = app.hr().run(query, json!({})).await;
    assert_eq!(
        first.texts("/company/alumni/nodes", "givenName"),
        ["一", "二"]
    );
    assert_eq!(first.at("/company/alumni/totalCount"), 3);
    let after = first.at("/company/alumni/pageInfo/endCursor");
    let second = app.hr().run(query, json!({ "after": after })).await;
    assert_eq!(second.texts("/company/alumni/nodes", "givenName"), ["三"]);
    assert_eq!(second.at("/company/alumni/pageInfo/hasNextPage"), false);
}

#[tokio::test]
async fn names_are_found_by_how_their_reading_begins() {
    let app = TestApp::start().await;
    app.new_alumnus("山田", "花子")
        .kana("ヤマダ", "ハナコ")
        .insert()
        .await;
    app.new_alumnus("大山", "一郎")
        .kana("オオヤマ", "イチロウ")
        .insert()
        .await;
    app.new_alumnus("O'Neil", "Ann").insert().await;
    for (text, found) in [
        ("ヤマ", vec!["山田"]),
        ("ﾔﾏﾀﾞ は", vec!["山田"]),
        ("や", vec!["山田"]),
        ("おお", vec!["大山"]),
        ("o'n", vec!["O'Neil"]),
        ("O NEIL", vec!["O'Neil"]),
        ("eil", vec![]),
        ("山", vec![]),
        ("%", vec![]),
        ("_", vec![]),
        ("", vec!["alumnus", "O'Neil", "大山", "山田"]),
    ] {
        let filter = json!({ "filter": { "nameStartsWith": text } });
        let reply = app.hr().run(DIRECTORY, filter).await;
        assert_eq!(reply.texts("/alumni/nodes", "familyName"), found, "{text}");
        assert_eq!(reply.at("/alumni/totalCount"), found.len(), "{text}");
    }
}

#[tokio::test]
async fn whom_one_may_not_see_one_does_not_find_by_the_begin_of_a_name() {
    let app = TestApp::start().await;
    app.new_alumnus("hidden", "")
        .state(MembershipState::Paused)
        .insert()
        .await;
    let filter = json!({ "filter": { "nameStartsWith": "hid" } });
    let found = async |actor: Actor<'_>| {
        let reply = actor.run(DIRECTORY, filter.clone()).await;
        reply.at("/alumni/totalCount").clone()
    };
    assert_eq!(found(app.hr()).await, 1);
    for nobody in [app.alumnus(), app.employee(), app.stranger()] {
        assert_eq!(found(nobody).await, 0);
    }
    let employees = "{ employees(filter: { nameStartsWith: \"empl\" }) { nodes { familyName } } }";
    assert_eq!(
        app.hr()
            .ask(employees)
            .await
            .texts("/employees/nodes", "familyName"),
        ["employee"]
    );
    assert_eq!(app.alumnus().ask(employees).await.codes(), ["FORBIDDEN"]);
}

#[tokio::test]
async fn members_see_active_members_and_hr_sees_every_state() {
    let app = TestApp::start().await;
    app.new_alumnus("paused", "")
        .state(MembershipState::Paused)
        .insert()
        .await;
    app.new_alumnus("asked", "")
        .state(MembershipState::Invited)
        .insert()
        .await;
    app.new_alumnus("member", "").insert().await;
    assert_eq!(
        app.alumnus()
            .run(DIRECTORY, json!({}))
            .await
            .texts("/alumni/nodes", "familyName"),
        ["alumnus", "member"]
    );
    assert_eq!(
        app.employee()
            .run(DIRECTORY, json!({}))
            .await
            .texts("/alumni/nodes", "familyName"),
        ["alumnus", "member"]
    );
    assert_eq!(
        app.hr()
            .run(DIRECTORY, json!({}))
            .await
            .texts("/alumni/nodes", "familyName"),
        ["alumnus", "asked", "member", "paused"]
    );
}

#[tokio::test]
async fn why_somebody_left_is_for_hr_alone() {
    let app = TestApp::start().await;
    let left = app
        .new_alumnus("Doe", "")
        .left_because(LeaveType::Mutual, "a quarrel")
        .insert()
        .await;
    let query = "query($id: ID!) { alumnus(id: $id) { employments { leaveType leaveReason } } }";
    for (role, kind, reason) in [
        ("hr", "MUTUAL", "a quarrel"),
        ("admin", "MUTUAL", ""),
        ("recruiter", "", ""),
        ("employee", "", ""),
        ("alumnus", "", ""),
    ] {
        let reply = app
            .actor(role)
            .run(query, json!({ "id": left.id.to_string() }))
            .await;
        let stint = reply.at("/alumnus/employments/0");
        assert_eq!(
            stint["leaveReason"].as_str().unwrap_or_default(),
            reason,
            "{role}"
        );
        assert_eq!(
            stint["leaveType"].as_str().unwrap_or_default(),
            kind,
            "{role}"
        );
    }
}

#[tokio::test]
async fn another_companys_people_do_not_exist() {
    let app = TestApp::start().await;
    let person = app.new_alumnus("Secret", "").insert().await;
    let query = "query($id: ID!) { alumnus(id: $id) { id } node(id: $id) { id } nodes(ids: [$id]) { id } alumni(filter: { search: \"Secret\" }) { totalCount } }";
    let reply = app
        .stranger()
        .run(query, json!({ "id": person.id.to_string() }))
        .await;
    assert_eq!(
        reply.data(),
        &json!({ "alumnus": null, "node": null, "nodes": [null], "alumni": { "totalCount": 0 } })
    );
}
