//! The words by which HR systems name kinds of employment, reasons of leaving and states, in Japanese and English.
//!
//! An unknown word is never a reason to refuse a row: it is kept as written. Words are looked for whole, so that "involuntary" is not
//! taken for "voluntary". Whatever says that a worker died is found before everything else.

use entity::{EmploymentType, LeaveType};

use super::text::folded;
use crate::hris::worker::WorkerStatus;

/// Words separated by ` | `, with what they mean.
type Words<T> = &'static [(T, &'static str)];

/// The first kind that counts: who is an intern or comes from outside stays so, however "full-time".
const EMPLOYMENT: Words<EmploymentType> = &[
    (
        EmploymentType::Intern,
        "インターン | 実習生 | 研修生 | intern | interns | internship | trainee | \
         apprentice | working student | co op | praktikant | praktikantin | praktikum | \
         werkstudent | werkstudentin | auszubildende | auszubildender | stagiaire | becario",
    ),
    (
        EmploymentType::Dispatched,
        "派遣 | agency | agency worker | temp agency | dispatched | dispatch | leased",
    ),
    (
        EmploymentType::Contractor,
        "業務委託 | 委託 | 請負 | フリーランス | 個人事業主 | contractor | contractors | \
         independent contractor | freelance | freelancer | contingent | \
         contingent worker | consultant | vendor | external | freier mitarbeiter | selbstständig",
    ),
    (
        EmploymentType::PartTime,
        "パート | アルバイト | バイト | 短時間 | part time | parttime | pt | casual | \
         zero hours | teilzeit | minijob | geringfügig | temps partiel | tiempo parcial",
    ),
    (
        EmploymentType::FixedTerm,
        "契約 | 有期 | 嘱託 | 準社員 | 臨時 | 任期 | 期間社員 | 再雇用 | fixed term | \
         fixedterm | temporary | temp | contract | seasonal | limited term | befristet | cdd",
    ),
    (
        EmploymentType::Executive,
        "役員 | 取締役 | 監査役 | executive | director | officer | board member",
    ),
    (
        EmploymentType::Regular,
        "正社員 | 正規 | 正職員 | 無期 | 総合職 | 一般職 | regular | permanent | \
         full time | fulltime | ft | indefinite | open ended | employee | unbefristet | vollzeit | \
         festanstellung | cdi | temps plein | indefinido | tiempo completo",
    ),
];

const DEATH: &str = "死亡 | 逝去 | 死去 | 他界 | death | deceased | died | passed away | decedent | verstorben | todesfall | \
                     décès | fallecimiento";
/// Somebody else died: 配偶者の死亡, death in the family.
const RELATIVES: &str = "配偶者 | 家族 | 親族 | 近親 | 父 | 母 | 親 | 祖 | 兄 | 弟 | 姉 | 妹 | 夫 | 妻 | \
         息子 | 娘 | 子供 | 子ども | spouse | family | father | mother | parent | wife | \
         husband | relative | child | son | daughter | partner | brother | sister | \
         bereavement";

