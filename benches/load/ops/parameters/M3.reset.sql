update person set phone = null from external_identity where external_identity.company_id = person.company_id and person_id = person.id and source = 'bench' and phone is not null;
update employment set position = null, location = null from external_identity
  where external_identity.company_id = employment.company_id and external_identity.person_id = employment.person_id and source = 'bench' and position is not null;
truncate change;
vacuum person, employment;
