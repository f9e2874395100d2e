//! A department as a client sees one.

use async_graphql::{Context, Object, Result};
use entity::{DepartmentId, department, opportunity};
use sea_orm::RelationTrait;

use crate::access::Permission;
use crate::companies::filter::{DepartmentFilter, DepartmentOrder};
use crate::graphql::ahead::Ahead;
use crate::graphql::connection::{Connection, Page, WantedOf};
use crate::graphql::id::Gid;
use crate::graphql::level::{Edge, Level, Link};
use crate::graphql::loader;
use crate::graphql::node::{Listed, Node, Tree};
use crate::graphql::reference::Reference;
use crate::graphql::shown::Shown;
use crate::opportunities::{Opportunity, OpportunityFilter, OpportunityOrder};
use crate::page::PageArgs;
use crate::row;
use crate::scope::Scope;

row!(
    /// A department.
    Department of department {
        id: DepartmentId = Id,
        name: String = Name,
        version: i32 = Version,
    } holds { opportunities: Option<Page<Opportunity>> }
);

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct DepartmentWants {
    opportunities: Option<WantedOf<Opportunity>>,
}

impl Tree for Department {
    type Wants = DepartmentWants;

    fn ahead(look: &Ahead<'_>) -> DepartmentWants {
        DepartmentWants {
            opportunities: look.connection::<Opportunity>("opportunities"),
        }
    }

    fn edges(wants: &DepartmentWants, at: Level<'_>) -> Vec<Edge> {
        let opportunities = Link::Along(
            Box::new(opportunity::Relation::Department.def().rev()),
            None,
        );
        vec![at.page::<Opportunity>(opportunities, wants.opportunities.as_ref())]
    }
}

impl Node for Department {
    type Id = DepartmentId;
    const ID: department::Column = department::Column::Id;

    fn id(&self) -> DepartmentId {
        self.id
    }
}

impl Shown for Department {}

/// Visible to everyone in the company, and to keys with a scope for objects that have departments.
impl Reference for Department {
    fn shown_to(scope: &Scope) -> bool {
        use Permission::{CompanyRead, DirectoryRead, OpportunitiesRead, OpportunitiesWrite};
        [
            CompanyRead,
            DirectoryRead,
            OpportunitiesRead,
            OpportunitiesWrite,
        ]
        .into_iter()
        .any(|permission| scope.may(permission))
    }
}

impl Listed for Department {
    type Filter = DepartmentFilter;
    type Order = DepartmentOrder;

    fn sort_values(&self, _: DepartmentOrder) -> Vec<String> {
        vec![self.name.clone()]
    }
}

/// A department of a company. `AlumnusFilter.departmentIds` finds its alumni.
#[Object]
impl Department {
    /// Id.
    pub async fn id(&self) -> Gid<DepartmentId> {
        Gid(self.id)
    }

    /// Name. Unique in the company.
    async fn name(&self) -> &str {
        &self.name
    }

    /// Opportunities of the department that are visible to you.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn opportunities(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Filter.")] filter: Option<OpportunityFilter>,
        #[graphql(desc = "Sort order. Default: newest first.")] order_by: Option<OpportunityOrder>,
        #[graphql(desc = "Returns the first n elements. 0 to 100; default 20.")] first: Option<i32>,
        #[graphql(desc = "Returns the elements after this cursor.")] after: Option<String>,
        #[graphql(desc = "Returns the last n elements. 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Returns the elements before this cursor.")] before: Option<String>,
    ) -> Result<Connection<'_, Opportunity>> {
        let arguments = (
            filter,
            order_by,
            PageArgs {
                first,
                after,
                last,
                before,
            },
        );
        let again = |wanted| DepartmentWants {
            opportunities: Some(wanted),
        };
        Ok(loader::page(
            ctx,
            self,
            self.opportunities.as_ref(),
            arguments,
            again,
            |department| department.opportunities,
        )
        .await?)
    }

    /// Increases by one with each change. Pass it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.version
    }
}