const LEAVING: Words<LeaveType> = &[
    (
        LeaveType::ContractEnd,
        "契約満了 | 期間満了 | 任期満了 | 契約終了 | 契約期間の満了 | 契約期間満了 | \
         雇止め | 雇い止め | end of contract | contract end | contract ended | \
         contract expired | contract expiration | contract completion | \
         expiration of contract | end of assignment | assignment ended | end of term | \
         end of fixed term | end of temporary assignment | completion of contract | \
         contract completed | befristungsende | vertragsablauf | fin de cdd | fin de contrat | fin de contrato",
    ),
    (
        LeaveType::Retirement,
        "定年 | retirement | retired | retire | retiring | retiree | early retirement | ruhestand | rente | \
         pensionierung | départ à la retraite | jubilación",
    ),
    (
        LeaveType::Involuntary,
        "involuntary | involuntarily | non voluntary | not voluntary | 会社都合 | 懲戒 | 諭旨 | 整理解雇 | \
         解雇 | 退職勧奨",
    ),
    (
        LeaveType::Transfer,
        "転籍 | 移籍 | intercompany transfer | group transfer | transfer to affiliate | transferred to affiliate",
    ),
    (
        LeaveType::Mutual,
        "合意 | 希望退職 | 早期退職 | mutual | mutual agreement | mutual separation | \
         voluntary redundancy | settlement agreement | aufhebungsvertrag | rupture conventionnelle | \
         mutuo acuerdo",
    ),
    (
        LeaveType::Voluntary,
        "voluntary | voluntarily | 自己都合 | 一身上 | 依願 | 自主退職 | 自己退職 | eigenkündigung | \
         kündigung durch arbeitnehmer | kündigung durch mitarbeiter | démission | dimisión | baja voluntaria",
    ),
    (
        LeaveType::Involuntary,
        "倒産 | 廃業 | 人員整理 | dismissal | dismissed | fired | layoff | laid off | \
         lay off | redundancy | redundant | reduction in force | rif | \
         workforce reduction | position eliminated | job elimination | job abandonment | \
         misconduct | for cause | terminated for | poor performance | gross misconduct | \
         no show | no call | kündigung durch arbeitgeber | arbeitgeberkündigung | betriebsbedingt | \
         betriebsbedingte | licenciement | despido",
    ),
    (
        LeaveType::Voluntary,
        "転職 | 独立 | 起業 | 進学 | 留学 | 転居 | resign | resigned | resignation | \
         quit | personal reasons | personal reason | new job | another job | \
         another position | other employment | more money | better pay | better opportunity | new opportunity | career change | \
         relocation | relocated | school | further education",
    ),
];

/// States in which a worker is employed yet away are looked for before the plain ones.
const STATES: Words<WorkerStatus> = &[
    (
        WorkerStatus::Left,
        "退職 | 退社 | 離職 | 除籍 | 死亡 | terminated | termination | inactive | \
         not active | non active | no longer | left | leaver | retired | retiree | \
         resigned | deceased | former | separated | ended | ex employee | alumni | \
         dismissed | withdrawn | ausgetreten | ausgeschieden | inaktiv | gekündigt | verstorben | \
         sorti | inactif | inactivo",
    ),
    (
        WorkerStatus::OnLeave,
        "休職 | 休業 | 産休 | 育休 | 休暇 | absent | leave | on leave | leave of absence | \
         loa | leave with pay | leave without pay | suspended | furlough | furloughed | \
         garden leave | sabbatical | beurlaubt | elternzeit | freigestellt | abwesend | ruhend",
    ),
    (
        WorkerStatus::Active,
        "在籍 | 在職 | 就業中 | 勤務中 | 出向中 | 入社予定 | 内定 | active | employed | \
         current | pending | hired | pre hire | prehire | not started | onboarding | \
         probation | rehired | working | aktiv | angestellt | beschäftigt | actif | activo",
    ),
];

/// How a worker is engaged, from a word such as 正社員 or "Regular Part-Time".
pub fn employment(text: &str) -> Option<EmploymentType> {
    let text = plain(text);
    // Inside other words these say nothing: 特命社員, 準職員.
    if matches!(text.as_str(), "社員" | "職員") {
        return Some(EmploymentType::Regular);
    }
    search(&text, EMPLOYMENT)
}

/// Why a worker left, from a word or a sentence.
pub fn leaving(text: &str) -> Option<LeaveType> {
    let text = plain(text);
    if speaks_of_death(&text) {
        return Some(LeaveType::Death);
    }
    search(&text, LEAVING)
}

