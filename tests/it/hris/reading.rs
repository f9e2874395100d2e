//! How the command reads files: ids, days, names, employments, blank cells, reasons that are not kept, and what it reports.

use std::path::{Path, PathBuf};
use std::process::Output;

use entity::{Standing, employment, external_identity, person};
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};

use super::files::{import, report};
use super::people;
use crate::support::TestApp;

/// A folder with files for the command.
struct Files(tempfile::TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn put(&self, name: &str, content: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }
}

/// What the command prints of a file with rows that are invalid.
fn with_invalid(output: &Output) -> String {
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{complaint}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn load(app: &TestApp, files: &Files, name: &str, content: &str) -> Output {
    import(app, &files.put(name, content), &[])
}

async fn ids(app: &TestApp) -> Vec<String> {
    let mut ids: Vec<String> = external_identity::Entity::find()
        .all(app.connection())
        .await
        .unwrap()
        .into_iter()
        .filter(|row| row.source == "files")
        .map(|row| row.external_id)
        .collect();
    ids.sort_unstable();
    ids
}

/// `Doe 2015-04-01 2020-03-31`, one for each employment, by name and first day.
async fn employments(app: &TestApp) -> Vec<String> {
    let people = people(app).await;
    let name = |row: &employment::Model| {
        let of_row = |person: &&person::Model| person.id == row.person_id;
        people
            .iter()
            .find(of_row)
            .map(|person| person.family_name.clone())
    };
    let rows = employment::Entity::find()
        .order_by_asc(employment::Column::StartedOn)
        .all(app.connection())
        .await
        .unwrap();
    let line = |row: &employment::Model| {
        let last = row.last_working_day.map(|day| day.to_string());
        Some(format!(
            "{} {} {}",
            name(row)?,
            row.started_on,
            last.as_deref().unwrap_or("-")
        ))
    };
    let mut lines: Vec<String> = rows.iter().filter_map(line).collect();
    lines.sort_unstable();
    lines
}

const HEAD: &str = "Employee ID,Last Name,First Name,Hire Date\n";

#[tokio::test]
async fn ids_written_as_decimals_are_the_same_workers_as_without() {
    let app = TestApp::start().await;
    let files = Files::new();
    let decimals = format!("{HEAD}1001.0,Doe,Ann,2015-04-01\n1002.0,Roe,Ben,2015-04-01\n");
    report(&load(&app, &files, "a.csv", &decimals));
    let whole = format!("{HEAD}1001,Doe,Ann,2015-04-01\n1002,Roe,Ben,2015-04-01\n");
    let said = report(&load(&app, &files, "b.csv", &whole));
    assert!(
        said.contains("Rows: 2 read, 0 created, 0 updated, 2 unchanged"),
        "{said}"
    );
    assert_eq!(ids(&app).await, ["1001", "1002"]);
    assert_eq!(
        people(&app).await[0].employee_number.as_deref(),
        Some("1001")
    );
}

#[tokio::test]
async fn ids_that_a_spreadsheet_spoiled_are_invalid_and_never_ids() {
    let app = TestApp::start().await;
    let files = Files::new();
    let rows = format!(
        "{HEAD}1E+11,Poe,Cy,2015-04-01\n########,Moe,Di,2015-04-01\n#REF!,Noe,Ed,2015-04-01\n\
         \"1,001\",Foe,Fay,2015-04-01\n#N/A,Goe,Gil,2015-04-01\n1.0E5,Hoe,Hal,2015-04-01\n'00124,Doe,Ann,2015-04-01\n=\"00125\",Roe,Ben,2015-04-01\n"
    );
    let said = with_invalid(&load(&app, &files, "a.csv", &rows));
    assert!(
        said.contains("8 read, 2 created, 0 updated, 0 unchanged, 6 invalid"),
        "{said}"
    );
    assert!(
        said.contains("line 2 (id 1E+11): Employee ID: “1E+11” is a rounded number in scientific notation; accepted is the id"),
        "{said}"
    );
    assert_eq!(ids(&app).await, ["00124", "00125"]);
}

#[tokio::test]
async fn numbers_of_json_are_the_ids_that_they_are() {
    let app = TestApp::start().await;
    let files = Files::new();
    let rows = r#"[{"id":42.0,"first_name":"Ann","last_name":"Doe","hire_date":"2015-04-01"},{"id":1e5,"first_name":"Ben","last_name":"Roe","hire_date":"2015-04-01"},{"id":true,"first_name":"Cy","last_name":"Poe","hire_date":"2015-04-01"},{"id":9007199254740993,"first_name":"Di","last_name":"Moe","hire_date":"2015-04-01"}]"#;
    let said = with_invalid(&load(&app, &files, "a.json", rows));
    assert_eq!(ids(&app).await, ["100000", "42", "9007199254740993"]);
    assert!(
        said.contains("line 1, entry 3 (id true): id: “true” is a truth value, not an id"),
        "{said}"
    );
}

const DAY_FIRST: &str = "Employee ID,Last Name,First Name,Hire Date,Termination Date\n1,Doe,Ann,03/04/2016,05/06/2020\n2,Roe,Ben,13/02/2019,\n3,Poe,Cy,05/01/2016,07/01/2016\n4,Moe,Di,25/12/2018,07/08/2021\n";

#[tokio::test]
async fn a_file_whose_days_show_their_order_is_read_in_it() {
    let app = TestApp::start().await;
    let output = load(&app, &Files::new(), "a.csv", DAY_FIRST);
    let said = report(&output);
    assert_eq!(
        employments(&app).await,
        [
            "Doe 2016-04-03 2020-06-05",
            "Moe 2018-12-25 2021-08-07",
            "Poe 2016-01-05 2016-01-07",
            "Roe 2019-02-13 -"
        ]
    );
    assert!(
        said.contains("  Hire Date: day first, found in the column (2 days exist only day first, 0 only month first, 2 in both orders)\n  Termination Date: day first, found in the other columns"),
        "{said}"
    );
    let told = String::from_utf8(output.stderr).unwrap();
    let (order, rows) = (
        told.find("day first").unwrap(),
        told.find("4 rows").unwrap(),
    );
    assert!(order < rows, "{told}");
}

#[tokio::test]
async fn days_of_which_the_file_shows_no_order_are_invalid_with_both_readings() {
    let app = TestApp::start().await;
    let rows = format!("{HEAD}1,Doe,Ann,03/04/2016\n2,Roe,Ben,05/05/2016\n3,Poe,Cy,2016-07-01\n");
    let files = Files::new();
    let said = with_invalid(&load(&app, &files, "a.csv", &rows));
    assert!(
        said.contains("line 2 (id 1): Hire Date: “03/04/2016” is 2016-04-03 read day first and 2016-03-04 read month first"),
        "{said}"
    );
    assert_eq!(
        employments(&app).await,
        ["Poe 2016-07-01 -", "Roe 2016-05-05 -"]
    );
    report(&import(
        &app,
        &files.put("a.csv", &rows),
        &["--date-order", "month_first"],
    ));
    assert_eq!(employments(&app).await[0], "Doe 2016-03-04 -");
}

#[tokio::test]
async fn in_a_mixture_of_orders_only_days_beyond_doubt_are_read() {
    let app = TestApp::start().await;
    let rows = format!("{HEAD}1,Doe,Ann,03/04/2016\n2,Roe,Ben,13/02/2019\n3,Poe,Cy,02/13/2019\n");
    let said = with_invalid(&load(&app, &Files::new(), "a.csv", &rows));
    assert!(
        said.contains(
            "Hire Date: mixed (1 days exist only day first, 1 only month first, 1 in both orders)"
        ),
        "{said}"
    );
    assert_eq!(
        employments(&app).await,
        ["Poe 2019-02-13 -", "Roe 2019-02-13 -"]
    );
}

#[tokio::test]
async fn a_mapping_that_the_days_contradict_is_refused_before_anything_is_stored() {
    let app = TestApp::start().await;
    let files = Files::new();
    let mapping = files.put(
        "m.toml",
        "preset = \"hr-en\"\ndate_order = \"month_first\"\n",
    );
    let more = ["--mapping", mapping.to_str().unwrap()];
    let output = import(&app, &files.put("a.csv", DAY_FIRST), &more);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("states that days are read month first, and 2 of them exist only day first, the first in line 3: “13/02/2019”"), "{told}");
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn days_with_dots_instants_and_eras_are_read() {
    let app = TestApp::start().await;
    let rows = format!(
        "{HEAD}1,Doe,Ann,03.04.2016\n2,Roe,Ben,13.02.2019\n3,Poe,Cy,2024-03-31T15:00:00Z\n4,Moe,Di,2024-03-31T00:00:00Z\n5,Foe,Fay,平成31年5月1日\n6,Noe,Ed,平成35年4月1日\n7,Goe,Gil,0202-04-01\n8,Hoe,Hal,42095.0\n"
    );
    let said = with_invalid(&load(&app, &Files::new(), "a.csv", &rows));
    assert_eq!(
        employments(&app).await,
        [
            "Doe 2016-04-03 -",
            "Foe 2019-05-01 -",
            "Hoe 2015-04-01 -",
            "Moe 2024-03-31 -",
            "Poe 2024-04-01 -",
            "Roe 2019-02-13 -"
        ]
    );
    assert!(
        said.contains(
            "“平成35年4月1日” is not a day: 平成 ended on 2019-04-30; write 令和 or 2023"
        ),
        "{said}"
    );
    assert!(
        said.contains("“平成31年5月1日”: 平成 ended on 2019-04-30; the day is read as 2019-05-01"),
        "{said}"
    );
    assert!(said.contains("is not plausible: the year is 202"), "{said}");
}

#[tokio::test]
async fn the_name_at_work_goes_before_a_former_name_and_is_whole() {
    let app = TestApp::start().await;
    let files = Files::new();
    let japanese = "社員番号,姓,名,入社日,ビジネスネーム：姓,ビジネスネーム：名,旧姓\n1,丁田,菊,2015/4/1,乙田,菊子,甲田\n2,戊田,蘭,2015/4/1,,,己田\n";
    let said = report(&load(&app, &files, "a.csv", japanese));
    assert!(
        said.contains("旧姓: not used: other_name is read from “ビジネスネーム：姓”"),
        "{said}"
    );
    let english = "Employee ID,Last Name,First Name,Hire Date,Preferred First Name,Preferred Last Name,Maiden Name\n3,Doe,Ann,2015-04-01,Annie,Smythe,Roe\n";
    report(&load(&app, &files, "b.csv", english));
    let mut names: Vec<_> = people(&app)
        .await
        .into_iter()
        .map(|person| (person.family_name, person.other_name.unwrap()))
        .collect();
    names.sort_unstable();
    let expected = [
        ("Doe", "Annie Smythe"),
        ("丁田", "乙田 菊子"),
        ("戊田", "己田"),
    ];
    assert_eq!(
        names,
        expected.map(|(name, other)| (name.to_owned(), other.to_owned()))
    );
}

#[tokio::test]
async fn a_rehire_without_a_last_day_of_the_first_employment_is_read_with_a_remark() {
    let app = TestApp::start().await;
    let files = Files::new();
    let head = "Employee ID,Last Name,First Name,Hire Date,Rehire Date,Termination Date,Employment Status\n";
    report(&load(
        &app,
        &files,
        "1.csv",
        &format!("{head}1,Doe,Ann,2015-04-01,,2020-03-31,Terminated\n"),
    ));
    let said = report(&load(
        &app,
        &files,
        "2.csv",
        &format!("{head}1,Doe,Ann,2015-04-01,2023-01-10,,Active\n"),
    ));
    assert_eq!(
        employments(&app).await,
        ["Doe 2015-04-01 2020-03-31", "Doe 2023-01-10 -"]
    );
    assert!(
        said.contains("line 2 (id 1): Hire Date: the row gives no last day for an employment from 2015-04-01; only the employment from 2023-01-10 (“Rehire Date”) is read"),
        "{said}"
    );
    assert_eq!(people(&app).await[0].standing, Standing::Employee);
}

#[tokio::test]
async fn a_last_day_before_the_rehire_ends_the_first_employment() {
    for (file, content) in [
        (
            "a.csv",
            "Employee ID,Last Name,First Name,Hire Date,Rehire Date,Termination Date,Employment Status\n2,Roe,Ben,2015-04-01,2023-01-10,2020-03-31,Active\n",
        ),
        (
            "a.csv",
            "Employee ID,Last Name,First Name,Hire Date,Most Recent Hire Date,Termination Date,Employment Status\n2,Roe,Ben,2015-04-01,2023-01-10,2020-03-31,Active\n",
        ),
        (
            "a.csv",
            "Employee ID,Last Name,First Name,Original Hire Date,Last Hire Date,Term Date,Status\n2,Roe,Ben,2015-04-01,2023-01-10,2020-03-31,Active\n",
        ),
        (
            "a.csv",
            "社員番号,姓,名,入社日,再入社日,退職日,在籍状況\n2,Roe,Ben,2015/4/1,2023/1/10,2020/3/31,在籍\n",
        ),
        (
            "a.json",
            r#"[{"id":"2","first_name":"Ben","last_name":"Roe","hire_date":"2015-04-01","start_date":"2023-01-10","termination_date":"2020-03-31","employment_status":"ACTIVE"}]"#,
        ),
    ] {
        let app = TestApp::start().await;
        let said = report(&load(&app, &Files::new(), file, content));
        assert!(
            said.contains("Rows: 1 read, 1 created, 0 updated, 0 unchanged, 0 invalid"),
            "{said}"
        );
        assert_eq!(
            employments(&app).await,
            ["Roe 2015-04-01 2020-03-31", "Roe 2023-01-10 -"]
        );
        assert_eq!(people(&app).await[0].standing, Standing::Employee);
    }
}

#[tokio::test]
async fn a_contract_or_seniority_date_is_not_a_day_of_the_employment() {
    let app = TestApp::start().await;
    let rows = "Employee ID,Last Name,First Name,Hire Date,Seniority Date,Contract End Date\n1,Doe,Ann,2015-04-01,2012-04-01,2020-03-31\n";
    let output = import(&app, &Files::new().put("a.csv", rows), &["--dry-run"]);
    let said = report(&output);
    assert!(said.contains("  Seniority Date → seniority_date (not stored): 2012-04-01\n  Contract End Date → contract_end_date (not stored): 2020-03-31\n"), "{said}");
    report(&load(&app, &Files::new(), "a.csv", rows));
    assert_eq!(employments(&app).await, ["Doe 2015-04-01 -"]);
}

#[tokio::test]
async fn a_column_that_is_filled_and_not_used_is_reported() {
    let app = TestApp::start().await;
    let rows = "Employee ID,Last Name,First Name,Hire Date,Department,Division\n1,Doe,Ann,2015-04-01,Sales,EMEA\n";
    let said = report(&load(&app, &Files::new(), "a.csv", rows));
    assert!(
        said.contains("line 2 (id 1): Division: not used: department is read from “Department”"),
        "{said}"
    );
}

#[tokio::test]
async fn a_blank_cell_leaves_what_is_stored_unless_the_mapping_clears_it() {
    let app = TestApp::start().await;
    let files = Files::new();
    let head = "社員番号,姓,名,入社日,退職日,メールアドレス\n";
    report(&load(
        &app,
        &files,
        "1.csv",
        &format!("{head}1,任,一,2015/4/1,2024/3/31,ann@mail.example\n"),
    ));
    let blank = format!("{head}1,任,一,2015/4/1,2024/3/31,\n");
    let said = report(&load(&app, &files, "2.csv", &blank));
    assert!(said.contains("0 updated, 1 unchanged"), "{said}");
    assert_eq!(
        people(&app).await[0].personal_email.as_deref(),
        Some("ann@mail.example")
    );
    let mapping = files.put("m.toml", "preset = \"smarthr-ja\"\nblank = \"clear\"\n");
    let more = ["--mapping", mapping.to_str().unwrap()];
    report(&import(&app, &files.put("2.csv", &blank), &more));
    assert_eq!(people(&app).await[0].personal_email, None);
    report(&load(
        &app,
        &files,
        "3.csv",
        &format!("{head}1,任,一,2015/4/1,,\n"),
    ));
    assert_eq!(people(&app).await[0].standing, Standing::Employee);
}

#[tokio::test]
async fn a_bad_entry_of_a_list_on_one_line_is_found_by_number_and_id() {
    let app = TestApp::start().await;
    let rows = r#"[{"id":"1","first_name":"Ann","last_name":"Doe","hire_date":"2015-04-01"},{"id":"2","first_name":"Ben","last_name":"Roe","hire_date":"2015-13-01"},{"id":"3","first_name":"Cy","last_name":"Poe","hire_date":"xx"}]"#;
    let said = with_invalid(&load(&app, &Files::new(), "a.json", rows));
    assert!(
        said.contains(
            "line 1, entry 2 (id 2): hire_date: “2015-13-01” is not a day of the calendar"
        ),
        "{said}"
    );
    assert!(
        said.contains("line 1, entry 3 (id 3): hire_date: “xx” is not a day"),
        "{said}"
    );
}

#[tokio::test]
async fn the_exit_code_says_whether_every_row_was_loaded() {
    let app = TestApp::start().await;
    let files = Files::new();
    let good = format!("{HEAD}1,Doe,Ann,2015-04-01\nTotal,,,1\n");
    let jinjer = "社員番号,職場氏名(氏),入社年月日\n1,任,2015/4/1\n2,任,2015/4/1\n";
    for (name, content, code) in [
        ("a.csv", good.as_str(), 0),
        ("b.csv", jinjer, 3),
        ("c.csv", "", 1),
    ] {
        let output = load(&app, &files, name, content);
        assert_eq!(output.status.code(), Some(code), "{name}");
    }
}

#[tokio::test]
async fn a_source_without_a_name_or_with_a_long_one_is_refused_with_the_reason() {
    let app = TestApp::start().await;
    let path = Files::new();
    let path = path.put("a.csv", &format!("{HEAD}1,Doe,Ann,2015-04-01\n"));
    for (source, reason) in [
        (String::new(), "error: --source: must not be empty"),
        (
            "x".repeat(101),
            "error: --source: must have at most 100 characters",
        ),
    ] {
        let output = import(&app, &path, &["--source", &source]);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(told.contains(reason), "{told}");
    }
    assert!(app.changes().await.is_empty());
}

#[tokio::test]
async fn a_dry_run_reports_columns_samples_and_other_sources_as_json() {
    let app = TestApp::start().await;
    let files = Files::new();
    let rows = format!("{HEAD}1,Doe,Ann,13/02/2019\n2,Roe,Ben,03/04/2016\n");
    report(&load(&app, &files, "a.csv", &rows));
    let more = ["--source", "other", "--dry-run", "--report", "json"];
    let said = report(&import(&app, &files.put("a.csv", &rows), &more));
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        said["file"]["columns"][3],
        json!({ "name": "Hire Date", "fields": ["started_on"], "isOnlyRecognised": false, "samples": ["13/02/2019", "03/04/2016"] })
    );
    assert_eq!(
        (&said["file"]["encoding"], &said["file"]["preset"]),
        (&json!("ASCII"), &json!("hr-en"))
    );
    assert_eq!(said["report"]["dayOrders"][0]["order"], "day_first");
    assert_eq!(
        (&said["report"]["created"], &said["report"]["dryRun"]),
        (&json!(2), &json!(true))
    );
    assert_eq!(
        said["report"]["warnings"][0],
        "the source “other” is new, and 2 of the first 2 workers have the id and the family name of one in the source “files”: the same people would be stored again; use --source files if it is the same system"
    );
}

