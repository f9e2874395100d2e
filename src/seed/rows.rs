//! What the seed writes, table by table, in an order in which nothing points at what is not there yet.

use std::ops::AddAssign;

use entity::{
    Standing, access_log_entry, account, api_key, candidate_invitation, company, consent,
    department, employment, engagement_event, external_identity, membership, opportunity,
    participation, person, person_intent, person_skill, referral, referral_step, skill,
};

use super::store::Batch;

macro_rules! tables {
    ($($(#[$doc:meta])* $field:ident of $table:ident;)*) => {
        /// Rows to be written together.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct Rows {
            $($(#[$doc])* pub $field: Vec<$table::Model>,)*
        }

        /// How many rows of each table were written.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct Counts {
            /// People who left: part of `people`.
            pub alumni: usize,
            $($(#[$doc])* pub $field: usize,)*
        }

        impl Rows {
            /// How many there are.
            #[must_use]
            pub fn counts(&self) -> Counts {
                let gone = |person: &&person::Model| person.standing != Standing::Employee;
                Counts {
                    alumni: self.people.iter().filter(gone).count(),
                    $($field: self.$field.len(),)*
                }
            }

            /// Puts other rows behind these.
            pub fn append(&mut self, mut others: Self) {
                $(self.$field.append(&mut others.$field);)*
            }

            /// Hands every table over, in the order in which they can be written.
            pub(super) fn into_batch(self, batch: &mut Batch) {
                $(batch.add::<$table::Entity>(self.$field);)*
            }
        }

        impl AddAssign for Counts {
            fn add_assign(&mut self, other: Self) {
                self.alumni += other.alumni;
                $(self.$field += other.$field;)*
            }
        }
    };
}

tables! {
    /// Companies.
    companies of company;
    /// Departments.
    departments of department;
    /// People: alumni and employees.
    people of person;
    /// Names of people in outside systems.
    external_identities of external_identity;
    /// Stints.
    employments of employment;
    /// Memberships.
    memberships of membership;
    /// What people said of the purposes of consent.
    consents of consent;
    /// Skills.
    skills of skill;
    /// Skills people hold.
    person_skills of person_skill;
    /// What alumni are open to.
    person_intents of person_intent;
    /// Logins.
    accounts of account;
    /// API keys.
    api_keys of api_key;
    /// Engagement events.
    events of engagement_event;
    /// Answers to engagement events.
    participations of participation;
    /// Opportunities.
    opportunities of opportunity;
    /// Referrals.
    referrals of referral;
    /// Steps of referrals.
    referral_steps of referral_step;
    /// Questions to candidates from outside.
    candidate_invitations of candidate_invitation;
    /// Who read whom.
    access_log of access_log_entry;
}
