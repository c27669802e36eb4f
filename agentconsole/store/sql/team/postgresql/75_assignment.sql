-- Nobody hoards, whatever program they use: agentconsole.desk.moves says the same with words. What an adviser's login
-- gives its own agent counts against the capacity that the policy in force has for them; escalations can be taken and
-- answers given all the same, and who undoes what they gave away has it back. Supervisors and the service are free.
CREATE OR REPLACE FUNCTION desk.keep_room() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
  me text := ledger.me();
  shared json;
  mine json;
  most integer;
  others integer;
BEGIN
  IF me IS NULL OR NEW.assignee <> me THEN
    RETURN NEW;
  END IF;
  SELECT p.document::json -> 'shared' INTO shared FROM public.ledger_policy p ORDER BY p.version DESC LIMIT 1;
  SELECT a.value INTO mine FROM json_array_elements(shared -> 'agents') a WHERE a.value ->> 'id' = me;
  SELECT count(*) INTO others FROM json_array_elements(shared -> 'agents') a
  WHERE a.value ->> 'id' <> me AND coalesce(a.value ->> 'disabled', 'false') = 'false';
  IF mine IS NULL OR others = 0 OR mine ->> 'role' = 'supervisor' THEN
    RETURN NEW;
  END IF;
  most := coalesce(mine ->> 'capacity', shared -> 'assignment' ->> 'capacity', '8')::integer;
  IF (SELECT count(*) FROM public.conversation c WHERE c.assignee = me AND c.state = 'open' AND c.id <> NEW.id) >= most
    AND NOT coalesce((
      SELECT e.undone AND e.actor = me AND e.detail::json ->> 'before' = me FROM public.event e
      WHERE e.conversation_id = NEW.id AND e.kind = 'assigned' ORDER BY e.seq DESC LIMIT 1
    ), false)
  THEN
    RAISE EXCEPTION USING MESSAGE = 'no more open conversations than ' || most || ' for ' || me,
      ERRCODE = 'check_violation', TABLE = 'conversation', CONSTRAINT = 'capacity';
  END IF;
  RETURN NEW;
END
$body$
-- ;;
CREATE OR REPLACE TRIGGER keep_room BEFORE UPDATE OF assignee ON public.conversation FOR EACH ROW
  WHEN (NEW.assignee IS DISTINCT FROM OLD.assignee AND NEW.assignee IS NOT NULL AND NEW.state = 'open'
        AND NEW.waiting_since IS NOT NULL AND OLD.escalated_to IS NULL)
  EXECUTE FUNCTION desk.keep_room()
