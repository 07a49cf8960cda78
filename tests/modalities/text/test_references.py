"""Numbers that lead to a person in somebody's files, records of clinics, by-names, dates of long ago."""

from __future__ import annotations

import pytest

from polyveil.modalities.text.detectors import hl7, references
from polyveil.modalities.text.inspect import search
from polyveil.policies import load
from polyveil.schema.locations import Span

POLICY = load("default")


def letters(text: str, media_type: str = "text/plain") -> set[int]:
    """Places of letters and digits that a finding covers."""
    spans = [one.location for one in search(text, media_type, POLICY, ())]
    places = (place for span in spans if isinstance(span, Span) for place in range(span.start, span.end))
    return {place for place in places if text[place].isalnum()}


def left(text: str, value: str, media_type: str = "text/plain") -> str:
    """What of a value is not found."""
    start = text.index(value)
    covered = letters(text, media_type)
    return "".join(letter for place, letter in enumerate(value, start) if letter.isalnum() and place not in covered)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Claim No.: CLM-2024-0093817 was opened", "CLM-2024-0093817"),
        ("Ticket #448812 is closed", "448812"),
        ("Order no. 10023-88817 is late.", "10023-88817"),
        ("your claim (our reference MTR/884512/KL) is", "MTR/884512/KL"),
        ("LA ref 208812 applies", "208812"),
        ("Crime reference number 42/118820/24.", "42/118820/24"),
        ("order_id=1000448812 total=12", "1000448812"),
        ('{"orderId": "AX-448812"}', "AX-448812"),
        ("PO number 4500128831 unpaid", "4500128831"),
        ("RMA no. R-88213 refund", "R-88213"),
        ("tracking 1Z999AA10123456784", "1Z999AA10123456784"),
        ("Item RN123456785GB left", "RN123456785GB"),
        ("Case No. 3:23-cv-04417-JSC is stayed", "3:23-cv-04417-JSC"),
        ("执行案号：(2022)粤03执恢88号。", "(2022)粤03执恢88号"),
        ("判决书（2023）京0105民初12345号", "（2023）京0105民初12345号"),
        ("您的快递SF1390023847712已到", "SF1390023847712"),
        ("运单号：YT8812340098123", "YT8812340098123"),
        ("取件码5-3-2081，请领取", "5-3-2081"),
        ("工单号：GD20240311008", "GD20240311008"),
        ("报案号：RDZA20233101A00077", "RDZA20233101A00077"),
        ("合同编号：HT-2019-0332", "HT-2019-0332"),
        ("保险单号P22050600981，", "P22050600981"),
        ("订单编号：2138840012345678901", "2138840012345678901"),
        ("户号0304417782，电表号：3310012847", "0304417782"),
        ("Customer no. 48817 wrote", "48817"),
        ("Account number: 8500 1234 7761.", "8500 1234 7761"),
        ("Membership no: GYM-0044812;", "GYM-0044812"),
        ("Household ID HH-009921", "HH-009921"),
        ("Meter no. E10BG47211", "E10BG47211"),
        ("MPAN 13 1234 5678 901.", "13 1234 5678 901"),
        ("cust=cus_Nffrz8KJ02pQw1 failed", "cus_Nffrz8KJ02pQw1"),
        ("Payroll number: 0077129.", "0077129"),
        ("警号050871", "050871"),
        ("UPN: A823432109014", "A823432109014"),
        ("准考证号：23310115002871", "23310115002871"),
        ("学籍号：G310101201505061234", "G310101201505061234"),
        ("Hosp No: K204417.", "K204417"),
        ("Encounter number E-5520193 for", "E-5520193"),
        ("Specimen ID: S24-0098817", "S24-0098817"),
        ("样本号：20240311-118", "20240311-118"),
        ("Rx #7712094 for", "7712094"),
        ("Prisoner number A1234BC moved", "A1234BC"),
        ("the vehicle LK19 VWT was", "LK19 VWT"),
        ("HR partner, ext. 4417.", "4417"),
        ("Key safe 2580, pad", "2580"),
        ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"),
        ("L898902C36UTO7408122F1204159ZE184226B<<<<<10", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"),
        ("snap: marl0n_k. meet", "marl0n_k"),
        ("my discord is lena#4471, ask", "lena#4471"),
        ("Posted by u/throwaway_marit88 in", "throwaway_marit88"),
        ("抖音号：dy88yudian", "dy88yudian"),
        ("@lena_m asked again", "lena_m"),
        ("楼主@花间一壶酒 发表", "花间一壶酒"),
        ("2024-03-11 20:11:02 小雨点(884512207)\n在吗", "小雨点(884512207"),
        ("<lena_m> anyone here\n<xX_dark_Xx> hm\n", "lena_m"),
        ("<lena_m> anyone here\n<xX_dark_Xx> hm\n", "xX_dark_Xx"),
        ("CRON[9912]: (svc.hartmann) CMD (x)", "svc.hartmann"),
        ("昵称：爱吃鱼的猫\n", "爱吃鱼的猫"),
        ('Dwayne "Slim" Purcell was seen', 'Dwayne "Slim" Purcell'),
        ("Ezra Thorne, aka Dee, left", "Dee"),
        ("Prudence Harkaway (née Stott) wrote", "Stott"),
        ("犯罪嫌疑人曹立军（绰号“刀疤”）", "刀疤"),
        ("学生：蒋雨桐（小名豆豆），", "豆豆"),
        ("中村花子さんの予約", "中村花子"),
        ("本日は田中様へ", "田中"),
        ("insured: Lorcan Daly (41), smoker", "41"),
        ("He was born 3 March 1874 at sea", "3 March 1874"),
        ("baptised 22 Mar 1874; died May 5, 1897", "22 Mar 1874"),
        ("baptised 22 Mar 1874; died May 5, 1897", "May 5, 1897"),
        ("b. 12 Sep 1799, m. 1821-06-14", "1821-06-14"),
        ("生于1874年3月3日，卒于光绪二十三年三月初三", "1874年3月3日"),
        ("卒于光绪二十三年三月初三", "二十三年三月初三"),
        ("Date:   Mon Mar 11 10:12:44 2024 +0100", "Mon Mar 11 10:12:44 2024"),
        ("2024年3月11日02:14，3号摄像机", "2024年3月11日02:14"),
        ("Px no. 7730415 Ward 7B", "7730415"),
        ("OLN A214-5518-1243", "A214-5518-1243"),
        ("one Nikon D750, serial no. 3051882; one", "3051882"),
        ("s/n 000482", "000482"),
        ("序列号F2LZ81XKPLJM能查到", "F2LZ81XKPLJM"),
        ("月结卡号7551234567", "7551234567"),
        ("校园卡（卡号2021031447）", "2021031447"),
        ("证书编号101261201905001234", "101261201905001234"),
        ("纳税人识别号：92320402MA1XK8QL3T", "92320402MA1XK8QL3T"),
        ("转到农行6228480469876543217", "6228480469876543217"),
        ("（父），6688 0912，電話", "6688 0912"),
        ("direct line 08-555 123 45.", "08-555 123 45"),
        ("**Reporter:** @jvanroo\n", "jvanroo"),
        ("find me at @calliopebrandt on Insta and", "calliopebrandt"),
        ("it was bought by watchman_kev62 for", "watchman_kev62"),
        ("今年六十三了", "六十三"),
        ("Albert Lamb (chair), Dora Okoro. Proposed AL, seconded DO.", "AL"),
        ("Albert Lamb (chair), Dora Okoro. Proposed AL, seconded DO.", "DO"),
        ("7-1202 贺兰: 大家好", "7-1202"),
        ("missing Jermaine Alleyne from Handsworth.", "Handsworth"),
    ],
)  # fmt: skip
def test_what_a_label_or_its_form_gives_away(text: str, value: str) -> None:
    assert left(text, value) == ""


