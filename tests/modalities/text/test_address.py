from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polyveil.modalities.text.detectors.address import find_addresses
from polyveil.schema.locations import Span

CASES = [
    ("Ship it to {} today", "742 Evergreen Terrace"),
    ("Ship it to {} today", "12B King's Road"),
    ("The keys are kept by Gala Gomez of {}", "90054 Johnson\nJunctions Suite 119"),
    ("or send the signed copy to {}", "Studio 80, Hannah Summit\nAbdulville S4 9LH"),
    ("Send it to {}.", "Flat 72, Perry mount, Lake Bruce DE1 2AB"),
    ("Ship to: {} Qty 3 x SKU", "4 Pigeon Lane, Ludlow SY8 1AB"),
    ("keys under a pot at {}; alarm 2580.", "27 Sackville Gardens"),
    ("We live at {}.", "14 Rathmore Crescent, Bray, Co. Wicklow A98 F3K2"),
    ("Baker of {}; his wife 3", "11 High Street East"),
    ("It is, 1: {}, and", "Thirty-one Ashgrove Road"),
    ("cheque to mrs x at {}?", "19 elm grove, stockport sk4 2lp"),
    ("Mr Crick, {} and", "Flat 9 Tolpuddle House"),
    ("Ship it to {}.", "496 Brandon Extension Suite 032, Port Helen, SD 49326"),
    ("Ship it to {}.", "2504 Hunter Rue, Maureenside 25705"),
    ("Ship it to {}.", "PSC 6957, Box 0312\nAPO AE 08219"),
    ("New office: {}\n", "789 Williamson Park\nWatersborough, PR 39601"),
    ("New office: {}\n", "5 Mill Lane, Leeds LS1 4DY"),
    ("Wohnhaft: {}", "Karl-Marx-Straße 12\n12043 Berlin"),
    ("Woont op {}", "Basboulevard 16\n1461RA\nHiaure"),
    ("Vive en {}", "Calle de Alcalá 45, 28014 Madrid"),
    ("Abita in {}", "Via Giuseppe Garibaldi 8\n20121 Milano (MI)"),
    ("Habite au {}", "14 rue de la Paix, 75002 Paris"),
    ("Deliver to\n{}\nbefore noon", "Flat 12\nJoanna keys\nRyanport\nB0J 7QT"),
    ("He lives at {}.", "5961 Slovenčeva 62"),
    ("My address is {}. Please call.", "Nylundsveien 159\n Apt. 027\n LAKSEVÅG\n Norway 68362"),
    ("Our office is at {} until May.", "18 Tavcarjeva 44, Kamnik, Slovenia 1240"),
    ("Meet me at {}", "906 Jõe 56 Apt. 203\nPaide, SM 33831"),
    ("Jan Novák\n\n{}\n\nDear Jan,", "14 Sokolská 1475\n Apt. 238\n Hrotovice\n Czech Republic 60530"),
    ('{{"to": "{}"}}', "Bramstrup 21\\n Apt. 599\\n Nivå\\n Denmark 54063"),
    ("The shop is at {}.", "ul. Asnyka Adama 82"),
    ("Turn at the corner of {}.", "Tverråsveien 128 and Emma Terrace"),
    ("Send it to {} by Friday", "141 P.O. Box 101, Highveld, GA 21513"),
    ("The bus station is on {}", "Midhraun 10"),
    ("He lives on the north side of {}.", "Turjaška 46"),
    ("Please return to {}", "Nina and Tom Wilhelmsens vei 83"),
    ("Sign for {} street in Paide", "Pärna 33"),
    ("Bring it to Samse SA, {}, Margraten", "82742 Zona Estação 75"),
    ("Turn left at {} for the post office", "Dózsa György út 78"),
    ("i live at {}", "221b baker street london nw1 6xe"),
    ("pls send it to {} thx", "14 old mill road"),
    ("my address is {} and my name is bob", "77 west elm ave apt 4, austin tx 78701"),
    ("Walk to {} now", "Kase põik 91"),
    ("Anna Berg, {}", "90878 Martin Linges veg 149"),
    ("Our office: {}", "Λεωφόρος Πανεπιστημίου 219"),
    ("Офис: {}", "улица Пушкина 12"),
    ("Meet at {} now", "350 5th Ave"),
    ("It is {}", "5 4th Estate Road"),
    ("Home: {}", "1600 42nd Street NW"),
]


@pytest.mark.parametrize(("frame", "address"), CASES)
def test_an_address_is_found_whole(frame: str, address: str) -> None:
    text = frame.format(address)
    start = text.index(address)
    covered = set()
    for one in find_addresses(text):
        assert isinstance(one.location, Span)
        covered |= set(range(one.location.start, one.location.end))
    wanted = {place for place in range(start, start + len(address)) if not text[place].isspace()}
    assert wanted <= covered
    assert covered <= set(range(start, start + len(address)))


@pytest.mark.parametrize(
    "text",
    [
        "Version 3 Release Notes were published",
        "He scored 12 points in 4 games",
        "We sold 300 units on 5 May 2021",
        "Chapter 7 was reviewed",
        "Contents\n3 Items\nLake View\n4 Open\nStreets",
        "Section 4. Road works begin at 9",
        "The 2019 report of the board",
        "During 1976 and in Spring 2019 sales rose",
        "We meet at 10 AM on 5 May",
        "She arrived at Gate 12 of Terminal 5",
        "They moved to 3 Brothers Studios",
        "It is 40 Degrees outside, Bob said",
        "Microsoft Office Suite 2019 runs on Windows 11",
        "He was sent to Room 5",
        "The station is on Channel 4 tonight",
        "She lives on Floor 3",
        "The bar is on Level 2 and the school is on March 5",
        "they moved to 2 way traffic on the road",
        "it is 5 miles of dirt road to 3 quiet lanes",
        "Read pages 120 and 130, Chapter 5, Section 7",
        "She wrote in 2014 4th Estate is dead",
        "In 2019 1st Lights of the season went on, in 1984 9th Wall fell",
    ],
)
def test_prose_with_numbers_is_no_address(text: str) -> None:
    assert not find_addresses(text)


@given(st.text(alphabet="1234 AaBbStre,.\n-Rdé", max_size=200))
def test_spans_lie_in_the_text(text: str) -> None:
    for one in find_addresses(text):
        assert isinstance(one.location, Span)
        assert 0 <= one.location.start < one.location.end <= len(text)
        assert one.value == text[one.location.start : one.location.end]


@pytest.mark.parametrize(
    "unit",
    [
        "1 A",
        "12 Main ",
        "1 ",
        "Rua de ",
        "Aa\n",
        "a",
        "Xstraße",
        "A",
        "Aa-",
        "12 Main St, ",
        "SW1A 1AA\n",
        "lives on ",
        "Aa út 1 ",
        ", 123 Aa ",
        "A 1 street ",
    ],
)
def test_time_grows_with_the_length_alone(unit: str) -> None:
    def spent(length: int) -> float:
        text = ("1 " + unit * (length // len(unit)))[:length]
        began = time.process_time()
        find_addresses(text)
        return time.process_time() - began

    spent(1000)
    assert spent(80_000) < 10 * spent(20_000) + 0.2  # quadratic would be 16 times as long
