"""The errors Quoth raises: each message is written for the person who reads it."""


class QuothError(Exception):
    """A mistake the user can mend: what happened, to which thing, what to do."""

    exit_code = 2


class FaultError(QuothError):
    """Something broke that is not the user's doing: a full disk, a damaged index."""

    exit_code = 1


class DamagedIndexError(FaultError):
    """A stored file or row is not what was committed; the message names the way out."""


class NotShownError(QuothError):
    """A page that cannot be shown as a picture: there is none, or its file has changed."""
