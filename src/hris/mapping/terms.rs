//! The words by which sensitive columns are known, separated by ` | `. How they are used is told in `sensitive`.

use super::sensitive::Category;

/// Sequences of words that decide wherever they stand.
pub(super) const DECISIVE: &[(Category, &str)] = &[
    // Before pay and health, whose words occur in these.
    (
        Category::NationalId,
        "ssn | social security | social insurance | sin number | national id | \
         national identifier | national identity | national identification | \
         national insurance | nino | ni number | tax id | tax identification | \
         tax identifier | taxpayer | tax file number | tfn | itin | fiscal code | \
         codice fiscale | curp | aadhaar | aadhar | pan number | pan card | pan no | \
         nric | my number | mynumber | individual number | passport | visa status | \
         visa type | residence card | residence status | residence permit | work permit | \
         work visa | work authorization | work authorisation | work eligibility | \
         green card | driver license | drivers license | driver s license | \
         driver licence | drivers licence | driver s licence | driving licence | \
         driving license | license number | licence number | identity card | \
         identity document | government id | personal identification number | i9 | i 9 | \
         employment eligibility | steuer id",
    ),
    (
        Category::Bank,
        "iban | bank account | bank routing | swift code | account number | account no | \
         account holder | routing number | routing no | sort code | bsb | direct deposit | \
         credit card | debit card | card number | bank accounts",
    ),
    (
        Category::Pay,
        "salary | salaries | wage | wages | payslip | payslips | paycheck | paycheque | \
         remuneration | stipend | earnings | severance | bonus | bonuses | pay rate | \
         rate of pay | pay grade | base pay | gross pay | net pay | hourly rate | \
         daily rate | annual rate | base rate | overtime rate | bill rate | total comp | \
         base comp | compa ratio | comp ratio | comparatio | annualized compensation | \
         total compensation | base compensation | variable compensation | \
         compensation rate | compensation amount | stock option | stock options | \
         equity grant | rsu | rsus | 401k | 401 k | pension | retirement plan | \
         withholding | w 4 | w4 | w 2 | w2 | fica | garnishment | income tax | tax code | \
         tax exempt | tax status | final pay | ctc | cost to company | commission rate | \
         commission amount | sales commission | ote | on target earnings | 13th month",
    ),
    (
        Category::Origin,
        "ethnicity | ethnicities | ethnic | nationality | nationalities | citizenship | \
         citizenships | national origin | country of birth | place of birth | \
         birth place | birthplace | birth country | birth city | city of birth | \
         hispanic | latino | latinx | skin color | skin colour | ancestry | aboriginal | \
         indigenous | caste | tribal | eeo | eeo1 | eeoc | racial | underrepresented | \
         visible minority",
    ),
    (
        Category::Family,
        "marital | marriage | married | spouse | spouses | dependent | dependents | \
         dependant | dependants | next of kin | emergency contact | emergency contacts | \
         emergency phone | beneficiary | beneficiaries | domestic partner | \
         family member | family members | family status | family size | family income | \
         family care | family details | family dependents | family medical | \
         number of children | no of children | mother s maiden name | \
         mothers maiden name | mother name | mothers name | mother s name | father name | \
         fathers name | father s name | household | parental leave | childcare | \
         head of household",
    ),
    (
        Category::Health,
        "disability | disabilities | handicap | handicapped | health insurance | \
         health condition | health status | health plan | health issues | health care | \
         medical condition | medical history | medical leave | medical record | \
         medical plan | medical insurance | medical exam | illness | sickness | \
         sick leave | sick days | blood type | blood group | medication | medications | \
         allergy | allergies | vaccination | vaccinated | vaccine | vaccines | \
         immunization | covid | covid19 | pregnancy | pregnant | maternity | paternity | \
         fmla | workers comp | workers compensation | worker s compensation | injury | \
         injuries | drug test | drug screen | smoker | tobacco | bmi | diagnosis | \
         diagnoses | mental health | stress check | special needs | \
         veteran status disability | wheelchair | dietary",
    ),
    (
        Category::Gender,
        "gender | genders | pronoun | pronouns | sexual orientation | sexual identity | \
         sexuality | transgender | lgbt | lgbtq | lgbtqia",
    ),
    (
        Category::Union,
        "trade union | labor union | labour union | union member | union membership | \
         union code | union dues | union affiliation | works council member",
    ),
    (
        Category::Belief,
        "religion | religions | religious | creed | church tax | political | politics | \
         political party",
    ),
    (
        Category::BirthDate,
        "date of birth | dob | birth date | birthdate | birthday | birth day | birth at | \
         birth on | birth year | year of birth | birth month | month of birth | born on | \
         date born",
    ),
    (
        Category::CriminalRecord,
        "criminal | conviction | convictions | background check | felony | arrest record",
    ),
    (
        Category::Biometrics,
        "biometric | biometrics | fingerprint | fingerprints | face id | retina scan",
    ),
    (
        Category::Origin,
        "protected veteran | military status | military service | protected class",
    ),
];

