//! Every migration goes up, back down, and up again, on a database that holds rows.

use migration::{Migrator, MigratorTrait};
use sea_orm::EntityTrait;

use crate::support::{AOZORA, TestApp};

#[tokio::test]
async fn every_step_is_reversible_on_a_database_with_rows() {
    let app = TestApp::start().await;
    assert!(
        entity::company::Entity::find_by_id(AOZORA.id())
            .one(app.connection())
            .await
            .unwrap()
            .is_some()
    );
    let steps = u32::try_from(Migrator::migrations().len()).unwrap();
    Migrator::down(app.connection(), Some(steps)).await.unwrap();
    assert!(
        entity::company::Entity::find()
            .one(app.connection())
            .await
            .is_err()
    );
    Migrator::up(app.connection(), None).await.unwrap();
    assert_eq!(
        entity::company::Entity::find()
            .all(app.connection())
            .await
            .unwrap(),
        []
    );
}
