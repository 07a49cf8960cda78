"""The lists of words beside this folder: names, places, words of the language; and words that begin no name."""

from __future__ import annotations

from functools import cache
from importlib import resources

NOT_NAMES = frozenset(
    """
    Attending Medication Mr Mrs Ms Dr The This That These Those There Then They Their His Her He She It Its We
    Our You Your My In On At By For From To Of And Or But If When Where What Who Why How Which While With
    Without After Before Until Since Not No Yes Please Thank Thanks Dear Hello Hi Best Kind Kindly Regards
    Sincerely Re Fw Fwd Subject Date Time Name Phone Email Address Note Notes Report Page Table Figure Total
    Amount Order Invoice Receipt Account Card Number Customer Patient Doctor Hospital Clinic Department
    University College School Institute Company Inc Ltd Llc Corp Corporation Bank Street Road Avenue Lane Drive
    Court Place Square Park City Town County State Country North South East West Monday Tuesday Wednesday
    Thursday Friday Saturday Sunday January February March April May June July August September October November
    December Spring Summer Autumn Winter Christmas Easter English French German Spanish Chinese Japanese
    American British European African Asian Internet Web Site Server Client System User Admin Manager Director
    President Minister Secretary Officer Team Group Center Centre House Room Floor Building Bus Train Airport
    Station Hotel Cafe Restaurant Visit Emergency Medical Health Insurance Policy Claim Type Status Error
    Warning Info Debug Home Office Work Mobile Fax Tel Ref Id Ok New Old First Last Next Previous Good Great
    United States Kingdom Republic Security Social Tax Payment Balance Due Paid Cash Visa Mastercard Ship Bill
    Item Items Qty Price Unit Call Dose Daily Plan Assessment History Exam Diagnosis Treatment Discharge
    Admission Follow Blood Pressure Heart Rate Temperature Left Right Chest Head Passport License Licence Driver
    Sample Demo Test Data File Folder Image Video Audio Text Hospital's Gate Desk Agent Support Service Reuter
    Reuters
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
"""Words with a capital that are no part of a name: grammar, days, fields of forms, kinds of places."""


@cache
def lines(name: str) -> tuple[str, ...]:
    """The lines of a lexicon file, but for those that begin with '#', which say where it comes from."""
    text = (resources.files("polyveil.modalities.text") / "lexicon" / f"{name}.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if not line.startswith("#"))


@cache
def lexicon(name: str) -> frozenset[str]:
    """The words of a lexicon file."""
    return frozenset(word for line in lines(name) for word in line.split())
