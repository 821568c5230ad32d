"""``RegressionTable``: estimates side by side, as LaTeX, Word or Markdown."""

from __future__ import annotations

import math
import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from agents.user_error import UserError
from experiments.evaluation.estimators.estimate import Estimate
from experiments.measures.number_text import number, sized
from experiments.storage.atomic_write import whole_file

STARS = ((0.01, "***"), (0.05, "**"), (0.10, "*"))
NOTE = "Standard errors in brackets. *** p < 0.01, ** p < 0.05, * p < 0.1."
ERRORS = {
    "jackknife": "by city (CV3)",
    "cluster": "by city",
    "two-way": "by city, year",
    "conley": "by city, distance",
}
ENDINGS = (".tex", ".docx", ".md")
NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TEX = {
    "\\": r"\textbackslash{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    **{sign: f"${sign}$" for sign in "<>±×→"},
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "²": "$^2$",
    "∞": r"$\infty$",
    "−": "$-$",
}


class RegressionTable:
    """Estimates as columns; coefficients with stars, errors below them, p, and rows of ``facts``.

    models: title of the column → estimate. labels: name of a coefficient → its text; coefficients of one text
    share a row. keep: names of the coefficients to show; None: all. title: of the table.
    """

    def __init__(
        self,
        models: Mapping[str, Estimate],
        labels: Mapping[str, str] | None = None,
        title: str = "Effect of a city’s own centre",
        places: int = 3,
        keep: Sequence[str] | None = None,
    ) -> None:
        self.models, self.labels = dict(models), dict(labels or {})
        self.title, self.places, self.keep = title, places, keep

    @property
    def rows(self) -> list[list[str]]:
        """Cells of the table, the heading first; a row of errors has no label."""
        frames = {name: found.frame() for name, found in self.models.items()}
        for name, frame in frames.items():
            kept = frame[frame["term"].isin(self.keep)] if self.keep is not None else frame
            frames[name] = kept.set_index(kept["term"].map(lambda term: self.labels.get(term, str(term))))
        terms = list(dict.fromkeys(str(term) for frame in frames.values() for term in frame.index))
        rows = [["", *self.models]]
        for term in terms:
            cells: list[list[str]] = [[term], [""], ["p"]]
            for frame in frames.values():
                one = frame.loc[term] if term in frame.index else None
                marks = "" if one is None else next((s for limit, s in STARS if one["p"] < limit), "")
                cells[0].append("" if one is None else sized(one["estimate"], self.places) + marks)
                cells[1].append("" if one is None else f"({sized(one['se'], self.places)})")
                cells[2].append("" if one is None else "<0.001" if one["p"] < 0.0005 else number(one["p"], 3))
            rows += cells
        return rows + self.facts

    @property
    def facts(self) -> list[list[str]]:
        """Rows below the coefficients: N, clusters, R², effects, errors, controls, instruments."""
        found = list(self.models.values())
        rows = [
            ["N", *(f"{one.nobs:,}" for one in found)],
            ["Clusters", *(str(one.details.get("clusters", f"{one.cities:,}")) for one in found)],
            ["R² (within)", *(_r2(one) for one in found)],
            ["Fixed effects", *(one.details.get("effects", "city, year") for one in found)],
            ["Standard errors", *(_errors(one) for one in found)],
            ["Controls", *("yes" if one.details.get("controls", 0) else "no" for one in found)],
        ]
        if any("first_stage_f" in one.details for one in found):
            rows.append(["First-stage F", *(_strength(one) for one in found)])
            rows.append(["Anderson-Rubin 95 % set", *(_anderson_rubin(one) for one in found)])
        return rows

    @property
    def notes(self) -> list[str]:
        """What the stars mean, and the method of each column; its errors are a row of the table."""
        methods: dict[str, list[str]] = {}
        for name, one in self.models.items():
            methods.setdefault(re.sub("[:,] covariance [a-z-]+$", "", one.method), []).append(name)
        return [NOTE, *(f"{', '.join(names)}: {method}." for method, names in methods.items())]

    def save(self, path: str | Path) -> Path:
        """Write the table to .tex, .docx or .md, by the ending of the path. Raises UserError for another."""
        target = Path(path)
        writers = {".tex": self.latex, ".md": self.markdown}
        if target.suffix not in ENDINGS:
            raise UserError(f"{target.name}: a table is written to {', '.join(ENDINGS)}")
        with whole_file(target) as part:
            if target.suffix == ".docx":
                self._write_docx(part)
            else:
                part.write_text(writers[target.suffix](), encoding="utf-8")
        return target

    def markdown(self) -> str:
        """Return the table as Markdown."""
        head, *rows = self.rows
        rule = ["---", *("---:" for _ in self.models)]
        lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in (head, rule)]
        lines += ["| " + " | ".join(_markdown(cell) for cell in row) + " |" for row in rows]
        notes = [text for note in self.notes for text in (_markdown(note), "")]
        return "\n".join([f"**{self.title}**", "", *lines, "", *notes])

    def latex(self) -> str:
        """Return the table as LaTeX; it needs the package booktabs, and XeLaTeX for Chinese names."""
        head, *rows = [[_tex(cell) for cell in row] for row in self.rows]
        fixed = len(rows) - len(self.facts)
        body = [" & ".join(row) + r" \\" for row in rows]
        return "\n".join(
            [
                r"\begin{table}[htbp]\centering",
                rf"\caption{{{_tex(self.title)}}}",
                rf"\begin{{tabular}}{{l{'c' * len(self.models)}}}",
                r"\toprule",
                " & ".join(head) + r" \\",
                r"\midrule",
                *body[:fixed],
                r"\midrule",
                *body[fixed:],
                r"\bottomrule",
                r"\end{tabular}",
                r"\par\medskip\begin{minipage}{\linewidth}\footnotesize",
                "\n\n".join(_tex(note) for note in self.notes),
                r"\end{minipage}",
                r"\end{table}",
                "",
            ]
        )

    def _write_docx(self, path: Path) -> None:
        cells = self.rows
        ruled = {0: ("top", "bottom"), len(cells) - len(self.facts): ("top",), len(cells) - 1: ("bottom",)}
        rows = "".join(
            "<w:tr>"
            + "".join(_cell(cell, ruled.get(at, ()), bool(place)) for place, cell in enumerate(row))
            + "</w:tr>"
            for at, row in enumerate(cells)
        )
        grid = "<w:gridCol/>" * (1 + len(self.models))
        width = '<w:tblPr><w:tblW w:w="5000" w:type="pct"/></w:tblPr>'
        notes = "".join(_paragraph(note, size=18) for note in self.notes)
        table = f"<w:tbl>{width}<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"
        body = f"{_paragraph(self.title, centred=True)}{table}{notes}"
        package = "http://schemas.openxmlformats.org/package/2006"
        kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
        relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
        parts = {
            "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
            f'Type="{relation}" Target="word/document.xml"/></Relationships>',
            "word/document.xml": f'<w:document xmlns:w="{NAMESPACE}"><w:body>{body}</w:body></w:document>',
        }
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in parts.items():
                entry = zipfile.ZipInfo(name)  # without the time: the same table gives the same bytes
                archive.writestr(entry, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + text)


