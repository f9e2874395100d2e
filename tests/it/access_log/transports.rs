//! Every way in which an answer leaves: what it reads is recorded, and where it cannot be, nothing is answered.

use std::fs;

use super::*;
use crate::socket::client::{Client, subscribe};
use crate::stream::client::{Said, Stream};

const NAMES: &str = "query Names { alumni { nodes { displayName } } }";

#[tokio::test]
async fn a_reading_over_a_socket_is_recorded() {
    let app = TestApp::start().await;
    let mut socket = Client::ready(app.address(), app.hr().token()).await;
    socket.send(&subscribe("1", NAMES)).await;
    assert_eq!(socket.next().await["type"], "next");
    let all = entries(&app).await;
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].person_id, Some(alumnus()));
    assert_eq!(all[0].operation_name.as_deref(), Some("Names"));
}

#[tokio::test]
async fn a_reading_over_an_event_stream_is_recorded() {
    let app = TestApp::start().await;
    let mut stream = Stream::open(&app, app.address(), app.hr().token(), NAMES).await;
    assert!(matches!(stream.event().await, Some(Said::Next(_))));
    assert_eq!(
        logged(&app).await,
        [(alumnus(), vec![PersonalField::DisplayName])]
    );
}

#[tokio::test]
async fn nothing_is_answered_that_cannot_be_recorded() {
    let app = TestApp::start().await;
    let folder = app.spool();
    fs::remove_dir_all(folder).unwrap();
    fs::write(folder, "no folder").unwrap();
    let reply = app.hr().ask(NAMES).await;
    assert_eq!(reply.codes(), ["INTERNAL_SERVER_ERROR"]);
    assert!(!reply.text.contains("aozora alumnus"), "{}", reply.text);
    let mut socket = Client::ready(app.address(), app.hr().token()).await;
    socket.send(&subscribe("1", NAMES)).await;
    let said = socket.next().await.to_string();
    assert!(said.contains("INTERNAL_SERVER_ERROR"), "{said}");
    assert!(!said.contains("aozora alumnus"), "{said}");
    let mut stream = Stream::open(&app, app.address(), app.hr().token(), NAMES).await;
    let said = format!("{:?}", stream.event().await);
    assert!(said.contains("INTERNAL_SERVER_ERROR"), "{said}");
    assert!(!said.contains("aozora alumnus"), "{said}");
    // what reads nobody is answered still
    app.hr().ask("{ viewer { kind } }").await.data();
    assert_eq!(
        app.employee().ask(NAMES).await.codes(),
        Vec::<String>::new()
    );

    fs::remove_file(folder).unwrap();
    app.hr().ask(NAMES).await.data();
    assert_eq!(entries(&app).await.len(), 1);
}

#[tokio::test]
async fn somebody_elses_copy_of_all_that_is_held_is_recorded_and_ones_own_is_not() {
    let app = TestApp::start().await;
    let register = "mutation($input: DataRequestRegisterInput!) { dataRequestRegister(input: $input) { dataRequest { id } userErrors { message } } }";
    let input =
        json!({ "personId": alumnus().to_string(), "kind": "EXPORT", "receivedOn": "2026-04-01" });
    let reply = app.hr().run(register, json!({ "input": input })).await;
    let id = reply.at("/dataRequestRegister/dataRequest/id").clone();
    let step = async |name: &str, input: Value| {
        let query = format!(
            "mutation($input: DataRequest{name}Input!) {{ dataRequest{name}(input: $input) {{ {} userErrors {{ message }} }} }}",
            if name == "Fulfil" { "exportPath" } else { "" }
        );
        app.hr().run(&query, json!({ "input": input })).await
    };
    step("VerifyIdentity", json!({ "id": id, "how": "passport" })).await;
    let done = step("Fulfil", json!({ "id": id })).await;
    let path = done.at("/dataRequestFulfil/exportPath").as_str().unwrap();
    assert_eq!(entries(&app).await, []);
    let get = async |path: &str| {
        let response = app.client().get(app.url(path)).send().await.unwrap();
        assert_eq!(response.status().as_u16(), 200);
        response.json::<Value>().await.unwrap()
    };
    get(path).await;
    let all = entries(&app).await;
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].operation_name.as_deref(), Some("export"));
    assert_eq!(
        (all[0].person_id, all[0].reader_role),
        (Some(alumnus()), Some(Role::Hr))
    );
    assert_eq!(
        logged(&app).await[0].1.len(),
        <PersonalField as sea_orm::Iterable>::iter().count()
    );

    let own = "mutation { dataRequestOpen(input: { kind: EXPORT }) { exportPath } }";
    let reply = app.alumnus().ask(own).await;
    let document = get(reply.at("/dataRequestOpen/exportPath").as_str().unwrap()).await;
    assert_eq!(entries(&app).await.len(), 1);
    // and it says so, by the fields' names
    let sections = document["sections"].as_array().unwrap();
    let read = sections
        .iter()
        .find(|section| section["name"] == "accessLog");
    let entry = &read.unwrap()["entries"][0];
    assert_eq!(entry["readerRole"], "HR");
    assert_eq!(entry["fields"][0], "DISPLAY_NAME");
    assert_eq!(entry["fields"][8], "PERSONAL_EMAIL");
}
