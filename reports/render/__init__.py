"""A Document drawn: PDF by Typst, HTML by Jinja, maps by an own SVG builder. Nothing is decided here."""
