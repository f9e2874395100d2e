//! What happens to operators' accounts and invitations. They belong to no company, so that no change records it; `operator_act` does.

use entity::{CompanyId, operator_act};
use uuid::Uuid;

use crate::access::Viewer;
use crate::scope::Scope;
use crate::writes::Writes;

/// Adds an act to the writes if the account or invitation belongs to no company. `kind` is that of the change a company's row would have.
pub fn record(
    scope: &Scope,
    writes: &mut Writes,
    company: Option<CompanyId>,
    kind: &str,
    subject: Uuid,
) {
    if company.is_some() {
        return;
    }
    let actor_id = match scope.viewer() {
        Viewer::Member(member) => Some(member.account),
        _ => None,
    };
    writes.insert(vec![operator_act::Model {
        id: scope.new_id(),
        act: format!("OPERATOR_{}", kind.replace('.', "_").to_uppercase()),
        company_id: None,
        company_slug: None,
        rows: None,
        subject_id: Some(subject),
        actor_id,
        at: scope.now(),
    }]);
}
