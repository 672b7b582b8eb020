"""Irregular verbs: one term for all forms of a verb, "won" and "win"."""

from collections.abc import Iterable

from index.search.bm25 import terms

_FORMS = """
arise arose arisen / beat beaten / become became / begin began begun / bend bent / bind bound
bite bit bitten / bleed bled / blow blew blown / break broke broken / bring brought / build built
buy bought / catch caught / choose chose chosen / come came / deal dealt / dig dug / draw drew drawn
drink drank drunk / drive drove driven / eat ate eaten / fall fell fallen / feed fed / fight fought
find found / flee fled / fly flew flown / forbid forbade forbidden / forget forgot forgotten
forgive forgave forgiven / freeze froze frozen / get got gotten / give gave given / go went gone
grow grew grown / hang hung / hear heard / hide hid hidden / hold held / keep kept / know knew known
lead led / leave left / lend lent / lose lost / make made / mean meant / meet met / pay paid
ride rode ridden / ring rang rung / rise rose risen / run ran / say said / see saw seen
sell sold / send sent / shake shook shaken / shoot shot / show showed shown / sing sang sung
sink sank sunk / sit sat / sleep slept / speak spoke spoken / spend spent / stand stood
steal stole stolen / stick stuck / strike struck stricken / swear swore sworn / swim swam swum
seek sought
take took taken / teach taught / tear tore torn / tell told / think thought / throw threw thrown
understand understood / wake woke woken / wear wore worn / win won / withdraw withdrew withdrawn
write wrote written
"""


def _one_term() -> dict[str, str]:
    groups = (group.split() for line in _FORMS.splitlines() for group in line.split("/"))
    return {form: verb[0] for verb in map(terms, map(" ".join, groups)) for form in verb}


_VERB_OF = _one_term()


def by_verb(found: Iterable[str]) -> list[str]:
    """Stemmed terms, each form of an irregular verb as that verb's first form.

    Example:
        >>> by_verb(["hult", "won", "elect"])
        ['hult', 'win', 'elect']
    """
    return [_VERB_OF.get(term, term) for term in found]
