//! A statement reads the columns that are selected: whatever else is selected beside it, a field answers the same.

use alumni_api::deliveries::NewDelivery;
use alumni_api::seed;
use entity::{CompanyId, Id, PersonId};
use sea_orm::{ColumnTrait, EntityTrait, IdenStatic, Iterable, QueryFilter};
use serde_json::Value;

use crate::support::{Actor, TestApp};

/// Where rows of each noun are listed, `…` standing for what is selected of a row.
const LISTS: [(&str, &str); 19] = [
    ("Alumnus", "{ alumni(first: 100) { nodes { … } } }"),
    ("Employee", "{ employees(first: 100) { nodes { … } } }"),
    (
        "EngagementEvent",
        "{ engagementEvents(first: 100) { nodes { … } } }",
    ),
    (
        "Participation",
        "{ engagementEvents(first: 10) { nodes { participations(first: 50) { nodes { … } } } } }",
    ),
    (
        "Opportunity",
        "{ opportunities(first: 100) { nodes { … } } }",
    ),
    ("Referral", "{ referrals(first: 100) { nodes { … } } }"),
    (
        "CandidateInvitation",
        "{ candidateInvitations(first: 100) { nodes { … } } }",
    ),
    (
        "DataRequest",
        "{ dataRequests(first: 100) { nodes { … } } }",
    ),
    ("Delivery", "{ deliveries(first: 100) { nodes { … } } }"),
    ("Company", "{ company { … } }"),
    ("Skill", "{ skills(first: 100) { nodes { … } } }"),
    ("ApiKey", "{ apiKeys(first: 100) { nodes { … } } }"),
    ("Account", "{ accounts(first: 100) { nodes { … } } }"),
    ("Invitation", "{ invitations(first: 100) { nodes { … } } }"),
    ("Change", "{ auditTrail(first: 100) { nodes { … } } }"),
    (
        "IdentityProvider",
        "{ identityProviders(first: 100) { nodes { … } } }",
    ),
    (
        "MembershipApplication",
        "{ membershipApplications(first: 100) { nodes { … } } }",
    ),
    ("SyncRun", "{ syncRuns(first: 100) { nodes { … } } }"),
    (
        "SyncRunResult",
        "{ syncRuns(first: 10) { nodes { results(first: 50) { nodes { … } } } } }",
    ),
];

/// The access log grows with each answer, this law's own among them; companies are listed to operators, who see nothing else here.
const NOT_HERE: [&str; 2] = ["accessLog", "companies"];

/// The root fields that are lists.
async fn root_lists(actor: &Actor<'_>) -> Vec<String> {
    let query = "{ __schema { queryType { fields { name type { ofType { name } } } } } }";
    let reply = actor.ask(query).await;
    let fields = reply.at("/__schema/queryType/fields").as_array().unwrap();
    let is_list = |field: &&Value| {
        let kind = field["type"]["ofType"]["name"].as_str();
        kind.is_some_and(|name| name.ends_with("Connection"))
    };
    fields
        .iter()
        .filter(is_list)
        .map(|field| field["name"].as_str().unwrap().to_owned())
        .collect()
}

/// How each of a type's fields is selected at its simplest, and its name. No field of these types needs an argument.
async fn fields(actor: &Actor<'_>, name: &str) -> Vec<(String, String)> {
    let query = "query($name: String!) { __type(name: $name) { fields { name type { kind ofType { kind ofType { kind ofType { kind } } } } } } }";
    let reply = actor.run(query, serde_json::json!({ "name": name })).await;
    let selected = |field: &Value| {
        let mut kind = &field["type"];
        while kind["ofType"].is_object() {
            kind = &kind["ofType"];
        }
        let name = field["name"].as_str().unwrap().to_owned();
        let leaf = ["SCALAR", "ENUM"].contains(&kind["kind"].as_str().unwrap());
        let below = if leaf { "" } else { " { __typename }" };
        (format!("{name}{below}"), name)
    };
    let fields = reply.at("/__type/fields").as_array().unwrap();
    fields.iter().map(selected).collect()
}

/// What the rows of an answer hold of a field, in their order.
fn values(answer: &Value, field: &str) -> Vec<Value> {
    match answer {
        Value::Array(items) => items.iter().flat_map(|item| values(item, field)).collect(),
        Value::Object(fields) => match fields.get(field) {
            Some(value) => vec![value.clone()],
            None => fields
                .values()
                .flat_map(|value| values(value, field))
                .collect(),
        },
        _ => Vec::new(),
    }
}

