"""Formulas as text: MathML of pages, and Office's own (OMML)."""

from typing import Any

from index.parsing.formats.raised import SUPERSCRIPT

Element = Any


def mathml_text(formula: Element) -> str:
    """A MathML formula in a line: "12.5%", "a/b", "x²".

    Args:
        formula: the `math` element; its namespace is not looked at.
    """
    return " ".join(_mathml(formula).split())


def _mathml(element: Element) -> str:
    name = _name(element)
    parts = [_mathml(child) for child in element if isinstance(child.tag, str)]
    match name:
        case "annotation" | "annotation-xml":
            return ""
        case "mfrac" if len(parts) == 2:  # noqa: PLR2004 -- numerator and denominator
            return f"{_grouped(parts[0])}/{_grouped(parts[1])}"
        case "msup" if len(parts) == 2:  # noqa: PLR2004 -- base and exponent
            return parts[0] + power(parts[1])
        case "msqrt":
            return f"√({''.join(parts)})"
        case "mo":
            sign = (element.text or "").strip()
            return f" {sign} " if sign in {"=", "+", "−", "×", "≈", "<", ">", "≤", "≥"} else sign
        case "mspace":
            return " "
        case "mtr" | "mtd":
            return "".join(parts) + " "
        case _:
            return (element.text or "").strip() + "".join(parts)


def omml_text(formula: Element) -> str:
    """A formula of a Word document or presentation in a line.

    Args:
        formula: the `m:oMath` element.
    """
    return " ".join(_omml(formula).split())


def _omml(element: Element) -> str:
    name = _name(element)
    match name:
        case "t":
            return element.text or ""
        case "f":
            return f"{_grouped(_of(element, 'num'))}/{_grouped(_of(element, 'den'))}"
        case "sSup":
            return _of(element, "e") + power(_of(element, "sup"))
        case "sSub":
            return _of(element, "e") + _of(element, "sub")
        case "rad":
            return f"√({_of(element, 'e')})"
        case "d":
            return f"({'; '.join(_omml(one) for one in element if _name(one) == 'e')})"
        case name if name.endswith("Pr"):
            return ""
        case _:
            return "".join(_omml(one) for one in element if isinstance(one.tag, str))


def _of(element: Element, name: str) -> str:
    found = element.find(f"{{*}}{name}")
    return "" if found is None else _omml(found)


def power(exponent: str) -> str:
    """An exponent behind its base: "²", or "^(a+b)" where there are no such characters."""
    stated = exponent.strip()
    if stated and all(ord(one) in SUPERSCRIPT for one in stated):
        return stated.translate(SUPERSCRIPT)
    return f"^({stated})" if stated else ""


def _grouped(part: str) -> str:
    stated = part.strip()
    return stated if stated.replace(".", "").replace(",", "").isalnum() else f"({stated})"


def _name(element: Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
