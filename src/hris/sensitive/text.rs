//! Texts that reveal what must not be kept, such as a reason of leaving that names a disease.
//!
//! A text is searched in the form in which case, width and accents do not differ. A term in Latin letters is a sequence of whole words; `krank*`
//! begins a word, `*krankheit*` is anywhere in one, and `=ALS` is a word in exactly these letters. Other terms are searched anywhere, as nothing
//! separates their words. What is harmless is taken out first: phrases of the list, and the name of a new employer.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use super::{Category, Words, terms};

/// The words of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Terms {
    harmless: Vec<String>,
    employer_before: Vec<String>,
    employer_words: Vec<String>,
    employer_forms: Vec<String>,
    terms: Vec<Words>,
}

/// The category of personal data that a text reveals, if it may not be kept. A source writes the same few reasons again and again, so what a
/// thread searched last is remembered: by its hash, because the text must not be kept.
pub fn in_text(text: &str) -> Option<Category> {
    const REMEMBERED: usize = 4_096;
    thread_local! {
        static FOUND: RefCell<HashMap<u64, Option<Category>>> = RefCell::default();
    }
    static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    let hash = KEY.hash_one(text);
    FOUND.with_borrow_mut(|found| {
        if found.len() >= REMEMBERED {
            found.clear();
        }
        *found.entry(hash).or_insert_with(|| index().search(text))
    })
}

/// The terms by the way they are searched.
#[derive(Default)]
struct Index {
    words: HashMap<String, Category>,
    exact: HashMap<String, Category>,
    begins: Vec<(String, Category)>,
    within: Vec<(String, Category)>,
    phrases: Vec<(String, Category)>,
    anywhere: Vec<(String, Category)>,
    harmless_phrases: Vec<String>,
    harmless_anywhere: Vec<String>,
    employer_before: Vec<String>,
    employer_words: Vec<String>,
    employer_forms: Vec<String>,
}

fn index() -> &'static Index {
    static INDEX: LazyLock<Index> = LazyLock::new(|| Index::of(&terms().texts));
    &INDEX
}

impl Index {
    fn of(terms: &Terms) -> Self {
        let mut index = Self::default();
        for words in &terms.terms {
            for term in &words.terms {
                index.add(term, words.category);
            }
        }
        for phrase in &terms.harmless {
            let folded = fold(phrase);
            if folded.is_ascii() {
                index.harmless_phrases.push(spaced(&latin_words(&folded)));
            } else {
                index.harmless_anywhere.push(folded);
            }
        }
        index.employer_before = terms
            .employer_before
            .iter()
            .map(|term| fold(term))
            .collect();
        index.employer_words = terms.employer_words.iter().map(|term| fold(term)).collect();
        index.employer_forms = terms.employer_forms.iter().map(|term| fold(term)).collect();
        index
    }

    fn add(&mut self, term: &str, category: Category) {
        if let Some(exact) = term.strip_prefix('=') {
            self.exact.insert(exact.to_owned(), category);
            return;
        }
        let folded = fold(term);
        let bare = folded.trim_matches('*');
        if !bare.is_ascii() {
            self.anywhere.push((bare.to_owned(), category));
        } else if bare.contains(' ') {
            let phrase = spaced(&latin_words(bare));
            let begins = folded.ends_with('*');
            let phrase = if begins { phrase.trim_end() } else { &phrase };
            self.phrases.push((phrase.to_owned(), category));
        } else if folded.starts_with('*') {
            self.within.push((bare.to_owned(), category));
        } else if folded.ends_with('*') {
            self.begins.push((bare.to_owned(), category));
        } else {
            self.words.insert(bare.to_owned(), category);
        }
    }

    fn search(&self, text: &str) -> Option<Category> {
        let text = self.without_employer(text);
        let mut folded = fold(&text);
        for harmless in &self.harmless_anywhere {
            if folded.contains(harmless) {
                folded = folded.replace(harmless, " / ");
            }
        }
        let folded = without_japanese_employer(folded);
        let mut words = spaced(&latin_words(&folded));
        for harmless in &self.harmless_phrases {
            if words.contains(harmless) {
                words = words.replace(harmless, " / ");
            }
        }
        let exact = latin_words(&text);
        let is_left = |word: &&&str| words.contains(&spaced(&[&fold(word)]));
        let mut exact = exact.iter().filter(is_left);
        let exact = exact.find_map(|word| self.exact.get(*word));
        let of_word = |word: &str| {
            let listed = |list: &[(String, Category)], fits: &dyn Fn(&str) -> bool| {
                let found = list.iter().find(|(term, _)| fits(term));
                found.map(|(_, category)| *category)
            };
            self.words
                .get(word)
                .copied()
                .or_else(|| listed(&self.begins, &|term| word.starts_with(term)))
                .or_else(|| listed(&self.within, &|term| word.contains(term)))
        };
        let within = |list: &[(String, Category)], text: &str| {
            let found = list.iter().find(|(term, _)| text.contains(term));
            found.map(|(_, category)| *category)
        };
        exact
            .copied()
            .or_else(|| words.split(' ').find_map(of_word))
            .or_else(|| within(&self.phrases, &words))
            .or_else(|| within(&self.anywhere, &folded))
    }

