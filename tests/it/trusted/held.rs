//! Who is held to trusted documents has nothing else run, learns nothing of what it would have come to, and leaves nothing behind.

use entity::{Role, Roles, account};
use sea_orm::ActiveValue::Set;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, QueryFilter};

use super::*;
use crate::stream::client::post;

const FREE: &str = "{ viewer { roles } }";
const REQUIRED: (&str, &str) = (
    "PERSISTED_QUERY_ID_REQUIRED",
    "You may have trusted documents run and no others: name one by `documentId`.",
);

fn free() -> Value {
    json!({ "query": FREE })
}

fn me() -> Value {
    json!({ "documentId": "me" })
}

#[tokio::test]
async fn each_setting_holds_those_it_names_and_nobody_else() {
    for (only, held) in [
        (&[][..], &[][..]),
        (&["HR"], &["hr"]),
        (&["ALUMNUS", "EMPLOYEE"], &["alumnus", "employee"]),
        (&["ANONYMOUS"], &["anonymous"]),
        (&["API_KEY"], &["key"]),
        (&["OPERATOR"], &["operator"]),
        (
            &["ALL"],
            &["hr", "alumnus", "employee", "anonymous", "key", "operator"],
        ),
    ] {
        let portal = Portal::holding(only).await;
        let app = &portal.app;
        for (name, actor) in [
            ("hr", app.hr()),
            ("alumnus", app.alumnus()),
            ("employee", app.employee()),
            ("anonymous", app.anonymous()),
            ("key", app.system(&["alumni:read"]).await),
            ("operator", app.operator()),
        ] {
            let (status, answer) = portal.typed(&actor, &free()).await;
            if held.contains(&name) {
                assert_eq!(
                    (status, refusal(&answer)),
                    (400, REQUIRED),
                    "{only:?} {name}"
                );
            } else {
                assert_eq!(status, 200, "{only:?} {name}: {answer}");
            }
            assert_eq!(portal.typed(&actor, &me()).await.0, 200, "{only:?} {name}");
        }
    }
}

#[tokio::test]
async fn one_role_of_several_is_enough() {
    let portal = Portal::holding(&["RECRUITER"]).await;
    let accounts = account::Entity::find();
    let found = accounts.filter(account::Column::PersonId.eq(AOZORA.person("hr")));
    let found = found.one(portal.app.connection()).await.unwrap().unwrap();
    let mut row: account::ActiveModel = found.into();
    row.roles = Set(Roles(vec![Role::Hr, Role::Recruiter]));
    row.update(portal.app.connection()).await.unwrap();
    let (_, answer) = portal.typed(&portal.app.hr(), &free()).await;
    assert_eq!(refusal(&answer), REQUIRED);
}

#[tokio::test]
async fn whatever_else_is_sent_the_words_are_the_same() {
    let portal = Portal::holding(&["ALL"]).await;
    let (hr, nobody) = (portal.app.hr(), portal.app.anonymous());
    let long = format!("{ME}{}", " ".repeat(200_000));
    for query in [
        FREE,
        "{ viewer { shoeSize } }",
        "{ viewer",
        "",
        "{ __schema { types { name } } }",
        "query Me { viewer { kind } } ",
        "query Me{ viewer { kind } }",
        "query Me { viewer { kind } }\n",
        "mutation { companyUpdate }",
        long.as_str(),
    ] {
        for body in [
            json!({ "query": query }),
            json!({ "query": query, "extensions": extension(query) }),
            json!({ "query": query, "extensions": extension(ME) }),
            json!({ "extensions": extension(query) }),
            json!({ "query": query, "variables": { "n": "\u{0}" }, "operationName": "Nobody" }),
        ] {
            // a hash without its text stands for a trusted document
            if query.is_empty() && body["extensions"] == extension(ME) {
                continue;
            }
            for actor in [&hr, &nobody] {
                let (status, answer) = portal.typed(actor, &body).await;
                assert_eq!((status, refusal(&answer)), (400, REQUIRED), "{query:.40}");
            }
        }
    }
    let answer = sent(portal.post(&hr, "application/json").json(&free())).await;
    assert_eq!((answer.0, refusal(&answer.1)), (200, REQUIRED));
}

