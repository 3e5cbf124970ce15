#!/usr/bin/env python3
"""Goal: the SVD files and register pages say what regs/ and boards/ say, and debuggers can read them; mistakes are errors with their place.

Method: the maps are read here once more, apart from the generator. The rules for SVD are those of the CMSIS-SVD schema 1.3: which elements
there are, in which order, which values they may have.

    tests/regs/generate_test.py SOURCE_DIR GENERATED_DIR
"""
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree

import yaml

SOURCE = pathlib.Path(sys.argv[1])
GENERATED = pathlib.Path(sys.argv[2])
NO_REGISTERS = {"unpopulated"}
ACCESS = {"rw": "read-write", "ro": "read-only", "wo": "write-only", "w1c": "read-write"}
DIMENSIONS = ["dim", "dimIncrement", "dimIndex", "dimName", "dimArrayIndex"]
PROPERTIES = ["size", "access", "protection", "resetValue", "resetMask"]
ORDER = {
    "device": ["vendor", "vendorID", "name", "series", "version", "description", "licenseText", "cpu", "headerSystemFilename",
               "headerDefinitionsPrefix", "addressUnitBits", "width", *PROPERTIES, "peripherals", "vendorExtensions"],
    "peripheral": [*DIMENSIONS, "name", "version", "description", "alternatePeripheral", "groupName", "prependToName", "appendToName",
                   "headerStructName", "disableCondition", "baseAddress", *PROPERTIES, "addressBlock", "interrupt", "registers"],
    "addressBlock": ["offset", "size", "usage", "protection"],
    "interrupt": ["name", "description", "value"],
    "register": [*DIMENSIONS, "name", "displayName", "description", "alternateGroup", "alternateRegister", "addressOffset", *PROPERTIES,
                 "dataType", "modifiedWriteValues", "writeConstraint", "readAction", "fields"],
    "field": [*DIMENSIONS, "name", "description", "bitOffset", "bitWidth", "lsb", "msb", "bitRange", "access", "modifiedWriteValues",
              "writeConstraint", "readAction", "enumeratedValues"],
}
NEEDED = {
    "device": ["name", "version", "description", "addressUnitBits", "width", "peripherals"],
    "peripheral": ["name", "baseAddress"],
    "addressBlock": ["offset", "size", "usage"],
    "interrupt": ["name", "value"],
    "register": ["name", "addressOffset"],
    "field": ["name"],
}


def blocks():
    return {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((SOURCE / "regs").glob("*.yaml"))}


def boards():
    return [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted((SOURCE / "boards").glob("*.yaml"))]


def svd_of(board):
    return ElementTree.parse(GENERATED / "boards" / f"{board['board']}.svd").getroot()


def number(parent, tag):
    return int(parent.findtext(tag), 0)


class Pages(unittest.TestCase):
    def test_the_pages_in_docs_are_what_the_generator_makes(self):
        made = {path.name: path.read_text(encoding="utf-8") for path in (GENERATED / "pages").glob("*.md")}
        kept = {path.name: path.read_text(encoding="utf-8") for path in (SOURCE / "docs" / "registers").glob("*.md") if path.name != "README.md"}
        self.assertEqual(set(made), {f"{name}.md" for name in blocks()})
        hint = f"copy {GENERATED}/pages/*.md to docs/registers/ (and remove the pages of blocks that are gone)"
        self.assertEqual(sorted(kept), sorted(made), hint)
        for name, text in made.items():
            self.assertEqual(kept[name], text, hint)

    def test_a_page_has_every_register_and_field(self):
        for name, block in blocks().items():
            text = (GENERATED / "pages" / f"{name}.md").read_text(encoding="utf-8")
            for reg in block["registers"]:
                self.assertRegex(text, rf"\| `0x{reg['offset']:02X}`.* \| `{reg['name']}[`\[]")
                for field in reg.get("fields", []):
                    self.assertIn(f"| {field['bits']} | `{field['name']}` | ", text)


