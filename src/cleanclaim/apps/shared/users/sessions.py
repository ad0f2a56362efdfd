"""Who is behind a request's cookie: Django's sessions and users, whose questions every request asks, worded once."""

from datetime import datetime
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from cleanclaim.apps.shared.tenancy.prepared import prepared
from cleanclaim.apps.shared.users.models import User


class SessionStore(db.SessionStore):
    """Django's sessions in the database (setting SESSION_ENGINE)."""

    def _get_session_from_db(self) -> Session | None:
        now: datetime = timezone.now()
        found = next(iter(_session(key=self.session_key, now=now)), None)
        if found is None:
            self._session_key = None  # as Django does: a key that is not ours is not used on
        return found


class UserBackend(AuthenticationBackend):
    """allauth's sign-in by e-mail address and password."""

    def get_user(self, user_id: int) -> User | None:
        """The session's user, if active."""
        found = next(iter(_user(user_id=user_id)), None)
        return found if found is not None and self.user_can_authenticate(found) else None


@prepared
def _session(key: Any, now: Any) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)


@prepared
def _user(user_id: Any) -> QuerySet[User]:
    return User.objects.filter(pk=user_id)
