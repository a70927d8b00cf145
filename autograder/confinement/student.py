"""What a check holds of a submission: modules, objects and functions that live in a worker.

parse = student.parser_transitions.PartialParse(["a", "b"])
parse.parse_step("S")
parse.stack            # ['ROOT', 'a']: plain values cross, everything else stays there
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

import torch

from autograder.describe import describe, describe_type
from autograder.errors import Failure, StudentLost
from autograder.text import printable

from .dialogue import CALL, IMPORT, Budget, Dialogue
from .inside import wire

MAX_ASKED = 500
MAX_TRAIL = 16
MAX_LOST_IMPORTS = 2

PARAMETERS = "parameters()"
ASSIGN = "copy_()"


class Remote:
    """An object that stays in the worker. Its attributes and what it returns are claims."""

    __slots__ = ("_label", "_members", "_origin", "_student", "number", "seen", "type_name")

    def __init__(
        self, student: Student, number: int, type_name: str, label: str, seen: dict[str, Any]
    ) -> None:
        self._student = student
        self.number = number
        self._origin: tuple[str | None, int, str] | None = None
        self._label = label
        self._members: dict[str, Remote] = {}
        self.type_name = type_name
        self.seen = seen
        """What came along when it was passed to a callback (see `Answers.observe`)."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)  # Python asks for these by itself
        return self._student.read(self, name)

    def __call__(self, *args: object, **kwargs: object) -> Any:
        """Call it in the worker; what comes back is a plain value or another `Remote`."""
        return self._student.call(self, args, kwargs, keep=False)

    def __repr__(self) -> str:
        return printable(self._label, 60)


@dataclass(frozen=True)
class Asked:
    """A call, or the reading of an attribute, and what came back.

    Attributes:
        module: the module that a function or class was called in; None for an object's.
        target: the number of the object whose method was called or attribute was read.
        name: the function, class, method or attribute.
        args: the arguments of a call; None where an attribute was read.
        answer: a plain value, or a `Remote` that may be the target of what follows.
        words: all of that as students read it; empty where it says nothing to them.

    `PARAMETERS` and `ASSIGN` as a name stand for what `Student` does by these names.
    """

    module: str | None
    target: int
    name: str
    args: tuple[object, ...] | None
    answer: object
    words: Callable[[], str]


class Answers:
    """An object for the student's code, whose one method the grader answers.

    Attributes:
        method: the name of the method.
        function: what answers it; gets `Remote` objects for what is not plain.
        observe: attributes of such objects that come along, in `Remote.seen`.
        locally: what answers our own code, which passes the objects themselves, if that should
            leave no trace.
    """

    def __init__(
        self,
        method: str,
        function: Callable[..., object],
        observe: tuple[str, ...] = (),
        locally: Callable[..., object] | None = None,
    ) -> None:
        self.method = method
        self.function = function
        self.observe = observe
        self.locally = locally

    def answer_locally(self, *args: object) -> object:
        """The answer to our own code, which has the objects themselves."""

        def seen(value: object) -> object:
            if isinstance(value, list):
                return [seen(item) for item in value]
            names = [name for name in self.observe if hasattr(value, name)]
            remote = Remote.__new__(Remote)
            remote.seen = {name: list(getattr(value, name)) for name in names}
            return remote if names else value

        return self.function(*map(seen, args))

    def __repr__(self) -> str:
        return "model" if self.method == "predict" else "object"


class Fields:
    """An object for the student's code with these attributes and nothing else."""

    def __init__(self, **fields: object) -> None:
        self.fields = fields

    def __repr__(self) -> str:
        return f"Config({', '.join(f'{k}={describe(v)}' for k, v in self.fields.items())})"


class Workers(Protocol):
    """What a check's worker comes from: a `Session`, or something like it.

    Attributes:
        modules: the modules that may be asked for, handed in or not.
        files: those that were handed in, with their file relative to the folder.
        lost_imports: imports that ended or hung the process, so that not every check waits anew.
    """

    modules: frozenset[str]
    files: dict[str, str]
    lost_imports: dict[tuple[str, ...], list[str]]

    def worker(self, module: str) -> Dialogue[Any]:
        """One that holds the submission as it was handed in; `module` is imported first."""

    def source_line(self, file: str, number: int) -> str:
        """A line of the submission, as text; "" if there is no such line."""

    def time_is_up(self) -> str:
        """Why no more checks are run, or an empty string."""


