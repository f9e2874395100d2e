//! The reading of whole files, as people and systems leave them.

use super::*;
use crate::hris::{
    mapping::Mapping,
    report::{BadRow, Report},
    worker::Told,
};
use entity::LeaveType;

fn read(bytes: &[u8], name: &str, mapping: &Mapping) -> (Vec<Worker>, Report, Overview) {
    let open = || Intake::open(std::io::Cursor::new(bytes.to_vec()), name, mapping);
    let survey = Survey::of(open().expect("a readable file")).expect("days in one order");
    let mut intake = open().expect("a readable file");
    intake.set_day_orders(survey.by_column());
    let (mut workers, mut report) = (Vec::new(), Report::default());
    while let Some(row) = intake.next_row().expect("a row") {
        report.read += 1;
        report.add_remarks(&row.place, row.remarks);
        match row.outcome {
            Ok(employments) => workers.extend(employments),
            Err(faults) => report.add_invalid(&row.place, faults),
        }
    }
    let overview = intake.overview();
    (workers, report, overview)
}

fn sample(file: &str) -> (Vec<Worker>, Report, Overview) {
    let bytes: &[u8] = match file {
        "messy-english.csv" => include_bytes!("../../../tests/data/messy-english.csv"),
        "smarthr-cp932.csv" => include_bytes!("../../../tests/data/smarthr-cp932.csv"),
        _ => panic!("no such sample"),
    };
    read(bytes, file, &Mapping::automatic())
}

fn bad(report: &Report) -> Vec<String> {
    report
        .bad_rows
        .iter()
        .map(|BadRow { place, fault }| {
            format!(
                "{} {}: {}",
                place.line,
                fault.column.as_deref().unwrap_or("row"),
                fault.reason
            )
        })
        .collect()
}

#[test]
fn every_bad_row_of_a_messy_english_export_is_named_and_the_rest_is_read() {
    let (workers, report, overview) = sample("messy-english.csv");
    assert_eq!(
        (overview.encoding, overview.preset, overview.header_line),
        ("UTF-8", Some("hr-en"), Some(4))
    );
    assert_eq!(
        workers
            .iter()
            .map(|worker| worker.external_id.as_str())
            .collect::<Vec<_>>(),
        [
            "00101", "102", "104", "105", "106", "110", "111", "112", "114"
        ]
    );
    assert_eq!(
        bad(&report),
        [
            "8 Hire Date (MM/DD/YYYY): “02/30/2018” is not a day of the calendar (2018-02-30)",
            "15 Name: “John Smith” has no comma between family and given name, and the mapping names no name_order",
            "16 Hire Date (MM/DD/YYYY): “13/25/2020” is not a day of the calendar (2020-13-25)",
            "17 row: a quotation mark opened in this line is not closed where the row ends",
            "21 row: the row has 3 cells, the header 22",
            "22 Employee ID: the worker's key is missing",
            "24 row: a total or closing line of the report, not a worker",
        ]
    );
}

#[test]
fn sensitive_unknown_and_repeated_columns_of_an_english_export_are_named() {
    let (_, report, overview) = sample("messy-english.csv");
    let dropped: Vec<&str> = overview
        .dropped
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(
        dropped,
        [
            "Annual Salary (USD)",
            "SSN",
            "Race/Ethnicity",
            "Date of Birth"
        ]
    );
    assert_eq!(
        (overview.unmapped, overview.repeated),
        (vec!["Locker".to_owned()], vec!["Department".to_owned()])
    );
    let remarks: Vec<&str> = report
        .remarks
        .iter()
        .map(|remarks| remarks.remark.text.as_str())
        .collect();
    assert_eq!(
        remarks,
        [
            "not used: last_working_day is read from “Last Day of Work”",
            "“maria@@example.com” is not one e-mail address; it was left out",
            "“Zeitarbeit” is not a known type; it counts as OTHER",
            "“call me” is not one telephone number; it was left out",
            "the reason speaks of health; it was left out"
        ]
    );
}

