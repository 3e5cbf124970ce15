#!/usr/bin/env python3
"""Says how much of the RTL's lines and toggles Verilator counted, file by file, and fails where it is not enough.

    rtl/coverage/coverage.py MERGED.dat --root DIR --exceptions FILE [--all] FILE.sv...

MERGED.dat is what verilator_coverage made of the counts of all test programs. Of a line everything that Verilator counts must have run, both ways of
a branch too; a bit of a signal has toggled if it changed in any instance of its module. --all lists every bit that did not toggle. Exit code 1: a
file has fewer lines than 100 % or fewer toggles than 90 %, or an exception is wrong; 2: the data cannot be read.

The exceptions, one a line ('#' begins a comment line):

    FILE line TEXT OF THE LINE -- reason
    FILE toggle SIGNAL -- reason

In FILE and SIGNAL `*` stands for anything and `?` for one character, and in SIGNAL [7:4] for the bits 7 to 4; a signal stands for all its bits. An exception that matches
nothing, or something that is covered, is an error, so the list cannot outlive its reasons.
"""
import argparse
import dataclasses
import pathlib
import re
import sys

LINE_MIN = 100.0
TOGGLE_MIN = 90.0


class Mistake(Exception):
    """In a file that is read."""


@dataclasses.dataclass
class Source:
    """What was counted in one source file."""
    text: list
    lines: dict = dataclasses.field(default_factory=dict)    # number: whether everything there ran
    toggles: dict = dataclasses.field(default_factory=dict)  # name of a bit: whether it changed


@dataclasses.dataclass
class Exempt:
    """One exception."""
    place: str
    file: str
    kind: str
    what: str
    used: bool = False


def parse_point(line):
    """The fields and the count of a data line of Verilator's format: C '<\\1key\\2value>...' count."""
    match = re.fullmatch(r"C '(.*)' (\d+)", line.rstrip("\n"))
    if not match:
        raise Mistake(f"not a line of Verilator's coverage data: {line.rstrip()!r}")
    fields = dict(part.split("\2", 1) for part in match[1].split("\1") if part)
    for key in ("page", "f", "l"):
        if key not in fields:
            raise Mistake(f"a point without '{key}': {line.rstrip()!r}")
    return fields, int(match[2])


def line_numbers(fields):
    """The lines that a point of line coverage stands for: its own, or its list such as 3,5-7."""
    numbers = []
    for part in fields.get("S", fields["l"]).split(","):
        first, _, last = part.partition("-")
        numbers += range(int(first), int(last or first) + 1)
    return numbers


def read_counts(lines, sources):
    """Adds the points of the named files to sources, a dictionary of Source by file. Points of several instances are one."""
    hits = {}
    for line in lines:
        if line.startswith("#"):
            continue
        fields, count = parse_point(line)
        if fields["f"] in sources:
            kind = fields["page"].split("/")[0]
            key = (fields["f"], kind, fields["l"], fields.get("n"), fields.get("o"), fields.get("S"))
            known = hits.setdefault(key, [fields, 0])
            known[1] += count
    for (file, kind, *_), (fields, count) in hits.items():
        source = sources[file]
        if kind == "v_toggle":
            source.toggles[fields["o"]] = source.toggles.get(fields["o"], False) or count > 0
        elif kind in ("v_line", "v_branch"):
            for number in line_numbers(fields):
                source.lines[number] = source.lines.get(number, True) and count > 0


def has_code(source):
    """Packages may hold nothing but types."""
    return any(re.match(r"\s*(module|function)\b", line) for line in source.text)


def read_exceptions(text, name):
    exceptions = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        place = f"{name}:{number}"
        rule, dashes, reason = line.partition(" -- ")
        words = rule.split(None, 2)
        if not dashes or not reason.strip():
            raise Mistake(f"{place}: no reason; expected 'FILE line|toggle WHAT -- reason'")
        if len(words) != 3 or words[1] not in ("line", "toggle"):
            raise Mistake(f"{place}: expected 'FILE line|toggle WHAT -- reason'")
        exceptions.append(Exempt(place, words[0], words[1], words[2].strip()))
    return exceptions


