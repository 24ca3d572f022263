"""The page of promises is only worth reading if nothing hollow gets onto it.

Each rule is shown on a small tree of its own: what a test must look like to count, what it must not, and how the
command answers. In the sources below, `@REQ` stands for the mark that names RT-1. The last tests look at the real
promises.
"""

from pathlib import Path

import pytest

from tools.promises import PromisesError, read_promises
from tools.requirements import find_tests, main, read_report

ROOT = Path(__file__).parents[2]

PROMISES = """\
- section: RT
  title: Gateway
  kind: requirement
  lines:
    RT-1: "One door | one token"
    RT-2: "It closes"
- section: SC
  title: Tables
  kind: table
  lines:
    SC-1: "A table"
"""

IMPORTS = "import pytest\n"

COUNTING = {
    "assert": "@REQ\ndef test_a(x):\n    assert x.open\n",
    "async": "@REQ\nasync def test_a(x):\n    assert await x()\n",
    "raises": "@REQ\ndef test_a(x):\n    with pytest.raises(ValueError):\n        x()\n",
    "expect": "@REQ\ndef test_a(page):\n    expect(page).to_have_title('x')\n",
    "expecting helper": "@REQ\nasync def test_a(kit):\n    r = await kit.expect_reply('ok')\n",
    "checking helper": "@REQ\ndef test_a(x):\n    check_it(x)\ndef check_it(x):\n    assert x\n",
    "inner function": "@REQ\ndef test_a(x):\n    def body():\n        assert x\n    body()\n",
    "class": "@REQ\nclass TestA:\n    def test_a(self, x):\n        assert x\n",
    "class body": "class TestA:\n    pytestmark = pytest.mark.req('RT-1')\n    def test_a(self):\n        assert x\n",
    "module": "pytestmark = pytest.mark.req('RT-1', 'RT-2')\ndef test_a(x):\n    assert x\n",
    "module list": "pytestmark = [pytest.mark.slow, pytest.mark.req('RT-1')]\ndef test_a(x):\n    assert x\n",
    "slow": "@pytest.mark.slow\n@REQ\ndef test_a(x):\n    assert x\n",
    "conditional skip": (
        "@pytest.mark.skipif(not x(), reason='r')\n@REQ\n"
        "def test_a(x):\n    if not x:\n        pytest.skip('r')\n    assert x\n"
    ),
    "contract suite": (
        "class Contract:\n    @REQ\n    def test_a(self, x):\n        assert x\nclass TestLocal(Contract):\n    pass\n"
    ),
}

HOLLOW = {
    "nothing": "@REQ\ndef test_a(x):\n    x()\n",
    "assert True": "@REQ\ndef test_a():\n    assert True\n",
    "constants": "@REQ\ndef test_a():\n    assert 1 + 1 == 2, 'text'\n",
    "or True": "@REQ\ndef test_a(x):\n    assert x or True\n",
    "tuple": "@REQ\ndef test_a(x):\n    assert (x, 'always true')\n",
    "bare expect": "@REQ\ndef test_a(page):\n    expect(page)\n",
    "uncalled inner": "@REQ\ndef test_a(x):\n    def body():\n        assert x\n",
    "hollow helper": "@REQ\ndef test_a(x):\n    check_it(x)\ndef check_it(x):\n    return None\n",
    "a question": "@REQ\nasync def test_a(gate):\n    answer = await gate.check_action('share')\n",
    "the product's own": (
        "from core.safety.commands import check_action\n@REQ\nasync def test_a(tx):\n    await check_action(tx)\n"
    ),
    "skip": "@pytest.mark.skip\n@REQ\ndef test_a(x):\n    assert x\n",
    "skip with reason": "@pytest.mark.skip(reason='r')\n@REQ\ndef test_a(x):\n    assert x\n",
    "skipif True": "@pytest.mark.skipif(True, reason='r')\n@REQ\ndef test_a(x):\n    assert x\n",
    "skipped class": "@pytest.mark.skip\nclass TestA:\n    @REQ\n    def test_a(self, x):\n        assert x\n",
    "skipped module": "pytestmark = pytest.mark.skip\n@REQ\ndef test_a(x):\n    assert x\n",
    "skipping itself": "@REQ\ndef test_a(x):\n    pytest.skip('r')\n    assert x\n",
    "xfail": "@pytest.mark.xfail\n@REQ\ndef test_a(x):\n    assert x\n",
    "bench": "@pytest.mark.bench\n@REQ\ndef test_a(x):\n    assert x\n",
    "a helper": "@REQ\ndef make(x):\n    assert x\n",
    "a class nobody runs": "class Contract:\n    @REQ\n    def test_a(self, x):\n        assert x\n",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A repository with three promises and no tests yet."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "tests" / "live").mkdir(parents=True)
    (tmp_path / "docs" / "requirements.yaml").write_text(PROMISES)
    return tmp_path


def add(tree: Path, name: str, source: str) -> None:
    path = tree / "tests" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source.replace("@REQ", "@pytest.mark.req('RT-1')"))


