"""Postal addresses in Latin letters: a street with its number, and what follows or stands above it as one address.

Kinds of streets are those of the United States Postal Service (Publication 28, appendix C1) with the British ones, and
the usual words of Dutch, French, German, Italian, Portuguese, Scandinavian and Spanish addresses. An address grows from
its street over units, cities, states and postcodes, over line breaks too.
"""

from __future__ import annotations

import re

from polyveil.modalities.text.detectors.address_lower import find_lower
from polyveil.modalities.text.detectors.address_told import BREAK, UNIT, find_told, grown
from polyveil.modalities.text.detectors.gate import Bytes, gated
from polyveil.modalities.text.detectors.place import UPPER
from polyveil.schema.finding import Finding
from polyveil.schema.locations import Span

DETECTOR = "addresses"
SCORE = 0.85
_SUFFIXES = (
    "Alley|Aly|Arcade|Avenue|Ave|Bayou|Beach|Bend|Bluffs?|Bottom|Boulevard|Blvd|Branch|Bridge|Brooks?|Burgs?|Bypass|Camp|Canyon|Cape|"
    "Causeway|Centers?|Centre|Circles?|Cir|Cliffs?|Close|Club|Common|Corners?|Courts?|Course|Ct|Coves?|Creek|Crescent|Cres|Crest|"
    "Crossing|Crossroad|Curve|Dale|Dam|Divide|Drives?|Dr|Drove|Estates?|Esplanade|Expressway|Extensions?|Falls?|Ferry|Fields?|Flats?|"
    "Fords?|Forest|Forges?|Forks?|Fort|Freeway|Gardens?|Gate|Gateway|Glens?|Greens?|Groves?|Harbors?|Haven|Heights|Highway|Hwy|Hills?|"
    "Hollow|Inlet|Islands?|Isle|Junctions?|Keys?|Knolls?|Lakes?|Land|Landing|Lanes?|Ln|Lights?|Loaf|Locks?|Lodge|Loop|Mall|Manors?|Meadows?|"
    "Mews|Mills?|Mission|Motorway|Mount|Mountains?|Neck|Orchard|Oval|Overpass|Parade|Park|Parks|Parkways?|Pkwy|Pass|Passage|Path|Pike|"
    "Pines?|Place|Pl|Plains?|Plaza|Points?|Ports?|Prairie|Promenade|Quay|Radial|Ramp|Ranch|Rapids?|Rest|Ridges?|Rise|River|Roads?|Rd|"
    "Route|Row|Rue|Run|Shoals?|Shores?|Skyway|Springs?|Spurs?|Square|Squares|Sq|Station|Strand|Stravenue|Stream|Streets?|St|Summit|"
    "Terrace|Ter|Throughway|Trace|Track|Trafficway|Trail|Tunnel|Turnpike|Underpass|Unions?|Valleys?|Via|Viaduct|Views?|Villages?|Ville|"
    "Vista|Walks?|Wall|Ways?|Wells?|Wharf|Wynd|Yard"
)
_COUNTED_KINDS = (
    "Avenue|Ave|Boulevard|Blvd|Circle|Cir|Close|Courts?|Ct|Crescent|Cres|Cross|Drives?|Dr|Highway|Hwy|Lanes?|Ln|Loop|Parkway|Pkwy|Place|Pl|"
    "Plaza|Roads?|Rd|Row|Route|Squares?|Sq|Streets?|St|Terrace|Ter|Trail|Walk|Ways?"
)
"""Kinds of streets that are counted: '5th Avenue', but no '4th Estate'."""
_CAPITAL = rf"[{UPPER}][\w'’.-]{{0,28}}"
_NUMBER = (
    r"(?:\d{1,6}[A-Za-z]?(?:\s?[-/&]\s?\d{1,6}[A-Za-z]?)?|One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten|Eleven|Twelve|"
    r"(?:Thir|Four|Fif|Six|Seven|Eigh|Nine)teen|(?:Twen|Thir|For|Fif|Six|Seven|Eigh|Nine)ty(?:[- ][a-z]{3,5})?)"
)
_ORDINAL = r"\d{1,3}(?:st|nd|rd|th)"
_LINKS = (
    r"(?:de|del|della|delle|dei|degli|di|da|do|dos|das|du|des|la|las|los|le|les|el|van|der|den|het|of|the|and|y|e|et|"
    r"l'|d')"
)
_KIND_FIRST = (
    r"(?:Rua|Rue|ul\.|al\.|os\.|Ulica|Bairro|Ctra\.|Avenida|Avenue|Av\.|Alameda|Travessa|Largo|Praça|Praca|Calle|C/|Plaza|Paseo|Pasaje|Callejón|Camino|Carretera|Ronda|"
    r"Rambla|Glorieta|Cuesta|Acceso|Vial|Via|Viale|Vicolo|Piazza|Piazzale|Corso|Strada|Contrada|Borgo|Canale|Rotonda|Incrocio|Stretto|"
    r"Boulevard|Bd\.?|Place|Chemin|Impasse|Allée|Allee|Quai|Route|Cours|Calçada|Estrada|Urbanización|Cañada|Pasadizo|Alley|Οδός|οδός|Λεωφόρος|λεωφόρος|Πλατεία|πλατεία|улица|ул\.|проспект|пр\.|переулок|пер\.|площадь|бульвар)"
)
_KIND_LAST = (
    r"(?:straße|strasse|str\.|weg|platz|gasse|allee|ring|ufer|damm|laan|straat|plein|gracht|kade|dreef|singel|steeg|hof|pad|baan|"
    r"boulevard|gatan|vägen|stigen|gränd|torget|veien|vegen|gata|gaten|vej|gade|katu|tie)"
)
_KIND_APART = (
    r"(?:utca|út|útja|tér|tere|kapu|rakpart|körút|sétány|u\.|tee|põik|puiestee|maantee|gata|gatan|vei|veien|veg|vegen|vej|"
    r"väg|vägen|allé|plads|plass|plats|torg|torget|náměstí|třída|nábřeží|ulice|ulica|cesta|trg|straße|strasse|straat|weg|laan|"
    r"katu|kuja|polku|kaari|caddesi|sokak|street)"
)
_NO_KIND = r"(?:Broadway|Bowery|Piccadilly|Whitehall|Cheapside|Kingsway|Haymarket|Strand|Embarcadero)"
"""Streets without a word for their kind."""
_STATE = (
    r"(?:A[AEKLPRSZ]|C[AOT]|D[CE]|F[LM]|G[AU]|HI|I[ADLN]|K[SY]|LA|M[ADEHINOPST]|N[CDEHJMVY]|O[HKR]|P[ARW]|RI|S[CD]|T[NX]|UT|V[AIT]|"
    r"W[AIVY]|NSW|VIC|QLD|TAS|ACT|[A-Z][a-z]+)"
)
_ZIP = r"\d{5}(?:-\d{4})?"
_UK = r"[A-Z]{1,2}\d[A-Z\d]?[ ]?\d[A-Z]{2}"
_EIRCODE = r"[ACDEFHKNPRTVWXY]\d[0-9W][ ]?[0-9ACDEFHKNPRTVWXY]{4}"
_CITY = rf"{_CAPITAL}(?:[ -](?:{_LINKS}[ ])?{_CAPITAL}){{0,3}}"
_GAP = r"(?:\.?,[ \t]{0,8}\n?|[ \t]{0,8}\n|[ \t])[ \t]{0,8}"

