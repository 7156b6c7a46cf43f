from tests.factories import clock, database, migrated, session, url

__all__ = ["clock", "database", "migrated", "session", "url"]