#[tokio::test]
async fn a_trusted_text_is_as_good_as_its_name() {
    let portal = Portal::holding(&["ALL"]).await;
    let hr = portal.app.hr();
    for body in [
        json!({ "query": ME }),
        json!({ "query": ME, "extensions": extension(ME) }),
        json!({ "extensions": extension(ME) }),
        json!({ "documentId": format!("sha256:{}", hash(ME)) }),
    ] {
        assert_eq!(portal.typed(&hr, &body).await, (200, kind("MEMBER")));
    }
    let foreign = json!({ "query": ME, "extensions": extension(FREE) });
    let (_, answer) = portal.typed(&hr, &foreign).await;
    assert_eq!(refusal(&answer).0, "BAD_REQUEST");
    let (_, answer) = portal.typed(&hr, &json!({ "documentId": "you" })).await;
    assert_eq!(refusal(&answer).0, "PERSISTED_QUERY_NOT_IN_LIST");
}

#[tokio::test]
async fn who_is_held_registers_nothing_and_finds_nothing_others_registered() {
    let portal = Portal::holding(&["ALUMNUS"]).await;
    let (held, other) = (portal.app.alumnus(), portal.app.hr());
    let whole = json!({ "query": FREE, "extensions": extension(FREE) });
    let lookup = json!({ "extensions": extension(FREE) });
    let (_, answer) = portal.typed(&held, &whole).await;
    assert_eq!(refusal(&answer), REQUIRED);
    let (_, answer) = portal.typed(&other, &lookup).await;
    assert_eq!(refusal(&answer).0, "PERSISTED_QUERY_NOT_FOUND");
    assert_eq!(portal.typed(&other, &whole).await.0, 200);
    assert_eq!(portal.typed(&other, &lookup).await.0, 200);
    let (_, answer) = portal.typed(&held, &lookup).await;
    assert_eq!(refusal(&answer), REQUIRED);
}

#[tokio::test]
async fn what_is_refused_took_no_key_and_did_nothing() {
    let portal = Portal::holding(&["ADMIN"]).await;
    let admin = portal.app.admin();
    let send = async |body: Value| {
        let request = portal.post(&admin, TYPED).header("idempotency-key", "one");
        sent(request.json(&body)).await.1
    };
    let free = format!("{RENAME} ");
    let refused = send(json!({ "query": free, "variables": rename("Changed") })).await;
    assert_eq!(refusal(&refused), REQUIRED);
    assert_eq!(portal.app.change_kinds().await, Vec::<String>::new());
    let done = send(json!({ "documentId": "rename", "variables": rename("Aozora Air") })).await;
    assert_eq!(done["extensions"]["idempotent"]["replayed"], false);
    assert_eq!(portal.name().await, "Aozora Air");
}

#[tokio::test]
async fn every_way_in_holds_them() {
    let portal = Portal::holding(&["ALL"]).await;
    let admin = portal.app.admin();
    // not even that it is a mutation is told
    let free = [("query", "mutation { companyUpdate { __typename } }")];
    for accept in [TYPED, EVENT_STREAM] {
        let (status, answer) = sent(portal.get(&admin, accept, &free)).await;
        assert_eq!((status, refusal(&answer)), (400, REQUIRED));
    }
    let follow = json!({ "query": "subscription { changes { kind } }" });
    let streamed = post(&portal.app, &portal.address, admin.token()).json(&follow);
    let (status, answer) = sent(streamed).await;
    assert_eq!((status, refusal(&answer)), (400, REQUIRED));

    let mut socket = Client::ready(&portal.address, admin.token()).await;
    for (id, payload) in [
        ("1", follow),
        ("2", json!({ "query": FREE })),
        ("3", json!({ "extensions": extension(FREE) })),
    ] {
        let ask = json!({ "type": "subscribe", "id": id, "payload": payload });
        socket.send(&ask).await;
        let told = socket.next().await;
        assert_eq!((&told["type"], &told["id"]), (&json!("error"), &json!(id)));
        assert_eq!(refusal(&json!({ "errors": told["payload"] })), REQUIRED);
    }
    let ask = json!({ "type": "subscribe", "id": "4", "payload": me() });
    socket.send(&ask).await;
    assert_eq!(socket.next().await["payload"], kind("MEMBER"));
}

#[tokio::test]
async fn a_document_is_not_tried_out_by_asking_what_it_costs() {
    let portal = Portal::holding(&["HR"]).await;
    let (held, other) = (portal.app.hr(), portal.app.admin());
    let price =
        |document: &str| json!({ "documentId": "cost", "variables": { "document": document } });
    for document in [FREE, "{ viewer", "{ shoeSize }"] {
        let answer = portal.json(&held, price(document)).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
        assert_eq!(
            answer["errors"][0]["message"],
            "document: must be a trusted document"
        );
    }
    let told = json!({ "data": { "queryCost": { "requested": 1 } } });
    assert_eq!(portal.json(&held, price(ME)).await, told);
    assert_eq!(portal.json(&other, price(FREE)).await, told);
}
