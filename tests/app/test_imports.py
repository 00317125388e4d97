"""What answering a request brings into memory: little, and only what it needs."""

import subprocess
import sys
from pathlib import Path

HEAVY = ("torch", "sklearn", "pandas", "PIL", "matplotlib", "typer", "rich")


def loaded(code: str, names: tuple[str, ...]) -> set[str]:
    """Which of the modules a fresh Python holds after running ``code``."""
    told = f"{code}\nimport sys\nprint(*[n for n in {names!r} if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.split())


def test_answering_loads_no_training_library_and_no_table_library(fitted: Path) -> None:
    code = (
        "import zhiyin\n"
        f"with zhiyin.open_shop({str(fitted)!r}) as shop:\n"
        "    shop.recommend('s000001'); shop.recommend(after=['yj000001'])\n"
    )
    assert loaded(code, HEAVY) == set()


def test_the_core_is_light() -> None:
    assert loaded("import zhiyin.core", ("scipy", "sqlalchemy", *HEAVY)) == set()


def test_the_package_alone_loads_no_room_but_gives_the_front_door() -> None:
    rooms = ("zhiyin.app", "zhiyin.core", "zhiyin.data")
    assert loaded("import zhiyin", rooms) == set()
    assert "zhiyin.app" in loaded("import zhiyin\nzhiyin.open_shop", rooms)


def test_an_unknown_name_is_an_attribute_error() -> None:
    code = (
        "import zhiyin\ntry: zhiyin.nothing\nexcept AttributeError as e: assert 'nothing' in str(e)"
    )
    loaded(code, ())
