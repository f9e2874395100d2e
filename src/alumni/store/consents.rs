//! Who is shown to whom by their consent: to what each viewer must have it, and as what SQL tests it. Written out, so that partial indexes serve it.

use entity::ConsentPurpose::{ContractOffers, Directory, JobOffers, ReferralAsCandidate};
use entity::{ConsentPurpose, Intent, person, person_intent, referral};
use sea_orm::ActiveEnum;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SimpleExpr};

use super::own_row;
use super::shown::constant;
use crate::access::Permission;
use crate::consents::bit;
use crate::scope::Scope;

/// The person of the row consents to one of the purposes.
#[must_use]
pub fn consent_to(person: &Alias, purposes: &[ConsentPurpose]) -> SimpleExpr {
    let mask = purposes.iter().fold(0, |mask, each| mask | bit(*each));
    Expr::col((person.clone(), person::Column::Consents))
        .bit_and(constant(mask))
        .ne(constant(0))
}

/// Whether the viewer fills positions and sees no more people than that needs.
fn recruits(scope: &Scope) -> bool {
    scope.may(Permission::OpportunitiesWrite) && scope.may(Permission::EmployeesRead)
}

fn active(person: &Alias) -> SimpleExpr {
    // the alias is one of ours
    Expr::col((person.clone(), person::Column::Standing)).eq(Expr::cust("'ACTIVE'"))
}

/// The person is an active member who is listed to this viewer: who consents to the directory, and to a recruiter who consents to offers.
#[must_use]
pub fn in_directory(scope: &Scope, person: &Alias) -> SimpleExpr {
    let purposes: &[ConsentPurpose] = if recruits(scope) {
        &[Directory, JobOffers, ContractOffers]
    } else {
        &[Directory]
    };
    active(person).and(consent_to(person, purposes))
}

/// The person is an active member whom this viewer sees: who is listed to them, and to a recruiter the candidate of a referral who consents to being shown so.
pub(super) fn shown_member(scope: &Scope, person: &Alias) -> SimpleExpr {
    let listed = in_directory(scope, person);
    if !recruits(scope) {
        return listed;
    }
    let of_person = |column| Expr::col((person.clone(), column));
    let candidate = |column| Expr::col((Alias::new("suggested"), column));
    let referred = Query::select()
        .expr(Expr::cust("1"))
        .from_as(referral::Entity, "suggested")
        .and_where(candidate(referral::Column::CompanyId).eq(of_person(person::Column::CompanyId)))
        .and_where(candidate(referral::Column::CandidateId).eq(of_person(person::Column::Id)))
        .to_owned();
    let shown = active(person)
        .and(consent_to(person, &[ReferralAsCandidate]))
        .and(Expr::exists(referred));
    listed.or(shown)
}

/// The intent of the row at hand is none that offers are made for, or its person consents to such offers; null where the viewer is told in any case.
pub(super) fn offered(scope: &Scope, person: &Alias) -> Option<SimpleExpr> {
    if scope.may(Permission::AlumniRead) {
        return None;
    }
    let intent = || Expr::col((person_intent::Entity, person_intent::Column::Intent));
    let kinds = [
        (Intent::Rehire, JobOffers),
        (Intent::Contract, ContractOffers),
    ];
    let others = intent().is_not_in(kinds.map(|(kind, _)| kind.to_value()));
    let consented = kinds.into_iter().fold(others, |any, (kind, purpose)| {
        let consents = consent_to(person, &[purpose]);
        any.or(intent().eq(kind.to_value()).and(consents))
    });
    Some(match own_row(scope, person) {
        Some(own) => consented.or(own),
        None => consented,
    })
}