/// Where a worker stands, and how the worker left if the word says it: by death, of their own will, or by the company's. Retired tells nothing,
/// because systems that translate 退職 call every leaver so.
pub fn status(text: &str) -> Option<(WorkerStatus, Option<LeaveType>)> {
    let text = plain(text);
    let said = match () {
        () if speaks_of_death(&text) => Some(LeaveType::Death),
        () if says_any(&text, "involuntary | involuntarily") => Some(LeaveType::Involuntary),
        () if says_any(&text, "voluntary | voluntarily") => Some(LeaveType::Voluntary),
        () => None,
    };
    let status = match text.as_str() {
        "yes" | "y" | "true" | "1" | "a" => Some(WorkerStatus::Active),
        "no" | "n" | "false" | "0" | "t" | "i" | "d" => Some(WorkerStatus::Left),
        "l" => Some(WorkerStatus::OnLeave),
        _ if text.contains("退職予定") || says(&text, "future termination") => {
            Some(WorkerStatus::Active)
        }
        _ => search(&text, STATES),
    };
    let status = status.or(said.map(|_| WorkerStatus::Left))?;
    let by_reason = || {
        let found = search(&text, LEAVING);
        found.filter(|found| matches!(found, LeaveType::Voluntary | LeaveType::Involuntary))
    };
    let leaving = said.or_else(by_reason);
    Some((status, leaving.filter(|_| status == WorkerStatus::Left)))
}

fn speaks_of_death(text: &str) -> bool {
    says_any(text, DEATH) && !says_any(text, RELATIVES)
}

fn says_any(text: &str, words: &str) -> bool {
    words.split(" | ").any(|word| says(text, word))
}

fn search<T: Copy>(text: &str, words: Words<T>) -> Option<T> {
    words
        .iter()
        .find(|(_, words)| says_any(text, words))
        .map(|(kind, _)| *kind)
}

