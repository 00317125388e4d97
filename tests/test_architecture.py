"""The architecture: which room may import which. This table *is* it; a new arrow is a word here."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "zhiyin"

ARROWS: dict[str, set[str]] = {
    "core": set(),
    "data": {"core"},
    "training": {"core"},
    "encoders": {"core"},
    "index": {"core"},
    "models": {"core", "data", "training"},
    "evaluation": {"core", "data"},
    "pretrain": {"core", "data", "models", "training", "evaluation"},
    "posttrain": {"core", "data", "models", "evaluation"},
    "application": {"core", "models"},
    "app": {
        "core",
        "data",
        "encoders",
        "index",
        "models",
        "evaluation",
        "pretrain",
        "posttrain",
        "application",
    },
    "service": {"core", "app"},
    "cli": {"core", "app", "data", "posttrain", "pretrain", "service"},
    # The contract suites, for us and for plugin authors; the product never imports them.
    "testing": {"core", "data", "models"},
}
# core is the shared language of all rooms, so its door is as wide as the vocabulary; testing
# has a contract for every port.
WIDE_DOORS = {"core", "testing"}
# A family's door lists its algorithms, one name each: as many as there are files behind it.
FAMILIES = "zhiyin.models."
DOOR_NAMES = 7
# Only app.py may import rooms inside functions: it wires adapters when they are asked for.
LATE_IMPORTS = {"app"}
# Files that need an optional extra are imported only when it is asked for.
EXTRAS = {
    "zhiyin.data.stores.cache",
    "zhiyin.encoders.chineseclip",
    "zhiyin.encoders.huggingface",
    "zhiyin.encoders.openclip",
    "zhiyin.encoders.sentences",
    "zhiyin.models.collaborative.lightgcn",
    "zhiyin.models.collaborative.mfbpr",
    "zhiyin.models.multimodal.bm3",
    "zhiyin.models.multimodal.freedom",
    "zhiyin.models.multimodal.lgmrec",
    "zhiyin.models.multimodal.mgcn",
    "zhiyin.models.multimodal.msca",
    "zhiyin.models.multimodal.slmrec",
    "zhiyin.models.multimodal.smore",
    "zhiyin.models.multimodal.vbpr",
    "zhiyin.models.sequential.sasrec",
    "zhiyin.pretrain.align.contrast",
    "zhiyin.pretrain.language.teaching",
}


def files() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def module(file: Path) -> str:
    parts = file.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room(name: str) -> str:
    parts = name.split(".")
    return parts[1] if len(parts) > 1 else ""


def imports(tree: ast.AST) -> Iterator[tuple[ast.stmt, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: relative import"
            assert node.module is not None
            yield node, node.module
            # "from zhiyin.data import stores" enters the package zhiyin.data.stores.
            for alias in node.names:
                if is_module(f"{node.module}.{alias.name}"):
                    yield node, f"{node.module}.{alias.name}"


def is_module(name: str) -> bool:
    place = SOURCE.parent.joinpath(*name.split("."))
    return place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()


def ours() -> Iterator[tuple[str, ast.stmt, str]]:
    for file in files():
        for node, target in imports(ast.parse(file.read_text(encoding="utf-8"))):
            if target == "zhiyin" or target.startswith("zhiyin."):
                yield module(file), node, target


def test_every_room_is_in_the_table() -> None:
    rooms = {room(module(file)) for file in files()} - {""}
    assert rooms <= set(ARROWS), f"rooms without a line in ARROWS: {rooms - set(ARROWS)}"


def test_imports_follow_the_arrows() -> None:
    bad = [
        f"{source}:{node.lineno} imports {target}"
        for source, node, target in ours()
        if room(source)
        and room(target)
        and room(source) != room(target)
        and room(target) not in ARROWS[room(source)]
    ]
    assert not bad, "\n".join(bad)


def test_the_table_has_no_cycle() -> None:
    waiting = {name: set(arrows) for name, arrows in ARROWS.items()}
    while waiting:
        floor = [name for name, arrows in waiting.items() if not arrows & set(waiting)]
        assert floor, f"a cycle among {sorted(waiting)}"
        for name in floor:
            del waiting[name]


def test_rooms_are_entered_by_a_door() -> None:
    bad = []
    for source, node, target in ours():
        if room(source) == room(target) or not room(target):
            continue
        place = SOURCE.parent.joinpath(*target.split("."))
        door = (place / "__init__.py").is_file() or target.count(".") == 1
        if not door:
            bad.append(f"{source}:{node.lineno} goes behind the door: {target}")
    assert not bad, "\n".join(bad)


def test_files_do_not_import_each_other_in_a_circle() -> None:
    known = {module(file) for file in files()}
    arrows: dict[str, set[str]] = {name: set() for name in known}
    for source, _, target in ours():
        # A file may import its own package's siblings, and a door imports the files behind it.
        if target in known and target != source and not source.startswith(f"{target}."):
            arrows[source].add(target)
    while arrows:
        free = [name for name, targets in arrows.items() if not targets & set(arrows)]
        assert free, f"a circle among {sorted(arrows)}"
        for name in free:
            del arrows[name]


def test_no_room_is_imported_inside_a_function() -> None:
    bad = []
    for file in files():
        if room(module(file)) in LATE_IMPORTS:
            continue
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for outer in ast.walk(tree):
            if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef):
                bad += [
                    f"{module(file)}:{node.lineno} imports {target} inside {outer.name}()"
                    for node, target in imports(outer)
                    if target.startswith("zhiyin") and target not in EXTRAS
                ]
    assert not bad, "\n".join(bad)


@pytest.mark.parametrize(
    "door", [f for f in files() if f.name == "__init__.py" and f.parent != SOURCE], ids=module
)
def test_doors_are_small_and_say_what_they_are(door: Path) -> None:
    tree = ast.parse(door.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "a door opens with a sentence"
    names = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        and any(isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets)
    ]
    has_names = any(not isinstance(node, ast.Expr) for node in tree.body)
    assert names or not has_names, "a door lists its names in __all__"
    if names and module(door).startswith(FAMILIES):
        behind = [f for f in door.parent.glob("*.py") if f.name != "__init__.py"]
        assert len(names[0]) <= len(behind), f"{len(names[0])} names, {len(behind)} files"
    elif names and room(module(door)) not in WIDE_DOORS:
        assert len(names[0]) <= DOOR_NAMES, f"{len(names[0])} names; a door has {DOOR_NAMES}"


def test_every_file_opens_with_a_sentence() -> None:
    bad = [module(f) for f in files() if not ast.get_docstring(ast.parse(f.read_text("utf-8")))]
    assert not bad, f"no opening sentence: {bad}"
