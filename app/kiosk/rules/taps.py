"""Taps that arrive late: the moment they stand for."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

DRIFT = timedelta(minutes=3)
LONGEST_CUT = timedelta(hours=4)
LATE = timedelta(seconds=60)


class TapKind(StrEnum):
    """What a pupil may do on a tablet; the word is that of its address."""

    START = "debut"
    PAUSE = "pause"
    COUNT = "pieces"
    FINISH = "fin"
    CHECK = "controle"
    HELP = "appel"
    LEARNT = "bilan"

    @property
    def label(self) -> str:
        """How a master reads it, when it was refused."""
        return TAP_LABELS[self]


TAP_LABELS = {
    TapKind.START: "Démarrer",
    TapKind.PAUSE: "Mettre en pause",
    TapKind.COUNT: "Compter des pièces",
    TapKind.FINISH: "Finir le bon",
    TapKind.CHECK: "Noter des mesures",
    TapKind.HELP: "Appeler",
    TapKind.LEARNT: "Dire ce qui est appris",
}


def is_late(moment: datetime, now: datetime) -> bool:
    """Whether a tap waited for the network so long that the pupil did not read the answer on the spot."""
    return now - moment > LATE


def effective_moment(claimed: datetime | None, *, now: datetime, not_before: datetime | None) -> datetime:
    """When a tap counts: its own time within reason, else the server's, always in whole seconds.

    Never in the future. Not before the fact that came before it: a little earlier is a clock that runs slow, and counts
    from that fact on; more than that is not believed, nor is a tap older than half a day or far ahead of us.
    """
    moment = now.replace(microsecond=0)
    if claimed is None or claimed - moment > DRIFT or moment - claimed > LONGEST_CUT:
        return moment
    claimed = min(claimed.replace(microsecond=0), moment)
    if not_before is None or claimed >= not_before:
        return claimed
    return min(not_before.replace(microsecond=0), moment) if not_before - claimed <= DRIFT else moment


def kept_words(kind: TapKind, content: Mapping[str, Any]) -> str:
    """What a refused tap carried, for the master who puts it right by hand."""
    if kind in {TapKind.COUNT, TapKind.FINISH}:
        good, scrap = int(content.get("good") or 0), int(content.get("scrap") or 0)
        goods = f"{good} {'bonnes' if good > 1 else 'bonne'}"
        lost = f", {scrap} {'rebuts' if scrap > 1 else 'rebut'}" if scrap else ""
        return goods + lost + (f" ({content['reason']})" if scrap and content.get("reason") else "")
    if kind == TapKind.CHECK:
        values = [str(row["value"]).replace(".", ",") for row in content.get("checks", ()) if row.get("value")]
        return f"Pièce {content.get('piece', 1)} : {' ; '.join(values)}" if values else ""
    return str(content.get("sentence") or "")