/// Folded, with separators as spaces: `Regular_Part-Time` reads "regular part time".
fn plain(text: &str) -> String {
    let text: String = folded(text)
        .chars()
        .map(|character| {
            if character.is_alphanumeric() {
                character
            } else {
                ' '
            }
        })
        .collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Latin words are looked for whole; Japanese ones anywhere, as nothing separates them.
fn says(text: &str, word: &str) -> bool {
    if !word.is_ascii() {
        return text.contains(word);
    }
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        [before, after]
            .into_iter()
            .flatten()
            .all(|neighbour| !neighbour.is_ascii_alphanumeric())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_employment_are_known_in_japanese_and_english() {
        let expected = [
            (
                EmploymentType::Regular,
                &[
                    "正社員",
                    "正規職員",
                    "Regular",
                    "Regular Full-Time",
                    "FULL_TIME",
                    "Permanent",
                    "無期雇用",
                    "Employee",
                ][..],
            ),
            (
                EmploymentType::FixedTerm,
                &[
                    "契約社員",
                    "嘱託",
                    "有期雇用",
                    "Fixed Term",
                    "Temporary (Full Time)",
                    "再雇用",
                ],
            ),
            (
                EmploymentType::PartTime,
                &[
                    "パート",
                    "アルバイト",
                    "ﾊﾟｰﾄﾀｲﾏｰ",
                    "Part-Time",
                    "Regular Part-Time",
                    "PART_TIME",
                ],
            ),
            (EmploymentType::Dispatched, &["派遣社員", "Agency Worker"]),
            (
                EmploymentType::Contractor,
                &[
                    "業務委託",
                    "フリーランス",
                    "Independent Contractor",
                    "Contingent Worker",
                    "FREELANCE",
                ],
            ),
            (
                EmploymentType::Intern,
                &["インターン", "Intern (Full-time)", "Working Student"],
            ),
            (EmploymentType::Executive, &["役員", "取締役", "Executive"]),
        ];
        for (kind, texts) in expected {
            for text in texts {
                assert_eq!(employment(text), Some(kind), "{text}");
            }
        }
        assert_eq!(employment("Zeitarbeit"), None);
        assert_eq!(employment("Internal"), None);
        assert_eq!(
            (employment("社員"), employment("特命社員待遇")),
            (Some(EmploymentType::Regular), None)
        );
    }

    #[test]
    fn reasons_of_leaving_are_known_in_japanese_and_english() {
        let expected = [
            (
                LeaveType::Voluntary,
                &[
                    "自己都合",
                    "一身上の都合",
                    "転職のため",
                    "Voluntary",
                    "Resignation",
                    "Voluntary - Dissatisfied with performance review",
                    "Personal Reasons",
                    "Another position",
                    "more money",
                    "return to school",
                ][..],
            ),
            (
                LeaveType::Involuntary,
                &[
                    "会社都合",
                    "懲戒解雇",
                    "整理解雇",
                    "Involuntary",
                    "Involuntary - Performance",
                    "Laid off",
                    "Reduction in Force",
                    "no-call, no-show",
                ],
            ),
            (
                LeaveType::Retirement,
                &[
                    "定年",
                    "定年退職",
                    "Retirement",
                    "Voluntary - Retirement",
                    "retiring",
                ],
            ),
            (
                LeaveType::ContractEnd,
                &[
                    "契約満了",
                    "契約期間満了",
                    "期間満了による退職",
                    "End of Contract",
                    "End of Assignment",
                ],
            ),
            (
                LeaveType::Mutual,
                &["希望退職", "合意退職", "Mutual Agreement"],
            ),
            (
                LeaveType::Death,
                &[
                    "死亡",
                    "死亡退職",
                    "本人死亡",
                    "Death",
                    "Deceased",
                    "Involuntary - Death",
                ],
            ),
        ];
        for (kind, texts) in expected {
            for text in texts {
                assert_eq!(leaving(text), Some(kind), "{text}");
            }
        }
        assert_eq!(leaving("その他"), None);
        assert_eq!(leaving("Other"), None);
    }

    #[test]
    fn the_death_of_somebody_else_is_not_the_workers() {
        assert_eq!(
            leaving("自己都合（配偶者の死亡のため）"),
            Some(LeaveType::Voluntary)
        );
        assert_eq!(leaving("Death in the family"), None);
    }

    #[test]
    fn states_are_known_and_a_death_among_them_is_heard() {
        let left = Some((WorkerStatus::Left, None));
        for text in [
            "退職",
            "退職済み",
            "retired",
            "Terminated",
            "INACTIVE",
            "No",
            "T",
        ] {
            assert_eq!(status(text), left, "{text}");
        }
        for text in [
            "在籍",
            "在籍中",
            "employed",
            "Active",
            "PENDING",
            "Yes",
            "退職予定",
        ] {
            assert_eq!(status(text), Some((WorkerStatus::Active, None)), "{text}");
        }
        for text in [
            "休職",
            "休職中",
            "absent",
            "On Leave",
            "Leave of Absence",
            "L",
        ] {
            assert_eq!(status(text), Some((WorkerStatus::OnLeave, None)), "{text}");
        }
        assert_eq!(
            status("Deceased"),
            Some((WorkerStatus::Left, Some(LeaveType::Death)))
        );
        assert_eq!(
            status("Terminated - Involuntary"),
            Some((WorkerStatus::Left, Some(LeaveType::Involuntary)))
        );
        for (text, leaving) in [
            ("Voluntarily Terminated", LeaveType::Voluntary),
            ("Involuntarily terminated", LeaveType::Involuntary),
            ("Terminated for Cause", LeaveType::Involuntary),
            ("Resigned", LeaveType::Voluntary),
            ("自己都合退職", LeaveType::Voluntary),
            ("懲戒解雇により退職", LeaveType::Involuntary),
        ] {
            assert_eq!(
                status(text),
                Some((WorkerStatus::Left, Some(leaving))),
                "{text}"
            );
        }
        assert_eq!(status("Relocation"), None);
        assert_eq!(status("Q7"), None);
    }
}
