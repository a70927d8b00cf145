"""What Gradescope is given: Markdown that is inert, honest totals, limits, and never no result."""

from __future__ import annotations

import json
import os
import re
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from autograder import container
from autograder.bundle import SECRET
from autograder.confinement.inside.seccomp import NUMBERS
from autograder.course import DEFAULT, Course, Gradescope, RateLimit
from autograder.errors import CannotGrade
from autograder.history import History, failure, read_history, refusal
from autograder.render.contract import BrokenContract, Results, read_results
from autograder.render.gradescope import to_gradescope
from autograder.render.markdown import WIDTH, block, markdown
from autograder.report import Outcome, Result
from autograder.text import printable

from .conftest import ROOT
from .platform import __main__ as parity
from .platform import box
from .platform.container import metadata
from .test_rendering import FAILED, HOSTILE, MIXED, PASSED, PENDING, report, validate

SCRIPT = ROOT / "autograder" / "bundled" / "run_autograder"


class TestMarkdown:
    """Text as Markdown: literal in every dialect."""

    INERT = frozenset(
        {
            "paragraph_open", "paragraph_close", "inline", "text", "code_inline", "code_block",
            "hardbreak", "softbreak",
        }
    )  # fmt: skip
    DIALECTS = ("commonmark", "js-default")

    @given(text=st.text(st.characters(codec="utf-8") | st.sampled_from("`<>[]()!*_#-~|&\\\n \t1.")))
    def test_any_text_is_shown_literally(self, text: str) -> None:
        """Whatever is given: nothing but text and code comes out, and no character is lost."""
        text = printable(text, 1000, multiline=True)
        for dialect in self.DIALECTS:
            tokens = MarkdownIt(dialect, {"html": True}).parse(markdown(text))
            flat = [t for token in tokens for t in (token, *(token.children or ()))]
            assert {token.type for token in flat} <= self.INERT
            assert {token.type for token in tokens if token.hidden} == set()
            shown = "".join(
                t.content for t in flat if t.type in ("text", "code_inline", "code_block")
            )
            # Backticks around code are what makes it code.
            assert re.sub(r"[\s`]", "", shown) == re.sub(r"[\s`]", "", text)

    @pytest.mark.parametrize(
        "text",
        ["http://x.example", "www.x.example", "x.example", "a@x.example", "[a](b)", "![a](b)",
         "<b>", "&lt;", "1. a", "- a", "# a", "> a", "a_b_c", "**a**", "~~a~~", "a | b", "$x$"],
    )  # fmt: skip
    def test_what_dialects_make_something_of_is_code(self, text: str) -> None:
        """Addresses, lists, headings, emphasis, tables, HTML and formulas stand in code."""
        shown = markdown(text)
        assert "`" in shown
        outside = re.sub(r"(`+).*?\1", "", shown)
        assert re.fullmatch(r"[\w ;.]*", outside), outside

    def test_no_block_is_ended_from_inside(self) -> None:
        """Neither fences nor blank lines nor HTML in a block of code end it."""
        text = "```\n\n<script>\n    x\n\n# y\n- z"
        for dialect in self.DIALECTS:
            tokens = MarkdownIt(dialect, {"html": True}).parse(
                f"Before.\n\n{block(text)}\n\nAfter."
            )
            blocks = [token.content for token in tokens if token.type == "code_block"]
            assert [content.strip("\n") for content in blocks] == [text]

    def test_sentences_stay_sentences(self) -> None:
        """Plain words are plain, names and numbers with signs are code, indented lines a block."""
        text = "Row 0 of softmax(x) sums to 0.5, not to 1.\n\nWhat was called:\n  softmax(a_b)"
        assert markdown(text) == (
            "Row 0 of `softmax(x)` sums to 0.5, not to 1.\n\nWhat was called:\n\n      softmax(a_b)"
        )

    def test_code_goes_on_to_its_closing_bracket(self) -> None:
        """A call or a list is one piece of code, and the sentence's punctuation is none of it."""
        assert markdown("loss(y, ['a', 'b']) is [0, 1], not 2: see a.py.") == (
            "`loss(y, ['a', 'b'])` is `[0, 1]`, not 2: see `a.py`."
        )
        assert markdown("f(x is not closed") == "`f(x` is not closed"
        long = f"f({{'H': [{', '.join(['0.5'] * 200)}]}})"
        assert markdown(f"{long} raised TypeError") == f"`{long}` raised TypeError"
        assert markdown("for D_h = 30 and d = 3.") == "for `D_h` = 30 and d = 3."

    def test_what_is_marked_as_code_is_code(self) -> None:
        """Backticks in feedback are not shown, they are obeyed."""
        assert (
            markdown("the sum (`+=` in a loop, or `x.y()`)")
            == "the sum (`+=` in a loop, or `x.y()`)"
        )

    def test_long_lines_of_code_are_broken(self) -> None:
        """Code does not wrap in a browser, so it is broken before."""
        assert max(map(len, block("word " * 100).split("\n"))) <= WIDTH + 4