#[tokio::test]
async fn a_reason_that_reveals_what_must_not_be_kept_is_left_out() {
    let app = TestApp::start().await;
    let rows = "Employee ID,Last Name,First Name,Hire Date,Termination Date,Termination Reason\n1,Doe,Ann,2015-04-01,2024-03-31,PTSD\n2,Roe,Ben,2015-04-01,2024-03-31,逮捕\n3,Poe,Cy,2015-04-01,2024-03-31,システム障害の責任\n4,Moe,Di,2015-04-01,2024-03-31,moved to Cancer Research UK\n";
    let said = report(&load(&app, &Files::new(), "a.csv", rows));
    assert!(
        said.contains(
            "line 2 (id 1): Termination Reason: the reason speaks of health; it was left out"
        ),
        "{said}"
    );
    assert!(said.contains("line 3 (id 2): Termination Reason: the reason speaks of a criminal record; it was left out"), "{said}");
    let stored = employment::Entity::find()
        .all(app.connection())
        .await
        .unwrap();
    let mut reasons: Vec<_> = stored
        .into_iter()
        .filter_map(|row| row.leave_reason)
        .collect();
    reasons.retain(|reason| {
        reason.contains("Cancer")
            || reason.contains("障害")
            || reason.contains("PTSD")
            || reason.contains("逮捕")
    });
    reasons.sort_unstable();
    assert_eq!(
        reasons,
        ["moved to Cancer Research UK", "システム障害の責任"]
    );
}

#[tokio::test]
async fn a_folder_is_refused_with_the_reason() {
    let app = TestApp::start().await;
    let files = Files::new();
    let output = import(&app, Path::new(files.0.path()), &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("cannot open")
    );
}