/// Words with other meanings: they decide where only companions stand beside them.
pub(super) const AMBIGUOUS: &[(Category, &str)] = &[
    (
        Category::Pay,
        "pay | pays | compensation | commission | commissions | allowance | allowances | \
         income | equity | stock | tax | taxes | benefit | benefits | deduction | \
         deductions | payment | payments | raise | overtime | salaried",
    ),
    (Category::Bank, "bank | banks | swift | bic | routing"),
    (
        Category::NationalId,
        "visa | visas | sin | tin | pan | permit | residency | immigration | nif | dni | \
         cpf | insurance | licence | license",
    ),
    (
        Category::Origin,
        "race | races | minority | born | veteran | veterans | diversity",
    ),
    (
        Category::Health,
        "health | disabled | medical | sick | accommodation | accommodations",
    ),
    (Category::Gender, "sex"),
    (Category::Union, "union | unions | unionized | unionised"),
    (
        Category::Family,
        "child | children | kids | mother | father | wife | husband",
    ),
    (Category::Belief, "faith | church | belief | beliefs"),
    (Category::BirthDate, "age | ages"),
];

/// Words that say nothing of their own about a column.
pub(super) const COMPANIONS: &str = "employee | employees | worker | workers | staff | associate | person | personal | \
         member | membership | code | codes | type | types | status | description | desc | \
         name | category | group | class | id | ids | identifier | number | num | no | \
         nbr | value | text | label | self | identified | identification | reported | \
         disclosed | declared | date | day | start | end | effective | expiry | expires | \
         expiration | issue | issued | primary | secondary | legal | current | last | \
         latest | previous | next | new | old | total | ytd | amount | amounts | rate | \
         grade | band | level | scale | step | frequency | period | periods | basis | \
         currency | local | base | gross | net | hourly | daily | weekly | monthly | \
         annual | annually | yearly | annualized | target | plan | plans | of | the | a | \
         and | or | in | at | by | per | is | has | have | for | to | flag | indicator | \
         yn | y | n | yes | country | state | federal | us | usa | uk | jp | usd | jpy | \
         eur | gbp | info | information | details | detail | data | history | record | \
         notes | note | comment | comments | eligible | eligibility | enrolled | \
         enrollment | branch | holder | award | grant | percent | percentage | range | \
         min | max | mid | midpoint | increase | change | reason | today | years | year | \
         affiliation | dues | issuing | authority | place";

/// Terms that decide inside names written without spaces (`basesalary`, `dateofbirth`).
pub(super) const WRITTEN_TOGETHER: &[(Category, &str)] = &[
    (
        Category::NationalId,
        "socialsecurity | mynumber | nationalid | nationalinsurance | passport | taxid | \
         taxpayer | driverslicense | driverlicense | residencecard",
    ),
    (
        Category::Bank,
        "bankaccount | bankname | routingnumber | accountnumber | directdeposit",
    ),
    (
        Category::Pay,
        "salary | payrate | hourlyrate | basepay | grosspay | netpay | paygrade | \
         remuneration",
    ),
    (
        Category::Origin,
        "ethnic | nationality | citizenship | placeofbirth | countryofbirth | birthplace",
    ),
    (
        Category::Family,
        "marital | emergencycontact | nextofkin | dependents | dependants",
    ),
    (
        Category::Health,
        "disabilit | healthinsurance | bloodtype | maternity",
    ),
    (Category::Gender, "gender | sexualorientation"),
    (Category::Union, "unionmember | unioncode | tradeunion"),
    (Category::Belief, "religion"),
    (Category::BirthDate, "birthdate | dateofbirth | birthday"),
];

