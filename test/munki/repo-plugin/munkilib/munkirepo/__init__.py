"""What Munki 6 gives a repo plugin, for tests where Munki is not installed."""


class RepoError(Exception):
    pass


class Repo:
    def __init__(self, url):
        pass
