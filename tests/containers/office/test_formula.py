"""Formulas, rules and names of a workbook: what people wrote in them is masked, and they still work."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from polyveil.containers.office import formula, sheet
from polyveil.containers.office.package import parse
from polyveil.identity import Identity
from polyveil.pipeline.mask import mask
from polyveil.policies import load
from polyveil.schema.outcome import Outcome

NAME, OTHER = "Valeska Okonjo", "Tobias Lindqvist"
KEY = Identity(b"k" * 32)
SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def _book() -> bytes:
    made = openpyxl.Workbook()
    first = made.active
    first.title = "Okonjo rent"
    first.append(["Name", "Rent", OTHER])
    first.append([NAME, 1000, 1])
    first.append([OTHER, 900, 2])
    first.add_table(Table(displayName="Okonjo_table", ref="A1:C3"))
    first.append(["Total", "=SUM(B2:B3)", 3])
    first["D2"] = f'=IF(A2="{NAME}","her","")'
    first["D3"] = "=Okonjo_rent*2"
    first["D4"] = f"=SUM(Okonjo_table[{OTHER}])"
    first["D5"] = "=[1]Sheet1!A1"
    made.defined_names["Okonjo_rent"] = DefinedName("Okonjo_rent", attr_text="'Okonjo rent'!$B$2", comment=NAME)
    listed = DataValidation(type="list", formula1=f'"{NAME},{OTHER}"')
    listed.add("A9")
    first.add_data_validation(listed)
    rule = FormulaRule(formula=[f'$A2="{NAME}"'], font=Font(color="0000FF"))
    first.conditional_formatting.add("A2:A3", rule)
    chart = BarChart()
    chart.add_data(Reference(first, min_col=2, min_row=1, max_row=3), titles_from_data=True)
    first.add_chart(chart, "F2")
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def test_everything_that_is_masked_still_works(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(_book())
    (result,) = mask(tmp_path / "a.xlsx", tmp_path / "b.xlsx", load("default"), identity=KEY)
    assert (result.outcome, result.parts_quarantined) == (Outcome.PROTECTED, 0)
    with zipfile.ZipFile(tmp_path / "b.xlsx") as archive:
        whole = {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist()}
    assert not [name for name, one in whole.items() if re.search("valeska|okonjo|tobias|lindqvist", one, re.IGNORECASE)]
    made = openpyxl.load_workbook(tmp_path / "b.xlsx")
    first = made.worksheets[0]
    new, other = (KEY.surrogate("PERSON", one) for one in (NAME, OTHER))
    assert [first["A2"].value, first["A3"].value, first["C1"].value] == [new, other, other]
    assert [first["A4"].value, first["B4"].value] == ["Total", "=SUM(B2:B3)"]
    (label,) = made.defined_names
    (table,) = first.tables.values()
    assert first["D2"].value == f'=IF(A2="{new}","her","")'
    assert first["D3"].value == f"={label}*2"
    assert first["D4"].value == f"=SUM({table.displayName}[{other}])"
    assert [one.name for one in table.tableColumns] == ["Name", "Rent", other]
    assert re.fullmatch(r"\w+", table.displayName)
    assert first["D5"].value is None
    assert made.defined_names[label].attr_text == f"'{first.title}'!$B$2"
    assert made.defined_names[label].comment == new
    (listed,) = first.data_validations.dataValidation
    assert listed.formula1 == f'"{new},{other}"'
    (rules,) = first.conditional_formatting
    assert rules.rules[0].formula == [f'$A2="{new}"']
    chart = next(one for name, one in whole.items() if "charts/chart" in name)
    assert f"'{first.title}'!$B$2:$B$3" in chart


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("rent*2+Rent", "Name_1*2+Name_1"),
        ("SUM(rent)", "SUM(Name_1)"),
        ('IF(A1="rent",rent)', 'IF(A1="rent",Name_1)'),
        ("rents+my.rent+rent!A1+rent(2)", "rents+my.rent+rent!A1+rent(2)"),
        ("T[rent]", "T[rent]"),
    ],
)
def test_a_label_is_renamed_where_it_is_one(text: str, wanted: str) -> None:
    assert formula.relabel(text, {"rent": "Name_1"}) == wanted


def test_a_rule_goes_with_its_formula() -> None:
    words = "x" * 300
    root = parse(
        f'<worksheet xmlns="{SPACE}"><conditionalFormatting sqref="A1"><cfRule type="expression">'
        '<formula>$A1="Ann Lee"</formula></cfRule></conditionalFormatting><dataValidations count="2">'
        '<dataValidation type="list"><formula1>"Ann Lee"</formula1></dataValidation><dataValidation type="whole">'
        "<formula1>1</formula1></dataValidation></dataValidations></worksheet>".encode()
    )
    for one in formula.formulas(root):
        one.edit([(0, len(one.text), words)])
    assert not list(root.iter("{*}conditionalFormatting"))
    (left,) = root.iter("{*}dataValidations")
    assert (left.get("count"), len(left)) == ("1", 1)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("B1+30", True),
        ("rent*2", True),
        ("T[Due]+1", True),
        ("DATE(1961,7,4)", False),
        ("B1+DATE(1961,7,4)", False),
        ("13812345678", False),
        ("22466+1", False),
    ],
)
def test_a_formula_stays_where_it_goes_by_other_cells(text: str, *, kept: bool) -> None:
    root = parse(
        f'<worksheet xmlns="{SPACE}"><sheetData><row r="1"><c r="A1" s="0"><f>{text}</f><v>22466</v></c></row>'
        "</sheetData></worksheet>".encode()
    )
    (cell,) = sheet.cells(root, frozenset({0}))
    cell.write("1962-01-01")
    assert [one.text for one in root.iter("{*}v")] == ["22647"]
    assert [one.text for one in root.iter("{*}f")] == [text] * kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("13812345678", False),
        ("[1]Sheet1!A1", False),
        ("DATE(1961,7,4)", False),
        ("A1*1000000", True),
        ("IF(A1&lt;DATE(2023,1,1),1,2)", True),
        ("A1048576", True),
    ],
)
def test_a_formula_that_is_a_value_or_goes_elsewhere_is_left_behind(text: str, *, kept: bool) -> None:
    root = parse(f'<worksheet xmlns="{SPACE}"><row><c><f>{text}</f><v>1</v></c></row></worksheet>'.encode())
    formula.apart(root)
    assert len(list(root.iter("{*}f"))) == kept
    assert len(list(root.iter("{*}v"))) == 1
