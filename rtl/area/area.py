#!/usr/bin/env python3
"""A rough area report of the RTL blocks by yosys, with every memory listed: what `./saksi area` runs.

    rtl/area/area.py [--out FILE] [--readme FILE] [--only NAME...] [--limit-s N]

For every module of rtl/: gates of two inputs (and inverters), and flip-flops, as yosys makes them of it (for no technology in particular, without
knowledge of a clock), the bits of its registers as the source has them, and its memories. Beside them the functions that are the encoder's datapaths,
each alone. yosys reads none of the sources as they are; see plain_verilog.py. The report goes to standard output and to FILE (out/area/area.md);
--readme writes it between the marks of a README; --only takes modules and functions of these names alone; what takes yosys more than N seconds of
processor time (600) is given up.

It needs yosys (Debian's package of that name), which nothing else in this project does.
"""
import argparse
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

import plain_verilog

ROOT = pathlib.Path(__file__).resolve().parents[2]
BLOCKS = ("h264", "sha256")
GIVEN_UP = "-"
BEGIN, END = "<!-- begin of what ./saksi area --readme writes -->", "<!-- end of what ./saksi area --readme writes -->"

# Functions of packages that are worth a line of their own, and what they are.
DATAPATHS = {
    "h264_transform_pkg::forward_block": "4x4 transform and quantisation",
    "h264_transform_pkg::reconstruct_block": "4x4 inverse of both, onto the prediction",
    "h264_transform_pkg::luma_dc_block": "Intra_16x16 DC, both ways",
    "h264_transform_pkg::chroma_dc_block": "chroma DC, both ways",
    "h264_intra_pkg::predict_block": "one block of Intra_16x16 or chroma prediction",
    "h264_intra_pkg::block_costs": "costs of its four modes",
    "h264_intra_pkg::choose_4x4": "Intra_4x4: nine modes and the best of them",
    "h264_motion_pkg::nearness": "absolute differences of eight pixels",
    "h264_motion_pkg::filter_again": "six-tap filter, second pass, four samples",
    "h264_vectors_pkg::differences": "vector prediction, all partitions",
    "h264_deblock_pkg::edges_of": "deblocking: strength of a macroblock's edges",
    "h264_deblock_pkg::filter_edge": "deblocking: four lines across an edge",
    "h264_cavlc_pkg::first_step": "CAVLC: first code of a block",
    "h264_cavlc_pkg::next_step": "CAVLC: a further code",
    "h264_nal_pkg::packed_with": "emulation prevention, eight bytes",
}

# Plain D flip-flops and gates of two inputs, whichever kind suits: enables and resets are gates, memories stay whole, and tables become gates.
YOSYS = """read_verilog -sv {file}
proc -norom
opt_expr
opt_clean
opt -nodffe -nosdff
wreduce
peepopt
opt_clean
alumacc
opt
memory_collect
opt_clean
techmap
opt -fast
dfflegalize -cell $_DFF_P_ x
opt_clean
abc -fast -g gates
opt_clean
tee -o {report} stat
"""


def sources_of(block, generated):
    """A block's sources in the order in which Verilator wants them, out of its CMakeLists.txt."""
    folder = ROOT / "rtl" / block
    words = re.findall(r"[^\s()]+\.(?:vlt|sv)\b", (folder / "CMakeLists.txt").read_text(encoding="utf-8"))
    return [str(generated / word.split("generated/")[1]) if "generated/" in word else str((folder / word).resolve()) for word in words]


def read_blocks(folder):
    """Both blocks as Verilator understands them: name, sources, design."""
    maps = [str(ROOT / "regs" / f"{block}.yaml") for block in BLOCKS]
    subprocess.run([sys.executable, str(ROOT / "regs/generate.py"), str(folder), *maps], check=True)
    found = []
    for block in BLOCKS:
        sources = sources_of(block, folder)
        command = ["verilator", "--xml-only", "-Wno-fatal", "-Wno-lint", "--top-module", block, "--Mdir", str(folder / block)]
        subprocess.run([*command, *sources], check=True)
        root = ElementTree.parse(folder / block / f"V{block}.xml").getroot()
        found.append((block, sources, plain_verilog.Design(root)))
    return found


def plain_modules(design):
    """Every module with its text: name, module, text."""
    for node in design.modules:
        module = plain_verilog.Module(design, node)
        yield node.get("name"), module, module.write()


