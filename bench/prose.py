"""Invented words, the same in every run: what pages, proposals and comments of a measured town say."""

from __future__ import annotations

import random

_SAID = (
    "rue parc budget place conseil banc école rivière marché pont bruit voiture arbre bibliothèque arrêt jardin "
    "lumière eau sécurité accès mairie vélo chemin passage quartier enfants voisins projet terrain cantine atelier"
)
WORDS = _SAID.split()


def sentence(chance: random.Random, low: int = 9, high: int = 16) -> str:
    """A line that reads like one."""
    return " ".join(chance.choice(WORDS) for _ in range(chance.randint(low, high))).capitalize() + "."


def paragraph(chance: random.Random, size: int) -> str:
    """Sentences of at least `size` characters together."""
    said: list[str] = []
    while sum(map(len, said)) < size:
        said.append(sentence(chance))
    return " ".join(said)


def markdown(chance: random.Random) -> str:
    """About 1 kB of Markdown: a heading, paragraphs with emphasis and links, lists."""
    blocks: list[str] = []
    number = 0
    while sum(map(len, blocks)) < 850:
        if number % 4 == 1:
            word = chance.choice(WORDS)
            blocks.append(
                f"**{sentence(chance)[:20].strip()}** et *{word}* : [le plan](https://example.org/p/{number})."
            )
        elif number % 4 == 3:
            blocks.append("\n".join(f"- {chance.choice(WORDS)} {chance.choice(WORDS)}" for _ in range(3)))
        else:
            blocks.append(sentence(chance))
        number += 1
    blocks.insert(2, f"## {chance.choice(WORDS).title()} {chance.choice(WORDS)}")
    return "\n\n".join(blocks) + "\n"
