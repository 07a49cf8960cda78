"""Control words of RTF 1.9.1 by what becomes of them."""

from __future__ import annotations

DROPPED = frozenset(
    {"info", "pict", "object", "nonshppict", "themedata", "colorschememapping", "datastore", "rsidtbl"}
    | {"generator", "userprops", "docvar", "revtbl", "xmlnstbl", "mailmerge", "atnid", "atnauthor", "atntime"}
    | {"atndate", "atnicn", "atnref", "atnparent", "atrfstart", "atrfend", "bkmkstart", "bkmkend", "sp"}
    | {"template", "passwordhash", "password", "protusertbl", "operator", "author", "filetbl", "comment"}
    | {"hlinkbase", "company", "manager", "xe", "tc", "listpicture", "latentstyles", "wgrffmtfilter", "factoidname"}
    | {"fontemb", "fontfile", "falt", "panose", "objdata"}
)
STARRED = frozenset(
    {"fldinst", "annotation", "shpinst", "shptxt", "footnote", "cs", "ts", "listtable", "listoverridetable"}
    | {"pn", "pgdsctbl", "shppict"}
)
FORMS = frozenset({"fonttbl", "colortbl", "stylesheet", "listtable", "listoverridetable", "pgdsctbl"})
APART = frozenset(
    {"header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf", "footnote", "annotation"}
    | {"fldinst", "shptxt"}
)
"""Destinations whose text is not part of the sentence around them."""
BREAKS = {"par": "\n", "sect": "\n", "page": "\n", "line": "\n", "row": "\n", "nestrow": "\n", "column": "\n"}
BREAKS |= {"cell": "\t", "nestcell": "\t", "tab": "\t"}
CHARACTERS = {"emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”"}
CHARACTERS |= {"bullet": "•", "emspace": "\u2003", "enspace": "\u2002"}
SIGNS = {"~": "\u00a0", "_": "\u2011", "\\": "\\", "{": "{", "}": "}"}
CODE_PAGES = {0: 1252, 128: 932, 129: 949, 134: 936, 136: 950, 161: 1253, 162: 1254, 177: 1255, 178: 1256, 186: 1257}
CODE_PAGES |= {204: 1251, 222: 874, 238: 1250}
"""Character sets of fonts (\\fcharset)."""
DEEPEST = 400
LARGEST = 64 * 1024**2
"""Bytes; its tokens take about ten times as much memory."""
PICTURE = "polyveilpicture"
"""What a control word in the place of a picture begins with."""
TRACKED = frozenset(
    {"charrsid", "crauth", "crdate", "deleted", "delrsid", "insrsid", "pararsid", "revauth", "revauthdel"}
    | {"revbar", "revdttm", "revdttmdel", "revised", "revisions", "revprop", "rsid", "rsidroot", "sectrsid"}
    | {"tblrsid"}
)
