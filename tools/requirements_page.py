"""Draws docs/requirements.md from promises and proofs; a pure function of its report."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tools.promises import Section
from tools.proofs import Finding

TESTS_SHOWN = 6  # an id that many tests prove lists this many, and counts the others

BENCHES = "tests/load/"

HEAD = """\
# What Tandem promises, and what proves it

Made by `python -m tools.requirements` from `requirements.yaml` and the marks on the tests; not to be edited by hand.
A promise counts as proved when a test that runs by default, and asserts something, names its id. What only a bench
measures is named and not counted; [the figures](figures.md) say what was seen.
"""


@dataclass(frozen=True)
class Report:
    """The promises, the tests that prove them by id, and the marked tests that do not count."""

    sections: Sequence[Section]
    proofs: Mapping[str, Sequence[Finding]]
    not_counted: Sequence[Finding]

    def proved(self, section: Section) -> int:
        """How many promises of a section have a proof."""
        return sum(1 for id in section.lines if self.proofs.get(id))


def page(report: Report) -> str:
    """The whole page, ready to be written."""
    lines = [HEAD, f"**{summary(report)}**", "", "| section | | proved | of |", "|---|---|---:|---:|"]
    for section in report.sections:
        name = section.section
        lines.append(
            f"| [{name}](#{name.lower()}) | {section.title} | {report.proved(section)} | {len(section.lines)} |"
        )
    for section in report.sections:
        lines += _section(report, section)
    return "\n".join(lines) + "\n"


def summary(report: Report) -> str:
    """How much of each kind is proved, in one sentence."""
    proved: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for section in report.sections:
        proved[section.kind] += report.proved(section)
        total[section.kind] += len(section.lines)
    return "Proved: " + ", ".join(f"{proved[kind]} of {total[kind]} {kind}s" for kind in total) + "."


def _section(report: Report, section: Section) -> Iterator[str]:
    yield ""
    yield f'<a id="{section.section.lower()}"></a>'
    yield f"## {section.section} · {section.title}"
    yield ""
    yield f"{report.proved(section)} of {len(section.lines)} proved."
    yield ""
    yield f"| id | {section.kind} | tests |"
    yield "|---|---|---|"
    for id, line in section.lines.items():
        yield f"| {id} | {_cell(line)} | {_proof(report, id)} |"


def _proof(report: Report, id: str) -> str:
    """The tests that prove it; failing those, what measures it without counting as a proof."""
    if report.proofs.get(id):
        return _tests(report.proofs[id])
    measured = [finding for finding in report.not_counted if id in finding.ids and finding.file.startswith(BENCHES)]
    return f"measured by `make bench`: {_tests(measured)}" if measured else "not built"


def _tests(proofs: Sequence[Finding]) -> str:
    shown = [f"`{_cell(f'{proof.file}::{proof.name}'.replace('`', ''))}`" for proof in proofs[:TESTS_SHOWN]]
    more = len(proofs) - len(shown)
    return "<br>".join([*shown, f"and {more} more"] if more else shown)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