#[test]
fn a_messy_english_row_comes_out_clean() {
    let (workers, _, _) = sample("messy-english.csv");
    let john = &workers[0];
    assert_eq!(
        (john.family_name.value(), john.given_name.value()),
        (Some(&"Smith".to_owned()), Some(&"John".to_owned()))
    );
    assert_eq!(john.last_working_day, Told::Value(day(2025, 3, 28)));
    assert_eq!(john.leave_type, Told::Value(LeaveType::Voluntary));
    assert_eq!(
        john.personal_email,
        Told::Value("js@mail.example".to_owned())
    );
    let walter = workers
        .iter()
        .find(|worker| worker.external_id == "111")
        .expect("Walter");
    assert_eq!(walter.leave_type, Told::Value(LeaveType::Death));
}

#[test]
fn a_cp932_export_is_read_with_its_kana_eras_and_bad_rows() {
    let (workers, report, overview) = sample("smarthr-cp932.csv");
    assert_eq!(
        (overview.encoding, overview.preset),
        ("Shift_JIS", Some("smarthr-ja"))
    );
    assert_eq!(overview.dropped.len(), 6);
    assert_eq!(
        workers
            .iter()
            .map(|worker| worker.external_id.as_str())
            .collect::<Vec<_>>(),
        ["A001", "A002", "A003", "A004", "A006", "A008", "A009"]
    );
    let hanako = &workers[1];
    assert_eq!(hanako.family_name, Told::Value("髙﨑".to_owned()));
    assert_eq!(hanako.family_name_kana, Told::Value("タカサキ".to_owned()));
    assert_eq!(hanako.other_name, Told::Value("佐藤 花子".to_owned()));
    assert_eq!(hanako.started_on, Told::Value(day(2019, 4, 1)));
    assert_eq!(workers[4].leave_type, Told::Value(LeaveType::Death));
    assert_eq!(
        bad(&report),
        [
            "7 入社年月日: “令和元年4月1日” is not a day: 令和 began on 2019-05-01",
            "10 退職年月日: “2024/2/30” is not a day of the calendar (2024-02-30)",
            "13 row: the row has 3 cells, the header 24",
            "14 row: a total or closing line of the report, not a worker",
        ]
    );
}

const CREWS: &str = r#"{ "total": 2, "fields": [{"id": "emp_code"}],
  "data": [
    { "id": "c-1", "emp_code": "0007", "last_name": "山田", "first_name": "太郎", "last_name_yomi": "やまだ", "first_name_yomi": "たろう",
      "emp_status": "retired", "entered_at": "2015-04-01", "resigned_at": "2024-03-31", "resigned_reason": "自己都合", "gender": "male",
      "departments": [{"id": "d1", "name": "営業部"}], "employment_type": {"name": "正社員"}, "tel_number": null },
    { "emp_code": "0008" },
    7
  ] }"#;

#[test]
fn a_wrapped_json_list_is_read_by_its_keys() {
    let (workers, report, overview) = read(CREWS.as_bytes(), "crews.json", &Mapping::automatic());
    assert_eq!(
        (overview.format, overview.preset),
        ("JSON", Some("smarthr-ja"))
    );
    assert_eq!(
        (
            workers[0].external_id.as_str(),
            workers[0].employee_number.value().map(String::as_str)
        ),
        ("c-1", Some("0007"))
    );
    assert_eq!(workers[0].department, Told::Value("営業部".to_owned()));
    assert_eq!(
        (&workers[0].phone, &workers[0].personal_email),
        (&Told::Absent, &Told::Absent)
    );
    assert_eq!(
        (&workers[1].external_id[..], &workers[1].family_name),
        ("0008", &Told::Absent)
    );
    assert_eq!(bad(&report), ["7 row: not a JSON object"]);
    assert_eq!(
        overview.dropped,
        [("gender".to_owned(), "sex, gender or orientation".to_owned())]
    );
}

#[test]
fn json_lines_are_read_one_by_one_whatever_the_file_is_called() {
    let text = "{\"Employee ID\": 1, \"Legal Name\": \"Smith, Ann\"}\n\n{\"Employee ID\": 2,\n{\"Employee ID\": 3, \"Legal Name\": \"Lee, Bo\", \"compensation\": {\"rate\": 5}}\n";
    for name in ["workers.jsonl", "workers.json", "workers.txt"] {
        let (workers, report, overview) = read(text.as_bytes(), name, &Mapping::automatic());
        assert_eq!(
            (overview.format, workers.len(), report.read),
            ("JSONL", 2, 3),
            "{name}"
        );
        assert_eq!(report.bad_rows[0].place.line, 3);
        assert_eq!(overview.dropped.len(), 1);
    }
}

