"""S4, at the server's door: text sent twice and photos a day later are one observation with every hash."""

import datetime as dt
import hashlib
import uuid

from field_report import field_report

from incidents.evidence.queries import media_of
from incidents.evidence.service import receive_media
from incidents.intake import queries as intake
from incidents.intake.service import receive_observation

PHOTO = b"not a photo, but bytes with a hash"


def test_s04_text_twice_and_photos_next_day_are_one_complete_observation(as_role, clock):
    sha256, media_id = hashlib.sha256(PHOTO).hexdigest(), str(uuid.uuid4())
    announced = {
        "media_id": media_id,
        "slot": "photo",
        "sha256": sha256,
        "bytes": len(PHOTO),
        "mime": "image/jpeg",
    }
    body = field_report(media=[announced])
    first = receive_observation(as_role("monitor"), body)
    again = receive_observation(as_role("monitor"), body)
    assert (again.outcome, again.receipt) == ("repeat", first.receipt)
    session = as_role("monitor").session
    assert [item.has_arrived for item in media_of(session, [body["observation_id"]])] == [False]
    clock.advance(dt.timedelta(days=1))
    receive_media(as_role("monitor"), media_id, PHOTO, sha256, "image/jpeg")
    [item] = media_of(session, [body["observation_id"]])
    assert (item.has_arrived, item.sha256) == (True, sha256)
    assert len(intake.observations(session)) == 1
