//! How people are found by a text: by parts of what the viewer sees of them, or by how their name begins.

use entity::person;
use reading::person::Begin;
use reading::search::{Run, Search};
use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr, SimpleExpr, SubQueryStatement};
use sea_orm::{Condition, DbBackend};

use super::searched;
use crate::graphql::node::Tree;
use crate::graphql::range::begins;
use crate::scope::Scope;

/// Every word of the text is found in what the viewer sees of the person; an empty text finds everyone. The index finds the letter pairs;
/// that they stand side by side is checked on what it found.
#[must_use]
pub fn found_by(scope: &Scope, text: &str) -> Condition {
    let Some(search) = Search::of(text) else {
        return Condition::all().add(without_letters(text));
    };
    let pairs = match scope.backend() {
        DbBackend::Postgres => search.tsquery(scope.only_company().map(|company| company.0)),
        _ => search.fts5(),
    };
    let searched = searched(scope);
    let runs = search.runs().map(|runs| {
        runs.map(|run| searched.clone().like(format!("%{run}%")))
            .fold(Condition::any(), Condition::add)
    });
    runs.fold(Condition::all().add(in_index(scope, pairs)), Condition::add)
}

/// The name begins with the text as it is read, or as it sounds; an empty text finds everyone.
#[must_use]
pub fn begins_with<N: Tree<Table = person::Entity>>(scope: &Scope, text: &str) -> Condition {
    let Some(begin) = Begin::of(text) else {
        return Condition::all().add(without_letters(text));
    };
    let read = reading_begins::<N>(scope, &begin);
    match &begin.sound {
        Some(sound) => Condition::any().add(read).add(sound_begins(scope, sound)),
        None => read,
    }
}

/// A text of nothing but white space is no search; of nothing but signs, it finds nobody.
fn without_letters(text: &str) -> SimpleExpr {
    Expr::cust(if text.trim().is_empty() {
        "1 = 1"
    } else {
        "1 = 0"
    })
}

fn column(column: person::Column) -> SimpleExpr {
    Expr::col((person::Entity, column))
}

fn in_index(scope: &Scope, pairs: String) -> SimpleExpr {
    match scope.backend() {
        DbBackend::Postgres => Expr::cust_with_values(
            "array_to_tsvector(string_to_array(\"person\".\"grams\", ' ') || \"person\".\"company_id\"::text) @@ CAST($1 AS tsquery)",
            [pairs],
        ),
        _ => Expr::cust_with_values(
            "\"person\".\"row\" IN (SELECT rowid FROM person_search WHERE person_search MATCH ?)",
            [pairs],
        ),
    }
}

/// How a name sounds is the first of its grams, which everyone sees.
fn sound_begins(scope: &Scope, sound: &Run) -> Condition {
    let company = scope.only_company().map(|company| company.0);
    let pairs = match (scope.backend(), company) {
        (DbBackend::Postgres, Some(company)) => format!("'{company}' & {}", sound.tsquery()),
        (DbBackend::Postgres, None) => sound.tsquery(),
        _ => sound.fts5(),
    };
    // beside a range of names PostgreSQL asks both of each row that either index found: first what is cheap
    Condition::all()
        .add(column(person::Column::Grams).like(LikeExpr::new(format!("{}%", sound.text()))))
        .add(in_index(scope, pairs))
}

/// A range of the directory's own order. It starts at the first name whose family name is shorter than the text, if there is one, and at the
/// text itself otherwise; between them are others, so each name is compared without its space as well.
fn reading_begins<N: Tree<Table = person::Entity>>(scope: &Scope, begin: &Begin) -> Condition {
    let sort_name = column(person::Column::SortName);
    let letters = &begin.letters;
    let whole = begins(&sort_name, letters, letters);
    let splits = begin.beyond_family_name();
    let Some(first) = splits.first() else {
        return Condition::all().add(whole);
    };
    let start = match scope.as_service() {
        Ok(service) => Func::coalesce(
            splits
                .iter()
                .map(|split| first_from::<N>(&service, split))
                .chain([Expr::val(letters.as_str())]),
        )
        .into(),
        Err(_) => Expr::val(first.as_str()),
    };
    let without_space =
        Func::cust("replace").args([sort_name.clone(), Expr::val(" "), Expr::val("")]);
    Condition::all()
        .add(sort_name.clone().gte(start))
        .add(sort_name.lt(format!("{letters}\u{10ffff}")))
        .add(begins(&without_space.into(), letters, letters))
}

/// The first name of the directory that begins so, null if none does; an index answers it at once. Whether the viewer sees the person does not
/// matter: it only says where to start.
fn first_from<N: Tree<Table = person::Entity>>(service: &Scope, begin: &str) -> SimpleExpr {
    let sort_name = column(person::Column::SortName);
    let mut rows = service.rows::<person::Entity>();
    N::narrow(&mut rows);
    rows.clear_selects()
        .expr(Func::min(sort_name.clone()))
        .and_where(begins(&sort_name, begin, begin));
    SimpleExpr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(rows)))
}
