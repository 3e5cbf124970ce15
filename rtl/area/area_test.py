#!/usr/bin/env python3
"""Goal: the area report in rtl/h264/README.md lists the memories and registers that the RTL has, and what yosys is given there is the RTL.

Method: Verilator reads the sources again. For the second part it makes one model of original modules and functions and of what plain_verilog.py wrote
of them, feeds both the same random bits, resets included, and compares every output in every cycle.

    rtl/area/area_test.py FOLDER [--all]

FOLDER takes what is built. Without --all a few modules and functions are compared, those that compile in seconds: between them they have memories,
loops, early returns, arrays in functions and tables.
"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

import area

EVERYTHING = "--all" in sys.argv
FEW = {"axi_burst_writer", "h264_nal", "h264_transform_pkg::reconstruct_block", "h264_intra_pkg::choose_4x4"}
CYCLES = 20000

MAIN = """#include <cstdint>
#include <cstdio>
#include <random>
#include "Vcompare.h"

int main() {{
  Vcompare top;
  std::mt19937_64 random(1);
  uint32_t* const stimulus = reinterpret_cast<uint32_t*>(&top.stimulus);
  for (int cycle = 0; cycle < {cycles}; ++cycle) {{
    for (int word = 0; word < {words}; ++word) stimulus[word] = static_cast<uint32_t>(random());
    // By turns much happens at once, and little, so that what takes many cycles comes to its end.
    top.lively = cycle / 2048 % 2 == 0 || random() % 64 == 0;
    top.resting = cycle < 4 || random() % 1024 == 0;
    top.clk = 0;
    top.eval();
    top.clk = 1;
    top.eval();
  }}
  for (int at = 0; at < {pairs}; ++at) {{
    std::printf("%u %u %u\\n", static_cast<unsigned>(top.differs[at]), top.moved[at], top.bits[at]);
  }}
}}
"""


class Pair:
    """An original and what was written of it: ports, and how the original is called."""

    def __init__(self, name, text, inputs, outputs, call):
        self.name, self.text, self.inputs, self.outputs, self.call = name, text, inputs, outputs, call
        self.plain = name.replace("::", "_") + ("_plain" if "::" not in name else "")


def module_pair(name, module, text):
    ports = [(var.get("name"), module.sizes[var.get("name")], var.get("dir")) for var in module.ports]
    inputs = [(port, size) for port, size, direction in ports if direction == "input"]
    outputs = [(port, size) for port, size, direction in ports if direction == "output"]
    return Pair(name, text.replace(f"module {name} (", f"module {name}_plain (", 1), inputs, outputs, None)


def datapath_pair(name, datapath, text):
    return Pair(name, text, datapath.inputs, datapath.outputs, datapath.package_function)


def slices(inputs, at):
    """Each input's bits of the stimulus. A configuration, and the start of a picture, come with a reset only: nothing would get far otherwise."""
    drivers = []
    for name, size in inputs:
        bits = f"stimulus[{at + size - 1}:{at}]" if size > 1 else f"stimulus[{at}] & lively"
        held = f"held[{at + size - 1}:{at}]"
        drivers.append((name, {"clk_i": "clk", "rst_ni": "!resting", "start_pic_i": "resting", "cfg_i": held}.get(name, bits)))
        at += size
    return drivers, at


def original(pair, drivers):
    """The original as an instance, or as a call."""
    if pair.call is None:
        return [f"  {pair.name} a (.*);"]
    arguments, lines = [], []
    for var in pair.call.findall("var"):
        name = var.get("name")
        if not var.get("dir") or name == pair.call.get("name"):
            continue
        arguments.append(name + ("_i" if var.get("dir") == "input" else "_o"))
        if var.get("dir") == "inout":
            lines.append(f"    {name}_o = {name}_i;")
    has_result = any(name == "result_o" for name, _ in pair.outputs)
    return ["  always_comb begin", *lines, f"    {'result_o = ' if has_result else ''}{pair.name}({', '.join(arguments)});", "  end"]


