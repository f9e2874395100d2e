//! Which people of the company somebody may be, by what they state about themselves.

use entity::{IdentityFact, PersonId, person};
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, Func, Order, SimpleExpr};
use sea_orm::{Condition, ConnectionTrait, FromQueryResult, IdenStatic};

use super::{by_its_name, found_by, not_only_kept};
use crate::alumni::rules::identity::{Known, Stated, matching};
use crate::error::Result;
use crate::scope::{Scope, Scoped};

/// Most people returned.
const MOST: usize = 5;
/// Most rows compared: several people may have one name.
const MOST_COMPARED: u64 = 100;

#[derive(FromQueryResult)]
struct Row {
    id: PersonId,
    employee_number: Option<String>,
    personal_email: Option<String>,
    work_email: Option<String>,
    family_name: String,
    given_name: String,
    family_name_kana: Option<String>,
    given_name_kana: Option<String>,
    other_name: Option<String>,
}

/// The people with whom something stated matches, with the facts that do: most facts first, at most five. What the viewer may not see of a person does
/// not match.
pub async fn possible_people(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    stated: &Stated,
) -> Result<Vec<(PersonId, Vec<IdentityFact>)>> {
    use person::Column as P;
    let mut rows = scope.rows::<person::Entity>();
    not_only_kept(scope, &mut rows);
    rows.clear_selects();
    for column in [
        P::Id,
        P::EmployeeNumber,
        P::PersonalEmail,
        P::WorkEmail,
        P::FamilyName,
        P::GivenName,
        P::FamilyNameKana,
        P::GivenNameKana,
        P::OtherName,
    ] {
        let shown = person::Entity::value(scope, &by_its_name(), column);
        rows.expr_as(shown, column.as_str());
    }
    let certain = by_number_or_address(stated);
    let first = certain.clone().map(|certain| -> SimpleExpr {
        let rank = CaseStatement::new().case(certain, Expr::cust("0"));
        rank.finally(Expr::cust("1")).into()
    });
    if let Some(first) = first {
        rows.order_by_expr(first, Order::Asc);
    }
    rows.cond_where(by_names(scope, stated).add_option(certain))
        .order_by((person::Entity, P::Id), Order::Asc)
        .limit(MOST_COMPARED);
    let found = connection.query_all(&rows).await?;
    let mut people = Vec::with_capacity(found.len());
    for row in &found {
        let (id, known) = Row::from_query_result(row, "")?.known();
        let facts = matching(stated, &known);
        if !facts.is_empty() {
            people.push((id, facts));
        }
    }
    // facts are in the order of their weight
    people.sort_by(|(_, one), (_, other)| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
    people.truncate(MOST);
    Ok(people)
}

impl Row {
    fn known(self) -> (PersonId, Known) {
        let known = Known {
            employee_number: self.employee_number,
            personal_email: self.personal_email,
            work_email: self.work_email,
            family_name: self.family_name,
            given_name: self.given_name,
            family_name_kana: self.family_name_kana,
            given_name_kana: self.given_name_kana,
            other_name: self.other_name,
        };
        (self.id, known)
    }
}

/// As the indexes over employee numbers and addresses have it.
fn by_number_or_address(stated: &Stated) -> Option<SimpleExpr> {
    let column = |column: person::Column| Expr::col((person::Entity, column));
    let number = stated.employee_number.as_ref();
    let number = number.map(|number| column(person::Column::EmployeeNumber).eq(number.as_str()));
    let address = stated.verified_email.as_ref().map(|address| {
        let is = |of| Expr::expr(Func::lower(column(of))).eq(address.to_lowercase());
        is(person::Column::PersonalEmail).or(is(person::Column::WorkEmail))
    });
    [number, address]
        .into_iter()
        .flatten()
        .reduce(ExprTrait::or)
}

fn by_names(scope: &Scope, stated: &Stated) -> Condition {
    let given = stated.given_name.as_str();
    let kana = stated.family_name_kana.as_deref();
    let given_kana = stated.given_name_kana.as_deref().unwrap_or_default();
    let other = stated.other_name.as_deref();
    let names = [
        Some(format!("{} {given}", stated.family_name)),
        kana.map(|family| format!("{family} {given_kana}")),
        other.map(str::to_owned),
    ];
    names
        .into_iter()
        .flatten()
        .filter(|name| !name.trim().is_empty())
        .fold(Condition::any(), |any, name| {
            any.add(found_by(scope, &name))
        })
}
