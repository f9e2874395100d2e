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

/// Which children of a department are wanted.
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

/// Everyone's in the company; a key's, where a scope of it shows what names departments.
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

/// A department of a company. Its alumni are found by `AlumnusFilter.departmentIds`.
#[Object]
impl Department {
    /// The id.
    pub async fn id(&self) -> Gid<DepartmentId> {
        Gid(self.id)
    }

    /// The name; unique in the company.
    async fn name(&self) -> &str {
        &self.name
    }

    /// What the department offers, as far as you may see it.
    #[expect(clippy::too_many_arguments, reason = "a connection's arguments")]
    async fn opportunities(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only these.")] filter: Option<OpportunityFilter>,
        #[graphql(desc = "In this order; newest first if not given.")] order_by: Option<
            OpportunityOrder,
        >,
        #[graphql(desc = "Rows from the start: 0 to 100, 20 if nothing is given.")] first: Option<
            i32,
        >,
        #[graphql(desc = "Only rows after this cursor.")] after: Option<String>,
        #[graphql(desc = "Rows from the end: 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only rows before this cursor.")] before: Option<String>,
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

    /// Grows by one with each change; for `expectedVersion`.
    async fn version(&self) -> i32 {
        self.version
    }
}
