"""OKLab: a space where equal distances look about equally far (Ottosson, 2020).

L is lightness from 0 to 1, a runs from green to red, b from blue to yellow. Distances are
told × 100: 2 is just to be seen side by side, 10 is another colour.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    np.float32,
)
_FROM_CONES = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ],
    np.float32,
)
_STEPS = np.arange(256) / 255
_LINEAR = np.where(_STEPS <= 0.04045, _STEPS / 12.92, ((_STEPS + 0.055) / 1.055) ** 2.4).astype(
    np.float32
)


def oklab(rgb: npt.ArrayLike) -> Floats:
    """(…, 3) OKLab of sRGB values 0 to 255."""
    linear = _LINEAR[np.asarray(rgb, np.uint8)]
    found: Floats = np.cbrt(linear @ _TO_CONES.T) @ _FROM_CONES.T
    return found


def srgb(lab: npt.ArrayLike) -> npt.NDArray[np.uint8]:
    """(…, 3) the nearest sRGB values of OKLab, each channel cut to 0 to 255."""
    cones = np.asarray(lab, np.float64) @ np.linalg.inv(_FROM_CONES.astype(np.float64)).T
    linear = np.clip(cones**3 @ np.linalg.inv(_TO_CONES.astype(np.float64)).T, 0, 1)
    curved = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    found: npt.NDArray[np.uint8] = np.round(curved * 255).astype(np.uint8)
    return found
