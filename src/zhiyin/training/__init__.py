"""The one loop for anything that has parameters and a loss, and how batches are made.

    trajectory = train(task, config, rng=rng, watch=None, progress=SILENT,
                       checkpoint=None, resume=True)

A ``Task`` is a module and a few functions: ``batches(epoch, rng)`` gives arrays,
``loss(batch)`` named terms (tensors, already weighted) whose sum is minimised, ``begin``
may rebuild something before an epoch. ``watch()``, larger is better, drives early
stopping: the best weights are back in the module when ``train`` returns. ``Trajectory``
tells what happened. ``blocks`` cuts shuffled rows into batches, ``by_length`` ragged ones
into batches of like length; ``with seeded(rng):`` around what makes starting weights.

This room needs torch (the extra ``train``); nothing that serves may come in here.
"""

from zhiyin.training.batches import blocks, by_length
from zhiyin.training.config import LoopConfig
from zhiyin.training.loop import Task, train
from zhiyin.training.randomness import seeded
from zhiyin.training.trajectory import Trajectory

__all__ = ["LoopConfig", "Task", "Trajectory", "blocks", "by_length", "seeded", "train"]
