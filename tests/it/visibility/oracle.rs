//! For whatever people chose, whoever asks and whatever is asked, the answer is that of a plain reading of everybody, one by one; and it stays
//! the same, byte for byte, when only what the asker does not see changes.

use alumni_api::alumni::read_anew;
use reading::name::{fold_joined, words};
use std::collections::HashMap;

use alumni_api::access::visibility::name;
use chrono::{Days, NaiveDate};
use entity::{DepartmentId, SkillId, department, employment, person_skill};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use sea_orm::{ColumnTrait, QueryFilter};

use super::*;
use crate::support::beginning;

const PEOPLE: u32 = 11;
const QUESTIONS: u32 = 24;

/// Numbers that are the same in each run.
struct Dice(ChaCha8Rng);

impl Dice {
    fn below(&mut self, end: u32) -> u32 {
        self.0.next_u32() % end
    }

    fn of<T: Copy>(&mut self, things: &[T]) -> T {
        things[self.below(u32::try_from(things.len()).unwrap()) as usize]
    }

    fn often(&mut self) -> bool {
        self.below(3) > 0
    }
}

/// A person, plainly.
struct Known {
    row: person::Model,
    audiences: HashMap<ProfileField, Audience>,
    skills: Vec<SkillId>,
    intents: Vec<Intent>,
    department: DepartmentId,
}

/// Who asks: a role, and which of the people they are.
type Asker<'a> = (&'static str, Option<PersonId>, Actor<'a>);

impl Known {
    fn shows(&self, field: ProfileField, (role, own, _): &Asker<'_>) -> bool {
        *own == Some(self.row.id) || sees(role, field, self.audiences[&field])
    }

    fn left_on(&self, asker: &Asker<'_>) -> Option<NaiveDate> {
        self.shows(ProfileField::Employments, asker)
            .then_some(self.row.left_on)
            .flatten()
    }

    /// What a search may find the person by.
    fn texts(&self, asker: &Asker<'_>) -> Vec<&str> {
        let row = &self.row;
        let mut texts = vec![row.family_name.as_str(), row.given_name.as_str()];
        for (field, text) in [
            (ProfileField::OtherName, &row.other_name),
            (ProfileField::CurrentEmployer, &row.current_employer),
            (ProfileField::CurrentTitle, &row.current_title),
        ] {
            texts.extend(text.as_deref().filter(|_| self.shows(field, asker)));
        }
        texts
    }
}

/// What is asked of the directory.
#[derive(Clone, Debug, Default)]
struct Question {
    search: Option<String>,
    skill: Option<SkillId>,
    department: Option<DepartmentId>,
    intent: Option<Intent>,
    left_from: Option<NaiveDate>,
    not: bool,
    order: &'static str,
}

impl Question {
    fn holds(&self, person: &Known, asker: &Asker<'_>) -> bool {
        let word_found = |word: &String| {
            let texts = person.texts(asker);
            texts
                .iter()
                .any(|text| fold_joined(text).contains(&fold_joined(word)))
        };
        let search = self
            .search
            .as_ref()
            .is_none_or(|text| words(text).iter().all(word_found));
        let skill = self.skill.is_none_or(|skill| {
            person.shows(ProfileField::Skills, asker) && person.skills.contains(&skill)
        });
        let department = self.department.is_none_or(|department| {
            person.shows(ProfileField::Employments, asker) && person.department == department
        });
        let intent = self.intent.is_none_or(|intent| {
            person.shows(ProfileField::Intents, asker) && person.intents.contains(&intent)
        });
        let left = self
            .left_from
            .is_none_or(|from| person.left_on(asker).is_some_and(|day| day >= from));
        search && skill && department && intent && left
    }

    /// Who is found, in order.
    fn answer<'k>(&self, people: &'k [Known], asker: &Asker<'_>) -> Vec<&'k Known> {
        let unknown = NaiveDate::from_ymd_opt(1, 1, 1).unwrap();
        // what holds for nobody's hidden day holds in neither sense
        let mut found: Vec<&Known> = people
            .iter()
            .filter(|person| match (self.not, self.left_from) {
                (true, Some(_)) if person.left_on(asker).is_none() => false,
                (not, _) => self.holds(person, asker) != not,
            })
            .collect();
        found.sort_by(|one, other| {
            let key = |person: &Known| match self.order {
                "NAME" => person.row.sort_name.clone(),
                _ => person.left_on(asker).unwrap_or(unknown).to_string(),
            };
            (key(one), one.row.id).cmp(&(key(other), other.row.id))
        });
        if self.order == "LEFT_ON_DESC" {
            found.reverse();
        }
        found
    }

