"""The words of the small treebank, by kind, and how they are inflected.

A kind says which company a word keeps: what it is modified by, and what can follow it. In every
list the frequent words come first; the grammar draws the last ones rarely.
"""

from __future__ import annotations


def words(text: str) -> tuple[str, ...]:
    """The words of a text."""
    return tuple(text.split())


NOUNS = {
    "person": words(
        "gardener captain carpenter apprentice neighbour farmer baker sailor painter widow boy "
        "potter girl miller teacher porter fisherman guest cook shepherd daughter blacksmith uncle "
        "weaver clerk visitor cousin pilot diver mason tailor ferryman beekeeper glazier cooper "
        "lodger stranger drummer surveyor thatcher"
    ),
    "thing": words(
        "boat table net chair fence clock basket lamp cart door bell barrel ladder bench canoe "
        "bicycle stove cupboard raft wheelbarrow trunk loom kettle mirror wagon cradle kite anvil "
        "stool piano dinghy sledge churn trellis"
    ),
    "tool": words(
        "hammer brush rake saw knife spade needle chisel file trowel plane wrench mallet sponge "
        "drill scraper pitchfork crowbar sickle hoe awl"
    ),
    "part": words(
        "roof handle mast wheel lid hinge sail engine leg drawer keel rudder pane lock strap shelf "
        "hull anchor spoke rim bolt shutter spring latch pedal chimney"
    ),
    "place": words(
        "garden harbour workshop pier shed village market mill barn island kitchen orchard cellar "
        "bridge lighthouse yard quay greenhouse station chapel beach valley boathouse meadow canal "
        "stable attic jetty forge"
    ),
    "plant": words(
        "rose tomato pear hedge fern bean pumpkin tulip onion apple cabbage vine lily plum carrot "
        "turnip thistle willow quince"
    ),
    "material": words(
        "oak iron canvas copper rope clay leather wool pine tar glass straw tin slate flax resin "
        "wicker felt"
    ),
    "measure": words("pile bucket row crate bundle sack heap jar load handful stack"),
    "talk": words(
        "story letter rumour song report book question warning poem note lesson message complaint"
    ),
    "event": words("storm flood auction wedding tide feast race harvest regatta frost fair parade"),
    "time": words("morning evening winter spring night afternoon week month summer autumn"),
}

VERBS = {
    "fix": words("repair mend paint clean scrub carve oil seal patch varnish hammer rivet"),
    "put": words("put hang store hide leave place lay load drop bury"),
    "see": words("see notice admire remember like own choose describe sketch inherit"),
    "carry": words("carry bring drag push take haul roll lug"),
    "give": words("give sell show lend offer bequeath"),
    "move": words("walk sail run hurry drift climb row march creep stroll"),
    "rest": words("wait sleep work sing laugh rest dream whistle shiver nap yawn"),
    "fail": words("leak rust creak crack sink rot rattle burst warp wobble squeak"),
    "say": words("say think believe report hope claim know fear announce complain swear"),
    "want": words("want try plan refuse learn hope decide forget promise agree hesitate"),
    "urge": words("ask urge help persuade teach allow order beg"),
    "talk": words("talk argue joke write ask quarrel gossip"),
}
# A verb and its particle.
PHRASAL = tuple(
    tuple(pair.split("_"))
    for pair in words("pick_up put_away take_down set_out throw_away put_up clean_out wind_up")
)

ADJECTIVES = {
    "person": words(
        "old young quiet tired clever careful patient clumsy stubborn cheerful tall shy strange "
        "nervous loud pale tidy lame gruff"
    ),
    "time": words("long quiet dark cold warm wet"),
    "event": words("long great sudden loud dull cold"),
    "other": words(
        "old small new heavy wet broken long red narrow rusty green empty cheap dry blue white "
        "steep round rough strange muddy sturdy grey crooked hollow greasy brittle shabby lopsided"
    ),
}
# They say what something is made of: before a compound they go with its first noun.
MADE_OF = words("wooden metal woollen stone earthen brass silken")
READY = words("ready able eager afraid slow happy free unable")

