"""Every action of the console, once: its keys, its words, where it applies, and why it cannot run now.

Hints, the palette, ``?`` and the user's keymap are all made from :data:`ACTIONS`.
"""

from __future__ import annotations

from dataclasses import dataclass

from agentconsole.config import State
from agentconsole.i18n import N_, _
from agentconsole.views import why_not as why
from agentconsole.views.floor_actions import BARE, FLOOR, MOVES
from agentconsole.views.situation import Place

_NOWHERE = Place(0)


@dataclass(frozen=True, slots=True)
class Action:
    """Something one can do.

    :param keys: separated by blanks.
    :param label: two or three words, for hints; :param tip: a sentence, for the palette and ``?``.
    :param places: where its keys work; :param hint: where the hint line shows it.
    :param bare: those of its places where a key without ctrl or alt works too.
    :param note: the label while a note is written.
    :param why_not: why it cannot run, a sentence; empty where it can.
    :param listed: offered by the palette.
    :param tips: the tip in places where it does something else.
    """

    id: str
    keys: str
    label: str
    tip: str
    places: Place
    hint: Place = _NOWHERE
    why_not: why.WhyNot = why.always
    listed: bool = True
    bare: Place = Place.ANY
    note: str = ""
    tips: tuple[tuple[Place, str], ...] = ()

    def words(self, writing: str = "") -> str:
        """The label in the language in use; ``writing`` as in :class:`Situation`."""
        return _(self.note if self.note and writing in ("note", "book") else self.label)

    def help(self, place: Place = _NOWHERE) -> str:
        """The tip in the language in use, of where one is.

        Catalogues may mark what is typed by backticks; a screen does not.
        """
        tip = next((tip for where, tip in self.tips if place & where), self.tip)
        return _(tip).replace("`", "")


_L, _T, _C, _O, _P = Place.LIST, Place.THREAD, Place.COMPOSER, Place.OUTBOX, Place.PICKER
_MAIN, _LINES, _G, _A, _S = Place.MAIN, Place.LINES, Place.GIFTS, Place.APPROVALS, Place.OVER
_K, _W, _D, _B = Place.CONTROL, Place.PEOPLE, Place.DASHBOARD, Place.BEHIND

