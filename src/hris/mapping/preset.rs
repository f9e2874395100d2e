//! The column names of well-known HR exports and what each holds.
//!
//! Within a field the first name is the best one: when a row has several, the first that is not empty counts. A name may stand for
//! two fields (`Employee ID` is the key where nothing better is there, and the number where no number is).

use super::field::Field;
use crate::hris::values::name::NameOrder;

/// A built-in mapping.
#[derive(Debug)]
pub struct Preset {
    pub name: &'static str,
    /// The order of a full name without a comma, in other than Japanese script.
    pub name_order: NameOrder,
    columns: &'static [(Field, &'static str)],
}

impl Preset {
    /// The preset of this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        PRESETS.iter().find(|preset| preset.name == name)
    }

    /// Every column name with its field, the best of a field first.
    pub fn columns(&self) -> impl Iterator<Item = (Field, &'static str)> {
        self.columns
            .iter()
            .flat_map(|(field, names)| names.split(" | ").map(|name| (*field, name)))
    }
}

/// All of them, in the order in which they win a tie.
pub const PRESETS: &[Preset] = &[
    Preset {
        name: "hr-en",
        name_order: NameOrder::Unknown,
        columns: HR_EN,
    },
    Preset {
        name: "smarthr-ja",
        name_order: NameOrder::FamilyGiven,
        columns: SMARTHR_JA,
    },
];

