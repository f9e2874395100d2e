//! What a request costs before and after the database, piece by piece: `cargo bench`. Criterion prints each time beside that of the run before.

use std::hint::black_box;
use std::time::Duration;

use alumni_api::access::jwt::{JwtSettings, KeySource, Verifier, issue};
use alumni_api::graphql::answer_order::Selected;
use alumni_api::graphql::engine::Engine;
use alumni_api::graphql::limits::weight::Weight;
use alumni_api::graphql::limits::{Limits, inspect, operation, price};
use alumni_api::graphql::tuple;
use alumni_api::schema::Api;
use async_graphql::{Name, Value, Variables};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use criterion::{Criterion, criterion_group, criterion_main};
use entity::{Id, PersonId, Standing};
use futures_util::FutureExt;
use reading::person::{Named, readings};
use serde::Deserialize;
use serde_json::json;

/// The directory page of `benches/load`.
const PAGE: &str = include_str!("load/ops/ours/Q2.graphql");
/// The sync of `benches/load`.
const SYNC: &str = include_str!("load/ops/ours/M3.graphql");
const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// What a document costs: seen for the first time up to its validation, and remembered.
fn documents(bench: &mut Criterion) {
    let (limits, none) = (Limits::default(), Variables::default());
    bench.bench_function("document, read and measured", |run| {
        run.iter(|| inspect(&limits, black_box(PAGE), None, &none));
    });
    let inspected = inspect(&limits, PAGE, None, &none).expect("it is within the limits");
    let (_, asked) = operation(&inspected.document, None).expect("it is the only one");
    bench.bench_function("document, remembered, priced", |run| {
        run.iter(|| price(&limits, black_box(&inspected.document), &asked.node, &none));
    });
}

/// What the variables of a bulk write cost.
fn variables(bench: &mut Criterion) {
    let worker = |number: usize| {
        json!({ "externalId": format!("e-{number}"), "familyName": "山田", "givenName": "花子", "personalEmail": "hanako@example.jp",
                "position": "エンジニア", "location": "東京", "startedOn": "2020-04-01" })
    };
    let workers: Vec<_> = (0..1_000).map(worker).collect();
    let sent = Variables::from_json(json!({ "source": "bench", "workers": workers }));
    let limits = Limits::default();
    let inspected = inspect(&limits, SYNC, None, &sent).expect("it is within the limits");
    let (_, asked) = operation(&inspected.document, None).expect("it is the only one");
    let engine = Engine::<Api>::default();
    bench.bench_function(
        "variables of 1,000 workers, held against their types",
        |run| {
            run.iter(|| {
                engine
                    .inputs()
                    .coerce(&asked.node, black_box(&mut sent.clone()))
            });
        },
    );
}

/// What the answer of a statement costs: 20 people with two stints each.
fn rows(bench: &mut Criterion) {
    #[derive(Deserialize)]
    #[expect(dead_code, reason = "it is there to be read")]
    struct Person {
        id: PersonId,
        standing: Standing,
        family_name: String,
        given_name: String,
        headline: Option<String>,
        updated_at: DateTime<Utc>,
        stints: Vec<(PersonId, Option<String>, NaiveDate)>,
    }
    let stint = format!("[{ID},$15:エンジニア,2020-04-01,]");
    let person =
        format!("[{ID},$6:ACTIVE,$6:山田,$6:花子,$:,2026-11-25 07:00:00.5+00,[{stint},{stint}],]");
    let text = format!("[[{}],]", vec![person; 20].join(","));
    bench.bench_function("rows of a page, read", |run| {
        run.iter(|| tuple::read::<(Vec<Person>,)>(black_box(&text)).map(|(people,)| people.len()));
    });
}

/// What it costs to see that an answer is in order: 20 objects of 8 fields.
fn answers(bench: &mut Criterion) {
    let fields: Vec<String> = (0..8).map(|number| format!("f{number}")).collect();
    let mut person = Selected::default();
    for field in &fields {
        person.add(
            &Name::new(field),
            None,
            Weight::default(),
            Selected::default(),
        );
    }
    let mut selected = Selected::default();
    selected.add(&Name::new("people"), None, Weight::default(), person);
    let person: serde_json::Map<_, _> = fields
        .iter()
        .map(|field| (field.clone(), json!("x")))
        .collect();
    let data = json!({ "people": vec![person; 20] });
    let mut data = Value::from_json(data).expect("it is a value");
    bench.bench_function("answer, put in order", |run| {
        run.iter(|| selected.arrange(black_box(&mut data)));
    });
}

/// What a token costs.
fn tokens(bench: &mut Criterion) {
    let settings = JwtSettings {
        issuer: "issuer".to_owned(),
        audience: "audience".to_owned(),
        leeway_seconds: 30,
        source: KeySource::Secret("a secret that is at least 32 bytes long".into()),
    };
    let now = DateTime::UNIX_EPOCH;
    let token =
        issue(&settings, "subject", None, now, TimeDelta::hours(1)).expect("it has a secret");
    let verifier = Verifier::new(settings).expect("they are good settings");
    bench.bench_function("token, verified", |run| {
        run.iter(|| verifier.verify(black_box(&token), now).now_or_never());
    });
}

/// What ids and names cost.
fn texts(bench: &mut Criterion) {
    let id = PersonId(ID.parse().expect("it is one"));
    let text = id.to_string();
    bench.bench_function("id, written", |run| run.iter(|| black_box(id).to_string()));
    bench.bench_function("id, read", |run| {
        run.iter(|| PersonId::parse(black_box(&text)));
    });
    bench.bench_function("name, folded", |run| {
        run.iter(|| reading::name::fold(black_box("ヤマダ ﾊﾅｺ ＡＢＣ")));
    });
    bench.bench_function("name, as letter pairs", |run| {
        run.iter(|| {
            readings(black_box(Named {
                family_name: "山田",
                given_name: "花子",
                family_name_kana: Some("ヤマダ"),
                given_name_kana: Some("ハナコ"),
                ..Named::default()
            }))
        });
    });
}

criterion_group! {
    name = pure;
    config = Criterion::default().warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2));
    targets = documents, variables, rows, answers, tokens, texts
}
criterion_main!(pure);
