"""What pydantic says about an item, in the words of our refusals."""

from pydantic import ValidationError

from zhiyin.core import Refusal, shorten

_TOO_LONG = ("string_too_long", "too_long")
_NEGATIVE = ("greater_than_equal", "greater_than")
_NOT_FINITE = ("finite_number", "decimal_not_finite")


def refusal_of(error: ValidationError, row: int = 0) -> Refusal:
    """The first fault of an item as a refusal."""
    first = error.errors(include_url=False)[0]
    kind, context = first["type"], first.get("ctx", {})
    # The steps of a union ("str", "bool") are pydantic's, not the user's.
    steps = [str(step) for step in first["loc"] if not _branch(step)]
    field = ".".join(steps) or "item"
    value = shorten(first.get("input"))
    if kind == "missing":
        return Refusal("missing", row, field)
    if kind == "string_too_short":
        return Refusal("missing", row, field)
    if kind in _TOO_LONG:
        return Refusal("too_long", row, field, value, f"{context.get('max_length')} characters")
    if kind in _NEGATIVE:
        return Refusal("negative", row, field, value)
    if kind in _NOT_FINITE:
        return Refusal("not_finite", row, field, value)
    if kind in ("less_than", "less_than_equal"):
        limit = context.get("lt", context.get("le"))
        return Refusal("out_of_range", row, field, value, f"0 to {limit}")
    if kind == "extra_forbidden":
        return Refusal("wrong_type", row, field, value, "a known field")
    return Refusal("wrong_type", row, field, value, _expected(kind, str(first["msg"]), context))


def _branch(step: int | str) -> bool:
    return isinstance(step, str) and step in ("str", "bool", "int", "float", "tuple[str, ...]")


def _expected(kind: str, message: str, context: dict[str, object]) -> str:
    if kind == "string_pattern_mismatch":
        return "three capital letters such as CNY" if "A-Z" in str(context) else str(context)
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    words = {
        "string_type": "text",
        "tuple_type": "a list",
        "dict_type": "an object",
        "int_type": "a whole number",
        "int_parsing": "a whole number",
        "int_from_float": "a whole number",
        "decimal_parsing": "a number",
        "decimal_type": "a number",
        "dataclass_type": "an object",
        "bool_type": "yes or no",
    }
    return words.get(kind, message[:1].lower() + message[1:])
