//! Root reads of people and skills.

use std::borrow::Cow;

use async_graphql::{Context, Object, Result};
use entity::PersonId;

use super::filter::{AlumnusFilter, AlumnusOrder, EmployeeFilter, EmployeeOrder};
use super::store;
use super::types::{Alumnus, Employee, Skill, SkillFilter, SkillOrder};
use crate::graphql::ahead::Ahead;
use crate::graphql::connection::{Connection, List};
use crate::graphql::id::Gid;
use crate::graphql::shown::{Held, One};
use crate::graphql::{node, scope};
use crate::page::PageArgs;

#[derive(Default)]
pub struct AlumniQuery;

#[Object]
impl AlumniQuery {
    /// One alumnus. Null if no alumnus with this id is visible to you, or the person works at the company again.
    async fn alumnus(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the person.")] id: Gid<PersonId>,
    ) -> Result<Option<Held<'static, Alumnus>>> {
        Ok(node::find(ctx, id.0).await?.map(One::owned))
    }

    /// Lists the directory of alumni: active members, and with `alumni:read` alumni in every membership state. Requires `directory:read`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn alumni(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<AlumnusFilter>,
        #[graphql(desc = "Sort order. Default: by name.")] order_by: Option<AlumnusOrder>,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'static, Alumnus>> {
        let list = List::new(
            filter,
            order_by,
            &PageArgs {
                first,
                after,
                last,
                before,
            },
        )?;
        let page = store::list(scope(ctx)?, &Ahead::of(ctx).page::<Alumnus>(list.clone())).await?;
        Ok(Connection::of(Cow::Owned(page), &list))
    }

    /// One employee. Null if no employee with this id is visible to you, or the person has left.
    async fn employee(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Id of the person.")] id: Gid<PersonId>,
    ) -> Result<Option<Held<'static, Employee>>> {
        Ok(node::find(ctx, id.0).await?.map(One::owned))
    }

    /// Lists the directory of employees. Requires `employees:read`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn employees(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<EmployeeFilter>,
        #[graphql(desc = "Sort order. Default: by name.")] order_by: Option<EmployeeOrder>,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'static, Employee>> {
        let list = List::new(
            filter,
            order_by,
            &PageArgs {
                first,
                after,
                last,
                before,
            },
        )?;
        let page =
            store::list_employees(scope(ctx)?, &Ahead::of(ctx).page::<Employee>(list.clone()))
                .await?;
        Ok(Connection::of(Cow::Owned(page), &list))
    }

    /// Lists the skills of your company's people. Each skill has one spelling. Requires `company:read`.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn skills(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<SkillFilter>,
        #[graphql(desc = "Sort order. Default: by name.")] order_by: Option<SkillOrder>,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'static, Skill>> {
        let list = List::new(
            filter,
            order_by,
            &PageArgs {
                first,
                after,
                last,
                before,
            },
        )?;
        let page =
            store::list_skills(scope(ctx)?, &Ahead::of(ctx).page::<Skill>(list.clone())).await?;
        Ok(Connection::of(Cow::Owned(page), &list))
    }
}
