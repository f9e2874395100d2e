//! That every word of the domain is said: whoever builds on the demo data meets every state there is.

use std::fmt::Debug;

use entity::{LeaveType, Role};
use sea_orm::Iterable;

use super::seeded;

fn unsaid<T: Iterable + PartialEq + Debug>(said: impl Iterator<Item = T>) -> Vec<T> {
    let said: Vec<T> = said.collect();
    T::iter().filter(|word| !said.contains(word)).collect()
}

/// Each column says each word of its type in the company.
macro_rules! assert_said {
    ($tables:ident of $company:ident: $($table:ident.$column:ident)*) => { $(
        let own = $tables.$table.iter().filter(|row| row.company_id == $company.id);
        let missing = unsaid(own.map(|row| row.$column));
        assert_eq!(missing, [], "{} {}", $company.slug, stringify!($table.$column));
    )* };
}

#[tokio::test]
async fn every_word_of_the_domain_is_said_in_both_companies() {
    let (_app, _, tables) = seeded(0).await;
    for company in &tables.company {
        assert_said!(tables of company:
            person.standing membership.state employment.employment_type person_skill.level
            person_intent.intent engagement_event.kind engagement_event.state participation.state
            opportunity.kind opportunity.state referral.stage);
        let own = tables
            .employment
            .iter()
            .filter(|row| row.company_id == company.id);
        assert_eq!(
            unsaid(own.filter_map(|row| row.leave_type)),
            Vec::<LeaveType>::new()
        );
    }
    let roles = tables.account.iter().flat_map(|account| &account.roles.0);
    // what follows from a person's standing is not stored
    assert_eq!(unsaid(roles.copied()), [Role::Employee, Role::Alumnus]);
}
