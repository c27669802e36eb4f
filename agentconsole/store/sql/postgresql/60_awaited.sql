-- Which approvals are open, for the clocks of conversations: who asked, since when, until when. No amount and no words;
-- that a conversation waits for an answer is seen by everybody who sees the conversation.
CREATE OR REPLACE FUNCTION ledger.awaited() RETURNS TABLE (
  id uuid, conversation_id uuid, requester text, state text, since timestamptz, expires_at timestamptz, lapsed boolean
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
  SELECT a.id, a.conversation_id, a.requester, a.state, COALESCE(a.decided_at, a.requested_at), a.expires_at,
    a.expires_at <= ledger.clock()
  FROM public.ledger_approval a
  WHERE a.state IN ('requested', 'approved')
$body$
