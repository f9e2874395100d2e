//! Columns that are never read, whatever a mapping says: pay, bank, national ids, origin, belief, health, gender, union, family,
//! birth date, criminal record, biometrics. They are known by their names, in English and Japanese.
//!
//! English names are judged word by word. A plain word ("salary") decides alone; a word with other meanings ("race", "union", "pay")
//! decides only where nothing but companions ("code", "type", "employee" …) stands beside it, so that `Race Condition Team`,
//! `European Union Region` and `Payroll ID` stay ordinary columns. Japanese names are searched for terms long enough to be certain:
//! 障害者手帳 is one, 障害対応チーム is not.

use serde::Deserialize;

use super::{Category, Words, terms};
use crate::hris::mapping::fold::{fold, words};

/// The words of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Terms {
    companions: Vec<String>,
    harmless: Vec<String>,
    decisive: Vec<Words>,
    ambiguous: Vec<Words>,
    written_together: Vec<Words>,
    japanese: Vec<Words>,
    alone: Vec<Words>,
}

/// The category a column's name belongs to, if it may not be read. A path (`compensation.rate`) is judged whole and by its parts.
pub fn category(name: &str) -> Option<Category> {
    let whole = judge(name);
    if whole.is_some() || !name.contains('.') {
        return whole;
    }
    name.split('.').find_map(judge)
}

fn judge(name: &str) -> Option<Category> {
    let terms = &terms().columns;
    let words = words(name);
    let folded = fold(name);
    decisive(terms, &words)
        .or_else(|| ambiguous(terms, &words))
        .or_else(|| find(&terms.alone, |term| term == folded))
        .or_else(|| find(&terms.written_together, |term| folded.contains(term)))
        .or_else(|| japanese(terms, &folded))
}

fn decisive(terms: &Terms, words: &[String]) -> Option<Category> {
    let words = format!(" {} ", words.join(" "));
    find(&terms.decisive, |term| {
        words
            .match_indices(term)
            .any(|(at, _)| words[..at].ends_with(' ') && words[at + term.len()..].starts_with(' '))
    })
}

fn ambiguous(terms: &Terms, words: &[String]) -> Option<Category> {
    let meaning = |word: &str| find(&terms.ambiguous, |term| term == word);
    let is_companion = |word: &str| {
        terms.companions.iter().any(|term| term == word)
            || word.bytes().all(|byte| byte.is_ascii_digit())
    };
    let found = words.iter().find_map(|word| meaning(word))?;
    words
        .iter()
        .all(|word| meaning(word).is_some() || is_companion(word))
        .then_some(found)
}

/// Terms in a script without spaces.
fn japanese(terms: &Terms, folded: &str) -> Option<Category> {
    if folded.is_ascii() {
        return None;
    }
    let rest = terms
        .harmless
        .iter()
        .fold(folded.to_owned(), |rest, word| rest.replace(word, "/"));
    find(&terms.japanese, |term| rest.contains(&fold(term)))
}

