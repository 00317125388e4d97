"""Stage 1, what things are: the catalogue becomes vectors, graphs and one space for both.

Encoders and the catalogue come through the ports of ``core``; what is learnt leaves as an
artifact. Nothing here serves, and nothing here needs torch unless it says so.
"""

from zhiyin.pretrain.wording import words_of

__all__ = ["words_of"]
