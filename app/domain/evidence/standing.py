"""What of a job's evidence is there. Only the current visit counts: a repair done over is shown anew."""

from dataclasses import dataclass

from app.domain.evidence.items import Due, Item, Kind, required
from app.domain.situation import Check, Photo, Situation


@dataclass(frozen=True)
class Standing:
    """One item of the checklist, and what there is of it."""

    item: Item
    photos: tuple[Photo, ...] = ()
    check: Check | None = None

    @property
    def done(self) -> bool:
        if self.item.kind is Kind.READING:
            return self.check is not None and self.check.value is not None
        if self.item.kind is Kind.TICK:
            return self.check is not None
        if self.item.kind is Kind.VIDEO:
            return any(photo.is_video for photo in self.photos)
        return bool(self.photos)


def checklist(s: Situation) -> tuple[Standing, ...]:
    visit_id = s.visit.id if s.visit else None
    photos = [photo for photo in s.photos if photo.visit_id == visit_id]
    return standings(required(s), photos, s.checks)


def standings(
    items: tuple[Item, ...], photos: list[Photo], checks: tuple[Check, ...]
) -> tuple[Standing, ...]:
    """``photos`` and ``checks`` are those of one visit."""
    by_item = {check.item: check for check in checks}
    return tuple(
        Standing(
            item,
            tuple(photo for photo in photos if item.shown_by(photo)),
            by_item.get(item.code),
        )
        for item in items
    )


def missing(s: Situation, *due: Due) -> tuple[Item, ...]:
    """What has to be supplied before the work begins, or before the job may be finished."""
    return tuple(each.item for each in checklist(s) if each.item.due in due and not each.done)


def complete(items: tuple[Item, ...], photos: list[Photo], checks: tuple[Check, ...]) -> bool:
    return all(each.done for each in standings(items, photos, checks))
