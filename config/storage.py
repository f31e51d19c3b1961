"""Static files under names that carry their content's hash, so that browsers may keep them for ever."""

from functools import cached_property

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """We do not ship the libraries' source maps, so the comments that name them are not followed."""

    patterns = tuple(
        (files, tuple(rule for rule in rules if "sourceMappingURL" not in str(rule)))
        for files, rules in ManifestStaticFilesStorage.patterns
    )

    def url(self, name: str | None, force: bool = False) -> str:
        """Also while DEBUG is on: WhiteNoise keeps only the files that carry a hash. They are named once a process."""
        if name not in self._urls:
            self._urls[name] = super().url(name, force=True)
        return self._urls[name]

    @cached_property
    def _urls(self) -> dict[str | None, str]:
        return {}