@pytest.mark.parametrize(
    "text",
    [
        "In order 2 of 3 experiments we used case 12 from the series. Order by date.",
        "Policy 4 was adopted; contract prices rose 12%. Ticket 25 wins. Invoice number is required.",
        "Claim 1 of the patent covers a device; reference 14 shows that meter 3 reads 220.",
        "Purchase order of 500 units; household income 52000; reference range 3.5-5.0.",
        "Part number 1234567-8, model RX-7700, batch 20240311B, lot no. 88123, RFC 2616, CVE-2021-44228.",
        "Reference: RFC2616 and ref. ISO9001; see reference 2004 and case no. 2023.",
        "look at ticket INFRA-2213 please",
        "GET /Organization/search and Observation/bp-1 return 404. Claims/year: 3000.",
        "订单数量：300。保单共12份，案件共3起，工单5张已关闭。合同第8条规定。型号GT-118。批号20240311。",
        "绰号的由来。小名是父母起的。外号满天飞。又名土豆的马铃薯。",
        "国发〔2023〕12号。刑法第264条。样本量为120例。",
        "皆様、神様、お客様、仕様、多様、同様。",
        "User: can you explain? The handle: steel. Twitter: a history. Discord: none.",
        "known as SQL injection, aka TCP; known as the big river.",
        "ISBN 978-0-14-044913-6. Call no. 823.8",
        "PC 459 and Position ID 40022 of the plan",
        "<order_id> 44</order_id>",
        "Employee number 5000 was hired. Staff number 4000 joined us.",
        "Proposed changes, seconded by all. Action: RFC.",
        "written by us in 3 days; posted by 2024",
        "卡槽、卡片、今年十一月",
    ],
)
def test_what_looks_like_them(text: str) -> None:
    kept = ("LOCATION", "ORGANIZATION")
    assert [one for one in search(text, "text/plain", POLICY, ()) if one.entity not in kept] == []


