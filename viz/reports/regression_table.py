"""``RegressionTable``: estimates side by side, as LaTeX, Word or Markdown."""

from __future__ import annotations

import math
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
ENDINGS = (".tex", ".docx", ".md")
NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
TEX = {"\\": r"\textbackslash{}", **{sign: f"\\{sign}" for sign in "&%$#_{}"}, "~": r"\textasciitilde{}"}


class RegressionTable:
    """Estimates as columns; coefficients with stars, errors below them, p, N, clusters, R² and controls.

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
                cells[2].append("" if one is None else number(one["p"], 3))
            rows += cells
        found = list(self.models.values())
        return [
            *rows,
            ["N", *(f"{one.nobs:,}" for one in found)],
            ["Clusters (cities)", *(f"{one.cities:,}" for one in found)],
            ["R² (within city and year)", *(_r2(one) for one in found)],
            ["Controls", *("yes" if one.details.get("controls", 0) else "no" for one in found)],
        ]

    @property
    def notes(self) -> list[str]:
        """What the stars mean, and the method of each column."""
        return [NOTE, *(f"{name}: {one.method}." for name, one in self.models.items())]

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
        return "\n".join([f"**{self.title}**", "", *lines, "", *self.notes, ""])

    def latex(self) -> str:
        """Return the table as LaTeX; it needs the package booktabs, and XeLaTeX for Chinese names."""
        head, *rows = [[_tex(cell) for cell in row] for row in self.rows]
        fixed = len(rows) - 4
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
                *(rf"\par\footnotesize {_tex(note)}" for note in self.notes),
                r"\end{table}",
                "",
            ]
        )

    def _write_docx(self, path: Path) -> None:
        borders = "".join(f'<w:{side} w:val="single" w:sz="8"/>' for side in ("top", "bottom"))
        rows = "".join(
            "<w:tr>" + "".join(f"<w:tc>{_paragraph(cell)}</w:tc>" for cell in row) + "</w:tr>"
            for row in self.rows
        )
        grid = "<w:gridCol/>" * (1 + len(self.models))
        table = (
            f"<w:tbl><w:tblPr><w:tblBorders>{borders}</w:tblBorders></w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
        )
        notes = "".join(_paragraph(note) for note in self.notes)
        body = f"{_paragraph(self.title)}{table}{rows}</w:tbl>{notes}"
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


def _paragraph(text: str) -> str:
    return f'<w:p><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'


def _markdown(cell: str) -> str:
    return cell.replace("|", "\\|").replace("*", "\\*")


def _tex(text: str) -> str:
    return "".join(TEX.get(sign, sign) for sign in text).replace("²", "$^2$").replace("−", "$-$")