class Svd(unittest.TestCase):
    def test_elements_are_the_schemas_and_in_its_order(self):
        for board in boards():
            root = svd_of(board)
            self.assertEqual(root.tag, "device")
            self.assertEqual(root.get("schemaVersion"), "1.3")
            for parent in root.iter():
                if parent.tag not in ORDER:
                    continue
                tags = [child.tag for child in parent if isinstance(child.tag, str)]
                places = [ORDER[parent.tag].index(tag) for tag in tags]
                self.assertEqual(places, sorted(places), parent.tag)
                repeatable = {"addressBlock", "interrupt"}
                self.assertEqual(len([t for t in tags if t not in repeatable]), len({t for t in tags if t not in repeatable}), parent.tag)
                for tag in NEEDED[parent.tag]:
                    self.assertIn(tag, tags, parent.tag)

    def test_values_are_of_their_types(self):
        for board in boards():
            for parent in svd_of(board).iter():
                for child in parent:
                    if child.tag in ("addressOffset", "baseAddress", "size", "resetValue", "resetMask", "dim", "dimIncrement", "bitOffset",
                                     "bitWidth", "offset", "addressUnitBits", "width", "value"):
                        self.assertRegex(child.text, r"^[+]?(0x|0X|#)?[0-9a-fA-F]+[kmgtKMGT]?$", child.tag)
                    if child.tag == "access":
                        self.assertIn(child.text, ("read-only", "write-only", "read-write", "writeOnce", "read-writeOnce"))
                    if child.tag == "usage":
                        self.assertIn(child.text, ("registers", "buffer", "reserved"))
                    if child.tag == "modifiedWriteValues":
                        self.assertIn(child.text, ("oneToClear", "oneToSet", "oneToToggle", "zeroToClear", "zeroToSet", "zeroToToggle", "clear", "set",
                                                   "modify"))
                    if child.tag == "name" and parent.tag != "device":
                        self.assertRegex(child.text, r"^[_A-Za-z][_A-Za-z0-9]*(\[%s\])?$")
                        self.assertEqual("[%s]" in child.text, parent.find("dim") is not None)

    def test_every_block_is_a_peripheral_at_its_address_with_its_interrupt(self):
        for board in boards():
            found = [(p.findtext("name"), number(p, "baseAddress"), [number(i, "value") for i in p.findall("interrupt")])
                     for p in svd_of(board).iter("peripheral")]
            wanted = [(entry["name"].upper(), entry["address"], [entry["irq"]] if "irq" in entry else [])
                      for entry in board["blocks"] if entry["type"] not in NO_REGISTERS]
            self.assertEqual(found, wanted)

    def test_a_peripheral_has_its_blocks_registers_and_fields(self):
        maps = blocks()
        for board in boards():
            types = {entry["name"].upper(): entry["type"] for entry in board["blocks"]}
            for peripheral in svd_of(board).iter("peripheral"):
                name = peripheral.findtext("name")
                if peripheral.get("derivedFrom"):
                    self.assertEqual(types[peripheral.get("derivedFrom")], types[name])
                    self.assertIsNone(peripheral.find("registers"))
                    continue
                registers = list(peripheral.iter("register"))
                self.assertEqual(len(registers), len(maps[types[name]]["registers"]))
                end = number(peripheral.find("addressBlock"), "size")
                for found, wanted in zip(registers, maps[types[name]]["registers"]):
                    self.check_register(found, wanted, end)

    def check_register(self, found, wanted, end):
        width = wanted.get("width", 32)
        count = wanted.get("count", 1)
        self.assertEqual(found.findtext("name"), wanted["name"] + ("[%s]" if count > 1 else ""))
        self.assertEqual(number(found, "addressOffset"), wanted["offset"])
        self.assertEqual(number(found, "size"), width)
        self.assertEqual(found.findtext("access"), ACCESS[wanted["access"]])
        self.assertEqual(found.findtext("modifiedWriteValues"), "oneToClear" if wanted["access"] == "w1c" else None)
        self.assertEqual(number(found, "resetValue"), wanted["reset"])
        self.assertEqual(found.findtext("description"), wanted["text"])
        stride = wanted.get("stride", width // 8)
        if count > 1:
            self.assertEqual((number(found, "dim"), number(found, "dimIncrement")), (count, stride))
        self.assertLessEqual(wanted["offset"] + (count - 1) * stride + width // 8, end)
        fields = list(found.iter("field"))
        self.assertEqual([f.findtext("name") for f in fields], [f["name"] for f in wanted.get("fields", [])])
        for field, entry in zip(fields, wanted.get("fields", [])):
            hi, lo = (re.fullmatch(r"(\d+)(?::(\d+))?", str(entry["bits"])).groups())
            lo = lo or hi
            self.assertEqual((number(field, "bitOffset"), number(field, "bitWidth")), (int(lo), int(hi) - int(lo) + 1))
            self.assertLessEqual(int(hi), width - 1)


class Mistakes(unittest.TestCase):
    def message_for(self, name, text):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / name
            path.write_text(text, encoding="utf-8")
            run = subprocess.run([sys.executable, SOURCE / "regs" / "generate.py", folder + "/out", path], capture_output=True, text=True, check=False)
            self.assertEqual(run.returncode, 1)
            return run.stderr.replace(str(path), name)

    def test_a_mistake_is_named_with_its_place(self):
        start = "block: x\ntitle: X\nregisters:\n"
        self.assertIn("x.yaml:4:5: error: 'reset' is missing", self.message_for("x.yaml", start + "  - {name: A, offset: 0, access: rw, text: t}\n"))
        self.assertIn("x.yaml:5:5: error: B overlaps the register before it",
                      self.message_for("x.yaml", start + "  - {name: A, offset: 0, access: rw, reset: 0, text: t}\n"
                                                         "  - {name: B, offset: 2, access: rw, reset: 0, text: t}\n"))
        self.assertIn("access 'rx' is not one of",
                      self.message_for("x.yaml", start + "  - {name: A, offset: 0, access: rx, reset: 0, text: t}\n"))

    def test_a_board_with_a_block_without_a_register_map_is_refused(self):
        text = ("board: b\ncpu: {clock_hz: 1, cpi: 1, reset_pc: 0}\nmemory: []\nblocks:\n"
                "  - {name: n, type: nothing, address: 0}\n")
        self.assertIn("b.yaml:5:5: error: no register map for type 'nothing'", self.message_for("b.yaml", text))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
