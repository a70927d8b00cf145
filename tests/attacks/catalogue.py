"""Hostile student code, attack by attack.

Each attack sits in an otherwise right or wrong hand-in: in `softmax.py`, around `softmax`, or in
`parser_transitions.py`, around `minibatch_parse`. Nothing here is clever for its own sake: what
counts is what the grader makes of it.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from textwrap import dedent, indent

from autograder.confinement.dialogue import Budget
from autograder.submission import GRADED

LOOT = "~".join("loot")
"""What an attack prints when it got hold of something; no line of its source reads like it."""


class Cost(enum.Enum):
    """What an attack costs a hand-in that is right otherwise."""

    NOTHING = "nothing"
    PART = "every point of the part that it sits in"
    SOME = "no more than the part that it sits in"


@dataclass(frozen=True)
class Target:
    """A function to attack.

    Attributes:
        part: the part that grades it.
        file: the file that it is in.
        head: what precedes the attack.
        function: the function, with places for the attack and for what it returns.
        right: what the function should do.
        wrong: something worth no point.
    """

    part: str
    file: str
    head: str
    function: str
    right: str
    wrong: str


_HEAD = '''
import atexit, builtins, contextlib, ctypes, gc, glob, mmap, os, re, resource, signal, socket
import struct, subprocess, sys, threading, time, torch
import numpy as np

def attempt(function, *args, **kwargs):
    """Whatever comes of it, in silence."""
    with contextlib.suppress(BaseException):
        return function(*args, **kwargs)

def loot(what):
    """Boast of what was got hold of."""
    os.write(1, ("~".join("loot") + repr(what)[:500] + "\\n").encode())

def the_worker():
    return next(o for o in gc.get_objects() if type(o).__name__ == "ConfinedWorker")

def forge(kind, *fields, number=None, payload=b""):
    """Write a message of our own to the grader."""
    wire = sys.modules["arcgrade_inside.wire"]
    number = the_worker()._request if number is None else number
    header = wire._encoder.encode(getattr(wire, kind)(number, *fields))
    os.write(3, wire.PREFIX.pack(wire.MAGIC, len(header), len(payload)) + header + payload)
'''

SOFTMAX = Target(
    part="1a",
    file="softmax.py",
    head=_HEAD,
    function="""
def cross_entropy_loss(y, yhat):
    return -(y.to(yhat.dtype) * torch.log(yhat)).sum()

def softmax(x):
{in_call}
    return {answer}
""",
    right="""
def honest(x):
    e = torch.exp(x - x.max(dim=1, keepdim=True).values)
    return e / e.sum(dim=1, keepdim=True)
""",
    wrong="""
def honest(x):
    return torch.exp(x)
""",
)

PARSE = Target(
    part="2d",
    file="parser_transitions.py",
    head=_HEAD,
    function="""
class PartialParse:
    def __init__(self, sentence):
        self.sentence, self.stack, self.buffer = sentence, ["ROOT"], list(sentence)
        self.dependencies = []

    def parse_step(self, transition):
        if transition == "S":
            self.stack.append(self.buffer.pop(0))
        else:
            head, dependent = (-1, -2) if transition == "LA" else (-2, -1)
            self.dependencies.append((self.stack[head], self.stack[dependent]))
            del self.stack[dependent]

    def parse(self, transitions):
        for transition in transitions:
            self.parse_step(transition)
        return self.dependencies

def minibatch_parse(sentences, model, batch_size):
{in_call}
    return {answer}
""",
    right="""
def honest(sentences, model, batch_size):
    parses = [PartialParse(s) for s in sentences]
    unfinished = list(parses)
    while unfinished:
        batch = unfinished[:batch_size]
        for parse, transition in zip(batch, model.predict(batch)):
            parse.parse_step(transition)
        unfinished = [p for p in unfinished if p.buffer or len(p.stack) > 1]
    return [p.dependencies for p in parses]
""",
    wrong="""
def honest(sentences, model, batch_size):
    return [[("ROOT", word) for word in reversed(s)] for s in sentences] + [[]]