class Student:
    """A submission in a fresh worker, started at the first use."""

    def __init__(self, session: Workers) -> None:
        self._session = session
        self.restart({})

    def restart(self, stand_ins: dict[str, Callable[..., object] | None]) -> None:
        """Begin anew in another worker.

        Args:
            stand_ins: earlier parts to replace by something right, each with the function that
                answers for it where there is one.
        """
        if getattr(self, "_worker", None) is not None:
            self.close()
        self._stand_ins = stand_ins
        self._worker: Dialogue[Any] | None = None
        self._modules: dict[str, Remote] = {}
        self._callbacks: dict[int, Answers] = {}
        self._budget: Budget = CALL
        self._watch: tuple[str, ...] = ()
        self._rejected: Failure | None = None
        self._unfinished: list[str] = []
        self.lost: StudentLost | None = None
        """How the process ended, hung or broke the protocol, if it did."""
        self.asked: list[Asked] = []
        """What was asked since a module was last asked for; at most MAX_ASKED."""

    def __getattr__(self, name: str) -> Any:
        if name not in self._session.modules:
            raise AttributeError(name)
        if name not in self._modules:
            self._modules[name] = self._import(name)
        self.asked.clear()
        return self._modules[name]

    # --- what checks do --------------------------------------------------------------------------

    def keep(self, function: Remote, *args: object) -> Remote:
        """Call `function` and leave the result in the worker, a value with its graph."""
        return self._object(self.call(function, args, {}, keep=True), "The result")

    def put(self, value: object, *, requires_grad: bool = False) -> Remote:
        """An object of the worker's with that value."""
        result = self._ask_object(
            lambda number, packer: wire.Put(number, packer.pack(value), requires_grad),
            lambda: "A value of the grader's",
        )
        result._label = describe(value)
        return result

    def fetch(self, remote: Remote) -> Any:
        """The present value of an object."""
        number = self._object(remote, "What is read").number
        return self._ask(lambda request, _: wire.Fetch(request, number), lambda: repr(remote))

    def backward(self, result: Remote, weights: object) -> None:
        """Back-propagate from the weighted sum of the entries of a kept tensor."""
        # Not result.backward(weights): that imports a third of a second's worth of torch.
        self.keep(self.keep(self._object(result, "The result").mul, weights).sum).backward()

    def observe(self, remote: Remote, *names: str) -> list[Any]:
        """Several attributes at once, in one question."""
        target = self._object(remote, "What is observed").number
        values: list[Any] = self._ask(
            lambda number, _: wire.Observe(number, target, list(names)),
            lambda: f"Reading {', '.join(names)} of {remote!r}",
        )
        if not isinstance(values, list) or len(values) != len(names):
            raise self._forged(repr(remote))
        for name, value in zip(names, values, strict=True):
            self._note_value(remote, name, value)
        return values

    def parameters(self, module: Remote) -> list[Remote]:
        """The parameters of an `nn.Module`, in order."""
        number = self._object(module, "The model").number
        result = self._ask(
            lambda request, _: wire.Parameters(request, number),
            lambda: f"{module!r}.parameters()",
        )
        if not isinstance(result, list) or not all(isinstance(item, Remote) for item in result):
            raise self._forged(f"{module!r}.parameters()")
        self._note(Asked(None, number, PARAMETERS, (), result, lambda: ""))
        return result

    def assign(self, tensor: Remote, value: torch.Tensor) -> None:
        """Copy a value into a tensor, as an optimizer would."""
        target = self._object(tensor, "A parameter").number
        self._ask(
            lambda number, packer: wire.Assign(number, target, packer.pack(value)),
            lambda: f"{tensor!r}.copy_(…)",
        )

        def words() -> str:
            return f"the parameter of shape {tuple(value.shape)} became {describe(value)}"

        self._note(Asked(None, target, ASSIGN, (value,), None, words))

    def train(
        self,
        model: Remote,
        features: torch.Tensor,
        labels: torch.Tensor,
        *,
        n_epochs: int,
        batch_size: int,
        lr: float,
    ) -> Any:
        """Fit a model to examples by our own loop, in the worker; the losses that it claims."""
        target = self._object(model, "The model").number
        return self._ask(
            lambda number, packer: wire.Train(
                number, target, packer.pack(features), packer.pack(labels), n_epochs, batch_size, lr
            ),
            lambda: f"Training {model!r}",
        )

    def scan(self, module: str, functions: list[str], names: list[str]) -> list[list[Any]]:
        """[function, name, line] of what the source uses; ask before anything else."""
        file = self._session.files.get(module)
        if file is None:
            return []
        found: list[list[Any]] = self._ask(
            lambda number, _: wire.Scan(number, file, functions, names), lambda: f"Reading {file}"
        )
        return found

    @contextmanager
    def allow(self, budget: Budget) -> Iterator[None]:
        """Calls may take that long."""
        before, self._budget = self._budget, budget
        try:
            yield
        finally:
            self._budget = before

    def forbid(self, operations: tuple[str, ...]) -> None:
        """From now on a call that runs one of these operations of torch is a failure."""
        self._watch = operations

    def close(self) -> None:
        """The worker is gone."""
        if self._worker is not None:
            self._worker.kill()

    @property
    def trail(self) -> list[str]:
        """The last of what was asked, in words: for feedback."""
        told = [words for asked in self.asked[-MAX_TRAIL:] if (words := asked.words())]
        return [*told, *self._unfinished]

    @property
    def output(self) -> str:
        """The first part of what the submission printed, for staff."""
        return "" if self._worker is None else self._worker.output.decode(errors="replace")

    # --- what `Remote` does ----------------------------------------------------------------------

    def read(self, remote: Remote, name: str) -> Any:
        """An attribute; functions are remembered, values are read again each time."""
        if name in remote._members:
            return remote._members[name]
        is_module = remote.type_name == "module"

        def label() -> str:
            return name if is_module else f"{remote!r}.{name}"

        value = self._ask(
            lambda number, _: wire.Get(number, remote.number, name),
            label,
            missing=f"{self._file(repr(remote))} has no function or class named {name}"
            if is_module
            else None,
        )
        if is_module and not isinstance(value, Remote):
            raise Failure(
                f"{name} in {self._file(repr(remote))} should be a function or a class, not "
                f"{describe_type(value)}."
            )
        if isinstance(value, Remote):
            value._label = label()
            module = repr(remote) if is_module else None
            value._origin = (module, remote.number, name)
            if value.type_name in ("function", "method", "type", "builtin_function_or_method"):
                remote._members[name] = value
        else:
            self._note_value(remote, name, value)
        return value

    def call(
        self, function: Remote, args: tuple[object, ...], kwargs: dict[str, object], *, keep: bool
    ) -> Any:
        """Call an object of the worker's."""
        self._object(function, "What is called")

        def label() -> str:
            words = [describe(arg) for arg in args]
            words += [f"{name}={describe(value)}" for name, value in kwargs.items()]
            return f"{function!r}({', '.join(words)})"

        def make(number: int, packer: wire.Packer) -> wire.Call:
            return wire.Call(
                number,
                function.number,
                [packer.pack(arg) for arg in args],
                [(name, packer.pack(value)) for name, value in kwargs.items()],
                keep or is_class,
                list(self._watch),
            )

        # What a class makes is an object, also if it is a kind of list that could cross.
        is_class = function._origin is not None and function._origin[2][:1].isupper()
        value = self._ask_object(make, label) if keep or is_class else self._ask(make, label)
        if isinstance(value, Remote):
            value._label = f"{function!r}(…)" if keep else _variable(value.type_name)

        def words() -> str:
            if value is None or keep:
                return label()
            if isinstance(value, Remote):
                return f"{value!r} = {label()}"
            return f"{label()} returned {describe(value)}"

        if function._origin is not None and not kwargs:
            self._note(Asked(*function._origin, args, value, words))
        return value

    # --- requests --------------------------------------------------------------------------------

    def _import(self, name: str) -> Remote:
        file = self._session.files.get(name)
        if file is None:
            raise Failure(f"{name}.py is missing.")
        self.asked.clear()
        with self._importing(name):
            self._start(name)
            module = self._ask_object(
                lambda number, _: wire.Import(number, name), lambda: f"Importing {file}"
            )
        module._label = name
        return module

    @contextmanager
    def _importing(self, name: str) -> Iterator[None]:
        """With the budget of an import; one that was lost too often is not tried again."""
        failed = self._session.lost_imports.setdefault((name, *self._stand_ins), [])
        if len(failed) == MAX_LOST_IMPORTS:
            self.lost = StudentLost(f"{failed[-1]} It was tried {len(failed)} times.")
            raise self.lost
        try:
            with self.allow(IMPORT):
                yield
        except StudentLost as error:
            failed.append(str(error))
            raise

    def _start(self, module: str) -> None:
        if self._worker is not None:
            return
        if time_is_up := self._session.time_is_up():
            raise StudentLost(time_is_up)
        self._worker = self._session.worker(module)
        for part, function in self._stand_ins.items():
            if function is not None:
                self._callbacks[0] = Answers("step", function)
            self._stand_in(part)

    def _stand_in(self, part: str) -> None:
        self._ask(lambda number, _: wire.StandIn(number, part), lambda: "Importing your file")

    def _ask(
        self,
        make: Callable[[int, wire.Packer], wire.Message],
        label: Callable[[], str],
        missing: str | None = None,
    ) -> Any:
        self._start("")
        assert self._worker is not None
        try:
            reply, unpacker = self._worker.request(
                make, wire.Packer(self._wrap), self._budget, self._answer, self._unwrap
            )
        except StudentLost as error:
            if self.lost is None:
                self.lost = StudentLost(f"{label()} {error}.")
            raise self.lost from None
        if self._rejected is not None:  # whatever they made of it
            failure, self._rejected = self._rejected, None
            self._unfinished = [label()]
            raise failure
        if isinstance(reply, wire.Raised):
            if missing is not None and reply.type == "AttributeError":
                raise Failure(f"{missing}.")
            if missing is not None and reply.type == "SystemExit":
                self._fail_raised(f"{missing}: importing it", reply)
            self._fail_raised(label(), reply)
        if isinstance(reply, wire.Refused):
            raise Failure(f"{label()} returned something that cannot be graded: {reply.reason}.")
        assert isinstance(reply, wire.Answer)
        if reply.watched:
            names = ", ".join(printable(name, 60) for name in reply.watched)
            raise Failure(f"{label()} used a built-in that this part does not allow: {names}.")
        try:
            value = unpacker.unpack(reply.value)
            unpacker.finish()
        except wire.WireError as error:
            self.lost = StudentLost(f"{label()} {self._worker.broke(error)}.")
            raise self.lost from None
        return value

    def _ask_object(
        self, make: Callable[[int, wire.Packer], wire.Message], label: Callable[[], str]
    ) -> Remote:
        """As `_ask`, for what stays in the worker: a plain value in its place is forged."""
        value = self._ask(make, label)
        if not isinstance(value, Remote):
            raise self._forged(label())
        return value

    def _forged(self, label: str) -> StudentLost:
        self.lost = StudentLost(f"{label} broke the protocol: it answered with something else.")
        return self.lost

    @staticmethod
    def _object(value: object, what: str) -> Remote:
        """A value that must have stayed in the worker: an object, not a plain value."""
        if not isinstance(value, Remote):
            raise Failure(f"{what} should be an object with methods, not {describe_type(value)}.")
        return value

    def _fail_raised(self, label: str, raised: wire.Raised) -> NoReturn:
        what = printable(raised.type, 60)
        if text := printable(raised.text, 300):
            what += f": {text}"
        lines = [f"{label} raised {what}"]
        for file, number, function in raised.frames[-3:]:
            place = f"  {printable(file, 80)}, line {number}"
            if function and function != "<module>":
                place += f", in {printable(function, 60)}"
            lines.append(place)
            if source := self._session.source_line(file, number):
                lines.append(f"    {source}")
        raise Failure("\n".join(lines))

    def _answer(self, callback: wire.Callback, unpacker: wire.Unpacker) -> bytes:
        answers = self._callbacks.get(callback.proxy)
        if answers is None:
            raise wire.WireError("it called an object that does not exist")
        args = [unpacker.unpack(arg) for arg in callback.args]
        args += [unpacker.unpack(value) for _, value in callback.kwargs]
        unpacker.finish()
        packer = wire.Packer(self._wrap)
        try:
            result = answers.function(*args)
        except Failure as failure:
            self._rejected = failure
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            # What it was given are the student's values: whatever is wrong with them is theirs.
            shown = ", ".join(describe(arg) for arg in args)
            self._rejected = Failure(f"{answers!r}.{answers.method}({shown}) cannot be answered.")
        else:
            with contextlib.suppress(wire.Unsendable):  # it echoes values of theirs
                return packer.frame(wire.Returned(callback.id, packer.pack(result)))
            self._rejected = Failure(f"{answers!r}.{answers.method} was given too large a value.")
        return packer.frame(wire.Rejected(callback.id))

    def _wrap(self, obj: object) -> wire.Value:
        packer = wire.Packer(self._wrap)
        if isinstance(obj, Remote):
            return wire.Handle(obj.number)
        if isinstance(obj, Fields):
            return wire.Namespace([(name, packer.pack(v)) for name, v in obj.fields.items()])
        if isinstance(obj, Answers):
            number = len(self._callbacks) + 1
            self._callbacks[number] = obj
            return wire.Proxy(number, obj.method, list(obj.observe))
        raise TypeError(f"a check passed {type(obj).__name__}, which cannot cross")

    def _unwrap(self, value: wire.Value, unpacker: wire.Unpacker) -> object:
        if not isinstance(value, wire.Handle):
            raise wire.WireError("its answer held something that only the grader sends")
        seen = {name: unpacker.unpack(v) for name, v in value.seen}
        type_name = printable(value.type, 60)
        return Remote(self, value.id, type_name, _variable(type_name), seen)

    def _file(self, module: str) -> str:
        return self._session.files.get(module, f"{module}.py")

    def _note_value(self, remote: Remote, name: str, value: object) -> None:
        def words() -> str:
            return f"{remote!r}.{name} is {describe(value)}"

        self._note(Asked(None, remote.number, name, None, value, words))

    def _note(self, asked: Asked) -> None:
        if len(self.asked) < MAX_ASKED:
            self.asked.append(asked)


def _variable(type_name: str) -> str:
    """What an object is called in feedback."""
    names = {"PartialParse": "parse", "SoftmaxModel": "model", "ParserModel": "model"}
    return names.get(type_name, f"<{type_name}>")
