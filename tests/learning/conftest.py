from tests.factories import clock, database, session, url

__all__ = ["clock", "database", "session", "url"]
