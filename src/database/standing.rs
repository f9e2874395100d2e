//! How the pools stand, for the statistics.

use sea_orm::{DatabaseConnection, DbBackend};
use sqlx::Pool;

use super::{Database, READS, WRITES};

/// How a pool stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What it is called.
    pub name: &'static str,
    /// Connections at work.
    pub used: usize,
    /// Connections at rest.
    pub idle: usize,
    /// How many there may be.
    pub most: usize,
}

impl Database {
    /// How each pool stands: SQLite has one for reads and one for writes, PostgreSQL one for searches as well, and the replica two.
    #[must_use]
    pub fn standing(&self) -> Vec<Standing> {
        let pools = &self.pools;
        let mut standing = vec![of(WRITES, &pools.write)];
        match &pools.answers {
            Some(answers) => standing.extend(answers.iter().map(super::Answers::standing)),
            None => standing.push(of(READS, &pools.read)),
        }
        standing.extend(pools.replica.iter().flat_map(super::Replica::standing));
        standing
    }
}

fn of(name: &'static str, pool: &DatabaseConnection) -> Standing {
    match pool.get_database_backend() {
        DbBackend::Sqlite => counted(name, pool.get_sqlite_connection_pool()),
        _ => counted(name, pool.get_postgres_connection_pool()),
    }
}

fn counted<D: sqlx::Database>(name: &'static str, pool: &Pool<D>) -> Standing {
    let size = pool.size() as usize;
    // counted one after the other, so that there may be more at rest than there were
    let idle = pool.num_idle().min(size);
    Standing {
        name,
        used: size - idle,
        idle,
        most: pool.options().get_max_connections() as usize,
    }
}