    /// Takes out the name behind `moved to`, as far as its words begin with a capital and one of them is a word of organisations; and the name
    /// before `Ltd` and the like.
    fn without_employer(&self, text: &str) -> String {
        let words: Vec<&str> = text.split(' ').collect();
        let folded: Vec<String> = words.iter().map(|word| bare(word)).collect();
        let mut kept: Vec<&str> = Vec::with_capacity(words.len());
        let mut at = 0;
        while at < words.len() {
            let name = self
                .name_at(&words, &folded, at)
                .max(self.before_form(&words, at));
            if name == 0 {
                kept.push(words[at]);
            }
            at += name.max(1);
        }
        kept.join(" ")
    }

    /// How many words at this place are a name before a legal form: one with a capital (`Oncology Ltd`), two that are joined (`Krebs & Söhne
    /// GmbH`), or several of which one is a word of organisations (`Disability Solutions plc`).
    fn before_form(&self, words: &[&str], at: usize) -> usize {
        let is_name = |at: usize| {
            words.get(at).is_some_and(|word| {
                word.chars().next().is_some_and(char::is_uppercase)
                    && word.ends_with(char::is_alphanumeric)
            })
        };
        let is_form = |at: usize| {
            self.employer_forms.iter().any(|form| {
                let length = form.split(' ').count();
                words.get(at..at + length).is_some_and(|rest| {
                    let rest = fold(&rest.join(" "));
                    rest.trim_end_matches([',', '.', ';', ')']) == form
                })
            })
        };
        let joins = |at: usize| {
            let word = words.get(at).copied().unwrap_or_default();
            ["&", "and", "und", "et"].contains(&word)
        };
        if !is_name(at) {
            return 0;
        }
        if joins(at + 1) && is_name(at + 2) && is_form(at + 3) {
            return 3;
        }
        let length =
            (1..=words.len() - at).find(|length| !is_name(at + length) || is_form(at + length));
        let length = length.unwrap_or(1);
        let is_of_organisations = || {
            let mut name = words[at..at + length].iter();
            name.any(|word| self.employer_words.contains(&bare(word)))
        };
        if is_form(at + length) && (length == 1 || is_of_organisations()) {
            length
        } else {
            0
        }
    }

    /// How many words at this place are the name of an employer.
    fn name_at(&self, words: &[&str], folded: &[String], at: usize) -> usize {
        let follows = self.employer_before.iter().any(|before| {
            let before: Vec<&str> = before.split(' ').collect();
            at >= before.len() && folded[at - before.len()..at].iter().eq(before.iter())
        });
        if !follows {
            return 0;
        }
        let is_name = |word: &&&str| {
            let joins = ["of", "and", "for", "the", "&", "de", "des"].contains(&**word);
            joins || word.chars().next().is_some_and(char::is_uppercase)
        };
        let length = words[at..].iter().take_while(is_name).count();
        let name = &folded[at..at + length];
        let is_known = length > 1 && name.iter().any(|word| self.employer_words.contains(word));
        if is_known { length } else { 0 }
    }
}

/// Takes out what is before へ転職, に転職 and the like, as far as it is one name without hiragana: 病院に転職.
fn without_japanese_employer(mut text: String) -> String {
    const BEHIND: [&str; 12] = [
        "へ転職",
        "に転職",
        "へ移籍",
        "に移籍",
        "へ入社",
        "に入社",
        "へ就職",
        "に就職",
        "へ入職",
        "に入職",
        "に採用",
        "での採用",
    ];
    for behind in BEHIND {
        let Some(at) = text.find(behind) else {
            continue;
        };
        let is_name = |character: &char| {
            character.is_alphanumeric() && !matches!(character, '\u{3041}'..='\u{309f}')
        };
        let name: usize = text[..at]
            .chars()
            .rev()
            .take_while(is_name)
            .map(char::len_utf8)
            .sum();
        text.replace_range(at - name..at, "/");
    }
    text
}

