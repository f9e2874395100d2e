//! The command line: each command in a few lines, the work in the library.

use std::process::ExitCode;

use alumni_api::app::App;
use alumni_api::clock::Clock;
use alumni_api::config::{Cli, Command, ConfigError, MigrateDirection, Settings};
use alumni_api::database::Database;
use alumni_api::{schema, server, worker};
use migration::{Migrator, MigratorTrait};
use tracing_subscriber::EnvFilter;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    let cli = match Cli::read() {
        Ok(cli) => cli,
        Err(ConfigError::Refused(error)) => error.exit(),
        Err(error) => return fail(&error),
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error),
    };
    match runtime.block_on(run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&*error),
    }
}

fn fail(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::FAILURE
}

async fn run(cli: Cli) -> Outcome {
    let settings = cli.settings;
    match cli.command.unwrap_or(Command::Serve) {
        Command::Schema => {
            print!("{}", schema::sdl());
            Ok(())
        }
        Command::Serve => serve(settings).await,
        Command::Migrate { direction } => migrate(&settings, direction).await,
        _ => Ok(()),
    }
}

async fn serve(settings: Settings) -> Outcome {
    log(&settings)?;
    let stop = server::on_signal()?;
    let metrics = server::metrics()?;
    let database = Database::connect(&settings.database()).await?;
    if settings.development() {
        Migrator::up(database.writer(), None).await?;
    }
    let app = App::new(database.clone(), Clock::default(), settings.tokens())?;
    if database.backend() == sea_orm::DbBackend::Postgres {
        tokio::spawn(worker::hear_changes(
            settings.database(),
            app.feed.clone(),
            stop.clone(),
        ));
    }
    let listener = tokio::net::TcpListener::bind(settings.bind).await?;
    tracing::info!(address = %listener.local_addr()?, database = settings.database_shown(), "serving");
    server::serve(listener, server::router(app, metrics), stop).await?;
    database.close().await?;
    Ok(())
}

async fn migrate(settings: &Settings, direction: MigrateDirection) -> Outcome {
    let database = Database::connect(&settings.database()).await?;
    match direction {
        MigrateDirection::Up => Migrator::up(database.writer(), None).await?,
        MigrateDirection::Down { steps } => Migrator::down(database.writer(), Some(steps)).await?,
        MigrateDirection::Status => {}
    }
    for step in Migrator::get_migration_with_status(database.writer()).await? {
        println!(
            "{:8} {}",
            step.status().to_string().to_lowercase(),
            step.name()
        );
    }
    Ok(())
}

fn log(settings: &Settings) -> Outcome {
    let filter = EnvFilter::try_new(&settings.log)?;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if settings.logs_as_json() {
        subscriber.json().init()
    } else {
        subscriber.init()
    }
    Ok(())
}
