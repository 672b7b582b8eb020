"""Loading an encoder by the name of its model."""

from index.embedding.base import Encoder
from index.embedding.model_files import DEFAULT_MODEL, check_published, fingerprint, model_folder
from index.errors import QuothError

ORIGINAL = "sentence-transformers"
COMPILED = "compiled"
ENGINES = (COMPILED, ORIGINAL)
"""The engines that can run a model: its compiled form, or sentence-transformers."""


def load_encoder(name: str = DEFAULT_MODEL, engine: str = COMPILED) -> Encoder:
    """Load the model that turns text into vectors.

    The first time a model is used it is compiled from its own weights and kept in the user's cache.
    A model that cannot be compiled is run by sentence-transformers.

    Args:
        name: the packaged model, a folder, or the name of any sentence-transformers model. A name
            that is not on this machine is fetched.
        engine: "compiled", or "sentence-transformers" to run the model as it is.

    Returns:
        The encoder.

    Raises:
        QuothError: within five seconds if the model cannot be fetched, or if the packaged weights
            are not the published ones.

    Example:
        >>> encoder = load_encoder()
        >>> encoder.encode(["a ceasefire", "a truce"]).shape
        (2, 384)
    """
    if engine not in ENGINES:
        raise QuothError(f"there is no encoder {engine!r}; choose one of {', '.join(ENGINES)}")
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