class TestVisibility:
    """What students see, and when."""

    def test_the_nearest_decision_counts(self) -> None:
        """A check's name counts before its part's, the decorator, and the course's default."""
        settings = Gradescope(visibility={"2c": "hidden", "2c.1": "visible"})
        cases = {
            ("2c.1", False, "after_due_date"): "visible",
            ("2c.2", True, "after_due_date"): "hidden",
            ("1a.1", True, "after_due_date"): "after_due_date",
            ("1a.1", True, ""): "visible",
            ("1a.1", False, ""): "after_published",
        }
        for (number, public, wish), expected in cases.items():
            assert settings.visibility_of(number, public=public, wish=wish) == expected

    def test_the_total_is_spoken_of_honestly(self) -> None:
        """With hidden checks the text says how many there are, and that there is no total."""
        output = to_gradescope(MIXED)["output"]
        assert "3 of 3 checks, with 6.5 of 6.5 points, are shown when grades are published" in (
            output
        )
        assert "Gradescope shows no total" in output
        assert "total" not in to_gradescope(MIXED, Gradescope(hidden="visible"))["output"]

    def test_an_answer_for_staff_is_acknowledged_at_once(self) -> None:
        """That an answer was received is visible, whatever is hidden."""
        answer = Result("1e.6", "Prose.", 0, outcome=Outcome.AWAITING, staff_points=2, answer="`")
        test = to_gradescope(report(answer, PASSED))["tests"][0]
        assert test["visibility"] == "visible"
        assert test["output"].endswith("\n\n    `")

    def test_hostile_text_is_inert(self) -> None:
        """In notes and messages, what a submission says is code."""
        document = to_gradescope(MIXED)
        validate(document)
        for text in (document["output"], document["tests"][2]["output"]):
            html = MarkdownIt("commonmark", {"html": True}).render(text)
            assert not re.findall(r"<(?!/?(?:p|code|pre|br|strong)\b)", html)
        assert HOSTILE[:8] in document["output"]

    def test_a_check_of_ours_that_failed_is_not_counted_as_lost(self) -> None:
        """It has no score, and the text at the top says whose fault it was."""
        document = to_gradescope(report(PASSED, Result("1a.3", "It.", 1, outcome=Outcome.NOT_RUN)))
        validate(document)
        assert "score" not in document["tests"][1]
        assert "not your fault" in document["output"]
        assert document["extra_data"]["graded"] is False

    def test_an_unfinished_result_says_so(self) -> None:
        """While checks have not run, what stands there is called no score."""
        assert "1 of 3 checks have not run" in to_gradescope(MIXED)["output"]

    def test_leaderboard_can_be_off(self) -> None:
        """The course decides whether there is one."""
        leader = Result("2h.9", "UAS.", 8, 8, Outcome.PASSED, leaderboard=("UAS", "desc", 90.5))
        assert to_gradescope(report(leader))["leaderboard"] == [
            {"name": "UAS", "value": 90.5, "order": "desc"}
        ]
        assert "leaderboard" not in to_gradescope(report(leader), Gradescope(leaderboard=False))

    @pytest.mark.parametrize(
        "text",
        ['[gradescope]\npublic = "sometimes"', "[rate_limit]\nsubmissions = 0\nhours = 1",
         "[rate_limit]\nsubmissions = 1", '[gradescope.visibility]\n"1a" = "no"'],
    )  # fmt: skip
    def test_decisions_that_make_no_sense_are_refused(self, tmp_path: Path, text: str) -> None:
        """A course file with a mistake is no course file, and the sentence says why."""
        path = tmp_path / "course.toml"
        base = DEFAULT.read_text(encoding="utf-8").partition("[gradescope]")[0]
        path.write_text(f"{base}\n{text}", encoding="utf-8")
        with pytest.raises(CannotGrade, match="is no course file"):
            Course(path)