/// Japanese exports in the manner of `SmartHR`, and the keys of its programming interface. One address column without a word on
/// whose it is counts as the personal one, as such systems reach people by it after they left.
const SMARTHR_JA: &[(Field, &str)] = &[
    (
        Field::ExternalId,
        "外部ID | crew_id | 従業員ID | 社員ID | ユーザーID | システムID | id | emp_code | \
         社員番号 | 従業員番号 | 社員コード | 従業員コード | 職員番号 | スタッフコード | \
         社員No",
    ),
    (
        Field::EmployeeNumber,
        "社員番号 | 従業員番号 | 社員コード | 従業員コード | 職員番号 | スタッフコード | \
         スタッフ番号 | 社員No | 従業員No | emp_code | 個人コード",
    ),
    (
        Field::FullName,
        "氏名 | 社員名 | 従業員名 | 社員氏名 | 従業員氏名 | 氏名(漢字) | 名前 | 姓名 | \
         お名前 | full_name",
    ),
    (
        Field::FamilyName,
        "姓 | 氏 | 苗字 | 名字 | 姓(漢字) | 氏(漢字) | 戸籍上の姓 | 戸籍姓 | last_name | \
         family_name",
    ),
    (
        Field::GivenName,
        "名 | 名(漢字) | 戸籍上の名 | 戸籍名 | first_name | given_name",
    ),
    (
        Field::FullNameKana,
        "氏名(カナ) | 氏名カナ | カナ氏名 | フリガナ | 氏名(フリガナ) | 氏名フリガナ | \
         氏名(ヨミガナ) | 氏名ヨミ | カナ名 | カナ | ヨミガナ | ふりがな | シメイ | \
         full_name_yomi | 社員名カナ | 従業員名カナ",
    ),
    (
        Field::FamilyNameKana,
        "姓(カナ) | 姓(ヨミガナ) | 姓(フリガナ) | 姓(ヨミ) | 姓カナ名 | セイ | カナ姓 | \
         カナ(姓) | フリガナ(姓) | ヨミガナ(姓) | 氏(カナ) | 氏(フリガナ) | 苗字(カナ) | \
         戸籍上の姓(カナ) | last_name_yomi | last_name_kana | family_name_kana",
    ),
    (
        Field::GivenNameKana,
        "名(カナ) | 名(ヨミガナ) | 名(フリガナ) | 名(ヨミ) | メイ | カナ(名) | \
         フリガナ(名) | ヨミガナ(名) | 戸籍上の名(カナ) | first_name_yomi | \
         first_name_kana | given_name_kana",
    ),
    (
        Field::FullNameRomaji,
        "氏名(ローマ字) | ローマ字氏名 | 氏名ローマ字 | 氏名(英字) | 英字氏名 | 英語名 | \
         氏名(英語) | ローマ字",
    ),
    (
        Field::FamilyNameRomaji,
        "姓(ローマ字) | 姓(英字) | 姓(英語) | ローマ字(姓) | ローマ字姓 | 英字姓 | \
         last_name_romaji | family_name_romaji | last_name_en",
    ),
    (
        Field::GivenNameRomaji,
        "名(ローマ字) | 名(英字) | 名(英語) | ローマ字(名) | ローマ字名 | 英字名 | \
         first_name_romaji | given_name_romaji | first_name_en",
    ),
    (
        Field::OtherName,
        "ビジネスネーム | ビジネスネーム氏名 | 業務上の氏名 | 職場氏名 | 通称 | 通称名 | \
         旧姓 | 旧氏名 | 旧姓氏名 | business_name | maiden_name",
    ),
    (
        Field::OtherFamilyName,
        "ビジネスネーム:姓 | ビジネスネーム(姓) | ビジネスネーム姓 | business_last_name",
    ),
    (
        Field::OtherGivenName,
        "ビジネスネーム:名 | ビジネスネーム(名) | ビジネスネーム名 | business_first_name",
    ),
    (
        Field::PersonalEmail,
        "個人メールアドレス | 私用メールアドレス | メールアドレス(個人) | \
         メールアドレス(私用) | 個人メール | プライベートメールアドレス | \
         自宅メールアドレス | personal_email | private_email | メールアドレス | メール | \
         Eメール | E-mail | mail | email",
    ),
    (
        Field::WorkEmail,
        "社用メールアドレス | 会社メールアドレス | メールアドレス(会社) | \
         メールアドレス(社用) | 業務用メールアドレス | 勤務先メールアドレス | \
         社内メールアドレス | 会社メール | 社用メール | work_email | company_email",
    ),
    (
        Field::Phone,
        "携帯電話番号 | 携帯番号 | 携帯電話 | 携帯 | 電話番号(携帯) | 個人携帯 | \
         電話番号 | 電話 | TEL | 連絡先電話番号 | 自宅電話番号 | 自宅電話 | tel_number | \
         mobile_number | phone_number",
    ),
    (
        Field::Location,
        "勤務地 | 勤務場所 | 就業場所 | 勤務先 | 拠点 | 拠点名 | 事業所 | 事業所名 | \
         オフィス | 勤務地名 | work_location | 勤務事業所",
    ),
    (
        Field::Department,
        "部署 | 部署名 | 所属 | 所属部署 | 所属部署名 | 部門 | 部門名 | 所属名 | \
         所属部門 | 組織 | 組織名 | 配属先 | 部署1 | 主務部署 | メイン部署 | 現所属 | \
         最終所属 | department | departments.full_name | departments.name | \
         department.name | departments",
    ),
    (
        Field::Position,
        "役職 | 役職名 | 職位 | 職位名 | 役職1 | 職名 | 肩書 | 肩書き | 職種 | 職種名 | \
         position | positions.name | position.name | positions | job_title",
    ),
    (
        Field::EmploymentType,
        "雇用形態 | 雇用形態名 | 雇用区分 | 社員区分 | 従業員区分 | 契約形態 | 雇用種別 | \
         社員種別 | employment_type.name | employment_type.preset_type | employment_type | \
         職員区分",
    ),
    (
        Field::StartedOn,
        "入社年月日 | 入社日 | 入職日 | 雇入年月日 | 雇入日 | 雇用開始日 | 採用日 | \
         採用年月日 | 入社日付 | 就職年月日 | entered_at | 入所日 | 入社",
    ),
    (
        Field::LastWorkingDay,
        "退職年月日 | 退職日 | 退社日 | 退社年月日 | 離職年月日 | 離職日 | 退職日付 | \
         退職予定日 | 退職予定年月日 | 雇用終了日 | 契約終了日 | 最終在籍日 | 最終勤務日 | \
         最終出勤日 | 最終出社日 | resigned_at | 退職",
    ),
    (
        Field::LeaveType,
        "退職区分 | 退職種別 | 退職事由区分 | 離職区分 | 離職理由区分 | 退職分類 | \
         resigned_type",
    ),
    (
        Field::LeaveReason,
        "退職事由 | 退職理由 | 離職理由 | 離職事由 | 退職事由詳細 | 退職理由詳細 | \
         resigned_reason | 退職の理由",
    ),
    (
        Field::Status,
        "在籍状況 | 在籍区分 | 在籍状態 | 在籍ステータス | 在職区分 | 在職状況 | \
         就業状況 | 勤務状況 | 雇用状況 | ステータス | emp_status | 状態 | 在籍",
    ),
];