    fn variables(&self, after: &Value) -> Value {
        let mut filter = json!({});
        if let Some(text) = &self.search {
            filter["search"] = json!(text);
        }
        if let Some(skill) = self.skill {
            filter["skillIds"] = json!([skill.to_string()]);
        }
        if let Some(department) = self.department {
            filter["departmentIds"] = json!([department.to_string()]);
        }
        if let Some(intent) = self.intent {
            filter["intents"] = json!([word(intent)]);
        }
        if let Some(from) = self.left_from {
            filter["leftOn"] = json!({ "from": from.to_string() });
        }
        if self.not {
            filter = json!({ "not": filter });
        }
        json!({ "filter": filter, "order": self.order, "after": after })
    }

    /// All pages of the answer.
    async fn ask(&self, actor: &Actor<'_>) -> Vec<Value> {
        let query = format!(
            "query($filter: AlumnusFilter, $order: AlumnusOrder, $after: String) {{ alumni(filter: $filter, orderBy: $order, first: 4, after: $after) {{
                totalCount pageInfo {{ hasNextPage endCursor }} edges {{ cursor node {{ {PROFILE} }} }} }} }}"
        );
        let (mut pages, mut after) = (Vec::new(), Value::Null);
        loop {
            let reply = actor.run(&query, self.variables(&after)).await;
            let page = reply.at("/alumni").clone();
            after = page["pageInfo"]["endCursor"].clone();
            let more = page["pageInfo"]["hasNextPage"] == true;
            pages.push(page);
            if !more {
                return pages;
            }
        }
    }
}

/// A field as it should be read.
fn expected(person: &Known, field: ProfileField) -> Value {
    let row = &person.row;
    match field {
        ProfileField::PersonalEmail => json!(row.personal_email),
        ProfileField::Phone => json!(row.phone),
        ProfileField::OtherName => json!(row.other_name),
        ProfileField::Location => json!(row.location),
        ProfileField::CurrentEmployer => json!(row.current_employer),
        ProfileField::CurrentTitle => json!(row.current_title),
        ProfileField::Headline => json!(row.headline),
        ProfileField::Biography => json!(row.biography),
        ProfileField::Links => row
            .links
            .0
            .iter()
            .map(|link| json!({ "url": link.url }))
            .collect(),
        ProfileField::Languages => json!(row.languages.0),
        ProfileField::Skills => json!(person.skills.len()),
        ProfileField::Intents => {
            let words: std::collections::BTreeSet<String> =
                person.intents.iter().map(|intent| word(*intent)).collect();
            json!(words)
        }
        ProfileField::Employments => json!(1),
    }
}

fn right(node: &Value, person: &Known, asker: &Asker<'_>) {
    for field in FIELDS {
        let read = &node[name(field)];
        let who = (asker.0, field, person.audiences[&field]);
        let list = matches!(field, ProfileField::Skills | ProfileField::Employments);
        match (person.shows(field, asker), list) {
            (true, true) => {
                assert_eq!(
                    json!(read.as_array().unwrap().len()),
                    expected(person, field),
                    "{who:?}"
                );
            }
            (true, false) => assert_eq!(read, &expected(person, field), "{who:?}"),
            (false, _) => assert!(read.is_null() || read == &json!([]), "{who:?} reads {read}"),
        }
    }
    assert_eq!(node["leftOn"], json!(person.left_on(asker)));
}

async fn another_department(app: &TestApp) -> DepartmentId {
    let row = department::Model {
        id: app.clock.new_id(),
        company_id: AOZORA.id(),
        name: "営業部".into(),
        sync_run_id: None,
        created_at: beginning(),
        updated_at: beginning(),
        version: 1,
    };
    let insert = department::Entity::insert(row.clone().into_active_model());
    insert
        .exec_without_returning(app.connection())
        .await
        .unwrap();
    row.id
}

