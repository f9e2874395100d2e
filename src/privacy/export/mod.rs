//! Everything held of one person as one JSON document, written while it is read: however much it is, little of it is ever in memory.
//! Its link works once, for some minutes, and only as long as the login does that it was made for.

mod reader;

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, SecondsFormat, Utc};
use entity::{
    AccountId, CandidateInvitationId, CompanyId, DataRequestId, DeliveryId, DepartmentId,
    EmploymentId, EngagementEventId, MembershipApplicationId, MembershipId, NoticeId,
    OpportunityId, ParticipationId, PersonId, PersonalField, ReferralId, ReferralStepId, SkillId,
    SyncRunId, SyncRunResultId,
};
use futures_util::TryStreamExt;
use sea_orm::{QueryResult, StreamTrait};
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use uuid::Uuid;

use self::reader::Reader;
use crate::access::Viewer;
use crate::access::visibility::{self, Visibility};
use crate::access_log;
use crate::database::Database;
use crate::error::{Error, Result};
use crate::privacy::rules::holdings::{Erasure, Export, HOLDINGS, Holding, Section};
use crate::privacy::store::held::{Whose, section_rows, table_of};
use crate::privacy::store::{self, Linked};

/// What the document calls itself. Grows where its shape does.
pub const VERSION: u32 = 1;
/// Bytes gathered before they are sent.
const CHUNK: usize = 16 * 1024;
/// How long a reader may take for a chunk.
const PATIENCE: Duration = Duration::from_secs(10);

/// A part of the document, or that it was cut short.
pub type Part = Result<Vec<u8>>;

/// The secret part of an export's link, and what is kept of it.
pub fn new_token() -> Result<(String, Vec<u8>)> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    let text = BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let hash = hash(&text);
    Ok((text, hash))
}

fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}

/// Uses a link up and says what it was made for. Not found, whatever is wrong with it: unknown, used, run out, or somebody else's.
pub async fn redeem(
    database: &Database,
    token: &str,
    viewer: &Viewer,
    now: DateTime<Utc>,
) -> Result<Linked> {
    let hash = hash(token);
    let found = store::linked_without_scope(database, &hash, now).await?;
    let linked = found.ok_or(Error::NotFound)?;
    // the link is enough; but whoever shows a login as well shows the one it was made for
    let whose = match viewer {
        Viewer::Anonymous => true,
        Viewer::Member(member) => member.account == linked.account.id,
        _ => false,
    };
    if !whose || !store::use_link(database.writer(), linked.request.id, &hash).await? {
        return Err(Error::NotFound);
    }
    Ok(linked)
}

/// Writes the document into a channel, whose other end sends it on. Ends early where nobody takes it.
pub async fn write(
    database: Database,
    linked: Linked,
    now: DateTime<Utc>,
    sender: mpsc::Sender<Part>,
) {
    let mut out = Out {
        gathered: Vec::with_capacity(CHUNK * 2),
        sender,
    };
    if let Err(error) = document(&database, &linked, now, &mut out).await {
        tracing::warn!(%error, "an export was cut short");
        // without this the reader would take what is there for the whole
        let _ = out.sender.send(Err(error)).await;
    }
}

struct Out {
    gathered: Vec<u8>,
    sender: mpsc::Sender<Part>,
}

impl Out {
    async fn put(&mut self, text: &str) -> Result<()> {
        self.gathered.extend_from_slice(text.as_bytes());
        if self.gathered.len() >= CHUNK {
            self.flush().await?;
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<()> {
        let chunk = std::mem::replace(&mut self.gathered, Vec::with_capacity(CHUNK * 2));
        match tokio::time::timeout(PATIENCE, self.sender.send(Ok(chunk))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Error::Timeout),
        }
    }
}

async fn document(
    database: &Database,
    linked: &Linked,
    now: DateTime<Utc>,
    out: &mut Out,
) -> Result<()> {
    let whose = Whose {
        company: linked.request.company_id,
        person: linked.request.person_id,
    };
    let transaction = database.begin_reading().await?;
    let reader = Reader::of(&transaction, linked, whose).await?;
    let mut head = json!({
        "schema": "alumni-api/person-export",
        "version": VERSION,
        "generatedAt": now.to_rfc3339_opts(SecondsFormat::Micros, true),
        "company": { "id": linked.company.id.to_string(), "name": linked.company.name },
        "personId": whose.person.to_string(),
        "requestId": linked.request.id.to_string(),
        "leftOut": left_out(&reader),
    })
    .to_string();
    head.pop();
    out.put(&head).await?;
    out.put(",\"sections\":[").await?;
    let mut first = true;
    for holding in HOLDINGS {
        let Export::Section(section) = &holding.export else {
            continue;
        };
        if !reader.sees(section) {
            continue;
        }
        let mut head = json!({
            "name": section.name,
            "purpose": section.purpose,
            "source": section.source,
            "kept": kept(holding.erasure),
        })
        .to_string();
        head.pop();
        let comma = if first { "" } else { "," };
        first = false;
        out.put(&format!("{comma}{head},\"entries\":[")).await?;
        let mut rows = section_rows(whose, holding, section)?;
        reader.narrow(holding, &mut rows);
        let mut rows = transaction.stream(&rows).await?;
        let mut comma = "";
        while let Some(row) = rows.try_next().await? {
            let entry = entry(&reader, holding, section, &row)?;
            out.put(&format!("{comma}{entry}")).await?;
            comma = ",";
        }
        out.put("]}").await?;
    }
    out.put("]}\n").await?;
    out.flush().await
}

/// What is not told, and why.
fn left_out(reader: &Reader) -> Vec<Json> {
    let line = |holding: &Holding| match &holding.export {
        Export::LeftOut { store, why } => Some(json!({ "what": store, "why": why })),
        Export::Section(section) if !reader.sees(section) => Some(json!({
            "what": section.name,
            "why": reader::KEPT,
        })),
        Export::Section(section) if !section.without.is_empty() => Some(json!({
            "what": section.name,
            "fields": section.without.iter().map(|column| camel(column)).collect::<Vec<_>>(),
            "why": "Others' data, or of use to the machine alone.",
        })),
        Export::Section(_) => None,
    };
    let shown_to_nobody = (!reader.owns()).then(|| {
        json!({ "what": "whatever of the profile, skills and intents the person shows to nobody at the company", "why": reader::KEPT })
    });
    HOLDINGS
        .iter()
        .filter_map(line)
        .chain(shown_to_nobody)
        .collect()
}

fn kept(erasure: Erasure) -> &'static str {
    match erasure {
        Erasure::Duty | Erasure::Blank { duty: [_, ..], .. } => EMPLOYMENT_KEPT,
        Erasure::Stay(why) => why,
        Erasure::Delete | Erasure::Blank { .. } | Erasure::Empty(_) => "until erasure",
    }
}

