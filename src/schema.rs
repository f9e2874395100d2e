//! Merges the slices into one schema. Limits on documents are not here: `graphql::limits` judges a document before it is validated.

use async_graphql::{Schema, SchemaBuilder};

use crate::access::accounts::{AccountsMutation, AccountsQuery};
use crate::access::invitations::{InvitationsMutation, InvitationsQuery};
use crate::access::providers::{IdentityProvidersMutation, IdentityProvidersQuery};
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
use crate::graphql::schema_description::add_to_sdl;
use crate::hris::{HrisMutation, SyncRunsMutation, SyncRunsQuery};
use crate::idempotency::Idempotent;
use crate::membership_applications::{MembershipApplicationsMutation, MembershipApplicationsQuery};
use crate::merged;
use crate::nodes::NodesQuery;
use crate::opportunities::{OpportunitiesMutation, OpportunitiesQuery};
use crate::privacy::{PrivacyMutation, PrivacyQuery};
use crate::referrals::{ReferralsMutation, ReferralsQuery};
use crate::service::ServiceQuery;

merged!(
    /// Every root read.
    Query,
    "Queries. Your permissions determine what you can read; see `viewer`.",
    {
        AccessQuery,
        AccountsQuery,
        InvitationsQuery,
        IdentityProvidersQuery,
        AccessLogQuery,
        ServiceQuery,
        NodesQuery,
        CompaniesQuery,
        AlumniQuery,
        EngagementQuery,
        OpportunitiesQuery,
        ReferralsQuery,
        SyncRunsQuery,
        PrivacyQuery,
        ChangesQuery,
        AuditQuery,
        DeliveriesQuery,
        MembershipApplicationsQuery,
    }
);

merged!(
    /// Every root write.
    Mutation,
    "Mutations. Each takes one `input` and returns a payload with the changed object and `userErrors`.",
    {
        CompaniesMutation,
        AlumniMutation,
        MembershipApplicationsMutation,
        ConsentsMutation,
        AccessMutation,
        AccountsMutation,
        InvitationsMutation,
        IdentityProvidersMutation,
        EngagementMutation,
        OpportunitiesMutation,
        ReferralsMutation,
        HrisMutation,
        SyncRunsMutation,
        PrivacyMutation,
        DeliveriesMutation,
    }
);

/// Subscriptions.
#[derive(async_graphql::MergedSubscription, Default)]
pub struct Subscription(ChangesSubscription);

/// The roots together.
pub struct Api;

/// The description of the schema, for a developer who is new to it.
const DESCRIPTION: &str = "\
The API of an alumni programme: a company, the people who left it, events, opportunities, referrals and consents.

First steps:

1. **Authentication.** Send the header `Authorization: Bearer TOKEN`, with a JSON Web Token of your identity provider or an API key. A WebSocket sends the same in `connection_init`. In development, `alumni-api token --as HR` prints a token.
2. **`viewer`** returns who you are: your roles, your permissions, your company and your person. The description of a field names the permission that it requires.
3. **Ids** are opaque. Each object with an `id` is a `Node`: `node(id:)` and `nodes(ids:)` return it again. An id of another company does not exist for you.
4. **Lists** are Relay connections: `first` and `after`, or `last` and `before`. The default is 20 rows, the maximum is 100. `totalCount` is counted only if you select it.
5. **Mutations** take one `input`. They return a payload with the object and `userErrors { code field message }`. With `userErrors`, nothing was changed. Send the header `Idempotency-Key` to repeat a mutation safely.
6. **Errors** that you cannot correct by another input are top-level, with `extensions.code` and `extensions.requestId`. Examples are `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `RATE_LIMITED` and `TIMEOUT`.
7. **Limits.** `serviceLimits` returns the maximum of each limit. `queryCost` returns the cost of an operation without running it. Each answer has `extensions.cost`, with what is left of your rate limit.
8. **Changes.** The subscription `changes` returns what happens in your company. It resumes after a cursor.";

impl Roots for Api {
    type Query = Query;
    type Mutation = Mutation;
    type Subscription = Subscription;

    const DESCRIPTION: &str = DESCRIPTION;

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
    let sdl = Api::build().finish().sdl_with_options(options);
    add_to_sdl(&sdl, DESCRIPTION)
}
