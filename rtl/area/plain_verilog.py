"""Writes a design, as Verilator has understood it (--xml-only), in the small part of Verilog that yosys 0.23 reads.

Its reader refuses most of what our sources are made of: package functions that return early, arrays inside functions, casts, tables of structs.
Verilator has already settled parameters, types, widths and signs. What is left is executed symbolically here: functions are put in where they are
called, loops are unrolled, and every value that is computed gets a wire of its own, so that a process becomes wires, registers and memory ports. It
is arithmetic for arithmetic what stands in the source: nothing is optimised but constants, which loops need, and what is written twice.
rtl/area/area_test.py holds the result against the source, cycle by cycle.

A clock cycle reads and writes unpacked arrays of a module as memories, one port for each place in the source, or for each turn of an unrolled loop.
"""
import pathlib
import re

LOOP_TURNS_MAX = 4096


class Unreadable(Exception):
    """Something that this reader does not know: `loc` is Verilator's, `what` the construct."""

    def __init__(self, node, what):
        super().__init__(what)
        self.loc, self.what = node.get("loc", ""), what


class Types:
    """Widths and array sizes by Verilator's table of types."""

    def __init__(self, table):
        self._types = {t.get("id"): t for t in table}

    def resolve(self, type_id):
        found = self._types[type_id]
        while found.tag in ("refdtype", "enumdtype"):
            found = self._types[found.get("sub_dtype_id")]
        return found

    def words(self, type_id):
        """Of an unpacked array, its size; None for anything else."""
        found = self.resolve(type_id)
        return _range_size(found) if found.tag == "unpackarraydtype" else None

    def element(self, type_id):
        return self.resolve(type_id).get("sub_dtype_id")

    def width(self, type_id):
        """In bits, of whole arrays too."""
        found = self.resolve(type_id)
        if found.tag == "basicdtype":
            if "left" in found.attrib:
                return abs(int(found.get("left")) - int(found.get("right"))) + 1
            return {"int": 32, "integer": 32, "byte": 8, "shortint": 16, "longint": 64}.get(found.get("name"), 1)
        if found.tag == "structdtype":
            return sum(self.width(member.get("sub_dtype_id")) for member in found if member.tag == "memberdtype")
        if found.tag in ("packarraydtype", "unpackarraydtype"):
            return _range_size(found) * self.width(found.get("sub_dtype_id"))
        raise Unreadable(found, f"type {found.tag}")


def _range_size(node):
    ends = [literal(end) for end in node.find("range")]
    return abs(ends[0] - ends[1]) + 1


def literal(const):
    """The number that a <const> stands for, without a sign."""
    match = re.fullmatch(r"(\d+)'s?h([0-9a-f_]+)", const.get("name"))
    if not match:
        raise Unreadable(const, f"constant {const.get('name')}")
    return int(match[2].replace("_", ""), 16) & ((1 << int(match[1])) - 1)


# --- values --------------------------------------------------------------------------------------------------------------------------
#
# A value is a tuple of pieces, the lowest bits first. A piece is (name, lsb, width): bits of a net; or (None, number, width); or ("x", 0, width).


def const(number, width):
    return ((None, number & ((1 << width) - 1), width),)


def unknown(width):
    return (("x", 0, width),)


def width_of(value):
    return sum(piece[2] for piece in value)


def number_of(value):
    """What a constant value is; None of any other."""
    return value[0][1] if len(value) == 1 and value[0][0] is None else None


def joined(*values):
    """Values side by side, the lowest first."""
    pieces = []
    for name, low, width in (piece for value in values for piece in value):
        if pieces and pieces[-1][0] == name:
            last = pieces[-1]
            if name is None:
                pieces[-1] = (None, last[1] | low << last[2], last[2] + width)
                continue
            if name == "x" or last[1] + last[2] == low:
                pieces[-1] = (name, last[1], last[2] + width)
                continue
        pieces.append((name, low, width))
    return tuple(pieces)


def bits(value, lsb, width):
    """Bits of a value; those beyond it are unknown."""
    result = []
    at = 0
    for name, low, size in value:
        begin, end = max(lsb, at), min(lsb + width, at + size)
        if begin < end:
            if name is None:
                result.append((None, low >> (begin - at) & ((1 << (end - begin)) - 1), end - begin))
            else:
                result.append((name, 0 if name == "x" else low + begin - at, end - begin))
        at += size
    missing = lsb + width - max(at, lsb)
    return joined(result, unknown(missing)) if missing > 0 else joined(result)