const EMPLOYMENT_KEPT: &str = "until erasure; names and facts of employment as long as the law keeps the record of employees (labour standards)";

fn entry(reader: &Reader, holding: &Holding, section: &Section, row: &QueryResult) -> Result<Json> {
    let table = table_of(holding)?;
    let mut entry = Map::new();
    for column in &table.columns {
        if section.without.contains(&column.name) {
            continue;
        }
        if !reader.sees_value(holding, column.name) {
            entry.insert(camel(column.name), column.none());
            continue;
        }
        let value = column.read(row)?;
        let value = match value.as_str().and_then(|text| text.parse().ok()) {
            Some(id) if column.is_id() => shown(holding.table, column.name, id).into(),
            _ => match (holding.table, column.name, value.as_i64()) {
                ("access_log_entry", "fields", Some(bits)) => field_names(bits),
                _ => value,
            },
        };
        entry.insert(camel(column.name), value);
    }
    if holding.table == "person" && reader.owns() {
        entry.insert("visibility".to_owned(), visibility(row)?);
    }
    for [.., told] in section.names {
        let name: Option<String> = row.try_get("", told)?;
        entry.insert((*told).to_owned(), name.into());
    }
    Ok(entry.into())
}

/// Who sees which field of the profile, by the names the schema has for both.
fn visibility(row: &QueryResult) -> Result<Json> {
    let bits = |column: &str| row.try_get::<i32>("", column);
    let seen = Visibility {
        hr: bits("seen_by_hr")?,
        employees: bits("seen_by_employees")?,
        alumni: bits("seen_by_alumni")?,
    };
    let fields = visibility::FIELDS.into_iter().map(|field| {
        (
            visibility::name(field).to_owned(),
            seen.audience(field).word().into(),
        )
    });
    Ok(Json::Object(fields.collect()))
}

/// The personal fields of a set, as the schema names them.
fn field_names(bits: i64) -> Json {
    let fields = access_log::fields(bits).into_iter();
    fields.map(PersonalField::word).collect()
}

/// A column's name as the schema would write it.
fn camel(column: &str) -> String {
    let mut words = column.split('_');
    let mut name = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        name.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        name.extend(letters);
    }
    name
}

/// An id as clients know it.
fn shown(table: &str, column: &str, id: Uuid) -> String {
    match (column, table) {
        ("company_id", _) => CompanyId(id).to_string(),
        ("department_id", _) => DepartmentId(id).to_string(),
        ("skill_id", _) => SkillId(id).to_string(),
        ("event_id", _) | ("id", "engagement_event") => EngagementEventId(id).to_string(),
        ("opportunity_id", _) | ("id", "opportunity") => OpportunityId(id).to_string(),
        ("referral_id" | "duplicate_of_id", _) | ("id", "referral") => ReferralId(id).to_string(),
        ("id", "candidate_invitation") => CandidateInvitationId(id).to_string(),
        ("notice_id", _) => NoticeId(id).to_string(),
        ("id", "membership_application") => MembershipApplicationId(id).to_string(),
        ("id", "membership") => MembershipId(id).to_string(),
        ("id", "participation") => ParticipationId(id).to_string(),
        ("id", "referral_step") => ReferralStepId(id).to_string(),
        ("id", "data_request") => DataRequestId(id).to_string(),
        ("id", "account") => AccountId(id).to_string(),
        ("delivery_id", _) | ("id", "delivery") => DeliveryId(id).to_string(),
        ("run_id", _) => SyncRunId(id).to_string(),
        ("employment_id", _) | ("id", "employment") => EmploymentId(id).to_string(),
        ("id", "sync_run_result") => SyncRunResultId(id).to_string(),
        ("subject_id", _) => id.to_string(),
        ("id", "person") => PersonId(id).to_string(),
        (column, _) if column.ends_with("_id") => PersonId(id).to_string(),
        _ => id.to_string(),
    }
}
