select json_build_object(
  'referrals', (select json_agg(json_build_array(stage, referrer_id, candidate_id, recommendation, referral.version)) from referral join opportunity on opportunity.id = opportunity_id where title like 'bench %'),
  'steps', (select json_agg(json_build_array(from_stage, to_stage, actor_id)) from referral_step join referral on referral.id = referral_id join opportunity on opportunity.id = opportunity_id where title like 'bench %'),
  'changes', (select json_agg(json_build_array(change.company_id, kind, subject_kind, person_id, fields)) from change))