fn bare(word: &str) -> String {
    fold(word.trim_matches(|character: char| !character.is_alphanumeric()))
}

/// Lower case, one width, and no accents on Latin letters.
fn fold(text: &str) -> String {
    let text: String = text
        .nfkc()
        .flat_map(char::to_lowercase)
        .collect::<String>()
        .replace('ß', "ss");
    text.nfd()
        .filter(|character| !matches!(character, '\u{300}'..='\u{36f}'))
        .nfc()
        .collect()
}

/// The words in Latin letters and digits.
fn latin_words(text: &str) -> Vec<&str> {
    text.split(|character: char| !character.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect()
}

fn spaced(words: &[&str]) -> String {
    format!(" {} ", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(texts: &[&str]) -> Vec<(String, Option<Category>)> {
        let found = |text: &&str| ((*text).to_owned(), in_text(text));
        texts.iter().map(found).collect()
    }

    fn all(category: Category, texts: &[&str]) {
        for (text, found) in found(texts) {
            assert_eq!(found, Some(category), "{text}");
        }
    }

    #[test]
    fn health_is_recognised_in_english_and_japanese() {
        all(
            Category::Health,
            &[
                "HIV",
                "ME/CFS",
                "COVID-19",
                "panic attacks",
                "コロナ",
                "AIDS",
                "PTSD",
                "diabetes",
                "ADHD",
                "ALS",
                "long covid",
                "migraine",
                "stress",
                "anxiety",
                "Burn-out",
                "Medical reasons",
                "pregnancy",
                "cancer treatment",
                "Long-term disability",
                "heart attack",
                "Crohn's disease",
                "broken leg",
                "IVF",
                "コロナ感染",
                "新型コロナに罹患",
                "脳梗塞",
                "骨折",
                "腰痛",
                "精神的",
                "精神的な理由",
                "心身の不調",
                "過労",
                "更年期",
                "産後",
                "休養",
                "休養のため",
                "病気療養のため",
                "うつ",
                "鬱",
                "体調不良",
                "出産のため",
                "HIV感染",
                "ＨＩＶ",
                "ﾒﾝﾀﾙ不調",
                "適応障害",
                "障害者手帳取得",
                "入院のため",
                "ストレス過多",
                "診断書提出",
                "病気のため転職",
                "体調不良で病院に転職",
            ],
        );
    }

    #[test]
    fn health_is_recognised_in_other_languages() {
        all(
            Category::Health,
            &[
                "maladie",
                "Maladie professionnelle",
                "Gesundheit",
                "gesundheitliche Gründe",
                "krankheitsbedingte Kündigung",
                "Langzeiterkrankung",
                "Schwangerschaft",
                "Arbeitsunfähigkeit",
                "arbeitsunfaehig",
                "Raisons de santé",
                "raisons de sante",
                "grossesse",
                "inaptitude",
                "congé maternité",
                "enfermedad",
                "motivos de salud",
                "embarazo",
                "incapacidad permanente",
                "malattia",
                "gravidanza",
                "doença",
                "gravidez",
                "ziekte",
                "zwangerschap",
                "건강 문제",
                "질병",
                "健康原因",
                "怀孕",
            ],
        );
    }

    #[test]
    fn the_other_categories_are_recognised() {
        all(
            Category::CriminalRecord,
            &[
                "逮捕",
                "逮捕されたため",
                "incarcerated",
                "arrested",
                "criminal conviction",
                "前科",
                "横領",
                "Straftat",
                "verhaftet",
                "condamnation",
                "casier judiciaire",
                "antecedentes penales",
                "구속",
            ],
        );
        all(
            Category::Belief,
            &[
                "宗教",
                "宗教上の理由",
                "religious reasons",
                "Religion",
                "religiöse Gründe",
                "motifs religieux",
                "立候補のため",
                "left to become a nun",
            ],
        );
        all(
            Category::Union,
            &[
                "労働組合活動",
                "trade union activities",
                "Gewerkschaft",
                "Betriebsrat",
                "activité syndicale",
                "sindicato",
                "huelga",
            ],
        );
        all(
            Category::Family,
            &[
                "結婚のため",
                "親の介護",
                "配偶者の転勤",
                "Family reasons",
                "divorce",
                "childcare",
                "Heirat",
                "familiäre Gründe",
                "raisons familiales",
                "motivos familiares",
                "가정 사정",
            ],
        );
        all(Category::Origin, &["国籍", "race discrimination"]);
        all(Category::Gender, &["性自認", "gender transition"]);
    }

    #[test]
    fn what_only_sounds_alike_stays() {
        for (text, found) in found(&[
            "システム障害の責任",
            "通信障害の責任を取って",
            "障害対応の失敗",
            "moved to Cancer Research UK",
            "joined Mental Health Foundation",
            "Moved to Health Canada",
            "new job at Guy's Hospital Trust",
            "病院に転職",
            "健康食品会社へ転職",
            "がん研究会へ転職",
            "医療業界へ転職",
            "看護師として再出発",
            "労働基準監督署に転職",
            "自己都合",
            "転職のため",
            "一身上の都合",
            "Skill mismatch",
            "Fulfilled contract",
            "Better opportunity",
            "European Union project ended",
            "union square office closed",
            "stress testing team dissolved",
            "Joined family business",
            "sick of commuting",
            "Career change",
            "Relocation",
            "コロナ禍による業績悪化",
            "コロナによる業績悪化",
            "新型コロナウイルス感染症の影響による人員整理",
            "COVID-19 reduction in force",
            "業績不調",
            "力不足を痛感",
            "転勤先へうつるため",
            "がんばりたいことができた",
            "きっかけがあった",
            "営業中心の働き方",
            "開発作業の終了",
            "現在日本を離れている",
            "工夫の余地がない",
            "not familiar with the tools",
            "some kind of new job",
            "pay relative to market",
            "sucht neue Herausforderung",
            "ich glaube an etwas Neues",
            "Vertragsverletzung",
            "als Berater",
            "cambio de política de teletrabajo",
            "Familienunternehmen",
            "hospitality industry",
            "Christian moved on",
            "Retirement",
            "契約満了",
            "office politics",
            "中小企業診断士として独立",
            "多国籍企業へ",
            "medical device company",
        ]) {
            assert_eq!(found, None, "{text}");
        }
    }

    #[test]
    fn what_must_not_be_kept_is_recognised_in_ten_languages() {
        for (category, texts) in [
            (
                Category::Health,
                &[
                    "ぎっくり腰",
                    "障害者手帳",
                    "burnout",
                    "krankheitsbedingt",
                    "raisons de santé",
                    "motivos de salud",
                    "motivi di salute",
                    "licença maternidade",
                    "arbeidsongeschikt",
                    "抑郁",
                    "우울증",
                ][..],
            ),
            (
                Category::Family,
                &[
                    "介護のため",
                    "husband relocated",
                    "Pflege der Mutter",
                    "suivre son conjoint",
                    "cuidado de familiares",
                    "assistenza ai genitori",
                    "casamento",
                    "echtscheiding",
                    "照顾父母",
                    "간병",
                ],
            ),
            (
                Category::Gender,
                &[
                    "ゲイであること",
                    "came out as gay",
                    "orientamento sessuale",
                    "homossexual",
                    "transgender",
                    "同性恋",
                    "성소수자",
                ],
            ),
            (
                Category::Origin,
                &[
                    "出自",
                    "被差別部落",
                    "nazionalità",
                    "nacionalidade",
                    "民族",
                    "국적",
                ],
            ),
            (
                Category::Belief,
                &["ran for the Labour Party", "政党活動", "religione", "신앙"],
            ),
        ] {
            all(category, texts);
        }
    }

    #[test]
    fn names_of_companies_and_other_senses_reveal_nothing() {
        for (text, found) in found(&[
            "Depression-era museum",
            "Church & Dwight",
            "hospital administrator role",
            "Novo Nordisk diabetes division",
            "ALS Limited",
            "Oncology Ltd",
            "Gay-Lussac Institute",
            "Parkinson & Co",
            "Stroke Association",
            "conviction in the strategy lost",
            "Krebs & Söhne GmbH",
            "Disability Solutions plc",
            "一部落札",
            "mutuelle santé",
            "うつくしま株式会社",
            "出自治体へ",
            "ビル・ゲイツ財団",
        ]) {
            assert_eq!(found, None, "{text}");
        }
        // The legal form takes out the word before it, and no more.
        assert_eq!(in_text("Burnout, Siemens AG"), Some(Category::Health));
        assert_eq!(in_text("Burnout Siemens AG"), Some(Category::Health));
        assert_eq!(in_text("Pregnancy at Acme Ltd"), Some(Category::Health));
    }
}
