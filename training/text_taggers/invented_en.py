"""Sentences of our own with names of many cultures: what the corpora lack (forms, letters, chats, logs, notes, news).

In the forms {P} is a person in full, {F} a given name, {S} a family name, {J} an initial with a family name, {L} a place,
{C} a country, {O} an organisation; a small letter writes the words without capitals, a doubled one ({PP}) in capitals.
"""

from __future__ import annotations

import random
import zoneinfo

from corpora_en import Sentence
from faker import Faker

from polyveil.modalities.text.detectors.lexicon import lexicon

LOCALES = """
en_US en_GB en_IN en_NZ en_KE en_PK de_DE fr_FR es_ES es_MX it_IT pt_BR pt_PT nl_NL sv_SE no_NO da_DK fi_FI
cs_CZ hu_HU ro_RO tr_TR id_ID hr_HR sk_SK sl_SI yo_NG ha_NG zu_ZA tw_GH sw
""".split()  # noqa: SIM905 - a list of words reads best as words
"""Locales of Faker (MIT) whose names are written in Latin letters."""
ROMANISED = {
    "given": "Wei Xiaoming Jing Mei Yan Jianguo Lihua Zhiqiang Hiroshi Yuki Kenji Haruka Takeshi Min-jun Ji-woo Seo-yeon Hyun-woo Anh Linh Minh"
    " Thuy Mohammed Ahmed Fatima Aisha Omar Youssef Layla Khalid Zainab Hassan Ivan Olga Dmitri Svetlana Yevgeny Natasha Sergei Oleksandr"
    " Nikos Eleni Krzysztof Agnieszka Wojciech Siobhán Niamh Seán Moshe Yael Chinedu Ngozi Jean-Luc",
    "family": "Nguyen Tran Pham Hoang Wang Li Zhang Liu Chen Yang Zhao Huang Zhou Wu Xu Sun Zhu Gao Lin Guo Ma Luo Tanaka Suzuki Sato Takahashi"
    " Watanabe Yamamoto Kim Lee Park Choi Jung Kang Al-Farsi Haddad Khoury Nasser Mansour Saleh Ivanov Petrov Sidorov Smirnov Kuznetsov"
    " Shevchenko Kovalenko Kowalski Nowak Wiśniewski Lewandowski Papadopoulos Georgiou O'Brien O'Connor McCarthy Cohen Levy",
}
"""Cultures whose names Faker writes in another script."""


def names(kind: str) -> list[str]:
    """Given names (`first_names`) or family names (`last_names`) of all locales, single words, sorted."""
    made = set(ROMANISED["given" if kind == "first_names" else "family"].split())
    for locale in LOCALES:
        for provider in Faker(locale).factories[0].get_providers():
            if type(provider).__module__.startswith("faker.providers.person"):
                made |= {one for one in getattr(provider, kind, ()) if one.isalpha() or "-" in one or "'" in one}
    return sorted(one for one in made if len(one) > 1 and " " not in one and one[0].isupper())


def _of_faker(kind: str) -> list[str]:
    """A list of Faker's provider of addresses for the USA (`countries`, `states`)."""
    for provider in Faker("en_US").factories[0].get_providers():
        if type(provider).__module__.startswith("faker.providers.address"):
            return list(getattr(provider, kind))
    raise LookupError(kind)


def countries() -> list[str]:
    """Names of countries, as Faker has them and as people say them, sorted."""
    return sorted({one.split(",")[0].split(" (")[0] for one in _of_faker("countries")} | set(SAID))


def cities() -> list[str]:
    """Cities that the tz database (public domain) names its zones after, and the states of the USA by Faker, sorted."""
    zones = (one.split("/") for one in zoneinfo.available_timezones() if one.count("/") == 1)
    made = {
        place.replace("_", " ") for area, place in zones if area in ("Africa", "America", "Asia", "Europe", "Pacific")
    }
    made |= set(_of_faker("states"))
    return sorted(one for one in made if one.replace(" ", "").isalpha() and not one.isupper() and one != "Acre")