@pytest.mark.parametrize(
    "text", ["The Great Fire of 2 September 1666.", "On 18 June 1815 it rained.", "since 4 July 1776"]
)
def test_a_day_of_history_is_nobodys(text: str) -> None:
    assert not [one for one in search(text, "text/plain", POLICY, ()) if one.entity == "DATE_TIME"]


FHIR = (
    '{"resourceType":"Patient","id":"pat-88213","identifier":[{"type":{"coding":[{"system":'
    '"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}]},"system":"urn:oid:1.2.36.146","value":"12345"}]}'
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (FHIR, "pat-88213"),
        (FHIR, "12345"),
        ('{"subject": {"reference": "Patient/98127", "display": "x"}}', "98127"),
        ('{"beneficiary": {"reference": "https://ehr.example.org/fhir/Patient/f201"}}', "f201"),
        ('{"value": "V-2299104", "system": "urn:oid:1.2.3"}', "V-2299104"),
        ('{"subscriberId": "SUB9912834"}', "SUB9912834"),
    ],
)
def test_fhir_in_json(text: str, value: str) -> None:
    assert left(text, value, "application/json") == ""


def test_fhir_in_xml() -> None:
    text = (
        '<Patient xmlns="http://hl7.org/fhir"><id value="xds-7781"/><identifier><system value="http://acme.org/mrns"/>'
        '<value value="8003117"/></identifier></Patient><subject><reference value="Patient/x1"/></subject>'
    )
    assert [left(text, value, "application/xml") for value in ("xds-7781", "8003117", "x1")] == ["", "", ""]


def test_vocabularies_of_fhir_stay() -> None:
    found = search(FHIR, "application/json", POLICY, ())
    assert not [one for one in found if one.entity == "URL"]


HL7 = (
    "MSH|^~\\&|LAB|HOSP|EHR|HOSP|20240311083000||ORU^R01|MSG00001|P|2.5.1\r"
    "PID|1||6611972^^^HOSP^MR||VANTERPOOL^CELESTE^^^MS||19790722|F|||44 LARKSPUR AVE^^DAYTON^OH^45402"
    "||(937)555-0188|||M||ACC5519023\rNK1|1|Boateng^Abena|SPO|||555-0199\r"
    "OBX|1|NM|718-7^HGB^LN||13.1|g/dL|12.0-15.5|N\r"
)


def test_fields_of_hl7_are_known_by_their_place() -> None:
    found = {one.value: one.entity for one in hl7.find_fields(HL7)}
    assert found == {
        "20240311083000": "DATE_TIME",
        "6611972": "MEDICAL_RECORD_NUMBER",
        "VANTERPOOL": "PERSON",
        "CELESTE": "PERSON",
        "19790722": "DATE_TIME",
        "44 LARKSPUR AVE": "STREET_ADDRESS",
        "DAYTON": "LOCATION",
        "45402": "POSTAL_CODE",
        "(937)555-0188": "PHONE_NUMBER",
        "ACC5519023": "ACCOUNT_NUMBER",
        "Boateng": "PERSON",
        "Abena": "PERSON",
        "555-0199": "PHONE_NUMBER",
    }
    assert all(left(HL7, value) == "" for value in found if value)
    assert left(HL7, "718-7") == "7187"
    assert left(HL7, "13.1") == "131"


@pytest.mark.parametrize(
    ("number", "right"),
    [("RN123456785GB", True), ("RN123456789GB", False), ("RA000000005DE", True)],
)
def test_items_of_post_have_a_check_digit(number: str, right: bool) -> None:
    assert references.postal_item(number) is right


@pytest.mark.parametrize(("number", "right"), [("1Z999AA10123456784", True), ("1Z999AA10123456785", False)])
def test_parcels_of_ups_have_one(number: str, right: bool) -> None:
    assert references.ups_item(number) is right
