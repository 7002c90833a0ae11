"""What a page says to its reader: every visible text, and those of tooltips and of readers aloud."""

from html.parser import HTMLParser

# What stands in the line of its neighbours; everything else begins a text of its own.
INLINE = {"a", "b", "i", "u", "em", "strong", "small", "span", "del", "ins", "abbr", "mark", "code", "time", "label"}
SPOKEN = ("title", "aria-label", "placeholder", "alt", "data-label", "content")
HIDDEN = {"script", "style", "template"}


class Reading(HTMLParser):
    """The texts of a page, one for each block."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts = [""]
        self._hidden = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in HIDDEN
        if tag not in INLINE:
            self.texts.append("")
        said = [value for name, value in attrs if name in SPOKEN and value]
        self.texts[-1:-1] = said

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in HIDDEN
        if tag not in INLINE:
            self.texts.append("")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.texts[-1] += data


def said_by(html: str) -> list[str]:
    """The texts that are not empty, blanks in a row as one."""
    return [text for text in (" ".join(text.split()) for text in Reading(html).texts) if text]
