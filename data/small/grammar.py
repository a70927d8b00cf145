"""Writes the small treebank: `python -m data.small.grammar` writes the same files every time.

A sentence is written together with its tree, from the top down. Where a phrase could belong to
several words, what decides is the company that words keep (`PULLS`): "mended the boat with a
hammer" but "mended the boat with a mast", "put the pots behind the shed" but "admired the pots
behind the shed". A parser has to learn these preferences word by word, and one time in twenty
they are not followed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from data.conllu import Sentence, conllu
from data.small import lexicon as lex

T = TypeVar("T")

SEED = 2017
SIZES = {"train": 1000, "dev": 200, "test": 250}
LENGTHS = range(3, 26)
# How often a phrase goes to another place than the one that its words ask for.
NOISE = 0.05

# What can follow a word of a kind, and how strongly it pulls: of several words that a phrase could
# belong to, the strongest gets it, and of equals the nearest. Some prepositions belong to verbs
# (to, into, during), some to nouns (of, from); others depend on both (near, in, with, for).
PULLS: dict[str, tuple[tuple[str, str, int], ...]] = {
    "fix": (("with", "tool", 3), ("with", "tool", 3), ("during", "event", 2), ("for", "person", 2)),
    "put": (
        ("in", "place", 4), ("behind", "place", 4), ("near", "place", 4), ("under", "thing", 4),
        ("beside", "thing", 4),
    ),
    "see": (("during", "event", 2), ("before", "event", 2), ("through", "part", 2)),
    "carry": (
        ("to", "place", 3), ("into", "place", 3), ("across", "place", 3), ("to", "person", 3),
    ),
    "give": (("to", "person", 3), ("to", "person", 3), ("during", "event", 2), ("for", "time", 2)),
    "move": (
        ("to", "place", 3), ("into", "place", 3), ("across", "place", 3), ("through", "place", 3),
        ("towards", "person", 3), ("past", "thing", 3),
    ),
    "rest": (
        ("in", "place", 2), ("during", "event", 2), ("until", "time", 2), ("beside", "thing", 2),
        ("for", "person", 2),
    ),
    "fail": (("during", "event", 2), ("before", "event", 2)),
    "talk": (("during", "event", 3), ("about", "event", 2), ("to", "person", 3)),
    "ready": (("for", "event", 3),),
    "be": (("during", "event", 2), ("before", "event", 2)),
    "person": (("from", "place", 3), ("from", "place", 3), ("near", "thing", 1)),
    "thing": (
        ("with", "part", 3), ("with", "part", 3), ("near", "place", 2), ("behind", "place", 2),
        ("from", "place", 3), ("of", "person", 3), ("in", "place", 2), ("under", "thing", 2),
        ("beside", "thing", 2),
    ),
    "tool": (
        ("with", "part", 3), ("of", "person", 3), ("from", "place", 3), ("for", "thing", 3),
        ("in", "place", 2), ("under", "thing", 2), ("beside", "thing", 2),
    ),
    "part": (("of", "thing", 4),),
    "place": (("near", "place", 2), ("behind", "place", 2), ("of", "person", 3)),
    "plant": (("in", "place", 2), ("beside", "thing", 2), ("from", "place", 3)),
    "material": (("from", "place", 3),),
    "measure": (("of", "plant", 4), ("of", "material", 4), ("of", "tool", 4)),
    "talk noun": (("about", "event", 3), ("about", "person", 3), ("from", "person", 3)),
}  # fmt: skip
STRENGTH = {(k, p, o): pull for k, pulls in PULLS.items() for p, o, pull in pulls}

# What a person does, and what else takes the place of a subject or an object.
DEEDS = (
    ("fix", 24), ("put", 15), ("see", 20), ("carry", 13), ("give", 9), ("move", 15), ("rest", 6),
    ("say", 9), ("want", 6), ("urge", 4), ("talk", 5), ("be", 8), ("passive", 1), ("phrasal", 6),
)  # fmt: skip
UNWANTED = ("be", "passive", "want", "urge")
OBJECTS = {
    "fix": (("thing", 5), ("part", 4), ("tool", 2)),
    "put": (("thing", 3), ("tool", 3), ("measure", 2), ("plant", 2), ("material", 1)),
    "see": (("thing", 3), ("person", 2), ("place", 2), ("plant", 2), ("part", 1), ("talk noun", 1)),
    "carry": (("thing", 3), ("tool", 2), ("measure", 3), ("plant", 2), ("material", 1)),
    "give": (("thing", 2), ("tool", 3), ("measure", 2), ("plant", 2), ("talk noun", 2)),
    "phrasal": (("thing", 2), ("tool", 3), ("measure", 2)),
}
SUBJECTS = (
    ("person", 70),
    ("thing", 12),
    ("part", 8),
    ("place", 4),
    ("plant", 3),
    ("talk noun", 3),
)
# A compound: the kinds of its nouns, and which noun each of the earlier ones goes with.
COMPOUNDS: dict[str, tuple[tuple[tuple[str, ...], tuple[int, ...]], ...]] = {
    "thing": ((("material",), (1,)), (("place",), (1,)), (("place", "material"), (2, 2))),
    "part": ((("thing",), (1,)), (("material", "thing"), (1, 2)), (("place", "thing"), (2, 2))),
    "tool": ((("place",), (1,)), (("thing", "part"), (1, 2)), (("plant",), (1,))),
    "place": ((("thing",), (1,)), (("material", "thing"), (1, 2))),
    "person": ((("thing",), (1,)), (("place",), (1,)), (("thing", "part"), (1, 2))),
    "event": ((("place",), (1,)), (("plant",), (1,))),
}


@dataclass(eq=False, slots=True)
class Token:
    """A word, or a mark; `tight` where no space stands before it."""

    form: str
    tag: str
    fine: str
    kind: str = ""
    plural: bool = False
    tight: bool = False
    after_open: bool = False
    head: Token | None = None
    relation: str = "root"


@dataclass(slots=True)
class Phrase:
    """Words with one head, and the words that what follows could belong to, from the top down."""

    tokens: list[Token]
    head: Token
    open: list[Token] = field(default_factory=list)
    subject: str = "nsubj"  # the relation that its subject will have

    def under(self, head: Token, relation: str) -> list[Token]:
        """The tokens, once the phrase hangs from a word outside it."""
        self.head.head, self.head.relation = head, relation
        return self.tokens


class Author:
    """Writes sentences. Everything is decided by one sequence of random numbers."""

    def __init__(self, seed: int) -> None:
        # Of the generator only random() is promised to stay the same in later versions of Python.
        self._random: Callable[[], float] = random.Random(seed).random  # noqa: S311 - no secret

    # --- decisions --------------------------------------------------------------------------------

    def chance(self, probability: float) -> bool:
        """Whether something of that probability happens."""
        return self._random() < probability

    def any(self, items: Sequence[T]) -> T:
        """One of the items, all alike."""
        return items[int(len(items) * self._random())]

    def word(self, items: Sequence[T]) -> T:
        """One of the items: the first ones often, the last ones rarely."""
        at = self._random()
        return items[int(len(items) * at * at)]

    def weighted(self, items: Sequence[tuple[T, int]]) -> T:
        """One of the items, by their weights."""
        at = self._random() * sum(weight for _, weight in items)
        for item, weight in items:
            at -= weight
            if at < 0:
                return item
        return items[-1][0]

    def site(self, places: Sequence[Token], pull: Callable[[Token], int]) -> Token:
        """The word that a phrase goes to: where the pull is strongest, or by NOISE another one."""
        best = max(reversed(places), key=pull)  # of equals the nearest, which is the last
        others = [place for place in places if place is not best]
        return self.any(others) if others and self.chance(NOISE) else best

    # --- noun phrases -----------------------------------------------------------------------------

    def noun(self, kind: str, plural: bool) -> Token:
        """A noun of a kind."""
        if kind in ("person", "thing") and self.chance(0.25):
            base = self.any(lex.TRADE_STARTS)
            base += self.any(lex.TRADE_ENDS if kind == "person" else ("box", "rack", "case"))
        else:
            base = self.word(lex.NOUNS[kind.removesuffix(" noun")])
        form, fine = (lex.with_s(base), "NNS") if plural else (base, "NN")
        return Token(form, "NOUN", fine, kind, plural)

    def name(self, kind: str) -> Phrase:
        """The name of a person or a place."""
        if kind == "place":
            head = Token(
                self.any(lex.PLACE_STARTS) + self.any(lex.PLACE_ENDS), "PROPN", "NNP", kind
            )
            return Phrase([head], head, [head])
        head = Token(self.any(lex.NAME_STARTS) + self.any(lex.NAME_ENDS), "PROPN", "NNP", kind)
        tokens = [head]
        if self.chance(0.3):
            last = self.any(lex.PLACE_STARTS) + self.any(lex.PLACE_ENDS)
            tokens.append(Token(last, "PROPN", "NNP", head=head, relation="flat"))
        return Phrase(tokens, head, [head])

    def pronoun(self, subject: bool) -> Phrase:
        """A personal pronoun."""
        form = self.word(lex.SUBJECTS if subject else lex.OBJECTS)
        head = Token(form, "PRON", "PRP", "person", plural=form in ("they", "we", "you"))
        return Phrase([head], head, [])

    def noun_phrase(
        self, kind: str, room: int = 0, definite: bool | None = None, plural: bool | None = None
    ) -> Phrase:
        """A noun of a kind, with what stands before it, and `room` for what can follow."""
        if kind in ("person", "place") and definite is None and self.chance(0.25):
            return self.name(kind)
        mass = kind == "material"
        if plural is None:
            plural = not mass and kind not in ("event", "time") and self.chance(0.28)
        noun = self.noun(kind, plural)
        before = self.determiners(noun, mass, definite)
        nouns = self.compound(noun) if kind in COMPOUNDS and self.chance(0.16) else [noun]
        before += self.adjectives(noun, nouns[0])
        if before and before[0].form == "a" and (before[1:] + nouns)[0].form[0] in "aeiou":
            before[0].form = "an"
        phrase = Phrase([*before, *nouns], noun, [noun])
        if room:
            self.extend(phrase, room)
        return phrase

    def determiners(self, noun: Token, mass: bool, definite: bool | None) -> list[Token]:
        """An article, a number, or whose it is."""

        def under(form: str, tag: str, fine: str, relation: str) -> Token:
            return Token(form, tag, fine, head=noun, relation=relation)

        def article(form: str) -> list[Token]:
            return [under(form, "DET", "DT", "det")]

        if definite is False:
            if not noun.plural:
                return [] if mass else article("a")
            return [] if self.chance(0.5) else article("some")
        if self.chance(0.08):
            return [under(self.word(lex.POSSESSIVES), "PRON", "PRP$", "nmod:poss")]
        if self.chance(0.04):
            owner = self.noun_phrase("person", definite=True)
            form = "'" if owner.head.plural and owner.head.form.endswith("s") else "'s"
            mark = Token(form, "PART", "POS", tight=True, head=owner.head, relation="case")
            return [*owner.under(noun, "nmod:poss"), mark]
        if noun.plural and self.chance(0.3):
            number = Token(self.word(lex.NUMBERS), "NUM", "CD", head=noun, relation="nummod")
            if self.chance(0.25):
                number.form = str(11 + int(988 * self._random()))
            tokens = [number]
            if self.chance(0.2):
                about = self.word(lex.ABOUT)
                tokens = [Token(about, "ADV", "RB", head=number, relation="advmod"), number]
            return [*article("the"), *tokens] if self.chance(0.2) else tokens
        if mass or noun.plural:
            return article("the") if self.chance(0.5) else []
        return article(
            self.weighted((("the", 6), ("a", 4), ("every", 1), ("this", 1), ("that", 1)))
        )

    def adjectives(self, noun: Token, first: Token) -> list[Token]:
        """Up to two adjectives, and what stands with them; `first` is where a compound starts."""
        tokens = []
        if self.chance(0.3):
            adjective = self.adjective(noun.kind)
            adjective.head, adjective.relation = noun, "amod"
            if self.chance(0.12):
                degree = self.word(lex.DEGREE)
                tokens.append(Token(degree, "ADV", "RB", head=adjective, relation="advmod"))
            tokens.append(adjective)
        if first.kind in ("thing", "tool", "part") and self.chance(0.12):
            # A wooden boat owner is no wooden owner.
            made = self.word(lex.MADE_OF)
            tokens.append(Token(made, "ADJ", "JJ", head=first, relation="amod"))
        return tokens

    def adjective(self, kind: str) -> Token:
        """An adjective for a noun of a kind."""
        if kind not in lex.ADJECTIVES and self.chance(0.25):
            form = f"{self.any(lex.WEATHER)}-{self.any(lex.WEATHERED)}"
        else:
            form = self.word(lex.ADJECTIVES.get(kind, lex.ADJECTIVES["other"]))
        return Token(form, "ADJ", "JJ")

    def compound(self, last: Token) -> list[Token]:
        """A compound of nouns that ends with the one given."""
        kinds, heads = self.any(COMPOUNDS[last.kind])
        nouns = [*(self.noun(kind, plural=False) for kind in kinds), last]
        for noun, head in zip(nouns, heads, strict=False):
            noun.head, noun.relation = nouns[head], "compound"
        return nouns

    # --- what follows -----------------------------------------------------------------------------

    def extend(self, phrase: Phrase, room: int) -> None:
        """Add up to `room` phrases, each to one of the words that are open for it."""
        while room > 0 and phrase.open and self.chance(0.68):
            room -= 1
            nouns = [word for word in phrase.open if word.tag in ("NOUN", "PROPN")]
            what = self.weighted(
                (("preposition", 18), ("and", 2), ("clause", 2), ("participle", 1))
            )
            if what == "preposition":
                self.add_prepositional(phrase)
            elif nouns and what == "and":
                self.add_coordination(phrase, nouns)
            elif nouns:
                self.add_clause(phrase, nouns, participle=what == "participle")

    def add(self, phrase: Phrase, site: Token, tokens: list[Token], opened: list[Token]) -> None:
        """Append what hangs from `site`. What lies between is closed: arcs do not cross."""
        phrase.tokens += tokens
        phrase.open = [*phrase.open[: phrase.open.index(site) + 1], *opened]

    def add_prepositional(self, phrase: Phrase) -> None:
        """As in "with a hammer": to the word whose kind wants it most."""
        wanting = [word for word in phrase.open if PULLS.get(word.kind)]
        if not wanting:
            return
        # Nouns ask twice: else most phrases would go to verbs, and guessing that would do.
        wanting += [word for word in wanting if word.tag == "NOUN"]
        form, kind, _ = self.any(PULLS[self.any(wanting).kind])
        site = self.site(phrase.open, lambda word: STRENGTH.get((word.kind, form, kind), 0))
        self.add(phrase, site, *self.prepositional(form, kind, site))

    def prepositional(
        self, form: str, kind: str, site: Token, relation: str = ""
    ) -> tuple[list[Token], list[Token]]:
        """A preposition and its noun, under a word; the second list is what stays open."""
        inner = self.noun_phrase(kind)
        relation = relation or ("nmod" if site.tag in ("NOUN", "PROPN") else "obl")
        case = Token(form, "ADP", "IN", head=inner.head, relation="case")
        return [case, *inner.under(site, relation)], inner.open

    def add_coordination(self, phrase: Phrase, nouns: list[Token]) -> None:
        """As in ", a lamp and a kettle": to the nearest noun of the same kind."""
        kind = self.any(nouns).kind
        site = self.site(nouns, lambda word: word.kind == kind)
        tokens: list[Token] = []
        if self.chance(0.2):
            item = self.noun_phrase(kind)
            tokens = [self.comma(item.head), *item.under(site, "conj")]
        item = self.noun_phrase(kind)
        form = "or" if self.chance(0.12) else "and"
        joint = Token(form, "CCONJ", "CC", head=item.head, relation="cc")
        tokens += [joint, *item.under(site, "conj")]
        self.add(phrase, site, tokens, [])

    def add_clause(self, phrase: Phrase, nouns: list[Token], participle: bool) -> None:
        """As in "who waited", "painted by the guests": to the nearest noun that can do that."""
        alive = self.any(nouns).kind == "person"
        site = self.site(nouns, lambda word: (word.kind == "person") is alive)
        if participle:
            tokens = self.participle(alive).under(site, "acl")
        else:
            tokens = self.relative(alive, site.plural).under(site, "acl:relcl")
        self.add(phrase, site, tokens, [])
        phrase.open.pop()  # the noun has its clause

    def participle(self, alive: bool) -> Phrase:
        """As in "singing in the yard" of a person, "mended by the cook" of a thing."""
        if alive:
            deed = self.weighted((("rest", 3), ("move", 2), ("carry", 2)))
            return self.verb_phrase(deed, "ing", False, room=1)
        return self.passive("participle", False)

    def relative(self, alive: bool, plural: bool) -> Phrase:
        """A relative clause, for a person or for anything else."""
        pronoun = Token(self.any(("who", "that") if alive else ("which", "that")), "PRON", "WP")
        if pronoun.form != "who":
            pronoun.fine = "WDT"
        if alive or self.chance(0.5):
            deeds = (
                (("rest", 3), ("move", 3), ("fix", 2), ("carry", 1)) if alive else (("fail", 1),)
            )
            inner = self.verb_phrase(self.weighted(deeds), "finite", plural, room=1)
            pronoun.head, pronoun.relation = inner.head, inner.subject
            return Phrase([pronoun, *inner.tokens], inner.head)
        subject = self.pronoun(True) if self.chance(0.5) else self.noun_phrase("person")
        before, verb = self.verb(self.any(("fix", "see")), "finite", subject.head.plural)
        pronoun.head, pronoun.relation = verb, "obj"
        start = [] if self.chance(0.3) else [pronoun]
        return Phrase([*start, *subject.under(verb, "nsubj"), *before, verb], verb)

    # --- verbs ------------------------------------------------------------------------------------

    def verb(self, kind: str, mood: str, plural: bool) -> tuple[list[Token], Token]:
        """Auxiliaries, and a verb of a kind. The mood is finite, base, ing, to or participle."""
        base = self.word(lex.VERBS[kind])
        return self.inflected(base, kind, mood, plural)

    def inflected(self, base: str, kind: str, mood: str, plural: bool) -> tuple[list[Token], Token]:
        """Auxiliaries, and that verb."""
        verb = Token(base, "VERB", "VB", kind)

        def aux(form: str, fine: str) -> Token:
            return Token(form, "AUX", fine, head=verb, relation="aux")

        if mood == "ing":
            verb.form, verb.fine = lex.with_ing(base), "VBG"
        elif mood == "participle":
            verb.form, verb.fine = lex.with_ed(base, participle=True), "VBN"
        elif mood == "to":
            return [Token("to", "PART", "TO", head=verb, relation="mark")], verb
        elif mood == "finite":
            tense = self.weighted(
                (
                    ("past", 60),
                    ("present", 15),
                    ("modal", 9),
                    ("perfect", 6),
                    ("ing", 6),
                    ("not", 6),
                )
            )
            if tense == "past":
                verb.form, verb.fine = lex.with_ed(base), "VBD"
            elif tense == "present":
                verb.form, verb.fine = (base, "VBP") if plural else (lex.with_s(base), "VBZ")
            elif tense == "modal":
                return [aux(self.word(lex.MODALS), "MD")], verb
            elif tense == "perfect":
                verb.form, verb.fine = lex.with_ed(base, participle=True), "VBN"
                return [aux("had", "VBD")], verb
            elif tense == "ing":
                verb.form, verb.fine = lex.with_ing(base), "VBG"
                return [aux("were" if plural else "was", "VBD")], verb
            else:
                no = Token("not", "PART", "RB", head=verb, relation="advmod")
                return [aux("did", "VBD"), no], verb
        return [], verb

    def passive(self, mood: str, plural: bool) -> Phrase:
        """As in "was mended with a hammer by the cook"; the mood is finite or participle."""
        _, verb = self.verb(self.any(("fix", "fix", "put", "carry")), "participle", plural)
        tokens = [verb]
        if mood == "finite":
            form, fine = ("were", "VBD") if plural else ("was", "VBD")
            if self.chance(0.2):
                form, fine = ("are", "VBP") if plural else ("is", "VBZ")
            tokens = [Token(form, "AUX", fine, head=verb, relation="aux:pass"), verb]
        phrase = Phrase(tokens, verb, [verb], subject="nsubj:pass")
        if self.chance(0.5):
            tokens, opened = self.prepositional("by", "person", verb, "obl:agent")
            self.add(phrase, verb, tokens, opened)
        elif mood == "finite":
            self.add_prepositional(phrase)
        return phrase

    def verb_phrase(self, kind: str, mood: str, plural: bool, room: int) -> Phrase:
        """A verb of a kind with what it needs, and `room` for what it does not."""
        if kind == "passive":
            return self.passive("finite", plural)
        if kind == "phrasal":
            phrase = self.phrasal(mood, plural)
        else:
            before, verb = self.verb(kind, mood, plural)
            if mood in ("finite", "base") and self.chance(0.1):
                often = self.word(lex.OFTEN if mood == "finite" else ("quickly", "carefully"))
                before.append(Token(often, "ADV", "RB", head=verb, relation="advmod"))
            phrase = Phrase([*before, verb], verb, [verb])
            self.complement(phrase, room)
        self.extend(phrase, room)
        return phrase

    def phrasal(self, mood: str, plural: bool) -> Phrase:
        """As in "picked up the hammer", "picked it up"."""
        base, form = self.word(lex.PHRASAL)
        before, verb = self.inflected(base, "carry", mood, plural)
        particle = Token(form, "ADP", "RP", head=verb, relation="compound:prt")
        if self.chance(0.3):
            thing = self.pronoun(False)
            return Phrase([*before, verb, *thing.under(verb, "obj"), particle], verb, [verb])
        thing = self.noun_phrase(self.weighted(OBJECTS["phrasal"]))
        middle = [particle, *thing.under(verb, "obj")]
        if self.chance(0.3):
            return Phrase([*before, verb, *middle[1:], particle], verb, [verb])
        return Phrase([*before, verb, *middle], verb, [verb, *thing.open])

    def complement(self, phrase: Phrase, room: int) -> None:
        """Add what a verb of that kind cannot do without."""
        verb = phrase.head
        if verb.kind == "say":
            inner = self.clause(room - 1)
            if self.chance(0.7):
                mark = Token("that", "SCONJ", "IN", head=inner.head, relation="mark")
                inner.tokens.insert(0, mark)
            self.add(phrase, verb, inner.under(verb, "ccomp"), inner.open)
        elif verb.kind in ("want", "urge"):
            if verb.kind == "urge":
                whom = self.noun_phrase("person") if self.chance(0.8) else self.pronoun(False)
                phrase.tokens += whom.under(verb, "obj")
            inner = self.verb_phrase(self.deed(), "to", False, room - 1)
            self.add(phrase, verb, inner.under(verb, "xcomp"), inner.open)
        elif verb.kind in OBJECTS:
            if verb.kind == "give" and self.chance(0.3):
                whom = self.noun_phrase("person") if self.chance(0.5) else self.pronoun(False)
                phrase.tokens += whom.under(verb, "iobj")
            if self.chance(0.08):
                phrase.tokens += self.pronoun(False).under(verb, "obj")
            else:
                what = self.noun_phrase(self.weighted(OBJECTS[verb.kind]))
                self.add(phrase, verb, what.under(verb, "obj"), what.open)
            if verb.kind == "put":
                self.add_prepositional(phrase)
        elif verb.kind in ("move", "talk"):
            self.add_prepositional(phrase)

    def deed(self) -> str:
        """What someone wants to do, or is asked to: not to want or be something."""
        return self.weighted([(kind, n) for kind, n in DEEDS if kind not in UNWANTED])

    def copula(self, kind: str, plural: bool, room: int) -> Phrase:
        """What a subject of a kind is: "was very old", "is ready to leave", "were sailors"."""
        form, fine = ("were", "VBD") if plural else ("was", "VBD")
        if self.chance(0.3):
            form, fine = ("are", "VBP") if plural else ("is", "VBZ")
        be = Token(form, "AUX", fine)
        if self.chance(0.25):
            phrase = self.noun_phrase(kind, definite=False, plural=plural)
        elif kind == "person" and self.chance(0.35):
            head = Token(self.word(lex.READY), "ADJ", "JJ", "ready")
            phrase = Phrase([head], head, [head])
            if self.chance(0.6):
                inner = self.verb_phrase(self.deed(), "to", False, room - 1)
                self.add(phrase, head, inner.under(head, "xcomp"), inner.open)
        else:
            head = self.adjective(kind)
            head.kind = "be"
            phrase = Phrase([head], head, [head])
        middle = []
        if self.chance(0.15):
            middle = [Token("not", "PART", "RB")]
        elif self.chance(0.2):
            adverbs = lex.DEGREE if phrase.head.tag == "ADJ" else lex.OFTEN
            middle = [Token(self.word(adverbs), "ADV", "RB")]
        be.head, be.relation = phrase.head, "cop"
        for word in middle:
            word.head, word.relation = phrase.head, "advmod"
        phrase.tokens = [be, *middle, *phrase.tokens]
        self.extend(phrase, room)
        return phrase

    # --- clauses ----------------------------------------------------------------------------------

    def clause(self, room: int) -> Phrase:
        """A subject and what is said about it, twice at times."""
        kind = self.weighted(SUBJECTS)
        if kind == "person" and self.chance(0.3):
            subject = self.pronoun(True)
        else:
            subject = self.noun_phrase(kind, room=int(room > 1 and self.chance(0.3)))
            if self.chance(0.04):
                focus = Token(self.word(lex.FOCUS), "ADV", "RB", head=subject.head)
                focus.relation = "advmod"
                subject.tokens.insert(0, focus)
        joined = any(t.head is subject.head and t.relation == "conj" for t in subject.tokens)
        plural = subject.head.plural or joined
        what = self.said_about(kind)
        if what == "be":
            phrase = self.copula(kind, plural, room)
        else:
            phrase = self.verb_phrase(what, "finite", plural, room)
        phrase.tokens = [*subject.under(phrase.head, phrase.subject), *phrase.tokens]
        if kind == "person" and phrase.head.tag == "VERB" and self.chance(0.1):
            self.add_second_verb(phrase, plural)
        return phrase

    def said_about(self, kind: str) -> str:
        """What is said about a subject of a kind."""
        if kind == "person":
            return self.weighted(DEEDS)
        if kind in ("thing", "part"):
            return self.weighted((("fail", 5), ("passive", 4), ("be", 3)))
        return self.weighted((("be", 3), ("passive", 1)))

    def add_second_verb(self, phrase: Phrase, plural: bool) -> None:
        """As in "and waited": after a comma to the first verb, without one to the last."""
        verbs = [word for word in phrase.open if word.tag == "VERB"]
        far = len(verbs) > 1 and self.chance(0.4)
        site = verbs[0] if far else verbs[-1]
        mood = "to" if site.fine == "VB" else "finite"
        second = self.verb_phrase(self.deed(), mood, plural, room=1)
        if mood == "to":
            second.tokens.pop(0)  # to wait and sing: one "to" does
        joint = Token("and", "CCONJ", "CC", head=second.head, relation="cc")
        comma = [self.comma(second.head)] if far else []
        tokens = [*comma, joint, *second.under(site, "conj")]
        self.add(phrase, site, tokens, second.open)

    def add_adverb(self, phrase: Phrase) -> None:
        """A last adverb: a time goes to the first verb, a manner to the last."""
        verbs = [word for word in phrase.open if word.tag == "VERB"]
        if verbs:
            when = self.chance(0.5)
            first = verbs[0]
            adverb = Token(self.word(lex.TIMES if when else lex.MANNER), "ADV", "RB")
            site = self.site(verbs, lambda verb: not when or verb is first)
            adverb.head, adverb.relation = site, "advmod"
            self.add(phrase, site, [adverb], [])

    def adverbial_clause(self, head: Token) -> list[Token]:
        """As in "because the roof leaked", under a verb."""
        inner = self.clause(room=1)
        mark = Token(self.word(lex.BECAUSE), "SCONJ", "IN", head=inner.head, relation="mark")
        return [mark, *inner.under(head, "advcl")]

    # --- sentences --------------------------------------------------------------------------------

    def sentence(self) -> list[Token]:
        """A sentence, with its last mark."""
        kinds = (
            (self.statement, 126), (self.command, 6), (self.question, 4), (self.stranded, 1),
            (self.quotation, 6), (self.there, 6), (self.late_relative, 2),
        )  # fmt: skip
        return self.weighted(kinds)()

    def statement(self) -> list[Token]:
        """A clause, with something before or after it at times."""
        phrase = self.clause(room=2)
        head = phrase.head
        start: list[Token] = []
        if self.chance(0.1):
            start = self.opening(head)
        if self.chance(0.12):
            self.add_adverb(phrase)
        if self.chance(0.1):
            self.ending(phrase)
        return self.finished([*start, *phrase.tokens], head, "!" if self.chance(0.04) else ".")

    def opening(self, head: Token) -> list[Token]:
        """What stands before the subject: a time, a place, a clause, a participle."""
        what = self.weighted((("time", 4), ("place", 2), ("clause", 3), ("ing", 3), ("adverb", 2)))
        if what == "time":
            tokens, _ = self.prepositional(
                self.any(("in", "during", "before")), "time", head, "obl"
            )
        elif what == "place":
            tokens, _ = self.prepositional(self.any(("in", "behind", "near")), "place", head, "obl")
        elif what == "clause":
            tokens = self.adverbial_clause(head)
        elif what == "ing":
            deed = self.weighted((("rest", 1), ("move", 2), ("carry", 2), ("fix", 2)))
            tokens = self.verb_phrase(deed, "ing", False, room=1).under(head, "advcl")
        else:
            adverb = Token(self.word(lex.TIMES), "ADV", "RB", head=head, relation="advmod")
            return [adverb, self.comma(head)] if self.chance(0.3) else [adverb]
        # A comma goes with the phrase that it closes off.
        joint = next((t for t in tokens if t.head is head), tokens[0])
        return [*tokens, self.comma(joint)]

    def ending(self, phrase: Phrase) -> None:
        """What stands after the clause: another clause, a participle, a time."""
        head = phrase.head
        verbs = [word for word in phrase.open if word.tag == "VERB"] or [head]
        what = self.weighted((("clause", 4), ("but", 3), ("ing", 2), ("time", 3)))
        if what == "clause":
            far = self.chance(0.3)
            site = head if far else verbs[-1]
            tokens = self.adverbial_clause(site)
            if far:
                joint = next(t for t in tokens if t.head is site)
                tokens.insert(0, self.comma(joint))
            phrase.tokens += tokens
        elif what == "but":
            other = self.clause(room=1)
            joint = Token(self.any(("and", "but", "so")), "CCONJ", "CC", head=other.head)
            joint.relation = "cc"
            phrase.tokens += [self.comma(other.head), joint, *other.under(head, "conj")]
        elif what == "ing":
            deed = self.weighted((("rest", 2), ("move", 1), ("carry", 2)))
            inner = self.verb_phrase(deed, "ing", False, room=1)
            phrase.tokens += [self.comma(inner.head), *inner.under(head, "advcl")]
        elif self.chance(0.4):
            hour = Token(
                f"{1 + int(12 * self._random())}:{10 + int(50 * self._random())}", "NUM", "CD"
            )
            at = Token("at", "ADP", "IN", head=hour, relation="case")
            hour.head, hour.relation = verbs[0], "obl"
            phrase.tokens += [at, hour]
        else:
            noun = self.noun("time", plural=False)
            which = self.any((("every", "DET", "DT", "det"), ("last", "ADJ", "JJ", "amod")))
            form, tag, fine, relation = which
            noun.head, noun.relation = verbs[0], "obl:unmarked"
            phrase.tokens += [Token(form, tag, fine, head=noun, relation=relation), noun]

    def command(self) -> list[Token]:
        """As in "Bring the lamp to the pier."."""
        deed = self.any(("put", "carry", "fix", "give", "phrasal"))
        phrase = self.verb_phrase(deed, "base", False, room=2)
        start = []
        if self.chance(0.25):
            start = [Token("please", "INTJ", "UH", head=phrase.head, relation="discourse")]
        return self.finished([*start, *phrase.tokens], phrase.head, self.any((".", ".", "!")))

    def question(self) -> list[Token]:
        """As in "Did the cook mend the net?"."""
        subject = self.noun_phrase("person") if self.chance(0.6) else self.pronoun(True)
        phrase = self.verb_phrase(self.deed(), "base", False, room=2)
        form, fine = self.any((("did", "VBD"), ("will", "MD"), ("can", "MD")))
        aux = Token(form, "AUX", fine, head=phrase.head, relation="aux")
        tokens = [aux, *subject.under(phrase.head, "nsubj"), *phrase.tokens]
        if self.chance(0.3):
            why = self.any(("why", "when", "where"))
            tokens.insert(0, Token(why, "ADV", "WRB", head=phrase.head, relation="advmod"))
        return self.finished(tokens, phrase.head, "?")

    def stranded(self) -> list[Token]:
        """As in "Which pier did they walk to?": not projective."""
        noun = self.noun("place", plural=False)
        subject = self.noun_phrase("person") if self.chance(0.5) else self.pronoun(True)
        _, verb = self.verb("move", "base", False)
        which = Token("which", "DET", "WDT", head=noun, relation="det")
        aux = Token("did", "AUX", "VBD", head=verb, relation="aux")
        noun.head, noun.relation = verb, "obl"
        last = Token(self.any(("to", "from", "through")), "ADP", "IN", head=noun, relation="case")
        return self.finished(
            [which, noun, aux, *subject.under(verb, "nsubj"), verb, last], verb, "?"
        )

    def quotation(self) -> list[Token]:
        """As in "The net is wet," said the cook."""
        inner = self.clause(room=1)
        before, verb = self.inflected(
            self.word(("say", "announce", "complain")), "say", "past", False
        )
        verb.form, verb.fine = lex.with_ed(verb.form), "VBD"
        who = self.noun_phrase("person", definite=True)
        opened = Token('"', "PUNCT", "``", after_open=True, head=inner.head, relation="punct")
        closed = Token('"', "PUNCT", "''", tight=True, head=inner.head, relation="punct")
        comma = self.comma(inner.head)
        quoted = [opened, *inner.under(verb, "ccomp"), comma, closed]
        return self.finished([*quoted, *before, verb, *who.under(verb, "nsubj")], verb, ".")

    def there(self) -> list[Token]:
        """As in "There was a lamp behind the door."."""
        kind = self.any(("thing", "tool", "plant", "measure", "person"))
        what = self.noun_phrase(kind, room=2, definite=False)
        form = "were" if what.head.plural else "was"
        be = Token(form, "VERB", "VBD")
        there = Token("there", "PRON", "EX", head=be, relation="expl")
        return self.finished([there, be, *what.under(be, "nsubj")], be, ".")

    def late_relative(self) -> list[Token]:
        """As in "A boat sank yesterday that they knew.": not projective."""
        alive = self.chance(0.5)
        subject = self.noun_phrase("person" if alive else "thing", definite=False)
        kind = self.any(("rest", "move")) if alive else "fail"
        before, verb = self.verb(kind, "finite", subject.head.plural)
        tokens = [*subject.under(verb, "nsubj"), *before, verb]
        if self.chance(0.6):
            tokens.append(Token(self.word(lex.TIMES), "ADV", "RB", head=verb, relation="advmod"))
        inner = self.relative(alive, subject.head.plural)
        return self.finished([*tokens, *inner.under(subject.head, "acl:relcl")], verb, ".")

    def comma(self, head: Token) -> Token:
        """A comma, under a word."""
        return Token(",", "PUNCT", ",", tight=True, head=head, relation="punct")

    def finished(self, tokens: list[Token], root: Token, mark: str) -> list[Token]:
        """The sentence with its last mark and its first letter."""
        first = next(token for token in tokens if token.tag != "PUNCT")
        first.form = first.form[0].upper() + first.form[1:]
        return [*tokens, Token(mark, "PUNCT", ".", tight=True, head=root, relation="punct")]


def as_sentence(tokens: Sequence[Token]) -> Sentence:
    """The sentence that the tokens make, with their heads by number."""
    number: dict[Token | None, int] = {token: i for i, token in enumerate(tokens, start=1)}
    number[None] = 0
    return Sentence(
        words=tuple(token.form for token in tokens),
        tags=tuple(token.tag for token in tokens),
        fine_tags=tuple(token.fine for token in tokens),
        heads=tuple(number[token.head] for token in tokens),
        relations=tuple(token.relation for token in tokens),
    )


def written(tokens: Sequence[Token], name: str) -> str:
    """The sentence in CoNLL-U, with its name and its text."""
    misc = []
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        tight = token.after_open or (following is not None and following.tight)
        misc.append("SpaceAfter=No" if tight else "_")
    text = "".join(
        token.form + ("" if mark != "_" else " ") for token, mark in zip(tokens, misc, strict=True)
    )
    comments = [f"sent_id = {name}", f"text = {text.rstrip()}"]
    return conllu(as_sentence(tokens), comments, misc)


def treebank(seed: int = SEED) -> dict[str, str]:
    """The text of each split. No sentence occurs twice, in one split or in two."""
    author = Author(seed)
    seen: set[tuple[str, ...]] = set()
    splits = {}
    for split, size in SIZES.items():
        blocks: list[str] = []
        while len(blocks) < size:
            tokens = author.sentence()
            words = tuple(token.form.lower() for token in tokens)
            if len(tokens) in LENGTHS and words not in seen:
                seen.add(words)
                blocks.append(written(tokens, f"{split}-{len(blocks) + 1}"))
        splits[split] = "".join(blocks)
    return splits


def main() -> None:
    """Write the files beside this one."""
    for split, text in treebank().items():
        path = Path(__file__).with_name(f"{split}.conllu")
        path.write_bytes(text.encode())


if __name__ == "__main__":
    main()