MANNER = words(
    "quietly slowly carefully quickly badly gently loudly alone well proudly clumsily patiently "
    "hastily neatly"
)
TIMES = words("yesterday today again soon later twice tonight already once afterwards")
OFTEN = words("often never always still also rarely usually seldom")
DEGREE = words("very too quite rather fairly almost")
FOCUS = words("only even just")
ABOUT = words("almost about nearly over")

NUMBERS = words("two three four five six ten twelve seven twenty nine")
POSSESSIVES = words("their his her its our my")
SUBJECTS = words("they she he we it you")
OBJECTS = words("them it her him us")
MODALS = words("will could must would can should might")
BECAUSE = words("because when while if although before after until unless since")

# Names are put together: there are more of them than the treebank has, so new ones turn up.
PLACE_STARTS = words(
    "Alder Brin Corm Dun Elm Farl Gres Hoth Ivel Kels Lorn Marl Neth Orm Pell Rood Skar Thorn "
    "Ulver Wend"
)
PLACE_ENDS = words("wick mouth by ford holm stead combe haven ness tarn march low")
NAME_STARTS = words("Mir Tol Bel Jas Kor Len Nad Oss Per Rav Sel Tam Ul Vas Yor Zin")
NAME_ENDS = words("en va ik a om is eth ora an ut")
# Trades and colours too: a boatmaker, salt-stained.
TRADE_STARTS = words(
    "boat net clock basket lamp bell barrel rope cart kite sail lock glass tin saddle button "
    "candle wheel oar broom"
)
TRADE_ENDS = words("maker mender seller keeper builder")
WEATHER = words("salt rain sun wind smoke frost sea moss mud dust")
WEATHERED = words("stained worn bleached soaked beaten streaked eaten cracked")

PAST = {
    "put": "put put",
    "hang": "hung hung",
    "hide": "hid hidden",
    "leave": "left left",
    "lay": "laid laid",
    "see": "saw seen",
    "bring": "brought brought",
    "take": "took taken",
    "give": "gave given",
    "sell": "sold sold",
    "show": "showed shown",
    "lend": "lent lent",
    "run": "ran run",
    "swim": "swam swum",
    "creep": "crept crept",
    "sleep": "slept slept",
    "sing": "sang sung",
    "sink": "sank sunk",
    "burst": "burst burst",
    "say": "said said",
    "think": "thought thought",
    "know": "knew known",
    "swear": "swore sworn",
    "forget": "forgot forgotten",
    "teach": "taught taught",
    "beg": "begged begged",
    "write": "wrote written",
    "choose": "chose chosen",
    "set": "set set",
    "throw": "threw thrown",
    "wind": "wound wound",
}
DOUBLED = set(words("put run swim scrub quarrel trim drag drop plan forget nap rot beg set lug"))
PLURALS = {"fisherman": "fishermen", "ferryman": "ferrymen", "knife": "knives", "shelf": "shelves"}


def with_s(word: str) -> str:
    """A noun in the plural, or a verb in the third person."""
    if word in PLURALS:
        return PLURALS[word]
    if word[-1] == "y" and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    if word.endswith(("s", "x", "ch", "sh", "to")):
        return word + "es"
    return word + "s"


def with_ed(verb: str, participle: bool = False) -> str:
    """A verb in the past tense, or its past participle."""
    if verb in PAST:
        return PAST[verb].split()[participle]
    if verb in DOUBLED:
        return verb + verb[-1] + "ed"
    if verb[-1] == "e":
        return verb + "d"
    if verb[-1] == "y" and verb[-2] not in "aeiou":
        return verb[:-1] + "ied"
    return verb + "ed"


def with_ing(verb: str) -> str:
    """The present participle of a verb."""
    if verb in DOUBLED:
        return verb + verb[-1] + "ing"
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb[-1] == "e" and verb[-2] != "e":
        return verb[:-1] + "ing"
    return verb + "ing"
