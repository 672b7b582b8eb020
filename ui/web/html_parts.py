"""Small pieces of HTML that the tabs share."""

from markupsafe import Markup

from ui.web.job import Job, Progressed


def notice(text: str) -> str:
    """A message to the user, as HTML."""
    return Markup('<div class="quoth"><p class="notice" role="alert">{}</p></div>').format(text)


def wrapped(html: str) -> str:
    """HTML that is styled as the page is; it must be escaped already."""
    return f'<div class="quoth">{html}</div>'


def bar(job: Job | None, label: str) -> str:
    """The progress of a job as HTML, if there is one."""
    return (job.progress if job is not None else Progressed("none")).as_html(label)
