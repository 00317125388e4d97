"""Language: a small transformer learns the words of one shop, and becomes an encoder.

``learn_language`` guesses hidden pieces of the goods' texts, then draws the texts of one item
together, from nothing or from a checkpoint (LoRA, adapters, all weights), and writes an
artifact that ``shop:FOLDER`` opens as an encoder, without torch. To learn takes the extra
``language``.
"""

from zhiyin.pretrain.language.config import LanguageConfig, Method
from zhiyin.pretrain.language.learning import learn_language
from zhiyin.pretrain.language.report import LanguageReport

__all__ = ["LanguageConfig", "LanguageReport", "Method", "learn_language"]