def proved(tree: Path) -> set[str]:
    return {id for id, proofs in read_report(tree).proofs.items() if proofs}


@pytest.mark.parametrize("source", COUNTING.values(), ids=COUNTING)
def test_a_test_that_runs_and_asserts_counts(tree: Path, source: str) -> None:
    add(tree, "live/test_a.py", IMPORTS + source)
    assert "RT-1" in proved(tree)
    assert not read_report(tree).not_counted


@pytest.mark.req("BG-48")
@pytest.mark.parametrize("source", HOLLOW.values(), ids=HOLLOW)
def test_a_hollow_test_proves_nothing(tree: Path, source: str) -> None:
    add(tree, "live/test_a.py", IMPORTS + source)
    assert proved(tree) == set()
    (finding,) = read_report(tree).not_counted
    assert finding.why_not
    assert finding.ids == ("RT-1",)


def test_marks_add_up_from_the_module_to_the_test(tree: Path) -> None:
    body = "    @pytest.mark.req('SC-1')\n    def test_a(self, x):\n        assert x\n"
    add(
        tree,
        "test_a.py",
        f"{IMPORTS}pytestmark = pytest.mark.req('RT-1')\n@pytest.mark.req('RT-2')\nclass TestA:\n{body}",
    )
    (finding,) = find_tests(tree)
    assert finding.ids == ("RT-1", "RT-2", "SC-1")
    assert finding.name == "TestA::test_a"


def test_only_files_that_pytest_collects_count(tree: Path) -> None:
    add(tree, "live/kit.py", IMPORTS + COUNTING["assert"])
    assert proved(tree) == set()