def with_bits(value, lsb, new):
    """A value with some of its bits replaced."""
    width, size = width_of(value), width_of(new)
    if lsb >= width:
        return value
    return joined(bits(value, 0, lsb), bits(new, 0, min(size, width - lsb)), bits(value, lsb + size, max(0, width - lsb - size)))


def cuts(*values):
    """The places at which any of the values begins another piece."""
    places = {0}
    for value in values:
        at = 0
        for piece in value:
            at += piece[2]
            places.add(at)
    return sorted(places)


def signed(number, width):
    return number - (1 << width) if number >> (width - 1) & 1 else number


def _divided(a, b):
    return 0 if b == 0 else abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


# Verilator's operators: how they are written, whether operands are signed, what they are of numbers.
BINARY = {
    "add": ("+", False, lambda a, b: a + b), "sub": ("-", False, lambda a, b: a - b),
    "mul": ("*", False, lambda a, b: a * b), "muls": ("*", True, lambda a, b: a * b),
    "div": ("/", False, _divided), "divs": ("/", True, _divided),
    "moddiv": ("%", False, lambda a, b: a - b * _divided(a, b)), "moddivs": ("%", True, lambda a, b: a - b * _divided(a, b)),
    "and": ("&", False, lambda a, b: a & b), "or": ("|", False, lambda a, b: a | b), "xor": ("^", False, lambda a, b: a ^ b),
    "eq": ("==", False, lambda a, b: a == b), "neq": ("!=", False, lambda a, b: a != b),
    "gt": (">", False, lambda a, b: a > b), "gts": (">", True, lambda a, b: a > b),
    "gte": (">=", False, lambda a, b: a >= b), "gtes": (">=", True, lambda a, b: a >= b),
    "lt": ("<", False, lambda a, b: a < b), "lts": ("<", True, lambda a, b: a < b),
    "lte": ("<=", False, lambda a, b: a <= b), "ltes": ("<=", True, lambda a, b: a <= b),
}
SHIFT = {"shiftl": "<<", "shiftr": ">>", "shiftrs": ">>>"}


class Nets:
    """The wires of one module: each is written once and has a number for a name."""

    def __init__(self):
        self.lines = []
        self._known = {}

    def text(self, value, sizes):
        parts = []
        for name, low, width in reversed(value):
            if name is None:
                parts.append(f"{width}'h{low:x}")
            elif name == "x":
                parts.append(f"{width}'bx")
            elif low == 0 and sizes[name] == width:
                parts.append(name)
            else:
                parts.append(f"{name}[{low + width - 1}:{low}]" if width > 1 else f"{name}[{low}]")
        return parts[0] if len(parts) == 1 else "{" + ", ".join(parts) + "}"

    def wire(self, expression, width, sizes):
        """The net that holds an expression; the same one for the same text."""
        name = self._known.get((expression, width))
        if name is None:
            name = f"t{len(self._known)}_"
            self._known[expression, width] = name
            sizes[name] = width
            self.lines.append(f"  wire [{width - 1}:0] {name} = {expression};")
        return ((name, 0, width),)

    def choice(self, selector, labels, values, width, sizes):
        """A net that is one of the values by a case statement; the last value is the default's."""
        name = f"t{len(self._known)}_"
        self._known[name] = name
        sizes[name] = width
        self.lines.append(f"  reg [{width - 1}:0] {name};")
        arms = [f"      {label}: {name} = {value};" for label, value in zip(labels, values)]
        self.lines += ["  always @*", f"    case ({selector})", *arms, f"      default: {name} = {values[-1]};", "    endcase"]
        return ((name, 0, width),)


class State:
    """Values of variables at one place of a process: of blocking and of non-blocking assignments."""

    def __init__(self, now=None, later=None):
        self.now, self.later = dict(now or {}), dict(later or {})

    def copy(self):
        return State(self.now, self.later)


class Scope:
    """Names at one place of the source: of the block, those around it, the function or the module."""

    def __init__(self, owner, outer=None):
        self.owner, self.outer, self.names = owner, outer, {}

    def find(self, name):
        scope = self
        while scope:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        return None


