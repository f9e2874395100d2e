//! Applications to join the alumni programme by people without an invitation. A login applies and HR reviews: an approval invites the person, and only
//! the login that applied can accept by `membershipJoin`, because consents are never given by HR. Rejected and withdrawn applications are deleted
//! after 90 days.

mod actions;
mod filter;
mod mutation;
mod query;
mod rules;
mod store;
mod types;

pub use actions::{delete_of, delete_old};
pub use filter::{MembershipApplicationFilter, MembershipApplicationOrder};
pub use mutation::MembershipApplicationsMutation;
pub use query::MembershipApplicationsQuery;
pub use types::{MembershipApplication, ViewerMembershipApplication, of_viewer};