class TestContract:
    """The schema of results.json."""

    @pytest.mark.parametrize(
        ("document", "said"),
        [
            ({"score": 1, "points": 2}, "unknown field"),
            ({"tests": [{"name": "x"}]}, "has a score"),
            ({"score": -1}, "schema"),
            ({"score": 1, "output_format": "markdown"}, "schema"),
            ({"tests": [{"score": 1, "visibility": "never"}]}, "schema"),
            ({"tests": [{"score": 2, "max_score": 1, "number": "1a.1"}]}, "1a.1 has more points"),
            ({"score": 1, "output": "x" * 100_000}, "are cut"),
            ({"score": 1, "output": "a\r\nb"}, "carriage return"),
        ],
    )
    def test_what_breaks_it_is_found(self, document: dict[str, Any], said: str) -> None:
        """Each rule of the contract is looked at."""
        with pytest.raises(BrokenContract, match=said):
            read_results(json.dumps(document).encode())

    def test_all_that_it_names_is_taken(self) -> None:
        """The example of the platform's own documentation keeps to it."""
        document = {
            "score": 44.0, "execution_time": 136, "output": "x", "output_format": "simple_format",
            "test_output_format": "text", "test_name_format": "text",
            "visibility": "after_due_date", "stdout_visibility": "visible", "extra_data": {},
            "tests": [
                {
                    "score": 2.0, "max_score": 2.0, "status": "passed", "name": "Your name here",
                    "name_format": "text", "number": "1.1", "output": "x", "output_format": "text",
                    "tags": ["tag1"], "visibility": "visible", "extra_data": {},
                }
            ],
            "leaderboard": [
                {"name": "A", "value": 0.9}, {"name": "T", "value": 15, "order": "asc"},
            ],
        }  # fmt: skip
        assert read_results(json.dumps(document).encode()).points == 44


NOON = datetime.fromisoformat("2026-03-02T12:00:00.000000-08:00")
EARNED = {
    "output": "All of it.",
    "output_format": "md",
    "extra_data": {"seed": 7, "graded": True},
    "tests": [{"number": "1a.1", "score": 3.0, "max_score": 5.0, "visibility": "after_published"}],
    "leaderboard": [{"name": "UAS", "value": 88.5}],
}
LIMIT = RateLimit(submissions=2, hours=24)


def history(tmp_path: Path, *earlier: tuple[float, dict[str, Any]]) -> History:
    """A submission at noon, and earlier ones: how many hours before, and what else is known."""
    previous = [
        {"submission_time": (NOON - timedelta(hours=h)).isoformat(), "score": "3.0", **values}
        for h, values in earlier
    ]
    path = tmp_path / "submission_metadata.json"
    document = metadata(created_at=NOON.isoformat(), previous_submissions=previous)
    path.write_text(json.dumps(document), encoding="utf-8")
    found = read_history(path)
    assert found is not None
    return found


def decide(tmp_path: Path, *earlier: tuple[float, dict[str, Any]]) -> dict[str, Any] | None:
    """The refusal of a submission at noon under a limit of 2 in 24 hours."""
    return refusal(history(tmp_path, *earlier), LIMIT, Gradescope())


