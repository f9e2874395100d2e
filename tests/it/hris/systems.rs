//! Files as HR systems write them: their columns of first and last days, the order of their rows, their headers and their encodings.

use std::path::PathBuf;

use encoding_rs::{EUC_JP, Encoding, GBK, ISO_2022_JP};
use entity::{EmploymentType, employment, external_identity, person};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;

use super::files::{import, report};
use super::{ann, outcome, people, sync, with};
use crate::support::TestApp;

/// A folder for files, and the company they are loaded into.
struct Intake {
    app: TestApp,
    folder: tempfile::TempDir,
}

impl Intake {
    async fn start() -> Self {
        Self {
            app: TestApp::start().await,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn put(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Loads a file for a source of its own: the exit code, and what is printed.
    fn load(&self, source: &str, name: &str, content: impl AsRef<[u8]>) -> (i32, String) {
        let output = import(&self.app, &self.put(name, content), &["--source", source]);
        let said = [output.stdout, output.stderr].concat();
        let code = output.status.code().expect("an exit code");
        (code, String::from_utf8(said).unwrap())
    }

    /// The people of a source by their ids.
    async fn people(&self, source: &str) -> Vec<(String, person::Model)> {
        let rows = external_identity::Entity::find()
            .filter(external_identity::Column::Source.eq(source))
            .order_by_asc(external_identity::Column::ExternalId)
            .all(self.app.connection());
        let mut people = Vec::new();
        for row in rows.await.unwrap() {
            let person = person::Entity::find()
                .filter(person::Column::Id.eq(row.person_id))
                .one(self.app.connection());
            people.push((row.external_id, person.await.unwrap().unwrap()));
        }
        people
    }

    async fn employments(&self, source: &str) -> Vec<employment::Model> {
        let known: Vec<_> = self.people(source).await;
        employment::Entity::find()
            .filter(employment::Column::PersonId.is_in(known.iter().map(|(_, person)| person.id)))
            .order_by_asc(employment::Column::StartedOn)
            .all(self.app.connection())
            .await
            .unwrap()
    }

    /// The employments of the people of a source, as `2015-04-01..2024-03-31 2025-01-01..`.
    async fn stored(&self, source: &str) -> String {
        let rows = self.employments(source).await;
        let day = |row: &employment::Model| {
            let last = row.last_working_day.map(|day| day.to_string());
            format!("{}..{}", row.started_on, last.unwrap_or_default())
        };
        rows.iter().map(day).collect::<Vec<_>>().join(" ")
    }
}

const TWICE: &str = "2015-04-01..2020-03-31 2023-01-10..";
const ONCE: &str = "2015-04-01..2024-03-31";
const OPEN: &str = "2015-04-01..";

#[tokio::test]
async fn the_columns_of_systems_are_read_for_what_they_mean() {
    let intake = Intake::start().await;
    for (source, content, stored) in [
        (
            "workday",
            "Employee ID,Last Name,First Name,Original Hire Date,Hire Date,Continuous Service Date,Pay Through Date,Termination Date,Worker Status\n\
             1,Doe,Ann,2010-04-01,2015-04-01,2010-04-01,,,Active\n",
            OPEN,
        ),
        (
            "adp",
            "Associate ID,Legal Last Name,Legal First Name,Hire Date,Hire/Rehire Date,Termination Date,Seniority Date,Position Status\n\
             1,Doe,Ann,2015-04-01,2023-01-10,2020-03-31,2016-01-01,Active\n",
            TWICE,
        ),
        (
            "oracle",
            "PersonNumber,LastName,FirstName,HireDate,LegalEmployerSeniorityDate,ActualTerminationDate,LastWorkingDate\n\
             1,Doe,Ann,2015-04-01,2010-01-01,2024-04-02,2024-03-31\n",
            ONCE,
        ),
        (
            "frappe",
            "Employee,First Name,Last Name,Offer Date,Confirmation Date,Date of Joining,Contract End Date,Relieving Date,Resignation Letter Date,Reason for Leaving,Status\n\
             1,Ann,Doe,2015-01-01,2015-10-04,2015-04-01,2019-12-31,2024-03-31,2024-02-15,Moved,Left\n",
            ONCE,
        ),
        (
            "personio",
            "ID,First name,Last name,Hire date,Contract end date,Probation period end,Termination date,Last day of work,Status\n\
             1,Ann,Doe,2015-04-01,2024-12-31,2015-09-30,2024-05-31,2024-03-31,inactive\n",
            ONCE,
        ),
        (
            "orangehrm",
            "first_name,middle_name,last_name,employee_id,other_id,home_telephone,sub_unit,joined_date,termination_date\n\
             Ann,,Doe,1,,,Sales,2015-04-01,2024-03-31\n",
            ONCE,
        ),
        (
            "german",
            "Personalnummer;Nachname;Vorname;Eintrittsdatum;Wiedereintrittsdatum;Austrittsdatum;Konzerneintritt;Probezeitende\n\
             1;Doe;Ann;01.04.2015;10.01.2023;31.03.2020;01.04.2015;30.09.2015\n",
            TWICE,
        ),
        (
            "french",
            "Matricule;Nom;Prénom;Date d'embauche;Date de réembauche;Date de départ;Date d'ancienneté;Fin de période d'essai\n\
             1;Doe;Ann;01/04/2015;10/01/2023;31/03/2020;01/04/2010;30/06/2015\n",
            TWICE,
        ),
        (
            "spanish",
            "Código de empleado;Apellidos;Nombre;Fecha de alta;Fecha de reingreso;Fecha de baja;Fecha de antigüedad\n\
             1;Doe;Ann;01/04/2015;10/01/2023;31/03/2020;01/01/2010\n",
            TWICE,
        ),
        (
            "office-station",
            "従業員コード,氏名（姓）,氏名（名）,入社年月日,退職年月日\n1,仮,一,2015/4/1,2024/3/31\n",
            ONCE,
        ),
        (
            "jobcan",
            "スタッフコード,姓,名,入社年月日,退職年月日,勤続起算日\n1,仮,一,2015/4/1,2024/3/31,2010/4/1\n",
            ONCE,
        ),
        (
            "moneyforward",
            "従業員識別子,従業員番号,姓,名,事業所名,部門名,職種名,契約種別,入社年月日,退職年月日\n\
             k1,1,仮,一,本社,営業,事務,正社員,2015/4/1,2024/3/31\n",
            ONCE,
        ),
        (
            "saikoyo",
            "社員番号,姓,名,入社日,退職日,再雇用年月日,在籍区分,定年退職予定日,退職届提出日,出向開始日\n\
             1,仮,一,2015/4/1,2020/3/31,2023/1/10,在籍,2020/3/31,2020/1/15,2018/4/1\n",
            TWICE,
        ),
    ] {
        let (code, said) = intake.load(source, "a.csv", content);
        assert_eq!(code, 0, "{source}: {said}");
        assert_eq!(intake.stored(source).await, stored, "{source}: {said}");
    }
}

#[tokio::test]
async fn the_json_of_systems_is_read_for_what_it_means() {
    let intake = Intake::start().await;
    for (source, content, stored) in [
        (
            "gusto",
            r#"[{"uuid":"1","first_name":"Ann","last_name":"Doe","terminated":true,"jobs":[{"title":"Engineer","primary":true,"hire_date":"2015-04-01"}],"terminations":[{"effective_date":"2024-03-31","active":true}]}]"#,
            ONCE,
        ),
        (
            "rippling",
            r#"{"results":[{"id":"1","user_id":"u","employment_type_id":"e","start_date":"2015-04-01","end_date":"2024-03-31","user":{"name":{"given_name":"Ann","family_name":"Doe"}},"status":"TERMINATED"}]}"#,
            ONCE,
        ),
        (
            "hibob",
            r#"{"employees":[{"id":"1","firstName":"Ann","surname":"Doe","work":{"startDate":"2015-04-01","site":"Berlin"},"internal":{"terminationDate":"2024-06-30","lifecycleStatus":"terminated"},"employee":{"lastDayOfWork":"2024-03-31"}}]}"#,
            ONCE,
        ),
        (
            "adp-api",
            r#"{"workers":[{"associateOID":"1","person":{"legalName":{"givenName":"Ann","familyName1":"Doe"}},"workerDates":{"originalHireDate":"2015-04-01","rehireDate":"2023-01-10","terminationDate":"2020-03-31"},"workerStatus":{"statusCode":{"codeValue":"Active"}}}]}"#,
            TWICE,
        ),
        (
            "finch",
            r#"[{"id":"1","first_name":"Ann","last_name":"Doe","start_date":"2010-04-01","latest_rehire_date":"2015-04-01","end_date":null,"is_active":true}]"#,
            OPEN,
        ),
        (
            "finch-answers",
            r#"{"responses":[{"individual_id":"1","code":200,"body":{"id":"1","first_name":"Ann","last_name":"Doe","start_date":"2015-04-01","latest_rehire_date":null,"end_date":"2024-03-31","is_active":false}}]}"#,
            ONCE,
        ),
        (
            "workday-raas",
            r#"{"Report_Entry":[{"Employee_ID":"1","Legal_Name_-_First_Name":"Ann","Legal_Name_-_Last_Name":"Doe","Hire_Date":"2015-04-01-07:00","Termination_Date":"2024-03-31Z"}]}"#,
            ONCE,
        ),
        (
            "freee",
            r#"{"employees":[{"id":1,"num":"E1","display_name":"仮 一","entry_date":"2015-04-01","retire_date":"2024-03-31","login_email":"hajime@company.example","payroll_calculation":true,"closing_day":31}]}"#,
            ONCE,
        ),
    ] {
        let (code, said) = intake.load(source, "a.json", content);
        assert_eq!(code, 0, "{source}: {said}");
        assert_eq!(intake.stored(source).await, stored, "{source}: {said}");
    }
    let people = intake.people("freee").await;
    let [(id, person)] = &people[..] else {
        panic!("one person")
    };
    assert_eq!(
        (id.as_str(), person.employee_number.as_deref()),
        ("1", Some("E1"))
    );
    assert_eq!(person.work_email.as_deref(), Some("hajime@company.example"));
    assert_eq!(person.personal_email, None);
}

const HEAD: &str = "Employee ID,Last Name,First Name,Hire Date,Termination Date\n";
const FIRST: &str = "1,Doe,Ann,2010-04-01,2012-03-31\n";
const SECOND: &str = "1,Doe,Ann,2015-04-01,2018-03-31\n";
const THIRD: &str = "1,Doe,Ann,2020-06-01,\n";
const THREE: &str = "2010-04-01..2012-03-31 2015-04-01..2018-03-31 2020-06-01..";

#[tokio::test]
async fn employments_of_a_worker_come_in_any_order_at_once_or_in_several_files() {
    let intake = Intake::start().await;
    let orders = [
        [FIRST, SECOND, THIRD],
        [FIRST, THIRD, SECOND],
        [SECOND, FIRST, THIRD],
        [SECOND, THIRD, FIRST],
        [THIRD, FIRST, SECOND],
        [THIRD, SECOND, FIRST],
    ];
    for (number, order) in orders.iter().enumerate() {
        let at_once = format!("once-{number}");
        let (code, said) = intake.load(&at_once, "a.csv", format!("{HEAD}{}", order.concat()));
        assert_eq!(
            (code, intake.stored(&at_once).await.as_str()),
            (0, THREE),
            "{said}"
        );
        let apart = format!("apart-{number}");
        for row in order {
            let (code, said) = intake.load(&apart, "a.csv", format!("{HEAD}{row}"));
            assert_eq!(code, 0, "{said}");
        }
        assert_eq!(intake.stored(&apart).await, THREE);
    }
}

#[tokio::test]
async fn employments_of_a_worker_may_be_thousands_of_rows_apart() {
    let intake = Intake::start().await;
    let others: String = (0..1_100)
        .map(|number| format!("F{number},Fill,Er,2019-01-01,\n"))
        .collect();
    let file = format!("{HEAD}{THIRD}{others}{FIRST}{SECOND}");
    let (code, said) = intake.load("far", "a.csv", file);
    assert_eq!(code, 0, "{said}");
    let one = intake
        .people("far")
        .await
        .into_iter()
        .find(|(id, _)| id == "1");
    let rows = employment::Entity::find()
        .filter(employment::Column::PersonId.eq(one.unwrap().1.id))
        .order_by_asc(employment::Column::StartedOn)
        .all(intake.app.connection())
        .await
        .unwrap();
    let days: Vec<String> = rows.iter().map(|row| row.started_on.to_string()).collect();
    assert_eq!(days, ["2010-04-01", "2015-04-01", "2020-06-01"]);
}

#[tokio::test]
async fn a_contractor_who_is_employed_has_two_employments_with_their_types() {
    let intake = Intake::start().await;
    let rows = "Employee ID,Last Name,First Name,Hire Date,Termination Date,Employment Type\n\
                1,Doe,Ann,2019-04-01,2020-03-31,Contractor\n1,Doe,Ann,2020-04-01,,Full-time\n";
    intake.load("types", "a.csv", rows);
    let types: Vec<EmploymentType> = intake
        .employments("types")
        .await
        .iter()
        .map(|row| row.employment_type)
        .collect();
    assert_eq!(types, [EmploymentType::Contractor, EmploymentType::Regular]);
}

#[tokio::test]
async fn the_marks_of_systems_for_no_last_day_are_no_last_day() {
    let intake = Intake::start().await;
    let marks = [
        "9999-12-31",
        "2999-12-31",
        "12/31/9999",
        "31.12.9999",
        "99991231",
        "4712-12-31",
        "2958465",
        "0000-00-00",
        "00/00/0000",
        "9999-12-31T00:00:00Z",
        "-",
        "–",
        "―",
        "N/A",
        "#N/A",
        "NULL",
        "(null)",
        "nan",
        "NaT",
        "<NA>",
        "None",
        "なし",
    ];
    let rows: String = marks
        .iter()
        .enumerate()
        .map(|(id, mark)| format!("{id},Doe,Ann,2015-04-01,{mark}\n"))
        .collect();
    let (code, said) = intake.load("marks", "a.csv", format!("{HEAD}{rows}"));
    assert_eq!(code, 0, "{said}");
    assert_eq!(
        intake.stored("marks").await,
        vec![OPEN; marks.len()].join(" ")
    );
}

#[tokio::test]
async fn headers_of_two_lines_and_other_separators_are_read() {
    let intake = Intake::start().await;
    for (source, content) in [
        (
            "pipes",
            "社員番号|姓|名|入社日|退職日\n1|髙橋|一郎|2015/4/1|2024/3/31\n",
        ),
        (
            "two-lines",
            "社員番号,氏名,,在籍,\n,姓,名,入社日,退職日\n1,髙橋,一郎,2015/4/1,2024/3/31\n",
        ),
        (
            "groups",
            "基本情報,,,入退社情報,\n社員番号,姓,名,入社日,退職日\n1,髙橋,一郎,2015/4/1,2024/3/31\n",
        ),
        (
            "banner",
            "従業員一覧,,,,\n出力日,2026/11/30,,,\n,,,,\n社員番号,姓,名,入社日,退職日\n1,髙橋,一郎,2015/4/1,2024/3/31\n合計,,,,1\n",
        ),
    ] {
        let (code, said) = intake.load(source, "a.csv", content);
        assert_eq!(code, 0, "{source}: {said}");
        assert_eq!(intake.stored(source).await, ONCE, "{source}: {said}");
        let (_, person) = &intake.people(source).await[0];
        assert_eq!(
            (person.family_name.as_str(), person.given_name.as_str()),
            ("髙橋", "一郎"),
            "{source}"
        );
    }
}

const ENGLISH_HEADER: &str = "Employee ID,Last Name,First Name,Hire Date\n1,高橋,一郎,2015-04-01\n";

#[tokio::test]
async fn encodings_are_found_and_one_that_cannot_be_found_stores_nothing() {
    let intake = Intake::start().await;
    let text = "社員番号,姓,名,入社日\n1,高橋,一郎,2015/4/1\n";
    let encoded = |encoding: &'static Encoding| encoding.encode(text).0.into_owned();
    let wide = |to_bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    };
    for (source, bytes) in [
        ("euc-jp", encoded(EUC_JP)),
        ("iso-2022-jp", encoded(ISO_2022_JP)),
        ("utf-16le", wide(u16::to_le_bytes)),
        ("utf-16be", wide(u16::to_be_bytes)),
    ] {
        let (code, said) = intake.load(source, "a.csv", bytes);
        assert_eq!(code, 0, "{source}: {said}");
        let (_, person) = &intake.people(source).await[0];
        assert_eq!(
            (person.family_name.as_str(), person.given_name.as_str()),
            ("高橋", "一郎"),
            "{source}"
        );
    }
    let chinese = ENGLISH_HEADER.replace("高橋,一郎", "欧阳,伟");
    for (source, encoding, text) in [
        ("gbk", GBK, chinese.as_str()),
        ("euc-jp-names", EUC_JP, ENGLISH_HEADER),
    ] {
        let (code, said) = intake.load(source, "a.csv", encoding.encode(text).0);
        assert_eq!(code, 1, "{source}: {said}");
        assert!(
            said.contains("the encoding can be EUC-JP, GB 18030 or EUC-KR"),
            "{said}"
        );
        assert!(intake.people(source).await.is_empty(), "{source}");
    }
    let mapping = intake.put("m.toml", "preset = \"hr-en\"\nencoding = \"euc-jp\"\n");
    let file = intake.put("a.csv", EUC_JP.encode(ENGLISH_HEADER).0);
    report(&import(
        &intake.app,
        &file,
        &["--source", "stated", "--mapping", mapping.to_str().unwrap()],
    ));
    assert_eq!(intake.people("stated").await[0].1.family_name, "高橋");
}

#[tokio::test]
async fn an_odd_optional_value_costs_the_value_and_not_the_leaver() {
    let intake = Intake::start().await;
    let long = "moved ".repeat(120);
    let rows = format!(
        "Employee ID,Last Name,First Name,Hire Date,Termination Date,Personal Email,Personal Phone,Termination Reason,Job Title\n\
         1,Doe,Ann,2015-04-01,2024-03-31,a@example.com; b@example.com,call me,{long},{}\n",
        "x".repeat(300)
    );
    let (code, said) = intake.load("odd", "a.csv", rows);
    assert_eq!(code, 0, "{said}");
    assert_eq!(intake.stored("odd").await, ONCE);
    for remark in [
        "Personal Email: “a@example.com; b@example.com” is not one e-mail address; it was left out",
        "Personal Phone: “call me” is not one telephone number; it was left out",
        "Termination Reason: is 719 characters long, at most 500 are kept; it was left out",
        "position: is 300 characters long, at most 200 are kept; it was left out",
    ] {
        assert!(said.contains(remark), "{said}");
    }
    let (_, person) = &intake.people("odd").await[0];
    assert_eq!((&person.personal_email, &person.phone), (&None, &None));
    let row = &intake.employments("odd").await[0];
    assert_eq!((&row.position, &row.leave_reason), (&None, &None));
}

#[tokio::test]
async fn a_blank_name_changes_no_name_and_is_missing_only_for_a_new_worker() {
    let intake = Intake::start().await;
    let (code, _) = intake.load(
        "names",
        "a.csv",
        format!("{HEAD}1,Doe,Ann,2015-04-01,\n2,Roe,Ben,2015-04-01,\n3,Poe,Cy,2015-04-01,\n"),
    );
    assert_eq!(code, 0);
    let rows = "1,,,2015-04-01,2024-03-31\n2,,Ben,2015-04-01,2024-03-31\n3,Poe,,2015-04-01,2024-03-31\n4,,,2015-04-01,\n5,,Suharto,2015-04-01,\n";
    let (code, said) = intake.load("names", "a.csv", format!("{HEAD}{rows}"));
    assert_eq!(code, 3, "{said}");
    assert!(
        said.contains("line 5 (id 4): familyName: is needed for a worker who is not known yet"),
        "{said}"
    );
    let people = intake.people("names").await;
    let names: Vec<String> = people
        .iter()
        .map(|(id, person)| format!("{id} {}/{}", person.family_name, person.given_name))
        .collect();
    assert_eq!(names, ["1 Doe/Ann", "2 Roe/Ben", "3 Poe/Cy", "5 Suharto/"]);
}

#[tokio::test]
async fn null_is_a_name_unless_the_file_writes_it_for_nothing() {
    let intake = Intake::start().await;
    let rows = "Employee ID,Last Name,First Name,Hire Date,Job Title\n1,Null,Ann,2015-04-01,Engineer\n2,Doe,NULL,2015-04-01,NULL\n3,Doe,(null),2015-04-01,Engineer\n";
    let (code, said) = intake.load("null", "a.csv", rows);
    assert_eq!(code, 0, "{said}");
    let people = intake.people("null").await;
    let names: Vec<String> = people
        .iter()
        .map(|(_, person)| format!("{}/{}", person.family_name, person.given_name))
        .collect();
    assert_eq!(names, ["Null/Ann", "Doe/", "Doe/"]);
}

#[tokio::test]
async fn an_id_that_was_given_to_somebody_else_is_invalid_and_the_alumnus_stays() {
    let app = TestApp::start().await;
    let leaver = with(ann(), json!({ "lastWorkingDay": "2018-03-31" }));
    sync(&app.hr(), json!([leaver])).await;
    let other = json!({ "externalId": "7", "familyName": "鈴木", "givenName": "一郎", "familyNameKana": "スズキ", "startedOn": "2022-04-01" });
    let reply = sync(&app.hr(), json!([other])).await;
    assert_eq!(
        outcome(&reply),
        "7 INVALID familyName: both names differ from the stored ones, and the employment is another one. If it is another person, send an \
         id of their own; if the name was changed, send it with a stored employment first"
    );
    assert_eq!(people(&app).await[0].family_name, "山田");
    // A name that was changed by marriage is the same person's, and so is one that is written in other letters.
    let married = with(
        ann(),
        json!({ "familyName": "鈴木", "startedOn": "2022-04-01", "lastWorkingDay": "2023-03-31" }),
    );
    assert_eq!(
        outcome(&sync(&app.hr(), json!([married])).await),
        "7 UPDATED"
    );
    let romaji = json!({ "externalId": "7", "familyName": "Suzuki", "givenName": "Hanako", "startedOn": "2024-04-01" });
    assert_eq!(
        outcome(&sync(&app.hr(), json!([romaji])).await),
        "7 UPDATED"
    );
    assert_eq!(people(&app).await.len(), 1);
}