SAID = """
Russia Britain England Scotland Wales Ireland Iran Iraq Syria Korea Taiwan Vietnam Bolivia Venezuela Tanzania Moldova
Czechoslovakia Yugoslavia Palestine Kosovo
""".split()  # noqa: SIM905 - a list of words reads best as words
_SHORT = """
London Manchester Leeds Bristol Edinburgh Dublin Paris Lyon Berlin Munich Hamburg Vienna Zurich Rome Milan
Madrid Barcelona Lisbon Amsterdam Brussels Warsaw Prague Budapest Athens Istanbul Cairo Lagos Nairobi Accra
Mumbai Delhi Bangalore Karachi Dhaka Shanghai Beijing Shenzhen Guangzhou Tokyo Osaka Seoul Singapore Jakarta
Manila Sydney Melbourne Toronto Vancouver Montreal Chicago Boston Houston Dallas Denver Seattle Portland
Phoenix Atlanta Miami Springfield Texas California Ohio Florida Yorkshire Kent Cornwall Bavaria Ontario Nevada
Georgia Essex Lincoln Washington
""".split()  # noqa: SIM905 - a list of words reads best as words
PLACES = [
    *_SHORT,
    "New York",
    "Los Angeles",
    "San Francisco",
    "Hong Kong",
    "New Delhi",
    "Cape Town",
    "New Jersey",
    "South Wales",
]
ORGS = """
Acme Globex Initech Umbrella Northwind Contoso Fabrikam Helix Vertex Quantum Meridian Pinnacle Apex Horizon
Summit Orion Stellar Bluewater Ironbridge Lakeside Redwood Evergreen Atlas Nimbus
""".split()  # noqa: SIM905 - a list of words reads best as words
KINDS_OF_ORG = """
Ltd Inc Corp GmbH LLC Group Bank Hospital University Holdings Partners Insurance Logistics Clinic Pharma
Energy Airlines School plc Limited Corporation Co. Inc. Ltd. S.A. AG Industries Systems Services Foundation Trust
Capital Technologies Foods Motors Steel Media Airways Pharmaceuticals Association
""".split()  # noqa: SIM905 - a list of words reads best as words

FORMS = """My name is {P} and I live in {L} .
{P} called about the invoice .
Please contact {P} at {O} .
Dear {F} ,
Dear Mr {S} ,
Dear Dr. {S} ,
Dear {P} ,
Hi {F} , thanks for your email .
Hello , this is {F} from {O} , am I speaking with {F} ?
Kind regards , {P}
Best , {F}
Thanks , {F} {S} | Senior Analyst | {O}
Patient : {P}
Patient {P} ( MRN 448812 ) was seen by Dr. {S} in the {L} clinic .
Name : {P} , DOB : 12 / 03 / 1980
{P} was born in {L} .
{P} , 45 , of {L} , was admitted on Monday .
Mrs {S} 's daughter {F} phoned the ward .
The account holder is {P} .
Ship to : {P} , 12 High Street , {L}
{P} works for {O} in {L} .
{O} hired {P} as an engineer .
I spoke with {F} from {O} yesterday .
{P} and {P} signed the contract .
User {P} logged in from 10 . 0 . 0 . 1 .
The card of {P} was declined in {L} .
Could you forward this to {F} {S} , please ?
Meeting with {F} and {F} on Friday .
Attending : {P} , {P} , {P}
Signed by {P} , Director , {O}
From : {P} To : {P} Subject : Report
{S} , {F} - account closed
Emergency contact : {F} {S} ( wife )
{F} moved from {L} to {L} last year .
Dr {S} prescribed the drug to {P} .
Flight to {L} booked for {P} .
Our client , {P} , requests a refund from {O} .
The driver , {P} , drove from {L} .
Reviewed by : {P}
Welcome {F} ! Your order will be shipped to {L} .
{P} 's passport expires in May .
We met at {O} with Professor {S} .
{P} ( {O} ) told reporters in {L} that talks would go on .
" We are pleased , " said {P} , who leads {O} .
{L} : {P} scored twice as {O} won .
Prime Minister {S} arrived in {L} on Tuesday .
Sources in {L} said {S} had met {P} .
{S} and {S} both denied the claim .
can you ask {f} to call me back
hey {f} , its {f} , u there ?
i met {f} {s} in {l} last week lol
{P} - 55 % , {P} - 45 %
CEO {P} will step down , {O} said in {L} .
Witness {P} stated that {S} left at 9 pm .
I , {P} , hereby authorise {O} to act for me .
Applicant 's name {P} , spouse {P} , children {F} , {F} and {F} .
Employee {P} reports to {P} in the {L} office .
Tell {F} that {F} 's appointment with Dr {S} is at ten .
Customer {F} {S} has a complaint about {O} .
Could you please transfer it to {P} 's account at {O} ?
As promised , here is {P} 's new address : 5 Mill Lane , {L} .
cc : {P} ; {P}
Interview with {P} , {O} , {L}
Author : {P} < mail >
Mother 's maiden name is {S} .
What is {F} 's phone number ?
{F} has just turned 30 .
Please charge it to {P} , Visa .
He was referred by {P} , MD , to {O} .
Ms. {S} , a resident of {L} , has lived there since 1998 .
Mr. and Mrs. {S} travelled to {L} with {F} .
My cousin {F} lives near {L} .
The Height and Class of the card are printed below .
Total amount due : 45.00
Please find attached the Report for March .
Your Account Number is shown on the Statement .
Thank you for calling Customer Service .
Date of Birth : 4 May 1990
Blood Group : O positive
Status : Active , Type : Savings , Branch : Main
The Quarterly Review Meeting is on Tuesday .
Settings saved . Click Next to continue .
ERROR Failed to open Connection : Timeout
Sex : Male , Height : 175 cm , Class : C
License No : B1234567 Issued : 2019
Confidential - Internal Use Only
Cc : Bcc : Subject : Re : Fwd :
Speaker 1 : Good morning . Speaker 2 : Hello .
Invoice Date , Due Date , Payment Terms , Net 30
Chief Complaint : Chest Pain
History of Present Illness and Past Medical History
Lender and Borrower agree to the Terms of this Agreement .
Dear Sir or Madam ,
Dear Customer ,
To Whom It May Concern
Terms and Conditions apply . See Section 4 .
Monday Tuesday Wednesday Thursday Friday
Home About Contact Login Register
Password Reset Request for your Account
Chapter One : The Beginning
Introduction Methods Results Discussion Conclusion
First Name Last Name Email Phone Address
Ward : Cardiology , Bed : 12 , Room : B""".splitlines()

