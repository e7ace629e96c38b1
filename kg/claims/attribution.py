"""Who says it, how firmly, and whether it is said to hold: read off the words that govern a statement.

From the anchor of a statement the parse is climbed to the root of its sentence. Each governor that is a cue
(a verb of saying, "rumours that", "is expected to", "denied") adds a speaker, a modality or a negation; each
clause passed adds its own adverbs, modal verbs and "according to".  Cue words come from `data/lexicon/cues.tsv`;
the scheme of source, modality and polarity follows FactBank (Saurí & Pustejovsky 2009).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from kg import lexicon
from kg.annotation.parse import Parse
from kg.frames import Frames, is_passive, is_verbal
from kg.model import Modality, Polarity

NEGATIONS = {"not", "n't", "n’t", "never", "no", "neither", "nor", "hardly", "scarcely", "without", "cannot"}
MODALS = {"might": Modality.SPECULATED, "may": Modality.SPECULATED, "could": Modality.SPECULATED,
          "will": Modality.PREDICTED, "shall": Modality.PREDICTED, "would": Modality.PREDICTED,
          "wo": Modality.PREDICTED, "'ll": Modality.PREDICTED, "’ll": Modality.PREDICTED,
          "should": Modality.PREDICTED, "must": Modality.SPECULATED}  # fmt: skip
ACCORDING = {"according to", "in accordance with", "as per"}
WITHHOLDING = {"confirm", "acknowledge", "verify"}  # not confirming is no denial
CONTENT_ANAPHORS = {"detail", "information", "news", "account", "version", "report", "story", "claim", "figure", "charge", "accusation", "allegation", "rumour", "rumor"}
CITING = {"cite", "quote", "rely", "refer"}
CLAUSAL = {"ccomp", "xcomp", "csubj", "csubj:pass", "acl", "advcl", "parataxis", "obj", "nsubj:pass", "nmod", "obl", "conj", "nsubj", "acl:relcl", "appos", "dep", "compound"}
COMPLEMENTS = {"ccomp", "xcomp", "csubj", "csubj:pass"}
UNREAL_CONJUNCTIONS = {"if", "unless", "lest", "whether"}
BREAKING = {"nsubj", "appos", "acl:relcl", "acl", "nmod:poss"}  # what hangs here is presupposed, not said, by a cue above
CONTENTLESS = {"datum", "data", "figure", "statistic", "statement", "report", "study", "survey", "letter", "document", "communique", "communiqué", "release", "article", "interview", "note", "account", "message", "record", "estimate", "information", "publication", "source", "analysis", "poll", "table"}


@dataclass(frozen=True, slots=True)
class Stance:
    """How a statement stands in its sentence; speakers are head tokens, innermost first."""

    modality: Modality = Modality.ASSERTED
    polarity: Polarity = Polarity.POSITIVE
    speakers: tuple[int, ...] = ()
    cue: int | None = None

    def under(self, modality: Modality, cue: int) -> Stance:
        """Return the stance below one more cue: the less firm modality, and the innermost cue, stay."""
        if FIRMNESS[modality] <= FIRMNESS[self.modality]:
            return replace(self, cue=self.cue if self.cue is not None else cue)
        return replace(self, modality=modality, cue=cue)


FIRMNESS = {
    Modality.ASSERTED: 0,
    Modality.REPORTED: 1,
    Modality.ALLEGED: 2,
    Modality.RUMOURED: 4,
    Modality.SPECULATED: 3,
    Modality.PREDICTED: 3,
    Modality.UNCONFIRMED: 5,
    Modality.DENIED: 6,
}


@dataclass
class Reader:
    """Reads stances in one passage, once for each token."""

    frames: Frames
    _memo: dict[int, Stance] = field(default_factory=dict)

    @property
    def parse(self) -> Parse:
        """The parse of the passage."""
        return self.frames.parse

    def stance(self, anchor: int) -> Stance:
        """Return the stance of the statement that an anchor heads."""
        if anchor not in self._memo:
            self._memo[anchor] = self._climb(anchor)
        return self._memo[anchor]

    def _climb(self, anchor: int) -> Stance:
        parse = self.parse
        stance = self._clause(Stance(), anchor, own=True)
        if (denier := self._denied_participant(anchor)) is not None:
            stance = replace(stance, polarity=Polarity.NEGATIVE, cue=denier)
        if anchor >= 2 and [t.lower() for t in parse.text[anchor - 2 : anchor]] == ["yet", "to"]:
            stance = replace(stance, polarity=Polarity.NEGATIVE, cue=anchor - 2)
        if stance.polarity is Polarity.NEGATIVE and parse.lemma[anchor].lower() in WITHHOLDING:
            stance = replace(stance, modality=Modality.UNCONFIRMED)
        token, presupposed = anchor, False
        for head in parse.ancestors(anchor):
            dep = parse.dep[token]
            if dep == "conj":
                if parse.tag[token] == "VB" and not parse.kids(token, "aux", "nsubj"):
                    stance = self._shared_modal(stance, head)  # "will meet Ruiz and sign"
                stance = self._clause(stance, head, own=False)
                token = head
                continue
            if dep in BREAKING and not (dep == "acl" and (is_purpose(parse, token) or (parse.lemma[head].lower(), "NOUN") in lexicon.cues())):
                presupposed = True
            if dep in COMPLEMENTS or not presupposed or is_quote_governor(parse, head, token):
                stance = self._governor(stance, head, token, dep, presupposed=presupposed)
            stance = self._clause(stance, head, own=False)
            token = head
        return stance

    def _denied_participant(self, anchor: int) -> int | None:
        """Return the word that says that nobody took part: "No envoy left", "Neither Ana nor Tom left", "almost left"."""
        parse = self.parse
        for child in parse.children[anchor]:
            if parse.dep[child] in {"nsubj", "nsubj:pass", "obj"}:
                if parse.text[child].lower() in {"nobody", "none", "nothing"}:
                    return child
                marks = [c for c in parse.children[child] if parse.text[c].lower() in {"no", "neither"} and c < child]
                if marks:
                    return marks[0]
            if parse.dep[child] == "advmod" and parse.text[child].lower() in {"almost", "nearly"} and is_verbal(parse, anchor):
                return child
        return None

    def _clause(self, stance: Stance, token: int, *, own: bool) -> Stance:
        """Apply what stands in the clause of a token: negation and modal verbs only to its own statement."""
        parse = self.parse
        for child in parse.children[token]:
            word, dep = parse.text[child].lower(), parse.dep[child]
            if own:
                stance = self._own_modifier(stance, child, word, dep)
            if dep in {"obl", "advmod", "parataxis", "conj", "nmod", "advcl", "dep"}:
                stance = self._aside(stance, child, dep)
        return stance

    def _own_modifier(self, stance: Stance, child: int, word: str, dep: str) -> Stance:
        parse = self.parse
        if word in NEGATIONS and dep in {"advmod", "det", "cc", "cc:preconj", "aux", "mark", "case"}:
            flipped = Polarity.NEGATIVE
            return replace(stance, polarity=flipped, cue=stance.cue if stance.cue is not None else child)
        if dep == "aux" and word in MODALS:
            return stance.under(self._modal(child, word), child)
        if dep == "mark" and word in UNREAL_CONJUNCTIONS:
            return stance.under(Modality.SPECULATED, child)
        cue = lexicon.cues().get((parse.lemma[child].lower(), "ADV" if dep == "advmod" else "ADJ" if dep == "amod" else ""))
        if cue and cue.modality:
            return stance.under(Modality(cue.modality), child)
        return stance

    def _shared_modal(self, stance: Stance, head: int) -> Stance:
        """Apply the modal verb that the first of two conjoined verbs has for both."""
        parse = self.parse
        for child in parse.kids(head, "aux"):
            word = parse.text[child].lower()
            if word in MODALS:
                stance = stance.under(self._modal(child, word), child)
        return stance

    def _modal(self, child: int, word: str) -> Modality:
        """Would and could of the past tell of habit or ability, not of doubt, unless "have" follows."""
        parse = self.parse
        verb = parse.head[child]
        perfect = any(parse.lemma[a] == "have" for a in parse.kids(verb, "aux"))
        if word in {"would", "should"} and perfect:
            return Modality.SPECULATED
        return MODALS[word]

    def _aside(self, stance: Stance, child: int, dep: str) -> Stance:
        """Apply "according to X", "…, X said" and "citing X" beside a clause."""
        parse = self.parse
        case = parse.case(child)
        if case in ACCORDING or case.startswith("according"):
            return self._speak(stance, child, Modality.REPORTED, child)
        if (dep == "parataxis" or (dep == "conj" and closes_with_speaker(parse, child))) and is_verbal(parse, child):
            cue = lexicon.cues().get((parse.lemma[child].lower(), "VERB"))
            speaker = self.subject(child)
            if cue and "source" in cue.effect and speaker is not None and not parse.kids(child, "ccomp", "obj"):
                return self._speak(stance, speaker, self._verb_modality(child, cue), child)
        if dep == "advcl" and parse.lemma[child].lower() in CITING and parse.tag[child] == "VBG":
            cited = [a.token for a in self.frames.arguments(child) if a.slot == "obj" or a.slot.startswith("prep:")]
            if cited:
                return self._speak(stance, cited[0], Modality.REPORTED, child)
        if dep == "advmod" and parse.text[child].lower() == "reportedly":
            return stance.under(Modality.REPORTED, child)
        return stance

    def _governor(self, stance: Stance, head: int, token: int, dep: str, *, presupposed: bool) -> Stance:
        """Apply a cue that governs the statement."""
        parse = self.parse
        verbal = is_verbal(parse, head)
        accusing = lexicon.cues().get((parse.lemma[head].lower(), "VERB")) if dep == "advcl:for" else None
        if accusing and accusing.effect == "negative":
            return self._apply(stance, accusing, head, token, "ccomp")  # "prevented him from leaving"
        if accusing and accusing.modality in {"alleged", "speculated"}:
            return self._apply(stance, accusing, head, token, "ccomp")  # "accused him of stealing": that he stole is alleged
        if dep in {"advcl", "advcl:for"}:
            return stance.under(Modality.PREDICTED, token) if is_purpose(parse, token) else stance
        if dep == "acl" and not verbal and is_purpose(parse, token) and (parse.lemma[head].lower(), "NOUN") not in lexicon.cues():
            return stance.under(Modality.PREDICTED, token)
        if dep not in CLAUSAL or (presupposed and dep not in COMPLEMENTS):
            return stance
        cue = lexicon.cues().get((parse.lemma[head].lower(), "VERB" if verbal else "NOUN")) or lexicon.cues().get(
            (parse.lemma[head].lower(), "ADJ")
        )
        if verbal and dep == "ccomp" and (told := self.noun_that_tells(head)) is not None:
            noun, tells = told
            owner = self.subject(noun)
            stance = stance.under(Modality(tells.modality), noun)
            return self._speak(stance, owner, Modality(tells.modality), noun) if owner is not None else stance
        if cue is None:
            denied = any(parse.text[c].lower() in NEGATIONS for c in parse.kids(head, "advmod"))
            if dep in COMPLEMENTS and ((denied and parse.lemma[head].lower() in {"true", "allow", "permit"}) or parse.lemma[head].lower() in {"false", "untrue"}):
                return replace(stance, polarity=Polarity.NEGATIVE, cue=stance.cue if stance.cue is not None else head)
            return stance
        if verbal and dep in {"obj", "nsubj:pass", "obl", "nmod", "nsubj"} and not takes_event_object(cue):
            return stance
        if not verbal and dep not in {"acl", "nmod", "ccomp", "xcomp", "csubj"}:
            return stance
        if verbal and dep == "obl":
            return stance
        if presupposed and ("source" not in cue.effect or cue.modality == "denied" or cue.modality == "predicted"):
            return stance  # "expected to meet Ruiz, who fled in May": that he fled is not expected but told
        return self._apply(stance, cue, head, token, dep)

    def _apply(self, stance: Stance, cue: lexicon.Cue, head: int, token: int, dep: str) -> Stance:
        parse = self.parse
        negated = any(parse.text[c].lower() in NEGATIONS for c in parse.kids(head, "advmod", "det", "aux"))
        if cue.effect == "negative":
            polarity = Polarity.POSITIVE if negated else Polarity.NEGATIVE
            return replace(stance, polarity=polarity, cue=stance.cue if stance.cue is not None else head)
        infinitive = dep == "xcomp" or any(parse.text[c].lower() == "to" for c in parse.kids(token, "mark"))
        if cue.effect == "unreal" or (cue.effect == "source" and cue.modality == "predicted" and infinitive):
            return stance.under(Modality(cue.modality), head) if infinitive or (cue.effect == "unreal" and dep in {"ccomp", "acl", "nmod"}) else stance
        if "source" not in cue.effect:
            return stance.under(Modality(cue.modality), head) if cue.modality else stance
        modality = self._verb_modality(head, cue)
        if (negated and cue.word in {"confirm", "acknowledge", "admit"}) or (negated and cue.modality == "denied"):
            modality = Modality.UNCONFIRMED
        elif negated and cue.modality in {"alleged", "speculated"}:
            stance = replace(stance, polarity=Polarity.NEGATIVE)
        speaker = self.subject(head)
        if modality is Modality.DENIED:
            stance = replace(stance, polarity=Polarity.NEGATIVE)
        if speaker is None:
            discovered = is_verbal(parse, head) and modality is Modality.REPORTED and not stance.speakers and impersonal(parse, head)
            return stance if discovered and cue.word in {"find", "reveal", "disclose", "show", "confirm", "announce"} else stance.under(modality, head)
        return self._speak(stance, speaker, modality, head)

    def noun_that_tells(self, verb: int) -> tuple[int, lexicon.Cue] | None:
        """Return a subject that is itself a cue, and no speaker: "Rumour has it that", "Speculation holds that"."""
        parse = self.parse
        for child in parse.kids(verb, "nsubj"):
            cue = lexicon.cues().get((parse.lemma[child].lower(), "NOUN"))
            if cue and "source" in cue.effect and cue.modality in {"rumoured", "speculated", "alleged", "predicted"}:
                return child, cue
        return None

    def _verb_modality(self, head: int, cue: lexicon.Cue) -> Modality:
        return Modality(cue.modality)

    def _speak(self, stance: Stance, speaker: int, modality: Modality, cue: int) -> Stance:
        """Add a speaker outside those already found."""
        speaker = self.voice(speaker)
        speakers = stance.speakers if speaker in stance.speakers else (*stance.speakers, speaker)
        return replace(stance.under(modality, cue), speakers=speakers)

    def of_object(self, verb: int, obj: int) -> Stance:
        """Return the stance of what a verb of saying has for its object: "expects 1,500 arrivals"."""
        cue = lexicon.cues().get((self.parse.lemma[verb].lower(), "VERB"))
        stance = self.stance(verb)
        if cue is None or cue.effect != "source" or cue.modality not in {"predicted", "speculated"} or not any(a.slot == "obj" and a.token == obj for a in self.frames.arguments(verb)):
            return stance
        return self._apply(stance, cue, verb, obj, "ccomp")

    def told_before(self) -> Iterator[tuple[int, int]]:
        """Yield (verb, speaker) where a sentence says who told what stands before it: "This was reported by X"."""
        parse = self.parse
        for verb in range(len(parse)):
            cue = lexicon.cues().get((parse.lemma[verb].lower(), "VERB"))
            if cue is None or "source" not in cue.effect or not is_passive(parse, verb):
                continue
            what = list(parse.kids(verb, "nsubj:pass", "nsubj"))
            points_back = any(parse.text[c].lower() in {"this", "these", "that"} or (parse.lemma[c].lower() in CONTENT_ANAPHORS
                              and any(parse.text[d].lower() in {"this", "these", "the"} for d in parse.kids(c, "det"))) for c in what)
            speaker = self.subject(verb)
            if points_back and speaker is not None and not parse.kids(verb, "ccomp"):
                yield verb, speaker

    def told(self, stance: Stance, speaker: int, cue: int) -> Stance:
        """Return a stance as reported by a speaker."""
        return self._speak(stance, speaker, Modality.REPORTED, cue)

    def subject(self, head: int) -> int | None:
        """Return who speaks: the subject of a verb, the author or owner of a noun."""
        args = self.frames.arguments(head)
        verbal = is_verbal(self.parse, head)
        wanted = ("subj",) if verbal else ("poss", "prep:by", "prep:from", "demonym")
        if verbal and is_passive(self.parse, head):
            wanted = ("subj",)
        for slot in wanted:
            for arg in args:
                word = self.parse.text[arg.token].lower()
                refers = word == "it" and any(r.head == arg.token for r in self.frames.refs)  # expletives are no mentions
                if is_verbal(self.parse, arg.token):
                    continue  # a clause does not speak
                if arg.slot == slot and (refers or word not in {"it", "there", "which", "that", "this"}):
                    return arg.token
        return None

    def voice(self, token: int) -> int:
        """Return the body behind a text that speaks: "data released by X", "X's report" → X."""
        parse = self.parse
        if parse.lemma[token].lower() not in CONTENTLESS:
            return token
        for arg in self.frames.arguments(token):
            if arg.slot == "acl":
                by = [a.token for a in self.frames.arguments(arg.token) if a.slot == "subj"]
                if by:
                    return by[0]
            if arg.slot in {"poss", "prep:by", "prep:from"}:
                return arg.token
        return token


def closes_with_speaker(parse: Parse, verb: int) -> bool:
    """Whether a verb that the parser took for a conjunct ends the sentence as ", two officials said"."""
    first = min(parse.subtree(verb))
    return first > 0 and parse.text[first] != "and" and not parse.kids(verb, "cc") and (parse.text[first] == "," or parse.text[first - 1] == ",")


def is_purpose(parse: Parse, token: int) -> bool:
    """Whether a clause tells an aim: "to prevent escapes", "in order to"."""
    return parse.tag[token] == "VB" and any(parse.text[c].lower() == "to" for c in parse.kids(token, "mark"))


def is_quote_governor(parse: Parse, head: int, token: int) -> bool:
    """Whether a clause of direct speech hangs on its verb of saying."""
    return parse.dep[token] in {"ccomp", "parataxis"}


def takes_event_object(cue: lexicon.Cue) -> bool:
    """Whether the noun below a cue is what is said ("denied the defection"), not a mere object ("planned a trip")."""
    return (cue.effect in {"source", "source-negative"} and cue.word in {
        "deny", "confirm", "report", "announce", "allege", "predict", "forecast", "reject", "dismiss", "expect", "rumour", "suspect"
    }) or (cue.effect in {"unreal", "negative"} and cue.word in {"plan", "order", "demand", "propose", "schedule", "request", "attempt", "threaten", "prevent", "block", "ban", "refuse", "urge"})


def impersonal(parse: Parse, head: int) -> bool:
    """Whether a verb of saying has "it" for its subject: "it was found that"."""
    return any(parse.text[c].lower() == "it" for c in parse.kids(head, "nsubj", "nsubj:pass", "expl"))
