//! Column names brought to one form, so that `LastName`, `last_name`, "Last Name *" and 「Ｌａｓｔ　Ｎａｍｅ」 are one column.

use unicode_normalization::UnicodeNormalization;

/// The form columns are compared in: compatibility-folded, lower case, hiragana as katakana, letters and digits only.
/// `#` counts as "number", because `Employee #` is not `Employee`.
pub fn fold(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for character in name.nfkc().flat_map(char::to_lowercase) {
        match character {
            '#' => folded.push_str("number"),
            'ぁ'..='ゖ' => {
                folded.push(char::from_u32(u32::from(character) + 0x60).unwrap_or(character));
            }
            other if other.is_alphanumeric() => folded.push(other),
            _ => {}
        }
    }
    folded
}

/// The forms a column may be known under, the most exact first: as it is, without a remark on its format such as
/// `(YYYY-MM-DD)` or （必須）, and without the word for the person it is about (`Employee Hire Date`).
pub fn forms(name: &str) -> Vec<String> {
    let mut forms = vec![fold(name)];
    let plain = without_remarks(name);
    let bare = fold(&plain);
    for form in [Some(bare.clone()), without_subject(&plain)]
        .into_iter()
        .flatten()
    {
        if !form.is_empty() && !forms.contains(&form) {
            forms.push(form);
        }
    }
    forms
}

/// The words of a column's name, in lower case: split at anything but letters and digits, and at humps (`bankAccountNo`).
pub fn words(name: &str) -> Vec<String> {
    let characters: Vec<char> = name.nfkc().collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (at, &character) in characters.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| characters[before]);
        let after = characters.get(at + 1);
        let begins = character.is_uppercase()
            && (before.is_some_and(char::is_lowercase)
                || (before.is_some_and(char::is_uppercase)
                    && after.is_some_and(|after| after.is_lowercase())));
        if (begins || !character.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if character.is_alphanumeric() {
            word.extend(character.to_lowercase());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

fn without_remarks(name: &str) -> String {
    let name: String = name.nfkc().collect();
    let mut plain = String::with_capacity(name.len());
    let mut rest = name.as_str();
    while let Some((before, inner)) = rest.split_once(['(', '[', '【', '<']) {
        let Some((remark, after)) = inner.split_once([')', ']', '】', '>']) else {
            break;
        };
        plain.push_str(before);
        if !is_remark(remark) {
            plain.push_str(remark);
        }
        rest = after;
    }
    plain.push_str(rest);
    plain
}

fn is_remark(text: &str) -> bool {
    const REMARKS: [&str; 20] = [
        "必須",
        "任意",
        "西暦",
        "和暦",
        "半角",
        "全角",
        "文字列",
        "日付",
        "数値",
        "コード可",
        "required",
        "optional",
        "mandatory",
        "text",
        "date",
        "string",
        "format",
        "readonly",
        "参照",
        "変更不可",
    ];
    let folded = fold(text);
    folded.is_empty()
        || REMARKS.contains(&folded.as_str())
        || folded.contains("yyyy")
        || folded.contains("mmdd")
        || folded.contains("ddmm")
}

fn without_subject(name: &str) -> Option<String> {
    const SUBJECTS: [&str; 10] = [
        "employee",
        "worker",
        "staff",
        "emp",
        "associate",
        "crew",
        "person",
        "attributes",
        "fields",
        "employees",
    ];
    const JAPANESE: [&str; 4] = ["社員", "従業員", "職員", "スタッフ"];
    let words = words(name);
    if let Some((_, rest)) = words
        .split_first()
        .filter(|(first, rest)| SUBJECTS.contains(&first.as_str()) && !rest.is_empty())
    {
        return Some(rest.iter().map(|word| fold(word)).collect());
    }
    let folded = fold(name);
    JAPANESE
        .iter()
        .find_map(|subject| folded.strip_prefix(subject))
        .map(|rest| rest.strip_prefix('ノ').unwrap_or(rest).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_width_space_and_punctuation_do_not_part_columns() {
        for name in [
            "LastName",
            "last_name",
            "Last Name",
            "LAST-NAME:",
            "Ｌａｓｔ　Ｎａｍｅ",
            "last.name",
        ] {
            assert_eq!(fold(name), "lastname", "{name}");
        }
        assert_eq!(fold("姓（ｶﾅ）"), fold("姓(カナ)"));
        assert_eq!(fold("氏名（ふりがな）"), fold("氏名フリガナ"));
        assert_eq!(fold("Employee #"), "employeenumber");
    }

    #[test]
    fn remarks_on_the_format_and_the_person_are_left_off_second() {
        assert_eq!(
            forms("Hire Date (MM/DD/YYYY)"),
            ["hiredatemmddyyyy", "hiredate"]
        );
        assert_eq!(
            forms("入社年月日（西暦）"),
            ["入社年月日西暦", "入社年月日"]
        );
        assert_eq!(
            forms("Employee First Name *"),
            ["employeefirstname", "firstname"]
        );
        assert_eq!(forms("従業員の氏名"), ["従業員ノ氏名", "氏名"]);
        assert_eq!(forms("姓（カナ）"), ["姓カナ"]);
    }

    #[test]
    fn words_part_at_humps_and_marks() {
        assert_eq!(words("bankAccountNo"), ["bank", "account", "no"]);
        assert_eq!(
            words("HRStatus / SSN_last4"),
            ["hr", "status", "ssn", "last4"]
        );
        assert_eq!(words("PAY RATE"), ["pay", "rate"]);
    }
}
