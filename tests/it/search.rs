//! People are found as their names are typed, alumni and employees alike.

use alumni_api::access::visibility::bit;
use entity::{MembershipState, ProfileField, person};
use migration::{Migrator, MigratorTrait};
use sea_orm::{EntityTrait, Set};
use serde_json::{Value, json};

use crate::support::{Actor, Reply, TestApp};

const ALUMNI: &str = "query($filter: AlumnusFilter) { alumni(filter: $filter, first: 50) { totalCount nodes { familyName } } }";
const EMPLOYEES: &str = "query($filter: EmployeeFilter) { employees(filter: $filter, first: 50) { totalCount nodes { familyName } } }";

/// The people of this module, once as alumni and once as employees.
async fn with_people() -> TestApp {
    let app = TestApp::start().await;
    for alumni in [true, false] {
        let new = |family, given| {
            if alumni {
                app.new_alumnus(family, given)
            } else {
                app.new_employee(family, given)
            }
        };
        new("山本", "美咲")
            .kana("ヤマモト", "ミサキ")
            .insert()
            .await;
        new("李", "小龍").kana("リ", "シャオロン").insert().await;
        new("髙橋", "一郎")
            .kana("タカハシ", "イチロウ")
            .with(|row| row.other_name = Some("佐々木 一郎".into()))
            .insert()
            .await;
        new("渡邉\u{e0101}", "﨑子").insert().await;
        new("Müller", "Zoë").insert().await;
        new("Ohno", "Ken").insert().await;
        new("O'Neil", "Ann").insert().await;
    }
    app
}

/// Who is found, the same among alumni and among employees.
async fn found(actor: &Actor<'_>, filter: Value) -> Vec<String> {
    let names = |reply: &Reply, list: &str| {
        let names = reply.texts(&format!("/{list}/nodes"), "familyName");
        assert_eq!(
            reply.at(&format!("/{list}/totalCount")),
            names.len(),
            "{list} {filter}"
        );
        names
    };
    let variables = json!({ "filter": filter });
    let alumni = actor.run(ALUMNI, variables.clone()).await;
    let employees = actor.run(EMPLOYEES, variables).await;
    let alumni = names(&alumni, "alumni");
    assert_eq!(names(&employees, "employees"), alumni, "{filter}");
    alumni
}

#[tokio::test]
async fn a_full_name_is_found_without_a_space_in_every_script() {
    let app = with_people().await;
    for (text, name) in [
        ("山本美咲", "山本"),
        ("山本 美咲", "山本"),
        ("山本　美咲", "山本"),
        ("ヤマモトミサキ", "山本"),
        ("ﾔﾏﾓﾄﾐｻｷ", "山本"),
        ("やまもとみさき", "山本"),
        ("yamamotomisaki", "山本"),
        ("YamamotoMisaki", "山本"),
        ("yamamoto misaki", "山本"),
        ("misaki yamamoto", "山本"),
        ("misakiyamamoto", "山本"),
        ("yamam", "山本"),
        ("李小龍", "李"),
        ("リシャオロン", "李"),
        ("タカハシイチロウ", "髙橋"),
        ("佐々木一郎", "髙橋"),
        ("佐佐木一郎", "髙橋"),
        ("takahasi itiro", "髙橋"),
        ("takahashiichiro", "髙橋"),
        ("zoemuller", "Müller"),
        ("mullerzoe", "Müller"),
        ("annoneil", "O'Neil"),
        ("O'Neil", "O'Neil"),
        ("オノケン", "Ohno"),
    ] {
        assert_eq!(
            found(&app.hr(), json!({ "search": text })).await,
            [name],
            "{text}"
        );
    }
}