class TestRateLimit:
    """Submissions beyond the limit are refused, and no score is lost by that."""

    WITH: ClassVar[dict[str, Any]] = {"results": EARNED}
    ERROR: ClassVar[dict[str, Any]] = {"autograder_error": True, "score": None}

    @pytest.mark.parametrize(
        ("earlier", "refused"),
        [
            ([], False),
            ([(1, WITH)], False),
            ([(2, {}), (1, WITH)], True),
            ([(25, {}), (1, WITH)], False),
            ([(24, {}), (1, WITH)], False),
            ([(3, ERROR), (2, ERROR), (1, WITH)], False),
            # The second of three was refused itself: the first has left the window.
            ([(30, {}), (29, {}), (20, {}), (1, WITH)], False),
            ([(1, WITH), (2, {})], True),
        ],
    )
    def test_those_that_were_graded_within_the_window_count(
        self, tmp_path: Path, earlier: list[tuple[float, dict[str, Any]]], refused: bool
    ) -> None:
        """Failures of the autograder, refused submissions and old ones do not count."""
        assert (decide(tmp_path, *earlier) is not None) == refused

    def test_the_earlier_result_is_kept(self, tmp_path: Path) -> None:
        """Scores, visibility and leaderboard stand there again, with a word at the top."""
        document = decide(tmp_path, (2, {}), (1, self.WITH))
        assert document is not None
        read_results(json.dumps(document).encode())
        assert document["tests"] == EARNED["tests"]
        assert document["leaderboard"] == EARNED["leaderboard"]
        assert document["extra_data"]["seed"] == 7
        assert "2 submissions are graded within 24 hours" in document["output"]
        assert "2026-03-03 10:00 -0800" in document["output"]
        assert document["output"].endswith("All of it.")

    def test_it_is_kept_over_many_refusals(self, tmp_path: Path) -> None:
        """The platform gives only the latest result: a refused one hands on what it got."""
        document = decide(tmp_path, (3, {}), (2, self.WITH))
        again = decide(tmp_path, (3, {}), (2, {}), (1, {"results": document}))
        assert again is not None
        assert again["tests"] == EARNED["tests"]
        assert again["output"].count("was not graded") == 1

    def test_without_its_details_the_score_is_kept(self, tmp_path: Path) -> None:
        """Where the platform gives no result, the score stands alone, hidden as it was."""
        document = decide(tmp_path, (3, {}), (2, {}), (1, self.ERROR))
        assert document is not None
        read_results(json.dumps(document).encode())
        assert [(t["score"], t["visibility"]) for t in document["tests"]] == [
            (3.0, "after_published")
        ]

    def test_what_cannot_be_kept_is_graded(self, tmp_path: Path) -> None:
        """With no earlier score to keep, nothing is refused."""
        for score in (None, "inf", "nan", "a lot"):
            assert decide(tmp_path, (2, {"score": score}), (1, {"score": score})) is None

    def test_there_is_none_by_default(self, tmp_path: Path) -> None:
        """A course without a limit refuses nothing."""
        assert Course().rate_limit is None
        many = history(tmp_path, *((hour / 10, self.WITH) for hour in range(1, 50)))
        assert refusal(many, None, Gradescope()) is None

    def test_a_failure_of_ours_does_not_count(self, tmp_path: Path) -> None:
        """Neither when it is the latest, nor later, when the platform no longer shows it."""
        failed = failure(history(tmp_path, (5, {})), Gradescope(), "broken")
        then = history(tmp_path, (5, {}), (3, {"results": failed}))
        assert len(then.ungraded) == 1
        assert refusal(then, LIMIT, Gradescope()) is None
        handed_on = {**EARNED, "extra_data": {"graded": True, "ungraded": list(then.ungraded)}}
        later = history(tmp_path, (3, {}), (1, {"results": handed_on}))
        assert [earlier.graded for earlier in later.earlier] == [False, True]
        assert refusal(later, LIMIT, Gradescope()) is None

    @pytest.mark.parametrize(
        "time", ["2026-03-02T12:00:00Z", "2026-03-02T12:00:00.123-08:00", "2026-03-02T12:00:00.1Z"]
    )
    def test_times_are_read_in_every_form(self, tmp_path: Path, time: str) -> None:
        """With a Z or an offset, with decimals or without."""
        path = tmp_path / "metadata.json"
        path.write_text(json.dumps(metadata(created_at=time)))
        found = read_history(path)
        assert found is not None
        assert found.created.tzinfo is not None


class TestFailure:
    """The grader failed: what stands there is valid, and no zero that looks final."""

    def test_without_an_earlier_result_nothing_is_lost(self, tmp_path: Path) -> None:
        """One entry of 0 out of 0 points, and a text that says whose fault it was."""
        for document in (
            failure(None, Gradescope(), "why"),
            failure(history(tmp_path), Gradescope(), "why"),
        ):
            results = read_results(json.dumps(document).encode())
            assert [(test.score, test.max_score) for test in results.tests] == [(0, 0)]
            assert "The autograder failed, not your submission" in results.output
            assert results.extra_data["graded"] is False

    def test_the_earlier_result_stands(self, tmp_path: Path) -> None:
        """Where there is one, it counts until the submission is graded."""
        document = failure(history(tmp_path, (1, {"results": EARNED})), Gradescope(), "why")
        assert document["tests"] == EARNED["tests"]
        assert "Your earlier result counts" in document["output"]

    def test_what_had_run_before_a_crash_is_kept(self) -> None:
        """Checks that ran keep their points, those that did not are no longer counted as lost."""
        begun = read_results(json.dumps(to_gradescope(MIXED)).encode())
        document = failure(None, Gradescope(), "killed", begun)
        validate(document)
        assert [test.get("score") for test in document["tests"]] == [None, 1.5, 0]
        only_begun = read_results(json.dumps(to_gradescope(report(PENDING))).encode())
        assert failure(None, Gradescope(), "killed", only_begun)["tests"][0]["max_score"] == 0

    def test_results_are_given_back_as_they_came(self) -> None:
        """What a document leaves out stays out when it is shown again."""
        assert msgspec.to_builtins(msgspec.convert(EARNED, Results)) == EARNED


