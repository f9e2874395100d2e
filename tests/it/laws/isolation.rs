//! Two companies share nothing: whatever a login of one asks for, in whatever way the schema offers, nothing of the other comes back.

use std::collections::BTreeSet;

use alumni_api::seed::COMPANIES;
use entity::Id;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};

use crate::support::{Crawler, TestApp, ids};

/// The ids of every row of a company, table by table.
macro_rules! ids_of {
    ($connection:expr, $company:expr, { $($table:ident: $id:ident),* $(,)? }) => {{
        let mut all: BTreeSet<String> = BTreeSet::from([$company.to_string()]);
        $(
            let rows = entity::$table::Entity::find().filter(entity::$table::Column::CompanyId.eq($company)).all($connection).await.unwrap();
            assert!(!rows.is_empty(), "the demo data has no {}", stringify!($table));
            all.extend(rows.into_iter().map(|row| entity::$id::of(row.id.uuid()).to_string()));
        )*
        all
    }};
}

async fn ids_of(app: &TestApp, slug: &str) -> BTreeSet<String> {
    let connection = app.connection();
    let company = entity::company::Entity::find()
        .filter(entity::company::Column::Slug.eq(slug))
        .one(connection)
        .await
        .unwrap()
        .unwrap()
        .id;
    ids_of!(connection, company, {
        department: DepartmentId, person: PersonId, employment: EmploymentId, membership: MembershipId, skill: SkillId, api_key: ApiKeyId,
        engagement_event: EngagementEventId, participation: ParticipationId, opportunity: OpportunityId, referral: ReferralId,
    })
}

#[tokio::test]
async fn nothing_of_one_company_is_reached_from_another() {
    let app = TestApp::start_with_demo().await;
    let [ours, theirs] = COMPANIES;
    let foreign = ids_of(&app, theirs).await;
    let crawler = Crawler::new().await;
    for role in [
        "admin",
        "hr",
        "recruiter",
        "supporter",
        "employee",
        "alumnus",
    ] {
        let viewer = app.with_token(&app.token(&format!("{role}@{ours}")));
        for query in crawler.queries(false) {
            let reply = viewer.ask(&crawler.document(&query)).await;
            let codes = reply.codes();
            assert!(
                codes.iter().all(|code| *code == "FORBIDDEN"),
                "{role} {query}: {}",
                reply.text
            );
            let mut seen = Vec::new();
            ids(&reply.body, &mut seen);
            let reached: Vec<_> = seen.iter().filter(|id| foreign.contains(*id)).collect();
            assert!(
                reached.is_empty() && !reply.text.contains(theirs),
                "{role} reaches {reached:?} through {query}"
            );
        }
        let asked: Vec<&String> = foreign.iter().collect();
        for some in asked.chunks(100) {
            let reply = viewer
                .run(
                    "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
                    json!({ "ids": some }),
                )
                .await;
            assert!(
                reply
                    .at("/nodes")
                    .as_array()
                    .unwrap()
                    .iter()
                    .all(Value::is_null),
                "{role} reaches a node"
            );
        }
    }
    let viewer = app.with_token(&app.token(&format!("hr@{ours}")));
    for query in crawler.queries(true) {
        let aliases = foreign
            .iter()
            .step_by(7)
            .enumerate()
            .map(|(number, id)| format!("a{number}: {query}(id: \"{id}\") {{ __typename }}"));
        for some in aliases.collect::<Vec<_>>().chunks(20) {
            let reply = viewer.ask(&format!("{{ {} }}", some.join(" "))).await;
            let reached: Vec<_> = reply.body["data"]
                .as_object()
                .into_iter()
                .flatten()
                .filter(|(_, value)| !value.is_null())
                .collect();
            assert!(reached.is_empty(), "{query} reaches {reached:?}");
        }
    }
}
