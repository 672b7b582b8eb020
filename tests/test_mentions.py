"""Every mention of a name or phrase, counted exactly, and the proof that there is none."""

import csv
import io
import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from toy_encoder import ToyEncoder

from index import Document, Found, Index, NameMatches, QuothError
from qa.archive.aliases import aliases_file, aliases_of
from qa.archive.mentions import mentions
from qa.archive.mentions_by_meaning import mentions_by_meaning
from qa.archive.phrase import Phrase, without_accents
from qa.archive.rows import as_csv
from ui.cli.archive_actions import mentions as printed


def added(empty: Index, **texts: str) -> Index:
    """These texts, each a document of its own, dated 2022 and later in their order."""
    empty.add_documents(
        [
            Document(
                name, text, Found(name, "given"), published=Found(f"{2022 + place}-03-01", "given")
            )
            for place, (name, text) in enumerate(texts.items())
        ]
    )
    return empty


def words(phrase: str, text: str, *, case: bool = False) -> list[str]:
    """What of a text a phrase is found in."""
    return [span.of(text) for span in Phrase.parse(phrase, case=case).found_in(text)]


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("ceasefire", "Two ceasefires, one Ceasefire.", ["ceasefires", "Ceasefire"]),
        ('"ceasefire"', "Two ceasefires, one ceasefire.", ["ceasefire"]),
        ("Petit-Goave", "In Petit-Goâve and Petit Goâve.", ["Petit-Goâve", "Petit Goâve"]),
        ("Vardanyan", "Vardanyan's ally met Vardanyans.", ["Vardanyan", "Vardanyans"]),
        ('"line of contact"', "The line\nof  contact. A line contact.", ["line\nof  contact"]),
        ("art", "A start, the art of art-house.", ["art", "art"]),
        ("universe", "The university of the universe.", ["universe"]),
        ("\u201cit's over\u201d", "He said it\u2019s over.", ["it\u2019s over"]),
        ("Müller", "Mu\u0308ller and Muller.", ["Mu\u0308ller", "Muller"]),
        ("co-operate", "They co\u00adoperate or co-operate.", ["co-operate"]),
        ("O'Brien", "Mr. O\u2019Brien met O'Briens.", ["O\u2019Brien", "O'Briens"]),
        ("AT&T", "AT&T and AT T, not ATT.", ["AT&T", "AT T"]),
        ("#MeToo", "In #MeToo, not in xMeToo.", ["MeToo"]),
        ('"an an"', "A Ban an an.", ["an an"]),
        ("北京", "他在北京市。", []),
        ('"北京市"', "他在北京市。", []),
    ],
)
def test_a_phrase_is_found_in_its_forms(phrase: str, text: str, found: list[str]) -> None:
    assert words(phrase, text) == found


def test_capitals_count_only_if_asked() -> None:
    assert words("Turkey", "The turkey is from Turkey.") == ["turkey", "Turkey"]
    assert words("Turkey", "The turkey is from Turkey.", case=True) == ["Turkey"]


@given(st.text(max_size=60), st.text(max_size=20))
def test_what_is_found_stands_in_the_text(text: str, phrase: str) -> None:
    try:
        parsed = Phrase.parse(phrase)
    except QuothError:
        return
    found = list(parsed.found_in(text))
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


LETTERS = st.text("aAbB \u00e9-'.\u2019", max_size=40)


@given(LETTERS, LETTERS, st.booleans(), st.booleans())
def test_a_search_by_the_first_letters_finds_what_the_pattern_finds(
    text: str,
    phrase: str,
    exact: bool,  # noqa: FBT001
    case: bool,  # noqa: FBT001
) -> None:
    try:
        parsed = Phrase.parse(f'"{phrase}"' if exact else phrase, case=case)
    except QuothError:
        return
    folded = without_accents(text)
    found = [match.span() for match in parsed.pattern.finditer(folded)]
    assert [match.span() for match in parsed.matches(folded)] == found


def test_a_phrase_cut_by_the_end_of_a_passage_is_found(empty: Index) -> None:
    drawn = [f"w{number}x" for number in range(700)]
    index = added(empty, long=" ".join(drawn), other="w1x and w2x stand here.")
    passages = sorted(one.span for one in index.passages_of([index.documents()[0].key]))
    cuts = [b.start for a, b in pairwise(passages) if b.start >= a.end]
    assert cuts, "a sentence this long is cut between words"
    text = " ".join(drawn)
    for cut in cuts:
        before, after = text[:cut].split()[-1], text[cut:].split()[0]
        assert mentions(index, f'"{before} {after}"').count == 1
        assert mentions(index, f"{before} {after}").count == 1