def glob(pattern):
    """A regular expression for a pattern with `*`, `?` and, for bits, [high:low]."""
    def part(match):
        if match[0] in "*?":
            return "." if match[0] == "?" else ".*"
        if match[1]:
            return r"\[(?:" + "|".join(str(bit) for bit in range(int(match[2]), int(match[1]) + 1)) + r")\]"
        return re.escape(match[0])
    return re.compile(re.sub(r"\[(\d+):(\d+)\]|\*|.", part, pattern))


def matched(exception, source):
    """What an exception speaks of in a source: keys of its lines or toggles."""
    if exception.kind == "line":
        return [number for number in source.lines if source.text[number - 1].strip() == exception.what]
    pattern = glob(exception.what)
    return [name for name in source.toggles if pattern.fullmatch(name) or pattern.fullmatch(re.sub(r"\[\d+\]$", "", name))]


def apply_exceptions(exceptions, sources):
    """Takes what is excepted out of the sources and gives the exceptions that are wrong, in words."""
    complaints = []
    for exception in exceptions:
        for file, source in sources.items():
            if not glob(exception.file).fullmatch(file.rsplit("/", 1)[-1]):
                continue
            points = source.lines if exception.kind == "line" else source.toggles
            for key in matched(exception, source):
                exception.used = True
                if points[key]:
                    complaints.append(f"{exception.place}: excepts {exception.kind} {key} of {file}, which is covered")
                del points[key]
        if not exception.used:
            complaints.append(f"{exception.place}: matches nothing: {exception.file} {exception.kind} {exception.what}")
    return complaints


def percent(points):
    return 100.0 * sum(points.values()) / len(points) if points else 100.0


def report(sources, list_all):
    """The table, and below it what is missing; and whether it is enough."""
    rows = [f"{'file':34} {'lines':>6} {'%':>6}  {'toggles':>7} {'%':>6}"]
    missing = []
    enough = True
    for file, source in [*sources.items(), ("all", together(sources))]:
        low = file != "all" and (percent(source.lines) < LINE_MIN or percent(source.toggles) < TOGGLE_MIN)
        enough = enough and not low
        rows.append(f"{file:34} {len(source.lines):6} {percent(source.lines):6.2f}  {len(source.toggles):7} {percent(source.toggles):6.2f}"
                    + ("  too little" if low else ""))
        if file != "all":
            missing += [f"{file}:{n}: not run: {source.text[n - 1].strip()}" for n, hit in sorted(source.lines.items()) if not hit]
            missing += [f"{file}: does not toggle: {name}" for name, hit in sorted(source.toggles.items()) if not hit and list_all]
    return "\n".join([*rows, *missing]), enough


def together(sources):
    whole = Source([])
    for file, source in sources.items():
        whole.lines.update({(file, key): hit for key, hit in source.lines.items()})
        whole.toggles.update({(file, key): hit for key, hit in source.toggles.items()})
    return whole


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("--root", required=True, type=pathlib.Path)
    parser.add_argument("--exceptions", required=True, type=pathlib.Path)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("files", nargs="+")
    args = parser.parse_args()
    try:
        names = {str((args.root / file).resolve()): file for file in args.files}
        counted = {path: Source(pathlib.Path(path).read_text(encoding="utf-8").splitlines()) for path in names}
        with open(args.data, encoding="utf-8") as data:
            read_counts(data, counted)
        for path, source in counted.items():
            if not source.lines and not source.toggles and has_code(source):
                raise Mistake(f"nothing was counted in {names[path]}")
        sources = {names[path]: source for path, source in counted.items()}
        complaints = apply_exceptions(read_exceptions(args.exceptions.read_text(encoding="utf-8"), args.exceptions.name), sources)
    except (Mistake, OSError) as mistake:
        print(f"coverage: {mistake}", file=sys.stderr)
        return 2
    text, enough = report(sources, args.all)
    print(text, *complaints, sep="\n")
    return 0 if enough and not complaints else 1


if __name__ == "__main__":
    sys.exit(main())