class Design:
    """What one module may refer to: types, and functions and tables of packages."""

    def __init__(self, root):
        netlist = root.find("netlist")
        self.types = Types(netlist.find("typetable"))
        self.modules = netlist.findall("module")
        self.packages = netlist.findall("package")
        self.files = {f.get("id"): f.get("filename") for f in root.find("files")}
        self._sources = {}
        self.parents = {child: node for node in root.iter() for child in node}

    def child(self, owner, tags, name, node):
        """A named child of the module or package that refers to it, or else of a package, and that module or package."""
        found = [(place, child) for place in [owner, *self.packages] for child in place if child.tag in tags and child.get("name") == name]
        if len(found) > 1 and found[0][0] is not owner:
            found = [(place, child) for place, child in found if self._imports(owner, place, name)]
        if not found:
            raise Unreadable(node, f"reference to {name}")
        return found[0]

    def _imports(self, owner, package, name):
        """Verilator does not write which package a name comes from; the source's import lines do."""
        file, _ = self.place(owner.get("loc"))
        if file not in self._sources:
            self._sources[file] = pathlib.Path(file).read_text(encoding="utf-8")
        return re.search(rf"\b{package.get('name')}::(\*|{name}\b)", self._sources[file])

    def place(self, loc):
        """file, line of Verilator's `loc`."""
        file, line = loc.split(",")[:2]
        return self.files.get(file, file), int(line)


