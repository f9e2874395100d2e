//! The command line: each command in a few lines, the work in the library.

mod welcome;

use std::process::ExitCode;
use std::time::Duration;

use alumni_api::access::accounts;
use alumni_api::access::invitation_links;
use alumni_api::access::invitations::{self, InviteCommand};
use alumni_api::access::jwt::issue;
use alumni_api::access_log::Spool;
use alumni_api::app::App;
use alumni_api::clock::Clock;
use alumni_api::companies::{self, NewCompany};
use alumni_api::config::{
    AccountAct, Cli, Command, CompanyAct, ConfigAct, ConfigError, MailAct, MigrateDirection,
    Report, Settings, SyncRunAct,
};
use alumni_api::database::{Database, DatabaseSettings};
use alumni_api::graphql::trusted::Trusted;
use alumni_api::mail::Mail;
use alumni_api::seed::{self, SeedSettings};
use alumni_api::{
    changes, deliveries, docs, hris, jobs, privacy, schema, server, telemetry, worker,
};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use entity::Role;
use migration::{Migrator, MigratorTrait};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    if Report::is_asked() {
        return check();
    }
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
        Ok(code) => code,
        Err(error) => fail(&*error),
    }
}

fn fail(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("error: {error}");
    ExitCode::FAILURE
}

