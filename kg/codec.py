"""Plain values to JSON and back: a dataclass is a list of its fields, and the type hints say what a list was.

What is read is data and nothing else: no name in it is ever looked up or called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from kg.errors import CodecError

Decoder = Callable[[Any], Any]
PLAIN = (str, int, float, bool, NoneType)


def encode(value: Any, without: str = "") -> Any:
    """Return a value as what JSON can hold; sets are sorted, so that equal values have equal bytes.

    `without` names a field of the dataclass that is left to its default.
    """
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, PLAIN):
        return value
    if is_dataclass(value):
        return [encode(getattr(value, f.name)) for f in fields(value) if f.name != without]
    if isinstance(value, set | frozenset):
        return sorted(encode(item) for item in value)
    if isinstance(value, Mapping):
        return {key: encode(item) for key, item in value.items()}
    return [encode(item) for item in value]


def decode(kind: Any, data: Any) -> Any:
    """Return the value of a type that `encode` wrote.

    Raises CodecError where the data is not of that form.
    """
    try:
        return decoder(kind)(data)
    except (TypeError, ValueError, KeyError, IndexError, AttributeError) as error:
        raise CodecError(f"{getattr(kind, '__name__', kind)}: not of the expected form ({error})") from error


@cache
def decoder(kind: Any, without: str = "") -> Decoder:
    """Return the function that reads a type from JSON; it is made once, since a graph holds millions of values."""
    if kind in PLAIN:
        return checked(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if isinstance(kind, type) and is_dataclass(kind):
        return dataclass_decoder(kind, without)
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return union_decoder(args)
    if origin is tuple and args[-1] is not Ellipsis:
        return fixed_decoder(args)
    if origin in (tuple, list, set):
        return many_decoder(origin, args[0])
    if origin is Mapping:
        return mapping_decoder(args[1])
    raise CodecError(f"{kind}: no way to read this type")


def checked(kind: type) -> Decoder:
    """Return a function that lets only values of a plain type through; a whole number is a float too."""
    allowed = (int, float) if kind is float else kind

    def check(data: Any) -> Any:
        if not isinstance(data, allowed):
            raise TypeError(f"{data!r} is no {kind.__name__}")
        return data

    return check


def dataclass_decoder(kind: type, without: str) -> Decoder:
    """Return a function that calls a dataclass with its fields."""
    hints = get_type_hints(kind)
    parts = {f.name: decoder(hints[f.name]) for f in fields(kind) if f.name != without}

    def read(data: Any) -> Any:
        return kind(**{name: part(item) for (name, part), item in zip(parts.items(), data, strict=True)})

    return read


def union_decoder(args: tuple[Any, ...]) -> Decoder:
    """Return a function for "a plain value, or one other kind": what is a list is of the other kind."""
    plain = tuple(a for a in args if a in PLAIN)
    others = [decoder(a) for a in args if a not in PLAIN]
    if len(others) > 1:
        raise CodecError(f"{args}: too many kinds to tell apart")

    def read(data: Any) -> Any:
        return data if isinstance(data, plain) else others[0](data)

    return read


def fixed_decoder(args: tuple[Any, ...]) -> Decoder:
    """Return a function for a tuple of known length."""
    parts = [decoder(a) for a in args]

    def read(data: Any) -> Any:
        return tuple([part(item) for part, item in zip(parts, data, strict=True)])

    return read


def many_decoder(collect: Callable[[list[Any]], Any], kind: Any) -> Decoder:
    """Return a function for a tuple, list or set of one kind."""
    part = decoder(kind)

    def read(data: Any) -> Any:
        if not isinstance(data, list):
            raise TypeError(f"{data!r} is no list")
        return collect([part(item) for item in data])

    return read


def mapping_decoder(kind: Any) -> Decoder:
    """Return a function for values of one kind by name."""
    part = decoder(kind)

    def read(data: Any) -> Any:
        return {name: part(item) for name, item in data.items()}

    return read
