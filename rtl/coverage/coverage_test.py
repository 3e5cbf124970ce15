#!/usr/bin/env python3
"""Goal: the coverage report counts what Verilator counted, and its exceptions cannot outlive their reasons.

Method: data lines as Verilator writes them, for a source file of a few lines, and every way in which an exception can be wrong.

    rtl/coverage/coverage_test.py
"""
import contextlib
import io
import pathlib
import sys
import tempfile
import unittest
from unittest import mock

import coverage

SOURCE = """module m;
  always_ff @(posedge clk) begin
    if (a) b <= 1;
    else b <= 0;
  end
endmodule
"""


def point(page, line, name, count, lines=None, instance="top.m", file="/src/m.sv"):
    fields = {"page": f"{page}/m", "f": file, "l": str(line), "n": "3", "o": name, "h": instance}
    if lines:
        fields["S"] = lines
    return "C '" + "".join(f"\1{key}\2{value}" for key, value in fields.items()) + f"' {count}\n"


def counted(*lines):
    sources = {"/src/m.sv": coverage.Source(SOURCE.splitlines())}
    coverage.read_counts(["# SystemC::Coverage-3\n", *lines], sources)
    return sources["/src/m.sv"]


class Counts(unittest.TestCase):
    def test_a_line_needs_all_of_its_points(self):
        source = counted(point("v_line", 2, "block", 7, "2,5"), point("v_branch", 3, "if", 3), point("v_branch", 3, "else", 0, "3-4"))
        self.assertEqual(source.lines, {2: True, 5: True, 3: False, 4: False})

    def test_instances_and_programs_count_together(self):
        source = counted(point("v_line", 2, "block", 0, instance="top.a"), point("v_line", 2, "block", 1, instance="top.b"),
                         point("v_toggle", 1, "b", 0, instance="top.a"), point("v_toggle", 1, "b", 2, instance="top.b"))
        self.assertEqual((source.lines, source.toggles), ({2: True}, {"b": True}))

    def test_other_files_and_kinds_are_left_out(self):
        source = counted(point("v_line", 2, "block", 1, file="/src/bench.sv"), point("v_user", 2, "cover", 1))
        self.assertEqual((source.lines, source.toggles), ({}, {}))

    def test_damaged_data_is_a_mistake(self):
        for line in ("C 'no end\n", "C '\1page\2v_line/m' 3\n", "nonsense\n"):
            with self.assertRaises(coverage.Mistake):
                counted(line)


class Exceptions(unittest.TestCase):
    def apply(self, text):
        source = counted(point("v_branch", 3, "if", 1), point("v_branch", 4, "else", 0), point("v_toggle", 1, "b[0]", 1),
                         point("v_toggle", 1, "b[1]", 0), point("v_toggle", 1, "b[2]", 0), point("v_toggle", 1, "c.x[2]", 0))
        complaints = coverage.apply_exceptions(coverage.read_exceptions(text, "list"), {"rtl/m.sv": source})
        return source, complaints

    def test_a_line_by_its_text(self):
        source, complaints = self.apply("# why\n\nm.sv line else b <= 0; -- never\n")
        self.assertEqual((source.lines, complaints), ({3: True}, []))

    def test_bits_of_signals(self):
        source, complaints = self.apply("*.sv toggle b[2:1] -- never\nm.sv toggle ?.* -- never\n")
        self.assertEqual((source.toggles, complaints), ({"b[0]": True}, []))

    def test_what_is_covered_must_not_be_excepted(self):
        self.assertIn("b[0] of rtl/m.sv, which is covered", "".join(self.apply("m.sv toggle b -- never\n")[1]))
        self.assertIn("list:1: excepts line 3", "".join(self.apply("m.sv line if (a) b <= 1; -- never\n")[1]))

    def test_what_matches_nothing(self):
        for text in ("n.sv toggle b -- never\n", "m.sv toggle d -- never\n", "m.sv line else -- never\n"):
            self.assertIn("list:1: matches nothing", "".join(self.apply(text)[1]))

    def test_mistakes(self):
        for text in ("m.sv toggle b\n", "m.sv toggle b -- \n", "m.sv bits b -- never\n", "m.sv line -- never\n"):
            with self.assertRaises(coverage.Mistake):
                coverage.read_exceptions(text, "list")


class Program(unittest.TestCase):
    """The whole program, by its exit code and what it prints."""

    def run_with(self, exceptions, *points):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "m.sv").write_text(SOURCE)
            (folder / "list").write_text(exceptions)
            (folder / "data").write_text("".join(points).replace("/src", str(folder.resolve())))
            arguments = ["coverage.py", f"{folder}/data", "--root", name, "--exceptions", f"{folder}/list", "--all", "m.sv"]
            out = io.StringIO()
            with mock.patch.object(sys, "argv", arguments), contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
                return coverage.main(), out.getvalue()

    def test_enough(self):
        toggles = [point("v_toggle", 1, f"b[{i}]", int(i > 0)) for i in range(10)]
        code, text = self.run_with("", point("v_line", 2, "block", 1), *toggles)
        self.assertEqual(code, 0, text)
        self.assertIn("m.sv: does not toggle: b[0]", text)
        self.assertIn("90.00", text)

    def test_a_line_is_missing(self):
        code, text = self.run_with("", point("v_line", 2, "block", 1), point("v_branch", 4, "else", 0))
        self.assertEqual(code, 1)
        self.assertIn("m.sv:4: not run: else b <= 0;", text)

    def test_too_few_toggles(self):
        self.assertEqual(self.run_with("", point("v_toggle", 1, "b", 0))[0], 1)
        self.assertEqual(self.run_with("m.sv toggle b -- never", point("v_toggle", 1, "b", 0))[0], 0)

    def test_a_wrong_exception(self):
        self.assertEqual(self.run_with("m.sv toggle b -- never", point("v_line", 2, "block", 1))[0], 1)

    def test_nothing_counted(self):
        code, text = self.run_with("")
        self.assertEqual(code, 2)
        self.assertIn("nothing was counted in m.sv", text)

    def test_unreadable(self):
        self.assertEqual(self.run_with("m.sv", point("v_line", 2, "block", 1))[0], 2)
        self.assertEqual(self.run_with("", "nonsense\n")[0], 2)


if __name__ == "__main__":
    unittest.main()
