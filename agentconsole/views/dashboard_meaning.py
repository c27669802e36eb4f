"""What the numbers of the dashboard mean: that under the cursor first, with its formula and source; then the keys."""

from __future__ import annotations

from agentconsole.desk.metrics import METRICS, Metric
from agentconsole.i18n import _, number
from agentconsole.model.floor import Floor
from agentconsole.views.dashboard_head import metrics_of
from agentconsole.views.dashboard_parts import Figure
from agentconsole.views.helping import key_lines, pair_lines
from agentconsole.views.keys import Keymap
from agentconsole.views.layout import Line, fit, wrap
from agentconsole.views.overlays import Reader
from agentconsole.views.situation import Place


def meaning(keymap: Keymap, figure: Figure | None, floor: Floor | None) -> Reader:
    """A text to read over the dashboard."""
    here = metrics_of(figure) if figure is not None else []

    def make(columns: int) -> list[Line]:
        lines: list[Line] = []
        for metric in here:
            lines += [*_whole(metric, columns), []]
        if floor is not None and any(metric.id == "forecast" for metric in here):
            lines += [[(line, "accent")] for line in wrap(_reckoned(floor), columns)] + [[]]
        lines += [
            [(_("Keys"), "title")],
            *key_lines(keymap, Place.DASHBOARD, columns),
            [],
            [(_("All figures"), "title")],
        ]
        others = [(_(metric.name), _(metric.short).replace("`", "")) for metric in METRICS if metric not in here]
        lines += [*pair_lines(others, columns, "bold"), []]
        lines += [[(part, "dim")] for part in wrap(_("docs/metrics.md has all of them with their formulas."), columns)]
        return lines

    return Reader(figure.name if figure is not None and figure.name else _("The floor"), make, keymap)


def _whole(metric: Metric, columns: int) -> list[Line]:
    lines: list[Line] = [[(_(metric.name), "title")]]
    lines += [[(line, "")] for line in wrap(_(metric.short).replace("`", ""), columns)]
    for head, text in ((_("how"), _(metric.formula)), (_("source"), metric.source)):
        first, *rest = wrap(text.replace("`", ""), max(10, columns - 9))
        lines.append([(fit(head, 9), "dim"), (first, "")])
        lines += [[(" " * 9 + line, "")] for line in rest]
    return lines


def _reckoned(floor: Floor) -> str:
    """The forecast with its own figures."""
    cast = floor.forecast
    if cast.closing is None or cast.at_closing is None:
        return _("The desk is closed: nothing is forecast.")
    hours = (cast.closing - floor.at).total_seconds() / 3600
    return _(
        "Now: {open} + ({arriving} - {handling}) x {hours} h = {expected}, what wakes up until then included."
    ).format(
        open=cast.open,
        arriving=number(round(cast.arriving, 1)),
        handling=number(round(cast.handling, 1)),
        hours=number(round(hours, 1)),
        expected=cast.at_closing,
    )
