delete from participation using engagement_event where participation.company_id = engagement_event.company_id and event_id = engagement_event.id and title like 'bench %';
update engagement_event set going_count = 0 where title like 'bench %' and going_count <> 0;
truncate change;
vacuum participation, engagement_event;
