"""The names that columns and kinds go by elsewhere, in English and Chinese.

Names are compared in lower case without blanks, hyphens, underscores and dots, so
``User_ID`` and ``userId`` are one; a type behind a colon (RecBole) is cut off. Where a
file has several columns for one field, the earlier name here wins if the field may be
left out; for a field that every row needs the user is asked instead.
"""

import re

EVENT_NAMES: dict[str, str] = {
    "id": "eventid id logid 事件编号 事件id",
    "shopper": (
        "shopper shopperid userid user uid customerid customer custid memberid member buyerid "
        "visitorid visitor clientid reviewerid 用户 用户id 用户编号 会员 会员id 会员编号 顾客 "
        "顾客id 买家 买家id 客户 客户id"
    ),
    "item": (
        "item itemid iid product productid prodid sku skuid asin articleid article goodsid goods "
        "movieid songid artistid bookid 商品 商品id 商品编号 货号 物品 物品id 宝贝id"
    ),
    "kind": (
        "kind event eventtype eventname behavior behaviour behaviortype behaviourtype action "
        "actiontype feedbacktype type 行为 行为类型 事件 事件类型 动作 操作"
    ),
    "time": (
        "time timestamp ts datetime eventtime eventtimestamp createdat created occurredat date "
        "unixreviewtime servertimestamp servertimestampepochms tdat 时间 时间戳 日期 发生时间 "
        "行为时间 下单时间 创建时间"
    ),
    "value": "value rating stars score quantity qty amount dwell duration 数值 评分 数量 金额 时长",
    "session": "session sessionid sid visitid 会话 会话id",
    "request": "request requestid queryid slateid 请求 请求id",
    "surface": "surface placement page scene 版位 页面 场景",
    "position": "position rank slot 位置 排名",
    "propensity": "propensity propensityscore 倾向 曝光概率",
    "query": "query searchquery searchterm keyword keywords 搜索词 查询 关键词",
}

ITEM_NAMES: dict[str, str] = {
    "id": (
        "id itemid iid productid prodid sku skuid asin articleid goodsid movieid item product "
        "商品编号 商品id 货号 编号 宝贝id 物品id"
    ),
    "title": (
        "title name productname itemname goodsname prodname productdisplayname 商品名称 商品名 "
        "标题 商品标题 名称 品名"
    ),
    "description": (
        "description desc productdescription detail detaildesc 描述 商品描述 简介 详情 商品详情"
    ),
    "category": (
        "category categories categorypath categoryname genres genre 类目 分类 品类 商品类目 "
        "商品分类 类别"
    ),
    "brand": "brand brandname store manufacturer 品牌 品牌名称",
    "price": "price saleprice currentprice unitprice 价格 售价 现价 单价 销售价",
    "list_price": "listprice originalprice msrp marketprice regularprice 原价 市场价 吊牌价 划线价",
    "currency": "currency currencycode 币种 货币",
    "stock": "stock inventory quantityavailable 库存 库存数量",
    "images": (
        "images image imageurl imageurls imurl img picture pictures photo imagepath 图片 主图 "
        "图片地址 商品图片"
    ),
    "attributes": "attributes properties 属性 商品属性",
    "tags": "tags tag labels keywords 标签 关键词",
    "variants": "variants skus 规格 变体",
    "available_from": "availablefrom onsalefrom publishedat launchdate 上架时间 上架日期",
    "available_until": "availableuntil onsaleuntil 下架时间 下架日期",
    "texts": "texts translations",
}

KIND_NAMES: dict[str, str] = {
    "view": "pv pageview view viewed viewitem detail productview browse read 浏览 查看 看 点开",
    "click": "click clk clicked 点击",
    "favourite": (
        "fav favorite favourite favor collect like wishlist addtowishlist bookmark star "
        "收藏 喜欢 点赞"
    ),
    "cart": "cart addtocart addcart carted basket 加购 加购物车 加入购物车",
    "buy": "buy bought purchase purchased order ordered transaction pay paid checkout 购买 下单 "
    "支付 成交",
    "return": "return returned refund refunded 退货 退款",
    "dislike": "dislike disliked thumbsdown 不喜欢 踩",
    "hide": "hide hidden notinterested 隐藏 不感兴趣 屏蔽",
    "rate": "rate rating rated review 评分 评价",
    "search": "search searched query 搜索",
    "dwell": "dwell stay 停留",
    "impression": "impression impressions imp show shown exposure expose 曝光 展示",
}

_NOISE = re.compile(r"[\s_\-./（）()]+")
_TEXT = re.compile(r"(title|name|description|desc)[_-](zh|en|ja|ko|fr|de|es|ru|th|vi|id|pt)", re.I)
_ENGLISH = {"英文名": "title", "英文名称": "title", "英文标题": "title", "英文描述": "description"}


def plain(name: str) -> str:
    """A name without what people spell differently."""
    head = name.strip().lower()
    return _NOISE.sub("", head.split(":")[0] or head)


def _turned(table: dict[str, str]) -> dict[str, tuple[str, int]]:
    """Plain name → the field and how early it stands in the list."""
    return {
        name: (field, place)
        for field, names in table.items()
        for place, name in enumerate((plain(field), *names.split()))
    }


_EVENT = _turned(EVENT_NAMES)
_ITEM = _turned(ITEM_NAMES)
_KIND = {name: kind for kind, names in KIND_NAMES.items() for name in names.split()}


def candidates(columns: tuple[str, ...], into: str) -> dict[str, list[str]]:
    """Field → the columns that could be it, the likeliest first."""
    table = _EVENT if into == "events" else _ITEM
    found: dict[str, list[tuple[int, str]]] = {}
    for column in columns:
        if (hit := table.get(plain(column))) is not None:
            found.setdefault(hit[0], []).append((hit[1], column))
        elif into == "items" and (text := _text_field(column)) is not None:
            found.setdefault(text, []).append((0, column))
    return {field: [name for _, name in sorted(names)] for field, names in found.items()}


def _text_field(column: str) -> str | None:
    """``title_en`` and 英文名 are texts in another language."""
    if column.strip() in _ENGLISH:
        return f"texts.en.{_ENGLISH[column.strip()]}"
    if (match := _TEXT.fullmatch(column.strip())) is None:
        return None
    what = "title" if match[1].lower() in ("title", "name") else "description"
    return f"texts.{match[2].lower()}.{what}"


def known_kind(name: str) -> str | None:
    """The kind that ``name`` means in most places, or None."""
    return _KIND.get(plain(name))