NEWS = """1 . {P} ( {C} ) 9:28.94
2. {P} ( {C} ) 13.21 seconds
3 . {P} ( {C} ) 45 minutes 12.3 seconds
3 - {P} ( {C} ) beat {P} ( {C} ) 6-4 6-2
{P} ( {C} ) beat 2 - {P} ( {C} ) 7-6 ( 7-4 ) 6-3
{P} , {C} , beat {P} , {C} , 21-15 21-9
{J} ( {C} ) 68 71 70 , {J} 69 72 68
68 {P} , {P} ( {C} ) , {P}
205 {P} ( {C} ) 67 69 69 , {P} 66 70 69
Scorers : {S} 12 , {S} 45 , {S} 78 penalty . Attendance 21,000
Scorers : {C} - {P} ( 15th minute ) , {P} ( 60th )
Halftime 1-0 . Scorer : {P} ( 34th minute )
{J} c {S} b {S} 41
{S} lbw b {S} 7 , {J} not out 33
Fall of wickets : 1-15 ( {S} ) , 2-60 ( {J} )
Bowling : {S} 10-1-45-2 , {S} 9-0-51-1 , {J} 8-2-30-0
{C} : 1 - {P} , 2 - {P} , 3 - {P} ( captain ) , 4 - {P} .
Team : {P} , {P} , {P} , {P} ( captain ) , {P}
400 metres hurdles : 1 . {P} ( {C} ) 48.30 2 . {P} ( {C} ) 48.62
Pole vault : 1. {P} ( {C} ) 5.85 metres
World champion {P} of {C} won the 100 metres in 9.87 seconds .
1 . {P} , {O} , 3 hours 20 minutes 5 seconds 2 . {P} ( {C} ) 11 seconds behind
Leading scorers : 8 - {P} ( {O} ) ; 6 - {P} ( {O} ) , {P} ( {O} )
{C} 2 {C} 1 ( halftime 1-0 )
{C} 3 - {C} 0
{C} 10 4 2 4 31 22 14
{O} 2 {O} 1
Results of first-round matches on Monday ( prefix number denotes seeding ) :
Women 's singles , first round
Standings ( tabulate under played , won , drawn , lost , points ) :
W L PCT GB
{LL} 1996-08-30
{LL} , March 4 ( Reuter ) - {P} said on Monday he would resign .
{LL} ( AP ) - Police in {L} arrested {P} , 28 , on Friday .
{LL} , {C} - {P} , who led {C} for a decade , died here on Sunday .
{LL} -- The government of {C} has asked {C} to hand over {P} .
{LL} , {L} : A court here sentenced {P} to five years .
By {P}
BY {PP}
By {P} and {P} in {L}
{P} in {L} and {P} in {L}
Reporting by {P} ; Editing by {P}
( Additional reporting by {P} in {L} )
-- {P} , {L} newsroom , + 44 171 542 8000
{CC} 'S {SS} WINS IN {LL} .
{SS} SAYS NO DEAL WITH {CC} .
TENNIS - {SS} INTO LAST EIGHT IN {LL} .
SOCCER - {CC} BEAT {CC} 2-1 IN FRIENDLY .
GOLF - LEADING SCORES AT {LL} TOURNAMENT .
{PP} QUITS AS CHIEF OF {OO} .
{CC} SAYS TALKS WITH {CC} TO GO ON .
{LL} POLICE HOLD {PP} .
{S} Calls for Talks With {C} Over Trade
{P} Dies at 81
What {S} Said in {L}
{S} , {S} Trade Blows Before {L} Vote
{C} Votes as {S} Leads
{P} , 41 , the {C} president 's spokesman , told a news conference .
{P} , spokesman for the {L} fire department , said nobody was hurt .
{C} and {C} signed an accord in {L} .
Defending champion {P} crashed out in {L} after {P} beat him in three sets .
{S} , who was born in {L} , died in {L} aged 84 .
A spokesman for {O} , {P} , declined to comment .
{O} shares rose 3 percent after {P} quit as chairman .
{S} 's lawyer , {P} , said {S} was innocent .
Foreign Minister {P} flew to {L} .
President {P} met Prime Minister {P} in {L} .
{C} 's {P} won gold and {C} 's {P} silver .
{P} of {C} , {P} of {C} and {P} of {C} shared the lead .
" I am not going anywhere , " {S} told reporters in {L} .
The match in {L} was drawn after {S} scored in the 89th minute for {C} .
{S} ( knee ) and {S} ( suspended ) are out ; {F} {S} returns .
In {L} , {C} , the dollar fell against the yen , said {P} of {O} .
The {L} Stock Exchange index closed up 12 points .
A bomb went off in {L} , north of {L} , killing 12 people , officials said .
U.N. inspectors left {L} for {L} , said {P} .
The former coach , {P} , joins {S} and {S} on the panel .
He beat {S} , the {C} number one , and will face {S} or {S} .""".splitlines()


