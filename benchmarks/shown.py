"""Draws benchmarks/results/*.json: plots beside this file, and tables to paste into README.md.

`python benchmarks/shown.py`
"""

import json
import statistics
from pathlib import Path

import matplotlib as mpl

mpl.use("agg")
mpl.rcParams["svg.hashsalt"] = "quoth"
import matplotlib.pyplot as plt  # noqa: E402 -- after the choice of what draws

HERE = Path(__file__).parent
PEERS = {
    "first answer in a new process, CPU s": ("first", "CPU s"),
    "a warm question, CPU ms": ("ask", "p50 CPU ms"),
    "memory while asking, MB": ("ask", "memory, MB"),
    "passages added a second": ("add", "passages/s"),
}
WHERE = {"folder": "in a folder", "server": "on a server"}
SERVERS = {
    "find, p50 ms": "find, ms",
    "find in a month, p50 ms": "find in a month, ms",
    "recall@20 of the vectors": "recall@20 by vectors",
    "commit of 50 documents, s": "commit of 50 documents, s",
    "on disk, MB": "MB",
    "loading from the size before, s": "load, s",
}
GROWTH = {
    "question, p50 CPU ms": "question without the reader, p50 CPU ms",
    "opening, s": "opened, s",
    "memory while asking that is no file's, MB": "of which not files, MB",
    "disk, bytes a passage": "disk",
}


def main() -> None:
    """Draw what there is."""
    peers, million = HERE / "results" / "peers.json", HERE / "results" / "million.json"
    if peers.exists():
        draw_peers(json.loads(peers.read_text(encoding="utf-8")))
    servers = HERE / "results" / "servers.json"
    if servers.exists():
        draw_servers(json.loads(servers.read_text(encoding="utf-8")))
    if million.exists():
        draw_growth(json.loads(million.read_text(encoding="utf-8")))


def median(told: dict[str, list[dict[str, float]]], what: str, figure: str) -> float:
    """The median of a tool's rounds; NaN where there is none."""
    values = [one[figure] for one in told.get(what, []) if figure in one]
    return statistics.median(values) if values else float("nan")


def draw_peers(kept: dict[str, dict[str, dict[str, list[dict[str, float]]]]]) -> None:
    """A panel for each figure, a bar for each tool."""
    tools = list(kept["tools"])
    figure, panels = plt.subplots(1, len(PEERS), figsize=(15, 3.2), sharey=True)
    for panel, (title, (what, key)) in zip(panels, PEERS.items(), strict=True):
        values = [median(kept["tools"][tool], what, key) for tool in tools]
        colours = ["#b4531f" if tool.startswith("quoth") else "#8a8f98" for tool in tools]
        bars = panel.barh(tools, values, color=colours)
        panel.bar_label(bars, [f"{v:.3g}" if v == v else "–" for v in values], padding=2)  # noqa: PLR0124
        panel.set_title(title, fontsize=10)
        panel.margins(x=0.2)
        panel.spines[["top", "right"]].set_visible(False)
    panels[0].invert_yaxis()
    figure.tight_layout()
    figure.savefig(HERE / "peers.svg", metadata={"Date": None})


def draw_growth(kept: dict[str, list[dict[str, float]]]) -> None:
    """A panel for each figure over the size of the index."""
    figure, panels = plt.subplots(1, len(GROWTH), figsize=(15, 3))
    rows = kept["figures"]
    sizes = [row["passages"] for row in rows]
    for panel, (title, key) in zip(panels, GROWTH.items(), strict=True):
        values = [
            sum(v for name, v in row.items() if name.endswith("bytes a passage"))
            if key == "disk"
            else row[key]
            for row in rows
        ]
        panel.plot(sizes, values, marker="o", color="#b4531f")
        for size, value in zip(sizes, values, strict=True):
            told = f"{value:,.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004
            panel.annotate(told, (size, value), (0, 6), textcoords="offset points")
        panel.set_xscale("log")
        panel.set_ylim(0, 1.3 * max(values))
        panel.set_title(title, fontsize=10)
        panel.set_xlabel("passages", fontsize=9)
        panel.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(HERE / "growth.svg", metadata={"Date": None})


def draw_servers(kept: dict[str, list[dict[str, dict[str, float | list[float]]]]]) -> None:
    """A panel for each figure over the size, a line for the folder and one for the server."""
    figure, panels = plt.subplots(1, len(SERVERS), figsize=(15, 3))
    rows = kept["figures"]
    sizes = [row["passages"] for row in rows]
    for panel, (title, key) in zip(panels, SERVERS.items(), strict=True):
        for place, colour in (("folder", "#8a8f98"), ("server", "#b4531f")):
            told = [row[key][place] for row in rows]
            values = [one[0] if isinstance(one, list) else one for one in told]
            panel.plot(sizes, values, marker="o", color=colour, label=WHERE[place])
        panel.set_xscale("log")
        panel.set_xticks(sizes, [f"{size / 1000:.0f}k" for size in sizes])
        panel.minorticks_off()
        panel.set_ylim(0.9 if "recall" in key else 0, 1.005 if "recall" in key else None)
        panel.set_title(title, fontsize=10)
        panel.set_xlabel("passages", fontsize=9)
        panel.spines[["top", "right"]].set_visible(False)
    panels[0].legend(frameon=False, fontsize=9)
    figure.tight_layout()
    figure.savefig(HERE.parent / "docs" / "images" / "scale.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