#[tokio::test]
async fn forms_of_a_character_accents_and_spellings_do_not_matter() {
    let app = with_people().await;
    for (text, name) in [
        ("髙橋", "髙橋"),
        ("高橋", "髙橋"),
        ("渡邉", "渡邉\u{e0101}"),
        ("渡辺", "渡邉\u{e0101}"),
        ("渡邊崎子", "渡邉\u{e0101}"),
        ("渡辺﨑子", "渡邉\u{e0101}"),
        ("Zoë", "Müller"),
        ("zoe", "Müller"),
        ("MÜLLER", "Müller"),
        ("ohno", "Ohno"),
        ("oono", "Ohno"),
        ("ono", "Ohno"),
        ("タカハシイチロー", "髙橋"),
        ("タカハシイチロウ", "髙橋"),
    ] {
        assert_eq!(
            found(&app.hr(), json!({ "search": text })).await,
            [name],
            "{text}"
        );
    }
}

#[tokio::test]
async fn the_begin_of_a_name_goes_on_from_the_family_name_to_the_given_name() {
    let app = with_people().await;
    for (text, name) in [
        ("ヤマモトミサ", "山本"),
        ("ヤマモト ミサ", "山本"),
        ("ﾔﾏﾓﾄﾐｻ", "山本"),
        ("やまもとみさき", "山本"),
        ("やまも", "山本"),
        ("yamamotomisa", "山本"),
        ("yamamoto m", "山本"),
        ("yam", "山本"),
        ("リシャ", "李"),
        ("りし", "李"),
        ("タカハシイチロウ", "髙橋"),
        ("タカハシイチロー", "髙橋"),
        ("takahasi", "髙橋"),
        ("渡辺崎", "渡邉\u{e0101}"),
        ("渡邊﨑子", "渡邉\u{e0101}"),
        ("muller", "Müller"),
        ("müllerzo", "Müller"),
        ("ohn", "Ohno"),
        ("onok", "Ohno"),
        ("oneil", "O'Neil"),
        ("o'neil a", "O'Neil"),
    ] {
        assert_eq!(
            found(&app.hr(), json!({ "nameStartsWith": text })).await,
            [name],
            "{text}"
        );
    }
    for text in [
        "misaki",
        "まもと",
        "美咲",
        "zoe",
        "ヤマモトサ",
        "やまもみさき",
    ] {
        let nobody: [&str; 0] = [];
        assert_eq!(
            found(&app.hr(), json!({ "nameStartsWith": text })).await,
            nobody,
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_page_after_a_cursor_goes_on_among_names_that_begin_so() {
    let app = TestApp::start().await;
    for (family, given) in [
        ("マ", "リア"),
        ("マリ", "アヤ"),
        ("マリ", "イ"),
        ("マリア", "ジ"),
    ] {
        app.new_alumnus(family, given)
            .kana(family, given)
            .insert()
            .await;
    }
    let query = "query($after: String) { alumni(first: 1, after: $after, filter: { nameStartsWith: \"マリア\" }) { totalCount nodes { familyName } pageInfo { endCursor } } }";
    let (mut names, mut after) = (Vec::new(), Value::Null);
    for _ in 0..3 {
        let reply = app.hr().run(query, json!({ "after": after })).await;
        assert_eq!(reply.at("/alumni/totalCount"), 3);
        names.extend(reply.texts("/alumni/nodes", "familyName"));
        after = reply.at("/alumni/pageInfo/endCursor").clone();
    }
    assert_eq!(names, ["マ", "マリ", "マリア"]);
}

#[tokio::test]
async fn an_empty_text_does_not_filter_in_any_search() {
    let app = with_people().await;
    app.new_alumnus("skilled", "")
        .skills(&["Rust"])
        .insert()
        .await;
    app.new_employee("skilled", "").insert().await;
    for (query, list, field) in [
        (ALUMNI, "alumni", "search"),
        (ALUMNI, "alumni", "nameStartsWith"),
        (EMPLOYEES, "employees", "search"),
        (EMPLOYEES, "employees", "nameStartsWith"),
        (
            "query($filter: SkillFilter) { skills(filter: $filter) { totalCount } }",
            "skills",
            "nameStartsWith",
        ),
    ] {
        let total = async |filter: Value| {
            let reply = app.hr().run(query, json!({ "filter": filter })).await;
            reply.at(&format!("/{list}/totalCount")).as_i64().unwrap()
        };
        let all = total(Value::Null).await;
        assert!(all > 0, "{list}");
        for text in ["", " ", "\u{3000}", "\t"] {
            assert_eq!(total(json!({ field: text })).await, all, "{field} {text:?}");
        }
        for text in ["%", "_", "\\", "\"", "'"] {
            assert_eq!(total(json!({ field: text })).await, 0, "{field} {text:?}");
        }
        if list != "skills" {
            let or = json!({ "or": [{ field: " " }, { field: "nobody" }] });
            assert_eq!(total(or).await, all, "{field}");
            let not = json!({ "not": { field: "" } });
            assert_eq!(total(not).await, 0, "{field}");
        }
    }
}

#[tokio::test]
async fn signs_of_query_languages_are_no_wildcards_and_no_errors() {
    let app = with_people().await;
    let nobody: [&str; 0] = [];
    for text in [
        "%",
        "_",
        "a_b",
        "\\",
        "\"x\"",
        "NEAR(x)",
        "*",
        "'",
        "& |",
        "山本 OR 李",
    ] {
        for field in ["search", "nameStartsWith"] {
            assert_eq!(
                found(&app.hr(), json!({ field: text })).await,
                nobody,
                "{field} {text}"
            );
        }
    }
}

#[tokio::test]
async fn a_hidden_name_is_found_in_no_form() {
    let app = TestApp::start().await;
    app.new_alumnus("田中", "花")
        .kana("タナカ", "ハナ")
        .with(|row| {
            row.other_name = Some("ささき みく".into());
            row.current_employer = Some("みどり銀行".into());
            let other = bit(ProfileField::OtherName);
            row.seen_by_employees &= !other;
            row.seen_by_alumni &= !other;
        })
        .insert()
        .await;
    let count = async |actor: Actor<'_>, text: &str| {
        let filter = json!({ "filter": { "search": text } });
        let reply = actor.run(ALUMNI, filter).await;
        reply.at("/alumni/totalCount").as_i64().unwrap()
    };
    for text in [
        "ささきみく",
        "みくささき",
        "sasakimiku",
        "sasaki",
        "ささき みく",
    ] {
        assert_eq!(count(app.hr(), text).await, 1, "{text}");
        assert_eq!(count(app.alumnus(), text).await, 0, "{text}");
        assert_eq!(count(app.employee(), text).await, 0, "{text}");
    }
    // neither does a match reach from the name into what is hidden, or past it
    for text in ["はなささき", "hanasasaki", "ハナみどり"] {
        assert_eq!(count(app.hr(), text).await, 0, "{text}");
        assert_eq!(count(app.alumnus(), text).await, 0, "{text}");
    }
    assert_eq!(count(app.alumnus(), "タナカハナ").await, 1);
}

#[tokio::test]
async fn the_migration_writes_anew_what_stored_people_are_found_by() {
    let app = with_people().await;
    let erased = app
        .new_alumnus("Erased", "Person")
        .state(MembershipState::Erased)
        .insert()
        .await;
    app.change_person(erased.id, |row| {
        row.sort_name = Set(String::new());
        row.grams = Set(String::new());
    })
    .await;
    let rows = async || {
        let mut rows = person::Entity::find().all(app.connection()).await.unwrap();
        rows.sort_by_key(|row| row.id);
        rows
    };
    let before = rows().await;
    let migrations = Migrator::migrations();
    let later = migrations
        .iter()
        .rev()
        .position(|migration| migration.name() == "m20261130_000026_search_fold");
    let steps = u32::try_from(later.unwrap() + 1).unwrap();
    Migrator::down(app.connection(), Some(steps)).await.unwrap();
    let earlier = rows().await;
    let takahashi = earlier
        .iter()
        .find(|row| row.family_name == "髙橋")
        .unwrap();
    assert_eq!(takahashi.sort_name, "たかはし いちろう");
    assert!(takahashi.grams.starts_with("髙橋 橋 一郎 郎 たか "));
    Migrator::up(app.connection(), None).await.unwrap();
    assert_eq!(rows().await, before);
    assert_eq!(
        found(&app.hr(), json!({ "search": "高橋一郎" })).await,
        ["髙橋"]
    );
}