_WRAP = r"(?:[ \t]+|[ \t]*\n[ \t]*)"
"""Between words of a street: a line may end there, in prose (`_wrapped`)."""
_STARTS = rf"(?<![\w.,/-])(?:(?:Unit|Flat|Apt|Apartment|Studio|Suite)[ ])?{_NUMBER},?[ \t]+"
_LINKED = rf"(?:{_LINKS}[ \t]*){{0,4}}"
_STREETS = (
    gated(
        rf"{_STARTS}(?:[NSEW]{{1,2}}\.?[ \t]+)?"
        rf"(?:(?:(?:{_CAPITAL}|{_ORDINAL}){_WRAP}){{0,3}}?{_CAPITAL}{_WRAP}(?:{_SUFFIXES})"
        rf"|{_ORDINAL}[ \t]+(?:{_COUNTED_KINDS}))\b"
        r"(?:[ \t](?:[NS][EW]?|[EW]|North|South|East|West)\b)?",
        rf"{_NUMBER},?[ \t]+(?:[NSEW]{{1,2}}\.?[ \t]+)?(?:[A-ZÀ-Þ]|{_ORDINAL})",
        after=180,
    ),
    gated(
        rf"{_STARTS}(?:bis[ \t]+|ter[ \t]+)?(?i:{_KIND_FIRST})[ \t]+{_LINKED}{_CITY}(?:[ \t]+\d{{1,4}}(?!\w))?",
        rf"{_NUMBER},?[ \t]+(?:bis[ \t]+|ter[ \t]+)?(?i:{_KIND_FIRST})[ \t]",
        after=180,
    ),
    gated(
        rf"(?<!\w){_KIND_FIRST}[ \t]+{_LINKED}{_CITY},?[ \t]+(?:n[°º.][ \t]*|s/n)?{_NUMBER}\b",
        rf"{_KIND_FIRST}[ \t]",
        after=180,
    ),
    gated(
        rf"(?<!\w)(?:{_CAPITAL}[ \t-])?(?!During|Spring|String|Bring|[A-Za-z]{{1,12}}(?:eering|toring|dering|sharing|"
        rf"scoring|[Pp]ad)\b|Tie\b)[A-Z\u00c0-\u00de][\w\u00c0-\u024f-]{{0,40}}?"
        rf"(?i:{_KIND_LAST})"
        r"[ \t]+(?!(?:19|20)\d\d\b)\d{1,4}(?:[ \t]?[a-z]\b)?(?:[/-]\d{1,4})?(?!\w)",
        rf"(?i:{_KIND_LAST})[ \t]+\d",
        before=72,
        after=16,
    ),
    gated(
        rf"(?<!\w)(?:\d{{1,6}}[ \t]+)?[{UPPER}][\w'’-]{{1,30}}"
        rf"(?:[ \t](?:{_LINKS}[ \t])?[{UPPER}][\w'’-]{{1,30}}){{0,2}}[ \t]{_KIND_APART}"
        r"[ \t]+(?!(?:19|20)\d\d\b)\d{1,4}(?:[ \t]?[a-z]\b)?(?:[/-]\d{1,4})?(?!\w)",
        rf"[ \t]{_KIND_APART}[ \t]+\d",
        before=110,
        after=16,
    ),
    gated(rf"{_STARTS}(?:[NSEW]\.?[ \t]+)?{_NO_KIND}\b", rf"[ \t]{_NO_KIND}", before=16, after=8),
    gated(
        r"(?<![\w-])(?:Flat|Room|Rm|Unit)\.? \w{1,5},? \w{1,3}/F"
        rf"(?:,? (?:Tower|Block) \w{{1,3}}|,? {_CITY}){{1,5}}",
        r"\w{1,3}/F,? [A-Z]",
        before=24,
        after=180,
    ),
    gated(
        rf"(?<![\w-])(?:Flat|Apt|Apartment|Unit|Room)\.? \w{{1,5}},? (?:{_CAPITAL} ){{1,3}}"
        r"(?:House|Court|Mansions?|Lodge|Point|Tower|Heights|Buildings?|Villas?|Hall)\b",
        r"(?:Flat|Apt|Apartment|Unit|Room)\.? \w{1,5},? [A-Z]",
        before=2,
        after=120,
    ),
    gated(
        r"(?<![\w-])(?:Flat|Apt|Apartment|Studio|Unit)\.? \w{1,5},?[ \n]"
        rf"(?:[\w'’.-]{{2,20}},?[ \n]){{1,7}}?{_UK}(?!\w)",
        r"(?:Flat|Apt|Apartment|Studio|Unit)\.? \w{1,5},?[ \n][A-Z0-9]",
        before=2,
        after=200,
    ),
    gated(r"\b(?:PSC|Unit|CMR)[ \t]\d{1,5},?[ \t]Box[ \t]\d{1,6}\b", after=1),
    gated(
        r"\b(?:USNS|USS|USCGC|USNV)[ \t][A-Z\u00c0-\u017f]\w+(?=,?\s+[FAD]PO\b)",
        r"(?:USNS|USS|USCGC|USNV)[ \t]\p{Lu}",
        after=64,
    ),
)
_PARTS = (
    rf"{UNIT}(?![\w-])",
    rf"(?:[FAD]PO|{_CITY}),?[ \t]+{_STATE},?[ \t]+(?:{_ZIP}|\d{{4}})(?!\d)",
    rf"{_CITY},?[ \t]+{_ZIP}(?!\d)",
    rf"(?:[A-Z]{{1,2}}-)?\d{{4,5}}(?:[ ]?[A-Z]{{2}}(?![\w-]))?{_GAP}{_CITY}(?:[ ]?\([A-Z]{{2}}\))?",
    rf"{_UK}(?!\w)",
    rf"{_CITY}{_GAP}{_UK}(?!\w)",
    rf"(?:Co\.?|County)[ ]{_CAPITAL}(?:,?[ \t]+{_EIRCODE}(?!\w))?",
    rf"{_CITY}(?=,[ \t]+(?:Co\.?|County)[ ][A-Z])",
    rf"{_EIRCODE}(?!\w)",
    rf"{_CITY},[ \t]+(?:{_STATE}|{_CITY})(?=[ \t]*(?:[.\n]|$))",
    rf"(?<=,[ ]){_CITY}(?=[ \t]*\.?(?:\n|$))",
    rf"{_ZIP}(?!\d)",
)
_AFTER = re.compile(rf"{_GAP}(?:{'|'.join(_PARTS)})")
_FLAT = r"(?:Flat|Apt|Apartment|Unit|Suite|Studio|Room)\.? [\w-]{1,6}(?:, ?|[ \n])"
_BEFORE = re.compile(rf"(?<![\w.,])(?:{_FLAT})?(?:\d{{1,6}}(?:[ \t]|{BREAK}))?$")
_POSTCODE_LINE = re.compile(rf"^[^\n]{{0,40}}?(?:{_UK}|{_STATE}[ \t]+{_ZIP})[ \t]*$", re.MULTILINE)
_ABOVE = re.compile(
    r"(?:\d{1,5}[A-Z]?[ \t]|(?:Flat|Studio|Apt\.?|Unit)[ \t])?[A-Z\u00c0-\u00deo][\w'’.,\u00c0-\u024f -]{1,38}"
    r"|(?:Flat|Studio|Unit) \w{1,5}"
)
_FULL_STOP = re.compile(r"(?:[^\W_]{4}|\d)\.\Z")
_COUNTED = re.compile(r"\d")


