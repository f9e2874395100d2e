//! What a viewer sees of a person they see: each column, and what hangs on a person, goes by the audience its field has.

use chrono::NaiveDate;
use entity::{ProfileField, person};
use sea_orm::sea_query::{
    Alias, CaseStatement, Expr, ExprTrait, Func, SelectStatement, SimpleExpr,
};
use sea_orm::{EntityName, EntityTrait};

use super::own_row;
use crate::access::Permission;
use crate::access::visibility::{bit, field_of, seen_by};
use crate::scope::{Scope, Scoped};

/// The name of a table's row where a statement calls it by its own.
#[must_use]
pub fn by_its_name() -> Alias {
    Alias::new(person::Entity.table_name())
}

/// Whether the viewer sees a field of the person at hand, by what they or their company chose; null: always. Written out, so that it is the same
/// statement for everybody.
#[must_use]
pub fn shows(scope: &Scope, person: &Alias, field: ProfileField) -> Option<SimpleExpr> {
    let columns = seen_by(scope.viewer(), field);
    if field == ProfileField::Employments && matches!(columns, [person::Column::SeenByHr]) {
        // the company's own facts
        return None;
    }
    let seen = columns
        .iter()
        .map(|column| {
            Expr::col((person.clone(), *column))
                .bit_and(constant(bit(field)))
                .ne(constant(0))
        })
        .reduce(ExprTrait::and)?;
    Some(match own_row(scope, person) {
        Some(own) => seen.or(own),
        None => seen,
    })
}

/// A column of the person at hand as far as the viewer sees it.
pub(super) fn value(scope: &Scope, person: &Alias, column: person::Column) -> SimpleExpr {
    use person::Column as C;
    let value = Expr::col((person.clone(), column));
    let shown = match (column, field_of(column)) {
        (C::EmployeeNumber | C::Consents, _) => shows_staff(scope, person),
        (C::VisibilityChosen | C::SeenByHr | C::SeenByEmployees | C::SeenByAlumni, _) => {
            Some(shows_own(scope, person))
        }
        (_, Some(field)) => shows(scope, person, field),
        (_, None) => None,
    };
    match shown {
        Some(shown) => CaseStatement::new().case(shown, value).into(),
        None => value,
    }
}

/// What only staff and the person themselves see.
fn shows_staff(scope: &Scope, person: &Alias) -> Option<SimpleExpr> {
    (!scope.may(Permission::AlumniRead)).then(|| shows_own(scope, person))
}

/// What only the person themselves see.
fn shows_own(scope: &Scope, person: &Alias) -> SimpleExpr {
    own_row(scope, person).unwrap_or_else(|| Expr::cust("1 = 0"))
}

/// The last working day as far as the viewer sees it.
#[must_use]
pub fn left_on(scope: &Scope) -> SimpleExpr {
    person::Entity::value(scope, &by_its_name(), person::Column::LeftOn)
}

/// The last working day by which the person is ordered: the first of all days where the viewer does not see it.
#[must_use]
pub fn left_on_in_order(scope: &Scope) -> SimpleExpr {
    let value = left_on(scope);
    match shows(scope, &by_its_name(), ProfileField::Employments) {
        Some(_) => Func::coalesce([value, Expr::val(UNKNOWN_DAY)]).into(),
        None => value,
    }
}

/// Where people whose last working day the viewer does not see stand among the others.
pub const UNKNOWN_DAY: NaiveDate = NaiveDate::from_ymd_opt(1, 1, 1).expect("a day");

/// What a text search may find the person by: the names, and of the rest what the viewer sees.
#[must_use]
pub fn searched(scope: &Scope) -> SimpleExpr {
    use person::Column::{Grams, GramsEmployer, GramsNames, GramsOtherName};
    let person = by_its_name();
    let column = |column| Expr::col((person.clone(), column));
    let parts = [
        (ProfileField::OtherName, GramsNames, Some(GramsOtherName)),
        (
            ProfileField::CurrentEmployer,
            GramsOtherName,
            Some(GramsEmployer),
        ),
        (ProfileField::CurrentTitle, GramsEmployer, None),
    ];
    let shown = |field| shows(scope, &person, field);
    let Some(everything) = parts
        .iter()
        .filter_map(|(field, ..)| shown(*field))
        .reduce(ExprTrait::and)
    else {
        return column(Grams);
    };
    let names = substring(column(Grams), constant(1), Some(column(GramsNames)));
    let pieces = parts.into_iter().filter_map(|(field, after, end)| {
        let (begin, end) = (column(after).add(constant(1)), end.map(column));
        let length = end.map(|end| end.sub(column(after)));
        let piece = substring(column(Grams), begin, length);
        Some(CaseStatement::new().case(shown(field)?, piece).into())
    });
    let some = Func::cust("concat").args([names].into_iter().chain(pieces));
    CaseStatement::new()
        .case(everything, column(Grams))
        .finally(some)
        .into()
}

fn substring(text: SimpleExpr, begin: SimpleExpr, length: Option<SimpleExpr>) -> SimpleExpr {
    let arguments = [Some(text), Some(begin), length].into_iter().flatten();
    Func::cust("substr").args(arguments).into()
}

pub(super) fn constant(number: i32) -> SimpleExpr {
    Expr::cust(number.to_string())
}

/// The column points at a person the viewer sees, sees this field of, and of whom the rest holds.
pub fn person_shows<E: EntityTrait>(
    scope: &Scope,
    column: (E, E::Column),
    field: ProfileField,
    rest: impl FnOnce(&Alias) -> Option<SimpleExpr>,
) -> SimpleExpr {
    let mut rows = scope.rows::<person::Entity>();
    rows.clear_selects()
        .expr(Expr::cust("1"))
        .and_where(Expr::col((person::Entity, person::Column::Id)).eq(Expr::col(column)));
    let shown = shows(scope, &by_its_name(), field);
    for condition in [shown, rest(&by_its_name())].into_iter().flatten() {
        rows.and_where(condition);
    }
    Expr::exists(rows)
}

/// The expression is the id of a person the viewer sees and sees this field of.
#[must_use]
pub fn shows_of(scope: &Scope, id: SimpleExpr, field: ProfileField) -> SimpleExpr {
    let mut rows = scope.rows::<person::Entity>();
    rows.clear_selects()
        .expr(Expr::cust("1"))
        .and_where(Expr::col((person::Entity, person::Column::Id)).eq(id));
    if let Some(shown) = shows(scope, &by_its_name(), field) {
        rows.and_where(shown);
    }
    Expr::exists(rows)
}

/// Rows behind the person of a list, to ask whether there are any.
pub fn behind_person<E: Scoped>(scope: &Scope, column: (E, E::Column)) -> SelectStatement {
    let of_person = |column| Expr::col((person::Entity, column));
    let company = of_person(person::Column::CompanyId);
    let mut rows = scope.rows_behind::<E>(&by_its_name(), company);
    rows.clear_selects()
        .expr(Expr::cust("1"))
        .and_where(Expr::col(column).eq(of_person(person::Column::Id)));
    rows
}
