"""The magics themselves: read the line, run it, keep or show what it gives."""

from __future__ import annotations

import json
import keyword
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_cell_magic, magics_class, needs_local_scope, no_var_expand
from IPython.display import display

from wasmcell import batch, crossings, describe, options, sources
from wasmcell.errors import InvalidArgumentError
from wasmcell.image import Image
from wasmcell.magics import blocking, parity, python, results
from wasmcell.magics.options import COMMANDS, named, split, with_options
from wasmcell.pipeline import Pipeline, encoding, grammar, targets
from wasmcell.pipeline.tokens import Token, fault, tokenize

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

_EMPTY = "A pipeline is missing: %wasm photo.jpg | image.resize width=320, say. %wasm? tells more."


@magics_class
class WasmMagics(Magics):
    """``%wasm`` and ``%%wasm``."""

    @with_options
    @no_var_expand
    @needs_local_scope
    @line_cell_magic
    def wasm(self, line: str, cell: str | None = None, local_ns: Mapping[str, Any] | None = None) -> Any:
        """Run a pipeline: pictures in, pictures out, in WebAssembly."""
        with results.short_errors():
            text = line if cell is None else f"{line}\n{cell}"
            tokens = tokenize(text, braces=True)
            chosen, count = split(self.wasm, [token.text for token in tokens])
            if chosen.pipeline[:1] and chosen.pipeline[0] in COMMANDS:
                words = tokens[count:]
                if not any(word.operator for word in words):
                    return _command(text, words)
            scope = python.Scope(text, {**self._namespace, **(local_ns or {})})
            request = _read(scope, tokens[count:], chosen)
            if chosen.json:
                found = json.dumps(encoding.encode(request.stored), ensure_ascii=False, indent=2)
                return self._kept(request.name, results.Text(found))
            return self._run(request, chosen)

    def _run(self, request: _Request, chosen: argparse.Namespace) -> Any:
        engine = blocking.engine(chosen.engine) if chosen.engine else None
        limits = options.limits(chosen.memory, chosen.seconds)
        outcomes = batch.run(
            request.sources,
            request.pipeline,
            engine=engine,
            limits=limits,
            progress=len(request.sources) > 1 and not chosen.quiet,
            keep=bool(request.name) or chosen.parity or not request.many,
        )
        if not request.many:
            outcomes[0].get()
        for note in describe.notes(outcomes):
            print(note)  # noqa: T201 (what a search did not see must not be passed over)
        if chosen.save:
            targets.write(chosen.save, request.stored.to_json().encode())
        if chosen.time:
            print("\n".join(describe.timing(outcome) for outcome in outcomes if outcome.ok))  # noqa: T201 (asked for)
        value = results.of_outcomes(outcomes) if request.many else results.of_outcome(outcomes[0])
        shown = self._kept(request.name, value)
        if request.written:
            shown = None
            if not chosen.quiet and (line := results.written(outcomes)):
                print(line)  # noqa: T201 (else nothing would say that it worked)
        if chosen.parity:
            inputs = [_input(source) for source in request.sources]
            table, difference = parity.compare(inputs, outcomes, limits)
            display(table)  # type: ignore[no-untyped-call]
            if difference is not None:
                raise difference
        if outcomes.errors:
            if shown is not None and (sound := shown.sound):
                display(sound)  # type: ignore[no-untyped-call]
            raise results.failure(outcomes, value)
        return shown

    @property
    def _namespace(self) -> dict[str, Any]:
        """The user's variables."""
        assert self.shell is not None
        variables: dict[str, Any] = self.shell.user_ns
        return variables

    def _kept(self, name: str | None, value: Any) -> Any:
        """`value` if no variable takes it."""
        if name is None:
            return value
        self._namespace[name] = value
        return None


@dataclass(frozen=True)
class _Request:
    """What is to be done, found sound: nothing has run yet."""

    name: str | None
    """The variable for the result."""
    sources: list[Any]
    many: bool
    pipeline: Pipeline
    """Without sources."""
    stored: Pipeline
    """As it is stored: with those sources that have names."""

    @property
    def written(self) -> bool:
        """Whether the result goes to files."""
        return self.pipeline.output is not None


