//! A stint as a client sees one.

use std::sync::Arc;

use async_graphql::{Context, ContextSelectionSet, Object, Result, Value};
use chrono::NaiveDate;
use entity::{
    DepartmentId, EmploymentId, EmploymentType, LeaveType, PersonId, PersonalField, employment,
};
use sea_orm::sea_query::{Order, SelectStatement};

use crate::access::Permission;
use crate::access_log;
use crate::companies::Department;
use crate::graphql::ahead::Ahead;
use crate::graphql::columns::{Columns, Told};
use crate::graphql::id::Gid;
use crate::graphql::level::{Edge, Level};
use crate::graphql::node::{Node, Tree};
use crate::graphql::shown::{Kept, Shown};
use crate::graphql::{reference, scope};
use crate::row;

row!(
    Employment of employment {
        id: EmploymentId = Id,
        person_id: PersonId = PersonId,
        department_id: Option<DepartmentId> = DepartmentId if "department" unless department,
        employment_type: Told<EmploymentType> = EmploymentType if "employmentType",
        position: Option<String> = Position if "position",
        location: Option<String> = Location if "location",
        started_on: Told<NaiveDate> = StartedOn if "startedOn",
        last_working_day: Option<NaiveDate> = LastWorkingDay if "lastWorkingDay",
        leave_type: Option<LeaveType> = LeaveType if "leaveType",
        leave_reason: Option<String> = LeaveReason if "leaveReason",
    } holds { department: Option<Arc<Department>> }
);

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct EmploymentWants {
    columns: Columns,
    department: Option<<Department as Tree>::Wants>,
}

impl Tree for Employment {
    type Wants = EmploymentWants;

    fn ahead(look: &Ahead<'_>) -> EmploymentWants {
        EmploymentWants {
            columns: look.columns::<Self>(),
            department: look.wants::<Department>("department"),
        }
    }

    fn columns(wants: &EmploymentWants) -> Columns {
        wants.columns
    }

    fn edges(wants: &EmploymentWants, at: Level<'_>) -> Vec<Edge> {
        vec![
            at.reference::<Department>(employment::Relation::Department, wants.department.as_ref()),
        ]
    }
}

impl Node for Employment {
    type Id = EmploymentId;
    const ID: employment::Column = employment::Column::Id;

    fn id(&self) -> EmploymentId {
        self.id
    }
}

/// Reading it by any path counts as reading its person.
impl Shown for Employment {
    fn answered<'f>(
        &self,
        ctx: &ContextSelectionSet<'_>,
        _: impl Iterator<Item = (&'f str, &'f Value)>,
    ) {
        access_log::touched(ctx, self.person_id, PersonalField::Employments);
    }
}

/// Latest first. No two employments of a person start on the same day.
pub fn latest_first(rows: &mut SelectStatement) {
    rows.order_by(employment::Column::StartedOn, Order::Desc);
}

/// One employment of a person at the company. Recorded by the company.
#[Object]
impl Employment {
    /// Id.
    pub async fn id(&self) -> Gid<EmploymentId> {
        Gid(self.id)
    }

    /// Department. Null if unknown.
    async fn department(&self, ctx: &Context<'_>) -> Result<Option<Kept<Department>>> {
        Ok(reference::one(ctx, self.department.as_ref(), self.department_id).await?)
    }

    /// Type of employment.
    async fn employment_type(&self) -> EmploymentType {
        *self.employment_type
    }

    /// Job title. Null if unknown.
    async fn position(&self) -> Option<&str> {
        self.position.as_deref()
    }

    /// Place of work. Null if unknown.
    async fn location(&self) -> Option<&str> {
        self.location.as_deref()
    }

    /// First day.
    async fn started_on(&self) -> NaiveDate {
        *self.started_on
    }

    /// Last working day. Null while the employment has no known end. May be in the future.
    async fn last_working_day(&self) -> Option<NaiveDate> {
        self.last_working_day
    }

    /// Type of leave. Null if the employment has not ended or the type is unknown. Visible only to the person and with `alumni:read`.
    async fn leave_type(&self, ctx: &Context<'_>) -> Result<Option<LeaveType>> {
        let scope = scope(ctx)?;
        let told =
            scope.may(Permission::AlumniRead) || scope.viewer().person() == Some(self.person_id);
        Ok(self.leave_type.filter(|_| told))
    }

    /// Reason for leaving, as recorded by HR. Requires `leave-reason:read`; null without it. Only the role `HR` has this permission.
    async fn leave_reason(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        Ok(self
            .leave_reason
            .as_deref()
            .filter(|_| scope(ctx).is_ok_and(|scope| scope.may(Permission::LeaveReasonRead))))
    }
}