def invented(dice: random.Random, count: int, given: list[str], family: list[str]) -> list[Sentence]:
    """`count` sentences of the forms, with labels."""
    lands, towns = countries(), cities()
    words = sorted(one for one in lexicon("common_en") if len(one) > 3)

    def person() -> list[str]:
        middle = [dice.choice("ABCDEFGHJKLMNPRSTW") + "."] if dice.random() < 0.1 else []
        middle = [dice.choice(given)] if dice.random() < 0.05 else middle
        more = [dice.choice(family)] if dice.random() < 0.04 else []
        return [dice.choice(given), *middle, dice.choice(family), *more]

    def place() -> list[str]:
        roll = dice.random()
        return dice.choice(PLACES if roll < 0.4 else towns if roll < 0.75 else lands).split()

    def organisation() -> list[str]:
        begun = [dice.choice((dice.choice(ORGS), dice.choice(family), dice.choice(towns)))]
        begun += [dice.choice((dice.choice(family), dice.choice(words).capitalize()))] * (dice.random() < 0.4)
        made = [*" ".join(begun).split(), *dice.sample(KINDS_OF_ORG, 1 + (dice.random() < 0.2))]
        return [one.upper() for one in made] if dice.random() < 0.1 else made

    fill = {
        "P": ("PER", person),
        "F": ("PER", lambda: [dice.choice(given)]),
        "S": ("PER", lambda: [dice.choice(family)]),
        "J": ("PER", lambda: [dice.choice("ABCDEFGHJKLMNPRSTW") + ".", dice.choice(family)]),
        "L": ("LOC", place),
        "C": ("LOC", lambda: dice.choice(lands).split()),
        "O": ("ORG", organisation),
    }
    forms = [*FORMS, *NEWS]
    made = []
    for _ in range(count):
        tokens: list[str] = []
        tags: list[str] = []
        for word in dice.choice(forms).split():
            if word[0] + word[-1] != "{}":
                tokens.append(word)
                tags.append("O")
                continue
            kind, make = fill[word[1].upper()]
            words = make()
            if word[1].islower() or len(word) == 4:
                words = [one.lower() if word[1].islower() else one.upper() for one in words]
            follows = bool(tags) and tags[-1].endswith(kind) and kind == "PER"
            tokens += words
            tags += [f"{'I' if follows or row else 'B'}-{kind}" for row in range(len(words))]
        made.append((tokens, tags))
    return made
