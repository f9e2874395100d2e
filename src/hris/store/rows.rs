//! The rows a sync keeps in hand, column by column: read by position and without a detour over the library's own values, for there are
//! thousands of them in one call.

use entity::{employment, membership, person};
use sea_orm::sqlx::postgres::Postgres;
use sea_orm::sqlx::sqlite::Sqlite;
use sea_orm::sqlx::{Decode, Row as _, Type};
use sea_orm::{ActiveEnum, DbErr, QueryResult, RuntimeErr, Value};
use uuid::Uuid;

use crate::hris::rules::{Membership, Person, Stint};
use crate::writes::{Column, Row};

/// A row that is kept in hand.
pub trait Kept: Row + Sized {
    /// What is read of it, in order.
    const COLUMNS: &'static [Column<Self>];
    /// Reads it.
    fn read(row: &mut Values<'_>) -> Result<Self, DbErr>;
}

macro_rules! kept {
    ($($kept:ident of $table:ident { $($column:ident: $field:ident $read:ident,)* })*) => { $(
        impl Kept for $kept {
            const COLUMNS: &'static [Column<Self>] = &[$($table::Column::$column),*];

            fn read(row: &mut Values<'_>) -> Result<Self, DbErr> {
                Ok(Self { $($field: row.$read()?,)* })
            }
        }

        impl Row for $kept {
            type Entity = $table::Entity;

            fn value(&self, column: Column<Self>) -> Option<Value> {
                match column {
                    $($table::Column::$column => Some(self.$field.clone().into()),)*
                    _ => None,
                }
            }
        }
    )* };
}

kept! {
    Person of person {
        Id: id id,
        Standing: standing word,
        EmployeeNumber: employee_number take,
        FamilyName: family_name take,
        GivenName: given_name take,
        FamilyNameKana: family_name_kana take,
        GivenNameKana: given_name_kana take,
        FamilyNameRomaji: family_name_romaji take,
        GivenNameRomaji: given_name_romaji take,
        OtherName: other_name take,
        PersonalEmail: personal_email take,
        WorkEmail: work_email take,
        Phone: phone take,
        CurrentEmployer: current_employer take,
        CurrentTitle: current_title take,
        SortName: sort_name take,
        Grams: grams take,
        GramsNames: grams_names take,
        GramsOtherName: grams_other_name take,
        GramsEmployer: grams_employer take,
        LeftOn: left_on take,
        SeenByHr: seen_by_hr take,
        SeenByEmployees: seen_by_employees take,
        SeenByAlumni: seen_by_alumni take,
        RestrictedAt: restricted_at take,
    }

    Stint of employment {
        Id: id id,
        PersonId: person_id id,
        DepartmentId: department_id id_or_none,
        EmploymentType: employment_type word,
        Position: position take,
        Location: location take,
        StartedOn: started_on take,
        LastWorkingDay: last_working_day take,
        LeaveType: leave_type word_or_none,
        LeaveReason: leave_reason take,
        ExternalId: external_id take,
        EndedAt: ended_at take,
    }

    Membership of membership {
        Id: id id,
        PersonId: person_id id,
        State: state word,
        InvitedAt: invited_at take,
        JoinedAt: joined_at take,
        PausedAt: paused_at take,
        EndedAt: ended_at take,
        ExpiresOn: expires_on take,
    }
}

/// A row's values, one after the other.
pub struct Values<'r> {
    row: &'r QueryResult,
    next: usize,
}

impl<'r> Values<'r> {
    /// Those of a row.
    pub fn of(row: &'r QueryResult) -> Self {
        Self { row, next: 0 }
    }

    /// The next.
    pub fn take<T>(&mut self) -> Result<T, DbErr>
    where
        T: Type<Postgres> + Decode<'r, Postgres> + Type<Sqlite> + Decode<'r, Sqlite>,
    {
        let place = self.next;
        self.next += 1;
        let value = match (self.row.try_as_pg_row(), self.row.try_as_sqlite_row()) {
            (Some(row), _) => row.try_get(place),
            (_, Some(row)) => row.try_get(place),
            _ => return Err(DbErr::Type("a row of another database".to_owned())),
        };
        value.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())))
    }

    /// The next, which is an id.
    pub fn id<I: entity::Id>(&mut self) -> Result<I, DbErr> {
        self.take().map(I::of)
    }

    /// As above, or nothing.
    fn id_or_none<I: entity::Id>(&mut self) -> Result<Option<I>, DbErr> {
        Ok(self.take::<Option<Uuid>>()?.map(I::of))
    }

    /// The next, which is one of a few words.
    fn word<W: ActiveEnum<Value = String>>(&mut self) -> Result<W, DbErr> {
        W::try_from_value(&self.take()?)
    }

    /// As above, or nothing.
    fn word_or_none<W: ActiveEnum<Value = String>>(&mut self) -> Result<Option<W>, DbErr> {
        let word: Option<String> = self.take()?;
        word.map(|word| W::try_from_value(&word)).transpose()
    }
}
