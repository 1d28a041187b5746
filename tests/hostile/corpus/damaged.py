"""Files that are not whole, or changed after their export: here the hash is the honest one."""

from corpus.writing import HONEST, MODEL, Files


def damaged() -> Files:
    """Truncations, and flipped bits of graph, weights and manifest."""
    for percent in range(0, 100, 9):
        yield f"truncated to {percent} %", HONEST[: len(HONEST) * percent // 100]
    weights = HONEST.index(MODEL.graph.initializer[-1].raw_data)
    for at in (*range(3, len(HONEST), len(HONEST) // 40), weights):
        data = bytearray(HONEST)
        data[at] ^= 1 << at % 8
        yield f"bit flipped at {at}", bytes(data)
    yield "another manifest, the old hash", HONEST.replace(b'"unit":"V"', b'"unit":"A"')
