"""The errors Quoth raises: each message is written for the person who reads it."""


class QuothError(Exception):
    """A mistake that the user can correct. The message says what happened, to what, and what to do.

    Example:
        >>> try:
        ...     Index.open("no-such-folder")
        ... except QuothError as error:
        ...     print(error.exit_code)
        2
    """

    exit_code = 2


class FaultError(QuothError):
    """Something broke that is not the user's doing: a full disk, a damaged index.

    Example:
        >>> FaultError("the disk is full").exit_code
        1
    """

    exit_code = 1


class DamagedIndexError(FaultError):
    """A stored file or row is not what was committed. The message says what to run.

    Example:
        >>> isinstance(DamagedIndexError("x"), FaultError)
        True
    """


class BusyError(QuothError):
    """Another process is doing this already. The message has its process id."""


class NotShownError(QuothError):
    """A page that cannot be shown as a picture: there is none, or its file has changed."""
