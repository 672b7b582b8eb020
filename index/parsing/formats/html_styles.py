"""What a page's own styles hide or strike out: its style elements and style attributes."""

import re
from dataclasses import dataclass, field
from typing import Any, Self

from index.documents import Omission

Element = Any
_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_AT_BLOCK = re.compile(r"@[\w-]+[^{};]*(?:;|\{(?:[^{}]|\{[^{}]*\})*\})")
_SIMPLE = re.compile(r"(?P<tag>[a-z][\w-]*)?(?P<parts>(?:[.#][\w-]+)*)", re.I)
_HIDES = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0+)?"
    r"|font-size\s*:\s*0(?:px|pt|em|%)?|content-visibility\s*:\s*hidden)\s*(?:!important\s*)?(?:;|$)",
    re.I,
)
_SHOWS = re.compile(r"(?:^|;)\s*display\s*:\s*(?!none)\w", re.I)
_STRIKES = re.compile(r"(?:^|;)\s*text-decoration(?:-line)?\s*:[^;]*\bline-through\b", re.I)
_WHITE = re.compile(
    r"(?:^|;)\s*color\s*:\s*(?:white|#fff(?:fff)?|transparent"
    r"|rgba?\(\s*255\s*,\s*255\s*,\s*255\b[^)]*\))\s*(?:!important\s*)?(?:;|$)",
    re.I,
)
_BACKGROUND = re.compile(r"(?:^|;)\s*background(?:-color|-image)?\s*:\s*(?P<value>[^;]+)", re.I)
_WHITE_VALUE = re.compile(
    r"^\s*(?:white|#fff(?:fff)?|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\)|none)\s*$", re.I
)
_MOST_CSS = 500_000


@dataclass(slots=True)
class Styles:
    """The simple rules of a page's style elements that hide, show or strike out.

    Attributes:
        rules: for each class, id or tag that ends a simple selector: its tag, classes and ids, and
            what the rule does; None for one that shows.
        plain: whether nothing in the page sets a background or loads another style sheet.
    """

    rules: dict[str, list[tuple[str, frozenset[str], Omission | None]]] = field(
        default_factory=dict
    )
    plain: bool = True

    @classmethod
    def of(cls, tree: Element) -> Self:
        """Read the style elements of a page."""
        found = cls()
        for link in tree.iter("link"):
            if "stylesheet" in (link.get("rel") or "").lower():
                found.plain = False
        for style in tree.iter("style"):
            css = _COMMENT.sub("", (style.text or "")[:_MOST_CSS])
            if _BACKGROUND.search(css.replace("{", ";")):
                found.plain = False
            if (style.get("media") or "all").lower() not in {"all", "screen"}:
                continue
            for selectors, body in _RULE.findall(_AT_BLOCK.sub("", css)):
                found._add(selectors, body)
        return found

    def _add(self, selectors: str, body: str) -> None:
        kind = _declared(body)
        if kind is None and not _SHOWS.search(body):
            return
        for selector in selectors.split(","):
            simple = _SIMPLE.fullmatch(selector.strip())
            if simple is None or not simple.group():
                continue
            parts = frozenset(re.findall(r"[.#][\w-]+", simple["parts"]))
            key = min(parts, default=(simple["tag"] or "").lower())
            self.rules.setdefault(key, []).append(((simple["tag"] or "").lower(), parts, kind))

    def of_element(self, element: Element) -> Omission | None:
        """What the last rule that selects an element does to it."""
        if not self.rules:
            return None
        own = {f".{name}" for name in (element.get("class") or "").split()}
        if element.get("id"):
            own.add(f"#{element.get('id')}")
        found: Omission | None = None
        for key in (element.tag, *sorted(own)):
            for tag, parts, kind in self.rules.get(key, ()):
                if tag in {"", element.tag} and parts <= own:
                    found = kind
        return found


def style_hides(element: Element, styles: Styles) -> Omission | None:
    """Whether an element's style, or a rule for it, hides it or strikes it out; None if neither."""
    stated = element.get("style") or ""
    if stated:
        kind = _declared(stated)
        if kind is not None:
            return kind
        if _WHITE.search(stated) and _on_white(element, styles):
            return Omission.HIDDEN
        if _SHOWS.search(stated):
            return None
    color = (element.get("color") or "").lower() if element.tag == "font" else ""
    if color in {"white", "#fff", "#ffffff"} and _on_white(element, styles):
        return Omission.HIDDEN
    return styles.of_element(element)


def _declared(style: str) -> Omission | None:
    if _HIDES.search(style):
        return Omission.HIDDEN
    return Omission.STRUCK_OUT if _STRIKES.search(style) else None


def _on_white(element: Element, styles: Styles) -> bool:
    """Whether white text is certainly on white: nothing around it may set another background."""
    for one in (element, *element.iterancestors()):
        background = _BACKGROUND.search(one.get("style") or "")
        if background:
            return bool(_WHITE_VALUE.match(background["value"]))
        stated = (one.get("bgcolor") or "").lower()
        if stated or one.get("background"):
            return stated in {"white", "#fff", "#ffffff"}
    return styles.plain
