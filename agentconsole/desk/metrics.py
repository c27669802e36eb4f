"""What each figure of the dashboard and the reports means, for the screen's definitions and docs/metrics.md."""

from __future__ import annotations

from dataclasses import dataclass

from agentconsole.i18n import N_


@dataclass(frozen=True, slots=True)
class Metric:
    """The definition of a figure; ``name``, ``short`` and ``formula`` are English messages to be translated.

    :param id: as :class:`agentconsole.model.floor.Which` names it, and as ``--json`` does.
    :param name: a column's or a line's label.
    :param short: what it tells, in a sentence.
    :param formula: how it is counted.
    :param source: the tables and columns that it is counted from.
    """

    id: str
    name: str
    short: str
    formula: str
    source: str


METRICS: tuple[Metric, ...] = (
    Metric(
        "open",
        N_("open"),
        N_("Open conversations: those that wait for us."),
        N_(
            "Those in state open: of a channel, that a view holds, or that are assigned to an adviser, beside how many "
            "they may have. All channels together are what every page's header counts. Views of one person, and those "
            "that hold nothing open, are left out; a view that also holds what sleeps lists more than its open ones."
        ),
        "conversation.state, assignee; the configuration's capacity",
    ),
    Metric(
        "late",
        N_("late"),
        N_("Open conversations of which a clock has run out."),
        N_(
            "Those in state open whose earliest clock ended before now, as in every page's header. What is late "
            "though it sleeps or awaits the customer is told apart."
        ),
        "conversation.state, due_at",
    ),
    Metric(
        "asleep",
        N_("late, asleep"),
        N_("Conversations that are late although they sleep or await the customer; not among the late ones."),
        N_(
            "Those snoozed or pending whose earliest clock ended before now: snoozing makes nothing less late. The "
            "list of views tells nothing apart: of a view that holds such ones it counts them among the late ones."
        ),
        "conversation.state, due_at",
    ),
    Metric(
        "due",
        N_("due"),
        N_("Open conversations that will be late within the hour."),
        N_("Those in state open whose earliest clock ends from now on and before an hour from now."),
        "conversation.state, due_at",
    ),
    Metric(
        "oldest",
        N_("oldest"),
        N_("How long the one has waited that has waited longest, in elapsed time, open or not."),
        N_("Now less the earliest unanswered message of a customer, among the open ones; elapsed time, open or not."),
        "conversation.waiting_since",
    ),
    Metric(
        "first_response",
        N_("first response"),
        N_("From a customer's first message to the first answer, in opening hours where the SLA counts those."),
        N_(
            "Of conversations first answered today. Each counts on the clock's own time: opening hours where its SLA "
            "does, else elapsed. Of an adviser: those whose first answer they wrote. Before: the same weekday a week "
            "ago, until the same time of day."
        ),
        "conversation.answered_at, answered_in, answered_late; event (replied)",
    ),
    Metric(
        "resolution",
        N_("resolution"),
        N_("From a customer's first message until resolved, in opening hours where the SLA counts those."),
        N_(
            "Of conversations resolved today and not opened since. On the clock's own time, as the first response. "
            "What was merged counts as part of the conversation it was merged into."
        ),
        "conversation.resolved_at, resolved_in, resolved_late",
    ),
    Metric(
        "median",
        N_("median"),
        N_("Half of them took no longer."),
        N_("The nearest rank: sorted, the value at place n / 2, rounded up."),
        "-",
    ),
    Metric(
        "p90",
        N_("90th percentile"),
        N_("Nine in ten took no longer."),
        N_("The nearest rank: sorted, the value at place 9 n / 10, rounded up."),
        "-",
    ),
    Metric(
        "within",
        N_("within SLA"),
        N_("The share that was in time, of those to which a time was promised."),
        N_("In time, divided by promised. Where nothing was promised there is no share."),
        "conversation.answered_late, resolved_late",
    ),
    Metric(
        "arrived",
        N_("arrived"),
        N_("How often customers made a conversation wait for us: new ones, and those that came back."),
        N_(
            "Changes into state open that a customer's message made. Further messages in one that waits already do "
            "not count again, nor does what a snooze or a bounce brings back."
        ),
        "flow (in; customer)",
    ),
    Metric(
        "handled",
        N_("handled"),
        N_("How often advisers made a conversation cease to wait for us."),
        N_(
            "Changes from open to pending or resolved that a person made, less those that were undone. Snoozing, and "
            "pending without the answer that is owed, put off and do not count. The same conversation counts again "
            "when it came back."
        ),
        "flow (out; agent; pending, resolved), flow (in; undo)",
    ),
    Metric(
        "forecast",
        N_("forecast"),
        N_("How many will be open at closing time if it goes on like the last two hours."),
        N_(
            "Open now, plus what sleeps until before closing, plus (arriving - handling) x hours until closing; "
            "never below zero. Both rates are of the last two hours, or since opening, a quarter of an hour at least. "
            "Arriving: all changes into open but those a snooze's end or an undo made. Handling: all changes out of "
            "open, less those undone."
        ),
        "conversation.state, snoozed_until; flow",
    ),
    Metric(
        "state",
        N_("state"),
        N_("Whether an adviser is at work: here, away for a while, or gone."),
        N_(
            "As their console says, and since when. Whose console is silent for a minute is away; gone, when it has "
            "been for as long as the assignment's return_after."
        ),
        "duty, presence",
    ),
    Metric(
        "agent_waiting",
        N_("waiting for them"),
        N_("Of an adviser's open conversations, those whose customer waits for an answer."),
        N_("Open, assigned to them, with an unanswered message."),
        "conversation.assignee, waiting_since",
    ),
    Metric(
        "reopened",
        N_("reopened"),
        N_("Conversations that came back today after they had been resolved."),
        N_(
            "Changes from resolved to open that a customer's message made. They count with whoever made the "
            "conversation cease to wait for us last."
        ),
        "flow (in; customer; resolved)",
    ),
    Metric(
        "spend",
        N_("gestures"),
        N_("What goodwill gestures cost today and this month, in each currency."),
        N_(
            "Granted less voided, each on the day it was written, in the brand's time zone. Attentions have a budget "
            "of their own and are not in it."
        ),
        "ledger_entry (grant, void; goodwill)",
    ),
    Metric(
        "budget",
        N_("budget"),
        N_("What all teams together may give a month."),
        N_("The sum of the teams' monthly budgets for gestures in the currency; none where no team has one."),
        "ledger_team",
    ),
    Metric(
        "approvals",
        N_("approvals"),
        N_("Requests for gestures that nobody has decided on."),
        N_("Requested, and not expired."),
        "ledger_approval",
    ),
    Metric(
        "incident",
        N_("incidents"),
        N_("Bursts of similar conversations; docs/crisis.md says how they are found."),
        N_("Conversations of the burst, against those usual for that hour of that weekday."),
        "incident, incident_conversation",
    ),
    Metric(
        "resolved",
        N_("resolved"),
        N_("Conversations that were resolved on a day and not opened since."),
        N_("Counted when the day's figures are made, some minutes after midnight."),
        "conversation.resolved_at",
    ),
    Metric(
        "messages_in",
        N_("messages in"),
        N_("Messages that customers sent."),
        N_("By their own date; automatic replies, bounces and list mail are left out."),
        "message (in)",
    ),
    Metric(
        "messages_out",
        N_("messages out"),
        N_("Messages to customers."),
        N_("By their date, from the console or elsewhere."),
        "message (out)",
    ),
    Metric(
        "waiting_at_end",
        N_("open at midnight"),
        N_("Conversations that were open when the day ended."),
        N_("Open now, less all changes into open since then, plus all changes out of it; of the desk and channels."),
        "conversation.state, flow",
    ),
)
"""In the order in which they are shown."""

_BY_ID = {metric.id: metric for metric in METRICS}
_SAME = {"given": "spend", "given_month": "spend"}


def metric_of(figure: str) -> Metric:
    """The definition of a figure, by :attr:`agentconsole.model.floor.Which.figure`: of a part of it too, such as those
    that were late or of a week before (``first_response_late_before``).

    :raises KeyError: there is none.
    """
    stem = figure.removesuffix("_before").removesuffix("_late")
    return _BY_ID[_SAME.get(stem, stem)]
