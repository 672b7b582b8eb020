"""Loading an encoder by the name of its model."""

from index.embedding.base import Encoder
from index.embedding.model_files import DEFAULT_MODEL, check_published, fingerprint, model_folder
from index.errors import QuothError

ORIGINAL = "sentence-transformers"
COMPILED = "compiled"
ENGINES = (COMPILED, ORIGINAL)
"""What runs a model: a compiled form of it, or sentence-transformers itself."""


def load_encoder(name: str = DEFAULT_MODEL, engine: str = COMPILED) -> Encoder:
    """The encoder called `name`: the packaged one, a folder, or any sentence-transformers model.

    The first time, a model is compiled from its own weights and kept in the user's cache; one
    that cannot be compiled is run by sentence-transformers, which is also what `engine` can ask
    for. A name that is not on this machine is fetched, since naming it names a remote thing.
    Raises QuothError within five seconds if that cannot be done, or if the packaged weights
    are not the published ones.
    """
    if engine not in ENGINES:
        raise QuothError(f"there is no encoder {engine!r}; it is one of {', '.join(ENGINES)}")
    folder = model_folder(name)
    found = fingerprint(folder)
    check_published(name, folder, found)
    if engine == COMPILED:
        from index.embedding.openvino_encoder import compiled_encoder  # noqa: PLC0415 -- imports its runtime

        compiled = compiled_encoder(name, folder, found)
        if compiled is not None:
            return compiled
    from index.embedding.torch_encoder import SentenceTransformersEncoder  # noqa: PLC0415 -- five seconds

    return SentenceTransformersEncoder(name, folder, found)
