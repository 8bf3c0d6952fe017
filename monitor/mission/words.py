"""Times by the mission's clock, as pages write them. Pure."""

import datetime as dt

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(at: dt.datetime, zone: dt.tzinfo) -> str:
    """ "13 Sep 2022"."""
    local = at.astimezone(zone)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}"


def moment(at: dt.datetime, zone: dt.tzinfo) -> str:
    """ "13 Sep 2022, 00:05"."""
    return f"{day(at, zone)}, {at.astimezone(zone):%H:%M}"


def span(start: dt.datetime, end: dt.datetime | None, zone: dt.tzinfo) -> str:
    """ "13 Sep 2022, 00:05–00:40", or whole days where both ends are midnight."""
    if end is None or end <= start:
        return moment(start, zone)
    here, there = start.astimezone(zone), end.astimezone(zone)
    if here.time() == there.time() == dt.time():
        last = day(end - dt.timedelta(days=1), zone)
        return day(start, zone) if last == day(start, zone) else f"{day(start, zone)} – {last}"
    if here.date() == there.date():
        return f"{moment(start, zone)}–{there:%H:%M}"
    return f"{moment(start, zone)} – {moment(end, zone)}"


def lasting(length: dt.timedelta) -> str:
    """ "40 min", "2 h 05 min"."""
    minutes = round(length / dt.timedelta(minutes=1))
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"