async fn company_of(app: &TestApp) -> CompanyId {
    let found = entity::company::Entity::find()
        .filter(entity::company::Column::Slug.eq(seed::COMPANIES[0]))
        .one(app.connection());
    found.await.unwrap().unwrap().id
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a line a field")]
async fn a_field_answers_the_same_whatever_is_selected_beside_it() {
    let app = TestApp::start_with_demo().await;
    let hr = app.with_token(&app.token(&seed::subject(entity::Role::Admin, seed::COMPANIES[0])));
    let people = hr.ask("{ alumni(first: 1) { nodes { id } } }").await;
    let person = &people.texts("/alumni/nodes", "id")[0];
    let register = "mutation($id: ID!) { dataRequestRegister(input: { personId: $id, kind: CORRECTION, wish: \"x\" }) { userErrors { code field message } } }";
    let registered = hr.run(register, serde_json::json!({ "id": person })).await;
    assert_eq!(registered.user_errors(), "");
    let invite = "mutation { accountInvite(input: { roles: [HR], accountExpiresAt: \"2026-06-01T00:00:00Z\" }) { userErrors { code field message } } }";
    assert_eq!(hr.ask(invite).await.user_errors(), "");
    let provider = "mutation { identityProviderCreate(input: { name: \"x\", purpose: EMPLOYEES, issuer: \"https://x.example.com\", audiences: [\"x\"],
        jwksUrl: \"https://x.example.com/keys\", authorizedParties: [\"x\"], claims: { groups: \"g\" }, groupRoles: [{ group: \"x\", role: HR }], enabled: false }) { userErrors { code field message } } }";
    assert_eq!(hr.ask(provider).await.user_errors(), "");
    let delivery = crate::deliveries::to_person(PersonId::parse(person).unwrap(), "x@example.com");
    let delivery = NewDelivery {
        purpose: Some(entity::ConsentPurpose::EmailNews),
        ..delivery
    };
    let company = company_of(&app).await;
    crate::deliveries::queue_of(&app, company, vec![delivery]).await;
    crate::applications::insert(&app, company).await;
    let sync = "mutation { workersSync(input: { source: \"x\", workers: [{ externalId: \"1\", familyName: \"Doe\", startedOn: \"2020-04-01\" }, { externalId: \"2\" }] }) { userErrors { code field message } } }";
    assert_eq!(hr.ask(sync).await.user_errors(), "");
    let mut never_told = Vec::new();
    for list in root_lists(&hr).await {
        let listed = LISTS.iter().any(|(_, query)| query.contains(&list));
        assert!(
            listed || NOT_HERE.contains(&list.as_str()),
            "{list} has no row here"
        );
    }
    for (noun, list) in LISTS {
        let fields = fields(&hr, noun).await;
        let all: Vec<&str> = fields
            .iter()
            .map(|(selected, _)| selected.as_str())
            .collect();
        let whole = hr.ask(&list.replace('…', &all.join(" "))).await;
        for (selected, field) in &fields {
            let among = values(whole.data(), field);
            let alone = values(hr.ask(&list.replace('…', selected)).await.data(), field);
            assert_eq!(alone, among, "{noun}.{field}");
            if among
                .iter()
                .all(|value| value.is_null() || *value == Value::Array(Vec::new()))
            {
                never_told.push(format!("{noun}.{field}"));
            }
        }
    }
    // nothing is compared where the demo data tells an admin nothing: who sees what is told to the owner, no employee has another name, no place was released, candidates
    // who have not answered are the referrers' own, the one data request has just come,
    // the one message waits, the one application states a family name alone, the company sends as the service does, no key has an end, and the one run is not undone
    assert_eq!(
        never_told,
        [
            "Alumnus.visibility",
            "Employee.otherName",
            "Participation.releasedAt",
            "Participation.releaseReason",
            "CandidateInvitation.candidateName",
            "CandidateInvitation.candidateEmail",
            "CandidateInvitation.recommendation",
            "CandidateInvitation.closedAt",
            "DataRequest.extendedAt",
            "DataRequest.extensionReason",
            "DataRequest.identityVerifiedAt",
            "DataRequest.identityProof",
            "DataRequest.handler",
            "DataRequest.answer",
            "DataRequest.receipt",
            "DataRequest.keptUntil",
            "DataRequest.closedAt",
            "Delivery.reason",
            "Delivery.attempts",
            "Delivery.sentAt",
            "Delivery.serverCode",
            "Delivery.serverAnswer",
            "Company.mailSenderName",
            "Company.mailSenderAddress",
            "Company.mailReplyTo",
            "Company.portalUrl",
            "Company.membershipMonths",
            "ApiKey.expiresAt",
            "ApiKey.revokedAt",
            "Account.name",
            "Account.email",
            "Account.expiresAt",
            "Account.disabledAt",
            "Invitation.person",
            "Invitation.name",
            "Invitation.email",
            "Invitation.acceptedAt",
            "Invitation.revokedAt",
            "Change.fields",
            "MembershipApplication.email",
            "MembershipApplication.givenName",
            "MembershipApplication.familyNameKana",
            "MembershipApplication.givenNameKana",
            "MembershipApplication.otherName",
            "MembershipApplication.employeeNumber",
            "MembershipApplication.workedFrom",
            "MembershipApplication.workedUntil",
            "MembershipApplication.department",
            "MembershipApplication.message",
            "MembershipApplication.language",
            "MembershipApplication.possiblePeople",
            "MembershipApplication.person",
            "MembershipApplication.rejectionReason",
            "MembershipApplication.rejectionNote",
            "MembershipApplication.reviewedBy",
            "MembershipApplication.reviewedAt",
            "SyncRun.undo",
            "SyncRun.resultsDeletedAt",
            "SyncRunResult.undoOutcome",
        ]
    );
}

/// The benchmark's people are copies; one without what a person is found by would be found by nobody, as fast as can be.
#[test]
fn the_benchmarks_people_have_what_a_person_is_found_by() {
    let fill = include_str!("../../../benches/load/data/fill.sql");
    let inserts: Vec<&str> = fill
        .split("insert into person (")
        .skip(1)
        .filter_map(|statement| statement.split(')').next())
        .collect();
    assert_eq!(inserts.len(), 2);
    let found_by = entity::person::Column::iter()
        .map(|column| column.as_str().to_owned())
        .filter(|name| name == "sort_name" || name.starts_with("grams"));
    let found_by: Vec<String> = found_by.collect();
    assert_eq!(found_by.len(), 5, "{found_by:?}");
    for columns in inserts {
        let columns: Vec<&str> = columns.split(',').map(str::trim).collect();
        for name in &found_by {
            assert!(columns.contains(&name.as_str()), "{name}: {columns:?}");
        }
    }
}