def test_what_could_not_be_read_is_told_with_what_is_absent(empty: Index, tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.txt").write_text("The mayor spoke.")
    (folder / "b.pdf").write_text("no PDF")
    (folder / "c.txt").write_text("")
    empty.add([folder])
    empty.refresh()
    found = mentions(empty.restricted_to(NameMatches("*.txt")), "Blinken")
    (told,) = found.unread
    assert told.startswith(f"{folder / 'b.pdf'}: it is damaged")
    assert found.as_json()["unread"] == [told]


def test_sentences_near_in_meaning_are_found_without_the_words(seeds: Index) -> None:
    found = mentions_by_meaning(seeds, "killed soldiers")
    sentences = [one.quote for named in found.found for one in named.cited()]
    assert any("they had lost 104 troops" in one for one in sentences)
    assert not any("killed soldiers" in one for one in sentences)
    assert found.by_meaning
    assert mentions(seeds, "killed soldiers").count == 0
    one = mentions_by_meaning(seeds.restricted_to(NameMatches("*003*")), "killed soldiers")
    assert (one.searched, one.count < found.count) == (1, True)
    assert mentions_by_meaning(seeds, "recipe for apple pie").found == ()


def test_the_surname_counts_where_the_full_name_stands(empty: Index) -> None:
    index = added(
        empty,
        full="Ruben Vardanyan spoke. Later Vardanyan left.",
        other="A Vardanyan of another family was there.",
    )
    found = mentions(index, "Ruben Vardanyan")
    assert [(one.document.name, len(one.spans), one.surname_only) for one in found.found] == [
        ("full", 2, 1)
    ]
    assert mentions(index, "Vardanyan").count == 3
    assert mentions(index, '"Ruben Vardanyan"').count == 1


def test_what_a_line_cut_or_an_accent_changed_is_found_by_the_index(empty: Index) -> None:
    index = added(
        empty,
        cut="The govern-\nment fell. Petit-Go\u00e2ve was flooded, and co\u00adoperation ended.",
        other="Nothing of it is here.",
    )
    for phrase in ("government", "Petit-Goave", "Petit-Go\u00e2ve", "cooperation"):
        assert [one.document.name for one in mentions(index, phrase).found] == ["cut"], phrase


def test_mentions_of_copies_count_once(empty: Index) -> None:
    story = (
        "The mill at Harrow burned in the night. Ada Thorne, who owns it, said that nobody was "
        "hurt. The fire brigade came from three towns and stayed until the morning. "
    ) * 3
    index = added(empty, first=story, second=story + "It was the third fire.", third="Ada Thorne.")
    found = mentions(index, "Ada Thorne")
    assert [one.document.name for one in found.found] == ["first", "third"]
    assert found.found[0].copies == ("second",)
    assert (found.count, found.copies) == (4, 1)


def test_counts_by_month_and_folder_add_up(seeds: Index) -> None:
    found = mentions(seeds, "Azerbaijan")
    assert found.count > 20
    assert sum(found.by_folder().values()) == found.count
    dated = sum(len(one.spans) for one in found.found if one.document.date)
    assert sum(found.by_month().values()) == dated < found.count


def test_an_absence_says_what_was_searched(seeds: Index) -> None:
    found = mentions(seeds, "Nancy Pelosi")
    assert (found.count, found.found, found.searched) == (0, (), 2)
    assert (str(found.first), len(found.undated)) == ("2020-10-01", 1)
    assert "Pashinyan" in mentions(seeds, "Pashinian").nearest
    assert mentions(seeds, "whole ceasefire").nearest == (), "both words are in the documents"
    assert "Moscow" in mentions(seeds, "moscow", case=True).nearest


def test_a_filter_limits_what_is_searched(seeds: Index) -> None:
    everything = mentions(seeds, "Pashinyan")
    some = mentions(seeds.restricted_to(NameMatches("*003*")), "Pashinyan")
    assert some.searched == 1
    assert 0 < some.count < everything.count


@pytest.mark.parametrize(
    "phrase", ["Armenia", "Nagorno-Karabakh", "drones", "the", "Islamist militias", "U.S.", "1994"]
)
def test_the_index_finds_what_a_scan_of_all_texts_finds(seeds: Index, phrase: str) -> None:
    scanned = sum(
        len(list(Phrase.parse(phrase).found_in(seeds.document(one.key).text)))
        for one in seeds.documents()
    )
    found = mentions(seeds, phrase)
    assert sum(len(one.spans) - one.surname_only for one in found.found) == scanned
    literal = sum(
        len(re.findall(rf"(?<!\w){re.escape(phrase)}(?!\w)", seeds.document(one.key).text))
        for one in seeds.documents()
    )
    assert found.count >= literal


def test_each_row_cites_a_sentence_that_names_it(seeds: Index) -> None:
    headings, *rows = mentions(seeds, "Pashinyan").rows()
    assert rows
    for row in rows:
        told = dict(zip(headings, row, strict=True))
        assert "Pashinyan" in told["sentence"]
        document = next(one for one in seeds.documents() if one.name == told["document"])
        text = seeds.document(document.key).text[int(told["start"]) : int(told["end"])]
        assert " ".join(text.split()) == told["sentence"]


def test_a_formula_in_a_cell_is_no_formula() -> None:
    (row,) = csv.reader(io.StringIO(as_csv([('=HYPERLINK("x")', "@a", "-1", "plain")])))
    assert row == ['\'=HYPERLINK("x")', "'@a", "'-1", "plain"]


@pytest.mark.parametrize(
    ("phrase", "told"), [("", "no word"), ("…", "no word"), ("a" * 201, "201")]
)
def test_what_cannot_be_looked_for_is_told(seeds: Index, phrase: str, told: str) -> None:
    with pytest.raises(QuothError, match=told):
        mentions(seeds, phrase)


def test_the_command_prints_text_json_and_rows(
    seeds: Index, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = seeds.place
    assert printed("Pashinyan", folder, 5, None, "text", None, case=False, meaning=False)
    assert "mentions in 2 documents" in capsys.readouterr().out
    assert printed("Pashinyan", folder, 5, None, "json", None, case=False, meaning=False)
    told = json.loads(capsys.readouterr().out)
    assert told["mentions"] == sum(len(one["mentions"]) for one in told["found"])
    assert printed("Pashinyan", folder, 5, None, "csv", None, case=False, meaning=False)
    assert capsys.readouterr().out.startswith("document,title,published")
    assert not printed("Nancy Pelosi", folder, 5, None, "text", None, case=False, meaning=False)
    assert "None of 2 documents" in capsys.readouterr().out
    assert printed("peace talks", folder, 5, None, "text", None, case=False, meaning=True)
    assert "sentences near in meaning in 2 documents" in capsys.readouterr().out
    with pytest.raises(QuothError, match="leave out --case"):
        printed("peace talks", folder, 5, None, "text", None, case=True, meaning=True)


def test_other_forms_of_a_name_count_as_the_file_lists_them(tmp_path: Path) -> None:
    index = Index.create(tmp_path / ".quoth", ToyEncoder())
    texts = {
        "a": "Volodymyr Zelenskyy spoke. Zelenskyy left.",
        "b": "President Zelensky met Mr. Zelenskiy’s aides.",
        "c": "Nobody of that name.",
    }
    index.add_documents([Document(n, t, Found(n, "given")) for n, t in texts.items()])
    file = aliases_file(index.folder)
    assert file == tmp_path / "quoth-aliases.txt"
    assert aliases_of("Zelensky", file) == ()
    file.write_text("# presidents\n\n Zelensky ,Zelenskyy,  Zelenskiy\nKyiv, Kiev\n")
    also = aliases_of("ZELENSKÝ", file)
    assert also == ("Zelenskyy", "Zelenskiy")
    found = mentions(index, "Zelensky", also=also)
    assert {one.document.name: len(one.spans) for one in found.found} == {"a": 2, "b": 2}
    assert found.as_json()["also"] == ["Zelenskyy", "Zelenskiy"]
    assert mentions(index, "Zelensky").count == 1
    assert aliases_file(Path()).name == f"{Path.cwd().name}-aliases.txt"
    file.write_text("Cafe\u0301 Kyiv, Kaffee Kyjiw\nBlinken, \u2014\n")
    assert aliases_of("Caf\u00e9 Kyiv", file) == ("Kaffee Kyjiw",)
    with pytest.raises(QuothError, match=r"aliases\.txt, '—': the phrase has no word"):
        aliases_of("Blinken", file)
    file.write_bytes(b"\xff\xfe broken \xff")
    with pytest.raises(QuothError, match=r"quoth-aliases.txt is not UTF-8 text; save it as UTF-8"):
        aliases_of("Zelensky", file)


def test_a_form_within_another_is_counted_once(tmp_path: Path) -> None:
    index = Index.create(tmp_path / ".quoth", ToyEncoder())
    index.add_documents([Document("a", "The Kyiv City Council met in Kyiv.", Found("a", "given"))])
    assert mentions(index, "Kyiv City Council", also=["Kyiv"]).count == 2
    assert mentions(index, "Kyiv", also=["Kyiv City Council"]).count == 2
