//! The service's own notices: version 1 of each purpose, in English and Japanese, for a company that has published none. What they say stays as it is:
//! the hashes of these texts stand in ledgers.

use entity::ConsentPurpose::{
    self, ContractOffers, DataEnrichment, Directory, EmailNews, Events, JobOffers, Membership,
    ReferralAsCandidate, StoryPublication, Survey,
};

use super::rules::{Notice, NoticeText, text_hash};

/// The version of the service's own notices.
pub const VERSION: i32 = 1;

/// The service's own notice for a purpose.
#[must_use]
pub fn notice(purpose: ConsentPurpose) -> Notice {
    let texts = texts(purpose).map(|(language, title, body)| NoticeText {
        language: language.to_owned(),
        title: title.to_owned(),
        body: body.to_owned(),
        hash: text_hash(purpose, VERSION, language, title, body),
    });
    Notice {
        id: None,
        purpose,
        version: VERSION,
        requires_renewal: true,
        effective_from: None,
        texts: texts.to_vec(),
    }
}

#[expect(clippy::too_many_lines, reason = "texts")]
/// Language, title and text, in the order of the languages.
fn texts(purpose: ConsentPurpose) -> [(&'static str, &'static str, &'static str); 2] {
    let both = |en: (&'static str, &'static str), ja: (&'static str, &'static str)| {
        [("en", en.0, en.1), ("ja", ja.0, ja.1)]
    };
    match purpose {
        Membership => both(
            (
                "Being a member",
                "The company keeps your name, how to reach you and your time at the company, in order to run the alumni programme with you as a member. You may pause or leave at any time, in one step; what you agreed to beside this ends with it.",
            ),
            (
                "メンバーになること",
                "会社は、あなたをメンバーとしてアルムナイ・プログラムを運営するために、お名前、連絡先、在籍していたときの情報を扱います。いつでも一度の操作で休止や退会ができ、退会すると、ほかの同意もすべて終わります。",
            ),
        ),
        Directory => both(
            (
                "Being shown in the directory",
                "Employees of the company and other members may find you in the directory and see the parts of your profile that you show to them. Without this you are not shown to them at all. You may take this back at any time, in one step; it is felt at once.",
            ),
            (
                "名簿に載ること",
                "会社の社員とほかのメンバーは、名簿であなたを見つけ、あなたが公開した範囲のプロフィールを見ることができます。同意しなければ、まったく表示されません。いつでも一度の操作で取り消せて、すぐに反映されます。",
            ),
        ),
        EmailNews => both(
            (
                "News by e-mail",
                "The company may send news of the company and of the programme to your e-mail address. You may take this back at any time, in one step.",
            ),
            (
                "メールでのお知らせ",
                "会社は、会社とプログラムのお知らせをあなたのメールアドレスに送ることがあります。いつでも一度の操作で取り消せます。",
            ),
        ),
        Events => both(
            (
                "Invitations to events",
                "The company may invite you to meetings, seminars and other events of the programme. You may take this back at any time, in one step.",
            ),
            (
                "イベントへのご案内",
                "会社は、交流会やセミナーなど、プログラムのイベントにあなたを招くことがあります。いつでも一度の操作で取り消せます。",
            ),
        ),
        JobOffers => both(
            (
                "Offers of a position",
                "The company's recruiters may see the parts of your profile that you show to employees, and whether you are open to coming back, and may offer you a position. You may take this back at any time, in one step.",
            ),
            (
                "再入社のご案内",
                "会社の採用担当者は、あなたが社員に公開した範囲のプロフィールと、再入社に関心があるかどうかを見て、ポジションを案内することがあります。いつでも一度の操作で取り消せます。",
            ),
        ),
        ContractOffers => both(
            (
                "Offers of contract work",
                "The company's recruiters may see the parts of your profile that you show to employees, and whether you are open to contract work, and may offer you such work. You may take this back at any time, in one step.",
            ),
            (
                "業務委託のご案内",
                "会社の採用担当者は、あなたが社員に公開した範囲のプロフィールと、業務委託に関心があるかどうかを見て、仕事を案内することがあります。いつでも一度の操作で取り消せます。",
            ),
        ),
        ReferralAsCandidate => both(
            (
                "Being shown as a candidate",
                "When somebody recommends you for a position, the company's recruiters may see that it is you and what was said in your favour. Without this they see only that somebody was recommended. You may take this back at any time, in one step.",
            ),
            (
                "候補者として紹介されること",
                "だれかがあなたをポジションに推薦したとき、会社の採用担当者は、それがあなたであることと推薦の言葉を見ることができます。同意しなければ、だれかが推薦されたことだけが見えます。いつでも一度の操作で取り消せます。",
            ),
        ),
        Survey => both(
            (
                "Surveys",
                "The company may ask you to answer surveys about your time there and about the programme. You answer only what you like. You may take this back at any time, in one step.",
            ),
            (
                "アンケート",
                "会社は、在籍していたときのことやプログラムについて、アンケートをお願いすることがあります。答えるかどうかは自由です。いつでも一度の操作で取り消せます。",
            ),
        ),
        StoryPublication => both(
            (
                "Publishing your story",
                "The company may publish what you and it have done together, under your name, after you have read what is to be published. You may take this back at any time, in one step; what was printed before stays printed.",
            ),
            (
                "体験談の公開",
                "会社は、公開する内容をあなたが確認したうえで、あなたとの取り組みをお名前とともに公開することがあります。いつでも一度の操作で取り消せますが、すでに印刷されたものはそのまま残ります。",
            ),
        ),
        DataEnrichment => both(
            (
                "Filling in your profile",
                "The company may add to your profile what you have made public elsewhere, such as where you work now, and shows you where it was found. You may take this back at any time, in one step.",
            ),
            (
                "プロフィールの補完",
                "会社は、現在の勤務先など、あなたがほかで公開している情報をプロフィールに加えることがあり、その出どころをあなたに示します。いつでも一度の操作で取り消せます。",
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consents::rules::{PURPOSES, hash};

    #[test]
    fn what_they_say_stays_as_it_is() {
        let notices = PURPOSES.map(notice);
        let hashes: Vec<&str> = notices
            .iter()
            .flat_map(|notice| &notice.texts)
            .map(|text| text.hash.as_str())
            .collect();
        assert_eq!(hashes.len(), 20);
        insta::assert_snapshot!(hash(&hashes), @"506bc6c9eaf090d818d83dd484cb6042ffa9174c0a043e7e4179bd808099e5e4");
    }

    #[test]
    fn each_is_there_in_both_languages_in_order() {
        for purpose in PURPOSES {
            let notice = notice(purpose);
            assert_eq!(notice.languages(), "en, ja");
            assert!(notice.texts.iter().all(|text| !text.title.contains('\n')));
        }
    }
}