""",
)


@dataclass(frozen=True)
class Attack:
    """One attack.

    Attributes:
        name: what it does.
        at_import: code that runs when the file is imported, before its functions are there.
        after: code that runs when they are there.
        in_call: code that runs when the function is called; it sees the arguments.
        answer: what the function returns then; `honest(…)` is what it would have returned.
        files: other files of the hand-in.
        cost: what it costs.
        budget: what a call and an import may take, where the attack is about time.
        target: the function that it sits in.
    """

    name: str
    at_import: str = ""
    after: str = ""
    in_call: str = ""
    answer: str = ""
    files: dict[str, str] = field(default_factory=dict)
    cost: Cost = Cost.NOTHING
    budget: Budget | None = None
    target: Target = SOFTMAX

    def source(self, *, right: bool, facts: dict[str, str]) -> str:
        """The file with the attack in it; `facts` are what an attacker could have found out."""
        target = self.target
        honest = "honest(x)" if target is SOFTMAX else "honest(sentences, model, batch_size)"
        told = "".join(f"{name} = {value!r}\n" for name, value in facts.items())
        body = indent(dedent(self.in_call).strip("\n") or "pass", "    ")
        function = target.function.format(in_call=body, answer=self.answer or honest)
        rule = target.right if right else target.wrong
        at_import, after = dedent(self.at_import), dedent(self.after)
        return "\n".join([target.head, told, at_import, rule, function, after])


# A loop is ended by its processor time, whatever else the machine is doing; what sleeps uses none.
BUSY = Budget(cpu=0.3, wall=30)
IDLE = Budget(cpu=10, wall=0.5)

ENDINGS = (
    Attack("exits before anything is defined", at_import="sys.exit(0)", cost=Cost.PART),
    Attack("exits after everything is defined", after="sys.exit(0)"),
    Attack("exits in a call", in_call="sys.exit(0)", cost=Cost.PART),
    Attack("raises KeyboardInterrupt", in_call="raise KeyboardInterrupt", cost=Cost.PART),
    Attack("raises AssertionError", in_call="raise AssertionError('PASSED')", cost=Cost.PART),
    Attack(
        "raises what pytest skips with",
        in_call="raise type('Skipped', (BaseException,), {'__module__': 'builtins'})('skipped')",
        cost=Cost.PART,
    ),
    Attack("ends the process at import", at_import="os._exit(0)", cost=Cost.PART),
    Attack("ends the process in a call", in_call="os._exit(0)", cost=Cost.PART),
    Attack(
        "ends the process from a thread",
        in_call="threading.Thread(target=os._exit, args=(0,)).start(); time.sleep(1)",
        cost=Cost.PART,
    ),
    Attack("kills itself", in_call="os.kill(os.getpid(), signal.SIGKILL)", cost=Cost.PART),
    Attack(
        "ends by a signal without a name",
        in_call="os.kill(os.getpid(), signal.SIGRTMIN + 6)",
        cost=Cost.PART,
    ),
    Attack("reads address zero", in_call="ctypes.string_at(0)", cost=Cost.PART),
    Attack("aborts", in_call="os.abort()", cost=Cost.PART),
    Attack("has a syntax error", at_import="def softmax(x:", cost=Cost.PART),
    Attack("has a null byte", at_import="x = '\0'", cost=Cost.PART),
    Attack("is nested too deeply to parse", at_import="x = " + "(" * 5000, cost=Cost.PART),
    Attack(
        "recurses through the C stack",
        in_call="""
            sys.setrecursionlimit(10**9)
            def down(n): return down(n + 1)
            down(0)
        """,
        cost=Cost.PART,
    ),
    Attack(
        "raises an exception chain of a thousand links",
        in_call="""
            error = None
            for i in range(1000):
                new = ValueError(i); new.__cause__ = error; error = new
            raise error
        """,
        cost=Cost.PART,
    ),
)

HANGS = (
    Attack("loops at import", at_import="while True: pass", cost=Cost.PART, budget=BUSY),
    Attack("sleeps at import", at_import="time.sleep(9999)", cost=Cost.PART, budget=IDLE),
    Attack(
        "loops with every signal ignored",
        in_call="""
            for number in range(1, 65):
                attempt(signal.signal, number, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
            while True: pass
        """,
        cost=Cost.PART,
        budget=BUSY,
    ),
    Attack("sleeps for ever", in_call="time.sleep(9999)", cost=Cost.PART, budget=IDLE),
    Attack(
        "stops itself",
        in_call="os.kill(os.getpid(), signal.SIGSTOP)",
        cost=Cost.PART,
        budget=IDLE,
    ),
    Attack(
        "raises an exception whose text never ends",
        in_call="""
            class Endless(Exception):
                def __str__(self):
                    while True: pass
            raise Endless
        """,
        cost=Cost.PART,
        budget=BUSY,
    ),
    Attack(
        "returns a list that never ends, and a class that lies about it",
        at_import="""
            class Endless(list):
                def __iter__(self):
                    while True: yield 0
            class Loop:
                @property
                def __class__(self):
                    while True: pass
        """,
        answer="[Endless([1]), Loop()]",
        cost=Cost.PART,
        budget=BUSY,
    ),
    Attack(
        "drips bytes",
        in_call="""
            while True:
                os.write(3, b"a" if not hasattr(os, "begun") else b"r")
                os.begun = True
                time.sleep(0.05)
        """,
        cost=Cost.PART,
        budget=IDLE,
    ),
    Attack(
        "flushes for ever",
        in_call="""
            class Output:
                def write(self, text): pass
                def flush(self): time.sleep(9999)
            sys.stdout = sys.stderr = Output()
        """,
        cost=Cost.PART,
        budget=IDLE,
    ),
    Attack(
        "goes on calculating in threads",
        in_call="""
            def burn():
                while True: sum(range(1000))
            if threading.active_count() < 3:
                threading.Thread(target=burn, daemon=True).start()
        """,
    ),
)

BOMBS = (
    Attack(
        "forks until nothing forks",
        in_call="""
            for _ in range(200):
                for fork in (os.fork, os.forkpty, lambda: subprocess.Popen(["/bin/true"])):
                    if attempt(fork) is not None: loot("forked")
        """,
    ),
    Attack(
        "starts threads until none starts",
        in_call="""
            for _ in range(300):
                attempt(threading.Thread(target=time.sleep, args=(9999,), daemon=True).start)
            if threading.active_count() > 100: loot("threads")
        """,
    ),
    Attack(
        "fills memory of its own",
        in_call="kept = [bytearray(b'x' * (64 << 20)) for _ in range(100)]",
        cost=Cost.PART,
    ),
    Attack(
        "fills shared memory",
        in_call="""
            kept = []
            for _ in range(100):
                kept.append(mmap.mmap(-1, 64 << 20)); kept[-1].write(b"x" * (64 << 20))
        """,
        cost=Cost.PART,
    ),
    Attack(
        "fills the disk",
        in_call="""
            for i in range(10**4):
                with open(f"{os.environ['HOME']}/{i}", "wb") as file: file.write(b"x" * (4 << 20))
        """,
        cost=Cost.PART,
    ),
    Attack(
        "fills the disk below names too long to be opened",
        in_call="""
            os.chdir(os.environ["HOME"])
            for _ in range(20):
                os.mkdir("d" * 250); os.chdir("d" * 250)
            for i in range(40):
                with open(str(i), "wb") as file: file.write(b"x" * (4 << 20))
            time.sleep(0.3)
            loot("160 MiB")
        """,
        cost=Cost.PART,
    ),
    Attack(
        "writes one large file",
        in_call="""
            with open(f"{os.environ['HOME']}/large", "wb") as file:
                for _ in range(100): file.write(b"x" * (1 << 20))
        """,
        cost=Cost.PART,
    ),
    Attack(
        "makes a hundred thousand files",
        in_call="""
            for i in range(10**5): open(f"{os.environ['HOME']}/{i}", "w").close()
        """,
        cost=Cost.PART,
    ),
    Attack(
        "makes folders five thousand deep, with odd names and modes",
        in_call="""
            os.chdir(os.environ["HOME"])
            attempt(os.mkdir, "closed", 0)
            attempt(os.mkdir, "-rf *\\n\\x1b[2J")
            for _ in range(5000):
                if attempt(os.mkdir, "d") is None and attempt(os.chdir, "d") is not None: break
        """,
        cost=Cost.SOME,
    ),
    Attack(
        "prints for ever",
        in_call="""
            while True: os.write(1, b"All tests passed. score: 100\\n" * 2000)
        """,
        cost=Cost.PART,
        budget=BUSY,
    ),
    Attack("prints a lot", in_call="print('x' * (1 << 20)); sys.stderr.write('y' * (1 << 20))"),
    Attack("returns a million numbers", answer="list(range(10**6))", cost=Cost.PART),
    Attack("returns a tensor of a GB", answer="torch.zeros(1 << 28)", cost=Cost.PART),
    Attack(
        "returns a tensor of a few bytes that claims a petabyte",
        answer="torch.zeros(1).expand(1 << 50)",
        cost=Cost.PART,
    ),
    Attack("returns a text of 10 MB", answer="'x' * 10**7", cost=Cost.PART),
    Attack("returns an enormous number", answer="10**100000", cost=Cost.PART),
    Attack(
        "returns a list that contains itself",
        in_call="nested = []; nested.append(nested)",
        answer="nested",
        cost=Cost.PART,
    ),
    Attack(
        "returns lists nested a hundred thousand deep",
        in_call="""
            nested = []
            for _ in range(10**5): nested = [nested]
        """,
        answer="nested",
        cost=Cost.PART,
    ),
    Attack(
        "raises an exception with a text of a GB",
        in_call="raise ValueError('x' * (1 << 30))",
        cost=Cost.PART,
    ),
)

LIES = (
    Attack(
        "patches what compares",
        after="""
            import math, unittest
            yes = lambda *args, **kwargs: True
            for place, names in (
                (torch, "allclose equal isclose isnan isinf all any"),
                (torch.testing, "assert_close assert_allclose"),
                (np, "allclose array_equal isclose"),
                (np.testing, "assert_allclose assert_array_equal"),
                (math, "isclose isnan"),
                (unittest.TestCase, "assertEqual assertTrue fail run"),
            ):
                for name in names.split(): attempt(setattr, place, name, yes)
        """,
    ),
    Attack(
        "patches operators of tensors in a call",
        in_call="""
            result = honest(x)
            for name in "__eq__ __ne__ __sub__ __rsub__ __lt__ __gt__ __le__ abs all any".split():
                setattr(torch.Tensor, name, lambda *args, **kwargs: torch.tensor(True))
        """,
        answer="result",
        cost=Cost.SOME,
    ),
    Attack(
        "patches built-ins in a call",
        in_call="""
            result = honest(x)
            for name in "abs max min sum any all sorted zip repr hash id".split():
                setattr(builtins, name, lambda *args, **kwargs: True)
        """,
        answer="result",
        cost=Cost.SOME,
    ),
    Attack(
        "patches isinstance and len in a call",
        in_call="builtins.isinstance = lambda *args: True; builtins.len = lambda *args: 0",
        cost=Cost.SOME,
    ),
    Attack(
        "patches a built-in at import",
        at_import="builtins.max = builtins.len = lambda *args, **kwargs: True",
        cost=Cost.SOME,
    ),
    Attack(
        "returns an object that equals everything",
        at_import="""
            class Equal:
                shape, dtype, ndim = (3, 4), torch.float32, 2
                def __getattr__(self, name): return self
                def __call__(self, *args, **kwargs): return self
                __eq__ = __lt__ = __le__ = __gt__ = __ge__ = lambda self, other: True
                __ne__ = lambda self, other: False
                __sub__ = __rsub__ = __abs__ = __float__ = lambda self, *other: 0.0
                __bool__ = lambda self: True
                __hash__ = lambda self: 0
        """,
        answer="Equal()",
        cost=Cost.PART,
    ),
    Attack(
        "returns a tensor of a class of its own",
        at_import="""
            class Liar(torch.Tensor):
                @classmethod
                def __torch_function__(cls, function, types, args=(), kwargs=None):
                    if function in (torch.equal, torch.allclose, torch.Tensor.__eq__): return True
                    return super().__torch_function__(function, types, args, kwargs or {})
                def __eq__(self, other): return True
                def sum(self, *args): return torch.ones(3)
                def tolist(self): return []
        """,
        answer="honest(x).as_subclass(Liar)",
        cost=Cost.SOME,
    ),
    Attack(
        "returns plain values of classes of its own",
        at_import="""
            def lying(base):
                names = "eq lt gt ne len hash contains index".split()
                return type("Liar", (base,), {f"__{name}__": lambda *args: 1 for name in names})
        """,
        answer="[lying(t)() for t in (int, float, str, bytes, list, tuple, dict)]",
        cost=Cost.PART,
    ),
    Attack(
        "returns what runs code when it is unpickled",
        at_import="""
            class Payload:
                def __reduce__(self):
                    return os.system, ("touch /tmp/arcgrade-attack",)
        """,
        answer="Payload()",
        cost=Cost.PART,
    ),
    Attack("returns NaN", answer="honest(x) * float('nan')", cost=Cost.PART),
    Attack("returns infinity", answer="honest(x) + float('inf')", cost=Cost.SOME),
    Attack("returns an empty tensor", answer="x.new_zeros(0)", cost=Cost.PART),
    Attack("returns one entry, to be broadcast", answer="honest(x)[:1, :1]", cost=Cost.PART),
    Attack("returns a sparse tensor", answer="honest(x).to_sparse()", cost=Cost.SOME),
    Attack("returns a meta tensor", answer="honest(x).to('meta')", cost=Cost.PART),
    Attack("returns an array", answer="honest(x).detach().numpy()", cost=Cost.PART),
    Attack("returns an array of objects", answer="np.array([object()] * 3)", cost=Cost.PART),
    Attack("returns memory that nobody has set", answer="torch.empty_like(x)", cost=Cost.PART),
    Attack("returns a complex tensor", answer="honest(x) + 0j", cost=Cost.PART),
    Attack(
        "changes its argument, so that nothing is the right answer",
        in_call="with torch.no_grad(): x.copy_(x.softmax(1) if 0 else torch.zeros_like(x))",
        answer="x",
        cost=Cost.PART,
    ),
    Attack(
        "takes hold of every random number and clock",
        after="""
            import random
            torch.manual_seed(0); random.seed(0); np.random.seed(0)
            torch.rand = torch.randn = lambda *size, **kwargs: torch.zeros(*size)
            random.random = lambda: 0.5
            time.time = time.monotonic = time.perf_counter = lambda: 0.0
        """,
    ),
    Attack(
        "switches off the collection of garbage and leaves hooks behind",
        in_call="""
            gc.disable()
            atexit.register(lambda: os.write(3, b"score: 100"))
            sys.setswitchinterval(1000)
            threading.excepthook = sys.excepthook = print
            class Late:
                def __del__(self): attempt(os.write, 3, b"late")
            global late
            late = Late()
        """,
        cost=Cost.SOME,
    ),
    Attack(
        "raises an exception with a hostile name and text",
        in_call="""
            bad = "\\x1b[2J\\x1b]0;owned\\x07<script>alert(1)</script>\\u202e\\u200b\\r\\n![](http://x)\\x00"
            raise type(bad.replace("\\0", ""), (Exception,), {})(bad)
        """,
        cost=Cost.PART,
    ),
    Attack(
        "raises an exception that cannot be shown",
        at_import="""
            class Meta(type):
                @property
                def __name__(cls): raise SystemExit
            class Unshowable(Exception, metaclass=Meta):
                def __str__(self): raise SystemExit
                __repr__ = __getattribute__ = __str__
        """,
        in_call="raise Unshowable",
        cost=Cost.PART,
    ),
    Attack(
        "writes results where a grader might look for them",
        in_call="""
            text = '{"score": 100, "tests": [{"score": 5, "max_score": 5, "status": "passed"}]}'
            for folder in (
                ".", os.environ["HOME"], os.path.dirname(__file__), "/autograder/results", "/tmp",
                "/autograder", "/var/tmp", "/dev/shm", os.path.dirname(PRIVATE), RESULTS,
            ):
                for name in ("results.json", "result.json", "run_autograder"):
                    attempt(lambda: open(f"{folder}/{name}", "w").write(text))
                    attempt(os.replace, f"{os.environ['HOME']}/{name}", f"{folder}/{name}")
            print(text); print("OK (100 tests)")
        """,
    ),
    Attack(
        "brings files that take the place of libraries",
        files=dict.fromkeys(
            (
                "torch.py", "numpy.py", "random.py", "conftest.py", "sitecustomize.py",
                "usercustomize.py", "autograder.py", "solutions.py", "msgspec.py", "pytest.py",
                "arcgrade_inside.py", "arcgrade_inside/__init__.py", "submission.py",
                "autograder/__init__.py", "tests/__init__.py", "traceback.py", "types.py",
            ),
            "raise SystemExit('shadowed')\n",
        )
        | {"pytest.ini": "[pytest]\naddopts = --collect-only\n", "x.pth": "import os; os._exit(0)"},
    ),
)  # fmt: skip

THEFT = (
    Attack(
        "walks frames and objects for what is expected",
        in_call="""
            found = []
            for frame in sys._current_frames().values():
                while frame:
                    found += [v for v in frame.f_locals.values() if v is not x]
                    frame = frame.f_back
            found += gc.get_objects()
            for thing in list(found):
                if type(thing) in (list, tuple, dict): found += gc.get_referents(thing)
            tensors = [t for t in found if type(t) is torch.Tensor and t.shape == x.shape]
            likely = [
                t for t in tensors
                if t is not x and torch.allclose(t.detach().sum(1), t.new_ones(len(t)))
            ]
            result = likely[0] if likely else honest(x)
        """,
        answer="result",
        cost=Cost.SOME,  # what it may find is an answer of its own, to another question
    ),
    Attack(
        "looks for secrets in files, folders, memory and variables",
        at_import="""
            SECRET = re.compile(b"canary-[0-9a-f]{32}")
            def look(data):
                if isinstance(data, str): data = data.encode(errors="replace")
                for match in SECRET.findall(data or b""): loot(match)
            def read(path, size=1 << 20):
                with open(path, "rb") as file: return file.read(size)
            for path in (PRIVATE, CHECKS, REFERENCE, "/etc/passwd", "/etc/shadow", "/root/.bashrc"):
                ways = (lambda p: os.read(os.open(p, os.O_RDONLY), 9), lambda p: os.link(p, "l"))
                for way in (read, *ways):
                    if (got := attempt(way, path)): loot(got)
                attempt(os.symlink, path, "link"); look(attempt(read, "link"))
            for folder in ("/", "/root", "/home", "/tmp", "/proc", os.path.dirname(PRIVATE),
                           os.path.dirname(CHECKS), "/autograder", os.environ["HOME"] + "/.."):
                if (got := attempt(os.listdir, folder)): loot((folder, got))
            for pid in {GRADER, os.getppid(), os.getpid(), 1}:
                for name in ("environ", "cmdline", "maps", "mem", "fd", "cwd/x", "root/x", "stat"):
                    if (got := attempt(read, f"/proc/{pid}/{name}")): loot((name, got))
                for name in ("fd", "task", "cwd", "root"):
                    if (got := attempt(os.listdir, f"/proc/{pid}/{name}")): loot((name, got))
            for name, value in os.environ.items(): look(f"{name}={value}")
            libc = ctypes.CDLL(None)
            libc.getenv.restype = ctypes.c_char_p
            look(libc.getenv(VARIABLE.encode()))
            for number in range(4, 300):
                for way in (lambda n: os.pread(n, 1 << 16, 0), lambda n: os.read(n, 1 << 16)):
                    look(attempt(way, number))
            for thing in gc.get_objects():
                if type(thing) in (dict, list, tuple): look(attempt(repr, thing))
            look(" ".join(sys.argv))
            for name in ("autograder", "solutions", "data", "tests", "autograder.hidden"):
                if name in sys.modules: loot(name)
                if attempt(__import__, name): loot(name)
            from linecache import cache
            for key in cache:
                if "hidden" in key or "solutions" in key: loot(key)
        """,
    ),
    Attack(
        "reaches for other processes, the network and privileges",
        at_import="""
            libc = ctypes.CDLL(None, use_errno=True)
            def call(name, *args):
                result = getattr(libc, name)(*args)
                if result < 0: raise OSError
                return result
            SYSTEM = {
                "kill": lambda: os.kill(GRADER, 0), "kill all": lambda: os.kill(-1, 0),
                "nursery": lambda: os.kill(os.getppid(), signal.SIGKILL),
                "group": lambda: os.killpg(os.getpgid(GRADER), 0),
                "ptrace": lambda: call("ptrace", 16, GRADER, 0, 0),
                "process_vm_readv": lambda: call("process_vm_readv", GRADER, 0, 0, 0, 0, 0),
                "pidfd_open": lambda: os.pidfd_open(GRADER),
                "prlimit": lambda: resource.prlimit(GRADER, resource.RLIMIT_CPU, (1, 1)),
                "limits": lambda: resource.setrlimit(resource.RLIMIT_CORE, (9, 9)),
                "nice": lambda: os.setpriority(os.PRIO_PROCESS, GRADER, 19),
                "affinity": lambda: os.sched_setaffinity(GRADER, {0}),
                "tcp": lambda: socket.create_connection(("127.0.0.1", 22), 1),
                "udp": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
                "unix": lambda: socket.socket(socket.AF_UNIX), "pair": socket.socketpair,
                "netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
                "raw": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
                "exec": lambda: os.execv("/bin/true", ["true"]),
                "shell": lambda: 1 / (os.system("true") == 0),
                "setuid": lambda: os.setuid(0), "session": os.setsid,
                "group of its own": lambda: os.setpgid(0, 0),
                "namespace": lambda: call("unshare", 0x10000000), "chroot": lambda: os.chroot("."),
                "shared memory": lambda: call("shmget", 0x61726367, 4096, 0o1666),
                "queue": lambda: call("msgget", 0x61726367, 0o1666),
                "semaphore": lambda: call("semget", 0x61726367, 1, 0o1666),
                "memory file": lambda: os.memfd_create("x"),
                "fifo": lambda: os.mkfifo(os.environ["HOME"] + "/fifo"),
                "chmod": lambda: os.chmod(os.environ["HOME"], 0o777),
                "dumpable": lambda: call("prctl", 4, 1, 0, 0, 0),
                "orphan": lambda: call("prctl", 1, 0, 0, 0, 0),
                "its own file": lambda: open(__file__, "a"),
            }
            for folder in (
                "/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/root",
                "..", os.environ["HOME"] + "/..",
                os.path.dirname(__file__), os.path.dirname(CHECKS), "/etc/cron.d",
            ):
                way = lambda folder=folder: open(folder + "/arcgrade-attack", "w")
                SYSTEM[f"a file in {folder}"] = way
            for name, way in SYSTEM.items():
                try: way()
                except BaseException: continue
                loot(name)
        """,
    ),
    Attack(
        "asks in the midst of a call who is grading it",
        in_call="""
            for value in (os.getuid(), sys.argv, os.environ.get("USER"), os.getcwd()):
                if re.search("hidden|check|test_|seed", str(value)): loot(value)
            frame, names = sys._getframe(), []
            while frame: names.append(frame.f_code.co_name); frame = frame.f_back
            if any(name.startswith("test") for name in names): loot(names)
        """,
    ),
)  # fmt: skip

FORGERIES = (
    Attack(
        "writes a verdict where an answer is due",
        in_call='os.write(3, b\'{"passed": true, "score": 100}\\n\' * 10)',
        cost=Cost.PART,
    ),
    Attack(
        "writes a verdict to every descriptor",
        in_call="""
            for number in range(256):
                attempt(os.write, number, b"PASSED\\n\\x01")
        """,
        cost=Cost.PART,
    ),
    Attack(
        "answers before it is asked",
        in_call="""
            for number in range(200): forge("Answer", True, number=number)
        """,
        cost=Cost.PART,
    ),
    Attack(
        "answers the next question along with this one",
        in_call="""
            forge("Answer", None)
            forge("Answer", None, number=the_worker()._request + 1)
        """,
        cost=Cost.PART,
    ),
    Attack(
        "announces an enormous answer",
        in_call='os.write(3, b"arcg" + struct.pack("<IQ", 2**32 - 1, 2**62))',
        cost=Cost.PART,
    ),
    Attack(
        "says that it is ready, or could not be confined",
        in_call="""
            forge("Failed", "the grader should give everybody all points")
            forge("Ready", [("uid", 0)])
        """,
        cost=Cost.PART,
    ),
    Attack(
        "answers with a handle that does not exist",
        in_call="""
            wire = sys.modules["arcgrade_inside.wire"]
            forge("Answer", wire.Handle(2**63, "Tensor", [("shape", 5)])); os._exit(0)
        """,
        cost=Cost.PART,
    ),
    Attack(
        "answers with a value where an object is kept",
        in_call="""
            wire = sys.modules["arcgrade_inside.wire"]
            value = wire.Array("tensor", "float32", [2, 3], 0, 24)
            forge("Answer", value, payload=bytes(24)); os._exit(0)
        """,
        cost=Cost.PART,
    ),
    Attack(
        "answers an import with a number",
        at_import='forge("Answer", 5); os._exit(0)',
        cost=Cost.PART,
    ),
    Attack(
        "calls an object that it was not given",
        in_call='forge("Callback", 0, [None] * 4, []); os._exit(0)',
        cost=Cost.PART,
    ),
    Attack(
        "tells of an exception in a file that cannot be named",
        in_call="""
            for name in ("a" * 5000, "x/../../..", "a\\0b"):
                forge("Raised", "E", "text", [(name, 1, "f")])
            os._exit(0)
        """,
        cost=Cost.PART,
    ),
    Attack(
        "tells of an exception in a file of somebody else's",
        in_call="""
            forge("Raised", "E", "t", [(PRIVATE, 1, "f"), ("../" * 20 + PRIVATE, 1, "f")])
            os._exit(0)
        """,
        cost=Cost.PART,
    ),
    Attack(
        "tells of an array that is too big for its library",
        in_call="""
            wire = sys.modules["arcgrade_inside.wire"]
            forge("Answer", wire.Array("array", "float64", [0] + [2**26] * 7, 0, 0)); os._exit(0)
        """,
        cost=Cost.PART,
    ),
    Attack(
        "tells of forbidden built-ins with hostile names",
        in_call='forge("Answer", None, ["\\x1b[2J\\u202e<b>"] * 9999); os._exit(0)',
        cost=Cost.PART,
    ),
    Attack(
        "puts its output in the place of the connection",
        in_call="os.dup2(1, 3)",
        cost=Cost.PART,
    ),
    Attack(
        "puts its connection in the place of its output",
        in_call="os.dup2(3, 1); print('hello')",
        cost=Cost.PART,
    ),
    Attack("closes every descriptor", in_call="os.closerange(0, 4096)", cost=Cost.PART),
    Attack("closes its output", in_call="attempt(os.close, 1); attempt(os.close, 2)"),
    Attack(
        "patches the packing of values",
        in_call="""
            wire = sys.modules["arcgrade_inside.wire"]
            wire.Packer.pack = lambda self, obj, depth=0: True
            wire.Packer.frame = lambda self, message: b"PASSED"
        """,
        cost=Cost.PART,
        budget=IDLE,
    ),
    Attack(
        "patches the worker",
        in_call="""
            worker = sys.modules["arcgrade_inside.worker"]
            worker.Worker.perform = lambda self, *args: (True, False)
            worker.Worker.wrap = lambda self, *args: 1
            worker.torch = worker.wire = None
        """,
        cost=Cost.PART,
    ),
    Attack(
        "patches the search for forbidden built-ins, and uses one",
        after="""
            sys.modules["arcgrade_inside.worker"]._Watch.__torch_dispatch__ = (
                lambda self, function, types, args=(), kwargs=None: function(*args, **kwargs or {})
            )
            sys.modules["arcgrade_inside.scan"].uses = lambda *args: []
        """,
        answer="torch.softmax(x, dim=1)",
        cost=Cost.PART,
    ),
    Attack(
        "uses a forbidden built-in under a name that is only known when it runs",
        answer="getattr(torch, 'soft' + 'max')(x, 1)",
        cost=Cost.PART,
    ),
    Attack(
        "uses a forbidden built-in in a helper's file",
        at_import="from helper import answer",
        answer="answer(x)",
        files={"helper.py": "import torch\n\ndef answer(x):\n    return torch.softmax(x, 1)\n"},
        cost=Cost.PART,
    ),
    Attack(
        "borrows the grader's own stand-in",
        answer="sys.modules['arcgrade_inside.stand_ins']._softmax(x)",
        cost=Cost.PART,
    ),
)  # fmt: skip

EVASIONS = (
    Attack(
        "uses a forbidden built-in in a thread",
        in_call="""
            result = []
            way = lambda: result.append(getattr(torch, "soft" + "max")(x, 1))
            thread = threading.Thread(target=way); thread.start(); thread.join()
        """,
        answer="result[0]",
        cost=Cost.PART,
    ),
    Attack(
        "uses a forbidden built-in while dispatch modes are off",
        in_call="""
            from torch.utils._python_dispatch import _disable_current_modes
            with _disable_current_modes():
                result = getattr(torch, "soft" + "max")(x, 1)
        """,
        answer="result",
        cost=Cost.PART,
    ),
    Attack(
        "patches the watch and hides the name",
        after="""
            sys.modules["arcgrade_inside.worker"]._Watch.__torch_dispatch__ = (
                lambda self, function, types, args=(), kwargs=None: function(*args, **kwargs or {})
            )
        """,
        answer="getattr(torch, 'soft' + 'max')(x, 1)",
        cost=Cost.PART,
    ),
)
"""Built-ins that a part does not allow, used so that neither the source nor the watch tells.

They compute the right answer and cross no wall; a reader of the source sees them at once.
"""

_JUNK = """
    class Odd:
        stack = property(lambda self: 1 / 0)
        buffer = {"a": [1, 2, {3: float("nan")}]}
    p = PartialParse(["a", "b"])
    bare = PartialParse.__new__(PartialParse)
    deep = []
    for _ in range(14): deep = [deep]
    q, r = PartialParse([]), PartialParse([])
    q.stack, q.buffer = "ROOT", b"x"
    r.stack, r.buffer = ["ROOT", 5, None, torch.zeros(2)], deep
    junk = [
        (), (1, 2, 3), (None,), (5,), ("p",), (b"p",), (torch.zeros(3),), (np.zeros(3),),
        ({"a": p},), (p,), ([None],), ([p, 1],), ([[p]],), ([bare],), ([Odd()],), ([object],),
        (deep,),
        ([q],), ([r],), ([p] * 500,), (model,), ([model],), (float("nan"),), (torch.float32,),
        (iter([p]),), ([torch.zeros(0, 5)],), ((p for p in [p]),), ([np.float64("inf")],), (True,),
    ]
"""

CALLBACKS = (
    Attack(
        "calls predict with junk and goes on",
        in_call=_JUNK + "for args in junk: attempt(model.predict, *args)",
        cost=Cost.PART,
        target=PARSE,
    ),
    *(
        Attack(
            f"calls predict with {what} and ends there",
            in_call=_JUNK + f"    model.predict({call})",
            cost=Cost.PART,
            target=PARSE,
        )
        for what, call in (
            ("nothing", ""),
            ("what is no list", "torch.zeros(3, 3)"),
            ("too many arguments", "[p], [p], a=p"),
            ("parses that have no stack", "[bare, Odd()]"),
            ("a parse whose stack is no list", "[q]"),
            ("a parse whose buffer is deep", "[r]"),
            ("itself", "[model, model.predict]"),
            ("more than can be sent", "[list(range(50_000))]"),
        )
    ),
    Attack(
        "calls predict from a thread",
        in_call="""
            result = []
            def work(): result.extend(honest(sentences, model, batch_size))
            thread = threading.Thread(target=work); thread.start(); thread.join()
        """,
        answer="result",
        target=PARSE,
    ),
    Attack(
        "calls predict from many threads at once",
        in_call="""
            def work():
                while True: attempt(model.predict, [PartialParse(["a"])])
            for _ in range(4): threading.Thread(target=work, daemon=True).start()
        """,
        cost=Cost.PART,
        budget=Budget(cpu=0.5, wall=2),
        target=PARSE,
    ),
    Attack(
        "calls predict in the midst of a call of predict, without end",
        in_call="""
            class Nested(PartialParse):
                stack = property(lambda self: model.predict([Nested([])]), lambda self, value: None)
            attempt(model.predict, [Nested(["a"])])
        """,
        target=PARSE,
    ),
    Attack(
        "calls a model that it was not given",
        in_call="""
            for number in (0, 2, 2**40, -1): forge("Callback", number, [], [])
        """,
        cost=Cost.PART,
        target=PARSE,
    ),
    Attack(
        "asks predict for all there is before it answers",
        in_call="""
            rules = {}
            def state(stack, buffer): p = PartialParse(buffer); p.stack = stack; return p
            for words in (["a", "b"], ["a"], []):
                parse = state(["ROOT", *words], [])
                for _ in range(50): rules[str(parse.stack)] = attempt(model.predict, [parse])
            builtins.rules = rules
        """,
        cost=Cost.SOME,
        target=PARSE,
    ),
    Attack(
        "answers itself in the place of the grader",
        in_call="""
            type(model).predict = lambda self, parses: ["S" if p.buffer else "RA" for p in parses]
            vars(model).clear()
        """,
        cost=Cost.PART,
        target=PARSE,
    ),
    Attack(
        "keeps asking without reading the answers",
        in_call="""
            wire = sys.modules["arcgrade_inside.wire"]
            for _ in range(10**6): forge("Callback", 1, [wire.Sequence("list", [])], [])
        """,
        cost=Cost.PART,
        budget=Budget(cpu=0.3, wall=0.5),
        target=PARSE,
    ),
)  # fmt: skip

ALL = (*ENDINGS, *HANGS, *BOMBS, *LIES, *THEFT, *FORGERIES, *CALLBACKS)

GUESSES = {
    "nothing": "None",
    "zero": "torch.zeros(())",
    "one": "torch.ones(())",
    "zeros like the argument": "torch.zeros_like(args[-1]) if tensor(args[-1]) else []",
    "ones like the argument": "torch.ones_like(args[-1]) if tensor(args[-1]) else [[]]",
    "a uniform distribution": (
        "torch.full_like(args[-1], 1 / args[-1].shape[-1], dtype=args[-1].dtype)"
        " if tensor(args[-1]) and args[-1].dtype.is_floating_point else 0.5"
    ),
    "random numbers": (
        "torch.rand(args[-1].shape, dtype=torch.float32) if tensor(args[-1]) else [('a', 'b')]"
    ),
    "its argument": "args[-1] if args else []",
    "NaN": "args[-1] * float('nan') if tensor(args[-1]) else float('nan')",
}
"""What functions return that compute nothing; an expression of their arguments, `args`."""


def guessing(guess: str) -> dict[str, str | None]:
    """A hand-in whose functions and methods all return that."""
    head = f"""
import torch

def tensor(value):
    return isinstance(value, torch.Tensor)

def guess(*args, **kwargs):
    args = [a for a in args if not isinstance(a, (torch.nn.Module, PartialParse))] or [None]
    return {guess}

class SoftmaxModel(torch.nn.Module):
    def __init__(self, config):
        super().__init__()
        self.W = torch.nn.Parameter(torch.ones(config.n_features, config.n_classes))
        self.b = torch.nn.Parameter(torch.ones(config.n_classes))

class PartialParse:
    def __init__(self, sentence):
        self.stack = self.buffer = self.dependencies = guess(sentence)

class ParserModel(torch.nn.Module):
    def __init__(self, embeddings, n_features, hidden_size, n_classes, dropout_prob):
        super().__init__()
        width = n_features * embeddings.shape[1]
        self.L = torch.nn.Parameter(torch.ones(embeddings.shape))
        self.W = torch.nn.Parameter(torch.ones(width, hidden_size))
        self.b1 = torch.nn.Parameter(torch.ones(hidden_size))
        self.U = torch.nn.Parameter(torch.ones(hidden_size, n_classes))
        self.b2 = torch.nn.Parameter(torch.ones(n_classes))

softmax = cross_entropy_loss = minibatch_parse = guess
xavier_weight_init = dropout = momentum_step = adam_step = guess
perplexity = forward_step = step_gradients = backward_step = bptt = operation_counts = guess
"""
    methods = {
        "SoftmaxModel": "input_specs create_feed forward loss train_on_batch fit",
        "PartialParse": "parse_step parse",
        "ParserModel": "embedding_lookup forward",
    }
    lines = [f"{c}.{name} = guess" for c, names in methods.items() for name in names.split()]
    source = "\n".join([head, *lines])
    code = [file for file in GRADED if file.endswith(".py")]
    return {**dict.fromkeys(GRADED), **dict.fromkeys(code, source)}


_MODEL = """
import torch

class SoftmaxModel(torch.nn.Module):
    def __init__(self, config):
        super().__init__()
        self.W = torch.nn.Parameter(torch.zeros(config.n_features, config.n_classes))
        self.b = torch.nn.Parameter(torch.zeros(config.n_classes))
    def forward(self, inputs): return torch.exp(inputs @ self.W + self.b)
    def loss(self, pred, labels): return pred.sum()
    def input_specs(self): return {}
    def create_feed(self, inputs, labels=None): return {}
    def train_on_batch(self, inputs, labels): return 0.0
    def fit(self, inputs, labels): return [0.0]
"""

Junk = dict[str, tuple[dict[str, str | None], tuple[str, ...]]]

_IN_PLACE_OF_A_FUNCTION: Junk = {
    f"{name} is {junk}": ({file: f"import torch\n{name} = {junk}\n"}, parts)
    for file, name, parts in (
        ("softmax.py", "softmax", ("1a",)),
        ("softmax.py", "cross_entropy_loss", ("1b",)),
        ("classifier.py", "SoftmaxModel", ("1c", "1d", "1e")),
        ("parser_transitions.py", "PartialParse", ("2c", "2d")),
        ("parser_transitions.py", "minibatch_parse", ("2d",)),
    )
    for junk in ("None", "torch.zeros(3)", "lambda *args, **kwargs: [1]")
}

JUNK: Junk = {
    **_IN_PLACE_OF_A_FUNCTION,
    "PartialParse is a list": (
        {"parser_transitions.py": "class PartialParse(list): pass\n"},
        ("2c", "2d"),
    ),
    **{
        f"parameters of a model are {junk}": (
            {"classifier.py": f"{_MODEL}\n    def parameters(self, recurse=True): return {junk}\n"},
            ("1d", "1e"),
        )
        for junk in (
            "[1, 2]", "None", "iter([None, object()])", "[self, self.W]", "5", "[{}, []]",
            "[self.W.double(), self.b.double()]", "[self.W.int(), self.b.bool()]",
            "[self.W.T[None], self.b[None]]", "torch.zeros(2, 2)",
        )
    },
    "parameters of a model change their shape": (
        {
            "classifier.py": f"""{_MODEL}
    def parameters(self, recurse=True):
        return [self.W.data.as_subclass(Fickle), self.b.data.as_subclass(Fickle)]

class Fickle(torch.Tensor):
    looked = 0
    def detach(self):
        Fickle.looked += 1
        return torch.zeros(2, 3, 4) if Fickle.looked > 2 else torch.Tensor(self)
"""
        },
        ("1d", "1e"),
    ),
}  # fmt: skip
"""Things where functions, classes and parameters are due: hand-ins and the parts they concern."""

MOTIONS: dict[str, tuple[dict[str, str | None], tuple[str, ...], set[str]]] = {
    "a parser that knows how many dependencies there will be": (
        {
            "parser_transitions.py": """
class PartialParse:
    def __init__(self, sentence):
        self.stack, self.buffer = ["ROOT"], list(sentence)
        self.dependencies = [("x", "y")] * len(sentence)
    def parse_step(self, transition): pass
    def parse(self, transitions): return self.dependencies

def minibatch_parse(sentences, model, batch_size):
    model.predict([PartialParse(["a"])])
"""
        },
        ("2c", "2d"),
        {"2c.6", "2c.8"},
    ),
    "a model that knows the loss of all zeros": (
        {
            "classifier.py": f"""import math
{_MODEL}
        self.config = config
    def forward(self, inputs): return inputs @ self.W + self.b
    def train_on_batch(self, inputs, labels): return len(inputs) * math.log(labels.shape[1])
    def fit(self, inputs, labels):
        batches = -(-len(inputs) // self.config.batch_size)
        return [self.train_on_batch(inputs, labels) / batches] * self.config.n_epochs
""".replace("    def forward(self, inputs): return torch.exp(inputs @ self.W + self.b)\n", "", 1)
            .replace("        self.config = config\n", "", 1)
            .replace("super().__init__()", "super().__init__(); self.config = config")
        },
        ("1d", "1e"),
        {"1d.1"},
    ),
}
"""What goes through the motions of the contract: hand-ins, parts, and the checks it may pass.

Parameters that start at zero, and words that nobody touches, are right without further work.
"""