def _read(scope: python.Scope, tokens: list[Token], chosen: argparse.Namespace) -> _Request:
    """The request that the words after the options are."""
    name, tokens = _variable(scope.text, tokens, chosen.output)
    if not tokens:
        raise UsageError(_EMPTY)
    for token in tokens:
        if named(token.text) and not token.quoted:
            message = f"Options go before the pipeline: %wasm {token.text} …"
            raise fault(message, scope.text, token.position)
    head = next((index for index, token in enumerate(tokens) if token.operator), len(tokens))
    # The braces of a source are no matter of the grammar.
    words = [token._replace(quoted=token.quoted or "{" in token.text) for token in tokens[:head]]
    is_output = False
    for token in tokens[head:]:
        words += scope.words(token, output=is_output)
        is_output = is_output or (token.operator and token.text == ">")
    _, steps, output = grammar.from_tokens(scope.text, words)
    if not head:
        message = "A source is missing: begin with a path, a pattern or a variable."
        raise fault(message, scope.text, tokens[0].position)
    if output == "-":
        message = "A notebook has no standard output: leave > - out, and the result is shown."
        raise fault(message, scope.text, tokens[-1].position)
    if not steps and output is None:
        message = "The pipeline has nothing to do: it has no operation, and no output."
        raise fault(message, scope.text, len(scope.text.rstrip()))
    found = python.found(scope, tokens[:head])
    if chosen.save:
        targets.check(chosen.save)
    inputs, before = _images(found.sources, stored=chosen.json or bool(chosen.save))
    pipeline = Pipeline(steps=before) | Pipeline(steps=steps, output=output)
    return _Request(name, inputs, found.many, pipeline, replace(pipeline, sources=found.words))


def _variable(text: str, tokens: list[Token], option: str | None) -> tuple[str | None, list[Token]]:
    """The variable for the result, by ``-o name`` or ``name <<``, and the words that are left."""
    name = option
    if len(tokens) > 1 and tokens[1].text == "<<" and not tokens[1].quoted:
        if option is not None:
            raise fault(f"The result has two names: {option} and {tokens[0].text}.", text, tokens[0].position)
        name, tokens = tokens[0].text, tokens[2:]
    if name is not None and (not name.isidentifier() or keyword.iskeyword(name)):
        raise InvalidArgumentError(f"The result needs the name of a variable, and {name!r} can be none.")
    return name, tokens


def _images(found: list[Any], *, stored: bool) -> tuple[list[Any], Any]:
    """The sources, and the steps that every one of them brings: those of `Image`s.

    Where they bring different ones, each keeps its own.

    Raises
    ------
    InvalidArgumentError
        They do, and the pipeline is to be stored.
    """
    # A file object is read once, also where several engines are to have it.
    found = [sources.of(value) if hasattr(value, "read") else value for value in found]
    steps = {value.pipeline.steps if isinstance(value, Image) else () for value in found}
    if len(steps) < 2:
        return [_input(value) for value in found], next(iter(steps), ())
    if stored:
        raise InvalidArgumentError(
            "The sources bring different steps of their own, and a pipeline is stored with one list of them: "
            "leave --save and --json out, or give one Image at a time."
        )
    return found, ()


def _input(value: Any) -> Any:
    """A source without the steps that it brings."""
    return value.source if isinstance(value, Image) else value


def _command(text: str, words: list[Token]) -> Any:
    """What one of the commands tells."""
    command, *rest = words
    if command.text == "describe":
        if not rest:
            raise fault("Describe what? A module or an operation: image.resize, say.", text, len(text))
        return results.Text(describe.named(" ".join(word.text for word in rest)))
    if rest:
        raise fault(f"Nothing can follow {command.text}.", text, rest[0].position)
    if command.text == "ledger":
        return crossings.ledger()
    return results.Text(describe.modules() if command.text == "modules" else describe.engines())