def pair_module(pair, at):
    """One pair side by side, and where the next one's stimulus begins."""
    drivers, at = slices(pair.inputs, at)
    outputs = ", ".join(name for name, _ in reversed(pair.outputs))
    total = sum(size for _, size in pair.outputs)
    lines = [f"module pair_{pair.plain} (input clk, input resting, input lively, input [WIDTH-1:0] stimulus, input [WIDTH-1:0] held,",
             "  output logic differs, output int moved, output int bits);"]
    lines += [f"  wire [{size - 1}:0] {name} = {driver};" for (name, size), (_, driver) in zip(pair.inputs, drivers)]
    for name, size in pair.outputs:
        lines += [f"  logic [{size - 1}:0] {name};", f"  wire [{size - 1}:0] {name}_b;"]
    pins = [f".{name}({name})" for name, _ in pair.inputs] + [f".{name}({name}_b)" for name, _ in pair.outputs]
    others = ", ".join(f"{name}_b" for name, _ in reversed(pair.outputs))
    lines += [*original(pair, drivers), f"  {pair.plain} b ({', '.join(pins)});", f"  logic [{total - 1}:0] ones, zeros;",
              "  initial begin differs = 0; ones = 0; zeros = 0; end",
              "  always @(negedge clk) begin",
              f"    if ({{{outputs}}} != {{{others}}}) differs <= 1;",
              f"    ones <= ones | {{{outputs}}}; zeros <= zeros | ~{{{outputs}}};",
              "  end",
              f"  assign moved = $countones(ones & zeros);  assign bits = {total};", "endmodule", ""]
    return "\n".join(lines), at


def compare(pairs, sources, folder):
    """Differs, output bits that were seen both ways, output bits: of every pair."""
    texts, at = [], 0
    for pair in pairs:
        text, at = pair_module(pair, at)
        texts.append(text)
    words = max(3, (at + 31) // 32)
    width = 32 * words
    top = ["module compare (input clk, input resting, input lively, input [WIDTH-1:0] stimulus,",
           f"  output logic differs [{len(pairs)}], output int moved [{len(pairs)}], output int bits [{len(pairs)}]);",
           "  logic [WIDTH-1:0] held;", "  always @(posedge clk) if (resting) held <= stimulus;"]
    top += [f"  pair_{pair.plain} p{n} (.differs(differs[{n}]), .moved(moved[{n}]), .bits(bits[{n}]), .*);" for n, pair in enumerate(pairs)]
    bench = folder / "compare.sv"
    bench.write_text("\n".join([*(pair.text for pair in pairs), *texts, *top, "endmodule", ""]).replace("WIDTH", str(width)), encoding="utf-8")
    main = folder / "main.cpp"
    main.write_text(MAIN.format(cycles=CYCLES, words=words, pairs=len(pairs)), encoding="utf-8")
    command = ["verilator", "--cc", "--exe", "--build", "-O3", "--x-assign", "0", "--x-initial", "0", "--noassert", "--no-timing", "-Wno-lint",
               "-Wno-fatal", "-Wno-ENUMVALUE", "--unroll-count", "512", "--unroll-stmts", "100000", "--top-module", "compare",
               "--Mdir", str(folder / "made"),
               "-MAKEFLAGS", "OPT_FAST=-O1 OPT_SLOW=-O0 OPT_GLOBAL=-O0 CXX=clang++ LINK=clang++", *sources, str(bench), str(main)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stdout + done.stderr)
    lines = subprocess.run([str(folder / "made/Vcompare")], capture_output=True, text=True, check=True).stdout.split("\n")
    return [tuple(int(word) for word in line.split()) for line in lines if line]


class AreaTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(dir=sys.argv[1]))
        cls.blocks = area.read_blocks(cls.folder)

    def test_readme_lists_the_memories_and_registers_that_there_are(self):
        text = (area.ROOT / "rtl/h264/README.md").read_text(encoding="utf-8")
        told = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in text.split(area.BEGIN)[1].split(area.END)[0].split("\n")]
        memories = told[told.index(("memory of", "name", "words", "bits", "together")) + 2:-2]
        self.assertEqual(memories, [tuple(str(cell) for cell in row) for row in area.memory_rows(self.blocks)])
        self.assertGreater(len(memories), 20)
        registers = {row[0]: row[3:5] for row in told[:told.index(("datapath, once", "what", "gates"))] if len(row) == 5}
        for name, bits, memory_bits in area.register_rows(self.blocks):
            self.assertEqual(registers.get(name), (str(bits), str(memory_bits)), name)

    def test_what_is_written_for_yosys_is_equal_to_the_source(self):
        for block, sources, design in self.blocks if EVERYTHING else self.blocks[:1]:
            pairs = [module_pair(*found) for found in area.plain_modules(design) if found[0] != block]
            pairs += [datapath_pair(*found) for found in area.plain_datapaths(design)]
            pairs = [pair for pair in pairs if EVERYTHING or pair.name in FEW]
            folder = self.folder / f"compare-{block}"
            folder.mkdir()
            for pair, (differs, moved, bits) in zip(pairs, compare(pairs, sources, folder), strict=True):
                print(f"{pair.name}: {moved} of {bits} output bits moved", flush=True)
                with self.subTest(pair.name):
                    self.assertFalse(differs)
                    # Random bits do not bring all modules far: registers want their addresses.
                    self.assertTrue(EVERYTHING or 4 * moved > bits, "hardly anything moves: nothing was compared")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