def test_what_pytest_deselects_by_default_does_not_count(tree: Path) -> None:
    (tree / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = ['-m', 'not bench and not slow']\n")
    add(tree, "test_a.py", IMPORTS + COUNTING["slow"])
    assert proved(tree) == set()


JAVASCRIPT = {
    "plain": 'test("joins [RT-1]", () => { assert.equal(reply, 1) })',
    "single quotes": "test('joins, \\'so\\' [RT-1]', async () => { assert(await join()) })",
    "template": "test(`joins ${who} [RT-1]`, () => { assert.ok(reply) })",
    "inner test": 'await t.test("joins [RT-1]", async (t) => { await assert.rejects(join()) })',
    "brackets in texts": 'test("joins [RT-1]", () => { const a = ")}"; const b = /[)}]/; assert.ok(a) })',
    "skip false": 'test("joins [RT-1]", { skip: false }, () => { assert.ok(reply) })',
}

HOLLOW_JAVASCRIPT = {
    "nothing": 'test("joins [RT-1]", () => { join() })\nassert.ok(reply)',
    "in a comment": 'test("joins [RT-1]", () => { /* assert.ok(reply) */ join() // assert(reply)\n})',
    "in a text": 'test("joins [RT-1]", () => { join("assert(reply)") })',
    "in a template": "test('joins [RT-1]', () => { join(`assert(reply)`) })",
    "constant": 'test("joins [RT-1]", () => { assert(true); assert.equal(1, 1); assert.ok("text") })',
    "skip": 'test.skip("joins [RT-1]", () => { assert.ok(reply) })',
    "todo": 'test.todo("joins [RT-1]", () => { assert.ok(reply) })',
    "skip option": 'test("joins [RT-1]", { skip: "later" }, () => { assert.ok(reply) })',
    "skipping itself": 'test("joins [RT-1]", (t) => { t.skip(); assert.ok(reply) })',
}


@pytest.mark.parametrize("source", JAVASCRIPT.values(), ids=JAVASCRIPT)
def test_a_javascript_test_counts_by_its_title(tree: Path, source: str) -> None:
    add(tree, "js/join.test.mjs", source)
    assert proved(tree) == {"RT-1"}


@pytest.mark.req("BG-48")
@pytest.mark.parametrize("source", HOLLOW_JAVASCRIPT.values(), ids=HOLLOW_JAVASCRIPT)
def test_a_hollow_javascript_test_proves_nothing(tree: Path, source: str) -> None:
    add(tree, "js/join.test.js", source)
    assert proved(tree) == set()
    assert len(read_report(tree).not_counted) == 1


def test_javascript_is_found_where_it_stands(tree: Path) -> None:
    add(
        tree,
        "js/join.mjs",
        '// test("old [RT-9]")\ntest("a [b] c", x)\n\ntest("joins twice [RT-1 RT-2]", () => assert.ok(r))\n',
    )
    add(tree, "js/node_modules/other/x.js", 'test("not ours [RT-9]", () => assert.ok(r))')
    (finding,) = find_tests(tree)
    assert (finding.place, finding.name, finding.ids) == ("tests/js/join.mjs:4", "joins twice", ("RT-1", "RT-2"))


@pytest.mark.parametrize(
    ("file", "source", "complaint"),
    [
        (
            "test_a.py",
            IMPORTS + "\n@pytest.mark.req('RT-1', 'RT-7')\ndef test_a(x):\n    assert x\n",
            "tests/test_a.py:4: ",
        ),
        ("test_a.py", IMPORTS + "@pytest.mark.skip\n@pytest.mark.req('RT-7')\ndef test_a(x):\n    x()\n", "RT-7"),
        ("kit.py", IMPORTS + "x = pytest.param(1, marks=pytest.mark.req('RT-7'))\n", "tests/kit.py:2: "),
        (
            "test_a.py",
            IMPORTS + "@pytest.mark.req(WANTED)\ndef test_a(x):\n    assert x\n",
            "tests/test_a.py:2: write ids",
        ),
        ("test_a.py", "def test_a(:\n", "tests/test_a.py:1: "),
        ("js/a.mjs", '\ntest("a [RT-1 RT-7]", () => assert.ok(x))', "tests/js/a.mjs:2: "),
        ("js/a.mjs", '\ntest("a [RT-1]", () => assert.ok(x)', "tests/js/a.mjs:2: this test has no end"),
    ],
)
def test_a_wrong_mark_ends_with_its_place(
    tree: Path, capsys: pytest.CaptureFixture[str], file: str, source: str, complaint: str
) -> None:
    add(tree, file, source)
    assert main(["--root", str(tree)]) == 1
    assert complaint in capsys.readouterr().err
    assert not (tree / "docs" / "requirements.md").exists()


def test_the_page_lists_every_promise_with_its_tests(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add(tree, "live/test_a.py", IMPORTS + COUNTING["assert"])
    add(tree, "live/test_b.py", IMPORTS + HOLLOW["nothing"])
    assert main(["--root", str(tree)]) == 0
    page = (tree / "docs" / "requirements.md").read_text()
    assert "| RT-1 | One door \\| one token | `tests/live/test_a.py::test_a` |" in page
    assert "| RT-2 | It closes | not built |" in page
    assert "tests/live/test_b.py:3: test_a does not count: asserts nothing (RT-1)" in capsys.readouterr().out


def test_what_only_a_bench_measures_is_named_and_not_counted(tree: Path) -> None:
    add(tree, "load/test_a.py", IMPORTS + HOLLOW["bench"])
    assert main(["--root", str(tree)]) == 0
    page = (tree / "docs" / "requirements.md").read_text()
    assert "| RT-1 | One door \\| one token | measured by `make bench`: `tests/load/test_a.py::test_a` |" in page
    assert "Proved: 0 of" in page


@pytest.mark.req("BG-53")
def test_the_page_counts_from_the_lists(tree: Path) -> None:
    add(tree, "live/test_a.py", IMPORTS + COUNTING["assert"])
    main(["--root", str(tree)])
    page = (tree / "docs" / "requirements.md").read_text()
    assert "**Proved: 1 of 2 requirements, 0 of 1 tables.**" in page
    assert "| [RT](#rt) | Gateway | 1 | 2 |" in page
    assert "## SC · Tables\n\n0 of 1 proved." in page


def test_an_id_with_many_tests_keeps_its_row_short(tree: Path) -> None:
    tests = "".join(f"def test_{number}(x):\n    assert x\n" for number in range(9))
    add(tree, "test_a.py", f"{IMPORTS}pytestmark = pytest.mark.req('RT-1')\n{tests}")
    main(["--root", str(tree)])
    assert "::test_5`<br>and 3 more |" in (tree / "docs" / "requirements.md").read_text()


def test_check_fails_on_a_page_that_is_missing_or_old(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(tree), "--check"]) == 1
    assert not (tree / "docs" / "requirements.md").exists()
    main(["--root", str(tree)])
    assert main(["--root", str(tree), "--check"]) == 0
    add(tree, "test_a.py", IMPORTS + COUNTING["assert"])
    capsys.readouterr()
    assert main(["--root", str(tree), "--check"]) == 1
    assert "is not up to date" in capsys.readouterr().err


@pytest.mark.parametrize(
    "promises",
    [
        PROMISES.replace("RT-2:", "RT-1:"),
        PROMISES.replace("RT-2:", "SC-2:"),
        PROMISES.replace("section: SC", "section: RT"),
        PROMISES.replace("kind: table", "kind: wish"),
        PROMISES.replace('"It closes"', "[It closes]"),
        "- section: [",
    ],
)
def test_promises_that_are_out_of_order_are_refused(tree: Path, promises: str) -> None:
    (tree / "docs" / "requirements.yaml").write_text(promises)
    with pytest.raises(PromisesError, match=r"requirements\.yaml"):
        read_promises(tree)
    assert main(["--root", str(tree)]) == 1


# How many promises each section holds. Ids run from 1 without a gap, but for the loops, which come in blocks.
SIZES = {
    "RT": 23, "PR": 20, "SB": 9, "AF": 23, "LB": 17, "ND": 16, "CO": 11, "HUB": 28, "AG": 15, "VL": 27,
    "IN": 8, "EX": 18, "AN": 11, "TS": 14, "CP": 19, "SI": 10, "WR": 8, "MO": 13, "DM": 6, "WS": 76,
    "API": 6, "UI": 6, "SEC": 7, "PF": 11, "QA": 10, "OPS": 9, "KPI": 5, "SC": 29, "BG": 81,
}  # fmt: skip
LOOPS = [*range(1, 9), *range(10, 26), *range(30, 33)]


def test_every_promise_stands_once_and_in_order() -> None:
    for section in read_promises(ROOT):
        numbers = LOOPS if section.section == "VL" else range(1, SIZES[section.section] + 1)
        assert list(section.lines) == [f"{section.section}-{number}" for number in numbers]


def test_the_sections_hold_what_they_should() -> None:
    sections = read_promises(ROOT)
    assert {section.section: len(section.lines) for section in sections} == SIZES
    kinds = {section.section: section.kind for section in sections if section.kind != "requirement"}
    assert kinds == {"SC": "table", "BG": "correction"}
    assert sum(len(section.lines) for section in sections if section.kind == "requirement") == 426


def test_every_line_is_one_short_sentence_of_its_own() -> None:
    sections = read_promises(ROOT)
    lines = [line for section in sections for line in section.lines.values()]
    assert [line for line in lines if not 20 <= len(line) < 220 or line != " ".join(line.split())] == []
    assert [line for line in lines if not line.endswith(".")] == []
    assert len(set(lines)) == len(lines)
    assert all(section.title for section in sections)