class TestRunAutograder:
    """The script that the platform runs, with all kinds of graders below it."""

    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        """A container without a grader."""
        for name in ("source", "submission", "results", "venv/bin"):
            (tmp_path / name).mkdir(parents=True)
        (tmp_path / "run_autograder").write_bytes(SCRIPT.read_bytes())
        (tmp_path / "run_autograder").chmod(0o755)
        return tmp_path

    def run(self, root: Path, grader: str | None) -> tuple[Results, str]:
        """What is left when `grader`, a script, stands in for Python."""
        if grader is not None:
            python = root / "venv" / "bin" / "python"
            python.write_text(f"#!/bin/bash\n{grader}\n")
            python.chmod(0o755)
        done = subprocess.run(
            [root / "run_autograder"],
            cwd="/",
            env={**os.environ, "AUTHENTICATION_TOKEN": "token"},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        results = (root / "results" / "results.json").read_bytes()
        return read_results(results), done.stdout

    @pytest.mark.parametrize(
        "grader",
        [None, "exit 1", "kill -9 $$", "exec /nowhere", "exit 0",
         "rm results/results.json; exit 3"],
    )  # fmt: skip
    def test_there_is_always_a_valid_result(self, root: Path, grader: str | None) -> None:
        """Whatever becomes of the grader, also if there is none; an older result is gone."""
        (root / "results" / "results.json").write_text('{"score": 100}')
        results, _ = self.run(root, grader)
        assert results.points == 0
        assert results.tests[0].max_score == 0
        assert "not your fault" in results.output

    def test_it_is_there_before_the_grader_starts(self, root: Path) -> None:
        """The first version stands when Python begins."""
        self.run(root, "cp results/results.json seen.json")
        read_results((root / "seen.json").read_bytes())

    def test_the_graders_own_result_stays(self, root: Path) -> None:
        """What a grader wrote that ended well is not touched."""
        results, _ = self.run(root, """echo '{"score": 5}' > results/results.json""")
        assert results.points == 5

    def test_a_crash_is_explained_by_a_second_call(self, root: Path) -> None:
        """The grader is asked once more, with the status that the first call ended with."""
        results, said = self.run(
            root,
            'for last; do :; done; echo "last $last"\n'
            '[ "$last" = 137 ] || kill -9 $$\n'
            """echo '{"score": 7}' > results/results.json""",
        )
        assert results.points == 7
        assert "last 137" in said

    def test_nothing_of_the_environment_reaches_the_grader(self, root: Path) -> None:
        """Not the platform's token in particular."""
        _, said = self.run(root, "env")
        assert "token" not in said
        assert "HOME=/root" in said

    def test_others_cannot_look_into_results_and_source(self, root: Path) -> None:
        """Both are closed to other users."""
        self.run(root, "exit 0")
        assert all((root / name).stat().st_mode & 0o007 == 0 for name in ("results", "source"))


class TestRun:
    """`arcgrade run-gradescope`, on a container's folders."""

    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        """A container with a course and a secret."""
        for name in ("source", "submission", "results"):
            (tmp_path / name).mkdir()
        (tmp_path / "source" / "course.toml").write_bytes(DEFAULT.read_bytes())
        (tmp_path / "source" / SECRET).write_text("secret\n")
        (tmp_path / "submission_metadata.json").write_text(json.dumps(metadata()))
        return tmp_path

    def results(self, root: Path) -> Results:
        """What was left."""
        return read_results((root / "results" / "results.json").read_bytes())

    @pytest.mark.usefixtures("nursery")
    def test_a_submission_that_is_refused_gets_zero_and_the_reason(
        self, root: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Every check is there with its maximum, and the student reads what to do."""
        (root / "submission" / "softmax.py").write_bytes(b"#" * (2 << 20))
        assert container.run(root)
        results = self.results(root)
        assert results.points == 0
        assert sum(test.max_score or 0 for test in results.tests) == 87
        assert "hand in a smaller one." in re.sub("`", "", results.output)
        assert "tier " in capsys.readouterr().out
        assert results.extra_data["graded"] is True
        public = [test for test in results.tests if ".p" in test.number]
        assert {(test.visibility, test.score) for test in public} == {("visible", None)}
        assert results.tests[0].number == "1a.p1"

    def test_a_fault_of_ours_is_told_apart(
        self, root: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Staff see the reason, the student that it was not the submission."""
        (root / "source" / SECRET).unlink()
        assert not container.run(root)
        results = self.results(root)
        assert "The autograder failed, not your submission" in results.output
        assert "FileNotFoundError" in capsys.readouterr().out

    def test_a_limit_is_kept_before_anything_else(self, root: Path) -> None:
        """A refused submission is not even opened."""
        course = root / "source" / "course.toml"
        course.write_text(f"{course.read_text()}\n[rate_limit]\nsubmissions = 1\nhours = 24\n")
        previous = [
            {"submission_time": "2026-02-01T14:00:00-08:00", "score": "3.0", "results": EARNED}
        ]
        (root / "submission_metadata.json").write_text(
            json.dumps(metadata(previous_submissions=previous))
        )
        assert container.run(root)
        results = self.results(root)
        assert results.points == 3
        assert results.extra_data["refused"] is True

    @pytest.mark.parametrize("text", ["", "{", '{"created_at": 5}', '{"created_at": "x"}', "[]"])
    def test_metadata_that_cannot_be_read_stop_nothing(
        self, root: Path, text: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """They are mentioned to staff, and the submission would be graded."""
        (root / "submission_metadata.json").write_text(text)
        container.after_crash(root, 137)
        assert "could not be read" in capsys.readouterr().out
        assert "lack of memory" in str(self.results(root).extra_data["why"])

    def test_memory_is_looked_up_in_the_control_group(self, tmp_path: Path) -> None:
        """Of both versions; without a group it is the machine's."""
        machine = container.memory_limit(tmp_path)
        assert machine is not None
        (tmp_path / "memory.max").write_text("max\n")
        assert container.memory_limit(tmp_path) == machine
        (tmp_path / "memory").mkdir()
        (tmp_path / "memory" / "memory.limit_in_bytes").write_text("750000000\n")
        assert container.memory_limit(tmp_path) == 750_000_000

    def test_staff_are_told_of_too_little_memory(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Below 1.4 GB there is a warning, above the size."""
        monkeypatch.setattr(container, "memory_limit", lambda: 750_000_000)
        assert "WARNING: this container has 0.75 GB" in container.facts()[-1]
        monkeypatch.setattr(container, "memory_limit", lambda: 1_500_000_000)
        assert container.facts()[-1] == "memory 1.50 GB"


class TestPlatform:
    """The imitation of the platform, as far as it can be looked at without root."""

    def test_system_calls_have_their_numbers(self) -> None:
        """The numbers of the imitated profile are those of the confinement's tables."""
        for machine, calls in box.REFUSED.items():
            known = NUMBERS[machine]
            assert {n: v for n, v in calls.items() if known.get(n, v) != v} == {}
            assert known["clone"] == box.CLONE[machine]
            assert known["clone3"] == box.CLONE3

    def test_capabilities_are_dockers(self) -> None:
        """Their mask is the one that a process in a container of Docker's shows."""
        mask = sum(1 << number for number in box.CAPABILITIES.values())
        assert mask == 0x00000000A80425FB

    def test_differences_are_found(self) -> None:
        """Another score, status or seed is named with its check."""
        one = read_results(json.dumps(to_gradescope(report(PASSED, FAILED, seed=1))).encode())
        other = read_results(json.dumps(to_gradescope(report(PASSED, FAILED, seed=2))).encode())
        assert parity.differences(one, one) == []
        other.tests[1].score = 3
        assert parity.differences(one, other) == [
            "the seeds differ",
            "2c.1: score is 0.0 there and 3 here",
        ]