ACTIONS: tuple[Action, ...] = (
    Action("open", "enter", N_("open"), N_("Open the conversation"), _L | Place.CARD | _S,
           _L | Place.CARD | _G | _A | _K | _W | _D | _B, why.opening,
           tips=((_D, N_("Open what is behind the number")),)),
    Action("back", "escape q", N_("back"),
           N_("Go back: close what is open over the list"), Place.PAGE | _P | _S, _T | Place.CARD | _S,
           bare=Place.CARD | _S,
           tips=((_D, N_("Go back to the page")),
                 (_B, N_("Take the marks away; where there are none, go back to the dashboard")))),
    Action("take_next", "n", N_("take next"),
           N_("Be handed the best conversation for me that nobody has: it is mine, and opened"), _MAIN, _L | _T),
    Action("take", "t", N_("next of the view"),
           N_("Open the first conversation of the view; from a thread the one after it"),
           _MAIN, _NOWHERE, lambda s: "" if s.rows else _("This view is empty.")),
    Action("reply", "r", N_("reply"), N_("Answer the customer"), _MAIN, _L | _T, why.reply),
    Action("macro", "m f2 alt+m", N_("macro"),
           N_("Choose a macro: its words and what it does"), _MAIN | _C, _L | _T, why.macro),
    Action("gesture", "g alt+g f7", N_("gesture"),
           N_("Make a gesture: what was given, what may be given, and the gift in the reply"),
           _MAIN | _C, _L | _T | _C, why.gesture),
    Action("note", "N", N_("note"), N_("Write something that only colleagues see"), _MAIN, _L | _T, why.no_row),
    Action("assign_me", "a", N_("assign to me"), N_("Assign the conversation to me"), _MAIN | _B, _L | _T | _B,
           why.mine),
    Action("assign", "A", N_("assign"),
           N_("Assign the conversation to a colleague, a team or nobody"), _MAIN | _B, _B, why.no_row),
    Action("resolve", "d", N_("resolve"), N_("Set the conversation to resolved: it is done"), _MAIN, _L | _T,
           why.already(State.RESOLVED, N_("It is resolved already."))),
    Action("pending", "p", N_("pending"), N_("Set the conversation to pending: the customer is awaited"),
           _MAIN, _NOWHERE, why.already(State.PENDING, N_("It is pending already."))),
    Action("reopen", "o", N_("set open"), N_("Set the conversation to open: it waits for us"), _MAIN, _NOWHERE,
           why.already(State.OPEN, N_("It is open already."))),
    Action("resolve_next", "E", N_("resolve, next"),
           N_("Set the conversation to resolved and open the next one of the view"), _MAIN, _NOWHERE,
           why.already(State.RESOLVED, N_("It is resolved already."))),
    Action("snooze", "s", N_("snooze"), N_("Set the conversation aside until a time, or until the customer writes"),
           _MAIN, _L | _T, why.no_row),
    Action("undo", "z ctrl+z", N_("undo"), N_("Undo what I did last; once more goes on to what was before"),
           _MAIN | _B | _D, _L | _T),
    Action("tags", "+", N_("tags"), N_("Put tags on the conversation, or take them off"), _MAIN, _NOWHERE, why.no_row),
    Action("priority", "=", N_("priority"), N_("Say how much the conversation matters"), _MAIN | _B, _B, why.no_row),
    Action("escalate", "!", N_("escalate"), N_("Pass the conversation on to a colleague or a team, with a reason"),
           _MAIN, _L | _T, why.no_row),
    Action("promise", "P", N_("promise"), N_("Promise the customer something by a time; keep, renew or drop it"),
           _MAIN, _NOWHERE, why.no_row),
    Action("mark", "x", N_("mark"), N_("Mark the row: what changes conversations then changes all marked ones"),
           _L | _B, _B, why.no_row),
    Action("mark_all", "X", N_("all, none"), N_("Take all marks away; where there are none, mark all rows"), _L | _B,
           _NOWHERE, why.no_row),
    Action("merge", "M", N_("merge"), N_("Merge the marked rows, or one that you choose, into the conversation"),
           _MAIN, _NOWHERE, why.no_row),
    Action("unmerge", "U", N_("unmerge"), N_("Give a merged conversation its own place back"), _MAIN, _NOWHERE,
           why.some("merged", N_("Nothing was merged into this conversation."))),
    Action("split", "S", N_("split out"), N_("Make a message of the thread a conversation of its own"), _MAIN,
           _NOWHERE, why.some("messages", N_("This conversation has only one message."))),
    Action("search", "/", N_("search"), N_("Search everywhere: words, from: channel: tag: before: is:late …"),
           _MAIN, _L),
    Action("save_view", "w", N_("save as view"), N_("Save the search as a view of my own"), _MAIN, _L,
           lambda s: "" if s.searched else _("Nothing is searched for.")),
    Action("views", "v", N_("views"), N_("Choose a view from a list"), _MAIN),
    Action("view_number", "1 2 3 4 5 6 7 8 9", N_("view 1-9"), N_("Show the view of that number"), _MAIN, listed=False),
    Action("view_next", "]", N_("next view"), N_("Show the next view"), _MAIN),
    Action("view_previous", "[", N_("previous view"), N_("Show the previous view"), _MAIN),
    Action("row_next", "J", N_("next row"),
           N_("Go to the next conversation of the list, from wherever you are"), _MAIN),
    Action("row_previous", "K", N_("previous row"), N_("Go to the previous conversation of the list"), _MAIN),
    Action("card", "i", N_("customer"), N_("Go to the customer's card: identities, note, history"), _MAIN, _T,
           why.no_row),
    Action("book", "b", N_("client book"), N_("Write into the client book what the next adviser should know"),
           _MAIN, Place.CARD, why.customer),
    Action("book_remove", "B", N_("remove from book"), N_("Take an entry off the client book"), _MAIN, _NOWHERE,
           why.customer),
    Action("consent", "C", N_("consent"), N_("Write down what the customer agrees to, and how that is known"),
           _MAIN, Place.CARD, why.customer),
    Action("birthday", "H", N_("birthday"), N_("Write the customer's birthday down"), _MAIN, Place.CARD, why.customer),
    Action("link", "L", N_("same person"), N_("Link the customer with another one who is the same person"),
           _MAIN, Place.CARD, why.customer),
    Action("unlink", "", N_("not the same person"), N_("Take a linked customer apart again"), _MAIN, _NOWHERE,
           lambda s: why.customer(s) or ("" if s.linked else _("No other customer is linked with this one."))),
    Action("fold", "f", N_("quoted text"), N_("Unfold or fold quoted history and signatures"), _MAIN, _NOWHERE,
           why.some("folded", N_("Nothing is folded here."))),
    Action("whole", "l", N_("show all"), N_("Show long messages whole, or cut again"), _MAIN, _NOWHERE,
           why.some("long", N_("No message is cut here."))),
    Action("earlier", "e", N_("earlier"), N_("Read earlier messages of the thread"), _MAIN, _NOWHERE,
           why.some("earlier", N_("All messages are shown."))),
    Action("save_file", "D", N_("save file"), N_("Save an attachment to a file"), _MAIN, _NOWHERE,
           why.own_files(why.some("files", N_("No message here has an attachment.")))),
    Action("trail", "h", N_("trail"), N_("Show who did what when in the conversation"), _MAIN, _NOWHERE, why.no_row),
    Action("mentions", "@", N_("mentions"), N_("Show the conversations in which a note calls me by my name"), _MAIN),
    Action("people", "T", N_("people"), N_("Show who is here, what they do, and how much they have"), _MAIN),
    Action("away", "Z", N_("away, here"), N_("Say that I am away and take nothing for a while, or that I am back"),
           _MAIN),
    Action("outbox", "O", N_("outbox"), N_("Show the replies that are not sent: queued, failed, unknown"), _MAIN),
    Action("gifts", "G", N_("gifts"),
           N_("Show gestures that need a hand: in no reply, not fulfilled, tasks of the back office"), _MAIN, _NOWHERE,
           why.policy),
    Action("approvals", "V", N_("approvals"),
           N_("Show the gestures that wait for a decision of mine, and those I asked for"), _MAIN | _D | _B, _NOWHERE,
           why.policy),
    Action("control", "Y", N_("control"),
           N_("Look at gestures afterwards: by chance and by rules; verdicts, sums, export"), _MAIN, _NOWHERE,
           why.control),
    Action("drafts", "u", N_("drafts"), N_("List my unsent words and go on with one"), _MAIN),
    Action("day", "W", N_("my day"), N_("Show what I did today: handled, first answer, reopened, by the hour"), _MAIN),
    Action("jump", "#", N_("go to number"), N_("Open a conversation by its number"), _MAIN),
    Action("copy", "y", N_("copy number"), N_("Copy the conversation's number"), _MAIN, _NOWHERE, why.no_row),
    Action("refresh", "f5 ctrl+r", N_("refresh"), N_("Read the view and its counts again"), _MAIN | _D | _B,
           tips=((_D, N_("Read all figures again")), (_B, N_("Read the list again")))),
    Action("send", "ctrl+s alt+enter", N_("send"),
           N_("Send the reply and set the conversation to pending; save the note"),
           _C, _C, why.writing, note=N_("save note")),
    Action("send_next", "ctrl+n alt+n", N_("send, next"),
           N_("Send and set to pending, or save the note; open the next conversation"), _C, _C, why.writing,
           note=N_("save note, next")),
    Action("send_resolve", "ctrl+r alt+r", N_("send, resolve"),
           N_("Send the reply and resolve the conversation"), _C, _C, why.replying),
    Action("send_resolve_next", "ctrl+t alt+t", N_("send, resolve, next"),
           N_("Send, resolve, and open the next conversation"), _C, _C,
           why.replying),
    Action("send_keep", "ctrl+l", N_("send, leave state"),
           N_("Send the reply and leave the conversation's state"), _C, _NOWHERE, why.replying),
    Action("send_snooze", "alt+s f6", N_("send, snooze"),
           N_("Send the reply, then choose when the conversation comes back"), _C, _NOWHERE, why.replying),
    Action("checks", "alt+c f8", N_("check"), N_("Explain what stands against sending the reply"),
           _C, _NOWHERE, why.replying),
    Action("quote", "alt+q f3", N_("quote"), N_("Quote the customer's message that is in sight"),
           _C, _NOWHERE, why.writing),
    Action("editor", "alt+e f4", N_("editor"), N_("Go on writing in your own editor: $VISUAL or $EDITOR"),
           _C, _NOWHERE, why.own_files(why.writing)),
    Action("macro_off", "alt+x f9", N_("actions off"),
           N_("Take off what macros do along with the reply; the words stay"), _C, _NOWHERE,
           lambda s: why.replying(s) or ("" if s.along else _("Nothing happens along with these words."))),
    Action("macro_save", "alt+w f10", N_("save as macro"), N_("Save these words as a macro of yours"),
           _C, _NOWHERE, why.writing),
    Action("attach", "ctrl+o", N_("attach"), N_("Attach a file by its path"), _C, _C, why.own_files(why.replying)),
    Action("detach", "ctrl+b", N_("detach"), N_("Take an attached file off again"), _C, _NOWHERE,
           lambda s: why.replying(s) or ("" if s.attached else _("Nothing is attached."))),
    Action("discard", "ctrl+g", N_("discard"), N_("Drop these words for good (twice)"), _C, _NOWHERE, why.writing),
    Action("again", "s", N_("send again"), N_("Send that reply again"), _O, _O, why.unsent("failed", "unknown")),
    Action("mark_sent", "m", N_("mark as sent"),
           N_("That reply was sent: somebody looked"), _O, _O, why.unsent("failed", "unknown")),
    Action("give_up", "g", N_("not sent, give up"),
           N_("That reply was not sent and shall not be"), _O, _O, why.unsent("unknown")),
    Action("approve", "a", N_("approve"), N_("Approve that request, or less than was asked for"), _A, _A,
           why.request("decide")),
    Action("refuse", "x", N_("refuse"), N_("Refuse that request, saying why"), _A, _A, why.request("decide")),
    Action("withdraw", "w", N_("withdraw"), N_("Ask no more: that request of mine is not wanted"), _A, _A,
           why.request("mine")),
    Action("gift_done", "d", N_("done"), N_("That gesture was seen to: give the reference"), _G, _G, why.gift("done")),
    Action("gift_again", "s", N_("again"), N_("Have that gesture fulfilled once more"), _G, _G, why.gift("again")),
    Action("gift_not", "g", N_("not given"), N_("That gesture was not given and shall not be: say why"), _G, _G,
           why.gift("not")),
    Action("gift_void", "x", N_("void"), N_("Take that gesture back"), _G, _G, why.gift("void")),
    Action("verdict_fine", "f", N_("fine"), N_("That gesture is fine"), _K, _K, why.looked),
    Action("verdict_talk", "t", N_("to talk about"), N_("That gesture is worth a talk: say why"), _K, _K, why.looked),
    Action("verdict_wrong", "w", N_("wrong"), N_("That gesture was wrong: say why"), _K, _K, why.looked),
    Action("sums", "c", N_("sums"), N_("Show what was spent: by agent, reason, kind and month; or the list again"),
           _K, _K),
    Action("month_before", "[", N_("month before"), N_("Show the month before"), _K, _K),
    Action("month_after", "]", N_("month after"), N_("Show the month after"), _K, _NOWHERE),
    Action("export", "e", N_("export"), N_("Write the month's entries to a file for a spreadsheet"), _K, _K,
           why.own_files(why.always)),
    Action("go_there", "o", N_("where they are"), N_("Open the conversation that this colleague is on"), _W, _W,
           lambda s: "" if s.at_work else _("They are on no conversation.")),
    *(Action(*fields, listed=fields[0] not in MOVES, bare=BARE.get(fields[0], Place.ANY)) for fields in FLOOR),
    Action("down", "j down", N_("down"), N_("One line down"), _LINES & ~_P, listed=False),
    Action("up", "k up", N_("up"), N_("One line up"), _LINES & ~_P, listed=False),
    Action("page_down", "space pagedown", N_("page down"), N_("One page down"), _LINES & ~_P, listed=False),
    Action("page_up", "backspace pageup", N_("page up"), N_("One page up"), _LINES & ~_P, listed=False),
    Action("first", "home", N_("first"), N_("To the beginning"), _LINES & ~_P, listed=False),
    Action("last", "end", N_("last"), N_("To the end"), _LINES & ~_P, listed=False),
    Action("focus_next", "tab", N_("next pane"), N_("Go to the next pane"), Place.PAGE, listed=False),
    Action("focus_previous", "shift+tab", N_("previous pane"), N_("Go to the previous pane"), Place.PAGE, listed=False),
    Action("help", "? f1", N_("keys"), N_("Show the keys of where you are"), Place.PAGE | _S, _MAIN | _S,
           tips=((_D, N_("Show what the number means, how it is worked out, and the keys")),)),
    Action("palette", ": ctrl+p", N_("actions"),
           N_("List every action with its key"), Place.PAGE | _D | _B, Place.PAGE & ~Place.SEARCH),
    Action("theme", "", N_("colours"), N_("Choose other colours until the console is left"), Place.PAGE),
    Action("tour", "", N_("tour"), N_("Show the console in six screens"), _MAIN),
    Action("quit", "q ctrl+q", N_("quit"), N_("Leave the console; drafts are kept"), Place.PAGE | _S, bare=_L | _T),
)  # fmt: skip

BY_ID = {action.id: action for action in ACTIONS}
