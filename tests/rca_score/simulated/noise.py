"""What goes on in a made-up system all the time and is no incident."""

from __future__ import annotations

import random

from tests.rca_score.simulated.effects import Effects
from tests.rca_score.simulated.traffic import label_of
from tests.rca_score.simulated.words import LOUD, ODD
from tests.rca_score.simulated.world import World


def noise(world: World, rng: random.Random) -> Effects:
    """What goes on all the time and is no incident: chronic errors, loud loggers."""
    found = Effects()
    operations = [one for one in world.operations() if all(one is not entry for entry, _ in world.entries)]
    for one in rng.sample(operations, min(len(operations), rng.choice((0, 1, 2)))):
        found.raises[label_of(one)] = rng.uniform(0.01, 0.05), rng.choice(ODD)
    for one in rng.sample(operations, min(len(operations), rng.choice((0, 1, 2)))):
        found.says[label_of(one)] = rng.uniform(0.02, 0.4), rng.choice(("ERROR", "WARN")), rng.choice(LOUD)
    return found
