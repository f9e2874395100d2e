//! A database of its own for each test, copied from one that is migrated and holds the world.

use std::path::{Path, PathBuf};
use std::time::Duration;

use alumni_api::database::{Database, DatabaseSettings};
use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::world;

static SQLITE_TEMPLATE: OnceCell<(TempDir, PathBuf)> = OnceCell::const_new();
static POSTGRES_TEMPLATE: OnceCell<String> = OnceCell::const_new();

/// A database that goes with the test.
pub enum Own {
    Sqlite { _folder: TempDir, url: String },
    Postgres { admin: String, name: String },
}

fn settings(url: &str) -> DatabaseSettings {
    DatabaseSettings {
        url: url.into(),
        max_connections: 5,
        read_timeout: Duration::from_secs(30),
        write_timeout: Duration::from_secs(30),
        replica: None,
    }
}

/// Migrates a fresh database and puts the world into it.
async fn fill(url: &str) {
    let database = Database::connect(&settings(url)).await.unwrap();
    Migrator::up(database.writer(), None).await.unwrap();
    world::insert(database.writer()).await;
    database.close().await.unwrap();
}

/// The address of another database on the same server.
fn sibling(url: &str, name: &str) -> String {
    let mut url = reqwest::Url::parse(url).expect("DATABASE_URL is an address");
    url.set_path(name);
    url.to_string()
}

async fn admin(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    sea_orm::Database::connect(options)
        .await
        .expect("DATABASE_URL answers")
}

impl Own {
    pub async fn create() -> Self {
        match std::env::var("DATABASE_URL")
            .ok()
            .filter(|url| url.starts_with("postgres"))
        {
            Some(url) => Self::postgres(url).await,
            None => Self::sqlite().await,
        }
    }

    /// One that is migrated and holds nothing.
    pub async fn create_empty() -> Self {
        let postgres = std::env::var("DATABASE_URL")
            .ok()
            .filter(|url| url.starts_with("postgres"));
        let own = if let Some(url) = postgres {
            Self::copy_of("template1", url).await
        } else {
            let folder = TempDir::new().unwrap();
            Self::Sqlite {
                url: format!("sqlite://{}", folder.path().join("test.db").display()),
                _folder: folder,
            }
        };
        let database = Database::connect(&own.settings()).await.unwrap();
        Migrator::up(database.writer(), None).await.unwrap();
        database.close().await.unwrap();
        own
    }

    async fn sqlite() -> Self {
        let (_, template) = SQLITE_TEMPLATE
            .get_or_init(|| async {
                let folder = TempDir::new().unwrap();
                let path = folder.path().join("template.db");
                fill(&format!("sqlite://{}", path.display())).await;
                (folder, path)
            })
            .await;
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("test.db");
        std::fs::copy(template, &path).unwrap();
        Self::Sqlite {
            url: format!("sqlite://{}", path.display()),
            _folder: folder,
        }
    }

    async fn postgres(url: String) -> Self {
        let template = POSTGRES_TEMPLATE.get_or_init(|| template(&url)).await;
        Self::copy_of(template, url).await
    }

    async fn copy_of(template: &str, url: String) -> Self {
        let name = format!("alumni_test_{}", Uuid::now_v7().simple());
        let connection = admin(&url).await;
        connection
            .execute_unprepared(&format!("CREATE DATABASE {name} TEMPLATE {template}"))
            .await
            .unwrap();
        connection.close().await.unwrap();
        Self::Postgres { admin: url, name }
    }

    pub fn settings(&self) -> DatabaseSettings {
        match self {
            Self::Sqlite { url, .. } => settings(url),
            Self::Postgres { admin, name } => settings(&sibling(admin, name)),
        }
    }
}

/// The text of every migration, in the order of their names.
fn migrations(folder: &Path) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let texts = |path: &PathBuf| {
        if path.is_dir() {
            migrations(path)
        } else {
            vec![std::fs::read(path).unwrap()]
        }
    };
    paths.iter().flat_map(texts).collect()
}

/// One template for each shape of the tables and the world; several test processes may ask for it at once.
async fn template(url: &str) -> String {
    let mut digest = Sha256::new();
    for text in migrations(concat!(env!("CARGO_MANIFEST_DIR"), "/migration/src").as_ref()) {
        digest.update(text);
    }
    digest.update(include_str!("world.rs"));
    let name = format!(
        "alumni_template_{}",
        digest.finalize()[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    );
    let connection = admin(url).await;
    connection
        .execute_unprepared("SELECT pg_advisory_lock(20261123)")
        .await
        .unwrap();
    let known = Statement::from_sql_and_values(
        DbBackend::Postgres,
        "SELECT 1 FROM pg_database WHERE datname = $1",
        [name.as_str().into()],
    );
    if connection.query_one_raw(known).await.unwrap().is_none() {
        let making = format!("{name}_making");
        connection
            .execute_unprepared(&format!("DROP DATABASE IF EXISTS {making}"))
            .await
            .unwrap();
        connection
            .execute_unprepared(&format!("CREATE DATABASE {making}"))
            .await
            .unwrap();
        fill(&sibling(url, &making)).await;
        connection
            .execute_unprepared(&format!("ALTER DATABASE {making} RENAME TO {name}"))
            .await
            .unwrap();
    }
    connection
        .execute_unprepared("SELECT pg_advisory_unlock(20261123)")
        .await
        .unwrap();
    connection.close().await.unwrap();
    name
}

impl Drop for Own {
    fn drop(&mut self) {
        let Self::Postgres { admin: url, name } = self else {
            return;
        };
        let (url, name) = (url.clone(), name.clone());
        // the test's runtime is about to end, so the cleaning up has one of its own
        let cleaning = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(async {
                let connection = admin(&url).await;
                connection
                    .execute_unprepared(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
                    .await
                    .ok();
                connection.close().await.ok();
            });
            Ok::<_, std::io::Error>(())
        });
        cleaning.join().ok();
    }
}
