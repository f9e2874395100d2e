//! Merges the slices into one schema. Limits on documents are not here: `graphql::limits` judges a document before it is validated.

use async_graphql::{MergedObject, Schema, SchemaBuilder};

use crate::access::{AccessMutation, AccessQuery};
use crate::access_log::AccessLogQuery;
use crate::alumni::{AlumniMutation, AlumniQuery};
use crate::audit::AuditQuery;
use crate::changes::{ChangesQuery, ChangesSubscription};
use crate::companies::{CompaniesMutation, CompaniesQuery};
use crate::consents::ConsentsMutation;
use crate::deliveries::{DeliveriesMutation, DeliveriesQuery};
use crate::engagement::{EngagementMutation, EngagementQuery};
use crate::graphql::engine::Roots;
use crate::graphql::priced::{Cost, ListSize};
use crate::hris::HrisMutation;
use crate::idempotency::Idempotent;
use crate::nodes::NodesQuery;
use crate::opportunities::{OpportunitiesMutation, OpportunitiesQuery};
use crate::privacy::{PrivacyMutation, PrivacyQuery};
use crate::referrals::{ReferralsMutation, ReferralsQuery};
use crate::service::ServiceQuery;

/// Every root read. What you may read depends on who you are: see `viewer`.
#[derive(MergedObject, Default)]
pub struct Query(
    AccessQuery,
    AccessLogQuery,
    ServiceQuery,
    NodesQuery,
    CompaniesQuery,
    AlumniQuery,
    EngagementQuery,
    OpportunitiesQuery,
    ReferralsQuery,
    PrivacyQuery,
    ChangesQuery,
    AuditQuery,
    DeliveriesQuery,
);

/// Every root write. Each takes one `input` and answers a payload with what it touched and `userErrors`.
#[derive(MergedObject, Default)]
pub struct Mutation(
    CompaniesMutation,
    AlumniMutation,
    ConsentsMutation,
    AccessMutation,
    EngagementMutation,
    OpportunitiesMutation,
    ReferralsMutation,
    HrisMutation,
    PrivacyMutation,
    DeliveriesMutation,
);

/// What can be followed as it happens.
#[derive(async_graphql::MergedSubscription, Default)]
pub struct Subscription(ChangesSubscription);

/// The roots together.
pub struct Api;

impl Roots for Api {
    type Query = Query;
    type Mutation = Mutation;
    type Subscription = Subscription;

    fn build() -> SchemaBuilder<Query, Mutation, Subscription> {
        // `dyn Any` data is per request, see `App::prepare`; the standard introspection query nests 15 deep
        Schema::build(
            Query::default(),
            Mutation::default(),
            Subscription::default(),
        )
        .limit_recursive_depth(64)
        .directive(Idempotent)
        .directive(Cost)
        .directive(ListSize)
    }
}

/// The schema's text, sorted, as it is checked in as `schema.graphql`.
#[must_use]
pub fn sdl() -> String {
    let options = async_graphql::SDLExportOptions::new()
        .sorted_fields()
        .sorted_arguments()
        .sorted_enum_items()
        .include_specified_by();
    Api::build().finish().sdl_with_options(options)
}
