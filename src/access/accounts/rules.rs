//! Which roles an account has now, and who may grant which. Pure decisions.

use chrono::{DateTime, Utc};
use entity::{Role, Standing};

/// Roles that an account of a company can be granted.
pub const GRANTABLE: [Role; 4] = [Role::Admin, Role::Hr, Role::Recruiter, Role::Supporter];

/// What decides on the roles of an account.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'f> {
    /// Stored roles.
    pub granted: &'f [Role],
    /// The person's standing; null for an account without a person.
    pub standing: Option<Standing>,
    /// Whether the account keeps its roles without a current employment.
    pub external: bool,
    /// When an external account's roles end.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was disabled.
    pub disabled_at: Option<DateTime<Utc>>,
    /// The time now.
    pub now: DateTime<Utc>,
}

/// State of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountState {
    /// The granted roles are effective.
    Active,
    /// Its granted roles are not effective: the person has no current employment.
    Suspended,
    /// Its granted roles have ended: an external account whose end has passed.
    Expired,
    /// The account cannot sign in.
    Disabled,
}

impl Facts<'_> {
    /// Whether granted roles are effective.
    fn grants_hold(&self) -> bool {
        let operator = self.granted.contains(&Role::Operator);
        operator
            || self.standing == Some(Standing::Employee)
            || (self.external && !self.has_ended())
    }

    fn has_ended(&self) -> bool {
        self.expires_at.is_some_and(|end| end <= self.now)
    }

    /// The role that follows from the person's standing.
    fn derived(&self) -> Option<Role> {
        match self.standing? {
            Standing::Employee => Some(Role::Employee),
            Standing::Erased => None,
            _ => Some(Role::Alumnus),
        }
    }

    /// Current state.
    #[must_use]
    pub fn state(&self) -> AccountState {
        if self.disabled_at.is_some_and(|at| at <= self.now) {
            AccountState::Disabled
        } else if self.granted.is_empty() || self.grants_hold() {
            AccountState::Active
        } else if self.external {
            AccountState::Expired
        } else {
            AccountState::Suspended
        }
    }

    /// The roles that are effective now, with those that the identity provider's groups map to.
    #[must_use]
    pub fn roles(&self, mapped: &[Role]) -> Vec<Role> {
        if self.state() == AccountState::Disabled {
            return Vec::new();
        }
        let mut roles = Vec::new();
        if self.grants_hold() {
            roles.extend(self.granted);
            for role in mapped.iter().filter(|role| GRANTABLE.contains(role)) {
                if !roles.contains(role) {
                    roles.push(*role);
                }
            }
        }
        roles.extend(self.derived());
        roles
    }
}

/// Which of these roles may not be granted by somebody who holds `own`. An operator grants every role, an admin those of the company.
#[must_use]
pub fn not_grantable(own: &[Role], roles: &[Role]) -> Vec<Role> {
    let may = |role: &Role| {
        GRANTABLE.contains(role)
            && (own.contains(&Role::Admin) || own.contains(&Role::Operator) || own.contains(role))
    };
    roles.iter().filter(|role| !may(role)).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(granted: &[Role], standing: Option<Standing>) -> Facts<'_> {
        Facts {
            granted,
            standing,
            external: false,
            expires_at: None,
            disabled_at: None,
            now: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn employee_and_alumnus_follow_from_the_standing() {
        for (standing, role) in [
            (Standing::Employee, Some(Role::Employee)),
            (Standing::Active, Some(Role::Alumnus)),
            (Standing::Candidate, Some(Role::Alumnus)),
            (Standing::Withdrawn, Some(Role::Alumnus)),
            (Standing::Erased, None),
        ] {
            let roles = facts(&[], Some(standing)).roles(&[]);
            assert_eq!(roles, role.into_iter().collect::<Vec<_>>(), "{standing:?}");
        }
    }

    #[test]
    fn a_granted_role_needs_a_current_employment() {
        let hr = [Role::Hr];
        let employed = facts(&hr, Some(Standing::Employee));
        assert_eq!(employed.roles(&[]), [Role::Hr, Role::Employee]);
        assert_eq!(employed.state(), AccountState::Active);
        let left = facts(&hr, Some(Standing::Candidate));
        assert_eq!(left.roles(&[Role::Admin]), [Role::Alumnus]);
        assert_eq!(left.state(), AccountState::Suspended);
        let nobody = facts(&hr, None);
        assert_eq!(nobody.roles(&[]), []);
        assert_eq!(nobody.state(), AccountState::Suspended);
    }

    #[test]
    fn an_external_account_holds_its_roles_until_its_end() {
        let hr = [Role::Hr];
        let external = Facts {
            external: true,
            ..facts(&hr, None)
        };
        assert_eq!(external.roles(&[]), [Role::Hr]);
        let ended = Facts {
            expires_at: Some(DateTime::UNIX_EPOCH),
            ..external
        };
        assert_eq!(ended.roles(&[]), []);
        assert_eq!(ended.state(), AccountState::Expired);
    }

    #[test]
    fn a_disabled_account_has_no_role() {
        let hr = [Role::Hr];
        let disabled = Facts {
            disabled_at: Some(DateTime::UNIX_EPOCH),
            ..facts(&hr, Some(Standing::Employee))
        };
        assert_eq!(disabled.roles(&[Role::Hr]), []);
        assert_eq!(disabled.state(), AccountState::Disabled);
    }

    #[test]
    fn groups_map_to_roles_of_a_company_alone() {
        let roles = facts(&[], Some(Standing::Employee)).roles(&[
            Role::Hr,
            Role::Operator,
            Role::Alumnus,
            Role::Hr,
        ]);
        assert_eq!(roles, [Role::Hr, Role::Employee]);
    }

    #[test]
    fn only_an_admin_or_an_operator_grants_what_they_do_not_hold() {
        use Role::{Admin, Alumnus, Hr, Operator, Recruiter};
        assert_eq!(not_grantable(&[Hr], &[Hr, Admin]), [Admin]);
        assert_eq!(not_grantable(&[Admin], &[Hr, Recruiter]), []);
        assert_eq!(not_grantable(&[Admin], &[Operator]), [Operator]);
        assert_eq!(not_grantable(&[Operator], &[Alumnus, Hr]), [Alumnus]);
        assert_eq!(not_grantable(&[], &[Hr]), [Hr]);
    }
}
