"""Rows as a file that a spreadsheet opens."""

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_csv(rows: Iterable[Sequence[str]]) -> str:
    r"""Rows as CSV. A cell that a spreadsheet would take for a formula begins with an apostrophe.

    Args:
        rows: the rows; the first has the headings.

    Returns:
        The text, its lines ended as RFC 4180 has them.

    Example:
        >>> as_csv([("said",), ("=1+1",)])
        "said\r\n'=1+1\r\n"
    """
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row])
    return out.getvalue()
