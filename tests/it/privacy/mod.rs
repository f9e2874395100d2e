//! What people may ask about the data held of them.

mod company;
mod erasure;
mod exports;
mod requests;
mod restriction;
mod retention;
pub mod search;
mod tombstones;

use entity::{PersonId, Role, person};
use serde_json::{Value, json};

use crate::support::{Actor, Reply, TestApp};

const OPEN: &str = "mutation($input: DataRequestOpenInput!) { dataRequestOpen(input: $input) { exportPath
    dataRequest { id kind state origin wish receivedOn dueOn answer keptUntil closedAt version identityProof receipt { erasedAt stores { store deleted blanked kept duty keptUntil } } }
    userErrors { code field message } } }";
const REGISTER: &str = "mutation($input: DataRequestRegisterInput!) { dataRequestRegister(input: $input) { dataRequest { id state origin receivedOn dueOn version } userErrors { code field message } } }";

async fn opens(actor: &Actor<'_>, input: Value) -> Reply {
    actor.run(OPEN, json!({ "input": input })).await
}

/// A step of a request: `step(&hr, "Take", id, json!({}))`.
async fn step(actor: &Actor<'_>, name: &str, id: &str, mut input: Value) -> Reply {
    input["id"] = json!(id);
    let query = format!(
        "mutation($input: DataRequest{name}Input!) {{ dataRequest{name}(input: $input) {{
            dataRequest {{ id state dueOn answer keptUntil identityProof extensionReason version handler {{ displayName }} person {{ displayName }} receipt {{ stores {{ store deleted blanked kept duty keptUntil }} }} }}
            userErrors {{ code field message }} {} }} }}",
        if ["Fulfil", "IssueLink"].contains(&name) { "exportPath" } else { "" }
    );
    actor.run(&query, json!({ "input": input })).await
}

/// A request written down by HR, as its id.
async fn registered(app: &TestApp, person: PersonId, kind: &str) -> String {
    let mut input = json!({ "personId": person.to_string(), "kind": kind });
    if kind == "CORRECTION" {
        input["wish"] = json!("the name is written otherwise");
    }
    let reply = app.hr().run(REGISTER, json!({ "input": input })).await;
    assert_eq!(reply.user_errors(), "");
    let id = reply.at("/dataRequestRegister/dataRequest/id");
    id.as_str().unwrap().to_owned()
}

/// One whose identity is verified.
async fn verified(app: &TestApp, person: PersonId, kind: &str) -> String {
    let id = registered(app, person, kind).await;
    let how = json!({ "how": "passport shown at the desk" });
    let reply = step(&app.hr(), "VerifyIdentity", &id, how).await;
    assert_eq!(reply.user_errors(), "");
    id
}

/// Another active alumnus, with a login.
async fn another<'a>(app: &'a TestApp, name: &str) -> (person::Model, Actor<'a>) {
    let person = app.new_alumnus(name, "").insert().await;
    let login = app.login(&person, Role::Alumnus).await;
    (person, login)
}