def find_addresses(text: str) -> list[Finding]:
    """Addresses in a text. Overlaps are left to the caller."""
    if not _COUNTED.search(text):
        return []
    found: list[tuple[int, int]] = []
    seen = Bytes(text)
    for pattern in _STREETS:
        found += [
            (_headed(text, match.start()), _grown(text, match.end()))
            for match in pattern.finditer(*seen)
            if "\n" not in match.group() or _wrapped(text, match.start())
        ]
    found += find_told(text, seen)
    found += find_lower(seen)
    found += [block for match in _POSTCODE_LINE.finditer(text) if (block := _block(text, match))]
    ends = {(start, _stop(text, start, end)) for start, end in found}
    return [Finding("STREET_ADDRESS", Span(*span), SCORE, DETECTOR, text[slice(*span)]) for span in sorted(ends)]


def _wrapped(text: str, start: int) -> bool:
    """Does a line that goes on in the next one begin before an address? A number that begins a line counts a list."""
    return not text[start].isdigit() or text[text.rfind("\n", 0, start) + 1 : start].strip() != ""


def _stop(text: str, start: int, end: int) -> int:
    """The end without the stop of a sentence, which is none of an abbreviation ('St.', 'D.C.')."""
    return end - 1 if _FULL_STOP.search(text, max(start, end - 8), end) else end


def _headed(text: str, start: int) -> int:
    """The start of an address whose street starts at `start`: a flat stands before it in British ones."""
    match = _BEFORE.search(text[max(0, start - 24) : start])
    return start - len(match.group()) if match else start


def _grown(text: str, end: int) -> int:
    """The end of an address whose street ends at `end`."""
    for _ in range(4):
        match = _AFTER.match(text, end)
        if not match:
            break
        end = match.end()
    return grown(text, end)[0]


def _block(text: str, last: re.Match[str]) -> tuple[int, int] | None:
    """An address of short lines that ends with a line with a postcode; None without a number or a unit above it."""
    start, counted = last.start(), False
    for _ in range(3):
        above = text.rfind("\n", 0, max(0, start - 1)) + 1
        line = text[above : max(above, start - 1)]
        if above >= start or not _ABOVE.fullmatch(line):
            break
        start, counted = above, counted or bool(_COUNTED.search(line))
        if counted:
            break
    return (start, last.end()) if counted else None
