//! What is written in one go is stored as it was given, however many rows it is.

use alumni_api::writes::Writes;
use chrono::TimeDelta;
use entity::{Link, Links, PersonId, person};
use sea_orm::{EntityTrait, QueryOrder};

use crate::support::TestApp;

async fn stored(app: &TestApp, ids: &[PersonId]) -> Vec<person::Model> {
    let rows = person::Entity::find()
        .order_by_asc(person::Column::Id)
        .all(app.connection())
        .await
        .unwrap();
    rows.into_iter()
        .filter(|row| ids.contains(&row.id))
        .collect()
}

fn writes(app: &TestApp) -> Writes {
    Writes::on(app.app.database.backend())
}

#[tokio::test]
async fn rows_written_together_are_stored_as_they_are_given() {
    let app = TestApp::start().await;
    let pattern = app.new_alumnus("山田", "花子").insert().await;
    let rows: Vec<person::Model> = (0..3)
        .map(|number| person::Model {
            id: app.clock.new_id(),
            family_name: format!("O'{number} \"Brien\" \\ {{NULL}} 𠮷\n\t"),
            biography: (number == 1).then(String::new),
            links: Links(vec![Link {
                label: "'\"\\u0041".into(),
                url: "https://example.com/".into(),
            }]),
            left_on: "1999-02-28".parse().ok(),
            created_at: pattern.created_at + TimeDelta::microseconds(number),
            version: 7,
            ..pattern.clone()
        })
        .collect();
    let ids: Vec<PersonId> = rows.iter().map(|row| row.id).collect();
    let mut together = writes(&app);
    together.insert(rows.clone());
    together.send(app.connection()).await.unwrap();
    assert_eq!(stored(&app, &ids).await, rows);
}

#[tokio::test]
async fn a_row_that_is_there_is_replaced_but_for_what_is_kept() {
    let app = TestApp::start().await;
    let known = app.new_alumnus("old", "name").insert().await;
    let mut again = known.clone();
    again.family_name = "new".into();
    again.created_at += TimeDelta::days(1);
    let fresh = person::Model {
        id: app.clock.new_id(),
        ..again.clone()
    };
    let mut together = writes(&app);
    let kept = [person::Column::CompanyId, person::Column::CreatedAt];
    together.put::<person::Entity>(vec![again, fresh.clone()], person::Column::Id, &kept);
    together.send(app.connection()).await.unwrap();
    let replaced = person::Model {
        family_name: "new".into(),
        ..known.clone()
    };
    assert_eq!(stored(&app, &[known.id, fresh.id]).await, [replaced, fresh]);
}
