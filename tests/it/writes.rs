//! What is written in one go is stored as it was given, however many rows it is.

use alumni_api::writes::Writes;
use chrono::TimeDelta;
use entity::{Link, Links, PersonId, person};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryOrder};

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
async fn rows_edited_together_take_the_columns_named_and_no_others() {
    let app = TestApp::start().await;
    let pattern = app.new_alumnus("old", "name").insert().await;
    let rows: Vec<person::Model> = (0..3)
        .map(|number| person::Model {
            id: app.clock.new_id(),
            phone: Some(format!("{number}")),
            ..pattern.clone()
        })
        .collect();
    let ids: Vec<PersonId> = rows.iter().map(|row| row.id).collect();
    let mut together = writes(&app);
    together.insert(rows.clone());
    together.send(app.connection()).await.unwrap();

    let edited = [
        person::Model {
            phone: None,
            version: rows[0].version + 1,
            ..rows[0].clone()
        },
        person::Model {
            family_name: "'new\"\\".into(),
            links: Links(vec![]),
            version: rows[1].version + 1,
            ..rows[1].clone()
        },
    ];
    // another's edit of a column that is not named stays, and one of them is alike in all
    let mut elsewhere = writes(&app);
    let headline = person::Model {
        headline: Some("mine".into()),
        ..rows[0].clone()
    };
    elsewhere.edit(
        &[headline.into_active_model()],
        person::Column::Id,
        &[person::Column::Headline],
        &[],
    );
    elsewhere.send(app.connection()).await.unwrap();
    let mut together = writes(&app);
    let edits: Vec<_> = edited
        .iter()
        .cloned()
        .map(IntoActiveModel::into_active_model)
        .collect();
    together.edit(
        &edits,
        person::Column::Id,
        &[
            person::Column::Phone,
            person::Column::FamilyName,
            person::Column::Links,
        ],
        &[(
            person::Column::Version,
            person::Column::Version.into_expr().add(1),
        )],
    );
    together.send(app.connection()).await.unwrap();

    let mut expected = [edited[0].clone(), edited[1].clone(), rows[2].clone()];
    expected[0].headline = Some("mine".into());
    assert_eq!(stored(&app, &ids).await, expected);
}

#[tokio::test]
async fn no_rows_are_no_statement() {
    let app = TestApp::start().await;
    let before = app.app.database.statements();
    let mut together = writes(&app);
    together.insert(Vec::<person::Model>::new());
    together.edit::<person::ActiveModel>(&[], person::Column::Id, &[person::Column::Phone], &[]);
    together.send(app.connection()).await.unwrap();
    assert_eq!(app.app.database.statements(), before);
}
