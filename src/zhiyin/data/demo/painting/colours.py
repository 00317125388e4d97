"""The traditional colours the demo goods are dyed, glazed and lacquered in.

Old colour names fix a thing to look at (a moon, a bean, cinnabar), not a number. The values
here are our own sober readings: a shade quieter than printed colour cards, so that a whole
shelf of goods sits well together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Colour:
    """A named traditional colour."""

    zh: str
    en: str
    rgb: Rgb
    family: str
    """Hue family: red, orange, yellow, green, cyan, blue, purple, brown, grey, black, white."""


_TABLE = """
red     zhusha       朱砂    cinnabar               B8382B
red     yanzhi       胭脂    rouge                  9D2933
red     shiliuhong   石榴红  pomegranate red        B5283C
red     haitanghong  海棠红  crabapple pink-red     C94A5E
red     qianse       茜色    madder                 A63A44
red     feise        绯色    court scarlet          C43B3A
red     feihong      妃红    consort pink           DB7C80
red     yinhong      银红    silvery rose           DDA09B
red     taohong      桃红    peach blossom          E3A3A5
red     gonghong     宫墙红  palace wall red        8E3230
red     jianghong    绛红    deep crimson           7E1F2B
orange  danse        丹色    cinnabar orange        D0542F
orange  xinghuang    杏黄    apricot                E0995A
orange  juhong       橘红    tangerine              D8743B
orange  tuoyan       酡颜    flushed cheek          E5B091
orange  hupo         琥珀    amber                  C27A35
yellow  xianghuang   缃黄    pale silk yellow       E6CC84
yellow  qiuxiang     秋香    autumn olive-gold      C4A453
yellow  ehuang       鹅黄    gosling yellow         EBD27A
yellow  tenghuang    藤黄    gamboge                DDB141
yellow  jianghuang   姜黄    turmeric               C99B3F
yellow  minghuang    明黄    imperial yellow        E4B438
yellow  gujin        古金    antique gold           B08D4A
green   zhuqing      竹青    bamboo green           6E8B62
green   douqing      豆青    bean celadon           A5BE9E
green   doulv        豆绿    pea green              9DAF6B
green   conglv       葱绿    scallion green         86A656
green   songhualv    松花绿  pine pollen green      BFC98B
green   songbailv    松柏绿  cypress green          3F5F4A
green   shilv        石绿    malachite green        4F8F77
green   ailv         艾绿    mugwort green          B5C4A3
green   moyu         墨玉    ink jade               2F4740
cyan    tianqing     天青    sky after rain         9FC0C1
cyan    meiziqing    梅子青  plum celadon           7FA894
cyan    fenqing      粉青    powder celadon         B2CDC4
cyan    shiqing      石青    azurite                33677F
cyan    kongquelan   孔雀蓝  peacock blue           2E7E8C
cyan    yaluanqing   鸭卵青  duck-egg cyan          CFDDD6
cyan    xiekeqing    蟹壳青  crab-shell cyan        8FA29C
cyan    hulan        湖蓝    lake blue              6FA9B5
blue    dianlan      靛蓝    indigo                 2C4A6E
blue    jilan        霁蓝    sacrificial blue       26417F
blue    baolan       宝蓝    royal blue             3A5BA0
blue    qunqing      群青    ultramarine            3F6CA3
blue    cangqing     苍青    storm blue             5E7F98
blue    piaolan      缥蓝    pale silk blue         9DB8CC
blue    zangqing     藏青    navy                   28344F
purple  ouhe         藕荷    lotus-root mauve       DCC3CB
purple  xueqing      雪青    snow violet            AFA6CC
purple  dingxiang    丁香    lilac                  C5A9C7
purple  qinglian     青莲    blue lotus violet      6F4E8B
purple  zitan        紫檀    red sandalwood         54303A
purple  jiangzi      绛紫    dark magenta           7A3B5A
purple  ziteng       紫藤    wisteria               8E82B2
brown   zheshi       赭石    red ochre              8E5438
brown   tuose        驼色    camel                  B3906B
brown   lise         栗色    chestnut               69402F
brown   chase        茶色    tea brown              9A714B
brown   tanxiang     檀香    sandalwood             C1A07C
brown   hese         褐色    dark hemp              6B5442
grey    yinhui       银灰    silver grey            BDBBB5
grey    yanhui       烟灰    smoke grey             8D8B88
grey    qinghui      青灰    brick grey             75818A
grey    daise        黛色    brow-paint grey        4B5663
grey    shuanghui    霜灰    frost grey             D2D3CF
black   xuanqing     玄青    black with a blue tone 262B38
black   mose         墨色    ink                    2E2C2B
black   yaqing       鸦青    raven blue-black       35414C
black   zaose        皂色    soap-bean black        3B322E
white   yuebai       月白    moon white             DCE6E6
white   yabai        牙白    ivory                  F0E6D2
white   yubai        玉白    jade white             EAEDE3
white   yudubai      鱼肚白  fish-belly white       EFE6DF
white   liansebai    练色    boiled-silk white      E9E2D3
white   xuebai       雪白    snow white             F3F4F1
"""


def _read(table: str) -> dict[str, Colour]:
    colours = {}
    for row in table.strip().splitlines():
        family, key, zh, *gloss, value = row.split()
        red, green, blue = bytes.fromhex(value)
        colours[key] = Colour(zh, " ".join(gloss), (red, green, blue), family)
    return colours


COLOURS: Mapping[str, Colour] = MappingProxyType(_read(_TABLE))
"""Every colour by its pinyin key."""