fn find(table: &[Words], matches: impl Fn(&str) -> bool) -> Option<Category> {
    table
        .iter()
        .find(|words| words.terms.iter().any(|term| matches(term)))
        .map(|words| words.category)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table")]
    fn columns_of_every_category_are_known_in_english() {
        let expected = [
            (
                Category::Pay,
                &[
                    "Salary",
                    "Annual Salary (USD)",
                    "Base Pay",
                    "Pay Rate",
                    "Pay Grade",
                    "hourlyRate",
                    "Bonus Target %",
                    "Total Compensation",
                    "compensation.rate",
                    "basesalary",
                    "401k Contribution",
                    "Tax Code",
                    "Pay Group",
                    "Rate",
                ][..],
            ),
            (
                Category::Bank,
                &[
                    "Bank Name",
                    "IBAN",
                    "Bank Account Number",
                    "Routing No.",
                    "direct_deposit_account",
                    "Bank",
                ],
            ),
            (
                Category::NationalId,
                &[
                    "SSN",
                    "SSN (last 4)",
                    "Social Security Number",
                    "National ID",
                    "nationalIdNumber",
                    "Passport No",
                    "Passport Expiry",
                    "Visa Type",
                    "Work Permit Expiration",
                    "Driver's License #",
                    "My Number",
                    "mynumber",
                    "Residence Card No",
                    "Tax ID",
                    "I-9 Status",
                ],
            ),
            (
                Category::Origin,
                &[
                    "Race",
                    "Race/Ethnicity",
                    "Ethnicity",
                    "Ethnic Group",
                    "Employee Race Code",
                    "Nationality",
                    "Citizenship Status",
                    "Country of Birth",
                    "EEO-1 Category",
                    "Veteran Status",
                    "Hispanic or Latino",
                ],
            ),
            (
                Category::Belief,
                &[
                    "Religion",
                    "Religious Affiliation",
                    "Faith",
                    "Political Party",
                ],
            ),
            (
                Category::Health,
                &[
                    "Disability",
                    "Disability Status",
                    "Disabled?",
                    "Health",
                    "Health Plan",
                    "Medical",
                    "Blood Type",
                    "Sick Days Used",
                    "Maternity Leave Start",
                    "COVID Vaccination Status",
                ],
            ),
            (
                Category::Gender,
                &[
                    "Gender",
                    "Gender Identity",
                    "Sex",
                    "Pronouns",
                    "Sexual Orientation",
                ],
            ),
            (
                Category::Union,
                &[
                    "Union",
                    "Union Code",
                    "Union Membership",
                    "Trade Union Name",
                ],
            ),
            (
                Category::Family,
                &[
                    "Marital Status",
                    "Spouse Name",
                    "Dependents",
                    "Number of Children",
                    "Emergency Contact Phone",
                    "Next of Kin",
                    "dependents.name",
                ],
            ),
            (
                Category::BirthDate,
                &[
                    "Date of Birth",
                    "DOB",
                    "Birth Date",
                    "birthDate",
                    "Birthday",
                    "Age",
                    "Year of Birth",
                ],
            ),
            (
                Category::CriminalRecord,
                &["Criminal Record", "Background Check Result"],
            ),
            (Category::Biometrics, &["Fingerprint ID"]),
        ];
        for (expected, names) in expected {
            for name in names {
                assert_eq!(category(name), Some(expected), "{name}");
            }
        }
    }

    #[test]
    fn columns_of_every_category_are_known_in_japanese() {
        let expected = [
            (
                Category::Pay,
                &[
                    "基本給",
                    "給与支給日",
                    "年収",
                    "賞与額",
                    "通勤手当",
                    "所得税区分",
                    "退職金",
                    "ﾎﾞｰﾅｽ",
                ][..],
            ),
            (
                Category::Bank,
                &["銀行名", "給与振込口座", "口座番号", "金融機関コード"],
            ),
            (
                Category::NationalId,
                &[
                    "マイナンバー",
                    "ﾏｲﾅﾝﾊﾞｰ",
                    "個人番号",
                    "基礎年金番号",
                    "雇用保険被保険者番号",
                    "在留カード番号",
                    "在留資格",
                    "パスポート番号",
                    "運転免許証番号",
                ],
            ),
            (Category::Origin, &["国籍", "人種", "本籍地", "出身国"]),
            (Category::Belief, &["宗教", "支持政党"]),
            (
                Category::Health,
                &[
                    "障害",
                    "障害者区分",
                    "障がい者手帳",
                    "障害の有無",
                    "健康診断結果",
                    "既往歴",
                    "血液型",
                    "産休開始日",
                    "育児休業終了日",
                ],
            ),
            (Category::Gender, &["性別", "戸籍上の性別", "性自認"]),
            (Category::Union, &["労働組合", "組合員区分", "組合"]),
            (
                Category::Family,
                &[
                    "扶養人数",
                    "配偶者の有無",
                    "家族氏名1",
                    "続柄",
                    "婚姻状況",
                    "緊急連絡先氏名",
                    "子どもの人数",
                ],
            ),
            (
                Category::BirthDate,
                &["生年月日", "誕生日", "年齢", "お生まれ"],
            ),
            (Category::CriminalRecord, &["賞罰"]),
        ];
        for (expected, names) in expected {
            for name in names {
                assert_eq!(category(name), Some(expected), "{name}");
            }
        }
    }

    #[test]
    fn columns_of_other_languages_are_known() {
        for (expected, names) in [
            (Category::Pay, &["Gehalt", "Salaire", "Salario"][..]),
            (Category::BirthDate, &["Geburtsdatum", "Date de naissance"]),
            (Category::Belief, &["Konfession"]),
            (Category::Health, &["Schwerbehinderung", "Krankenkasse"]),
            (Category::Family, &["Familienstand", "Situation de famille"]),
            (Category::Gender, &["Geschlecht", "Sexe"]),
            (Category::Origin, &["Staatsangehörigkeit", "Nationalité"]),
        ] {
            for name in names {
                assert_eq!(category(name), Some(expected), "{name}");
            }
        }
        for name in [
            "Eintrittsdatum",
            "Abteilung",
            "Nachname",
            "Date d'embauche",
            "Apellidos",
        ] {
            assert_eq!(category(name), None, "{name}");
        }
    }

    #[test]
    fn harmless_columns_that_only_sound_alike_stay() {
        let names = [
            "Race Condition Team",
            "Payroll ID",
            "Payroll Name",
            "Health and Safety Rep",
            "Health Tech Division",
            "Union Square Office",
            "European Union Region",
            "Sexton Building",
            "Agency",
            "Page",
            "Language",
            "Paying Entity",
            "Family Name",
            "Family Name (Kana)",
            "Visa Inc. Account Team",
            "Bank Holiday Calendar",
            "Commission Sales Team",
            "Equity Research Department",
            "Tax Advisory Department",
            "Insurance Practice",
            "Orientation Date",
            "Account Disabled",
            "Tribe",
            "Parent Org ID",
            "Childs Street Office",
            "Cost Center",
            "Birth Name",
            "Faith Office Building",
            "Trace ID",
            "Embrace Program",
            "Stock Room Location",
            "Essex",
            "Middlesex Site",
            "Rating",
            "Corporate Title",
            "Medical Affairs Department",
            "Grade",
            "Level",
        ];
        for name in names {
            assert_eq!(category(name), None, "{name}");
        }
    }

    #[test]
    fn harmless_japanese_columns_that_only_look_alike_stay() {
        for name in [
            "障害対応チーム",
            "発生年月日",
            "現在留学先",
            "フルーツ部門",
            "全体重点施策",
            "電子ノート",
            "個人コード",
            "氏名",
            "部署",
            "協同組合名",
            "出身校",
            "社員区分",
            "支店名",
            "退職事由",
            "資格取得日",
            "免税店勤務",
        ] {
            assert_eq!(category(name), None, "{name}");
        }
    }
}