/// Reports every configuration error at once.
fn check() -> ExitCode {
    let report = Report::of_process();
    print!("{report}");
    if report.errors.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

async fn run(cli: Cli) -> Outcome<ExitCode> {
    let settings = cli.settings;
    match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => serve(settings).await?,
        Command::Migrate { direction } => migrate(&settings, direction).await?,
        Command::Seed {
            alumni,
            random_seed,
        } => {
            if !settings.development() {
                return Err("seed writes demo companies with public logins; it is refused in production (ALUMNI_MODE)".into());
            }
            let database = prepared(&settings).await?;
            let report = seed::run(
                &database,
                &Clock::default(),
                &seeding(&settings, alumni, random_seed),
            )
            .await?;
            println!("{report}");
            database.close().await?;
        }
        Command::Import(arguments) => {
            let database = prepared(&settings).await?;
            let is_whole = hris::import::run(&database, Clock::default(), &arguments).await?;
            database.close().await?;
            if !is_whole {
                return Ok(ExitCode::from(hris::import::SOME_INVALID));
            }
        }
        Command::SyncRun { act } => {
            let database = unhurried(&settings).await?;
            sync_run(&database, act).await?;
            database.close().await?;
        }
        Command::Company { act } => {
            let database = unhurried(&settings).await?;
            company(&database, act).await?;
            database.close().await?;
        }
        Command::Account { act } => {
            let database = unhurried(&settings).await?;
            account(&database, &settings, act).await?;
            database.close().await?;
        }
        Command::Config {
            act: ConfigAct::Check,
        } => return Ok(check()),
        Command::Mail {
            act: MailAct::Test { address, company },
        } => mail_test(&settings, &address, company.as_deref()).await?,
        Command::Scrub => {
            let database = unhurried(&settings).await?;
            privacy::scrub(&database).await?;
            database.close().await?;
        }
        Command::Restored => {
            let database = unhurried(&settings).await?;
            let advanced = changes::advance_counter(&database).await?;
            println!("the transaction counter was advanced by {advanced}");
            database.close().await?;
        }
        Command::Token {
            role,
            company,
            hours,
        } => println!("{}", token(&settings, role, company.as_deref(), hours)?),
        Command::Schema => print!("{}", schema::sdl()),
        Command::Reference { page } => print!("{}", docs::render(page).await),
        Command::Health => health(&settings).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// How long the end of the process waits for the database to take the access log's last entries.
const LAST_ENTRIES: Duration = Duration::from_secs(10);

async fn serve(settings: Settings) -> Outcome {
    log(&settings)?;
    let told = server::on_signal()?;
    let stop = CancellationToken::new();
    let metrics = telemetry::recorder::install()?;
    let exporting = Settings::exports_traces()
        .then(telemetry::tracer::start)
        .transpose()
        .map_err(|error| {
            format!("spans cannot be sent: {error}; see OTEL_EXPORTER_OTLP_ENDPOINT")
        })?;
    if settings.development() {
        let database = prepared(&settings).await?;
        if seed::is_empty(&database).await? {
            seed::run(&database, &Clock::default(), &seeding(&settings, None, 1)).await?;
        }
        database.close().await?;
    }
    let database = connected(&settings, settings.served_database()?).await?;
    require_counter(&database).await?;
    let folder = settings.access_spool()?;
    let limit = u64::from(settings.access_backlog_mib) * 1024 * 1024;
    let access_log = Spool::open_limited(&folder, Clock::default(), limit).map_err(|error| {
        format!(
            "the access log's entries cannot wait in {}: {error}; see ALUMNI_ACCESS_SPOOL",
            folder.display()
        )
    })?;
    tokio::spawn(access_log.clone().run(database.clone(), stop.clone()));
    let app = App::new(
        database.clone(),
        Clock::default(),
        settings.identities()?,
        settings.link_secret.clone(),
        settings.http()?,
        access_log.clone(),
        stop.clone(),
    )?;
    let app = app.trusting(trusted(&settings, &app)?);
    let app = app.mailing(settings.mail());
    // they are for lists alone: tokens are verified by the file
    if let Err(error) = app.access.providers().publish().await {
        tracing::warn!(%error, "the identity providers of the configuration file cannot be listed");
    }
    if database.backend() == sea_orm::DbBackend::Postgres {
        tokio::spawn(worker::hear_changes(
            settings.database()?,
            app.feed.clone(),
            stop,
        ));
    }
    jobs::start(&app);
    let sending = tokio::spawn(deliveries::run(app.clone()));
    tokio::spawn(app.budgets.clone().run(app.stop.clone()));
    tokio::spawn(server::leave(app.clone(), told, settings.drain_delay()));
    tokio::spawn(telemetry::gauges::run(app.clone(), metrics.clone()));
    let listener = tokio::net::TcpListener::bind(settings.bind)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}", settings.bind))?;
    let address = listener.local_addr()?;
    tracing::info!(%address, database = settings.database_shown(), "serving");
    if settings.development() {
        println!(
            "{}",
            welcome::text(&settings, address, |role, company| token(
                &settings, role, company, 24
            ))?
        );
    }
    server::serve(listener, server::router(app.clone(), metrics), app).await;
    // a message that is being sent gets its result recorded
    tokio::time::timeout(LAST_ENTRIES, sending).await.ok();
    access_log.finish(&database, LAST_ENTRIES).await;
    if let Some(exporting) = exporting {
        exporting.finish().await;
    }
    database.close().await?;
    Ok(())
}

/// Refuses to serve a restored database in which new changes would be ordered before those there are.
async fn require_counter(database: &Database) -> Outcome {
    match changes::counter_behind(database).await {
        Ok(behind) if behind > 0 => Err(format!(
            "the transaction counter of this PostgreSQL cluster is {behind} behind the stored changes, as after a restore: run `alumni-api restored`, then start again"
        )
        .into()),
        Ok(_) => Ok(()),
        Err(error) => {
            // without a table or a connection, /readyz says what is missing
            tracing::warn!(%error, "the transaction counter of the database could not be read");
            Ok(())
        }
    }
}

/// The trusted documents, all of which can be run.
fn trusted(settings: &Settings, app: &App) -> Outcome<Trusted> {
    let (files, http) = (&settings.trusted_documents, &app.http);
    let trusted = Trusted::read(files, &app.engine, &http.limits, http.introspection)?;
    if !files.is_empty() {
        tracing::info!(documents = trusted.len(), "trusted documents");
    }
    Ok(trusted)
}

/// The database, for commands that take as long as they take; in development with every migration.
async fn prepared(settings: &Settings) -> Outcome<Database> {
    let database = unhurried(settings).await?;
    if settings.development() {
        Migrator::up(database.writer(), None).await?;
    }
    Ok(database)
}

/// The database, for commands that take as long as they take.
async fn unhurried(settings: &Settings) -> Outcome<Database> {
    let limited = settings.database()?;
    let unlimited = DatabaseSettings {
        read_timeout: Duration::ZERO,
        write_timeout: Duration::ZERO,
        ..limited
    };
    connected(settings, unlimited).await
}

async fn connected(settings: &Settings, database: DatabaseSettings) -> Outcome<Database> {
    let database = Database::connect(&database).await;
    database.map_err(|error| format!("cannot open {}: {error}", settings.database_shown()).into())
}

async fn sync_run(database: &Database, act: SyncRunAct) -> Outcome {
    use hris::runs::command;
    let clock = Clock::default();
    match act {
        SyncRunAct::List { company } => {
            for line in command::list(database, &clock, &company).await? {
                println!("{line}");
            }
        }
        SyncRunAct::Undo { id } => {
            let undone = command::undo(database, &clock, &id).await?;
            println!(
                "{} is undone: {} people, {} employments and {} departments removed; {} results kept",
                undone.id,
                undone.removed_people_count,
                undone.removed_employment_count,
                undone.removed_department_count,
                undone.kept_count
            );
        }
    }
    Ok(())
}

async fn company(database: &Database, act: CompanyAct) -> Outcome {
    let clock = Clock::default();
    match act {
        CompanyAct::Create {
            slug,
            name,
            locale,
            time_zone,
            currency,
        } => {
            let new = NewCompany {
                slug,
                name,
                locale,
                time_zone,
                currency,
                description: None,
                website: None,
            };
            let made = companies::create_by_command(database, &clock, new).await?;
            println!("created {} ({})", made.slug, made.id);
            println!(
                "next: alumni-api account invite --company {} --role ADMIN",
                made.slug
            );
        }
        CompanyAct::List => {
            for company in companies::list_by_command(database).await? {
                println!(
                    "{}  {:24}  {}  ({}, {}, {})",
                    company.id,
                    company.slug,
                    company.name,
                    company.locale,
                    company.time_zone,
                    company.currency
                );
            }
        }
        CompanyAct::Export { slug, to } => {
            let file = new_file(&to)
                .await
                .map_err(|error| format!("cannot make {}: {error}", to.display()))?;
            let file = tokio::io::BufWriter::new(file);
            let counted = privacy::company::export(database, &clock, &slug, file).await;
            if counted.is_err() {
                // what is not whole is of no use, and holds personal data
                tokio::fs::remove_file(&to).await?;
            }
            let counted = counted?;
            print!("written to {}: {counted}", to.display());
        }
        CompanyAct::Delete { slug, confirm } => {
            let counted = privacy::company::delete(database, &clock, &slug, &confirm).await?;
            print!("deleted, and none is left: {counted}");
        }
    }
    Ok(())
}

async fn account(database: &Database, settings: &Settings, act: AccountAct) -> Outcome {
    let clock = Clock::default();
    match act {
        AccountAct::Invite {
            company,
            roles,
            email,
            name,
            until,
            days,
        } => {
            let links = invitation_links(settings.link_secret.clone())?;
            let command = InviteCommand {
                company,
                roles,
                name,
                email,
                until: until.map(end_of_day),
                days: Some(days),
            };
            let invited = invitations::invite(database, &clock, &links, command).await?;
            let ends = invited.invitation.expires_at;
            println!("invitation: {}", invited.invitation.id);
            println!("token: {}", invited.token);
            println!("expires: {}", ends.format("%Y-%m-%dT%H:%M:%SZ"));
            println!("It works once: mutation accountClaim(input: {{ token: \"…\" }}), signed in.");
        }
        AccountAct::List { company } => {
            for line in accounts::list(database, &clock, company.as_deref()).await? {
                println!("{line}");
            }
        }
        AccountAct::Roles { id, roles } => {
            let changed = accounts::change_roles(database, &clock, &id, roles).await?;
            let roles: Vec<String> = changed.roles.0.iter().map(|role| role.word()).collect();
            println!("{} has the roles: {}", changed.id, roles.join(", "));
        }
        AccountAct::Disable { id } => {
            let changed = accounts::change_enabled(database, &clock, &id, false).await?;
            println!("{} is disabled", changed.id);
        }
        AccountAct::Enable { id } => {
            let changed = accounts::change_enabled(database, &clock, &id, true).await?;
            println!("{} is enabled", changed.id);
        }
    }
    Ok(())
}

/// Sends a test message and prints the mail server's answer.
async fn mail_test(settings: &Settings, address: &str, company: Option<&str>) -> Outcome {
    let mail = Mail::new(settings.mail(), settings.link_secret.clone());
    let database = match company {
        Some(_) => Some(unhurried(settings).await?),
        None => None,
    };
    let of = database.as_ref().zip(company);
    let answer = deliveries::send_test(&mail, &Clock::default(), of, address).await?;
    println!(
        "sent to {address}: {} {}",
        answer.code.unwrap_or_default(),
        answer.text
    );
    if let Some(database) = database {
        database.close().await?;
    }
    Ok(())
}

/// The first instant after a day, UTC.
fn end_of_day(day: NaiveDate) -> DateTime<Utc> {
    (day + Days::new(1)).and_time(NaiveTime::MIN).and_utc()
}

/// A file that is not there yet, for nobody but who runs this.
async fn new_file(path: &std::path::Path) -> std::io::Result<tokio::fs::File> {
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    options.open(path).await
}

async fn migrate(settings: &Settings, direction: MigrateDirection) -> Outcome {
    let database = unhurried(settings).await?;
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

fn seeding(settings: &Settings, alumni: Option<u32>, random_seed: u64) -> SeedSettings {
    SeedSettings {
        alumni,
        random_seed,
        issuer: settings.jwt_issuer.clone(),
        demo_api_keys: settings.development(),
    }
}

fn token(settings: &Settings, role: Role, company: Option<&str>, hours: u32) -> Outcome<String> {
    if !settings.development() {
        return Err("tokens of demo accounts are for development; in production the identity provider issues them".into());
    }
    let subject = seed::subject(role, company.unwrap_or(seed::COMPANIES[0]));
    Ok(issue(
        &settings.tokens(),
        &subject,
        None,
        Clock::default().now(),
        TimeDelta::hours(i64::from(hours)),
    )?)
}

async fn health(settings: &Settings) -> Outcome {
    let mut address = settings.bind;
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(2))
        .no_proxy()
        .build()?;
    let answer = client
        .get(format!("http://{address}/readyz"))
        .send()
        .await?;
    if answer.status().is_success() {
        Ok(())
    } else {
        Err(answer.text().await?.into())
    }
}

fn log(settings: &Settings) -> Outcome {
    let filter =
        EnvFilter::try_new(&settings.log).map_err(|error| format!("ALUMNI_LOG: {error}"))?;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    if settings.logs_as_json() {
        subscriber.json().init();
    } else {
        subscriber.init();
    }
    Ok(())
}
