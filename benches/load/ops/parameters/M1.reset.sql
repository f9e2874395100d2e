delete from referral_step using opportunity, referral where referral.company_id = opportunity.company_id and opportunity_id = opportunity.id and opportunity.title like 'bench %'
  and referral_step.company_id = referral.company_id and referral_id = referral.id;
delete from referral using opportunity where referral.company_id = opportunity.company_id and opportunity_id = opportunity.id and opportunity.title like 'bench %';
truncate change;
vacuum referral, referral_step;