class Module:
    """One module on its way to plain Verilog."""

    def __init__(self, design, node):
        self.design, self.types, self.node = design, design.types, node
        self.nets = Nets()
        self.sizes = {}     # of every net
        self.memories = {}  # of module's variables that are memories: (words, width)
        self.clocked = []   # lines of clocked processes
        self.scope = Scope(node)
        self.locals = 0
        self.function = None
        self._begin_process()
        self._declare()

    def _begin_process(self):
        self.state = State()
        self.path = ()      # conditions under which the present statement is executed, each with what it must be
        self.writes = []    # to memories, in the source's order: name, condition, index, first bit, value
        self.blocking = []  # those of them that the same process sees, with their paths
        self.jumps = []     # blocks of the present function that can be jumped out of: variable that says so, node

    # --- what the module has ---

    def _declare(self):
        whole = self._used_whole()
        self.ports, self.variables = [], []
        for var in self.node.findall("var"):
            name = var.get("name")
            if var.get("param") or var.get("localparam"):
                continue
            self.scope.names[name] = name
            words, width = self.types.words(var.get("dtype_id")), self.types.width(var.get("dtype_id"))
            self.sizes[name] = width
            if words and name not in whole:
                self.memories[name] = (words, width // words)
            (self.ports if var.get("dir") else self.variables).append(var)

    def _used_whole(self):
        """Arrays that are read or written as a whole somewhere: they become vectors."""
        indexed = {id(node[0]) for node in self.node.iter("arraysel")}
        return {v.get("name") for v in self.node.iter("varref") if id(v) not in indexed and self.types.words(v.get("dtype_id"))}

    def write(self):
        """The module's text."""
        body, self.driven = [], set()
        driven = self.driven
        for node in self.node:
            if node.tag in ("contassign", "always", "initial"):
                body += self._process(node, driven)
            elif node.tag == "instance":
                body.append(self._instance(node))
        head = []
        for var in self.ports:
            kind = "output reg" if var.get("name") in driven else var.get("dir")
            head.append(f"  {kind} [{self.sizes[var.get('name')] - 1}:0] {var.get('name')}")
        lines = [f"module {self.node.get('name')} (", ",\n".join(head), ");"]
        for var in self.variables:
            name = var.get("name")
            if name in self.memories:
                words, width = self.memories[name]
                lines.append(f"  reg [{width - 1}:0] {name} [0:{words - 1}];")
            else:
                lines.append(f"  {'reg' if name in driven else 'wire'} [{self.sizes[name] - 1}:0] {name};")
        return "\n".join([*lines, *self.nets.lines, *body, "endmodule", ""])

    def _text(self, value):
        return self.nets.text(value, self.sizes)

    def _instance(self, node):
        self._begin_process()
        pins = [f".{port.get('name')}({self._text(self.value(port[0], self.scope))})" for port in node.findall("port") if len(port)]
        return f"  {node.get('defName')} {node.get('name')} ({', '.join(pins)});"

    # --- what a module stores ---

    def register_bits(self):
        """Bits of the variables that a clock writes, memories left out. Known after write()."""
        return sum(self.sizes[name] for name in self.driven)

    # --- processes ---

    def _process(self, node, driven):
        self._begin_process()
        clock = node.find("sentree")
        clocked = clock is not None and len(clock) > 0
        statements = [child for child in node if child.tag != "sentree"] if node.tag != "contassign" else [node]
        self.execute_all(statements, self.scope)
        lines = []
        for name, value in [*self.state.now.items(), *self.state.later.items()]:
            if name not in self.scope.names:
                continue
            if clocked:
                driven.add(name)
            lines += self._drive(name, value, "" if clocked else "assign ", "<=" if clocked else "=")
        for name, condition, index, lsb, value in self.writes:
            part = "" if width_of(value) == self.memories[name][1] else f"[{lsb + width_of(value) - 1}:{lsb}]"
            lines.append(f"    if ({self._text(condition)}) {name}[{self._text(index)}]{part} <= {self._text(value)};")
        if not clocked or not lines:
            return lines
        return [f"  always @(posedge {clock[0][0].get('name')}) begin", *lines, "  end"]

    def _drive(self, name, value, prefix, operator):
        """One assignment for all bits of a variable that this process writes; other bits may be another one's."""
        own = ((name, 0, self.sizes[name]),)
        places = cuts(value)
        lines, at = [], 0
        for begin, end in zip(places, places[1:]):
            if bits(value, begin, end - begin) == bits(own, begin, end - begin):
                at = self._drive_part(lines, name, value, at, begin, prefix, operator) or end
        self._drive_part(lines, name, value, at, places[-1], prefix, operator)
        return lines

    def _drive_part(self, lines, name, value, begin, end, prefix, operator):
        if begin < end:
            target = self._text(((name, begin, end - begin),))
            lines.append(f"    {prefix}{target} {operator} {self._text(bits(value, begin, end - begin))};")

    # --- statements ---

    def execute_all(self, nodes, scope):
        """Statements one after another. What follows one that may jump is executed where it did not."""
        for at, node in enumerate(nodes):
            self.execute(node, scope)
            jumped = self._jumped()
            if number_of(jumped) != 0 and at + 1 < len(nodes):
                rest = nodes[at + 1:]
                self.branch(jumped, lambda: None, lambda: self.execute_all(rest, scope))
                return

    def _jumped(self):
        """Whether a jump is under way, here or in the blocks around."""
        result = const(0, 1)
        for flag, _ in self.jumps:
            result = self.binary("or", result, self.state.now[flag], 1)
        return result

    def execute(self, node, scope):
        tag = node.tag
        if tag in ("begin", "jumpblock", "while", "if", "case"):
            getattr(self, "_" + tag)(node, scope)
        elif tag in ("assign", "assigndly", "contassign"):
            self.assign(node[1], self.value(node[0], scope), scope, tag == "assigndly")
        elif tag == "stmtexpr":
            self.call(node[0], scope)
        elif tag == "var":
            self._local(node, scope)
        elif tag == "jumpgo":
            self.state.now[self._target(node)] = const(1, 1)
        elif tag not in ("typedef", "jumplabel", "comment"):
            raise Unreadable(node, f"statement {tag}")

    def _local(self, var, scope):
        if var.get("localparam") or var.get("param"):
            scope.names[var.get("name")] = var
            return
        self.locals += 1
        key = f"{var.get('name')}.{self.locals}"
        scope.names[var.get("name")] = key
        width = self.types.width(var.get("dtype_id"))
        self.sizes[key] = width
        self.state.now[key] = unknown(width)

    def _begin(self, node, scope):
        self.execute_all(list(node), Scope(scope.owner, scope))

    def _jumpblock(self, node, scope):
        self.locals += 1
        flag = f"jump.{self.locals}"
        self.sizes[flag] = 1
        self.jumps.append((flag, node))
        self.state.now[flag] = const(0, 1)
        self.execute_all(list(node), scope)
        self.jumps.pop()
        del self.state.now[flag]

    def _target(self, jump):
        """Where a jump goes to, which Verilator does not write: a return leaves the function, whose blocks begin where its name is; a break the loop.

        A return with a value is an assignment and a jump at the same place.
        """
        before = self.design.parents[jump]
        at = list(before).index(jump)
        is_return = at > 0 and before[at - 1].tag == "assign" and before[at - 1].get("loc") == jump.get("loc")
        for flag, node in self.jumps if is_return else reversed(self.jumps):
            if self.function is not None and is_return == (node.get("loc") == self.function.get("loc")):
                return flag
        raise Unreadable(jump, "jump")

    def _while(self, node, scope):
        condition, body = list(node[1]), [*node[2], *(statement for part in node[3:] for statement in part)]
        for _ in range(LOOP_TURNS_MAX):
            jumped = self._jumped()
            if number_of(jumped) == 1:
                return
            goes_on = number_of(self.value(condition[0], scope))
            if goes_on is None:
                raise Unreadable(node, "loop whose end is not constant")
            if not goes_on:
                return
            self._turn(jumped, body, scope)
        raise Unreadable(node, "loop without an end")

    def _turn(self, jumped, body, scope):
        """One turn of a loop. The last statement moves the loop's variable, which nothing looks at any more after a break."""
        step = body[-1]
        self.branch(jumped, lambda: None, lambda: self.execute_all(body[:-1], Scope(scope.owner, scope)))
        self.execute(step, scope)

    def _if(self, node, scope):
        arms = [list(child) if child.tag == "begin" else [child] for child in node[1:]]
        taken, other = arms[0], arms[1] if len(arms) > 1 else []
        self.branch(self.truth(self.value(node[0], scope)), lambda: self.execute_all(taken, Scope(scope.owner, scope)),
                    lambda: self.execute_all(other, Scope(scope.owner, scope)))

    def branch(self, condition, then, otherwise):
        """Both ways, and the variables' values after them."""
        number = number_of(condition)
        if number is not None:
            return then() if number else otherwise()
        before, path = self.state, self.path
        results = []
        for truth, way in ((True, then), (False, otherwise)):
            self.state, self.path = before.copy(), (*path, (condition, truth))
            way()
            results.append(self.state)
        self.path = path
        self.state = self._merged(before, results, lambda values: self.chosen(condition, *values))
        return None

    def _merged(self, before, results, merge):
        after = before.copy()
        for old, new, states in ((before.now, after.now, [r.now for r in results]), (before.later, after.later, [r.later for r in results])):
            for key in dict.fromkeys(key for state in states for key in state):
                if not all(key in state or key in old or key in self.scope.names for state in states):
                    continue  # a variable of an inner block
                values = [state.get(key, self._initial(key)) for state in states]
                if any(value != values[0] for value in values[1:]):
                    new[key] = merge(values)
                else:
                    new[key] = values[0]
        return after

    def _initial(self, key):
        return ((key, 0, self.sizes[key]),)

    def chosen(self, condition, a, b):
        """condition ? a : b, where they differ."""
        number = number_of(condition)
        if number is not None:
            return a if number else b
        parts = []
        places = cuts(a, b)
        at = 0
        same = None
        for begin, end in zip(places, places[1:]):
            equal = bits(a, begin, end - begin) == bits(b, begin, end - begin)
            if same is not None and equal != same:
                parts.append(self._mux(condition, a, b, at, begin, same))
                at = begin
            same = equal
        parts.append(self._mux(condition, a, b, at, places[-1], same))
        return joined(*parts)

    def _mux(self, condition, a, b, begin, end, same):
        left, right = bits(a, begin, end - begin), bits(b, begin, end - begin)
        if same:
            return left
        return self.nets.wire(f"{self._text(condition)} ? {self._text(left)} : {self._text(right)}", end - begin, self.sizes)

    def _case(self, node, scope):
        selector = self.value(node[0], scope)
        items, default = [], []
        for item in node[1:]:
            labels = [self.value(label, scope) for label in item if label.tag == "const"]
            statements = [child for child in item if child.tag != "const"]
            if labels:
                items.append((labels, statements))
            else:
                default = statements
        numbers = [number_of(label) for labels, _ in items for label in labels]
        known = number_of(selector)
        if known is not None:
            taken = next((statements for labels, statements in items if any(number_of(label) == known for label in labels)), default)
            self.execute_all(taken, Scope(scope.owner, scope))
            return
        if None in numbers or len(set(numbers)) != len(numbers):
            raise Unreadable(node, "case whose labels are not distinct constants")
        self._case_arms(selector, items, default, scope)

    def _case_arms(self, selector, items, default, scope):
        before, path, results = self.state, self.path, []
        others = []
        for labels, statements in [*items, ([], default)]:
            match = const(0, 1)
            for label in labels:
                match = self.binary("or", match, self.binary("eq", selector, label, 1), 1)
            if labels:
                others.append((match, False))
            self.state = before.copy()
            self.path = (*path, (match, True)) if labels else (*path, *others)
            self.execute_all(statements, Scope(scope.owner, scope))
            results.append(self.state)
        self.path = path
        labels = [", ".join(self._text(label) for label in labels) for labels, _ in items]

        def merge(values):
            return self.nets.choice(self._text(selector), labels, [self._text(v) for v in values], width_of(values[0]), self.sizes)
        self.state = self._merged(before, results, merge)

    # --- assignments ---

    def assign(self, target, value, scope, later):
        """To a variable, to bits of one, to a word of a memory, to several of them side by side."""
        if target.tag == "concat":
            low = self.types.width(target[1].get("dtype_id"))
            self.assign(target[1], bits(value, 0, low), scope, later)
            self.assign(target[0], bits(value, low, width_of(value) - low), scope, later)
            return
        key, memory_index, lsb = self._place(target, scope)
        if memory_index is not None:
            lsb_number = number_of(lsb)
            if lsb_number is None:
                raise Unreadable(target, "write to bits of a memory's word at a place that is not constant")
            write = (key, self._condition(self.path), memory_index, lsb_number, value)
            self.writes.append(write)
            if not later:
                self.blocking.append((*write, self.path))
            return
        state = self.state.later if later else self.state.now
        old = state.get(key, self._initial(key))
        number = number_of(lsb)
        if number is not None:
            state[key] = with_bits(old, number, value)
            return
        state[key] = self._with_bits_at(old, lsb, value)

    def _with_bits_at(self, old, lsb, value):
        size = width_of(old)
        ones = const((1 << width_of(value)) - 1, size)
        mask = self.shift("shiftl", ones, lsb, size)
        moved = self.shift("shiftl", joined(value, const(0, size - width_of(value))) if width_of(value) < size else value, lsb, size)
        kept = self.binary("and", old, self.unary("~", mask, size), size)
        return self.binary("or", kept, moved, size)

    def _place(self, target, scope):
        """Variable, index if it is a memory, first bit."""
        if target.tag == "varref":
            key = scope.find(target.get("name"))
            if not isinstance(key, str):
                raise Unreadable(target, f"assignment to {target.get('name')}")
            return key, None, const(0, 32)
        if target.tag == "arraysel":
            key, index, lsb = self._place(target[0], scope)
            place = self.value(target[1], scope)
            if key in self.memories:
                return key, place, const(0, 32)
            return key, index, self._moved(lsb, place, self.types.width(target.get("dtype_id")))
        if target.tag == "sel":
            key, index, lsb = self._place(target[0], scope)
            return key, index, self._moved(lsb, self.value(target[1], scope), 1)
        raise Unreadable(target, f"assignment to {target.tag}")

    def _moved(self, lsb, place, width):
        wide = self.resized(place, 32)
        return self.binary("add", lsb, self.binary("mul", wide, const(width, 32), 32), 32)

    def _condition(self, path):
        result = const(1, 1)
        for condition, truth in path:
            result = self.binary("and", result, condition if truth else self.unary("~", condition, 1), 1)
        return result

    # --- expressions ---

    def truth(self, value):
        if width_of(value) == 1:
            return value
        return self.binary("neq", value, const(0, width_of(value)), 1)

    def resized(self, value, width):
        size = width_of(value)
        return bits(value, 0, width) if size >= width else joined(value, const(0, width - size))

    def unary(self, operator, value, width):
        number = number_of(value)
        if number is not None:
            return const(~number if operator == "~" else -number, width)
        return self.nets.wire(f"{operator}{self._text(value)}", width, self.sizes)

    def binary(self, tag, a, b, width):
        operator, is_signed, of_numbers = BINARY[tag]
        x, y = number_of(a), number_of(b)
        if x is not None and y is not None:
            if is_signed:
                x, y = signed(x, width_of(a)), signed(y, width_of(b))
            return const(int(of_numbers(x, y)), width)
        ones = (1 << width) - 1
        for number, other in ((x, b), (y, a)):
            if number == 0 and tag in ("or", "add", "xor") and width_of(other) == width:
                return other
            if number == 0 and tag in ("and", "mul", "muls"):
                return const(0, width)
            if number == ones and tag == "and" or number == 1 and tag in ("mul", "muls"):
                return other
        left, right = self._text(a), self._text(b)
        if is_signed:
            left, right = f"$signed({left})", f"$signed({right})"
        return self.nets.wire(f"{left} {operator} {right}", width, self.sizes)

    def shift(self, tag, value, by, width):
        number = number_of(by)
        if number is None:
            operand = f"$signed({self._text(value)})" if tag == "shiftrs" else self._text(value)
            return self.nets.wire(f"{operand} {SHIFT[tag]} {self._text(by)}", width, self.sizes)
        if tag == "shiftl":
            return joined(const(0, min(number, width)), bits(value, 0, max(0, width - number))) if number else value
        top = bits(value, width - 1, 1) if tag == "shiftrs" else const(0, 1)
        return joined(bits(value, min(number, width), max(0, width - number)), *[top] * min(number, width)) if number else value

    def value(self, node, scope):
        """Of an expression."""
        tag = node.tag
        if tag == "const":
            return const(literal(node), self.types.width(node.get("dtype_id")))
        if tag in ("varref", "arraysel", "sel"):
            return getattr(self, "_value_" + tag)(node, scope)
        if tag in ("funcref", "taskref"):
            return self.call(node, scope)
        width = self.types.width(node.get("dtype_id"))
        if tag == "cond":
            return self._conditional(node, scope)
        operands = [self.value(child, scope) for child in node]
        if tag in BINARY:
            return self.binary(tag, *operands, width)
        if tag in SHIFT:
            return self.shift(tag, *operands, width)
        if tag in ("not", "negate"):
            return self.unary("~" if tag == "not" else "-", operands[0], width)
        if tag in ("extend", "extends"):
            return self._extended(operands[0], width, tag == "extends")
        if tag == "concat":
            return joined(operands[1], operands[0])
        if tag == "replicate":
            return joined(*[operands[0]] * number_of(operands[1]))
        if tag == "redor":
            return self.truth(operands[0])
        if tag == "countones":
            return self._count(operands[0], width)
        raise Unreadable(node, f"operator {tag}")

    def _extended(self, value, width, is_signed):
        size = width_of(value)
        number = number_of(value)
        if is_signed and number is not None:
            return const(signed(number, size), width)
        return joined(value, *[bits(value, size - 1, 1)] * (width - size)) if is_signed else self.resized(value, width)

    def _count(self, value, width):
        total = const(0, width)
        for at in range(width_of(value)):
            total = self.binary("add", total, self.resized(bits(value, at, 1), width), width)
        return total

    def _conditional(self, node, scope):
        """Both sides are computed: none has effects besides its value."""
        condition = self.truth(self.value(node[0], scope))
        number = number_of(condition)
        if number is not None:
            return self.value(node[1] if number else node[2], scope)
        return self.chosen(condition, self.value(node[1], scope), self.value(node[2], scope))

    def _value_varref(self, node, scope):
        found = scope.find(node.get("name"))
        if found is None:
            _, found = self.design.child(scope.owner, ("var",), node.get("name"), node)
        if not isinstance(found, str):
            return self._table(found)
        if found in self.memories:
            raise Unreadable(node, f"whole memory {found}")
        return self.state.now.get(found, self._initial(found))

    def _table(self, var):
        """A constant, or an array of them as one value."""
        return self._constants(var[-1], self.types.width(var.get("dtype_id")), Scope(self.node))

    def _constants(self, node, width, scope):
        if node.tag != "initarray":
            return self.value(node, scope)
        items = sorted(node.findall("inititem"), key=lambda item: int(item.get("index")))
        return joined(*[self._constants(item[0], width // len(items), scope) for item in items])

    def _value_arraysel(self, node, scope):
        index = self.value(node[1], scope)
        width = self.types.width(node.get("dtype_id"))
        base = node[0]
        if base.tag == "varref" and scope.find(base.get("name")) in self.memories:
            return self._read(scope.find(base.get("name")), index, width)
        whole = self.value(base, scope)
        number = number_of(index)
        if number is not None:
            return bits(whole, number * width, width)
        words = width_of(whole) // width
        reach = min(words, 1 << width_of(index))
        labels = [f"{width_of(index)}'d{at}" for at in range(reach)]
        values = [self._text(bits(whole, at * width, width)) for at in range(reach)]
        return self.nets.choice(self._text(index), labels, [*values, f"{width}'bx"], width, self.sizes)

    def _read(self, memory, index, width):
        """A word of a memory, with what the same process has written to it before."""
        word = self.nets.wire(f"{memory}[{self._text(index)}]", width, self.sizes)
        here = dict(self.path)
        for name, condition, address, lsb, value, path in self.blocking:
            if name != memory or any(here.get(c) == (not truth) for c, truth in path):
                continue
            same = self.binary("eq", self.resized(address, 32), self.resized(index, 32), 1)
            word = self.chosen(self.binary("and", condition, same, 1), with_bits(word, lsb, value), word)
        return word

    def _value_sel(self, node, scope):
        whole, lsb = self.value(node[0], scope), self.value(node[1], scope)
        width = self.types.width(node.get("dtype_id"))
        number = number_of(lsb)
        if number is not None:
            return bits(whole, number, width)
        net = self.nets.wire(self._text(whole), width_of(whole), self.sizes)
        return self.nets.wire(f"{self._text(net)}[{self._text(lsb)} +: {width}]", width, self.sizes)

    # --- calls ---

    def call(self, node, scope):
        """A function or task, put in where it is called."""
        owner, function = self.design.child(scope.owner, ("func", "task"), node.get("name"), node)
        arguments = [arg[0] for arg in node.findall("arg")]
        inner, parameters = self._enter(owner, function)
        if len(parameters) != len(arguments):
            raise Unreadable(node, f"call of {node.get('name')} with {len(arguments)} arguments")
        values = [self.value(argument, scope) if parameter.get("dir") != "output" else None for argument, parameter in zip(arguments, parameters)]
        for parameter, value in zip(parameters, values):
            if value is not None:
                self.state.now[inner.names[parameter.get("name")]] = value
        self._run(function, inner)
        for parameter, argument in zip(parameters, arguments):
            if parameter.get("dir") != "input":
                self.assign(argument, self.state.now[inner.names[parameter.get("name")]], scope, False)
        result = inner.names.get(function.get("name"))
        return self.state.now[result] if result else ()

    def _enter(self, owner, function):
        """A function's variables, none of them with a value yet, and its parameters."""
        inner = Scope(owner, self.scope if owner is self.node else None)
        parameters = []
        for var in function.findall("var"):
            self._local(var, inner)
            if var.get("dir") and var.get("name") != function.get("name"):
                parameters.append(var)
        return inner, parameters

    def _run(self, function, inner):
        outer, jumps = self.function, self.jumps
        self.function, self.jumps = function, []
        self.execute_all([child for child in function if child.tag != "var"], inner)
        self.function, self.jumps = outer, jumps


class Datapath(Module):
    """A function of a package as a module without a clock. Its ports are the parameters, with _i or _o behind their names, and result_o."""

    def __init__(self, design, package, function):
        self.package_function = function
        super().__init__(design, package)

    def _declare(self):
        self.ports, self.variables = [], []

    def write(self):
        function = self.package_function
        inner, parameters = self._enter(self.node, function)
        head, tail = [], []
        self.inputs, self.outputs = [], []
        for parameter in parameters:
            name, key = parameter.get("name"), inner.names[parameter.get("name")]
            if parameter.get("dir") != "output":
                self.sizes[name + "_i"] = self.sizes[key]
                self.state.now[key] = self._initial(name + "_i")
                self.inputs.append((name + "_i", self.sizes[key]))
        self._run(function, inner)
        results = [(p.get("name") + "_o", inner.names[p.get("name")]) for p in parameters if p.get("dir") != "input"]
        if function.get("name") in inner.names:
            results.append(("result_o", inner.names[function.get("name")]))
        for name, key in results:
            self.outputs.append((name, self.sizes[key]))
            tail.append(f"  assign {name} = {self._text(self.state.now[key])};")
        head += [f"  {kind} [{size - 1}:0] {name}" for kind, ports in (("input", self.inputs), ("output", self.outputs)) for name, size in ports]
        name = f"{self.node.get('name')}_{function.get('name')}"
        return "\n".join([f"module {name} (", ",\n".join(head), ");", *self.nets.lines, *tail, "endmodule", ""])