def plain_datapaths(design):
    """The functions of DATAPATHS that a design has: name, datapath, text."""
    for package in design.packages:
        for function in package.findall("func"):
            name = f"{package.get('name')}::{function.get('name')}"
            if name in DATAPATHS:
                datapath = plain_verilog.Datapath(design, package, function)
                yield name, datapath, datapath.write()


def yosys_area(name, text, folder, limit_s):
    """Gates and flip-flops, as text; dashes if the limit on processor time was reached."""
    stem = folder / name.replace("::", "_")
    stem.with_suffix(".v").write_text(text, encoding="utf-8")
    report = stem.with_suffix(".stat")
    stem.with_suffix(".ys").write_text(YOSYS.format(file=stem.with_suffix(".v"), report=report), encoding="utf-8")
    done = subprocess.run(["yosys", "-q", "-s", str(stem.with_suffix(".ys"))], capture_output=True, text=True, check=False,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (limit_s, limit_s)))
    if done.returncode in (-signal.SIGKILL, -signal.SIGXCPU):
        return GIVEN_UP, GIVEN_UP
    if done.returncode != 0:
        raise SystemExit(f"area: yosys failed on {name}: {done.stderr.strip()}")
    counts = dict(re.findall(r"^\s+(\S+)\s+(\d+)$", report.read_text(encoding="utf-8"), re.MULTILINE))
    cells = {cell: int(count) for cell, count in counts.items() if cell.startswith("$_")}
    flip_flops = sum(count for cell, count in cells.items() if "DFF" in cell)
    return str(sum(cells.values()) - flip_flops), str(flip_flops)


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]


def memory_rows(blocks):
    """Module, memory, words, bits of each, bits together: of every module, in the order of the sources."""
    rows = []
    for _, _, design in blocks:
        for name, module, _ in plain_modules(design):
            rows += [(name, memory, words, width, words * width) for memory, (words, width) in module.memories.items()]
    return rows


def register_rows(blocks):
    """Module, bits of its registers, bits of its memories."""
    return [(name, module.register_bits(), sum(words * width for words, width in module.memories.values()))
            for _, _, design in blocks for name, module, _ in plain_modules(design)]


def report(blocks, folder, options):
    """The report's lines."""
    def wanted(name):
        return not options.only or name in options.only or name.split("::")[-1] in options.only
    modules, datapaths = [], []
    registers = {name: (bits, memory) for name, bits, memory in register_rows(blocks)}
    for _, _, design in blocks:
        for found, rows in ((plain_modules(design), modules), (plain_datapaths(design), datapaths)):
            for name, _, text in found:
                if not wanted(name):
                    continue
                gates, flip_flops = yosys_area(name, text, folder, options.limit_s)
                print(f"area: {name}: {gates} gates, {flip_flops} flip-flops", file=sys.stderr, flush=True)
                rows.append((name, gates, flip_flops, *registers[name]) if name in registers else (f"`{name}`", DATAPATHS[name], gates))
    lines = table(("module", "gates", "flip-flops", "register bits", "memory bits"), modules)
    lines += ["", *table(("datapath, once", "what", "gates"), datapaths)]
    return [*lines, "", *table(("memory of", "name", "words", "bits", "together"), memory_rows(blocks))]


def write_readme(path, lines):
    text = path.read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise SystemExit(f"area: {path}: has no place for the report: a line '{BEGIN}' and a line '{END}'")
    before, after = text.split(BEGIN)[0], text.split(END)[1]
    path.write_text(before + "\n".join([BEGIN, "", *lines, "", END]) + after, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(prog="./saksi area", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "out/area/area.md", help="where the report goes besides")
    parser.add_argument("--readme", type=pathlib.Path, help="a README between whose marks the report is written")
    parser.add_argument("--only", nargs="+", metavar="NAME", default=[], help="these modules and functions alone")
    parser.add_argument("--limit-s", type=int, default=600, metavar="N", help="processor time after which yosys is stopped at a module (600)")
    options = parser.parse_args()
    for tool, package in (("verilator", "verilator"), ("yosys", "yosys")):
        if shutil.which(tool) is None:
            sys.exit(f"area: {tool} is not installed: apt-get install --no-install-recommends {package}")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        lines = report(read_blocks(folder), folder, options)
    print("\n".join(lines))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text("\n".join([*lines, ""]), encoding="utf-8")
    if options.readme:
        write_readme(options.readme, lines)
    print(f"area: written to {options.out}", file=sys.stderr)


if __name__ == "__main__":
    main()
