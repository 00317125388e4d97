"""The eighteen motifs of the shop, by key."""

from collections.abc import Mapping
from types import MappingProxyType

from zhiyin.data.demo.painting.contrast import Palette
from zhiyin.data.demo.painting.motifs import flowers, lattices, scenes, skies
from zhiyin.data.demo.painting.motifs.motif import VARIANTS, Motif, medallion_codes, tile_codes

__all__ = ["MOTIFS", "VARIANTS", "Motif", "medallion_codes", "tile_codes"]

_COBALT = Palette(
    ground=(240, 243, 241), tint=(150, 176, 212), ink=(31, 62, 130), accent=(72, 110, 172)
)

MOTIFS: Mapping[str, Motif] = MappingProxyType(
    {
        "cloud": Motif("云纹", "cloud scroll", skies.cloud_tile, skies.cloud_medallion, 0.27),
        "ruyi": Motif("如意纹", "ruyi head", skies.ruyi_tile, skies.ruyi_medallion, 0.22),
        "key_fret": Motif(
            "回纹", "key fret", lattices.key_fret_tile, lattices.key_fret_medallion, 0.15
        ),
        "lotus": Motif(
            "莲花纹", "lotus", flowers.lotus_tile, flowers.lotus_medallion, 0.31, upright=True
        ),
        "scrolling_vine": Motif(
            "缠枝纹", "scrolling vine", flowers.vine_tile, flowers.vine_medallion, 0.32
        ),
        "sea_cliff": Motif(
            "海水江崖",
            "sea and cliff",
            skies.sea_cliff_tile,
            skies.sea_cliff_medallion,
            0.34,
            upright=True,
            scene=True,
        ),
        "caisson": Motif(
            "藻井", "coffered ceiling", lattices.caisson_tile, lattices.caisson_medallion, 0.25
        ),
        "baoxiang": Motif(
            "宝相花", "baoxiang flower", flowers.baoxiang_tile, flowers.baoxiang_medallion, 0.29
        ),
        "ice_crackle": Motif(
            "冰裂纹", "ice crackle", lattices.ice_crackle_tile, lattices.ice_crackle_medallion, 0.36
        ),
        "dragon_scale": Motif(
            "龙鳞纹",
            "dragon scale",
            lattices.dragon_scale_tile,
            lattices.dragon_scale_medallion,
            0.21,
        ),
        "peony": Motif("牡丹纹", "peony", flowers.peony_tile, flowers.peony_medallion, 0.36),
        "crane": Motif(
            "仙鹤纹", "crane", skies.crane_tile, skies.crane_medallion, 0.4, upright=True
        ),
        "plum": Motif("梅花纹", "plum blossom", flowers.plum_tile, flowers.plum_medallion, 0.38),
        "bamboo": Motif(
            "竹纹", "bamboo", scenes.bamboo_tile, scenes.bamboo_medallion, 0.36, upright=True
        ),
        "landscape": Motif(
            "山水纹",
            "hills and water",
            scenes.landscape_tile,
            scenes.landscape_medallion,
            0.5,
            upright=True,
            scene=True,
        ),
        "coins": Motif(
            "连钱纹", "linked coins", lattices.coins_tile, lattices.coins_medallion, 0.16
        ),
        "tortoiseshell": Motif(
            "龟背纹",
            "tortoiseshell",
            lattices.tortoiseshell_tile,
            lattices.tortoiseshell_medallion,
            0.2,
        ),
        "blue_and_white": Motif(
            "青花",
            "blue and white",
            scenes.blue_and_white_tile,
            scenes.blue_and_white_medallion,
            0.27,
            dyes=_COBALT,
        ),
    }
)
"""Every motif by its key. Blue-and-white keeps its cobalt on white, whatever colours are asked."""
