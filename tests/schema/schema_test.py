"""Goal: the JSON schemas of docs/schema/ say what the readers say, so that an editor's mark and an error of ours never differ.

Method: every YAML file of the project is validated. Then samples that use every key are spoilt in one place each, and both must reject what
comes of it. The reader names the keys or words that it knows, and these must be those of the schema; it names file and line, and the
nearest spelling. Usage: schema_test.py SOURCE_DIR SAKSI
"""

import copy
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import jsonschema
import yaml

SOURCE = pathlib.Path(sys.argv[1])
SAKSI = sys.argv[2]
SCHEMAS = {path.name.split(".")[0]: json.loads(path.read_text(encoding="utf-8")) for path in sorted((SOURCE / "docs/schema").glob("*.schema.json"))}
FOLDERS = ("boards", "docs", "firmware-under-test", "hw-models", "regs", "reports", "scenarios", "tests")
OWN_CHECKS = ("regs/", "reports/lang/", "scenarios/scenes/sizes/")  # other formats, each with a test of its own
CORPUS = "hw-models/board/fuzz/corpus/"


class Loader(yaml.SafeLoader):
    """YAML 1.2, as editors and our reader have it: `on` is a word and a date is text."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))


def kind_of(path):
    """The schema of a project file; None for formats that have none."""
    if path.startswith(OWN_CHECKS):
        return None
    for folder, kind in (("scenarios/requirements/", "requirements"), ("scenarios/scenes/", "scene"), ("scenarios/devices/", "device"),
                         ("scenarios/suites/", "suite"), ("scenarios/", "scenario"), ("boards/", "board"), (CORPUS, "board")):
        if path.startswith(folder):
            return kind
    raise AssertionError(f"{path}: which schema holds for it? Say so in {__file__}")


def project_files():
    return sorted(str(path.relative_to(SOURCE)) for folder in FOLDERS for path in (SOURCE / folder).rglob("*.yaml"))


CARD_FAULTS = {"torn": "old", "shorn_page_sectors": 8, "unreadable_page_sectors": 8, "paired_pages": 1, "rollback_commands": 1, "after_cut": "dead",
               "cache": {"sectors": 64, "hold_ms": 700, "fence": False}, "unreadable": {"first": 9, "sectors": 2, "good_reads": 1}, "rotten_bits": 1,
               "write_error": {"first": 1, "count": 2}, "read_error": {"first": 1, "count": 2}, "data_crc": {"first": 1, "count": 2},
               "command_crc": {"first": 1, "count": 2}, "misdirected_write": 3, "read_only_after": 4, "real_mib": 64}
CARD_FLASH = {"page_kib": 16, "block_kib": 4096, "spare_percent": 7, "filled_percent": 90, "endurance": 3000, "copy_us": 900, "erase_us": 4000,
              "paired_distance_pages": 4}


def samples(kind):
    """Files that together use every key of a kind."""
    absolute = lambda name: str(SOURCE / name)
    scenario = {
        "name": "sample", "seed": 3, "device": absolute("scenarios/devices/saksi-cam.yaml"), "light": absolute("scenarios/scenes/golden.yaml"),
        "light_from_s": 2, "duration_s": 10, "parameters": {"delay": 20}, "settings": {"fps": 10},
        "card": {"present": True, "capacity_mib": 4096, "profile": "good", "formatted_over": "a.img", "filler_mib": 1, "free_mib": 100, "faults": CARD_FAULTS, "flash": CARD_FLASH, "stall_ms": 1, "stall_after_writes": 9},
        "date": "2026-02-28T12:00:07Z",
        "rtc": {"date": "2026-02-28T12:00:00Z", "drift_ppm": -3.5, "backup": "flat", "stopped": "counter"},
        "secure_element": {"nonce": "reused", "replayed_signatures": 2, "newest_firmware": 3},
        "firmware_image": {"version": 2, "signature": "foreign", "changed": True},
        "claims": {"pre_event_s": 1, "frame_rate_hz": 10, "width": 640, "height": 360, "gop": 15, "signing": False,
                   "leds": {"recording": "red", "ready": "green", "fault": "amber"}},
        "actions": [{"at_s": 1, "jitter_s": 1, "press": "record", "hold_ms": 100}, {"at_s": 2, "release": "record"}, {"at_s": 0, "supply": "on"},
                    {"at_s": 3, "supply_mv": 3000, "for_ms": 10}, {"on": "led_red", "after_ms": "${delay}", "card": "pull"},
                    {"on": "press", "after_ms": 5, "supply": "cut"}],
        "trace": {"around": "press", "nth": 1, "before_ms": 5, "after_ms": 5, "signals": ["h264"]}, "firmware": {"hang_after_s": 2},
        "require": ["press-to-record"], "requirements": absolute("scenarios/requirements/first-light.yaml")}
    device = {key: scenario[key] for key in ("card", "rtc", "secure_element", "firmware_image", "settings", "claims")}
    rtl = {"top": "top", "files": ["a.sv"], "parameters": {"WIDTH": 4}, "include_dirs": ["."], "data_files": ["a.hex"], "verilator_options": ["-Wall"],
           "ports": {"clock": "c", "reset": "r", "irq": "i", "master": "m_", "registers": "s_"}, "tie": {"scan": 1}, "idle_uw": 3, "busy_uw": 9}
    entry = {"id": "a", "text": {"en": "a", "id": "b"}, "conditions": {"en": "a", "id": "b"}, "measurement": "pre_event_s", "needs_claim": "pre_event_s",
             "limit": {"min": 1, "max": {"claim": "pre_event_s", "minus_gops": 1, "at_least": 0}, "unit": "s"},
             "source": {"name": "a", "date": "2024", "page": "7"}, "standing": "standard", "note": "c"}
    unmeasured = {**{key: entry[key] for key in ("text", "source")}, "id": "b", "not_measured": "d", "limit": {"equal": {"frame_periods": 1}, "unit": "x"}}
    by_another = {**{key: entry[key] for key in ("text", "source")}, "id": "c", "measurement": "clips_playable",
                  "limit": {"min": {"measurement": "clips_stored"}, "unit": "1"}}
    percentile = {**{key: entry[key] for key in ("text", "source")}, "id": "d", "measurement": "press_to_record", "limit": {"max": 1, "unit": "s"},
                  "percentile": {"share": 95, "confidence": 95, "plan": {"n": 93, "late": 1}}}
    place = {"x_m": 0.1, "height_m": 1.1}
    light = {"lux": 500, "light_changes": [{"at_s": 4, "lux": 5, "over_s": 0.1, "colour_temperature_k": 3000}],
             "flicker": {"depth": 0.3, "mains_hz": 50}, "colour_temperature_k": 6500}
    shown = {**place, "distance_m": 2, "path": [{"at_s": 1, **place, "distance_m": 2}], "even": True, "sway_m": 0.1, "sway_hz": 1, "turn_deg": 5, "lies": False,
             "from_s": 1, "to_s": 5, "light_part": 1, "tall_m": 1.7, **light}
    view = {**place, "ahead_m": 0.2, "turn_deg": 3, "pitch_deg": 2}
    world = {"name": "a", "look_at_s": 2, "world": {
        "room": {"style": "hall", "width_m": 8, "depth_m": 8, "behind_m": 2, "height_m": 3, "light_part": 0.5},
        "camera": {"body": "walking", **view, "even": True, "path": [{"at_s": 1, **view}], "shocks": [{"at_s": 1, "g": 3}], "covered": [{"from_s": 1, "to_s": 2}]},
        "stand_in": {**place, "distance_m": 2, "width_m": 1, "light_part": 1},
        "things": [{"kind": "person", **shown, "child": False, "cap": True, "dark_glasses": True, "off_s": 3, "uniform": True, "speaks": True,
                    "head_turn_deg": 10, "gesture_deg": 10, "queue": 2}, {"kind": "sign", "text": "EXIT", "width_m": 1},
                   {"kind": "clip", "file": str(pathlib.Path("/usr/share/doc/opencv-doc/examples/data/vtest.avi")), "at_end": "loop"}]}}
    return {
        "scenario": [scenario, {**scenario, "card": {"image": "a.img"}}] + [{**scenario, "trace": {"around": around}} for around in ({"irq": "h264"}, {"console": "E: *"}, {"at_s": 1})],
        "suite": [{"suite": "sample", "scenarios": [{"scenario": absolute("scenarios/power/cut-after-led.yaml"), "name": "cut",
                                                     "set": {"cut_after_ms": [0, 20]}, "seeds": {"from": 1, "to": 2}}]},
                  {"suite": "sample", "scenarios": [{"scenario": absolute("scenarios/start/press-in-state.yaml")}],
                   "claim": {"requirement": "imigrasi-press-to-record-p95", "requirements": absolute("scenarios/requirements/imigrasi.yaml"),
                             "first_seed": 3}},
                  {"suite": "sample", "scenarios": [{"scenario": absolute("scenarios/power/cut-after-press.yaml")}],
                   "search": {"parameter": "cut_after_ms", "from_ms": 10, "to_ms": 100, "step_ms": 5, "neighbours": 1,
                              "requirement": "imigrasi-press-to-durable", "requirements": absolute("scenarios/requirements/imigrasi.yaml")}}],
        "scene": [{"name": "a", "clip": "default", **light, "field_part": 1.0, "at_end": "loop", "light_code": True,
                   "size_class": "desk"}, {"name": "a", "grey": 0.5}, {"name": "a", "pattern": "pan"}, {"name": "a", "picture": "a.png"},
                  {"name": "a", "webcam": "/dev/null", "seconds": 3}, world],
        "device": [{"name": "a", "kind": "simulated", "board": absolute("boards/saksi-cam.yaml"), "firmware": "default",
                    "lens": {"projection": "fisheye", "field_of_view_deg": 120, "mtf50_lp_mm": 130, "corner_illumination": 0.56, "veiling_glare": 0.005,
                             "smear": 0}, "sensor": {"temperature_c": 40, "defect_share": 0.0001},
                    "cell": {"capacity_mah": 2900, "charge_percent": 80}, "secure_boot": "on", **device},
                   {"name": "a", "kind": "simulated", "board": absolute("boards/saksi-cam.yaml"), **device, "card": {"image": "a.img"}}],
        "board": [{"board": "a", "compatible": "b", "cpu": {"clock_hz": 100000000, "cpi": 1, "reset_pc": 4096},
                   "memory": [{"name": "rom", "address": 4096, "size": 4096}, {"name": "dram", "address": 2147483648, "size": 67108864}],
                   "blocks": [{"name": "gpio", "type": "gpio", "address": 268500992, "irq": 11, "clock_hz": 1000000, "rail": "io"},
                              {"name": "flash", "type": "unpopulated", "address": 536870912, "size": 4096, "reads_as": 0},
                              {"name": "own", "type": "rtl", "address": 268763136, "size": 4096, "rtl": rtl}],
                   "i2c_devices": [{"name": "sensor", "type": "imx219", "address": 16}], "gpio_pins": {"led_red": 0}}],
        "requirements": [[entry, unmeasured, by_another, percentile]],
    }[kind]


def at(document, path):
    for step in path:
        document = document[step]
    return document


def spoilt(document, path, change):
    """A copy of a sample with change(parent, key) made at a place."""
    document = copy.deepcopy(document)
    holder = [document]
    parent = at(document, path[:-1]) if path else holder
    change(parent, path[-1] if path else 0)
    return holder[0] if not path else document


def fits(part, value):
    """Whether a part of a schema without alternatives is for values of this type."""
    return (part.get("type") == "object", part.get("type") == "array") == (isinstance(value, dict), isinstance(value, list))


class Walk:
    """The places of a sample, each with the part of the schema that holds there."""

    def __init__(self, kind):
        self.schema = SCHEMAS[kind]

    def resolve(self, part, value):
        """Follows references, and takes of several alternatives the one for a value of this type."""
        while "$ref" in part:
            part = at(self.schema, part["$ref"].lstrip("#/").split("/"))
        if "properties" in part or "anyOf" not in part or part.get("type") == "object":
            return part
        return next(branch for branch in (self.resolve(branch, value) for branch in part["anyOf"]) if fits(branch, value))

    def places(self, value, part=None, path=()):
        part = self.resolve(part if part is not None else self.schema, value)
        yield path, value, part
        if isinstance(value, dict):
            for key, inner in value.items():
                known = part.get("properties", {})
                if key in known or isinstance(part.get("additionalProperties"), dict):
                    yield from self.places(inner, known.get(key, part.get("additionalProperties")), path + (key,))
        if isinstance(value, list):
            for index, inner in enumerate(value):
                yield from self.places(inner, part["items"], path + (index,))


class Reader:
    """The built program, given one file of a kind."""

    def __init__(self, kind, folder):
        self.kind = kind
        self.path = pathlib.Path(folder) / f"{kind}.yaml"
        self.scenario = pathlib.Path(folder) / "shows-it.yaml"
        self.out = pathlib.Path(folder) / "out"

    def words(self):
        desk = str(SOURCE / "scenarios/start/golden.yaml")
        if self.kind == "requirements":
            return ["judge", "/nowhere/at-all", "--requirements", str(self.path)]
        if self.kind == "scene":
            text = pathlib.Path(desk).read_text(encoding="utf-8").replace("../scenes/golden.yaml", str(self.path))
            self.scenario.write_text(text + f"requirements: {SOURCE}/scenarios/requirements/first-light.yaml\n", encoding="utf-8")
            return ["run", "--explain", str(self.scenario)]
        if self.kind in ("device", "board"):
            return ["run", "--explain", desk, f"--{self.kind}", str(self.path)]
        return ["run", "--explain", str(self.path)]

    def read(self, document):
        """Exit code and all that was printed."""
        self.path.write_text(yaml.safe_dump(document, sort_keys=False, default_flow_style=False), encoding="utf-8")
        done = subprocess.run([SAKSI, *self.words(), "--out", str(self.out)], capture_output=True, text=True, check=False, timeout=120)
        return done.returncode, done.stdout + done.stderr

    def line(self, output):
        """The line that a message points at."""
        found = re.search(re.escape(str(self.path)) + r":(\d+):(\d+): ", output)
        return self.path.read_text(encoding="utf-8").splitlines()[int(found[1]) - 1] if found else None


def wrong_values(value, part):
    """Values that the schema forbids in place of this one."""
    if "enum" in part:
        return ["zzzz"]
    if isinstance(value, bool):
        return ["perhaps"]
    if part.get("type") not in ("integer", "number"):
        return []
    beyond = ([part["minimum"] - 1] if "minimum" in part else []) + ([part["maximum"] + 1] if "maximum" in part else [])
    return beyond or ["soon"]


class Schema(unittest.TestCase):
    def validator(self, kind):
        return jsonschema.Draft202012Validator(SCHEMAS[kind])

    def test_every_schema_is_one(self):
        self.assertEqual(sorted(SCHEMAS), ["board", "device", "requirements", "scenario", "scene", "suite"])
        for schema in SCHEMAS.values():
            jsonschema.Draft202012Validator.check_schema(schema)

    def test_every_file_of_the_project_is_valid_and_names_its_schema(self):
        for path in project_files():
            kind = kind_of(path)
            if not kind:
                continue
            text = (SOURCE / path).read_text(encoding="utf-8")
            problems = [f"{list(error.absolute_path)}: {error.message}" for error in self.validator(kind).iter_errors(yaml.load(text, Loader))]
            self.assertEqual(problems, [], path)
            up = "../" * path.count("/")
            if not path.startswith(CORPUS):
                self.assertTrue(text.startswith(f"# yaml-language-server: $schema={up}docs/schema/{kind}.schema.json\n"), path)

    def test_samples_are_valid_and_use_every_key(self):
        for kind in SCHEMAS:
            used = set()
            for sample in samples(kind):
                self.assertEqual([error.message for error in self.validator(kind).iter_errors(sample)], [], kind)
                used |= {(id(part["properties"]), key) for _, value, part in Walk(kind).places(sample) if "properties" in part for key in value}
            self.assertEqual([key for holder, key in self.keys_of(SCHEMAS[kind]) if (holder, key) not in used], [], kind)

    def keys_of(self, part):
        if isinstance(part, dict):
            if isinstance(part.get("properties"), dict):
                yield from ((id(part["properties"]), key) for key in part["properties"])
            part = list(part.values())
        if isinstance(part, list):
            for inner in part:
                yield from self.keys_of(inner)


class Agreement(unittest.TestCase):
    """One test for each kind, made below."""

    def check(self, kind):
        self.validator = jsonschema.Draft202012Validator(SCHEMAS[kind])
        with tempfile.TemporaryDirectory() as folder:
            self.reader = Reader(kind, folder)
            checked = set()
            for sample in samples(kind):
                if kind != "board" and "picture" not in sample:  # these name files that are not there
                    output = self.reader.read(sample)[1]
                    self.assertNotIn(f"{self.reader.path}:", output, output)
                for path, value, part in Walk(kind).places(sample):
                    if id(part) in checked:  # another sample has been here
                        continue
                    checked.add(id(part))
                    if isinstance(value, dict) and "properties" in part:
                        self.check_keys(sample, path, value, part)
                    for wrong in wrong_values(value, part) if not isinstance(value, (dict, list)) else []:
                        self.check_value(sample, path, wrong, part)

    def rejected(self, document, path):
        self.assertFalse(self.validator.is_valid(document), f"the schema accepts this at {path}: {document}")
        code, output = self.reader.read(document)
        self.assertEqual(code, 2, f"{path}: {output}")
        return output

    def check_keys(self, sample, path, value, part):
        place = f"{self.reader.kind} {list(path)}"
        output = self.rejected(spoilt(sample, path, lambda parent, key: parent[key].update(zzzz=1)), place)
        found = re.search(r"unknown key 'zzzz'(?:\.|; did you mean '[^']*'\?) Known here: (.*)", output)
        self.assertIsNotNone(found, f"{place}: {output}")
        self.assertEqual(set(found[1].split(", ")), set(part["properties"]), place)
        self.assertIn("zzzz", self.reader.line(output) or "", output)
        longest = max(value, key=len)
        renamed = {(key + key[-1] if key == longest else key): inner for key, inner in value.items()}
        output = self.rejected(spoilt(sample, path, lambda parent, key: parent.__setitem__(key, renamed)), place)
        self.assertIn(f"unknown key '{longest}{longest[-1]}'; did you mean '{longest}'?", output, place)

    def check_value(self, sample, path, wrong, part):
        place = f"{self.reader.kind} {list(path)} = {wrong}"
        output = self.rejected(spoilt(sample, path, lambda parent, key: parent.__setitem__(key, wrong)), place)
        self.assertIn(str(wrong), self.reader.line(output) or "", f"{place}: {output}")
        if "enum" in part:
            found = re.search(r"(?:is not one of: |Known here: )([^;\n]*)", output)
            known = {word for word in found[1].split(", ") if not word.startswith("{")}
            self.assertEqual(known, set(part["enum"]), place)


for KIND in SCHEMAS:
    setattr(Agreement, f"test_{KIND}", lambda self, kind=KIND: self.check(kind))

if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