def _r2(found: Estimate) -> str:
    value = float(found.details.get("r2_within", math.nan))
    return number(value, 3) if math.isfinite(value) else ""


def _strength(found: Estimate) -> str:
    return number(found.details["first_stage_f"], 1) if "first_stage_f" in found.details else ""


def _anderson_rubin(found: Estimate) -> str:
    ends = found.details.get("anderson_rubin", ())
    shown = [number(end, 3) if math.isfinite(end) else "∞" if end > 0 else "−∞" for end in ends]
    return f"[{', '.join(shown)}]" if shown else ""


def _errors(found: Estimate) -> str:
    how = str(found.details.get("cov_type", "cluster"))
    return ERRORS.get(how, how)


def _cell(text: str, rules: Sequence[str], centred: bool) -> str:
    borders = "".join(f'<w:{side} w:val="single" w:sz="8"/>' for side in rules)
    inside = _paragraph(text, centred=centred)
    return f"<w:tc><w:tcPr><w:tcBorders>{borders}</w:tcBorders></w:tcPr>{inside}</w:tc>"


def _paragraph(text: str, *, centred: bool = False, size: int = 21) -> str:
    """Return a paragraph in the fonts of journals; size in half points."""
    fonts = '<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="SimSun"/>'
    place = '<w:pPr><w:spacing w:after="0"/><w:jc w:val="center"/></w:pPr>' if centred else ""
    run = f'<w:rPr>{fonts}<w:sz w:val="{size}"/></w:rPr><w:t xml:space="preserve">{escape(text)}</w:t>'
    return f"<w:p>{place}<w:r>{run}</w:r></w:p>"


def _markdown(cell: str) -> str:
    return cell.replace("|", "\\|").replace("*", "\\*")


def _tex(text: str) -> str:
    return "".join(TEX.get(sign, sign) for sign in text)