const WORDS: [&str; 6] = ["aoi", "mina", "haru", "ren", "sora", "yuki"];

/// Values of every field drawn anew; what is written keeps to the mask.
fn draw(dice: &mut Dice, row: &mut person::Model, touch: impl Fn(ProfileField) -> bool) {
    let text = |dice: &mut Dice| {
        dice.often()
            .then(|| format!("{} {}", dice.of(&WORDS), dice.of(&WORDS)))
    };
    let slots = [
        (ProfileField::PersonalEmail, &mut row.personal_email),
        (ProfileField::Phone, &mut row.phone),
        (ProfileField::OtherName, &mut row.other_name),
        (ProfileField::Location, &mut row.location),
        (ProfileField::CurrentEmployer, &mut row.current_employer),
        (ProfileField::CurrentTitle, &mut row.current_title),
        (ProfileField::Headline, &mut row.headline),
        (ProfileField::Biography, &mut row.biography),
    ];
    for (field, slot) in slots {
        let drawn = text(dice);
        if touch(field) {
            *slot = drawn;
        }
    }
    let (url, language) = (dice.of(&WORDS), dice.of(&["ja", "en", "fr"]));
    if touch(ProfileField::Links) {
        row.links = Links(vec![Link {
            label: "Web".into(),
            url: format!("https://{url}.example.com"),
        }]);
    }
    if touch(ProfileField::Languages) {
        row.languages.0 = vec![language.into()];
    }
    let day =
        NaiveDate::from_ymd_opt(2020, 1, 1).unwrap() + Days::new(u64::from(dice.below(6)) * 100);
    if touch(ProfileField::Employments) {
        row.left_on = Some(day);
    }
}

/// Stores a person's row, skills, intents and stint as they are known.
async fn put(app: &TestApp, person: &Known) {
    let (connection, id) = (app.connection(), person.row.id);
    store(app, &person.row).await;
    let gone = person_skill::Entity::delete_many().filter(person_skill::Column::PersonId.eq(id));
    gone.exec(connection).await.unwrap();
    for skill in &person.skills {
        let row = person_skill::Model {
            person_id: id,
            skill_id: *skill,
            company_id: AOZORA.id(),
            level: entity::SkillLevel::Working,
        };
        let insert = person_skill::Entity::insert(row.into_active_model());
        insert.exec_without_returning(connection).await.unwrap();
    }
    let gone = person_intent::Entity::delete_many().filter(person_intent::Column::PersonId.eq(id));
    gone.exec(connection).await.unwrap();
    for intent in &person.intents {
        intends(app, &person.row, *intent).await;
    }
    let stints = employment::Entity::find().filter(employment::Column::PersonId.eq(id));
    let mut stint = stints
        .one(connection)
        .await
        .unwrap()
        .unwrap()
        .into_active_model();
    stint.department_id = Set(Some(person.department));
    stint.last_working_day = Set(person.row.left_on);
    stint.update(connection).await.unwrap();
}

async fn people(
    app: &TestApp,
    dice: &mut Dice,
    skills: &[SkillId],
    departments: &[DepartmentId],
) -> Vec<Known> {
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        let family = format!("{}{number}", dice.of(&WORDS));
        let mut row = app.new_alumnus(&family, dice.of(&WORDS)).insert().await;
        draw(dice, &mut row, |_| true);
        let mut audiences = HashMap::new();
        for field in FIELDS {
            let audience = match (field, dice.of(&AUDIENCES)) {
                (ProfileField::Employments, Audience::OnlyMe) => Audience::Hr,
                (_, audience) => audience,
            };
            show(&mut row, field, audience);
            audiences.insert(field, audience);
        }
        let known = Known {
            row,
            audiences,
            skills: skills.iter().copied().filter(|_| dice.often()).collect(),
            intents: [Intent::Rehire, Intent::Mentor]
                .into_iter()
                .filter(|_| dice.often())
                .collect(),
            department: dice.of(departments),
        };
        put(app, &known).await;
        people.push(known);
    }
    people
}

