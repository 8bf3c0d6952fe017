"""Answers that hold no secret are compressed: files, the form's page and words, taxonomy, places, base map.

Only what carries an ETag and may be kept is compressed. An answer that is made for one person and shows their
token beside words of others would tell the token by its size.
"""

import functools

import brotli
from flask import Flask, Response, request

TEXT = ("text/", "application/json", "application/geo+json", "application/manifest+json", "image/svg+xml")
SMALLEST = 1024
MODERATE = 5


def register(app: Flask) -> None:
    @app.after_request
    def _compress(response: Response) -> Response:
        if not _is_kept_text(response) or "br" not in request.headers.get("Accept-Encoding", ""):
            return response
        response.direct_passthrough = False
        content = response.get_data()
        if len(content) < SMALLEST:
            return response
        etag, _ = response.get_etag()
        response.set_data(_compressed(content))
        response.set_etag(etag or "", weak=True)
        response.content_encoding = "br"
        response.vary.add("Accept-Encoding")
        return response


def _is_kept_text(response: Response) -> bool:
    return (
        request.method == "GET"
        and response.status_code == 200
        and not response.content_encoding
        and not response.cache_control.no_store
        and response.get_etag()[0] is not None
        and (response.mimetype or "").startswith(TEXT)
    )


@functools.lru_cache(maxsize=256)
def _compressed(content: bytes) -> bytes:
    """The same few files, compressed once for each process."""
    return brotli.compress(content, mode=brotli.MODE_TEXT, quality=11 if len(content) < 400_000 else MODERATE)
