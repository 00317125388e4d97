"""What page and table say, in English and Chinese: labels, and every metric in a sentence."""

from collections.abc import Mapping

Words = Mapping[str, str]

WORDS: Mapping[str, Words] = {
    "en": {
        "title": "Evaluation",
        "asked": "shoppers asked",
        "items": "items in the catalogue",
        "among": "ranked among",
        "every item": "every item",
        "runs": "runs per model",
        "model": "model",
        "cost": "cost",
        "quality": "{metric}, and how sure it is",
        "intervals": "Dot: mean over the shoppers. Line: 95 % for the mean of such shoppers.",
        "compared": "The words compare each with {against} on the same shoppers (paired bootstrap, "
        "95 %); who compares many finds one in twenty by luck.",
        "reference": "the reference",
        "higher": "higher",
        "lower": "lower",
        "unclear": "could be luck",
        "no_value": "no value",
        "against": "Quality against cost",
        "front": "Dashed: nothing cheaper is better.",
        "no_cost": "Not in the drawing, as no cost was given: {names}.",
        "means": "All metrics at {k}",
        "best": "Bold: the best of a column. Novelty, Gini and the like have no best.",
        "sd": "± is the standard deviation over runs.",
        "coverage": "Coverage: how much of the catalogue is ever shown",
        "coverage_at": "first {k}",
        "segments": "Segments: {metric}",
        "who": "Shoppers by the events in their history: cold, fewer than 5; warm, fewer than 20; "
        "heavy, the rest. Head: targets among the most popular fifth of the goods; tail: the "
        "others.",
        "cold": "cold shoppers",
        "warm": "warm shoppers",
        "heavy": "heavy shoppers",
        "head": "head goods",
        "tail": "tail goods",
        "count": "{count} shoppers",
        "glossary": "What the metrics mean",
        "checks": "Leaks looked for",
        "checked": "none found: {said}",
        "found": "found: {said}",
        "protocol": "Protocol",
        "made": "One file, no script, nothing fetched. Made by zhiyin.",
    },
    "zh": {
        "title": "评估报告",
        "asked": "位顾客参加评估",
        "items": "件商品",
        "among": "排序范围",
        "every item": "全部商品",
        "runs": "每个模型的运行次数",
        "model": "模型",
        "cost": "成本",
        "quality": "{metric}及其区间",
        "intervals": "圆点：全体顾客的平均值；横线：同类顾客平均值的 95% 区间。",
        "compared": "文字说明各模型与“{against}”在同一批顾客上的差异（配对自助法，95%）；"
        "比较得多了，二十次里会有一次出于偶然。",
        "reference": "比较基准",
        "higher": "更高",
        "lower": "更低",
        "unclear": "可能出于偶然",
        "no_value": "无数值",
        "against": "质量与成本",
        "front": "虚线：没有更便宜且更好的模型。",
        "no_cost": "未给出成本、未画入图中：{names}。",
        "means": "前 {k} 名的全部指标",
        "best": "粗体为该列最佳；新颖度、基尼系数等不分优劣。",
        "sd": "± 为多次运行的标准差。",
        "coverage": "覆盖率：商品中有多少曾被推荐",
        "coverage_at": "前 {k} 名",
        "segments": "分群：{metric}",
        "who": "按历史行为条数划分顾客：冷，不足 5 条；温，不足 20 条；热，其余。"
        "头部：目标属于最热门的五分之一商品；长尾：其余。",
        "cold": "冷顾客",
        "warm": "温顾客",
        "heavy": "热顾客",
        "head": "头部商品",
        "tail": "长尾商品",
        "count": "{count} 位顾客",
        "glossary": "指标含义",
        "checks": "泄漏检查",
        "checked": "未发现：{said}",
        "found": "发现：{said}",
        "protocol": "评估方式",
        "made": "单个文件，无脚本，不访问网络。由 zhiyin 生成。",
    },
}

# name -> label and meaning in English, label and meaning in Chinese.
METRICS: Mapping[str, tuple[str, str, str, str]] = {
    "recall": (
        "Recall",
        "the share of what a shopper went on to want that stands on the slate",
        "召回率",
        "顾客后来想要的商品中，有多少出现在推荐里",
    ),
    "ndcg": (
        "NDCG",
        "the same, and what stands higher counts more",
        "NDCG",
        "同上，且位置越靠前得分越高",
    ),
    "hr": (
        "Hit rate",
        "the share of shoppers with at least one of their targets on the slate",
        "命中率",
        "推荐中至少有一个目标的顾客占比",
    ),
    "mrr": (
        "MRR",
        "one over the place of the first target",
        "MRR",
        "首个目标所在位置的倒数",
    ),
    "precision": (
        "Precision",
        "the share of the slate that is a target",
        "精确率",
        "推荐中属于目标的占比",
    ),
    "map": (
        "MAP",
        "the precision at each target met, averaged",
        "MAP",
        "在每个目标处的精确率的平均",
    ),
    "novelty": (
        "Novelty",
        "how little known the goods shown are, in bits",
        "新颖度",
        "所推荐商品的冷门程度（比特）",
    ),
    "tail": (
        "Tail share",
        "the share of a slate outside the most popular fifth of the goods",
        "长尾占比",
        "推荐中不属于最热门五分之一的占比",
    ),
    "variety": (
        "Variety",
        "the share of a slate's pairs that are of two categories",
        "品类多样性",
        "推荐中两两属于不同品类的占比",
    ),
    "diversity": (
        "Diversity",
        "how unlike each other the goods of a slate are: one minus the mean cosine",
        "多样性",
        "同一份推荐中商品互不相似的程度：一减平均余弦",
    ),
    "coverage": (
        "Coverage",
        "the share of the catalogue that stands on at least one slate",
        "覆盖率",
        "至少出现在一份推荐中的商品占比",
    ),
    "gini": (
        "Gini",
        "how unequally goods are shown: 0 all alike, 1 always the same",
        "基尼系数",
        "曝光的不均程度：0 为完全均等，1 为总是同样几件",
    ),
}


def words_of(lang: str) -> Words:
    """The words of a language ("zh…" is Chinese, anything else English)."""
    return WORDS["zh" if lang.lower().startswith("zh") else "en"]


def label(metric: str, lang: str) -> str:
    """A metric as people call it: "Recall@20", "召回率@20"; the unknown as they are."""
    name, at, k = metric.partition("@")
    known = METRICS.get(name)
    if known is None:
        return metric
    return (known[2] if lang.lower().startswith("zh") else known[0]) + at + k


def signed(value: float) -> str:
    """A difference with its sign, the minus as long as the plus."""
    return f"{round(value, 4) + 0.0:+.4f}".replace("-", "−")  # + 0.0: no −0.0000


def cost_text(cost: float) -> str:
    """Three figures, and no powers of ten: 0.00474, 5.66, 12,340."""
    return f"{cost:,.0f}" if cost >= 100 else f"{cost:.3g}"


def meaning(name: str, lang: str) -> str:
    """A metric in half a sentence; empty for those that we did not name."""
    known = METRICS.get(name, ("", "", "", ""))
    return known[3] if lang.lower().startswith("zh") else known[1]