pub(super) const JAPANESE: &[(Category, &str)] = &[
    (
        Category::NationalId,
        "マイナンバー | 個人番号 | 基礎年金 | 年金番号 | 年金手帳 | 被保険者 | 雇用保険 | \
         健康保険 | 厚生年金 | 社会保険 | 介護保険 | 在留カード | 在留資格 | 在留期間 | \
         在留期限 | 在留番号 | 在留満了 | 在留外国 | パスポート | 旅券 | 運転免許 | \
         免許証 | 住民票 | ビザ | 査証 | 社保 | 就労資格 | 資格外活動",
    ),
    (
        Category::Bank,
        "銀行 | 口座 | 金融機関 | 振込 | 支店コード | 信用金庫",
    ),
    (
        Category::Pay,
        "給与 | 給料 | 賃金 | 月給 | 年俸 | 年収 | 月収 | 基本給 | 時給 | 日給 | 昇給 | \
         賞与 | ボーナス | 報酬 | 手当 | 俸給 | 退職金 | 退職一時金 | 支給額 | 総支給 | \
         控除 | 手取 | 所得 | 課税 | 源泉 | 住民税 | 税額 | 税区分 | 税表 | 甲欄 | 乙欄 | \
         月額 | 年額 | 日額 | 時間単価 | 賃率 | 持株会 | ストックオプション | 通勤費 | \
         交通費",
    ),
    (
        Category::Origin,
        "国籍 | 人種 | 民族 | 出身国 | 出身地 | 出生地 | 本籍 | 門地 | 社会的身分 | 出生国",
    ),
    (
        Category::Belief,
        "宗教 | 信条 | 信仰 | 政治 | 支持政党 | 思想",
    ),
    (
        Category::Health,
        "健康 | 障害者 | 障がい | 障碍 | 障害等級 | 障害区分 | 障害種別 | 障害種類 | \
         障害程度 | 障害の | 障害有無 | 障害名 | 障害手帳 | 障害年金 | 障害内容 | 病歴 | \
         既往 | 傷病 | 疾病 | 疾患 | 病名 | 病気 | 持病 | 治療 | 通院 | 入院 | 血液型 | \
         妊娠 | 出産 | 産休 | 産前 | 産後 | 育休 | 育児 | 介護休 | ストレスチェック | \
         メンタルヘルス | 予防接種 | ワクチン | 労災 | 療養 | 喫煙 | アレルギー | 服薬",
    ),
    (Category::Gender, "性別 | 性自認 | 性的 | 男女"),
    (
        Category::Union,
        "労働組合 | 労組 | 組合員 | 組合加入 | 組合費 | 組合区分",
    ),
    (
        Category::Family,
        "扶養 | 家族 | 配偶者 | 続柄 | 婚姻 | 結婚 | 子供 | 子ども | 子の氏名 | 子の人数 | \
         子の数 | 子の名前 | 緊急連絡先 | 緊急時 | 世帯 | 独身 | 既婚 | 未婚 | 離婚 | \
         寡婦 | ひとり親 | 保護者 | 身元保証",
    ),
    (
        Category::BirthDate,
        "生年月日 | 生年月 | 誕生日 | 誕生月 | 生まれ | 年齢 | 出生日 | 出生年",
    ),
    (Category::CriminalRecord, "犯罪 | 前科 | 賞罰 | 逮捕"),
    (Category::Biometrics, "指紋 | 顔認証 | 静脈 | 生体認証"),
];

/// Names that are a category only when they stand alone.
pub(super) const ALONE: &[(Category, &str)] = &[
    (Category::NationalId, "在留"),
    (Category::Pay, "税 | 単価 | rate | comp"),
    (Category::Health, "障害 | 障害有無 | 身長 | 体重"),
    (Category::Union, "組合 | 組合名"),
    (Category::Family, "子 | 父 | 母 | 妻 | 夫"),
    (Category::BirthDate, "生年 | birth"),
];

/// Japanese words in which a term occurs by accident: 発生年月日 is no birth date.
pub(super) const HARMLESS: &str = "発生 | 派生";
