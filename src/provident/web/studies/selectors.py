"""Reading studies."""

from __future__ import annotations

from provident.kernel import NotFound
from provident.web.studies.models import PlanVersion as PlanVersion
from provident.web.studies.models import Study as Study


def study_by_slug(slug: str) -> Study:
    """The study of that slug.

    Raises:
        NotFound: there is none.
    """
    study = Study.objects.filter(slug=slug).first()
    if study is None:
        raise NotFound(f'There is no study "{slug}" on this platform.')
    return study
