//! People are ordered and found by names as people type them: full names without a space, older forms of kanji, accents, and how a name sounds.
//! What is stored for that is written anew, a batch at a time. Erased people stay without: nothing finds them.

use reading::fold;
use reading::person::{Named, Readings, readings};
use reading::search::grams;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::prelude::Uuid;
use sea_orm_migration::sea_orm::{DbBackend, FromQueryResult, Statement, Value};

/// The step.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        rewrite(manager, readings).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        rewrite(manager, earlier_readings).await
    }
}

/// How many people are read and written at once; six values each stay below SQLite's limit of parameters.
const BATCH: usize = 1000;

#[derive(FromQueryResult)]
struct Person {
    id: Uuid,
    family_name: String,
    given_name: String,
    family_name_kana: Option<String>,
    given_name_kana: Option<String>,
    family_name_romaji: Option<String>,
    given_name_romaji: Option<String>,
    other_name: Option<String>,
    current_employer: Option<String>,
    current_title: Option<String>,
}

impl Person {
    fn named(&self) -> Named<'_> {
        Named {
            family_name: &self.family_name,
            given_name: &self.given_name,
            family_name_kana: self.family_name_kana.as_deref(),
            given_name_kana: self.given_name_kana.as_deref(),
            family_name_romaji: self.family_name_romaji.as_deref(),
            given_name_romaji: self.given_name_romaji.as_deref(),
            other_name: self.other_name.as_deref(),
            current_employer: self.current_employer.as_deref(),
            current_title: self.current_title.as_deref(),
        }
    }
}

async fn rewrite(
    manager: &SchemaManager<'_>,
    read: fn(Named<'_>) -> Readings,
) -> Result<(), DbErr> {
    let connection = manager.get_connection();
    let backend = connection.get_database_backend();
    let mut after = Uuid::nil();
    loop {
        let select = format!(
            "SELECT id, family_name, given_name, family_name_kana, given_name_kana, family_name_romaji, given_name_romaji,
                other_name, current_employer, current_title
            FROM person WHERE id > $1 AND standing <> 'ERASED' ORDER BY id LIMIT {BATCH}"
        );
        let select = Statement::from_sql_and_values(backend, select, [after.into()]);
        let people = Person::find_by_statement(select).all(connection).await?;
        let Some(last) = people.last() else {
            return Ok(());
        };
        after = last.id;
        connection
            .execute_raw(write(backend, &people, read))
            .await?;
    }
}

fn write(backend: DbBackend, people: &[Person], read: fn(Named<'_>) -> Readings) -> Statement {
    let id = if backend == DbBackend::Sqlite {
        "blob"
    } else {
        "uuid"
    };
    let mut values: Vec<Value> = Vec::with_capacity(people.len() * 6);
    let rows = people.iter().map(|person| {
        let first = values.len();
        let Readings {
            sort_name,
            grams,
            ends: [names, other_name, employer],
        } = read(person.named());
        values.extend([
            person.id.into(),
            sort_name.into(),
            grams.into(),
            names.into(),
            other_name.into(),
            employer.into(),
        ]);
        let place = |number: usize| first + number;
        format!(
            "SELECT CAST(${} AS {id}) AS id, CAST(${} AS text) AS sort_name, CAST(${} AS text) AS grams, CAST(${} AS integer) AS names,
                CAST(${} AS integer) AS other_name, CAST(${} AS integer) AS employer",
            place(1),
            place(2),
            place(3),
            place(4),
            place(5),
            place(6)
        )
    });
    let rows = rows.collect::<Vec<_>>().join(" UNION ALL ");
    let update = format!(
        "UPDATE person SET sort_name = new.sort_name, grams = new.grams, grams_names = new.names,
            grams_other_name = new.other_name, grams_employer = new.employer
        FROM ({rows}) AS new WHERE person.id = new.id"
    );
    Statement::from_sql_and_values(backend, update, values)
}

/// As the readings were before this step: each word by itself, and no sound.
fn earlier_readings(person: Named<'_>) -> Readings {
    let pieces = |texts: &[Option<&str>]| {
        let folded: Vec<String> = texts.iter().flatten().map(|text| fold(text)).collect();
        let words = folded.iter().flat_map(|text| text.split(' '));
        grams(words)
    };
    let mut searched = pieces(&[
        Some(person.family_name),
        Some(person.given_name),
        person.family_name_kana,
        person.given_name_kana,
        person.family_name_romaji,
        person.given_name_romaji,
    ]);
    let rest = [
        person.other_name,
        person.current_employer,
        person.current_title,
    ];
    let ends = rest.map(|text| {
        let end = <i32 as TryFrom<usize>>::try_from(searched.chars().count()).unwrap_or(i32::MAX);
        let more = pieces(&[text]);
        if !more.is_empty() {
            searched.extend([" ", &more]);
        }
        end
    });
    let read =
        |name, kana: Option<&str>| fold(kana.filter(|kana| !kana.is_empty()).unwrap_or(name));
    let family = read(person.family_name, person.family_name_kana);
    let given = read(person.given_name, person.given_name_kana);
    Readings {
        sort_name: format!("{family} {given}").trim().to_owned(),
        grams: searched,
        ends,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earlier_readings_have_each_word_by_itself() {
        let readings = earlier_readings(Named {
            family_name: "山本",
            given_name: "咲",
            family_name_kana: Some("ヤマ"),
            given_name_kana: Some("サキ"),
            family_name_romaji: Some("Ya"),
            other_name: Some("森 咲"),
            current_employer: Some("みな"),
            current_title: Some("長"),
            ..Named::default()
        });
        assert_eq!(readings.sort_name, "やま さき");
        assert_eq!(
            readings.grams,
            "山本 本 咲 やま ま さき き ya a 森 咲 みな な 長"
        );
        assert_eq!(readings.ends, [21, 25, 30]);
    }
}