#[test]
fn what_holds_no_workers_is_refused_with_the_reason() {
    let reason = |bytes: &[u8], name: &str| match Intake::open(
        std::io::Cursor::new(bytes.to_vec()),
        name,
        &Mapping::automatic(),
    ) {
        Ok(_) => panic!("{name} was read"),
        Err(error) => error.to_string(),
    };
    assert_eq!(reason(b"", "a.csv"), "the file is empty");
    assert!(reason(b"a,b\n1,2\n", "a.csv").ends_with("the first line has: a,b"));
    assert!(
        reason(b"Name,Hire Date\nx,y\n", "a.csv").starts_with("no column tells the workers apart")
    );
    assert_eq!(
        reason(b"{\n\"a\": [1]}", "a.json"),
        "the JSON holds no list of objects"
    );
    assert!(reason(b"PK\x03\x04\0\0", "a.xlsx").contains("save the sheet as CSV"));
}

#[test]
fn a_mapping_file_reads_what_no_preset_knows() {
    let mapping = Mapping::parse(include_str!("../../../examples/hris/mapping-uk.toml"))
        .expect("the example");
    let (workers, report, overview) = read(
        include_bytes!("../../../examples/hris/export-uk.csv"),
        "export-uk.csv",
        &mapping,
    );
    assert_eq!(bad(&report), [""; 0]);
    assert_eq!(
        overview
            .dropped
            .iter()
            .map(|(name, _)| name.as_str())
            .collect::<Vec<_>>(),
        ["NI Number"]
    );
    assert_eq!(overview.missing, [""; 0]);
    assert_eq!(
        (
            workers[0].family_name.value().map(String::as_str),
            workers[0].given_name.value().map(String::as_str)
        ),
        (Some("Okafor"), Some("Grace"))
    );
    assert_eq!(workers[0].started_on, Told::Value(day(2016, 4, 3)));
    assert_eq!(workers[0].leave_type, Told::Value(LeaveType::Mutual));
}

fn day(year: i32, month: u32, day: u32) -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(year, month, day).expect("a day")
}

#[test]
fn the_kind_of_leaving_follows_from_the_reason_and_otherwise_from_the_status() {
    let text = "employeeName,employeeNumber,dateOfHire,dateOfTermination,reasonForTerm,employementStatus\n\
        \"Lee, A\",1,9/26/2011,4/14/2014,return to school,Voluntarily Terminated\n\
        \"Lee, B\",2,9/26/2011,4/14/2014,hours,Voluntarily Terminated\n\
        \"Lee, C\",3,9/26/2011,4/14/2014,hours,Terminated for Cause\n\
        \"Lee, D\",4,9/26/2011,4/14/2014,retiring,Voluntarily Terminated\n\
        \"Lee, E\",5,9/26/2011,4/14/2014,medical issues,Voluntarily Terminated\n\
        \"Lee, F\",6,9/26/2011,,N/A - still employed,Leave of Absence\n";
    let (workers, report, _) = read(text.as_bytes(), "core.csv", &Mapping::automatic());
    assert_eq!(bad(&report), [""; 0]);
    let leaving: Vec<(Told<LeaveType>, Told<String>)> = workers
        .iter()
        .take(5)
        .map(|worker| (worker.leave_type.clone(), worker.leave_reason.clone()))
        .collect();
    let told = |kind, reason: &str| (Told::Value(kind), Told::Value(reason.to_owned()));
    assert_eq!(
        leaving,
        [
            told(LeaveType::Voluntary, "return to school"),
            told(LeaveType::Voluntary, "hours"),
            told(LeaveType::Involuntary, "hours"),
            told(LeaveType::Retirement, "retiring"),
            (Told::Value(LeaveType::Voluntary), Told::Empty),
        ]
    );
    assert_eq!(
        workers[5].status,
        Told::Value(crate::hris::worker::WorkerStatus::OnLeave)
    );
}

#[test]
fn a_file_whose_mark_was_misread_has_its_first_column() {
    let text = "ï»¿id,first_name,last_name,hire_date\n00-0037846,Kimmy,Walczynski,1/20/2002\n";
    let (workers, _, _) = read(text.as_bytes(), "staff.csv", &Mapping::automatic());
    assert_eq!(workers[0].external_id, "00-0037846");
}