fn question(dice: &mut Dice, skills: &[SkillId], departments: &[DepartmentId]) -> Question {
    let mut question = Question {
        order: dice.of(&["NAME", "LEFT_ON", "LEFT_ON_DESC"]),
        not: dice.below(4) == 0,
        ..Question::default()
    };
    match dice.below(6) {
        0 | 1 => {
            let (one, other) = (dice.of(&WORDS), dice.of(&WORDS));
            question.search = Some(if dice.often() {
                one[..3].to_owned()
            } else {
                format!("{one} {other}")
            });
        }
        2 => question.skill = Some(dice.of(skills)),
        3 => question.department = Some(dice.of(departments)),
        4 => question.intent = Some(dice.of(&[Intent::Rehire, Intent::Mentor])),
        _ => {
            let days = Days::new(u64::from(dice.below(6)) * 100);
            question.left_from = Some(NaiveDate::from_ymd_opt(2020, 1, 1).unwrap() + days);
        }
    }
    question
}

async fn holds(app: &TestApp, seed: u64) {
    let mut dice = Dice(ChaCha8Rng::seed_from_u64(seed));
    let own = AOZORA.person("alumnus");
    let skills = [
        app.give_skill(AOZORA.id(), own, "Rust").await,
        app.give_skill(AOZORA.id(), own, "SQL").await,
    ];
    // only the drawn people are in the directory
    let gone = person::Entity::find_by_id(own).one(app.connection()).await;
    let mut gone = gone.unwrap().unwrap().into_active_model();
    gone.standing = Set(entity::Standing::Employee);
    gone.update(app.connection()).await.unwrap();
    let departments = [AOZORA.department(), another_department(app).await];
    let mut people = people(app, &mut dice, &skills, &departments).await;
    for person in &mut people {
        read_anew(&mut person.row);
    }
    let member = app.login_of(&people[0].row).await;
    let askers: [Asker<'_>; 4] = [
        ("hr", None, app.hr()),
        ("recruiter", None, app.recruiter()),
        ("employee", None, app.employee()),
        ("alumnus", Some(people[0].row.id), member),
    ];
    let questions: Vec<Question> = (0..QUESTIONS)
        .map(|_| question(&mut dice, &skills, &departments))
        .collect();
    for asker in &askers {
        let mut answers = Vec::new();
        for question in &questions {
            let pages = question.ask(&asker.2).await;
            let expected = question.answer(&people, asker);
            let nodes: Vec<&Value> = pages
                .iter()
                .flat_map(|page| page["edges"].as_array().unwrap())
                .map(|edge| &edge["node"])
                .collect();
            let found: Vec<&str> = nodes
                .iter()
                .map(|node| node["id"].as_str().unwrap())
                .collect();
            let ids: Vec<String> = expected
                .iter()
                .map(|person| person.row.id.to_string())
                .collect();
            assert_eq!(found, ids, "{} {question:?}", asker.0);
            assert_eq!(pages[0]["totalCount"], json!(ids.len()));
            for (node, person) in nodes.into_iter().zip(expected) {
                right(node, person, asker);
            }
            answers.push(pages);
        }
        for person in &mut people {
            let hidden: Vec<ProfileField> = FIELDS
                .into_iter()
                .filter(|field| !person.shows(*field, asker))
                .collect();
            draw(&mut dice, &mut person.row, |field| hidden.contains(&field));
            read_anew(&mut person.row);
            if hidden.contains(&ProfileField::Skills) {
                person.skills = skills.iter().copied().filter(|_| dice.often()).collect();
            }
            if hidden.contains(&ProfileField::Intents) {
                person.intents = [Intent::Rehire]
                    .into_iter()
                    .filter(|_| dice.often())
                    .collect();
            }
            if hidden.contains(&ProfileField::Employments) {
                person.department = dice.of(&departments);
            }
            put(app, person).await;
        }
        for (question, before) in questions.iter().zip(answers) {
            assert_eq!(
                question.ask(&asker.2).await,
                before,
                "{} {question:?}",
                asker.0
            );
        }
    }
}

#[tokio::test]
async fn every_answer_is_that_of_a_plain_reading_and_tells_nothing_of_what_is_hidden() {
    holds(&TestApp::start().await, 1).await;
}

#[tokio::test]
async fn and_so_in_another_world() {
    holds(&TestApp::start().await, 2).await;
}
