//! Each way in takes a trusted document by its name, and does with it what it does with any.

use super::*;
use crate::stream::client::{Said, Stream, post};

#[tokio::test]
async fn every_way_in_takes_an_identifier() {
    let portal = Portal::holding(&[]).await;
    let hr = portal.app.hr();
    let id = [("documentId", "me"), ("query", ""), ("operationName", "Me")];
    assert_eq!(
        sent(portal.get(&hr, TYPED, &id)).await,
        (200, kind("MEMBER"))
    );
    let answer = [Said::Next(kind("MEMBER")), Said::Complete];
    let streamed = portal.get(&hr, EVENT_STREAM, &id);
    assert_eq!(Stream::of(streamed).await.events().await, answer);
    let streamed = post(&portal.app, &portal.address, hr.token());
    let streamed = streamed.json(&json!({ "documentId": "me" }));
    assert_eq!(Stream::of(streamed).await.events().await, answer);

    let renamed = json!({ "documentId": "rename", "variables": rename("Aozora Air") });
    let answer = portal.json(&portal.app.admin(), renamed).await;
    assert_eq!(
        answer["data"]["companyUpdate"]["company"]["name"],
        "Aozora Air"
    );
    let follow = json!({ "documentId": "changes", "variables": { "after": "MC4w" } });
    let change = json!({ "data": { "changes": { "kind": "company.updated" } } });
    let streamed = post(&portal.app, &portal.address, hr.token()).json(&follow);
    let said = Stream::of(streamed).await.event().await;
    assert_eq!(said, Some(Said::Next(change.clone())));
    let mut socket = Client::ready(&portal.address, hr.token()).await;
    let ask =
        |id: &str, payload: &Value| json!({ "type": "subscribe", "id": id, "payload": payload });
    socket.send(&ask("1", &json!({ "documentId": "me" }))).await;
    assert_eq!(socket.next().await["payload"], kind("MEMBER"));
    assert_eq!(socket.next().await["type"], "complete");
    socket.send(&ask("2", &follow)).await;
    assert_eq!(socket.next().await["payload"], change);
}

#[tokio::test]
async fn what_the_ways_in_refuse_they_refuse_by_any_name() {
    let portal = Portal::holding(&[]).await;
    let admin = portal.app.admin();
    let before = portal.name().await;
    let variables = rename("Changed").to_string();
    let parameters = [("documentId", "rename"), ("variables", &variables)];
    for accept in [TYPED, EVENT_STREAM] {
        let response = portal
            .get(&admin, accept, &parameters)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 405);
        assert_eq!(response.headers()["allow"], "POST");
    }
    // a form of a foreign page, which no browser asks first about
    let body = json!({ "documentId": "rename", "variables": rename("Changed") }).to_string();
    let simple = portal
        .post(&admin, TYPED)
        .header("content-type", "text/plain");
    assert_eq!(sent(simple.body(body)).await.0, 415);
    assert_eq!(portal.name().await, before);
    assert_eq!(portal.app.change_kinds().await, Vec::<String>::new());
}

#[tokio::test]
async fn under_a_key_a_document_is_the_same_by_any_name() {
    let portal = Portal::holding(&[]).await;
    let admin = portal.app.admin();
    let send = async |body: Value| {
        let request = portal.post(&admin, TYPED).header("idempotency-key", "one");
        sent(request.json(&body)).await.1
    };
    let variables = rename("Aozora Air");
    let first = send(json!({ "documentId": "rename", "variables": variables })).await;
    assert_eq!(first["extensions"]["idempotent"]["replayed"], false);
    for body in [
        json!({ "documentId": "rename", "variables": variables }),
        json!({ "query": RENAME, "variables": variables }),
        json!({ "extensions": extension(RENAME), "variables": variables }),
    ] {
        let again = send(body).await;
        assert_eq!(
            again["extensions"]["idempotent"]["replayed"], true,
            "{again}"
        );
        assert_eq!(again["data"], first["data"]);
    }
    assert_eq!(portal.app.change_kinds().await, ["company.updated"]);
}