/// English exports in the manner of Workday, `BambooHR`, UKG, SAP, Oracle and Merge. An address column without a word on whose it is
/// counts as the one at work.
const HR_EN: &[(Field, &str)] = &[
    (
        Field::ExternalId,
        "external id | remote id | remote_id | worker wid | wid | guid | uuid | \
         person id external | system id | record id | id | employee id | emp id | \
         worker id | staff id | associate id | person id | user id | personnel id | \
         universal id | EEID | emplid | empl id | employee identifier | employee number | \
         employee no | emp no | emp num | empno | badge number | personnel number | \
         person number | staff number | payroll id | file number | payroll number",
    ),
    (
        Field::EmployeeNumber,
        "employee number | employee no | employee num | emp number | emp no | emp num | \
         emp code | employee code | staff number | staff no | personnel number | pernr | \
         person number | worker number | badge number | clock number | employee id | \
         emp id | worker id | staff id | associate id | EEID | emplid | empl id | \
         payroll id | payroll number | file number",
    ),
    (
        Field::FullName,
        "full name | legal name | full legal name | legal full name | employee name | \
         worker name | employee full name | name | name full | staff name | \
         associate name | person name | formatted name | display name | worker | \
         employee | employee name (last, first) | name (last, first) | \
         last name, first name | last, first | name (last name, first name) | \
         name (family, given) | payroll name | display_full_name | emp name | \
         name.formatted | legal name in general display format",
    ),
    (
        Field::FamilyName,
        "legal last name | legal family name | last name | family name | surname | \
         lastname | name last | last | legal surname | legal name last name | name.last | \
         name.family | name.familyName | last name legal | sur name",
    ),
    (
        Field::GivenName,
        "legal first name | legal given name | first name | given name | given names | \
         forename | forenames | firstname | name first | first | legal name first name | \
         name.first | name.given | name.givenName | first name legal",
    ),
    (
        Field::FullNameKana,
        "name kana | full name kana | kana name | phonetic name | name (katakana) | \
         furigana",
    ),
    (
        Field::FamilyNameKana,
        "last name kana | family name kana | last name (katakana) | family name phonetic | \
         last name phonetic | last name yomi | phonetic last name",
    ),
    (
        Field::GivenNameKana,
        "first name kana | given name kana | first name (katakana) | given name phonetic | \
         first name phonetic | first name yomi | phonetic first name",
    ),
    (
        Field::FullNameRomaji,
        "name romaji | full name romaji | western name | english name | name in english | \
         latin name",
    ),
    (
        Field::FamilyNameRomaji,
        "last name romaji | family name romaji | western last name | english last name | \
         last name (english)",
    ),
    (
        Field::GivenNameRomaji,
        "first name romaji | given name romaji | western first name | english first name | \
         first name (english)",
    ),
    (
        Field::OtherName,
        "business name | preferred name | known as | nickname | nick name | \
         preferred full name | professional name | former name | previous name | \
         maiden name | former last name | previous last name | former surname | \
         birth name | goes by | alias",
    ),
    (
        Field::OtherFamilyName,
        "preferred last name | preferred family name | preferred surname",
    ),
    (
        Field::OtherGivenName,
        "preferred first name | preferred given name",
    ),
    (
        Field::PersonalEmail,
        "personal email | personal email address | personal e-mail | home email | \
         home e-mail | home email address | private email | private e-mail | \
         alternate email | email (personal) | email - personal | email home | \
         email address (home) | email address - personal | primary home email | \
         secondary email | non-work email | contact.personal_email",
    ),
    (
        Field::WorkEmail,
        "work email | work email address | work e-mail | business email | \
         business email address | business e-mail | company email | corporate email | \
         office email | email (work) | email - work | email work | email address (work) | \
         email address - work | primary work email | email - primary work | \
         email address | email | e-mail | e-mail address | primary email | \
         primary email address | mail | user principal name",
    ),
    (
        Field::Phone,
        "mobile | mobile phone | mobile number | mobile phone number | cell | cell phone | \
         cell number | cell phone number | personal mobile | personal phone | \
         personal cell | mobile_phone_number | home phone | home phone number | phone | \
         phone number | telephone | telephone number | primary phone | contact number | \
         primary home phone | phone (mobile) | phone - mobile | phone (home) | \
         personal phone number | tel",
    ),
    (
        Field::Location,
        "work location | work location name | location | location name | office | \
         office location | site | site name | work site | office name | primary location | \
         work city | primary work location | location description | work_location.name | \
         work location city | location.name | branch | branch name | duty station | \
         location (site)",
    ),
    (
        Field::Department,
        "department | department name | dept | dept name | department description | \
         dept description | home department | department.name | department long name | \
         home department description | supervisory organization | organization | \
         organisation | organization name | organisation name | org unit | \
         organizational unit | org unit name | business unit | business unit name | \
         division | division name | team | team name | cost center | cost centre | \
         cost center name | cost centre name | cost center description | org level 1 | \
         function | team.name | work.department | department code | dept code",
    ),
    (
        Field::Position,
        "business title | job title | position title | title | position | position name | \
         job title name | job | job name | job profile | job profile name | role | \
         designation | job.title | work.title | current title | job role | occupation | \
         job code description",
    ),
    (
        Field::EmploymentType,
        "employment type | employee type | employee type name | worker sub-type | \
         worker subtype | contract type | employment category | employee class | \
         employment class | worker category | employment status category | worker type | \
         employee category | assignment category | assignment type | \
         employee classification | employment classification | full/part time | \
         full time/part time | full-time/part-time | FT/PT | full or part time | \
         time type | position time | worker type code | person type | employee group | \
         employee subgroup | emp type | reg/temp | regular/temporary",
    ),
    (
        Field::StartedOn,
        "hire date | most recent hire date | latest hire date | last hire date | \
         date of hire | hired on | hire_date | start date | employment start date | \
         date started | date hired | doj | date of joining | joining date | join date | \
         date joined | rehire date | company start date | work start date | \
         work.startDate | continuous service date | hired date | enterprise hire date | \
         original hire date | original start date | first hire date | \
         effective hire date | seniority date | original date of hire | service date | \
         initial hire date | hire dt | org start date",
    ),
    (
        Field::LastWorkingDay,
        "last day of work | last day worked | last working day | last working date | \
         last work date | last date worked | last day | last worked date | \
         final working day | date last worked | termination date | term date | \
         termination effective date | terminated on | date of termination | \
         date terminated | termination_date | separation date | leave date | \
         leaving date | date of leaving | date left | end date | employment end date | \
         exit date | resignation effective date | departure date | \
         actual termination date | effective termination date | contract end date | \
         employment ended | leaver date | retirement date | lwd | dol | term dt | \
         last employed date | last employment day",
    ),
    (
        Field::LeaveType,
        "termination type | termination category | term type | separation type | \
         leave type | leaver type | exit type | leaving type | \
         termination reason category | primary termination category | \
         voluntary/involuntary | voluntary or involuntary | vol/invol | \
         termination reason type | end type | leaving category | departure type | \
         turnover type | separation category",
    ),
    (
        Field::LeaveReason,
        "termination reason | primary termination reason | local termination reason | \
         term reason | reason for leaving | leaving reason | leave reason | \
         separation reason | exit reason | reason for termination | terminate reason | \
         termination reason description | termination reason code | term reason code | \
         end reason | event reason | termination comments | resignation reason | \
         departure reason | leaver reason | action reason | reason",
    ),
    (
        Field::Status,
        "employment status | employee status | worker status | emp status | status | \
         current status | hr status | payroll status | active status | assignment status | \
         active | position status | status description | employment_status | \
         currently active | is active | active/inactive | employee status code | \
         record status | active?",
    ),
];
